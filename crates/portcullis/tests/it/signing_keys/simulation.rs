//! Nobody is ever signed out by a rotation: three nodes whose clocks differ and who read the store once
//! a minute, and an API that keeps the public keys for as long as it may. Keys are exchanged on time and
//! at any moment by command; every token is presented everywhere until it expires.

use std::collections::BTreeSet;
use std::sync::Arc;

use portcullis::auth::{KeyRotation, StoredKeys};
use portcullis::store::{MemoryStore, SigningKeys};
use portcullis::token::TokenVerifier;
use proptest::prelude::*;

use super::{HOUR, ISSUER, LIFETIME, START, at, sealing, seconds, token, verifier};

/// How long the key set may be kept: its `max-age`.
const KEPT: i64 = 300;
const RELOAD: i64 = 60;

struct Node {
    keys: StoredKeys,
    verifier: TokenVerifier,
    /// How much its clock is ahead.
    skew: i64,
    next_reload: i64,
}

/// Another program that verifies, with what it last fetched.
struct Api {
    verifier: TokenVerifier,
    fetched_at: i64,
}

struct World {
    store: Arc<MemoryStore>,
    nodes: Vec<Node>,
    api: Api,
    now: i64,
    /// Tokens, with the second in which they expire.
    tokens: Vec<(String, i64)>,
    /// Keys that signed any.
    used: BTreeSet<String>,
}

fn fetched(node: &Node, now: i64) -> Api {
    let keys = node.keys.ring().published(at(now + node.skew));
    Api {
        verifier: TokenVerifier::new(keys, ISSUER.into(), ISSUER.into()).leeway(30),
        fetched_at: now,
    }
}

impl World {
    async fn new(skews: &[i64], phases: &[i64]) -> Self {
        let store = Arc::new(MemoryStore::new());
        let rotation = KeyRotation {
            every: Some(seconds(4 * HOUR)),
            publish_first: KeyRotation::SHORTEST_PUBLICATION,
            longest_token: seconds(LIFETIME.into()),
            ..KeyRotation::default()
        };
        let mut nodes = Vec::new();
        for (&skew, &phase) in skews.iter().zip(phases) {
            let store: Arc<dyn SigningKeys> = Arc::clone(&store) as _;
            let keys = StoredKeys::open(store, sealing().into(), rotation, at(skew));
            let keys = keys.await.unwrap();
            nodes.push(Node {
                verifier: verifier(&keys.ring()),
                keys,
                skew,
                next_reload: phase,
            });
        }
        let api = fetched(&nodes[0], 0);
        Self {
            store,
            nodes,
            api,
            now: 0,
            tokens: Vec::new(),
            used: BTreeSet::new(),
        }
    }

    /// Lets time pass, in which each node reads the store at its own moments.
    async fn pass(&mut self, gap: i64) {
        let until = self.now + gap;
        loop {
            let next = self.nodes.iter_mut().min_by_key(|node| node.next_reload);
            let node = next.unwrap();
            if node.next_reload > until {
                break;
            }
            let done = node.keys.maintain(at(node.next_reload + node.skew)).await;
            assert!(done.unwrap().unreadable.is_empty());
            node.next_reload += RELOAD;
        }
        self.now = until;
    }

    fn issue(&mut self, node: usize) {
        let node = &self.nodes[node];
        let local = self.now + node.skew;
        let ring = node.keys.ring();
        let key = ring.signing(at(local)).unwrap();
        self.used.insert(key.public().kid().to_owned());
        let expires_at = local + i64::from(LIFETIME);
        self.tokens.push((token(&ring, local), expires_at));
    }

    /// Presents every token everywhere.
    fn present(&mut self, asked: usize) {
        if self.now - self.api.fetched_at > KEPT {
            self.api = fetched(&self.nodes[asked], self.now);
        }
        let now = self.now;
        let latest = self.nodes.iter().map(|node| node.skew).min().unwrap_or(0);
        self.tokens
            .retain(|(_, expires_at)| *expires_at > now + latest);
        for (token, expires_at) in &self.tokens {
            for (number, node) in self.nodes.iter().enumerate() {
                let local = now + node.skew;
                if local < *expires_at {
                    let verified = node.verifier.verify(token, START + local);
                    assert!(verified.is_ok(), "node {number} refuses at {now}");
                }
            }
            if now < *expires_at {
                let verified = self.api.verifier.verify(token, START + now);
                assert!(verified.is_ok(), "the API refuses at {now}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn nobody_is_signed_out_by_a_rotation(
        skews in prop::array::uniform3(-120_i64..=120),
        phases in prop::array::uniform3(0_i64..RELOAD),
        steps in prop::collection::vec((0_i64..=400, 0..12_u8, 0..3_usize, 0..3_usize), 60..160),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new(&skews, &phases).await;
            for (gap, what, node, asked) in steps {
                world.pass(gap).await;
                if what == 0 {
                    let local = at(world.now + world.nodes[node].skew);
                    world.nodes[node].keys.rotate(local).await.unwrap();
                } else {
                    world.issue(node);
                }
                world.present(asked);
            }
            // Long enough for the schedule, whatever was drawn; and then all nodes agree.
            for _ in 0..100 {
                world.pass(300).await;
                world.issue(0);
                world.present(0);
            }
            assert!(world.used.len() >= 2, "keys were exchanged: {:?}", world.used);
            let left = world.store.list_signing_keys().await.unwrap();
            assert!(left.len() <= 3, "retired keys are removed: {left:?}");
            let at_rest = at(world.now);
            let signing: BTreeSet<_> = world.nodes.iter().map(|node| {
                let key = node.keys.ring().signing(at_rest).unwrap();
                key.public().kid().to_owned()
            }).collect();
            assert_eq!(signing.len(), 1, "all nodes sign with one key");
        });
    }
}

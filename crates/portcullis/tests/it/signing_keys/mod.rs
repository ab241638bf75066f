//! Signing keys over their whole life: published, signing, verifying, retired.

mod life;
mod loss;
mod sealing;
mod simulation;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use portcullis::auth::{KeyRotation, StoredKeys};
use portcullis::scope::Scopes;
use portcullis::store::SigningKeys;
use portcullis::token::{Epoch, Grant, KeyRing, SealingKey, TokenIssuer, TokenVerifier};

const ISSUER: &str = "https://id.example.com";
const LIFETIME: u32 = 3_600;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// When the tests begin.
const START: i64 = 1_700_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(START + seconds).unwrap()
}

fn sealing() -> SealingKey {
    SealingKey::from_base64("TlRWSEVhWnJ6T2x5VmRFTVB4WGZqS3VCc0dtSWNRd0w=").unwrap()
}

/// Keys of `store` as a node opens them at the start.
async fn node(store: &Arc<impl SigningKeys>) -> StoredKeys {
    let store: Arc<dyn SigningKeys> = Arc::clone(store) as _;
    let opened = StoredKeys::open(store, sealing().into(), KeyRotation::default(), at(0));
    opened.await.unwrap()
}

/// A token of the key that signs at `seconds`.
fn token(ring: &Arc<KeyRing>, seconds: i64) -> String {
    let issuer = TokenIssuer::of_ring(Arc::clone(ring), ISSUER.into(), ISSUER.into(), LIFETIME);
    let scopes = Scopes::none();
    let grant = Grant {
        subject: "4f9x2",
        client_id: "portcullis",
        session_id: "s-1",
        epoch: Epoch::new(0),
        scopes: &scopes,
    };
    issuer.issue(&grant, at(seconds)).unwrap().token
}

fn verifier(ring: &Arc<KeyRing>) -> TokenVerifier {
    TokenVerifier::of_ring(Arc::clone(ring), ISSUER.into(), ISSUER.into())
}

fn signing(keys: &StoredKeys, seconds: i64) -> String {
    let key = keys.ring().signing(at(seconds)).unwrap();
    key.public().kid().to_owned()
}

fn published(keys: &StoredKeys, seconds: i64) -> usize {
    keys.ring().published(at(seconds)).len()
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

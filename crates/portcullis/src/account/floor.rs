//! How long a refusal takes at least, where not all stored hashes cost the same.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::account::{HashingPool, NotChecked};
use crate::password::{Argon2Parameters, HashCost, Hasher, PasswordHash};
use crate::secret::Password;
use crate::store::UserSource;
use crate::user::Account;

/// Learns how long refusals must take, so that they tell nothing of whose hash was compared.
///
/// While all stored hashes are of the present cost, every refusal takes the time of one such hash, and
/// none waits. A hash that was made elsewhere, or with other parameters, takes its own time until it is
/// replaced at its user's first login. While there are such hashes, every refusal ends when the slowest of
/// them would have: it waits for that, and holds no hashing thread meanwhile. An active user with the
/// right password never waits.
///
/// What a cost takes on this machine is learnt from logins and, at the first sight of a cost, from a
/// hash for nobody. Call this ([`Auth::refresh_floor`](crate::Auth::refresh_floor)) at the start and every
/// ten seconds from then on. Without it only what logins showed is known, for an hour.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, store, .. } = House::new().await?;
/// use portcullis::{account::refresh_floor, password::PasswordHash, store::Users};
///
/// refresh_floor(auth.users(), auth.pool()).await?;
/// assert_eq!(auth.pool().floor(), None); // nothing to hide
///
/// # let mut imported = new_user("alice")?;
/// let bcrypt = "$2b$04$Pd0Gz9jPPyPFbUyBqLHuWOVbju1iZ6YwAoi80qcuA2Zf3G5jaO7t2";
/// imported.hashed_password = Some(PasswordHash::from_store(bcrypt));
/// store.insert_user(imported).await?;
/// refresh_floor(auth.users(), auth.pool()).await?;
/// assert!(auth.pool().floor().is_some());
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`NotChecked`] when the store is away, or the pool too busy; what was known stays known.
pub async fn refresh_floor<U: Account>(
    users: &dyn UserSource<User = U>,
    pool: &HashingPool,
) -> Result<(), NotChecked> {
    let mut listed = Vec::new();
    for cost in users
        .list_hash_costs()
        .await?
        .iter()
        .filter_map(PasswordHash::cost)
    {
        if !listed.contains(&cost) {
            listed.push(cost);
        }
    }
    for cost in pool.known_costs().refresh(&listed, Instant::now()) {
        let measured = pool.run(move |hasher| measure(hasher, cost));
        let took = measured.await.map_err(crate::account::NotHashed::from)?;
        pool.known_costs().measured(cost, took, Instant::now());
    }
    Ok(())
}

fn measure(hasher: &mut Hasher, cost: HashCost) -> Duration {
    let (password, sample) = (Password::new("nobody's password"), cost.sample());
    let began = Instant::now();
    std::hint::black_box(hasher.verify(&password, &sample));
    began.elapsed()
}

/// The costs of the hashes that are there, and how long each takes on this machine.
pub(super) struct KnownCosts {
    present: HashCost,
    known: Mutex<Vec<Known>>,
}

struct Known {
    cost: HashCost,
    /// The time that it takes, the slower side of what was seen.
    takes: Duration,
    /// The longest time since the last refresh.
    longest: Option<Duration>,
    /// When it was seen last, in a list or in use.
    seen: Instant,
    /// When the time was seen last.
    timed: Instant,
}

impl KnownCosts {
    /// A refusal waits this much longer, in quarters, than the slowest hash takes: what a hash takes
    /// varies, and the slowest must not be known by ending later.
    const QUARTERS: u32 = 5;
    /// No hash that is accepted takes longer on a machine worth the name. What does was held up by
    /// something else, and is no measure.
    const MOST: Duration = Duration::from_secs(3);
    /// For how long a cost counts that was seen in use, where the store lists none.
    const KEPT: Duration = Duration::from_hours(1);
    /// After how long without use a cost is timed anew.
    const STALE: Duration = Duration::from_mins(10);
    /// How many costs are known at most. More are in no import, and each costs a hash to learn.
    const MOST_COSTS: usize = 64;

    pub(super) fn new(parameters: Argon2Parameters) -> Self {
        Self {
            present: HashCost::of_new(parameters),
            known: Mutex::default(),
        }
    }

    /// How long refusals take at least, for each time the password is hashed. `None` while all hashes
    /// cost the same.
    pub(super) fn floor(&self) -> Option<Duration> {
        let known = self.lock();
        let is_foreign = |one: &Known| one.cost != self.present;
        let slowest = known.iter().map(|one| one.takes).max()?;
        let slowest = known.iter().any(is_foreign).then_some(slowest)?;
        Some(slowest * Self::QUARTERS / 4)
    }

    /// A hash was compared once, which took so long.
    pub(super) fn measured(&self, cost: HashCost, took: Duration, now: Instant) {
        let took = took.min(Self::MOST);
        let mut known = self.lock();
        if let Some(one) = known.iter_mut().find(|one| one.cost == cost) {
            one.takes = one.takes.max(took);
            one.longest = one.longest.max(Some(took));
            (one.seen, one.timed) = (now, now);
        } else if known.len() < Self::MOST_COSTS || cost == self.present {
            known.push(Known {
                cost,
                takes: took,
                longest: Some(took),
                seen: now,
                timed: now,
            });
        } else {
            tracing::warn!("too many kinds of password hashes to hide them all behind one time");
        }
    }

    /// Forgets what is gone, lets each time come down to what it is now, and answers what to time.
    ///
    /// An empty list says nothing: the store may not be able to tell.
    fn refresh(&self, listed: &[HashCost], now: Instant) -> Vec<HashCost> {
        let mut known = self.lock();
        known.retain(|one| {
            let is_listed = listed.contains(&one.cost) || one.cost == self.present;
            is_listed || listed.is_empty() && now.duration_since(one.seen) < Self::KEPT
        });
        for one in known.iter_mut() {
            // Half-way at each refresh: one slow moment is forgotten in a minute, a slow hour is not.
            if let Some(longest) = one.longest.take() {
                one.takes = longest.max((one.takes + longest) / 2);
            }
        }
        let is_fresh = |cost: HashCost| {
            let mut fresh = known
                .iter()
                .filter(|one| now.duration_since(one.timed) < Self::STALE);
            fresh.any(|one| one.cost == cost)
        };
        let known_ones = known.iter().map(|one| one.cost);
        let mut there: Vec<_> = listed.iter().copied().chain(known_ones).collect();
        if there.iter().all(|cost| *cost == self.present) {
            return Vec::new();
        }
        there.push(self.present);
        let mut untimed = Vec::new();
        for cost in there {
            if !is_fresh(cost) && !untimed.contains(&cost) && untimed.len() < Self::MOST_COSTS {
                untimed.push(cost);
            }
        }
        untimed
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Known>> {
        // Nothing panics while it is held, and any state of it is a whole one.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "floor_tests.rs"]
mod tests;

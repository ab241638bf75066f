//! `Tally`: what was counted since the start.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a request for a token, or a login, came to.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, .. } = House::new().await?;
/// use portcullis::auth::Verdict;
///
/// let logins = auth.tally().logins;
/// assert_eq!(logins.iter().map(|(to, _)| to.name()).collect::<Vec<_>>(),
///     ["granted", "refused", "overloaded", "failed"]);
/// assert_eq!(logins[0], (Verdict::Granted, 0));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// A token.
    Granted,
    /// A refusal that the caller can do something about.
    Refused,
    /// Too many passwords were waiting.
    Overloaded,
    /// The database, or something else of ours.
    Failed,
}

impl Verdict {
    const ALL: [Self; 4] = [Self::Granted, Self::Refused, Self::Overloaded, Self::Failed];

    /// A word for it, which stays as it is.
    ///
    /// ```
    /// assert_eq!(portcullis::auth::Verdict::Granted.name(), "granted");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Overloaded => "overloaded",
            Self::Failed => "failed",
        }
    }
}

/// What happened since the [`Auth`](super::Auth) was built, in this process: numbers for a monitor. No
/// name and no id is in it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, .. } = House::new().await?;
/// let tally = auth.tally();
/// assert_eq!(tally.replays, 0);
/// for (grant, outcomes) in &tally.token_requests {
///     for (outcome, number) in outcomes {
///         println!("{grant} {}: {number}", outcome.name());
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Passwords that were checked at the token endpoint. Who got a token is granted; a right password
    /// with a scope that cannot be had is none of these.
    pub logins: [(Verdict, u64); 4],
    /// Requests for a token, by grant type: `password`, `refresh_token`, `client_credentials`, or
    /// `other`.
    pub token_requests: [(&'static str, [(Verdict, u64); 4]); 4],
    /// Spent refresh tokens that were presented again, each of which ended its session.
    pub replays: u64,
    /// Sessions that were ended by one of their tokens (RFC 7009).
    pub revocations: u64,
    /// Sessions that were over and are removed.
    pub swept_sessions: u64,
}

/// The grant type of a request, as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    Password,
    RefreshToken,
    ClientCredentials,
    Other,
}

impl Asked {
    const ALL: [Self; 4] = [
        Self::Password,
        Self::RefreshToken,
        Self::ClientCredentials,
        Self::Other,
    ];

    /// Of what a client wrote: anything, so it is no label by itself.
    pub(crate) fn of(grant_type: Option<&str>) -> Self {
        match grant_type {
            None | Some("password") => Self::Password,
            Some("refresh_token") => Self::RefreshToken,
            Some("client_credentials") => Self::ClientCredentials,
            Some(_) => Self::Other,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::Other => "other",
        }
    }
}

#[derive(Debug, Default)]
struct Outcomes {
    granted: AtomicU64,
    refused: AtomicU64,
    overloaded: AtomicU64,
    failed: AtomicU64,
}

impl Outcomes {
    fn of(&self, verdict: Verdict) -> &AtomicU64 {
        match verdict {
            Verdict::Granted => &self.granted,
            Verdict::Refused => &self.refused,
            Verdict::Overloaded => &self.overloaded,
            Verdict::Failed => &self.failed,
        }
    }

    fn read(&self) -> [(Verdict, u64); 4] {
        Verdict::ALL.map(|verdict| (verdict, read(self.of(verdict))))
    }
}

/// Where it is counted. No number depends on another, so no order is kept among them.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    logins: Outcomes,
    password: Outcomes,
    refresh_token: Outcomes,
    client_credentials: Outcomes,
    other: Outcomes,
    replays: AtomicU64,
    revocations: AtomicU64,
    swept_sessions: AtomicU64,
}

impl Counters {
    fn of(&self, asked: Asked) -> &Outcomes {
        match asked {
            Asked::Password => &self.password,
            Asked::RefreshToken => &self.refresh_token,
            Asked::ClientCredentials => &self.client_credentials,
            Asked::Other => &self.other,
        }
    }

    pub(crate) fn login(&self, verdict: Verdict) {
        add(self.logins.of(verdict), 1);
    }

    pub(crate) fn token_request(&self, asked: Asked, verdict: Verdict) {
        add(self.of(asked).of(verdict), 1);
    }

    pub(crate) fn replay(&self) {
        add(&self.replays, 1);
    }

    pub(crate) fn revocation(&self) {
        add(&self.revocations, 1);
    }

    pub(super) fn swept(&self, sessions: u64) {
        add(&self.swept_sessions, sessions);
    }

    pub(super) fn read(&self) -> Tally {
        Tally {
            logins: self.logins.read(),
            token_requests: Asked::ALL.map(|asked| (asked.name(), self.of(asked).read())),
            replays: read(&self.replays),
            revocations: read(&self.revocations),
            swept_sessions: read(&self.swept_sessions),
        }
    }
}

fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

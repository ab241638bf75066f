//! The one door through which time comes in.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Tells the time. Everything that expires asks a clock, so that a test can move it.
///
/// ```
/// use portcullis::clock::{Clock, ManualClock};
///
/// fn is_open(shop: &dyn Clock, closes_at: i64) -> bool {
///     shop.now().as_second() < closes_at
/// }
///
/// let clock = ManualClock::at_second(1_700_000_000);
/// assert!(is_open(&clock, 1_700_000_060));
/// clock.advance(60);
/// assert!(!is_open(&clock, 1_700_000_060));
/// ```
pub trait Clock: Send + Sync + 'static {
    /// The present moment, UTC.
    ///
    /// ```
    /// use portcullis::clock::{Clock, ManualClock};
    ///
    /// let clock = ManualClock::at_second(1_700_000_000);
    /// assert_eq!(clock.now().to_string(), "2023-11-14T22:13:20Z");
    /// ```
    fn now(&self) -> Timestamp;

    /// The present second, for times that are stored: every database keeps whole seconds alike.
    ///
    /// ```
    /// use portcullis::clock::{Clock, SystemClock};
    ///
    /// assert_eq!(SystemClock.second().subsec_nanosecond(), 0);
    /// ```
    fn second(&self) -> Timestamp {
        let now = self.now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }
}

/// The machine's clock.
///
/// ```
/// use portcullis::clock::{Clock, SystemClock};
///
/// let earlier = SystemClock.now();
/// assert!(earlier.as_second() > 1_700_000_000);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door the ban points at"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is moved, for tests.
///
/// ```
/// use portcullis::clock::{Clock, ManualClock};
///
/// let clock = ManualClock::at_second(1_700_000_000);
/// clock.advance(60);
/// assert_eq!(clock.now().as_second(), 1_700_000_060);
/// ```
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `second` seconds after the Unix epoch.
    ///
    /// ```
    /// use portcullis::clock::{Clock, ManualClock};
    ///
    /// let clock = ManualClock::at_second(0);
    /// assert_eq!(clock.now(), jiff::Timestamp::UNIX_EPOCH);
    /// ```
    pub fn at_second(second: i64) -> Self {
        Self(AtomicI64::new(second))
    }

    /// Moves the clock by `seconds`, which may be negative.
    ///
    /// ```
    /// use portcullis::clock::{Clock, ManualClock};
    ///
    /// let clock = ManualClock::at_second(1_000);
    /// clock.advance(-1);
    /// assert_eq!(clock.now().as_second(), 999);
    /// ```
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn second(&self) -> Timestamp {
        (**self).second()
    }
}

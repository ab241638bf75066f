//! Whether a password may be chosen: what can be said here, and then what a list elsewhere says.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::password::{
    BreachQuestion, HashPrefix, MalformedRange, PasswordContext, PasswordPolicy, PasswordRefused,
};
use crate::secret::Password;
use crate::user::User;

/// How long a list elsewhere is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a list of stolen passwords answers: lines `SUFFIX:COUNT`, as [`BreachQuestion::is_in`] reads
/// them.
pub type RangeAnswer<'a> =
    Pin<Box<dyn Future<Output = Result<String, RangeUnavailable>> + Send + 'a>>;

/// The list did not answer. The cause is logged, so it should not hold what was asked.
///
/// ```
/// use portcullis::account::RangeUnavailable;
///
/// let error = RangeUnavailable::new("it answered with status 500");
/// assert_eq!(error.to_string(), "it answered with status 500");
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RangeUnavailable(Box<dyn std::error::Error + Send + Sync>);

impl RangeUnavailable {
    /// With its cause.
    ///
    /// ```
    /// # use portcullis::account::RangeUnavailable;
    /// let failed = std::io::Error::from(std::io::ErrorKind::TimedOut);
    /// assert_eq!(RangeUnavailable::new(failed).to_string(), "timed out");
    /// ```
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// A list of stolen passwords elsewhere, which is asked with the first five digits of a SHA-1 and never
/// sees a password.
///
/// ```
/// use portcullis::account::{BreachedPasswords, RangeAnswer};
/// use portcullis::password::HashPrefix;
///
/// /// A list in memory; a real one asks over HTTPS, with the header `Add-Padding: true`.
/// struct Kept;
///
/// impl BreachedPasswords for Kept {
///     fn range<'a>(&'a self, prefix: &'a HashPrefix) -> RangeAnswer<'a> {
///         Box::pin(async {
///             Ok(match prefix.as_str() {
///                 "45A2B" => "0123456789ABCDEF0123456789ABCDEF012:3\r\n".to_owned(),
///                 _ => String::new(),
///             })
///         })
///     }
/// }
/// ```
pub trait BreachedPasswords: Send + Sync + 'static {
    /// Everything on the list that begins with `prefix`. It is not waited for longer than two seconds;
    /// then the future is dropped.
    ///
    /// ```
    /// use portcullis::account::{BreachedPasswords, RangeUnavailable};
    /// use portcullis::password::BreachQuestion;
    /// use portcullis::secret::Password;
    ///
    /// async fn lines(list: &dyn BreachedPasswords) -> Result<usize, RangeUnavailable> {
    ///     let question = BreachQuestion::of(&Password::new("correct horse battery staple"));
    ///     Ok(list.range(question.prefix()).await?.lines().count())
    /// }
    /// ```
    fn range<'a>(&'a self, prefix: &'a HashPrefix) -> RangeAnswer<'a>;
}

/// Whether a password may be chosen: the policy decides, and after it, if there is one, a list of stolen
/// passwords elsewhere. When that does not answer, the policy alone decides, and it is logged.
///
/// ```
/// use portcullis::account::PasswordRules;
/// use portcullis::password::{PasswordContext, PasswordPolicy};
/// use portcullis::secret::Password;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let rules = PasswordRules::from(PasswordPolicy::default());
/// let john = PasswordContext::of("johndoe");
/// assert!(rules.admit(&Password::new("twelve yellow umbrellas"), &john).await.is_ok());
/// let refused = rules.admit(&Password::new("passwordpassword"), &john).await.unwrap_err();
/// assert_eq!(refused.reason(), "password_known");
/// # }
/// ```
#[derive(Clone, Default)]
pub struct PasswordRules {
    policy: PasswordPolicy,
    breached: Option<Arc<dyn BreachedPasswords>>,
    unanswered: Arc<AtomicU64>,
}

impl From<PasswordPolicy> for PasswordRules {
    fn from(policy: PasswordPolicy) -> Self {
        Self {
            policy,
            ..Self::default()
        }
    }
}

impl fmt::Debug for PasswordRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordRules")
            .field("policy", &self.policy)
            .field("asks_elsewhere", &self.breached.is_some())
            .finish_non_exhaustive()
    }
}

impl PasswordRules {
    /// Asks `breached` as well, about passwords that the policy has nothing against.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use portcullis::account::{BreachedPasswords, PasswordRules};
    ///
    /// fn with(list: impl BreachedPasswords) -> PasswordRules {
    ///     PasswordRules::default().asking(Arc::new(list))
    /// }
    /// ```
    #[must_use]
    pub fn asking(mut self, breached: Arc<dyn BreachedPasswords>) -> Self {
        self.breached = Some(breached);
        self
    }

    /// What decides without asking anybody.
    ///
    /// ```
    /// use portcullis::account::PasswordRules;
    ///
    /// assert_eq!(PasswordRules::default().policy().min_code_points(), 15);
    /// ```
    pub fn policy(&self) -> &PasswordPolicy {
        &self.policy
    }

    /// How often the list elsewhere was asked and gave no answer, since this value or the one it is a
    /// clone of was made.
    ///
    /// ```
    /// assert_eq!(portcullis::account::PasswordRules::default().unanswered(), 0);
    /// ```
    pub fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Says whether `password` may be chosen by whoever `context` is about.
    ///
    /// ```
    /// use portcullis::account::PasswordRules;
    /// use portcullis::password::PasswordContext;
    /// use portcullis::secret::Password;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let (rules, chosen) = (PasswordRules::default(), Password::new("ZLindqvist-ZLindqvist"));
    /// assert!(rules.admit(&chosen, &PasswordContext::of("zlindqvist")).await.is_err());
    /// assert!(rules.admit(&chosen, &PasswordContext::of("alice")).await.is_ok());
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`PasswordRefused`] with the reason.
    pub async fn admit(
        &self,
        password: &Password,
        context: &PasswordContext<'_>,
    ) -> Result<(), PasswordRefused> {
        self.policy.check(password, context)?;
        let Some(breached) = &self.breached else {
            return Ok(());
        };
        match ask(&**breached, password).await {
            Ok(true) => Err(PasswordRefused::Breached),
            Ok(false) => Ok(()),
            Err(error) => {
                self.unanswered.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(
                    %error,
                    "the list of stolen passwords did not answer; the built-in list alone decided"
                );
                Ok(())
            }
        }
    }
}

impl<'a> From<&'a User> for PasswordContext<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            username: Some(&user.username),
            email: user.email.as_deref(),
            full_name: user.full_name.as_deref(),
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    #[error(transparent)]
    Unavailable(#[from] RangeUnavailable),
    #[error("it was waited for for two seconds")]
    Late(#[from] tokio::time::error::Elapsed),
    #[error(transparent)]
    Malformed(#[from] MalformedRange),
}

async fn ask(list: &dyn BreachedPasswords, password: &Password) -> Result<bool, Unanswered> {
    let question = BreachQuestion::of(password);
    let answer = tokio::time::timeout(PATIENCE, list.range(question.prefix())).await??;
    Ok(question.is_in(&answer)?)
}

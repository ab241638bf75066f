//! What can be set about accounts.

use std::time::Duration;

use super::PasswordRules;
use crate::user::ReservedNames;

/// Who may make an account.
///
/// ```
/// use portcullis::account::Registration;
///
/// assert_eq!(Registration::default(), Registration::Open);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Registration {
    /// Everybody.
    #[default]
    Open,
    /// Who was invited by an operator.
    Invitation,
    /// Nobody; operators make accounts.
    Closed,
}

/// What can be set about accounts; every default is the safe one.
///
/// ```
/// use portcullis::account::{AccountSettings, Registration};
///
/// let by_invitation = AccountSettings {
///     registration: Registration::Invitation,
///     ..AccountSettings::default()
/// };
/// assert!(!by_invitation.needs_email);
/// ```
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// Who may make an account.
    pub registration: Registration,
    /// What may be chosen as a password.
    pub rules: PasswordRules,
    /// The names that nobody may take who is not an operator.
    pub reserved_names: ReservedNames,
    /// Whether who registers must name an e-mail address.
    pub needs_email: bool,
    /// How long one attempt to send a mail may take.
    pub mail_timeout: Duration,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            registration: Registration::default(),
            rules: PasswordRules::default(),
            reserved_names: ReservedNames::default(),
            needs_email: false,
            mail_timeout: Duration::from_secs(30),
        }
    }
}

//! The columns of a mail, read alike from either engine.

use jiff::Timestamp;
use portcullis::scope::{MalformedScope, Scopes};
use portcullis::store::{Errand, Mail};
use portcullis::token::Epoch;
use portcullis::user::{EmailAddress, InvalidEmailAddress, InvalidUsername, UserId, Username};

/// The columns that make a mail, in the order in which both engines select them. What follows them is
/// how often it was somebody's turn.
macro_rules! mail_columns {
    () => {
        "id, kind, user_id, address, other_address, username, scopes, created_at, epoch"
    };
}
pub(crate) use mail_columns;

/// A row's values, borrowed from wherever the engine keeps them.
pub(crate) struct MailColumns<'a> {
    pub(crate) id: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) user: Option<&'a str>,
    pub(crate) address: Option<&'a str>,
    pub(crate) other_address: Option<&'a str>,
    pub(crate) username: Option<&'a str>,
    pub(crate) scopes: Option<&'a str>,
    pub(crate) created_at: i64,
    pub(crate) epoch: Option<i64>,
}

/// A value that the database took and that cannot be. The mail is given up then, not guessed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableMail {
    #[error("a mail is of an unknown kind")]
    Kind,
    #[error("a mail lacks its {0}")]
    Lacks(&'static str),
    #[error("a mail has an impossible address: {0}")]
    Address(#[from] InvalidEmailAddress),
    #[error("a mail has an impossible username: {0}")]
    Username(#[from] InvalidUsername),
    #[error("a mail has malformed scopes: {0}")]
    Scopes(#[from] MalformedScope),
    #[error("a mail has an impossible time: {0}")]
    Time(#[from] jiff::Error),
    #[error("a mail has an impossible number of attempts")]
    Attempts,
}

impl MailColumns<'_> {
    pub(crate) fn read(self) -> Result<Mail, UnreadableMail> {
        Ok(Mail {
            id: self.id.to_owned(),
            errand: self.errand()?,
            created_at: Timestamp::from_second(self.created_at)?,
        })
    }

    fn errand(&self) -> Result<Errand, UnreadableMail> {
        let user = || {
            let user = self.user.map(UserId::new);
            user.ok_or(UnreadableMail::Lacks("user"))
        };
        let address = || address(self.address, "address");
        let new_address = || self::address(self.other_address, "other address");
        Ok(match self.kind {
            "recover_by_email" => Errand::RecoverByEmail {
                address: address()?,
            },
            "recover_by_username" => Errand::RecoverByUsername {
                username: self.username()?,
            },
            "verify_by_email" => Errand::VerifyByEmail {
                address: address()?,
            },
            "verify_email" => Errand::VerifyEmail {
                user: user()?,
                address: address()?,
            },
            "reset_password" => Errand::ResetPassword {
                user: user()?,
                address: address()?,
            },
            "set_password" => Errand::SetPassword {
                user: user()?,
                address: address()?,
            },
            "confirm_email" => Errand::ConfirmEmail {
                user: user()?,
                address: address()?,
                epoch: self.epoch()?,
            },
            "email_change_asked" => Errand::EmailChangeAsked {
                user: user()?,
                address: address()?,
                new_address: new_address()?,
            },
            "email_changed" => Errand::EmailChanged {
                user: user()?,
                address: address()?,
                new_address: new_address()?,
            },
            "email_removed" => Errand::EmailRemoved {
                user: user()?,
                address: address()?,
            },
            "password_changed" => Errand::PasswordChanged {
                user: user()?,
                address: address()?,
            },
            "invitation" => Errand::Invitation {
                address: address()?,
                scopes: self.scopes()?,
                by: match self.user {
                    Some(id) => Some((UserId::new(id), self.epoch()?)),
                    None => None,
                },
            },
            _ => return Err(UnreadableMail::Kind),
        })
    }

    fn username(&self) -> Result<Username, UnreadableMail> {
        let written = self.username.ok_or(UnreadableMail::Lacks("username"))?;
        Ok(Username::parse(written)?)
    }

    fn epoch(&self) -> Result<Epoch, UnreadableMail> {
        let number = self.epoch.ok_or(UnreadableMail::Lacks("epoch"))?;
        Ok(Epoch::new(number))
    }

    fn scopes(&self) -> Result<Scopes, UnreadableMail> {
        let written = self.scopes.ok_or(UnreadableMail::Lacks("scopes"))?;
        Ok(Scopes::parse(written)?)
    }
}

fn address(column: Option<&str>, name: &'static str) -> Result<EmailAddress, UnreadableMail> {
    let written = column.ok_or(UnreadableMail::Lacks(name))?;
    Ok(EmailAddress::parse(written)?)
}

/// How often it was somebody's turn.
pub(crate) fn attempt(column: i64) -> Result<u32, UnreadableMail> {
    u32::try_from(column).map_err(|_| UnreadableMail::Attempts)
}

/// What goes into the columns of a mail.
#[derive(Default)]
pub(crate) struct MailValues<'a> {
    pub(crate) kind: &'static str,
    pub(crate) user: Option<&'a str>,
    pub(crate) address: Option<&'a str>,
    pub(crate) other_address: Option<&'a str>,
    pub(crate) username: Option<&'a str>,
    pub(crate) scopes: Option<String>,
    pub(crate) epoch: Option<i64>,
}

impl<'a> MailValues<'a> {
    pub(crate) fn of(errand: &'a Errand) -> Self {
        let mut values = Self {
            kind: errand.kind(),
            user: errand.user().map(UserId::as_str),
            address: errand.address().map(EmailAddress::as_str),
            ..Self::default()
        };
        match errand {
            Errand::EmailChangeAsked { new_address, .. }
            | Errand::EmailChanged { new_address, .. } => {
                values.other_address = Some(new_address.as_str());
            }
            Errand::RecoverByUsername { username } => values.username = Some(username.as_str()),
            Errand::ConfirmEmail { epoch, .. } => values.epoch = Some(epoch.number()),
            Errand::Invitation { scopes, by, .. } => {
                values.scopes = Some(scopes.to_string());
                values.epoch = by.as_ref().map(|(_, epoch)| epoch.number());
            }
            Errand::RecoverByEmail { .. }
            | Errand::VerifyByEmail { .. }
            | Errand::VerifyEmail { .. }
            | Errand::ResetPassword { .. }
            | Errand::SetPassword { .. }
            | Errand::EmailRemoved { .. }
            | Errand::PasswordChanged { .. } => {}
        }
        values
    }
}

/// What is kept of why a mail did not go: what a mail server said, on one line and not too long.
pub(crate) fn kept_failure(failure: &str) -> String {
    const LONGEST: usize = 500;
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    failure.chars().take(LONGEST).map(plain).collect()
}

/// Why a mail that cannot be read was given up.
pub(crate) const UNREADABLE: &str = "its row in the database cannot be read";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_kept_on_one_line_and_short() {
        assert_eq!(kept_failure("550 no\r\n\0such"), "550 no   such");
        assert_eq!(kept_failure(&"ä".repeat(600)), "ä".repeat(500));
    }
}

//! Letters to look at.

use jiff::SignedDuration;

use super::{Content, Letter, Link, OneLine};
use crate::user::EmailAddress;

const ISSUER: &str = "https://id.example.com";
/// As long as a real one, and worth nothing.
const TOKEN: &str = "nNTMjTMRcnxxVtkj7lZPRmVxsJLWHsdYvoNKi3MqsQ8";

impl Letter {
    /// One letter of each kind, to see what a mailer or a template makes of it.
    ///
    /// ```
    /// use portcullis::mail::Letter;
    ///
    /// for letter in Letter::samples() {
    ///     assert!(letter.text().contains("id.example.com"));
    /// }
    /// ```
    pub fn samples() -> Vec<Self> {
        let name = || OneLine::new("johndoe");
        let new_address = || OneLine::new("new@example.com");
        let day = SignedDuration::from_hours(24);
        let link = |page, valid_for| Link::new(ISSUER, page, TOKEN, valid_for);
        let contents = [
            Content::VerifyEmail {
                username: name(),
                link: link("verify-email", day),
            },
            Content::AddressInUse { username: name() },
            Content::ResetPassword {
                username: name(),
                link: link("reset-password", SignedDuration::from_mins(30)),
            },
            Content::SetPassword {
                username: name(),
                link: link("reset-password", day * 7),
            },
            Content::ConfirmEmail {
                username: name(),
                new_address: new_address(),
                link: link("confirm-email", day),
            },
            Content::EmailChangeAsked {
                username: name(),
                new_address: new_address(),
            },
            Content::EmailChanged {
                username: name(),
                new_address: new_address(),
            },
            Content::EmailRemoved { username: name() },
            Content::PasswordChanged { username: name() },
            Content::Invitation {
                link: link("invitation", day * 7),
            },
        ];
        let Ok(to) = EmailAddress::parse("johndoe@example.com") else {
            return Vec::new();
        };
        let letter = |content| Self {
            message_id: "Yh5Z1mVnTk2c0aXq7hX9Lw".to_owned(),
            to: to.clone(),
            issuer: ISSUER.to_owned(),
            content,
        };
        contents.into_iter().map(letter).collect()
    }

    /// The sample of one kind, as [`Content::kind`] calls it.
    ///
    /// ```
    /// use portcullis::mail::Letter;
    ///
    /// assert!(Letter::sample("reset_password").is_some());
    /// assert!(Letter::sample("newsletter").is_none());
    /// ```
    pub fn sample(kind: &str) -> Option<Self> {
        let mut samples = Self::samples().into_iter();
        samples.find(|letter| letter.kind() == kind)
    }
}

//! The members of a JSON object or of a query, taken one by one; what is left over is refused.

use std::borrow::Cow;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::account::Fault;
use crate::scope::{Scope, Scopes};
use crate::secret::Password;
use crate::user::{EmailAddress, Username};

/// The members that mean something in one place or another.
const OURS: [&str; 12] = [
    "id",
    "username",
    "email",
    "full_name",
    "disabled",
    "scopes",
    "email_verified",
    "created_at",
    "password",
    "hashed_password",
    "epoch",
    "invitation",
];

/// What is still to be taken, and what was wrong so far.
pub(super) struct Members {
    left: Map<String, Value>,
    faults: Vec<Fault>,
}

#[expect(
    clippy::option_option,
    reason = "absent, `null` and a value are three things to say"
)]
impl Members {
    pub(super) const fn of(left: Map<String, Value>) -> Self {
        Self {
            left,
            faults: Vec::new(),
        }
    }

    /// Everything that was wrong, with what nobody took: a member that nobody knows, or that this caller
    /// may not set, is not ignored. A name that is none of ours is not told, for it may be anything.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        for name in OURS {
            self.forbid(name);
        }
        if !self.left.is_empty() {
            let told = "there is a member that is not known here";
            self.faults.push(Fault::new("", "extra_forbidden", told));
        }
        self.faults
    }

    /// Says that a member is there which this caller may not set.
    pub(super) fn forbid(&mut self, name: &'static str) {
        if self.left.remove(name).is_some() {
            let told = "this cannot be set here";
            self.faults.push(Fault::new(name, "extra_forbidden", told));
        }
    }

    pub(super) fn fault(
        &mut self,
        name: &'static str,
        reason: &'static str,
        told: impl Into<Cow<'static, str>>,
    ) {
        self.faults.push(Fault::new(name, reason, told));
    }

    /// Whether it is there; `null` says the same as nothing.
    pub(super) fn has(&self, name: &str) -> bool {
        self.left.get(name).is_some_and(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        match self.left.remove(name) {
            Some(Value::String(text)) => return Some(text),
            Some(_) => self.fault(name, "string_type", "this must be a text"),
            None => self.fault(name, "missing", "this is needed"),
        }
        None
    }

    pub(super) fn secret(&mut self, name: &'static str) -> Option<Zeroizing<String>> {
        self.text(name).map(Zeroizing::new)
    }

    /// An empty one counts as none.
    pub(super) fn password(&mut self, name: &'static str) -> Option<Password> {
        let text = self.text(name)?;
        if text.is_empty() {
            self.fault(name, "missing", "this is needed");
            return None;
        }
        Some(Password::new(text))
    }

    pub(super) fn address(&mut self, name: &'static str) -> Option<EmailAddress> {
        let typed = self.text(name)?;
        let address = EmailAddress::parse(&typed);
        address
            .map_err(|invalid| self.fault(name, "email_invalid", invalid.to_string()))
            .ok()
    }

    /// `null` says the same as nothing.
    pub(super) fn optional_address(&mut self, name: &'static str) -> Option<EmailAddress> {
        if self.has(name) {
            return self.address(name);
        }
        self.left.remove(name);
        None
    }

    /// One that somebody may have, whether or not it could be chosen. `null` says the same as nothing.
    pub(super) fn optional_username(&mut self, name: &'static str) -> Option<Username> {
        let typed = self.optional_text(name)?;
        let username = Username::parse(&typed).ok();
        if username.is_none() {
            self.fault(name, "username_invalid", "this cannot be a username");
        }
        username
    }

    /// Nothing leaves it as it is, `null` clears.
    pub(super) fn clearable_address(&mut self, name: &'static str) -> Option<Option<EmailAddress>> {
        match self.left.get(name)? {
            Value::Null => {
                self.left.remove(name);
                Some(None)
            }
            _ => self.address(name).map(Some),
        }
    }

    /// `null` says the same as nothing.
    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        if self.has(name) {
            return self.text(name);
        }
        self.left.remove(name);
        None
    }

    /// Nothing leaves it as it is, `null` clears.
    pub(super) fn clearable_text(&mut self, name: &'static str) -> Option<Option<String>> {
        let is_there = self.left.contains_key(name);
        is_there.then(|| self.optional_text(name))
    }

    pub(super) fn optional_flag(&mut self, name: &'static str) -> Option<bool> {
        let flag = self.left.remove(name)?.as_bool();
        if flag.is_none() {
            self.fault(name, "bool_type", "this must be true or false");
        }
        flag
    }

    /// An array of scopes; one that is there twice counts once.
    pub(super) fn optional_scopes(&mut self, name: &'static str) -> Option<Scopes> {
        let Value::Array(items) = self.left.remove(name)? else {
            self.fault(name, "list_type", "this must be a list of scopes");
            return None;
        };
        let scopes: Option<Scopes> = items
            .iter()
            .map(|item| Scope::parse(item.as_str()?).ok())
            .collect();
        if scopes.is_none() {
            let told = "a scope has 1 to 128 printable ASCII characters, without space, quote and backslash";
            self.fault(name, "scope_invalid", told);
        }
        scopes
    }

    /// A number that a query says in digits.
    pub(super) fn number_in_text(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let text = self.optional_text(name)?;
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() || !is_plain {
            let (least, most) = range.into_inner();
            let told = format!("this must be a number from {least} to {most}");
            self.fault(name, "out_of_range", told);
            return None;
        }
        number
    }
}

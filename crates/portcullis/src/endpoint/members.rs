//! The members of a JSON object or of a query, taken one by one; what is left over is refused.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::account::Fault;
use crate::scope::{Scope, Scopes};
use crate::secret::Password;
use crate::user::EmailAddress;

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
            let told = "you may not set this";
            self.faults.push(Fault::new(name, "extra_forbidden", told));
        }
    }

    pub(super) fn fault(&mut self, name: &'static str, reason: &'static str, told: &'static str) {
        self.faults.push(Fault::new(name, reason, told));
    }

    /// A fault of a member of which nothing was said yet.
    fn fault_once(&mut self, name: &'static str, reason: &'static str, told: &'static str) {
        if self.faults.iter().all(|fault| fault.member != name) {
            self.fault(name, reason, told);
        }
    }

    pub(super) fn text(&mut self, name: &'static str) -> String {
        match self.left.remove(name) {
            Some(Value::String(text)) => text,
            Some(_) => {
                self.fault(name, "string_type", "this must be a text");
                String::new()
            }
            None => {
                self.fault(name, "missing", "this is needed");
                String::new()
            }
        }
    }

    pub(super) fn secret(&mut self, name: &'static str) -> Zeroizing<String> {
        Zeroizing::new(self.text(name))
    }

    /// An empty one counts as none.
    pub(super) fn password(&mut self, name: &'static str) -> Password {
        let text = self.text(name);
        if text.is_empty() {
            self.fault_once(name, "missing", "this is needed");
        }
        Password::new(text)
    }

    pub(super) fn address(&mut self, name: &'static str) -> Option<EmailAddress> {
        let typed = self.text(name);
        let address = EmailAddress::parse(&typed).ok();
        if address.is_none() {
            let told = "an e-mail address is like name@example.com";
            self.fault_once(name, "email_invalid", told);
        }
        address
    }

    /// Nothing leaves it as it is, `null` clears.
    pub(super) fn clearable_address(&mut self, name: &'static str) -> Option<Option<EmailAddress>> {
        match self.left.get(name)? {
            Value::Null => {
                self.left.remove(name);
                Some(None)
            }
            _ => Some(self.address(name)),
        }
    }

    /// `null` says the same as nothing.
    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        match self.left.get(name) {
            None => None,
            Some(Value::Null) => {
                self.left.remove(name);
                None
            }
            Some(_) => Some(self.text(name)),
        }
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
            self.fault(name, "out_of_range", "this must be a number from 1 to 200");
            return None;
        }
        number
    }
}

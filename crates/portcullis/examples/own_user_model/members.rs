//! Your user type and your table: two small traits.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use portcullis::store::{Answer, Credential, UserSource};
use portcullis::user::{Account, Username};
use portcullis::{password::PasswordHash, scope::Scopes, token::Epoch};
use schemars::JsonSchema;
use serde::Serialize;

/// A row of your table, as your API shows it.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct Member {
    pub(crate) number: u32,
    pub(crate) login_name: String,
    pub(crate) retired: bool,
    #[serde(skip)] // in no answer
    pub(crate) pw: String,
}

impl Account for Member {
    fn subject(&self) -> Cow<'_, str> {
        self.number.to_string().into()
    }
    fn is_active(&self) -> bool {
        !self.retired
    }
    fn scopes(&self) -> Cow<'_, Scopes> {
        Cow::Owned(Scopes::parse("items:read items:write").unwrap_or_default())
    }
    /// The table has no column for it: another password, or a retirement, kills every token.
    fn epoch(&self) -> Epoch {
        Epoch::fingerprint([self.pw.as_str(), if self.retired { "no" } else { "yes" }])
    }
}

/// Your table.
pub(crate) struct Members(pub(crate) RwLock<Vec<Member>>);

impl Members {
    fn find(&self, is_wanted: impl Fn(&Member) -> bool) -> Option<Member> {
        let members = self.0.read().unwrap_or_else(PoisonError::into_inner);
        members.iter().find(|member| is_wanted(member)).cloned()
    }
}

impl UserSource for Members {
    type User = Member;

    fn find_by_username(&self, name: &Username) -> Answer<'_, Option<Credential<Member>>> {
        let found = self.find(|member| member.login_name == name.canonical());
        Answer::ready(Ok(found.map(|user| Credential {
            hashed_password: Some(PasswordHash::from_store(user.pw.as_str())),
            user,
        })))
    }
    fn find_by_subject(&self, subject: &str) -> Answer<'_, Option<Member>> {
        Answer::ready(Ok(self.find(|member| member.subject() == subject)))
    }
}

//! A store that writes down what it is asked, in the order in which it is asked.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use portcullis::client::{Client, ClientId, SecretDigest};
use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{
    Answer, ClaimedMail, Clients, Credential, Family, InsertedClient, InsertedUser, KeptToken,
    Mail, MemoryStore, NewSession, NewUser, OneTimeTokens, Outbox, OutboxLoad, PasswordChange,
    Rotated, Rotation, Session, Sessions, Spending, TokenSpent, UserChange, UserPage, UserSource,
    Users,
};
use portcullis::token::TokenDigest;
use portcullis::user::{EmailAddress, User, UserId, Username};

/// One question to the store: the verb, and what is to be mailed where a mail is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) verb: &'static str,
    pub(super) writes: bool,
    pub(super) mail: Option<&'static str>,
}

pub(super) struct Counted {
    pub(super) store: Arc<MemoryStore>,
    asked: Mutex<Vec<Asked>>,
}

impl Counted {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            store: Arc::new(MemoryStore::new()),
            asked: Mutex::default(),
        })
    }

    /// What was asked since this was called last.
    pub(super) fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn note(&self, verb: &'static str, writes: bool, mail: Option<&Mail>) {
        let mail = mail.map(|mail| mail.errand.kind());
        let asked = Asked { verb, writes, mail };
        self.asked.lock().unwrap().push(asked);
    }
}

/// Verbs that are written down and passed on.
macro_rules! passed_on {
    ($($kind:ident fn $name:ident $(<$life:lifetime>)? (& $($mine:lifetime)? self $(, $argument:ident: $type:ty)*) -> $answer:ty;)*) => {$(
        fn $name $(<$life>)? (& $($mine)? self $(, $argument: $type)*) -> $answer {
            self.note(stringify!($name), stringify!($kind) == "write", None);
            self.store.$name($($argument),*)
        }
    )*};
}

impl UserSource for Counted {
    type User = User;

    passed_on! {
        read fn find_by_username<'a>(&'a self, username: &'a Username) -> Answer<'a, Option<Credential<User>>>;
        read fn find_by_email<'a>(&'a self, address: &'a EmailAddress) -> Answer<'a, Option<Credential<User>>>;
        read fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>>;
        write fn replace_hash<'a>(&'a self, subject: &'a str, old: &'a PasswordHash, new: &'a PasswordHash) -> Answer<'a, ()>;
        read fn list_hash_costs(&self) -> Answer<'_, Vec<PasswordHash>>;
        read fn check(&self) -> Answer<'_, ()>;
    }
}

impl Users for Counted {
    fn insert_user(&self, user: NewUser) -> Answer<'_, InsertedUser> {
        self.note("insert_user", true, user.mail.as_ref());
        self.store.insert_user(user)
    }

    passed_on! {
        read fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage>;
        read fn search_users<'a>(&'a self, prefix: &'a str, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage>;
        read fn list_unverified<'a>(&'a self, address: &'a EmailAddress, limit: u32) -> Answer<'a, Vec<User>>;
        write fn update_user<'a>(&'a self, id: &'a UserId, change: UserChange) -> Answer<'a, Option<User>>;
        write fn update_password<'a>(&'a self, id: &'a UserId, change: PasswordChange) -> Answer<'a, bool>;
        write fn update_disabled<'a>(&'a self, id: &'a UserId, disabled: bool) -> Answer<'a, bool>;
        write fn update_scopes<'a>(&'a self, id: &'a UserId, add: &'a Scopes, remove: &'a Scopes) -> Answer<'a, Option<Scopes>>;
        write fn delete_user<'a>(&'a self, id: &'a UserId) -> Answer<'a, bool>;
    }
}

impl OneTimeTokens for Counted {
    passed_on! {
        write fn insert_one_time_token(&self, token: KeptToken) -> Answer<'_, ()>;
        read fn find_one_time_token<'a>(&'a self, digest: &'a TokenDigest) -> Answer<'a, Option<KeptToken>>;
        write fn spend_one_time_token(&self, spending: Spending) -> Answer<'_, TokenSpent>;
        read fn list_one_time_tokens<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<KeptToken>>;
        write fn sweep_one_time_tokens(&self, now: Timestamp) -> Answer<'_, u64>;
    }
}

impl Outbox for Counted {
    fn insert_mail(&self, mail: Mail) -> Answer<'_, ()> {
        self.note("insert_mail", true, Some(&mail));
        self.store.insert_mail(mail)
    }

    passed_on! {
        write fn claim_mails(&self, now: Timestamp, until: Timestamp, limit: u32) -> Answer<'_, Vec<ClaimedMail>>;
        write fn finish_mail<'a>(&'a self, claimed: &'a ClaimedMail, follow_up: Vec<Mail>) -> Answer<'a, bool>;
        write fn postpone_mail<'a>(&'a self, claimed: &'a ClaimedMail, due_at: Timestamp, failure: &'a str) -> Answer<'a, bool>;
        write fn give_up_mail<'a>(&'a self, claimed: &'a ClaimedMail, now: Timestamp, failure: &'a str) -> Answer<'a, bool>;
        read fn list_mails<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Mail>>;
        write fn sweep_mails(&self, given_up_before: Timestamp) -> Answer<'_, u64>;
        read fn measure_outbox(&self) -> Answer<'_, OutboxLoad>;
    }
}

impl Sessions for Counted {
    passed_on! {
        write fn insert_session(&self, session: NewSession) -> Answer<'_, ()>;
        read fn find_session<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Session>>;
        read fn list_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Session>>;
        read fn find_family<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Family>>;
        write fn rotate_session(&self, rotation: Rotation) -> Answer<'_, Rotated>;
        write fn delete_session<'a>(&'a self, id: &'a str) -> Answer<'a, bool>;
        write fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, u64>;
        write fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Answer<'_, u64>;
    }
}

impl Clients for Counted {
    passed_on! {
        read fn find_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, Option<Client>>;
        read fn list_clients(&self) -> Answer<'_, Vec<Client>>;
        write fn insert_client(&self, client: Client) -> Answer<'_, InsertedClient>;
        write fn update_secret<'a>(&'a self, id: &'a ClientId, present: SecretDigest, until: Timestamp) -> Answer<'a, bool>;
        write fn delete_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, bool>;
    }
}

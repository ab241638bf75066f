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
use portcullis::token::{Epoch, TokenDigest};
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

    /// Passes a verb on that reads.
    fn reads(&self, verb: &'static str) -> &MemoryStore {
        self.note(verb, false, None);
        &self.store
    }

    /// Passes a verb on that writes, and no mail.
    fn writes(&self, verb: &'static str) -> &MemoryStore {
        self.note(verb, true, None);
        &self.store
    }

    fn note(&self, verb: &'static str, writes: bool, mail: Option<&Mail>) {
        let mail = mail.map(|mail| mail.errand.kind());
        let asked = Asked { verb, writes, mail };
        self.asked.lock().unwrap().push(asked);
    }
}

impl UserSource for Counted {
    type User = User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<User>>> {
        self.reads("find_by_username").find_by_username(username)
    }

    fn find_by_email<'a>(
        &'a self,
        address: &'a EmailAddress,
    ) -> Answer<'a, Option<Credential<User>>> {
        self.reads("find_by_email").find_by_email(address)
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        self.reads("find_by_subject").find_by_subject(subject)
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: &'a PasswordHash,
        new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        self.writes("replace_hash").replace_hash(subject, old, new)
    }

    fn list_hash_costs(&self) -> Answer<'_, Vec<PasswordHash>> {
        self.reads("list_hash_costs").list_hash_costs()
    }

    fn check(&self) -> Answer<'_, ()> {
        self.reads("check").check()
    }
}

impl Users for Counted {
    fn insert_user(&self, user: NewUser) -> Answer<'_, InsertedUser> {
        self.note("insert_user", true, user.mail.as_ref());
        self.store.insert_user(user)
    }

    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage> {
        self.reads("list_users").list_users(after, limit)
    }

    fn search_users<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, UserPage> {
        self.reads("search_users")
            .search_users(prefix, after, limit)
    }

    fn list_unverified<'a>(
        &'a self,
        address: &'a EmailAddress,
        limit: u32,
    ) -> Answer<'a, Vec<User>> {
        self.reads("list_unverified")
            .list_unverified(address, limit)
    }

    fn update_user<'a>(&'a self, id: &'a UserId, change: UserChange) -> Answer<'a, Option<User>> {
        self.writes("update_user").update_user(id, change)
    }

    fn update_password<'a>(&'a self, id: &'a UserId, change: PasswordChange) -> Answer<'a, bool> {
        self.writes("update_password").update_password(id, change)
    }

    fn update_scopes<'a>(
        &'a self,
        id: &'a UserId,
        add: &'a Scopes,
        remove: &'a Scopes,
    ) -> Answer<'a, Option<Scopes>> {
        self.writes("update_scopes").update_scopes(id, add, remove)
    }

    fn delete_user<'a>(&'a self, id: &'a UserId, epoch: Option<Epoch>) -> Answer<'a, bool> {
        self.writes("delete_user").delete_user(id, epoch)
    }
}

impl OneTimeTokens for Counted {
    fn insert_one_time_token(&self, token: KeptToken) -> Answer<'_, ()> {
        self.writes("insert_one_time_token")
            .insert_one_time_token(token)
    }

    fn find_one_time_token<'a>(&'a self, digest: &'a TokenDigest) -> Answer<'a, Option<KeptToken>> {
        self.reads("find_one_time_token")
            .find_one_time_token(digest)
    }

    fn spend_one_time_token(&self, spending: Spending) -> Answer<'_, TokenSpent> {
        self.writes("spend_one_time_token")
            .spend_one_time_token(spending)
    }

    fn list_one_time_tokens<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<KeptToken>> {
        self.reads("list_one_time_tokens")
            .list_one_time_tokens(user, address, limit)
    }

    fn sweep_one_time_tokens(&self, now: Timestamp) -> Answer<'_, u64> {
        self.writes("sweep_one_time_tokens")
            .sweep_one_time_tokens(now)
    }
}

impl Outbox for Counted {
    fn insert_mail(&self, mail: Mail) -> Answer<'_, ()> {
        self.note("insert_mail", true, Some(&mail));
        self.store.insert_mail(mail)
    }

    fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Answer<'_, Vec<ClaimedMail>> {
        self.writes("claim_mails").claim_mails(now, until, limit)
    }

    fn finish_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        follow_up: Vec<Mail>,
    ) -> Answer<'a, bool> {
        self.writes("finish_mail").finish_mail(claimed, follow_up)
    }

    fn postpone_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        due_at: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool> {
        self.writes("postpone_mail")
            .postpone_mail(claimed, due_at, failure)
    }

    fn give_up_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        now: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool> {
        self.writes("give_up_mail")
            .give_up_mail(claimed, now, failure)
    }

    fn list_mails<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<Mail>> {
        self.reads("list_mails").list_mails(user, address, limit)
    }

    fn sweep_mails(&self, given_up_before: Timestamp) -> Answer<'_, u64> {
        self.writes("sweep_mails").sweep_mails(given_up_before)
    }

    fn measure_outbox(&self) -> Answer<'_, OutboxLoad> {
        self.reads("measure_outbox").measure_outbox()
    }
}

impl Sessions for Counted {
    fn insert_session(&self, session: NewSession) -> Answer<'_, ()> {
        self.writes("insert_session").insert_session(session)
    }

    fn find_session<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Session>> {
        self.reads("find_session").find_session(id)
    }

    fn list_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Session>> {
        self.reads("list_sessions").list_sessions(user)
    }

    fn find_family<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Family>> {
        self.reads("find_family").find_family(id)
    }

    fn rotate_session(&self, rotation: Rotation) -> Answer<'_, Rotated> {
        self.writes("rotate_session").rotate_session(rotation)
    }

    fn delete_session<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        self.writes("delete_session").delete_session(id)
    }

    fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, u64> {
        self.writes("delete_sessions").delete_sessions(user)
    }

    fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Answer<'_, u64> {
        self.writes("sweep_sessions")
            .sweep_sessions(now, retry_since)
    }
}

impl Clients for Counted {
    fn find_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, Option<Client>> {
        self.reads("find_client").find_client(id)
    }

    fn list_clients(&self) -> Answer<'_, Vec<Client>> {
        self.reads("list_clients").list_clients()
    }

    fn insert_client(&self, client: Client) -> Answer<'_, InsertedClient> {
        self.writes("insert_client").insert_client(client)
    }

    fn update_secret<'a>(
        &'a self,
        id: &'a ClientId,
        present: SecretDigest,
        until: Timestamp,
    ) -> Answer<'a, bool> {
        self.writes("update_secret")
            .update_secret(id, present, until)
    }

    fn delete_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, bool> {
        self.writes("delete_client").delete_client(id)
    }
}

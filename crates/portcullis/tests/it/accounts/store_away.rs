//! The database is away, or the machine is busy: everybody is told to come back, and nothing is told
//! of the cause.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use portcullis::account::AccountSettings;
use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{
    Answer, ClaimedMail, Credential, InsertedUser, KeptToken, Mail, MemoryStore, NewUser,
    OneTimeTokens, Outbox, OutboxLoad, PasswordChange, Spending, StoreError, TokenSpent,
    UserChange, UserPage, UserSource, Users,
};
use portcullis::token::{Epoch, TokenDigest};
use portcullis::user::{EmailAddress, User, UserId, Username};
use serde_json::{Value, json};

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};

/// Accounts in memory, that can go away.
struct Remote {
    store: Arc<MemoryStore>,
    is_away: Arc<AtomicBool>,
    is_strange: Arc<AtomicBool>,
}

impl Remote {
    fn ask<'a, T>(&'a self, verb: impl FnOnce(&'a MemoryStore) -> Answer<'a, T>) -> Answer<'a, T> {
        if self.is_away.load(Ordering::SeqCst) {
            let failed = StoreError::unavailable("connection to 10.1.2.3 refused, user=admin");
            return Answer::ready(Err(failed));
        }
        if self.is_strange.load(Ordering::SeqCst) {
            return Answer::ready(Err(StoreError::unexpected("column epoch holds 'admin'")));
        }
        verb(&self.store)
    }
}

impl UserSource for Remote {
    type User = User;

    fn find_by_username<'a>(&'a self, name: &'a Username) -> Answer<'a, Option<Credential<User>>> {
        self.ask(|store| store.find_by_username(name))
    }

    fn find_by_email<'a>(&'a self, at: &'a EmailAddress) -> Answer<'a, Option<Credential<User>>> {
        self.ask(|store| store.find_by_email(at))
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        self.ask(|store| store.find_by_subject(subject))
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: &'a PasswordHash,
        new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        self.ask(|store| store.replace_hash(subject, old, new))
    }
}

impl Users for Remote {
    fn insert_user(&self, user: NewUser) -> Answer<'_, InsertedUser> {
        self.ask(|store| store.insert_user(user))
    }

    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage> {
        self.ask(|store| store.list_users(after, limit))
    }

    fn search_users<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, UserPage> {
        self.ask(|store| store.search_users(prefix, after, limit))
    }

    fn list_unverified<'a>(&'a self, at: &'a EmailAddress, limit: u32) -> Answer<'a, Vec<User>> {
        self.ask(|store| store.list_unverified(at, limit))
    }

    fn update_user<'a>(&'a self, id: &'a UserId, change: UserChange) -> Answer<'a, Option<User>> {
        self.ask(|store| store.update_user(id, change))
    }

    fn update_password<'a>(&'a self, id: &'a UserId, change: PasswordChange) -> Answer<'a, bool> {
        self.ask(|store| store.update_password(id, change))
    }

    fn update_scopes<'a>(
        &'a self,
        id: &'a UserId,
        add: &'a Scopes,
        remove: &'a Scopes,
    ) -> Answer<'a, Option<Scopes>> {
        self.ask(|store| store.update_scopes(id, add, remove))
    }

    fn delete_user<'a>(&'a self, id: &'a UserId, epoch: Option<Epoch>) -> Answer<'a, bool> {
        self.ask(|store| store.delete_user(id, epoch))
    }
}

impl OneTimeTokens for Remote {
    fn insert_one_time_token(&self, token: KeptToken) -> Answer<'_, ()> {
        self.ask(|store| store.insert_one_time_token(token))
    }

    fn find_one_time_token<'a>(&'a self, digest: &'a TokenDigest) -> Answer<'a, Option<KeptToken>> {
        self.ask(|store| store.find_one_time_token(digest))
    }

    fn spend_one_time_token(&self, spending: Spending) -> Answer<'_, TokenSpent> {
        self.ask(|store| store.spend_one_time_token(spending))
    }

    fn list_one_time_tokens<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<KeptToken>> {
        self.ask(|store| store.list_one_time_tokens(user, address, limit))
    }

    fn sweep_one_time_tokens(&self, now: Timestamp) -> Answer<'_, u64> {
        self.ask(|store| store.sweep_one_time_tokens(now))
    }
}

impl Outbox for Remote {
    fn insert_mail(&self, mail: Mail) -> Answer<'_, ()> {
        self.ask(|store| store.insert_mail(mail))
    }

    fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        most: u32,
    ) -> Answer<'_, Vec<ClaimedMail>> {
        self.ask(|store| store.claim_mails(now, until, most))
    }

    fn finish_mail<'a>(&'a self, claimed: &'a ClaimedMail, more: Vec<Mail>) -> Answer<'a, bool> {
        self.ask(|store| store.finish_mail(claimed, more))
    }

    fn postpone_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        due_at: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool> {
        self.ask(|store| store.postpone_mail(claimed, due_at, failure))
    }

    fn give_up_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        now: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool> {
        self.ask(|store| store.give_up_mail(claimed, now, failure))
    }

    fn list_mails<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<Mail>> {
        self.ask(|store| store.list_mails(user, address, limit))
    }

    fn sweep_mails(&self, given_up_before: Timestamp) -> Answer<'_, u64> {
        self.ask(|store| store.sweep_mails(given_up_before))
    }

    fn measure_outbox(&self) -> Answer<'_, OutboxLoad> {
        self.ask(Outbox::measure_outbox)
    }
}

/// Everything that asks the accounts' store for something: the operation, who, and the body.
fn operations() -> Vec<(&'static str, &'static str, Value)> {
    let shown = json!({"password": PASSWORD});
    let token = json!({"token": "A".repeat(43)});
    let reset = json!({"token": "A".repeat(43), "new_password": NEW_PASSWORD});
    let change = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let new = json!({"username": "new.name", "password": NEW_PASSWORD});
    let email = json!({"email": "new@example.com"});
    let other = json!({"email": "new@example.com", "password": PASSWORD});
    vec![
        ("PATCH /users/me", "johndoe", json!({"full_name": "New"})),
        ("DELETE /users/me", "johndoe", shown),
        ("PUT /users/me/password", "johndoe", change),
        ("PUT /users/me/email", "johndoe", other),
        ("GET /users/me/export", "johndoe", Value::Null),
        ("POST /email-change/confirm", "", token.clone()),
        ("POST /email-verification", "", email.clone()),
        ("POST /email-verification/confirm", "", token),
        ("POST /password-recovery", "", email.clone()),
        ("POST /password-reset", "", reset),
        ("POST /users", "", new.clone()),
        ("POST /users", "both", new),
        ("GET /users", "both", Value::Null),
        ("GET /users?search=a", "both", Value::Null),
        ("GET /users/{id}", "both", Value::Null),
        ("PATCH /users/{id}", "both", json!({"disabled": true})),
        ("DELETE /users/{id}", "both", Value::Null),
        ("DELETE /users/{id}/sessions", "both", Value::Null),
        ("POST /users/{id}/password-recovery", "both", Value::Null),
        ("POST /invitations", "both", email),
    ]
}

/// A house whose accounts are elsewhere, and the two ways in which they fail.
async fn house() -> (AccountHouse, Arc<AtomicBool>, Arc<AtomicBool>) {
    let (is_away, is_strange) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let store = Arc::new(MemoryStore::new());
    let remote = Arc::new(Remote {
        store: store.clone(),
        is_away: is_away.clone(),
        is_strange: is_strange.clone(),
    });
    let house = AccountHouse::over(store, remote, |builder, accounts| {
        builder.accounts(accounts, AccountSettings::default())
    })
    .await;
    house.settle("both", "users:read users:write").await;
    (house, is_away, is_strange)
}

async fn answers(
    house: &AccountHouse,
    fails: &AtomicBool,
) -> Vec<(String, crate::fixture::Answer)> {
    let (john, both) = (house.token("johndoe").await, house.token("both").await);
    let id = house.id("johndoe").await;
    let before = house.snapshot().await;
    fails.store(true, Ordering::SeqCst);
    let mut all = Vec::new();
    for (operation, who, body) in operations() {
        let call = operation.replace("{id}", &id);
        let ask = house.ask(&call);
        let ask = match who {
            "johndoe" => ask.by(&john),
            "both" => ask.by(&both),
            _ => ask,
        };
        let answer = match &body {
            Value::Null => ask.send().await,
            body => ask.json(body).await,
        };
        all.push((format!("{operation} by {who}"), answer));
    }
    fails.store(false, Ordering::SeqCst);
    assert_eq!(house.snapshot().await, before);
    all
}

#[tokio::test]
async fn while_it_is_away_everybody_is_told_to_come_back() {
    let (house, is_away, _) = house().await;
    for (what, answer) in answers(&house, &is_away).await {
        assert_eq!(answer.status, 503, "{what}: {}", answer.text());
        let told = json!({"detail": "Temporarily unavailable", "error": "temporarily_unavailable"});
        assert_eq!(answer.json(), told, "{what}");
        assert_eq!(answer.header("retry-after"), Some("1"), "{what}");
    }
}

#[tokio::test]
async fn what_is_strange_is_500_and_not_explained() {
    let (house, _, is_strange) = house().await;
    for (what, answer) in answers(&house, &is_strange).await {
        assert_eq!(
            answer.code(),
            "500 server_error",
            "{what}: {}",
            answer.text()
        );
        for cause in ["epoch", "admin", "holds"] {
            assert!(!answer.text().contains(cause), "{what}");
        }
    }
}

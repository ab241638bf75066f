//! Users in memory.

use std::ops::Bound;

use super::outbox::Waiting;
use super::{MemoryStore, Tables, advance, canonical_email};
use crate::password::PasswordHash;
use crate::scope::Scopes;
use crate::store::{
    Answer, Credential, InsertedUser, NewUser, PasswordChange, SearchPrefix, Spend, UserChange,
    UserPage, UserSource, Users,
};
use crate::token::{Epoch, Purpose};
use crate::user::{EmailAddress, User, UserId, Username};

impl Tables {
    pub(super) fn insert_user(&mut self, new: NewUser) -> InsertedUser {
        if self.users.contains_key(new.username.canonical()) {
            return InsertedUser::UsernameTaken;
        }
        let verified = new.email.as_ref().filter(|_| new.email_verified);
        if verified.is_some_and(|address| self.is_verified_elsewhere(address, &new.id)) {
            return InsertedUser::EmailTaken;
        }
        let credential = Credential {
            user: new.to_user(),
            hashed_password: new.hashed_password,
        };
        self.users
            .insert(new.username.canonical().into(), credential);
        self.mails.extend(new.mail.map(Waiting::new));
        InsertedUser::Inserted
    }

    fn page(
        &self,
        after: Option<&str>,
        limit: u32,
        is_wanted: impl Fn(&str, &User) -> bool,
    ) -> UserPage {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut found = self
            .users
            .range::<str, _>((from, Bound::Unbounded))
            .filter(|(canonical, found)| is_wanted(canonical, &found.user));
        let mut page = UserPage::default();
        let mut last = None;
        for (canonical, credential) in found.by_ref().take(limit as usize) {
            page.users.push(credential.user.clone());
            last = Some(canonical.to_string());
        }
        page.next = found.next().and(last);
        page
    }
}

impl UserSource for MemoryStore {
    type User = User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<User>>> {
        self.read(|tables| tables.users.get(username.canonical()).cloned())
    }

    fn find_by_email<'a>(
        &'a self,
        address: &'a EmailAddress,
    ) -> Answer<'a, Option<Credential<User>>> {
        let canonical = Some(address.canonical().to_string());
        self.read(|tables| {
            let mut users = tables.users.values();
            users
                .find(|found| {
                    found.user.email_verified && canonical_email(&found.user) == canonical
                })
                .cloned()
        })
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        self.read(|tables| {
            let mut users = tables.users.values().map(|found| &found.user);
            users.find(|user| user.id.as_str() == subject).cloned()
        })
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: &'a PasswordHash,
        new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        self.write(|tables| {
            if let Some(found) = tables.by_subject(subject)
                && let Some(hash) = &mut found.hashed_password
                && hash.as_str() == old.as_str()
            {
                *hash = new.clone();
            }
        })
    }

    fn list_hash_costs(&self) -> Answer<'_, Vec<PasswordHash>> {
        self.read(|tables| {
            let mut found: Vec<PasswordHash> = Vec::new();
            for hash in tables
                .users
                .values()
                .filter_map(|user| user.hashed_password.as_ref())
            {
                if found.iter().all(|other| other.cost() != hash.cost()) {
                    found.push(hash.clone());
                }
            }
            found
        })
    }
}

impl Users for MemoryStore {
    fn insert_user(&self, new: NewUser) -> Answer<'_, InsertedUser> {
        self.write(|tables| tables.insert_user(new))
    }

    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage> {
        self.read(|tables| tables.page(after, limit, |_, _| true))
    }

    fn search_users<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, UserPage> {
        let prefix = SearchPrefix::of(prefix);
        self.read(|tables| {
            tables.page(after, limit, |canonical, user| {
                canonical.starts_with(&prefix.username)
                    || canonical_email(user).is_some_and(|email| email.starts_with(&prefix.email))
            })
        })
    }

    fn list_unverified<'a>(
        &'a self,
        address: &'a EmailAddress,
        limit: u32,
    ) -> Answer<'a, Vec<User>> {
        let canonical = Some(address.canonical().to_string());
        self.read(|tables| {
            let users = tables.users.values().map(|found| &found.user);
            let mut found: Vec<User> = users
                .filter(|user| !user.email_verified && !user.disabled)
                .filter(|user| canonical_email(user) == canonical)
                .cloned()
                .collect();
            found.sort_by_key(|user| user.created_at);
            found.truncate(100);
            let sent = |id: &UserId| {
                let own = tables.one_time_tokens.values().filter(|kept| {
                    kept.purpose == Purpose::VerifyEmail && kept.user.as_ref() == Some(id)
                });
                own.map(|kept| kept.created_at).max()
            };
            found.sort_by_cached_key(|user| {
                (sent(&user.id), user.created_at, user.id.as_str().to_owned())
            });
            found.truncate(limit as usize);
            found
        })
    }

    fn update_user<'a>(&'a self, id: &'a UserId, change: UserChange) -> Answer<'a, Option<User>> {
        self.write(|tables| {
            let user = &mut tables.by_subject(id.as_str())?.user;
            let has_new_address = change.email.is_some();
            change.apply(user);
            let user = user.clone();
            if has_new_address {
                tables.end_tokens(id, Spend::ConfirmEmail.also_ends());
                tables.end_changes_of_address(id);
            }
            tables
                .mails
                .extend(change.mails.into_iter().map(Waiting::new));
            Some(user)
        })
    }

    fn update_password<'a>(&'a self, id: &'a UserId, change: PasswordChange) -> Answer<'a, bool> {
        self.write(|tables| {
            let Some(found) = tables.by_subject(id.as_str()) else {
                return false;
            };
            if change.epoch.is_some_and(|epoch| epoch != found.user.epoch) {
                return false;
            }
            found.hashed_password = Some(change.hash);
            advance(&mut found.user);
            tables.end_tokens(id, PasswordChange::ENDS);
            tables.mails.extend(change.mail.map(Waiting::new));
            true
        })
    }

    fn update_scopes<'a>(
        &'a self,
        id: &'a UserId,
        add: &'a Scopes,
        remove: &'a Scopes,
    ) -> Answer<'a, Option<Scopes>> {
        self.write(|tables| {
            let found = tables.by_subject(id.as_str())?;
            let after = found.user.scopes.union(add).difference(remove);
            if !found.user.scopes.is_subset(&after) {
                advance(&mut found.user);
            }
            found.user.scopes = after.clone();
            Some(after)
        })
    }

    fn delete_user<'a>(&'a self, id: &'a UserId, epoch: Option<Epoch>) -> Answer<'a, bool> {
        self.write(|tables| {
            let is_other =
                |found: &mut Credential<User>| epoch.is_some_and(|epoch| epoch != found.user.epoch);
            if tables.by_subject(id.as_str()).is_none_or(is_other) {
                return false;
            }
            tables.users.retain(|_, found| found.user.id != *id);
            tables
                .sessions
                .retain(|_, kept| kept.session.user.as_ref() != Some(id));
            tables.end_tokens(id, &Purpose::ALL);
            tables
                .mails
                .retain(|waiting| waiting.mail.errand.user() != Some(id));
            true
        })
    }
}

//! One-time tokens in memory.

use jiff::Timestamp;

use super::outbox::Waiting;
use super::{MemoryStore, Tables, advance};
use crate::store::KeptToken;
use crate::store::{
    Answer, Errand, InsertedUser, NewUser, OneTimeTokens, Spend, Spending, TokenSpent,
};
use crate::token::{Purpose, TokenDigest};
use crate::user::{EmailAddress, User, UserId};

impl Tables {
    /// Removes the user's tokens of these purposes.
    pub(super) fn end_tokens(&mut self, user: &UserId, purposes: &[Purpose]) {
        self.one_time_tokens.retain(|_, kept| {
            kept.user.as_ref() != Some(user) || !purposes.contains(&kept.purpose)
        });
    }

    /// Another address ends what would put a third in its place.
    pub(super) fn end_changes_of_address(&mut self, user: &UserId) {
        self.mails.retain(|waiting| {
            let errand = &waiting.mail.errand;
            !(matches!(errand, Errand::ConfirmEmail { .. }) && errand.user() == Some(user))
        });
    }

    fn spend(&mut self, spending: Spending) -> TokenSpent {
        let Some(token) = self
            .one_time_tokens
            .get(spending.digest.as_bytes())
            .cloned()
        else {
            return TokenSpent::Refused;
        };
        let user = token
            .user
            .as_ref()
            .and_then(|id| self.by_subject(id.as_str()))
            .map(|found| found.user.clone());
        if !spending
            .spend
            .is_allowed_by(&token, user.as_ref(), spending.now)
        {
            return TokenSpent::Refused;
        }
        let also_ends = spending.spend.also_ends();
        let spent = match (spending.spend, user) {
            (Spend::Register(new), _) => self.register(*new, &token),
            (spend, Some(user)) => self.change(spend, &token, &user),
            (_, None) => TokenSpent::Refused,
        };
        if let TokenSpent::Done(user) = &spent {
            self.one_time_tokens.remove(spending.digest.as_bytes());
            self.end_tokens(&user.id, also_ends);
            self.mails.extend(spending.mail.map(Waiting::new));
        }
        spent
    }

    fn register(&mut self, new: NewUser, token: &KeptToken) -> TokenSpent {
        let user = new.to_user();
        match self.insert_user(new) {
            InsertedUser::UsernameTaken => TokenSpent::UsernameTaken,
            InsertedUser::EmailTaken => TokenSpent::Refused,
            InsertedUser::Inserted => {
                let canonical = token.address.canonical();
                self.one_time_tokens.retain(|_, kept| {
                    kept.purpose != Purpose::Invitation || kept.address.canonical() != canonical
                });
                TokenSpent::Done(user)
            }
        }
    }

    fn change(&mut self, spend: Spend, token: &KeptToken, user: &User) -> TokenSpent {
        if self.is_verified_elsewhere(&token.address, &user.id) {
            return TokenSpent::Refused;
        }
        let Some(found) = self.by_subject(user.id.as_str()) else {
            return TokenSpent::Refused;
        };
        let new = Some(token.address.as_str().to_owned());
        let before = std::mem::replace(&mut found.user.email, new);
        found.user.email_verified = true;
        if let Spend::SetPassword(hash) = spend {
            found.hashed_password = Some(hash);
            advance(&mut found.user);
        }
        let after = found.user.clone();
        if after.email != before {
            self.end_changes_of_address(&after.id);
        }
        TokenSpent::Done(after)
    }
}

impl OneTimeTokens for MemoryStore {
    fn insert_one_time_token(&self, token: KeptToken) -> Answer<'_, ()> {
        self.write(|tables| {
            let user = token.user.as_ref();
            if user.is_none_or(|id| tables.by_subject(id.as_str()).is_some()) {
                tables
                    .one_time_tokens
                    .insert(*token.digest.as_bytes(), token);
            }
        })
    }

    fn find_one_time_token<'a>(&'a self, digest: &'a TokenDigest) -> Answer<'a, Option<KeptToken>> {
        self.read(|tables| tables.one_time_tokens.get(digest.as_bytes()).cloned())
    }

    fn spend_one_time_token(&self, spending: Spending) -> Answer<'_, TokenSpent> {
        self.write(|tables| tables.spend(spending))
    }

    fn list_one_time_tokens<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<KeptToken>> {
        self.read(|tables| {
            let tokens = tables.one_time_tokens.values();
            let mut own: Vec<KeptToken> = tokens
                .filter(|kept| kept.user.as_ref() == Some(user))
                .filter(|kept| address.is_none_or(|address| kept.address == *address))
                .cloned()
                .collect();
            own.sort_by_key(|kept| (kept.created_at, *kept.digest.as_bytes()));
            own.truncate(limit as usize);
            own
        })
    }

    fn sweep_one_time_tokens(&self, now: Timestamp) -> Answer<'_, u64> {
        self.write(|tables| {
            let before = tables.one_time_tokens.len();
            tables
                .one_time_tokens
                .retain(|_, kept| now < kept.expires_at);
            (before - tables.one_time_tokens.len()) as u64
        })
    }
}

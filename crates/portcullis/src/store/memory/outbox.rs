//! The outbox in memory.

use jiff::Timestamp;

use super::{MemoryStore, Tables};
use crate::store::{Answer, ClaimedMail, Mail, Outbox, OutboxLoad};
use crate::user::{EmailAddress, UserId};

/// A mail, and when it is its turn.
pub(super) struct Waiting {
    pub(super) mail: Mail,
    attempt: u32,
    /// `None` when it was given up.
    due_at: Option<Timestamp>,
    given_up_at: Option<Timestamp>,
}

impl Waiting {
    pub(super) const fn new(mail: Mail) -> Self {
        Self {
            attempt: 0,
            due_at: Some(mail.created_at),
            given_up_at: None,
            mail,
        }
    }
}

impl Tables {
    /// Stores those that are about nobody, or about somebody who is there.
    fn insert_mails(&mut self, mails: impl IntoIterator<Item = Mail>) {
        for mail in mails {
            let user = mail.errand.user();
            if user.is_none_or(|id| self.by_subject(id.as_str()).is_some()) {
                self.mails.push(Waiting::new(mail));
            }
        }
    }

    /// Where it lies, while it is still this holder's.
    fn held(&self, claimed: &ClaimedMail) -> Option<usize> {
        self.mails.iter().position(|waiting| {
            waiting.mail.id == claimed.mail.id
                && waiting.attempt == claimed.attempt
                && waiting.due_at.is_some()
        })
    }
}

impl MemoryStore {
    fn change_held(
        &self,
        claimed: &ClaimedMail,
        change: impl FnOnce(&mut Waiting),
    ) -> Answer<'static, bool> {
        self.write(|tables| {
            let held = tables.held(claimed);
            let held = held.and_then(|at| tables.mails.get_mut(at));
            held.map(change).is_some()
        })
    }
}

impl Outbox for MemoryStore {
    fn insert_mail(&self, mail: Mail) -> Answer<'_, ()> {
        self.write(|tables| tables.insert_mails([mail]))
    }

    fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Answer<'_, Vec<ClaimedMail>> {
        self.write(|tables| {
            let is_due = |waiting: &&mut Waiting| waiting.due_at.is_some_and(|due| due <= now);
            let mut due: Vec<&mut Waiting> = tables.mails.iter_mut().filter(is_due).collect();
            due.sort_by_key(|waiting| waiting.due_at);
            due.truncate(limit as usize);
            due.into_iter()
                .map(|waiting| {
                    waiting.attempt += 1;
                    waiting.due_at = Some(until);
                    ClaimedMail {
                        mail: waiting.mail.clone(),
                        attempt: waiting.attempt,
                    }
                })
                .collect()
        })
    }

    fn finish_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        follow_up: Vec<Mail>,
    ) -> Answer<'a, bool> {
        self.write(|tables| {
            let Some(at) = tables.held(claimed) else {
                return false;
            };
            tables.mails.remove(at);
            tables.insert_mails(follow_up);
            true
        })
    }

    fn postpone_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        due_at: Timestamp,
        _failure: &'a str,
    ) -> Answer<'a, bool> {
        self.change_held(claimed, |waiting| waiting.due_at = Some(due_at))
    }

    fn give_up_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        now: Timestamp,
        _failure: &'a str,
    ) -> Answer<'a, bool> {
        self.change_held(claimed, |waiting| {
            waiting.due_at = None;
            waiting.given_up_at = Some(now);
        })
    }

    fn list_mails<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<Mail>> {
        self.read(|tables| {
            let mails = tables.mails.iter().map(|waiting| &waiting.mail);
            let of_user = mails.filter(|mail| mail.errand.user() == Some(user));
            let to = |mail: &&Mail| address.is_none() || mail.errand.address() == address;
            let mut mails: Vec<Mail> = of_user.filter(to).cloned().collect();
            mails.sort_by_key(|mail| mail.created_at);
            mails.truncate(limit as usize);
            mails
        })
    }

    fn sweep_mails(&self, before: Timestamp) -> Answer<'_, u64> {
        self.write(|tables| {
            let all = tables.mails.len();
            tables
                .mails
                .retain(|waiting| waiting.due_at.or(waiting.given_up_at) >= Some(before));
            (all - tables.mails.len()) as u64
        })
    }

    fn measure_outbox(&self) -> Answer<'_, OutboxLoad> {
        self.read(|tables| {
            let mails = tables.mails.iter();
            let given_up = mails.filter(|waiting| waiting.due_at.is_none()).count();
            OutboxLoad {
                waiting: (tables.mails.len() - given_up) as u64,
                given_up: given_up as u64,
            }
        })
    }
}

//! A source of users that is shared is one, too.

use std::sync::Arc;

use super::{Answer, Credential, UserSource};
use crate::password::PasswordHash;
use crate::user::{EmailAddress, Username};

impl<T: UserSource + ?Sized> UserSource for Arc<T> {
    type User = T::User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<Self::User>>> {
        (**self).find_by_username(username)
    }

    fn find_by_email<'a>(
        &'a self,
        address: &'a EmailAddress,
    ) -> Answer<'a, Option<Credential<Self::User>>> {
        (**self).find_by_email(address)
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<Self::User>> {
        (**self).find_by_subject(subject)
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: &'a PasswordHash,
        new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        (**self).replace_hash(subject, old, new)
    }

    fn list_hash_costs(&self) -> Answer<'_, Vec<PasswordHash>> {
        (**self).list_hash_costs()
    }

    fn check(&self) -> Answer<'_, ()> {
        (**self).check()
    }
}

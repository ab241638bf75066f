//! What each mail in the outbox comes to: who gets which letter, or that nobody does.

use super::accounts::{has_password, proved_address};
use super::outbox::{NotSent, Postman};
use crate::mail::{Content, Link, OneLine};
use crate::scope::Scopes;
use crate::secret::NoRandomness;
use crate::store::KeptToken;
use crate::store::{Errand, Mail, StoreError};
use crate::token::{Epoch, OneTimeToken, Purpose};
use crate::user::{EmailAddress, User, UserId};

/// How many accounts with one unverified address are sent a link each.
const MOST_UNVERIFIED: u32 = 5;

/// What is to be done about a mail.
pub(super) enum Task {
    /// Nothing, but for what follows.
    Resolve(Vec<Mail>),
    /// To say this.
    Say(EmailAddress, Content),
}

/// What a token is bound to.
struct Bound<'a> {
    user: Option<&'a User>,
    address: &'a EmailAddress,
    purpose: Purpose,
    scopes: Scopes,
}

impl Postman<'_> {
    pub(super) async fn task(&self, mail: &Mail) -> Result<Task, NotSent> {
        match &mail.errand {
            Errand::RecoverByEmail { address } => {
                let found = self.store.find_by_email(address).await?;
                self.recovery(found.map(|found| found.user))
            }
            Errand::RecoverByUsername { username } => {
                let found = self.store.find_by_username(username).await?;
                self.recovery(found.map(|found| found.user))
            }
            Errand::VerifyByEmail { address } => self.verification(address).await,
            Errand::VerifyEmail { user, address } => {
                let user = self.find_active(user).await?;
                let user = user.filter(|user| !user.email_verified && has(user, address));
                self.proof(user, address, Purpose::VerifyEmail).await
            }
            Errand::ConfirmEmail {
                user,
                address,
                epoch,
            } => {
                let user = self.find_active(user).await?;
                let user = user.filter(|user| user.epoch == *epoch);
                self.proof(user, address, Purpose::ConfirmEmail).await
            }
            Errand::ResetPassword { user, address } => {
                let user = self.find_active(user).await?;
                let user = user.filter(|user| user.email_verified && has(user, address));
                self.linked(user, address, Purpose::ResetPassword).await
            }
            Errand::SetPassword { user, address } => {
                let user = self.without_password(user).await?;
                let user = user.filter(|user| has(user, address));
                self.linked(user, address, Purpose::SetPassword).await
            }
            Errand::EmailChangeAsked { user, address, .. }
            | Errand::EmailChanged { user, address, .. }
            | Errand::EmailRemoved { user, address }
            | Errand::PasswordChanged { user, address } => {
                self.told(user, address, &mail.errand).await
            }
            Errand::Invitation {
                address,
                scopes,
                by,
            } => self.invitation(address, scopes, by.as_ref()).await,
        }
    }

    fn recovery(&self, found: Option<User>) -> Result<Task, NotSent> {
        let user = found.filter(|user| !user.disabled);
        let address = user.as_ref().and_then(proved_address);
        let (Some(user), Some(address)) = (user, address) else {
            return Ok(Task::Resolve(Vec::new()));
        };
        let user = user.id;
        let mail = self.mail(Errand::ResetPassword { user, address })?;
        Ok(Task::Resolve(vec![mail]))
    }

    async fn verification(&self, address: &EmailAddress) -> Result<Task, NotSent> {
        let users = self.store.list_unverified(address, MOST_UNVERIFIED).await?;
        let mut follow_up = Vec::new();
        for user in users {
            let written = user.email.as_deref();
            if let Some(address) = written.and_then(|text| EmailAddress::parse(text).ok()) {
                let user = user.id;
                follow_up.push(self.mail(Errand::VerifyEmail { user, address })?);
            }
        }
        Ok(Task::Resolve(follow_up))
    }

    /// A link that proves an address; or, where it is somebody else's already, a word to its owner.
    async fn proof(
        &self,
        user: Option<User>,
        address: &EmailAddress,
        purpose: Purpose,
    ) -> Result<Task, NotSent> {
        let Some(user) = user else {
            return Ok(Task::Resolve(Vec::new()));
        };
        match self.store.find_by_email(address).await? {
            Some(owner) if owner.user.id != user.id => Ok(in_use(&owner.user)),
            _ => self.linked(Some(user), address, purpose).await,
        }
    }

    async fn linked(
        &self,
        user: Option<User>,
        address: &EmailAddress,
        purpose: Purpose,
    ) -> Result<Task, NotSent> {
        let Some(user) = user else {
            return Ok(Task::Resolve(Vec::new()));
        };
        self.with_link(Bound {
            user: Some(&user),
            address,
            purpose,
            scopes: Scopes::none(),
        })
        .await
    }

    async fn with_link(&self, bound: Bound<'_>) -> Result<Task, NotSent> {
        let to = bound.address.clone();
        let new_address = OneLine::new(to.as_str());
        let username = OneLine::new(bound.user.map_or("", |user| &user.username));
        let (purpose, before) = (bound.purpose, bound.user);
        let link = self.link(bound).await?;
        // What would have ended the token may have come before it. Whether there is still something to
        // say is decided anew, for not every change ends everything.
        if let Some(before) = before {
            let now = self.find_active(&before.id).await?;
            let is_same = |now: &User| (&now.email, now.epoch) == (&before.email, before.epoch);
            if !now.as_ref().is_some_and(is_same) {
                return Err(NotSent::Changed);
            }
        }
        let content = match purpose {
            Purpose::VerifyEmail => Content::VerifyEmail { username, link },
            Purpose::ResetPassword => Content::ResetPassword { username, link },
            Purpose::SetPassword => Content::SetPassword { username, link },
            Purpose::ConfirmEmail => Content::ConfirmEmail {
                username,
                new_address,
                link,
            },
            // Who sends it is not said.
            Purpose::Invitation => Content::Invitation { link },
        };
        Ok(Task::Say(to, content))
    }

    async fn invitation(
        &self,
        address: &EmailAddress,
        scopes: &Scopes,
        by: Option<&(UserId, Epoch)>,
    ) -> Result<Task, NotSent> {
        let operator = match by {
            None => None,
            Some((id, epoch)) => {
                let found = self.find_active(id).await?;
                let operator = found.filter(|user| {
                    user.epoch == *epoch && user.scopes.contains(Scopes::USERS_WRITE)
                });
                if operator.is_none() {
                    return Ok(Task::Resolve(Vec::new()));
                }
                operator
            }
        };
        if let Some(owner) = self.store.find_by_email(address).await? {
            return Ok(in_use(&owner.user));
        }
        self.with_link(Bound {
            user: operator.as_ref(),
            address,
            purpose: Purpose::Invitation,
            scopes: scopes.clone(),
        })
        .await
    }

    /// Makes a token, which is nowhere but in this link; the store gets its digest.
    async fn link(&self, bound: Bound<'_>) -> Result<Link, NotSent> {
        let token = OneTimeToken::random()?;
        let (now, lifetime) = (self.clock.now(), bound.purpose.lifetime());
        let kept = KeptToken {
            digest: token.digest(),
            purpose: bound.purpose,
            user: bound.user.map(|user| user.id.clone()),
            address: bound.address.clone(),
            epoch: bound.user.map_or_else(Epoch::default, |user| user.epoch),
            scopes: bound.scopes,
            created_at: now,
            expires_at: now.saturating_add(lifetime).unwrap_or(now),
        };
        self.store.insert_one_time_token(kept).await?;
        let page = page(bound.purpose);
        Ok(Link::new(self.issuer, page, &token.text(), lifetime))
    }

    /// Says something to an address that was the user's when it was written.
    async fn told(
        &self,
        user: &UserId,
        address: &EmailAddress,
        errand: &Errand,
    ) -> Result<Task, NotSent> {
        let found = self.store.find_by_subject(user.as_str()).await?;
        let content = found.and_then(|user| notice(errand, OneLine::new(&user.username)));
        Ok(match content {
            Some(content) => Task::Say(address.clone(), content),
            None => Task::Resolve(Vec::new()),
        })
    }

    async fn find_active(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let found = self.store.find_by_subject(id.as_str()).await?;
        Ok(found.filter(|user| !user.disabled))
    }

    /// The user, as long as there is no password: an address that was not proved resets none.
    async fn without_password(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let Some(user) = self.find_active(id).await? else {
            return Ok(None);
        };
        let has_password = has_password(self.store, &user).await?;
        Ok(Some(user).filter(|_| !has_password))
    }

    fn mail(&self, errand: Errand) -> Result<Mail, NoRandomness> {
        Mail::new(errand, self.clock.now())
    }
}

/// What is said where nothing is asked for; `None` of an errand that has a link.
fn notice(errand: &Errand, username: OneLine) -> Option<Content> {
    Some(match errand {
        Errand::EmailChangeAsked { new_address, .. } => Content::EmailChangeAsked {
            username,
            new_address: OneLine::new(new_address.as_str()),
        },
        Errand::EmailChanged { new_address, .. } => Content::EmailChanged {
            username,
            new_address: OneLine::new(new_address.as_str()),
        },
        Errand::EmailRemoved { .. } => Content::EmailRemoved { username },
        Errand::PasswordChanged { .. } => Content::PasswordChanged { username },
        Errand::RecoverByEmail { .. }
        | Errand::RecoverByUsername { .. }
        | Errand::VerifyByEmail { .. }
        | Errand::VerifyEmail { .. }
        | Errand::ResetPassword { .. }
        | Errand::SetPassword { .. }
        | Errand::ConfirmEmail { .. }
        | Errand::Invitation { .. } => return None,
    })
}

/// The page that a link of this purpose leads to.
const fn page(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::VerifyEmail => "verify-email",
        Purpose::ResetPassword | Purpose::SetPassword => "reset-password",
        Purpose::ConfirmEmail => "confirm-email",
        Purpose::Invitation => "invitation",
    }
}

/// The owner of an address is told that somebody else typed it.
fn in_use(owner: &User) -> Task {
    match proved_address(owner) {
        Some(address) => {
            let username = OneLine::new(&owner.username);
            Task::Say(address, Content::AddressInUse { username })
        }
        None => Task::Resolve(Vec::new()),
    }
}

/// Whether it is the address that the user has now.
fn has(user: &User, address: &EmailAddress) -> bool {
    user.email.as_deref() == Some(address.as_str())
}

//! What `Auth` knows of accounts, where people manage their own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::{Auth, AuthBuilder};
use crate::account::{AccountSettings, Accounts, Postman};
use crate::mail::Mailer;
use crate::scope::{Scope, Scopes};
use crate::store::{AccountStore, ClaimedMail, StoreError};
use crate::user::{Account, User};

/// How many mails are sent at once.
const AT_ONCE: usize = 8;
/// How often the outbox is looked into when nothing is heard of it: another node may have written.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often what is over is removed.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// How long a mail that was given up is kept for the operator to see.
const KEEP_GIVEN_UP: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

/// Where accounts lie, what was set about them, and the bell that says that a mail came.
pub(super) struct AccountDesk {
    store: Arc<dyn AccountStore>,
    settings: AccountSettings,
    mail_came: Notify,
}

/// The scopes of operators, unless they are declared in other words.
pub(super) fn declare_operators(scopes: &mut BTreeMap<Scope, String>) {
    let own = [
        (Scopes::USERS_READ, "See all accounts"),
        (Scopes::USERS_WRITE, "Manage all accounts"),
    ];
    for (name, about) in own {
        if let Ok(scope) = Scope::parse(name) {
            scopes.entry(scope).or_insert_with(|| about.to_owned());
        }
    }
}

impl AuthBuilder<User> {
    /// Lets people manage their own accounts, and operators everybody's: register, recover a password,
    /// prove an address ([`accounts_router`](crate::accounts_router)). The mails that this takes are sent
    /// by [`Auth::deliver`]. The scopes `users:read` and `users:write` are declared by it.
    ///
    /// ```
    /// # let store = std::sync::Arc::new(portcullis::store::MemoryStore::new());
    /// # let builder = portcullis::Auth::builder(store.clone()).issuer("https://api.example.com");
    /// use portcullis::account::AccountSettings;
    ///
    /// let auth = builder.accounts(store, AccountSettings::default()).build()?;
    /// assert!(auth.accounts().is_some());
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn accounts(mut self, store: Arc<dyn AccountStore>, settings: AccountSettings) -> Self {
        self.accounts = Some(AccountDesk {
            store,
            settings,
            mail_came: Notify::new(),
        });
        self
    }
}

impl<U: Account> Auth<U> {
    /// What people do with their accounts, where [`AuthBuilder::accounts`] says where they lie.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// assert_eq!(accounts.show(&johndoe.id).await?, johndoe);
    /// # Ok(()) }
    /// ```
    pub fn accounts(&self) -> Option<Accounts<'_>> {
        let desk = self.0.accounts.as_ref()?;
        Some(Accounts {
            store: &*desk.store,
            sessions: self.sessions(),
            pool: self.pool(),
            settings: &desk.settings,
            clock: &*self.0.clock,
            mail_came: &desk.mail_came,
        })
    }

    /// Sends the mails that wait, and those that come, for as long as it is polled: spawn it. Several
    /// processes may, over one database; each mail is then sent by one of them. It also removes what is
    /// over: tokens that have expired, mails that were given up a week ago.
    ///
    /// Where users were imported with their hashes, [`Auth::refresh_floor`] is called beside it, so that
    /// the time of a refused login tells nothing either.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// use portcullis::mail::{Letter, MailFailed};
    ///
    /// let mailer = |letter: Letter| async move {
    ///     println!("To: {}\n{}", letter.to.as_str(), letter.text());
    ///     Ok::<(), MailFailed>(())
    /// };
    /// let worker = tokio::spawn(auth.deliver(std::sync::Arc::new(mailer)));
    /// # worker.abort();
    /// # Ok(()) }
    /// ```
    pub fn deliver(&self, mailer: Arc<dyn Mailer>) -> impl Future<Output = ()> + Send + use<U> {
        self.deliver_until(mailer, std::future::pending())
    }

    /// As [`deliver`](Self::deliver), until `stop` is there: then no other mail is begun, and it ends
    /// when those are sent that were. A process that does not wait for that may send them twice.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// # use portcullis::mail::{Letter, MailFailed};
    /// # let mailer = std::sync::Arc::new(|_: Letter| async { Ok::<(), MailFailed>(()) });
    /// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    /// let worker = tokio::spawn(auth.deliver_until(mailer, async { _ = stopped.await }));
    /// drop(stop);
    /// worker.await?;
    /// # Ok(()) }
    /// ```
    pub fn deliver_until<F: Future<Output = ()> + Send>(
        &self,
        mailer: Arc<dyn Mailer>,
        stop: F,
    ) -> impl Future<Output = ()> + Send + use<U, F> {
        let auth = self.clone();
        async move {
            let mut stop = std::pin::pin!(stop);
            let mut sweep = tokio::time::interval(SWEEP_EVERY);
            sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut sending = JoinSet::new();
            while let Some(desk) = &auth.0.accounts {
                auth.send_due(&mailer, &mut sending).await;
                tokio::select! {
                    () = &mut stop => break,
                    () = desk.mail_came.notified() => {}
                    Some(_) = sending.join_next() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    _ = sweep.tick() => auth.sweep_accounts().await,
                }
            }
            while sending.join_next().await.is_some() {}
        }
    }

    /// Begins to send what is due, as far as there is room.
    async fn send_due(&self, mailer: &Arc<dyn Mailer>, sending: &mut JoinSet<()>) {
        while let Some(finished) = sending.try_join_next() {
            drop(finished);
        }
        let room = AT_ONCE.saturating_sub(sending.len());
        let (Ok(room), Some(postman)) = (u32::try_from(room), self.postman(&**mailer)) else {
            return;
        };
        if room == 0 {
            return;
        }
        let claimed = match postman.claim(room).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read; trying again");
                return;
            }
        };
        for claimed in claimed {
            let (auth, mailer) = (self.clone(), Arc::clone(mailer));
            sending.spawn(async move { auth.send_one(&*mailer, &claimed).await });
        }
    }

    async fn send_one(&self, mailer: &dyn Mailer, claimed: &ClaimedMail) {
        let (Some(desk), Some(postman)) = (&self.0.accounts, self.postman(mailer)) else {
            return;
        };
        match postman.deliver(claimed).await {
            // Others may follow from it.
            Ok(_) => desk.mail_came.notify_one(),
            Err(error) => tracing::warn!(%error, "the outbox cannot be written; trying again"),
        }
    }

    fn postman<'a>(&'a self, mailer: &'a dyn Mailer) -> Option<Postman<'a>> {
        let desk = self.0.accounts.as_ref()?;
        Some(Postman {
            store: &*desk.store,
            mailer,
            issuer: &self.settings().issuer,
            clock: &*self.0.clock,
            timeout: desk.settings.mail_timeout,
        })
    }

    /// Removes the tokens that have expired, and the mails that were given up, or that nobody sent, a
    /// week ago. [`deliver`](Self::deliver) does it; call it where nothing delivers.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// auth.sweep_accounts().await;
    /// # Ok(()) }
    /// ```
    pub async fn sweep_accounts(&self) {
        let Some(desk) = &self.0.accounts else {
            return;
        };
        let now = self.now();
        let before = now.saturating_sub(KEEP_GIVEN_UP).unwrap_or(now);
        let swept = async {
            desk.store.sweep_one_time_tokens(now).await?;
            desk.store.sweep_mails(before).await?;
            Ok::<(), StoreError>(())
        };
        if let Err(error) = swept.await {
            tracing::warn!(%error, "tokens and mails that are over were not removed; trying again");
        }
    }
}

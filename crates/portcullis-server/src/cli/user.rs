//! `portcullis user`.

use std::num::NonZeroUsize;

use anyhow::Context;
use clap::{Args, Subcommand};
use portcullis::account::{Administration, HashingPool, UserDraft};
use portcullis::clock::SystemClock;
use portcullis::scope::{Scope, Scopes};
use portcullis::store::Store;
use portcullis_sql::Create;

use super::{Options, block_on, output, password};
use crate::config::Config;
use crate::telemetry;

/// How many accounts `list` reads at a time.
const PAGE: u32 = 200;

#[derive(Subcommand)]
pub(super) enum User {
    /// Make an account. The password comes from a prompt or from standard input.
    Add(Add),
    /// List all accounts, by name.
    List(Options),
    /// Show an account.
    Show(Named),
    /// Set a new password; every token of the user is dead then.
    SetPassword(SetPassword),
    /// Make an account inactive; every token of the user is dead then.
    Disable(Named),
    /// Make an account active again.
    Enable(Named),
    /// Give scopes to an account, or take them away.
    Grant(Grant),
    /// Delete an account.
    Delete(Named),
}

#[derive(Args)]
pub(super) struct Add {
    /// The name to sign in with.
    name: String,
    /// E-mail address.
    #[arg(long)]
    email: Option<String>,
    /// Name for people.
    #[arg(long)]
    full_name: Option<String>,
    /// A scope the user may be granted; may be repeated.
    #[arg(long = "scope", value_parser = parse_scope)]
    scopes: Vec<Scope>,
    /// Make it inactive.
    #[arg(long)]
    disabled: bool,
    /// Read the password from standard input.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
pub(super) struct Named {
    /// The account's username.
    name: String,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
pub(super) struct SetPassword {
    /// Read the password from standard input.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    named: Named,
}

#[derive(Args)]
pub(super) struct Grant {
    /// A scope; may be repeated.
    #[arg(long = "scope", value_parser = parse_scope, required = true)]
    scopes: Vec<Scope>,
    /// Take the scopes away instead; every token of the user is dead then.
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    named: Named,
}

pub(super) fn parse_scope(text: &str) -> Result<Scope, portcullis::scope::MalformedScope> {
    Scope::parse(text)
}

impl User {
    fn options(&self) -> &Options {
        match self {
            Self::Add(add) => &add.options,
            Self::List(options) => options,
            Self::SetPassword(set) => &set.named.options,
            Self::Grant(grant) => &grant.named.options,
            Self::Show(named)
            | Self::Disable(named)
            | Self::Enable(named)
            | Self::Delete(named) => &named.options,
        }
    }

    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.options().global.config()?;
        telemetry::start(&config);
        block_on(async {
            let create = match self {
                Self::Add(_) => Create::IfMissing,
                _ => Create::Never,
            };
            let opened = portcullis_sql::open(&config.database, create).await?;
            // A command hashes one password at most.
            let pool = HashingPool::start(config.hashing, NonZeroUsize::MIN)?;
            let accounts = Administration {
                users: &*opened,
                pool: &pool,
                policy: config.accounts.rules.clone(),
                clock: &SystemClock,
            };
            self.perform(&config, &*opened, &accounts).await
        })
    }

    async fn perform(
        &self,
        config: &Config,
        store: &dyn Store,
        accounts: &Administration<'_>,
    ) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(config, accounts).await,
            Self::List(options) => list(options.json, store).await,
            Self::Show(named) => named.show(accounts).await,
            Self::SetPassword(set) => set.run(accounts).await,
            Self::Disable(named) => {
                named.about(accounts.set_disabled(&named.name, true).await)?;
                named.report(accounts, "is inactive now").await
            }
            Self::Enable(named) => {
                named.about(accounts.set_disabled(&named.name, false).await)?;
                named.report(accounts, "is active now").await
            }
            Self::Grant(grant) => grant.run(config, accounts).await,
            Self::Delete(named) => {
                named.about(accounts.delete(&named.name).await)?;
                if named.options.json {
                    return output::json(&serde_json::json!({ "deleted": named.name }));
                }
                output::line(&format!("{} is deleted.", named.name));
                Ok(())
            }
        }
    }
}

impl Add {
    async fn run(&self, config: &Config, accounts: &Administration<'_>) -> anyhow::Result<()> {
        warn_of_undeclared(config, &self.scopes);
        let draft = UserDraft {
            username: self.name.clone(),
            email: self.email.clone(),
            full_name: self.full_name.clone(),
            disabled: self.disabled,
            scopes: self.scopes.iter().cloned().collect(),
        };
        let password = password::read(self.password_stdin, accounts.policy.policy())?;
        let user = accounts
            .add(draft, &password)
            .await
            .with_context(|| format!("{:?} was not added", self.name))?;
        if self.options.json {
            return output::json(&user);
        }
        output::user(&user);
        Ok(())
    }
}

async fn list(json: bool, store: &dyn Store) -> anyhow::Result<()> {
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store.list_users(after.as_deref(), PAGE).await?;
        if json {
            all.extend(page.users);
        } else {
            page.users.iter().for_each(output::user_row);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if json {
        output::json(&all)?;
    }
    Ok(())
}

impl Named {
    /// Says which account a failure is about.
    fn about<T>(&self, outcome: Result<T, portcullis::account::NotDone>) -> anyhow::Result<T> {
        outcome.with_context(|| format!("user {:?}", self.name))
    }

    async fn show(&self, accounts: &Administration<'_>) -> anyhow::Result<()> {
        let user = self.about(accounts.find(&self.name).await)?;
        if self.options.json {
            return output::json(&user);
        }
        output::user(&user);
        Ok(())
    }

    async fn report(&self, accounts: &Administration<'_>, what: &str) -> anyhow::Result<()> {
        if self.options.json {
            return self.show(accounts).await;
        }
        output::line(&format!("{} {what}.", self.name));
        Ok(())
    }
}

impl SetPassword {
    async fn run(&self, accounts: &Administration<'_>) -> anyhow::Result<()> {
        // Asked first, so that nobody types a password for nobody.
        self.named.about(accounts.find(&self.named.name).await)?;
        let password = password::read(self.password_stdin, accounts.policy.policy())?;
        let outcome = accounts.set_password(&self.named.name, &password).await;
        self.named.about(outcome)?;
        let what = "has a new password; earlier tokens are dead";
        self.named.report(accounts, what).await
    }
}

impl Grant {
    async fn run(&self, config: &Config, accounts: &Administration<'_>) -> anyhow::Result<()> {
        let scopes: Scopes = self.scopes.iter().cloned().collect();
        let none = Scopes::none();
        let (add, remove) = if self.remove {
            (&none, &scopes)
        } else {
            warn_of_undeclared(config, &self.scopes);
            (&scopes, &none)
        };
        let name = &self.named.name;
        let after = self
            .named
            .about(accounts.change_scopes(name, add, remove).await)?;
        let what = if after.is_empty() {
            "has no scopes now".to_owned()
        } else {
            format!("has these scopes now: {after}")
        };
        self.named.report(accounts, &what).await
    }
}

/// A scope that the configuration does not declare can be had, but not asked for by name.
pub(super) fn warn_of_undeclared(config: &Config, scopes: &[Scope]) {
    for scope in scopes {
        if !crate::app::is_declared(config, scope) {
            output::note(&format!(
                "warning: the configuration does not declare the scope {scope}; add it under [scopes] so that clients can ask for it"
            ));
        }
    }
}

//! `portcullis client`.

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use jiff::SignedDuration;
use portcullis::account::{ClientAdministration, ClientDraft, ClientNotDone, RegisteredClient};
use portcullis::client::{Client as Registered, ClientLifetimes, GrantType, Grants};
use portcullis::scope::Scope;
use portcullis_sql::Create;
use serde_json::{Map, Value, json};

use super::user::{parse_scope, warn_of_undeclared};
use super::{Global, block_on, output};
use crate::config::Config;
use crate::telemetry;

#[derive(Subcommand)]
pub(super) enum Client {
    /// Register a client. Its secret is shown this once.
    Add(Add),
    /// List the registered clients, by name.
    List(Options),
    /// Give a client a new secret, shown this once; the old one is accepted for a while.
    RotateSecret(RotateSecret),
    /// Delete a client; every token of it is dead then.
    Delete(Named),
}

#[derive(Args)]
pub(super) struct Add {
    /// What to call it.
    name: String,
    /// It cannot keep a secret: a page in a browser, an app on a device.
    #[arg(long)]
    public: bool,
    /// How it gets tokens; may be repeated.
    #[arg(
        long = "grant",
        value_parser = parse_grant,
        help = "How it gets tokens: password, refresh_token or client_credentials; may be repeated \
                [default: password and refresh_token with --public, none with --introspect, else \
                client_credentials]"
    )]
    grants: Vec<GrantType>,
    /// A scope that its tokens may have; may be repeated. Without any, they allow nothing in particular.
    #[arg(long = "scope", value_parser = parse_scope)]
    scopes: Vec<Scope>,
    /// It may ask what tokens are worth, at /introspect.
    #[arg(long)]
    introspect: bool,
    /// How long its access tokens live [default: as everybody's].
    #[arg(long, value_name = "SECONDS")]
    access_token_seconds: Option<u32>,
    /// How long a login lives that is not used [default: as everybody's].
    #[arg(long, value_name = "SECONDS")]
    session_idle_seconds: Option<u32>,
    /// How long a login lives at most [default: as everybody's].
    #[arg(long, value_name = "SECONDS")]
    session_seconds: Option<u32>,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
pub(super) struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    global: Global,
}

#[derive(Args)]
pub(super) struct Named {
    /// The client.
    #[arg(help = "The client's name or client_id")]
    client: String,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
pub(super) struct RotateSecret {
    /// For how long the old secret is still accepted, 30 days at most. 0 if others may know it.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400,
          value_parser = clap::value_parser!(u32).range(0..=30 * 86_400))]
    overlap: u32,
    #[command(flatten)]
    named: Named,
}

fn parse_grant(text: &str) -> Result<GrantType, String> {
    GrantType::named(text)
        .ok_or_else(|| portcullis::client::UnknownGrant(text.to_owned()).to_string())
}

impl Client {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (options, create) = match &self {
            Self::Add(add) => (&add.options, Create::IfMissing),
            Self::List(options) => (options, Create::Never),
            Self::RotateSecret(rotate) => (&rotate.named.options, Create::Never),
            Self::Delete(named) => (&named.options, Create::Never),
        };
        let config = options.global.config()?;
        telemetry::start(&config);
        block_on(async {
            let opened = portcullis_sql::open(&config.database, create).await?;
            let clients = ClientAdministration::new(&*opened);
            match &self {
                Self::Add(add) => add.run(&config, &clients).await,
                Self::List(options) => list(options.json, &clients).await,
                Self::RotateSecret(rotate) => rotate.run(&clients).await,
                Self::Delete(named) => named.delete(&clients).await,
            }
        })
    }
}

impl Add {
    fn grants(&self) -> Grants {
        if !self.grants.is_empty() {
            return self.grants.iter().copied().collect();
        }
        let usual: &[GrantType] = match (self.public, self.introspect) {
            (true, _) => &[GrantType::Password, GrantType::RefreshToken],
            (false, true) => &[],
            (false, false) => &[GrantType::ClientCredentials],
        };
        usual.iter().copied().collect()
    }

    async fn run(&self, config: &Config, clients: &ClientAdministration<'_>) -> anyhow::Result<()> {
        let of_session = [
            ("--session-idle-seconds", self.session_idle_seconds),
            ("--session-seconds", self.session_seconds),
        ];
        for (option, seconds) in of_session {
            ensure!(
                seconds.is_none() || self.grants().contains(GrantType::Password),
                "{option} is for a client that signs users in: add --grant password, or leave it out \
                 (no other grant begins a session)"
            );
        }
        warn_of_undeclared(config, &self.scopes);
        let draft = ClientDraft {
            name: self.name.clone(),
            is_public: self.public,
            grants: self.grants(),
            scopes: self.scopes.iter().cloned().collect(),
            may_introspect: self.introspect,
            lifetimes: ClientLifetimes {
                access_token_seconds: self.access_token_seconds,
                session_idle_seconds: self.session_idle_seconds,
                session_seconds: self.session_seconds,
            },
        };
        let registered = clients.register(draft).await;
        let registered =
            registered.with_context(|| format!("the client {:?} was not added", self.name))?;
        show(&registered, self.options.json)
    }
}

impl Named {
    /// Says which client a failure is about.
    fn about<T>(&self, outcome: Result<T, ClientNotDone>) -> anyhow::Result<T> {
        outcome.with_context(|| format!("client {:?}", self.client))
    }

    async fn delete(&self, clients: &ClientAdministration<'_>) -> anyhow::Result<()> {
        let deleted = self.about(clients.delete(&self.client).await)?;
        if self.options.json {
            return output::json(&json!({ "deleted": deleted.id.as_str() }));
        }
        let name = output::visible(&deleted.name);
        output::line(&format!("{name} is deleted; its tokens are dead."));
        Ok(())
    }
}

impl RotateSecret {
    async fn run(&self, clients: &ClientAdministration<'_>) -> anyhow::Result<()> {
        let overlap = SignedDuration::from_secs(self.overlap.into());
        let rotated = clients.rotate_secret(&self.named.client, overlap).await;
        let rotated = self.named.about(rotated)?;
        show(&rotated, self.named.options.json)?;
        let secrets = rotated.client.secrets;
        if let Some(previous) = secrets.and_then(|secrets| secrets.previous)
            && self.overlap > 0
        {
            output::note(&format!(
                "The old secret is accepted until {}.",
                previous.until
            ));
        }
        Ok(())
    }
}

async fn list(as_json: bool, clients: &ClientAdministration<'_>) -> anyhow::Result<()> {
    let all = clients.clients.list_clients().await?;
    if as_json {
        return output::json(&all.iter().map(members).collect::<Vec<_>>());
    }
    for client in all {
        let kind = if client.is_public() {
            "public"
        } else {
            "confidential"
        };
        let mut may = vec![client.grants.to_string()];
        if client.may_introspect {
            may.push("introspect".to_owned());
        }
        may.push(client.scopes.to_string());
        may.push(lived(&client));
        may.retain(|part| !part.is_empty());
        let name = output::visible(&client.name);
        let id = output::visible(client.id.as_str());
        output::line(&format!(
            "{name:<24} {id:<29} {kind:<12} {}",
            may.join("; ")
        ));
    }
    Ok(())
}

/// The lifetimes that are not everybody's.
fn lived(client: &Registered) -> String {
    let set = lifetimes(client).filter_map(|(name, seconds)| {
        let name = name.trim_end_matches("_seconds").replace('_', " ");
        seconds.map(|seconds| format!("{name} {seconds} s"))
    });
    set.collect::<Vec<_>>().join(", ")
}

fn lifetimes(client: &Registered) -> impl Iterator<Item = (&'static str, Option<u32>)> {
    let lifetimes = client.lifetimes;
    [
        ("access_token_seconds", lifetimes.access_token_seconds),
        ("session_idle_seconds", lifetimes.session_idle_seconds),
        ("session_seconds", lifetimes.session_seconds),
    ]
    .into_iter()
}

/// A client with the secret that it was just given.
fn show(registered: &RegisteredClient, as_json: bool) -> anyhow::Result<()> {
    let id = registered.client.id.as_str();
    let secret = registered.secret.as_ref();
    if as_json {
        let mut members = members(&registered.client);
        if let Some(secret) = secret {
            members.insert("client_secret".into(), secret.expose().into());
        }
        return output::json(&members);
    }
    output::line(&format!("client_id      {id}"));
    if let Some(secret) = secret {
        output::line(&format!("client_secret  {}", secret.expose()));
        output::note("The secret is shown this once, and kept nowhere: keep it now.");
    }
    Ok(())
}

fn members(client: &Registered) -> Map<String, Value> {
    let grants: Vec<_> = client.grants.iter().map(GrantType::name).collect();
    let mut members = Map::from_iter(
        [
            ("client_id", json!(client.id.as_str())),
            ("name", json!(client.name)),
            ("public", json!(client.is_public())),
            ("grants", json!(grants)),
            ("scopes", json!(client.scopes)),
            ("introspect", json!(client.may_introspect)),
            ("created_at", json!(client.created_at.to_string())),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    for (name, seconds) in lifetimes(client) {
        if let Some(seconds) = seconds {
            members.insert(name.into(), seconds.into());
        }
    }
    members
}

//! `portcullis serve`.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use portcullis::account::Registration;
use portcullis::auth::{Auth, SessionLifetimes, StoredKeys};
use portcullis::clock::{Clock, SystemClock};
use portcullis::mail::Mailer;
use portcullis::store::Store;
use portcullis::token::{KeyRing, SigningKey};
use portcullis_sql::Create;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::MissedTickBehavior;

use super::{Global, floor, output};
use crate::config::{Config, Origin};
use crate::demo::{self, Demo};
use crate::listen::{self, Limits, Places};
use crate::metrics::{self, Metrics, Watched};
use crate::{app, mail, sealing, telemetry};

#[derive(Args)]
pub(super) struct Serve {
    /// Serve the tutorial's users (johndoe/secret, alice/secret2) from a throw-away database.
    #[arg(long, conflicts_with = "database")]
    demo: bool,
    /// Address and port [default: 127.0.0.1:8000].
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    #[command(flatten)]
    global: Global,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let values = self.global.values(self.listen.clone())?;
        let mut config = Config::read(&values)?;
        telemetry::start(&config);
        if self.demo {
            if !config.listen.ip().is_loopback() || config.behind_proxy || config.issuer.is_some() {
                bail!(
                    "--demo has well-known passwords, so it is for this machine alone: it listens on \
                     loopback, and neither `issuer` nor `behind_proxy` may be set"
                );
            }
            let database = values.settings.get("database");
            if let Some(other) = database.filter(|database| database.origin != Origin::Default) {
                output::note(&format!(
                    "note: --demo leaves the database alone that is set by {}",
                    other.origin
                ));
            }
            for (name, description) in demo::SCOPES {
                config.scopes.insert(name.into(), description.into());
            }
        }
        // The limit on open files is low by default; every connection is one.
        if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
            tracing::debug!(%error, "the limit on open files stays");
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let served = runtime.block_on(self.serve(&config));
        // A hash that nobody waits for any more must not delay the end.
        runtime.shutdown_background();
        served
    }

    async fn serve(&self, config: &Config) -> anyhow::Result<()> {
        // Asked for before anything is said, so that a stop is heard from the first moment.
        let stop = stop_signal()?;
        // First, so that an occupied port leaves no files behind. Who connects now waits a moment.
        let listener = bind(
            config.listen,
            "with --listen (such as --listen 127.0.0.1:8001)",
        )
        .await?;
        let metrics_listener = bind_metrics(config).await?;
        let (store, keys, _demo) = self.open(config).await?;
        let address = listener.local_addr()?;
        let issuer = match &config.issuer {
            Some(issuer) => issuer.clone(),
            None => format!("http://{address}"),
        };
        let mailer = self.mailer(config, &issuer)?;
        let auth = app::auth(config, Arc::clone(&store), Arc::clone(&keys), &issuer)?;
        let (stopping, stopped) = watch::channel(());
        let stop = async move {
            stop.await;
            drop(stopping);
        };
        let worker = mailer.map(|mailer| {
            tokio::spawn(deliver(
                auth.clone(),
                mailer,
                stopped,
                config.shutdown_timeout,
            ))
        });
        let places = Places::new(config.connections);
        let metrics = Metrics::new(Watched {
            auth: auth.clone(),
            keys,
            places: places.clone(),
            passwords: config.accounts.rules.clone(),
        });
        let sweeper = tokio::spawn(sweep(auth.clone(), store, metrics.clone()));
        let floor = floor::keep(auth.clone()).await;
        let monitor = match metrics_listener {
            Some(listener) => Some(serve_metrics(config, listener, metrics.clone())?),
            None => None,
        };
        let app = app::app(config, auth, metrics)?;
        say_that_it_listens(address, config.accounts.registration);
        let limits = Limits {
            places,
            header_timeout: config.header_timeout,
            shutdown_timeout: config.shutdown_timeout,
        };
        let all_answered = listen::serve(listener, app, limits, stop).await;
        sweeper.abort();
        floor.abort();
        if let Some(worker) = worker {
            worker.await?;
        }
        if let Some(monitor) = monitor {
            monitor.abort();
        }
        if all_answered {
            output::line("Stopped.");
        } else {
            output::note("Stopped; some requests did not finish in time.");
        }
        Ok(())
    }

    /// Who brings the mails; `None` where they wait until somebody does.
    fn mailer(&self, config: &Config, issuer: &str) -> anyhow::Result<Option<Arc<dyn Mailer>>> {
        let mailer = mail::mailer(&config.mail, issuer)?;
        if let (Some(server), Some(from)) = (&config.mail.server, &config.mail.from) {
            output::line(&format!("Mail: by {server}, from {from}"));
        } else if self.demo {
            output::line("Mail: shown here, and sent to nobody");
            return Ok(Some(mail::on_the_terminal(&config.mail, output::line)?));
        } else {
            output::line(
                "Mail: not configured; mails wait until `mail.url` and `mail.from` are set",
            );
        }
        Ok(mailer)
    }

    async fn open(
        &self,
        config: &Config,
    ) -> anyhow::Result<(Arc<dyn Store>, Arc<KeyRing>, Option<Demo>)> {
        if self.demo {
            output::line(
                "DEMO: a throw-away database with well-known passwords (johndoe/secret, \
                 alice/secret2, who is inactive). Nothing is kept; do not use it for anything real.",
            );
            let demo = demo::open().await?;
            let algorithm = config.rotation.algorithm;
            let making = spawn_blocking(move || SigningKey::generate_for(algorithm));
            let key = making.await??;
            let keys = Arc::new(KeyRing::of(key));
            return Ok((Arc::clone(&demo.store), keys, Some(demo)));
        }
        let database = portcullis_sql::open_database(&config.database, Create::IfMissing).await?;
        let shown = portcullis_sql::without_password(&config.database);
        let made = if database.was_created { " (new)" } else { "" };
        output::line(&format!("Database: {shown}{made}"));
        let keys = sealing::open_keys(config, Arc::clone(&database.store)).await?;
        let ring = keys.ring();
        tokio::spawn(maintain(keys, config.key_reload));
        Ok((database.store, ring, None))
    }
}

/// Learns what other nodes and commands do with the keys, and does what is due.
async fn maintain(keys: StoredKeys, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut unreadable = Vec::new();
    loop {
        ticks.tick().await;
        match keys.maintain(SystemClock.second()).await {
            Ok(done) => {
                if let Some(next) = done.rotated {
                    let (kid, from) = (next.kid, next.signs_from);
                    tracing::info!(%kid, %from, "a new signing key is published, and signs later");
                }
                // Said once, not at every tick.
                if !done.unreadable.is_empty() && done.unreadable != unreadable {
                    tracing::error!(
                        keys = ?done.unreadable,
                        "signing keys are sealed under a key that is not known here: give this node \
                         the new `key_encryption_key`, or tokens that they sign will be refused"
                    );
                }
                unreadable = done.unreadable;
            }
            Err(error) => tracing::error!(%error, "the signing keys cannot be read or changed"),
        }
    }
}

/// The listener that the metrics have of their own.
async fn bind_metrics(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    match config.metrics_listen {
        Some(address) => bind(address, "with the setting metrics.listen")
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Serves the metrics where they have a listener of their own, until it is aborted.
fn serve_metrics(
    config: &Config,
    listener: TcpListener,
    metrics: Metrics,
) -> anyhow::Result<JoinHandle<bool>> {
    let address = listener.local_addr()?;
    output::line(&format!("Metrics: http://{address}/metrics"));
    let limits = Limits {
        // A monitor, and whoever looks.
        places: Places::new(16),
        header_timeout: config.header_timeout,
        shutdown_timeout: Duration::ZERO,
    };
    let app = metrics::on_its_own(metrics);
    let served = listen::serve(listener, app, limits, std::future::pending());
    Ok(tokio::spawn(served))
}

async fn bind(address: SocketAddr, remedy: &str) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("{address} is occupied by another program; stop it, or choose another {remedy}")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}

/// Removes what is over and counts what waits, for as long as the server runs.
async fn sweep(auth: Auth, store: Arc<dyn Store>, metrics: Metrics) {
    let every = Duration::from_secs(u64::from(SessionLifetimes::RETRY_SECONDS));
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        // The worker does it too; where mails only wait there is none.
        auth.sweep_accounts().await;
        match store.measure_outbox().await {
            Ok(load) => metrics.mails(load),
            Err(error) => tracing::warn!(%error, "the mails that wait were not counted"),
        }
        if let Err(error) = auth.sweep_sessions().await {
            metrics.store_failed((&error).into());
            tracing::warn!(%error, "sessions that are over were not removed; trying again");
        }
    }
}

fn say_that_it_listens(address: SocketAddr, registration: Registration) {
    output::line(&format!(
        "Portcullis {} listens on http://{address} (docs: http://{address}/docs)",
        env!("CARGO_PKG_VERSION")
    ));
    output::line(match registration {
        Registration::Open => "Registration: open",
        Registration::Invitation => "Registration: by invitation",
        Registration::Closed => "Registration: closed",
    });
}

/// Sends mails until the process is asked to stop; those that are being sent then may take as long as
/// requests may.
async fn deliver(
    auth: Auth,
    mailer: Arc<dyn Mailer>,
    // Nothing is ever said there; it closes.
    mut stopped: watch::Receiver<()>,
    patience: Duration,
) {
    let mut late = stopped.clone();
    let stop = async move { _ = stopped.changed().await };
    let too_late = async move {
        _ = late.changed().await;
        tokio::time::sleep(patience).await;
    };
    tokio::select! {
        () = auth.deliver_until(mailer, stop) => {}
        () = too_late => tracing::warn!("stopped in the middle of a mail; it may be sent twice"),
    }
}

/// Ready when the process is asked to stop.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

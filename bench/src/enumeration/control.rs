//! Logins that do tell, so that it is known that the measurement sees it: a server of its own, with the
//! library's store and hashing and a defect. Nothing of the product can be set so.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use clap::ValueEnum;
use portcullis::account::HashingPool;
use portcullis::password::{Argon2Parameters, Verdict};
use portcullis::secret::Password;
use portcullis::store::{Store, UserSource};
use portcullis::user::Username;
use portcullis_sql::Create;
use tokio::net::TcpListener;

/// What is left out of the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Defect {
    /// The hash for nothing, where there is no such user.
    NoDummyHash,
    /// The wait for the slowest kind of hash.
    NoFloor,
}

impl Defect {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NoDummyHash => "no-dummy-hash",
            Self::NoFloor => "no-floor",
        }
    }
}

struct House {
    store: Arc<dyn Store>,
    pool: HashingPool,
    defect: Defect,
}

/// What every refused login gets, whoever it is for.
const REFUSED: (StatusCode, &str) = (
    StatusCode::BAD_REQUEST,
    r#"{"detail":"Incorrect username or password","error":"invalid_grant"}"#,
);

/// Serves until the process is ended.
pub(crate) fn run(listen: SocketAddr, database: &Path, defect: Defect) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(listen, database, defect))
}

async fn serve(listen: SocketAddr, database: &Path, defect: Defect) -> anyhow::Result<()> {
    let url = format!("sqlite://{}", database.display());
    let threads = std::thread::available_parallelism()?;
    let house = House {
        store: portcullis_sql::open(&url, Create::Never).await?,
        pool: HashingPool::start(Argon2Parameters::default(), threads)?,
        defect,
    };
    let app = Router::new()
        .route("/token", post(sign_in))
        .route("/healthz", get(async || ""))
        .with_state(Arc::new(house));
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?
        .tap_io(|stream| {
            // As the product does.
            let _ = stream.set_nodelay(true);
        });
    axum::serve(listener, app).await?;
    Ok(())
}

async fn sign_in(State(house): State<Arc<House>>, form: String) -> (StatusCode, &'static str) {
    match house.sign_in(&form).await {
        Ok(Verdict::Right { .. }) => (StatusCode::OK, "{}"),
        Ok(_) => REFUSED,
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "{}"),
    }
}

impl House {
    async fn sign_in(&self, form: &str) -> anyhow::Result<Verdict> {
        let value = |name: &str| {
            let mut members = form.split('&').filter_map(|member| member.split_once('='));
            members.find_map(|(found, value)| (found == name).then_some(value))
        };
        let username = value("username").context("no username")?;
        let password = Password::new(value("password").context("no password")?);
        let found = self
            .store
            .find_by_username(&Username::parse(username)?)
            .await?;
        let stored = found.and_then(|found| found.hashed_password);
        if stored.is_none() && self.defect == Defect::NoDummyHash {
            return Ok(Verdict::Wrong);
        }
        let compare = self.pool.run(move |hasher| match stored {
            Some(stored) => Ok(hasher.verify(&password, &stored)),
            None => hasher.verify_nothing(&password).map(|()| Verdict::Wrong),
        });
        Ok(compare.await??)
    }
}

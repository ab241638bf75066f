//! Access tokens for the load: some users log in and are asked who they are.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::http::{self, Connection};
use crate::load::{Exchange, Expected};
use crate::{interrupt, machine, users};

/// The requests of users who are logged in.
pub(crate) struct LoggedIn {
    /// `GET /users/me` with each token, and the body that is right for it.
    pub(crate) exchanges: Vec<Exchange>,
    /// What the token that expires first has left.
    pub(crate) lifetime: Duration,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    expires_in: u64,
}

/// Logs the users in, with as many at a time as there are cores, and keeps
/// each one's own answer of `GET /users/me`.
pub(crate) fn log_in(server: SocketAddr, usernames: &[String]) -> anyhow::Result<LoggedIn> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let share = usernames.len().div_ceil(machine::cores()).max(1);
    runtime.block_on(async {
        let mut tasks = Vec::new();
        for names in usernames.chunks(share) {
            tasks.push(tokio::spawn(log_in_one_by_one(server, names.to_vec())));
        }
        let mut all = LoggedIn {
            exchanges: Vec::with_capacity(usernames.len()),
            lifetime: Duration::MAX,
        };
        for task in tasks {
            let part = task.await??;
            all.exchanges.extend(part.exchanges);
            all.lifetime = all.lifetime.min(part.lifetime);
        }
        Ok(all)
    })
}

async fn log_in_one_by_one(server: SocketAddr, names: Vec<String>) -> anyhow::Result<LoggedIn> {
    let mut connection = Connection::over(TcpStream::connect(server)?)?;
    let mut exchanges = Vec::with_capacity(names.len());
    let mut lifetime = Duration::MAX;
    for name in names {
        interrupt::check()?;
        let request = http::login_request(&name, users::PASSWORD);
        let body = right_body(&mut connection, &request)
            .await
            .with_context(|| format!("{name} cannot log in"))?;
        let token: TokenResponse = serde_json::from_slice(&body)?;
        lifetime = lifetime.min(Duration::from_secs(token.expires_in));
        let request = http::current_user_request(&token.access_token);
        let body = right_body(&mut connection, &request).await?;
        let user: Value = serde_json::from_slice(&body)?;
        ensure!(
            user.get("username") == Some(&Value::from(name.as_str())),
            "{name} is told to be {user}"
        );
        exchanges.push(Exchange {
            request,
            expected: Expected::Body(Arc::from(body)),
        });
    }
    Ok(LoggedIn {
        exchanges,
        lifetime,
    })
}

async fn right_body(connection: &mut Connection, request: &[u8]) -> anyhow::Result<Vec<u8>> {
    let response = connection.exchange(request).await?;
    if response.status != 200 {
        let body = String::from_utf8_lossy(response.body);
        bail!("{} {body}", response.status);
    }
    Ok(response.body.to_vec())
}

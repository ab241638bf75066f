//! Keeps known how long refused logins must take, for as long as the server runs.

use std::time::Duration;

use portcullis::Auth;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How often the database is asked which kinds of hashes there are.
const EVERY: Duration = Duration::from_secs(10);
/// For how long the first request may be kept waiting: some tens of kinds are timed by then.
const PATIENCE: Duration = Duration::from_secs(3);

/// Learns it again and again, until it is aborted. Returns once it was learnt for the first time, or
/// when that takes too long.
pub(super) async fn keep(auth: Auth) -> JoinHandle<()> {
    let (learnt, first) = oneshot::channel();
    let task = tokio::spawn(learn(auth, learnt));
    // Else it goes on beside the first requests.
    let _ = tokio::time::timeout(PATIENCE, first).await;
    task
}

async fn learn(auth: Auth, learnt: oneshot::Sender<()>) {
    let mut learnt = Some(learnt);
    let mut is_told = false;
    loop {
        let failed = auth.refresh_floor().await.err();
        // Said once, not at every try.
        if let Some(error) = failed.as_ref().filter(|_| !is_told) {
            tracing::warn!(%error, "what kinds of password hashes there are is not known; trying again");
        }
        is_told = failed.is_some();
        if let Some(learnt) = learnt.take() {
            // Nobody hears it who waited too long.
            let _ = learnt.send(());
        }
        tokio::time::sleep(EVERY).await;
    }
}

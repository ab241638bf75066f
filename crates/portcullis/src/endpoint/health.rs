//! `GET /healthz` and `GET /readyz`: what a machine asks.

use axum::Json;
use axum::extract::{FromRef, State};
use serde_json::{Value, json};

use crate::auth::Auth;
use crate::scheme::Rejection;
use crate::store::StoreError;
use crate::user::Account;

/// The process is alive.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The database answers, and there is a key to sign with.
pub(super) async fn ready<S, U>(State(state): State<S>) -> Result<Json<Value>, Rejection>
where
    S: Clone + Send + Sync + 'static,
    U: Account,
    Auth<U>: FromRef<S>,
{
    let auth = Auth::<U>::from_ref(&state);
    if auth.verifier().keys(auth.now()).is_empty() {
        return Err(StoreError::unavailable("there is no signing key").into());
    }
    auth.users().check().await?;
    Ok(Json(json!({ "status": "ok" })))
}

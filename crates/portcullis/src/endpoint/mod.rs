//! The endpoints: one file each. This is the table of contents.

mod account_refusal;
mod account_state;
mod client_authentication;
mod cursor;
mod email;
mod fallback;
mod guarded;
mod health;
mod introspection;
mod invalid_request;
mod invitations;
mod json_body;
mod jwks;
mod me;
mod members;
mod metadata;
mod password;
mod private;
mod query;
mod refusal;
mod revocation;
mod sessions;
mod token;
mod token_body;
mod token_question;
mod user;
mod users;
mod verify;

pub use fallback::{method_not_allowed, not_found};
pub use private::Private;

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, patch_with, post_with, put_with};
use axum::extract::FromRef;
use axum::routing::get;

use crate::auth::Auth;
use crate::user::{Account, User};

/// `POST /token`, `POST /revoke` where sessions are kept, `POST /introspect` where clients are, the
/// public keys and the metadata, for any user type. `auth` is described: the grants, whether
/// `grant_type` must be sent, and the scopes that can be asked for.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, .. } = House::new().await?;
/// use axum::{body::Body, http::Request};
/// use portcullis::openapi::{ApiRouter, Document};
/// use tower::ServiceExt;
///
/// let api = ApiRouter::new().merge(portcullis::token_router(&auth));
/// let app = Document::new("Items", "1.0").serve(api)?.with_state(auth);
/// let login = Request::post("/token")
///     .header("content-type", "application/x-www-form-urlencoded")
///     .body(Body::from("username=johndoe&password=correct+horse+battery+staple"))?;
/// assert_eq!(app.oneshot(login).await?.status(), 200);
/// # Ok(()) }
/// ```
pub fn token_router<S, U>(auth: &Auth<U>) -> ApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    U: Account,
    Auth<U>: FromRef<S>,
{
    let router = ApiRouter::new()
        .api_route(
            "/token",
            post_with(token::issue::<S, U>, |operation| {
                token::describe(operation, auth)
            }),
        )
        .api_route(
            "/.well-known/jwks.json",
            get_with(jwks::keys::<S, U>, jwks::describe),
        )
        .api_route(
            &metadata::path(&auth.settings().issuer),
            get_with(metadata::read::<S, U>, metadata::describe),
        );
    let router = match auth.clients() {
        // The built-in client may not ask.
        None => router,
        Some(_) => router.api_route(
            "/introspect",
            post_with(introspection::introspect::<S, U>, introspection::describe),
        ),
    };
    match auth.sessions() {
        // There is nothing to end.
        None => router,
        Some(_) => router.api_route(
            "/revoke",
            post_with(revocation::revoke::<S, U>, revocation::describe),
        ),
    }
}

/// What people do with their own accounts, and operators with everybody's: `/users/me`, and, where
/// [`AuthBuilder::accounts`](crate::auth::AuthBuilder::accounts) says where accounts lie, registration,
/// recovery and all that goes with them; where sessions are kept, those, too.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, .. } = House::with_accounts().await?;
/// use axum::{body::Body, http::Request};
/// use portcullis::openapi::{ApiRouter, Document};
/// use tower::ServiceExt;
///
/// let api = ApiRouter::new()
///     .merge(portcullis::token_router(&auth))
///     .merge(portcullis::accounts_router(&auth));
/// let app = Document::new("Items", "1.0").serve(api)?.with_state(auth);
/// let forgot = Request::post("/password-recovery")
///     .header("content-type", "application/json")
///     .body(Body::from(r#"{"email":"johndoe@example.com"}"#))?;
/// assert_eq!(app.oneshot(forgot).await?.status(), 202);
/// # Ok(()) }
/// ```
pub fn accounts_router<S>(auth: &Auth) -> ApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let mut router = ApiRouter::new().api_route("/users/me", get_with(me::read, me::describe));
    if auth.sessions().is_some() {
        router = router.merge(sessions_router());
    }
    if auth.accounts().is_some() {
        router = router.merge(own_router()).merge(operators_router());
    }
    router
}

fn sessions_router<S>() -> ApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    ApiRouter::new()
        .api_route(
            "/users/me/sessions",
            get_with(sessions::list::<S>, sessions::describe_list)
                .delete_with(sessions::end_all::<S>, sessions::describe_all),
        )
        .api_route(
            "/users/me/sessions/{id}",
            delete_with(sessions::end_one::<S>, sessions::describe_one),
        )
}

/// What people do with their own accounts.
fn own_router<S>() -> ApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    ApiRouter::new()
        .api_route(
            "/users/me",
            patch_with(me::change::<S>, me::describe_change)
                .delete_with(me::delete::<S>, me::describe_delete),
        )
        .api_route(
            "/users/me/password",
            put_with(password::change::<S>, password::describe_change),
        )
        .api_route(
            "/users/me/email",
            put_with(email::change::<S>, email::describe_change),
        )
        .api_route(
            "/users/me/export",
            get_with(me::export::<S>, me::describe_export),
        )
        .api_route(
            "/email-change/confirm",
            post_with(email::confirm_change::<S>, email::describe_confirm_change),
        )
        .api_route(
            "/email-verification",
            post_with(email::verify::<S>, email::describe_verify),
        )
        .api_route(
            "/email-verification/confirm",
            post_with(email::confirm::<S>, email::describe_confirm),
        )
        .api_route(
            "/password-recovery",
            post_with(password::recover::<S>, password::describe_recovery),
        )
        .api_route(
            "/password-reset",
            post_with(password::reset::<S>, password::describe_reset),
        )
}

/// Making accounts, and what operators do with everybody's.
fn operators_router<S>() -> ApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    ApiRouter::new()
        .api_route(
            "/users",
            get_with(users::list::<S>, users::describe_list)
                .post_with(users::add::<S>, users::describe_add),
        )
        .api_route(
            "/users/{id}",
            get_with(user::read::<S>, user::describe_read)
                .patch_with(user::change::<S>, user::describe_change)
                .delete_with(user::delete::<S>, user::describe_delete),
        )
        .api_route(
            "/users/{id}/sessions",
            delete_with(user::sign_out::<S>, user::describe_sign_out),
        )
        .api_route(
            "/users/{id}/password-recovery",
            post_with(user::recover::<S>, user::describe_recover),
        )
        .api_route(
            "/invitations",
            post_with(invitations::invite::<S>, invitations::describe),
        )
}

/// Everything: all of [`token_router`] and [`accounts_router`], and the questions that machines ask, `GET /verify`, `GET /healthz` and `GET /readyz`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, .. } = House::new().await?;
/// use axum::{body::Body, http::Request};
/// use portcullis::openapi::{ApiRouter, Document};
/// use tower::ServiceExt;
///
/// let api = ApiRouter::new().merge(portcullis::router(&auth)); // and your own routes
/// let app = Document::new("Items", "1.0").serve(api)?.with_state(auth);
/// let ready = Request::get("/readyz").body(Body::empty())?;
/// assert_eq!(app.oneshot(ready).await?.status(), 200);
/// # Ok(()) }
/// ```
pub fn router<S>(auth: &Auth) -> ApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    token_router::<S, User>(auth)
        .merge(accounts_router(auth))
        .api_route(
            "/verify",
            get_with(verify::answer, |operation| {
                verify::describe(operation, auth.settings())
            }),
        )
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready::<S, User>))
}

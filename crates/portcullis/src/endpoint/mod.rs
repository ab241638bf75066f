//! The endpoints: one file each. This is the table of contents.

mod client_authentication;
mod fallback;
mod health;
mod introspection;
mod jwks;
mod me;
mod metadata;
mod private;
mod refusal;
mod revocation;
mod sessions;
mod token;
mod token_body;
mod token_question;
mod verify;

pub use fallback::{method_not_allowed, not_found};
pub use private::Private;

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};
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

/// Everything: all of [`token_router`], `/users/me` and its sessions, and the questions that machines
/// ask, `GET /verify`, `GET /healthz` and `GET /readyz`.
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
    let router = token_router::<S, User>(auth)
        .api_route("/users/me", get_with(me::read, me::describe))
        .api_route(
            "/verify",
            get_with(verify::answer, |operation| {
                verify::describe(operation, auth.settings())
            }),
        )
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready::<S, User>));
    if auth.sessions().is_none() {
        return router;
    }
    router
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

//! `require`: one guard for every route of a router.

use std::marker::PhantomData;

use aide::axum::ApiRouter;
use aide::openapi::{Operation, PathItem};
use axum::extract::FromRequestParts;
use axum::middleware::from_extractor_with_state;
use http::request::Parts;

use crate::openapi::notes;
use crate::scheme::{Guard, Rejection, SecurityScopes};

/// Asks `G` of every route that `router` has by now, nested ones too, and documents it: FastAPI's
/// `dependencies=[…]` of a router or an app.
///
/// The guard is asked before the handler's own arguments, and beside them: AND. `state` is the state
/// that the router will have.
///
/// ```
/// use portcullis::extract::require;
/// use portcullis::openapi::{ApiRouter, Document, routing::get};
/// use portcullis::{ActiveUser, Auth, Security, scopes, store::MemoryStore};
///
/// scopes!(Staff = "staff");
///
/// let auth = Auth::builder(MemoryStore::new())
///     .issuer("http://127.0.0.1:8000")
///     .scope("staff", "Look behind the counter.")
///     .build()?;
/// let counter = ApiRouter::new()
///     .api_route("/till", get(async || "the till"))
///     .api_route("/stock", get(async |user: ActiveUser| user.username.clone()));
/// let counter = require::<Security<ActiveUser, Staff>, _>(counter, auth.clone());
/// let api = ApiRouter::new().nest("/counter", counter).merge(portcullis::router(&auth));
/// let (_, document) = Document::new("Shop", "1.0").finish::<Auth>(api)?;
/// for path in ["/counter/till", "/counter/stock"] {
///     let security = &document["paths"][path]["get"]["security"];
///     assert_eq!(*security, serde_json::json!([{ "OAuth2PasswordBearer": ["staff"] }]));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A [`Dependency`](super::Dependency) is asked for as by a handler: `require::<Depends<Editor>, _>`.
///
/// A fallback is not a route: it, and a service below it such as a folder of files, is open to
/// everybody. Mount it with `nest_service`, or ask for the guard in the fallback's own arguments. A
/// route that is added later is open, too.
///
/// axum's own `route_layer(from_extractor…)` enforces as well, but leaves no mark in the document.
pub fn require<G, S>(router: ApiRouter<S>, state: S) -> ApiRouter<S>
where
    G: Guard<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    // axum panics where there is nothing to lay it on.
    if !axum::Router::from(router.clone()).has_routes() {
        return router;
    }
    let described = G::described(SecurityScopes::none());
    router
        .with_path_items(|mut item| {
            for operation in operations(item.inner_mut()) {
                notes::argument(operation, &described);
                notes::required(operation, &described);
            }
            item
        })
        .route_layer(from_extractor_with_state::<Required<G>, S>(state))
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.options,
        &mut item.head,
        &mut item.patch,
        &mut item.trace,
    ];
    all.into_iter().flatten()
}

/// The guard was there, and is not needed any more.
struct Required<G>(PhantomData<fn() -> G>);

impl<S: Send + Sync, G: Guard<S>> FromRequestParts<S> for Required<G> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let found = G::check(parts, state, SecurityScopes::none()).await?;
        let required = found.map(|_| Self(PhantomData)).value();
        required.ok_or_else(G::absent)
    }
}

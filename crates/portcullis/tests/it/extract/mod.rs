//! Who is calling, in a developer's own routes.

mod credentials;
mod depends;
mod require;
pub(crate) mod scopes;
mod state;
pub(crate) mod store_away;
mod user;

use axum::Router;
use portcullis::openapi::{ApiRouter, routing};
use portcullis::{AccessToken, ActiveUser, Auth, CurrentUser, RequiredScopes, Security, scopes};

use crate::fixture::House;

scopes!(pub(crate) ReadItems = "items:read");
scopes!(pub(crate) Both = "items:read", "items:write");

pub(crate) struct Nothing;
impl RequiredScopes for Nothing {
    const SCOPES: &'static [&'static str] = &[];
}

type Needs<G> = Security<G, ReadItems>;

/// A route for each extractor, and one for its `Option` below `/optional`.
pub(crate) const EXTRACTORS: [&str; 6] = [
    "/access",
    "/current",
    "/active",
    "/needs-access",
    "/needs-current",
    "/needs-active",
];

pub(crate) fn routes() -> ApiRouter<Auth> {
    macro_rules! both {
        ($api:expr, $path:literal, $extractor:ty) => {
            $api.api_route($path, routing::get(async |_: $extractor| "in"))
                .api_route(
                    concat!("/optional", $path),
                    routing::get(
                        async |found: Option<$extractor>| {
                            if found.is_some() { "in" } else { "none" }
                        },
                    ),
                )
        };
    }
    let api = both!(ApiRouter::new(), "/access", AccessToken);
    let api = both!(api, "/current", CurrentUser);
    let api = both!(api, "/active", ActiveUser);
    let api = both!(api, "/needs-access", Needs<AccessToken>);
    let api = both!(api, "/needs-current", Needs<CurrentUser>);
    let api = both!(api, "/needs-active", Needs<ActiveUser>);
    api.api_route(
        "/both",
        routing::get(async |_: Security<ActiveUser, Both>| "in"),
    )
    .api_route(
        "/nothing",
        routing::get(async |_: Security<ActiveUser, Nothing>| "in"),
    )
}

pub(crate) fn app(house: &House) -> Router {
    house.app(routes())
}

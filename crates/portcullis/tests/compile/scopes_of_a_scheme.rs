//~ `Security<G, …>` needs a guard that enforces scopes
//~ A scheme such as `HttpBearer` verifies nothing
//~ Security<HttpBearer, ReadItems>

use portcullis::openapi::{ApiRouter, routing::get};
use portcullis::{HttpBearer, Security, scopes};

scopes!(ReadItems = "items:read");

fn main() {
    let _: ApiRouter =
        ApiRouter::new().api_route("/x", get(async |_: Security<HttpBearer, ReadItems>| "in"));
}

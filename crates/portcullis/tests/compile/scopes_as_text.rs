//~ `ReadItems` does not name any scopes
//~ write `portcullis::scopes!(ReadItems = "items:read");` in the place of `struct ReadItems;`

use portcullis::{ActiveUser, Security};

struct ReadItems;

async fn items(_: Security<ActiveUser, ReadItems>) -> &'static str {
    "in"
}

fn main() {
    let _ = portcullis::openapi::ApiRouter::<portcullis::Auth>::new()
        .api_route("/x", portcullis::openapi::routing::get(items));
}

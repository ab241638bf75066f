//~ expected `ApiMethodRouter<AppState>`, found `ApiMethodRouter<Auth>`
//~ mismatched types

use portcullis::ActiveUser;
use portcullis::openapi::{ApiRouter, routing::get};

#[derive(Clone)]
struct AppState;

async fn items(_: ActiveUser) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter<AppState> = ApiRouter::new().api_route("/x", get(items));
}

//~ `Machines` does not describe any OAuth2 flows
//~ write `impl SecurityScheme for Machines {}` and `impl OAuth2Flows for Machines { const FLOWS: &'static [Flow] = &[…]; }`

use portcullis::OAuth2;
use portcullis::openapi::{ApiRouter, routing::get};

struct Machines;

async fn items(_: OAuth2<Machines>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter = ApiRouter::new().api_route("/x", get(items));
}

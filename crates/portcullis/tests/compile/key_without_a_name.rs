//~ `Partner` does not name an API key
//~ write `impl SecurityScheme for Partner {}` and `impl ApiKey for Partner { const PARAMETER: &'static str = "x-key"; }`

use portcullis::ApiKeyHeader;
use portcullis::openapi::{ApiRouter, routing::get};

struct Partner;

async fn orders(_: ApiKeyHeader<Partner>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter = ApiRouter::new().api_route("/x", get(orders));
}

//~ `Company` does not describe an OpenID provider
//~ write `impl SecurityScheme for Company {}` and `impl OpenIdProvider for Company { const OPEN_ID_CONNECT_URL: &'static str = "…"; }`

use portcullis::OpenIdConnect;
use portcullis::openapi::{ApiRouter, routing::get};

struct Company;

async fn items(_: OpenIdConnect<Company>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter = ApiRouter::new().api_route("/x", get(items));
}

//~ `SignOn` does not describe an authorization code flow
//~ write `impl SecurityScheme for SignOn {}` and `impl AuthorizationCodeFlow for SignOn { const AUTHORIZATION_URL: &'static str = "…"; const TOKEN_URL: &'static str = "…"; }`

use portcullis::OAuth2AuthorizationCodeBearer;
use portcullis::openapi::{ApiRouter, routing::get};

struct SignOn;

async fn items(_: OAuth2AuthorizationCodeBearer<SignOn>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter = ApiRouter::new().api_route("/x", get(items));
}

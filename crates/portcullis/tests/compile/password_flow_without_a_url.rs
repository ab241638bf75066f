//~ `Partners` does not describe a password flow
//~ write `impl SecurityScheme for Partners {}` and `impl PasswordFlow for Partners { const TOKEN_URL: &'static str = "token"; }`

use portcullis::OAuth2PasswordBearer;
use portcullis::openapi::{ApiRouter, routing::get};

struct Partners;

async fn items(_: OAuth2PasswordBearer<Partners>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter = ApiRouter::new().api_route("/x", get(items));
}

//~ `Jwt` does not say what its tokens look like
//~ write `impl SecurityScheme for Jwt {}` and `impl BearerFormat for Jwt { const BEARER_FORMAT: Option<&'static str> = Some("JWT"); }`

use portcullis::HttpBearer;
use portcullis::openapi::{ApiRouter, routing::get};

struct Jwt;

async fn items(_: HttpBearer<Jwt>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter = ApiRouter::new().api_route("/x", get(items));
}

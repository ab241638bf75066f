//~ `ApiKey::PARAMETER` names a header, a query parameter or a cookie
//~ ApiKeyHeader<Partner>

use portcullis::ApiKeyHeader;
use portcullis::openapi::{ApiRouter, routing::get};
use portcullis::scheme::{ApiKey, SecurityScheme};

struct Partner;
impl SecurityScheme for Partner {}
impl ApiKey for Partner {
    const PARAMETER: &'static str = "x key";
}

fn main() {
    let _: ApiRouter =
        ApiRouter::new().api_route("/x", get(async |_: ApiKeyHeader<Partner>| "in"));
}

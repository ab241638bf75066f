//~ `Staff` does not name a realm
//~ write `impl SecurityScheme for Staff {}` and `impl Realm for Staff { const REALM: &'static str = "backstage"; }`

use portcullis::HttpBasic;
use portcullis::openapi::{ApiRouter, routing::get};

struct Staff;

async fn items(_: HttpBasic<Staff>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter = ApiRouter::new().api_route("/x", get(items));
}

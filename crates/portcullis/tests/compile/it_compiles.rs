use portcullis::openapi::{ApiRouter, routing::get};
use portcullis::{ActiveUser, AnyOf, Auth, HttpBasic, Security, scopes};

scopes!(ReadItems = "items:read");

async fn items(_: AnyOf<(Security<ActiveUser, ReadItems>, HttpBasic)>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter<Auth> = ApiRouter::new().api_route("/x", get(items));
}

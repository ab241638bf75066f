//~ `String` is not something a request can be asked for
//~ guards are the schemes
//~ a type of your own becomes one by `impl Dependency for String`; then ask for `Depends<String>`

use portcullis::openapi::{ApiRouter, routing::get};
use portcullis::{ActiveUser, AnyOf, Auth};

async fn items(_: AnyOf<(ActiveUser, String)>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter<Auth> = ApiRouter::new().api_route("/x", get(items));
}

//~ `Editor` does not say what it depends on
//~ `impl Dependency for Editor` says what it is built on

use portcullis::openapi::{ApiRouter, routing::get};
use portcullis::{Auth, Depends};

struct Editor;

async fn edit(_: Depends<Editor>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter<Auth> = ApiRouter::new().api_route("/x", get(edit));
}

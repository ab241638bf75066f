//~ `AnyOf` takes a tuple of two to four guards, such as `AnyOf<(ActiveUser, HttpBasic)>`
//~ not a tuple of two to four guards

use portcullis::openapi::{ApiRouter, routing::get};
use portcullis::{ActiveUser, AnyOf, Auth};

fn main() {
    let _: ApiRouter<Auth> =
        ApiRouter::new().api_route("/x", get(async |_: AnyOf<ActiveUser>| "in"));
}

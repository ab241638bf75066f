//~ Handler<_, _>` is not satisfied

use portcullis::HttpBasic;
use portcullis::extract::{Context, Dependency, NoState};
use portcullis::openapi::{ApiRouter, routing::get};
use portcullis::scheme::Rejection;

struct Editor;

impl Dependency for Editor {
    type On = HttpBasic;
    type State = NoState;
    async fn resolve(_: HttpBasic, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

async fn edit(_: Editor) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter = ApiRouter::new().api_route("/x", get(edit));
}

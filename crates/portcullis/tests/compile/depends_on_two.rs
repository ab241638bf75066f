//~ `(Editor, Editor)` does not say what it depends on
//~ two arguments of the handler, or `type On = (Depends<A>, Depends<B>);`

use portcullis::extract::{Context, Dependency, NoState};
use portcullis::openapi::{ApiRouter, routing::get};
use portcullis::scheme::Rejection;
use portcullis::{Depends, HttpBasic};

struct Editor;

impl Dependency for Editor {
    type On = HttpBasic;
    type State = NoState;
    async fn resolve(_: HttpBasic, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

async fn edit(_: Depends<(Editor, Editor)>) -> &'static str {
    "in"
}

fn main() {
    let _: ApiRouter = ApiRouter::new().api_route("/x", get(edit));
}

//~ `Editor` cannot be checked in a router with the state
//~ `require::<Depends<Editor>, _>(router, state)`

use portcullis::HttpBasic;
use portcullis::extract::{Context, Dependency, NoState, require};
use portcullis::openapi::ApiRouter;
use portcullis::scheme::Rejection;

struct Editor;

impl Dependency for Editor {
    type On = HttpBasic;
    type State = NoState;
    async fn resolve(_: HttpBasic, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

fn main() {
    let _: ApiRouter = require::<Editor, _>(ApiRouter::new(), ());
}

//~ `Partner` is not a security scheme
//~ `impl SecurityScheme for Partner {}` is enough

use portcullis::scheme::ApiKey;

struct Partner;
impl ApiKey for Partner {
    const PARAMETER: &'static str = "x-key";
}

fn main() {}

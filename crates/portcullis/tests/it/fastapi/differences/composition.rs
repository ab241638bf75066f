//! Answers of operations with several schemes, or with scopes, that differ.

use super::{BEARER, INVALID_TOKEN, KEY, REPEATED};
use crate::fastapi::compare::Group;

/// What is there decides, also when it is malformed.
pub(super) const MALFORMED_WHEN_OPTIONAL: &[Group] = &[
    Group {
        fastapi: r#"200 {"bearer":"tok","key":null}"#,
        ours: KEY,
        cases: &["and/{optional|both_optional}: bearer and empty key"],
    },
    Group {
        fastapi: r#"200 {"bearer":null,"key":"k"}"#,
        ours: BEARER,
        cases: &["and/both_optional: empty bearer and key"],
    },
    Group {
        fastapi: r#"200 {"bearer":null,"key":null}"#,
        ours: KEY,
        cases: &["and/both_optional: empty key alone"],
    },
    Group {
        fastapi: r#"200 {"key":"k"}"#,
        ours: BEARER,
        cases: &[
            "or{|/optional}: empty bearer and key",
            "or/three: empty Bearer and cookie",
        ],
    },
    Group {
        fastapi: r#"401 {"detail":"Not authenticated"} | Bearer, APIKey"#,
        ours: KEY,
        cases: &["or: empty key alone"],
    },
    Group {
        fastapi: "200 {}",
        ours: KEY,
        cases: &["or/optional: empty key alone"],
    },
];

pub(super) const NO_TOKEN: &[Group] = &[
    Group {
        fastapi: r#"200 {"bearer":"a b","key":"k"}"#,
        ours: INVALID_TOKEN,
        cases: &["and{|/optional|/both_optional}: malformed bearer and key"],
    },
    Group {
        fastapi: r#"200 {"bearer":"a b"}"#,
        ours: INVALID_TOKEN,
        cases: &["or{|/optional}: malformed bearer and key"],
    },
    Group {
        fastapi: r#"200 {"cookie":"k"}"#,
        ours: INVALID_TOKEN,
        cases: &["or/both: malformed bearer and cookie"],
    },
    Group {
        fastapi: r#"200 {"key":"k"}"#,
        ours: INVALID_TOKEN,
        cases: &["nested/key: malformed bearer and key"],
    },
    Group {
        fastapi: "200 {}",
        ours: INVALID_TOKEN,
        cases: &["nested/bearer: malformed bearer and key"],
    },
];

pub(super) const TWICE: &[Group] = &[Group {
    fastapi: r#"200 {"basic":"john"}"#,
    ours: REPEATED,
    cases: &["or/three: two Authorization headers"],
}];

/// FastAPI has no such alternatives; what is written by hand challenges for all of them.
pub(super) const HALF: &[Group] = &[
    Group {
        fastapi: r#"401 {"detail":"Not authenticated"} | Bearer, APIKey"#,
        ours: KEY,
        cases: &["or/both: bearer alone"],
    },
    Group {
        fastapi: r#"401 {"detail":"Not authenticated"} | Bearer, APIKey"#,
        ours: BEARER,
        cases: &["or/both: key alone"],
    },
];

const LACKS_ME: &str = r#"403 {"detail":"Not enough permissions","error":"insufficient_scope"} | Bearer error="insufficient_scope", scope="me""#;
const LACKS_ITEMS: &str = r#"403 {"detail":"Not enough permissions","error":"insufficient_scope"} | Bearer error="insufficient_scope", scope="items""#;
const LACKS_BOTH: &str = r#"403 {"detail":"Not enough permissions","error":"insufficient_scope"} | Bearer error="insufficient_scope", scope="items me""#;

pub(super) const MISSING_SCOPE: &[Group] = &[
    Group {
        fastapi: r#"401 {"detail":"Not enough permissions"} | Bearer scope="me""#,
        ours: LACKS_ME,
        cases: &[
            "scopes/me: {no scopes|the outer scope|a longer scope|another case}",
            "scopes/siblings: {the outer scope|a longer scope}",
        ],
    },
    Group {
        fastapi: r#"401 {"detail":"Not enough permissions"} | Bearer scope="items""#,
        ours: LACKS_ITEMS,
        cases: &["scopes/siblings: {no scopes|the inner scope|another case}"],
    },
    Group {
        fastapi: r#"401 {"detail":"Not enough permissions"} | Bearer scope="items me""#,
        ours: LACKS_BOTH,
        cases: &[
            "scopes/items: {no scopes|the inner scope|the outer scope|a longer scope|another case}",
        ],
    },
    Group {
        fastapi: r#"401 {"detail":"Not enough permissions"} | Bearer scope="items items me""#,
        ours: LACKS_BOTH,
        cases: &[
            "scopes/repeated: {no scopes|the inner scope|the outer scope|a longer scope|another case}",
        ],
    },
];

pub(super) const SCOPES_ONCE: &[Group] = &[Group {
    fastapi: r#"200 {"name":"johndoe","needed":["items","items","me"]}"#,
    ours: r#"200 {"name":"johndoe","needed":["items","me"]}"#,
    cases: &["scopes/repeated: {both scopes|both scopes, the other way round|more scopes}"],
}];

pub(super) const BAD_TOKEN: &[Group] = &[
    Group {
        fastapi: r#"401 {"detail":"Could not validate credentials"} | Bearer"#,
        ours: INVALID_TOKEN,
        cases: &["scopes/none: a bad token"],
    },
    Group {
        fastapi: r#"401 {"detail":"Could not validate credentials"} | Bearer scope="me""#,
        ours: INVALID_TOKEN,
        cases: &["scopes/me: a bad token"],
    },
    Group {
        fastapi: r#"401 {"detail":"Could not validate credentials"} | Bearer scope="items""#,
        ours: INVALID_TOKEN,
        cases: &["scopes/siblings: a bad token"],
    },
    Group {
        fastapi: r#"401 {"detail":"Could not validate credentials"} | Bearer scope="items me""#,
        ours: INVALID_TOKEN,
        cases: &["scopes/items: a bad token"],
    },
    Group {
        fastapi: r#"401 {"detail":"Could not validate credentials"} | Bearer scope="items items me""#,
        ours: INVALID_TOKEN,
        cases: &["scopes/repeated: a bad token"],
    },
];

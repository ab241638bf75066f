//! Answers to keys that differ.

use super::{KEY, NOTHING};
use crate::fastapi::compare::Group;

const REFUSED: &str = r#"401 {"detail":"Not authenticated"} | APIKey"#;
const REPEATED: &str =
    r#"400 {"detail":"The API key is there more than once","error":"invalid_request"}"#;
const K: &str = r#"200 {"credential":"k"}"#;
const OTHER: &str = r#"200 {"credential":"other"}"#;

pub(super) const EMPTY_WHEN_OPTIONAL: &[Group] = &[Group {
    fastapi: NOTHING,
    ours: KEY,
    cases: &[
        "api_key_query/optional: {name alone|empty}",
        "api_key_header/optional: {empty|blanks alone}",
        "api_key_cookie/optional: {empty|quoted, empty}",
    ],
}];

/// Of several, FastAPI reads the first header, but the last cookie and the last of the query.
pub(super) const TWICE: &[Group] = &[
    Group {
        fastapi: K,
        ours: REPEATED,
        cases: &[
            "api_key_query/{required|optional}: repeated, {the same|the first empty}",
            "api_key_header/{required|optional}: repeated, {the same|another}",
            "api_key_cookie/{required|optional}: repeated, the same",
        ],
    },
    Group {
        fastapi: OTHER,
        ours: REPEATED,
        cases: &[
            "api_key_query/{required|optional}: repeated, another",
            "api_key_cookie/{required|optional}: repeated{, another| in two lines}",
        ],
    },
    Group {
        fastapi: REFUSED,
        ours: REPEATED,
        cases: &[
            "api_key_{query|cookie}/required: repeated, the last empty",
            "api_key_header/required: repeated, the first empty",
        ],
    },
    Group {
        fastapi: NOTHING,
        ours: REPEATED,
        cases: &[
            "api_key_{query|cookie}/optional: repeated, the last empty",
            "api_key_header/optional: repeated, the first empty",
        ],
    },
];

pub(super) const QUERY_NOT_UTF_8: &[Group] = &[Group {
    fastapi: "200 {\"credential\":\"\u{fffd}\"}",
    ours: KEY,
    cases: &["api_key_query/{required|optional}: not UTF-8"],
}];

pub(super) const NOT_ASCII: &[Group] = &[
    Group {
        fastapi: r#"200 {"credential":"Ã¼"}"#,
        ours: KEY,
        cases: &["api_key_{header|cookie}/{required|optional}: UTF-8"],
    },
    Group {
        fastapi: r#"200 {"credential":"ü"}"#,
        ours: KEY,
        cases: &["api_key_{header|cookie}/{required|optional}: Latin-1"],
    },
];

pub(super) const COOKIE_QUOTES: &[Group] = &[
    Group {
        fastapi: r#"200 {"credential":"\"a"}"#,
        ours: KEY,
        cases: &["api_key_cookie/{required|optional}: quoted, with a semicolon"],
    },
    Group {
        fastapi: r#"200 {"credential":"a,b"}"#,
        ours: KEY,
        cases: &["api_key_cookie/{required|optional}: quoted, with an escape"],
    },
    Group {
        fastapi: r#"200 {"credential":"\"k"}"#,
        ours: KEY,
        cases: &["api_key_cookie/{required|optional}: half quoted"],
    },
];

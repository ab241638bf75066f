//! Answers to `Authorization: Basic …` that differ.

use super::{BASIC, JOHN, NOTHING, REPEATED};
use crate::fastapi::compare::Group;

const REFUSED: &str = r#"401 {"detail":"Not authenticated"} | Basic"#;

/// FastAPI reads ASCII alone.
pub(super) const UTF_8: &[Group] = &[
    Group {
        fastapi: REFUSED,
        ours: r#"200 {"password":"été","username":"jörg"}"#,
        cases: &["http_basic/{required|optional}: encoded, UTF-8"],
    },
    Group {
        fastapi: REFUSED,
        ours: "200 {\"password\":\"\u{1f511}\",\"username\":\"john\"}",
        cases: &["http_basic/{required|optional}: encoded, UTF-8 beyond the first plane"],
    },
    Group {
        fastapi: REFUSED,
        ours: "200 {\"password\":\"secret\",\"username\":\"jo\u{308}rg\"}",
        cases: &["http_basic/{required|optional}: encoded, UTF-8, decomposed"],
    },
];

pub(super) const CONTROLS: &[Group] = &[
    Group {
        fastapi: r#"200 {"password":"secret","username":"john\u0000"}"#,
        ours: BASIC,
        cases: &["http_basic/{required|optional}: encoded, a NUL"],
    },
    Group {
        fastapi: r#"200 {"password":"sec\nret","username":"john"}"#,
        ours: BASIC,
        cases: &["http_basic/{required|optional}: encoded, a line feed"],
    },
    Group {
        fastapi: r#"200 {"password":"sec\tret","username":"john"}"#,
        ours: BASIC,
        cases: &["http_basic/{required|optional}: encoded, a tab"],
    },
    Group {
        fastapi: "200 {\"password\":\"\\u007f\",\"username\":\"john\"}",
        ours: BASIC,
        cases: &["http_basic/{required|optional}: encoded, a delete"],
    },
];

/// FastAPI skips what is not base64.
pub(super) const NOT_BASE64: &[Group] = &[Group {
    fastapi: JOHN,
    ours: BASIC,
    cases: &[
        "http_basic/{required|optional}: {too much padding|padding in the middle|bits left over}",
        "http_basic/{required|optional}: {an exclamation mark inside|a space inside|two credentials}",
    ],
}];

pub(super) const TWICE: &[Group] = &[
    Group {
        fastapi: JOHN,
        ours: REPEATED,
        cases: &["http_basic/{required|optional}: repeated, the same"],
    },
    Group {
        fastapi: REFUSED,
        ours: REPEATED,
        cases: &["http_basic/required: repeated, Bearer first"],
    },
    Group {
        fastapi: NOTHING,
        ours: REPEATED,
        cases: &["http_basic/optional: repeated, Bearer first"],
    },
];

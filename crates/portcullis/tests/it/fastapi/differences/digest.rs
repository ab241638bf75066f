//! Answers to `Authorization: Digest …` that differ.

use super::{DIGEST, NOTHING, REPEATED};
use crate::fastapi::compare::Group;

pub(super) const EMPTY_WHEN_OPTIONAL: &[Group] = &[Group {
    fastapi: NOTHING,
    ours: DIGEST,
    cases: &["http_digest/optional: scheme {alone|and spaces}"],
}];

pub(super) const NO_PARAMETERS: &[Group] = &[
    Group {
        fastapi: r#"200 {"credential":"username=\"u"}"#,
        ours: DIGEST,
        cases: &["http_digest/{required|optional}: a quote that stays open"],
    },
    Group {
        fastapi: r#"200 {"credential":"username=\"u\", username=\"v\""}"#,
        ours: DIGEST,
        cases: &["http_digest/{required|optional}: a parameter twice"],
    },
    Group {
        fastapi: r#"200 {"credential":"tok"}"#,
        ours: DIGEST,
        cases: &["http_digest/{required|optional}: no parameters"],
    },
];

/// FastAPI reads the bytes of a header as Latin-1.
pub(super) const BYTES: &[Group] = &[
    Group {
        fastapi: r#"200 {"credential":"username=\"Ã¼\""}"#,
        ours: r#"200 {"credential":"username=\"ü\""}"#,
        cases: &["http_digest/{required|optional}: UTF-8"],
    },
    Group {
        fastapi: r#"200 {"credential":"username=\"ü\""}"#,
        ours: DIGEST,
        cases: &["http_digest/{required|optional}: Latin-1"],
    },
];

pub(super) const TWICE: &[Group] = &[Group {
    fastapi: r#"200 {"credential":"username=\"u\""}"#,
    ours: REPEATED,
    cases: &["http_digest/{required|optional}: repeated"],
}];

//! Answers to login forms that differ.

use super::{NOTHING_ECHOED, tutorial};
use crate::fastapi::compare::Answers::Here;
use crate::fastapi::compare::Source::{Promise, Rfc};
use crate::fastapi::compare::{Difference, Group};

pub(super) const ALL: &[Difference] = &[
    Difference {
        name: "forms_do_not_echo",
        source: Promise(NOTHING_ECHOED),
        why: "FastAPI's 422 holds what was sent, under `input`: passwords too, where a model has \
                  them. Ours says what is wrong, and never what was sent; a grant that is not \
                  offered is `unsupported_grant_type`.",
        answers: Here(&[ECHOED, tutorial::ECHOED]),
    },
    Difference {
        name: "form_errors_are_oauth_errors",
        source: Rfc("RFC 6749 §5.2"),
        why: "FastAPI answers 422 and a list, which no OAuth client reads. A token endpoint \
                  answers 400 and `error`; ours has FastAPI's `detail` beside it, as a text.",
        answers: Here(&[MISSING, tutorial::MISSING]),
    },
    Difference {
        name: "form_is_url_encoded",
        source: Rfc("RFC 6749 §4.3.2"),
        why: "FastAPI takes multipart too, and to JSON it says that the fields are missing. \
                  Ours takes `application/x-www-form-urlencoded`, and says so.",
        answers: Here(&[ANOTHER_MEDIA_TYPE]),
    },
    Difference {
        name: "form_is_in_the_body",
        source: Rfc("RFC 6749 §2.3.1"),
        why: "FastAPI ignores parameters in the address. Credentials there end up in logs: ours \
                  refuses, so that the mistake is seen.",
        answers: Here(&[ADDRESS]),
    },
    Difference {
        name: "form_parameters_are_sent_once",
        source: Rfc("RFC 6749 §3.2"),
        why: "Of two, FastAPI reads the last. Parameters must not be repeated.",
        answers: Here(&[TWICE]),
    },
    Difference {
        name: "form_is_utf_8",
        source: Rfc("RFC 6749 appendix B"),
        why: "FastAPI reads bytes that are not percent-encoded as Latin-1, and replaces those \
                  that are not UTF-8, so that different passwords become one. Ours is UTF-8 or \
                  refused.",
        answers: Here(&[ENCODING]),
    },
    Difference {
        name: "scopes_are_a_set",
        source: Rfc("RFC 6749 §3.3"),
        why: "FastAPI keeps the order and the repetitions of `scope`. Neither means anything: \
                  `Scopes` is a set.",
        answers: Here(&[SCOPES_AS_A_SET]),
    },
    Difference {
        name: "scope_has_the_form_of_one",
        source: Rfc("RFC 6749 §3.3"),
        why: "FastAPI splits `scope` at any blanks and takes any characters. Scopes are separated \
                  by single spaces, and have neither quotes nor backslashes: `invalid_scope`.",
        answers: Here(&[MALFORMED_SCOPE]),
    },
];

/// Our refusal.
macro_rules! refused {
    ($error:literal, $text:literal) => {
        concat!(
            "400 {\"detail\":\"",
            $text,
            "\",\"error\":\"",
            $error,
            "\",\"error_description\":\"",
            $text,
            "\"}"
        )
    };
}

/// FastAPI's refusal: what is missing.
macro_rules! missing {
    ($first:literal $(, $more:literal)*) => {
        concat!(
            "422 {\"detail\":[", missing!(@ $first), $(",", missing!(@ $more),)* "]}"
        )
    };
    (@ $name:literal) => {
        concat!(
            "{\"type\":\"missing\",\"loc\":[\"body\",\"", $name,
            "\"],\"msg\":\"Field required\",\"input\":null}"
        )
    };
}

/// FastAPI's refusal of a grant type, with what was sent in it.
macro_rules! another_grant {
    ($sent:literal) => {
        concat!(
            "422 {\"detail\":[{\"type\":\"string_pattern_mismatch\",\"loc\":[\"body\",\"grant_type\"],",
            "\"msg\":\"String should match pattern '^password$'\",\"input\":\"", $sent,
            "\",\"ctx\":{\"pattern\":\"^password$\"}}]}"
        )
    };
}

/// johndoe's form, read.
macro_rules! read {
    () => {
        read!("johndoe", "secret", "[]")
    };
    ($username:literal, $password:literal, $scopes:literal) => {
        concat!(
            "200 {\"grant_type\":\"password\",\"username\":\"",
            $username,
            "\",\"password\":\"",
            $password,
            "\",\"scopes\":",
            $scopes,
            ",\"client_id\":null,\"client_secret\":null}"
        )
    };
}

const OTHER_GRANT: &str = refused!("unsupported_grant_type", "grant_type must be password");
const MEDIA_TYPE: &str = refused!(
    "invalid_request",
    "The body must be application/x-www-form-urlencoded"
);
const IN_ADDRESS: &str = refused!(
    "invalid_request",
    "Parameters belong in the body, not in the address"
);
const SCOPE: &str = refused!(
    "invalid_scope",
    "scope is malformed: scopes are separated by single spaces"
);

const ECHOED: &[Group] = &[
    Group {
        fastapi: another_grant!("refresh_token"),
        ours: OTHER_GRANT,
        cases: &["form/{loose|strict}: another grant type"],
    },
    Group {
        fastapi: another_grant!("PASSWORD"),
        ours: OTHER_GRANT,
        cases: &["form/{loose|strict}: grant type in upper case"],
    },
    Group {
        fastapi: another_grant!("passwords"),
        ours: OTHER_GRANT,
        cases: &["form/{loose|strict}: grant type and more"],
    },
    Group {
        fastapi: another_grant!("password\\n"),
        ours: OTHER_GRANT,
        cases: &["form/{loose|strict}: grant type and a line feed"],
    },
];

const MISSING: &[Group] = &[
    Group {
        fastapi: missing!("username", "password"),
        ours: refused!("invalid_request", "username is missing"),
        cases: &["form/loose: no body"],
    },
    Group {
        fastapi: missing!("grant_type", "username", "password"),
        ours: refused!("invalid_request", "username is missing"),
        cases: &["form/strict: no body"],
    },
    Group {
        fastapi: missing!("username"),
        ours: refused!("invalid_request", "username is missing"),
        cases: &["form/{loose|strict}: {no|empty} username"],
    },
    Group {
        fastapi: missing!("password"),
        ours: refused!("invalid_request", "password is missing"),
        cases: &["form/{loose|strict}: {no|empty} password"],
    },
    Group {
        fastapi: missing!("grant_type"),
        ours: refused!("invalid_request", "grant_type is missing"),
        cases: &["form/strict: {no|empty} grant type"],
    },
];

const ANOTHER_MEDIA_TYPE: &[Group] = &[
    Group {
        fastapi: missing!("username", "password"),
        ours: MEDIA_TYPE,
        cases: &["form/loose: as {JSON|JSON that is none|text}"],
    },
    Group {
        fastapi: missing!("grant_type", "username", "password"),
        ours: MEDIA_TYPE,
        cases: &["form/strict: as {JSON|JSON that is none|text}"],
    },
    Group {
        fastapi: read!(),
        ours: MEDIA_TYPE,
        cases: &["form/{loose|strict}: as multipart"],
    },
];

const ADDRESS: &[Group] = &[
    Group {
        fastapi: missing!("username", "password"),
        ours: IN_ADDRESS,
        cases: &["form/loose: in the address"],
    },
    Group {
        fastapi: missing!("grant_type", "username", "password"),
        ours: IN_ADDRESS,
        cases: &["form/strict: in the address"],
    },
    Group {
        fastapi: read!(),
        ours: IN_ADDRESS,
        cases: &["form/{loose|strict}: in the address too"],
    },
];

const TWICE: &[Group] = &[Group {
    fastapi: read!(),
    ours: refused!("invalid_request", "A parameter is repeated"),
    cases: &["form/{loose|strict}: {username|password} twice"],
}];

const ENCODING: &[Group] = &[
    Group {
        fastapi: read!("jÃ¶rg", "Ã©", "[]"),
        ours: read!("jörg", "é", "[]"),
        cases: &["form/{loose|strict}: UTF-8, not encoded"],
    },
    Group {
        fastapi: read!("johndoe", "\u{fffd}", "[]"),
        ours: refused!("invalid_request", "The body is not UTF-8"),
        cases: &["form/{loose|strict}: not UTF-8"],
    },
];

const SCOPES_AS_A_SET: &[Group] = &[
    Group {
        fastapi: read!("johndoe", "secret", r#"["me","items"]"#),
        ours: read!("johndoe", "secret", r#"["items","me"]"#),
        cases: &["form/{loose|strict}: scopes out of order"],
    },
    Group {
        fastapi: read!("johndoe", "secret", r#"["me","me"]"#),
        ours: read!("johndoe", "secret", r#"["me"]"#),
        cases: &["form/{loose|strict}: a scope twice"],
    },
];

const MALFORMED_SCOPE: &[Group] = &[
    Group {
        fastapi: read!("johndoe", "secret", r#"["items","me"]"#),
        ours: SCOPE,
        cases: &["form/{loose|strict}: scopes with two spaces"],
    },
    Group {
        fastapi: read!("johndoe", "secret", r#"["\""]"#),
        ours: SCOPE,
        cases: &["form/{loose|strict}: a scope with a quote"],
    },
];

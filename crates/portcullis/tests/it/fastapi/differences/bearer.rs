//! Answers to `Authorization: Bearer …` that differ.

use super::{BEARER, INVALID_TOKEN, NOTHING, REPEATED, TOKEN};
use crate::fastapi::compare::Group;

/// To `auto_error=False`, an empty token is no token.
pub(super) const EMPTY_WHEN_OPTIONAL: &[Group] = &[Group {
    fastapi: NOTHING,
    ours: BEARER,
    cases: &["http_bearer/optional: scheme {alone|alone, lower case|and spaces}"],
}];

pub(super) const EMPTY: &[Group] = &[
    Group {
        fastapi: r#"200 {"credential":""}"#,
        ours: BEARER,
        cases: &[
            "oauth2_{password|code}/{required|optional}: scheme {alone|alone, lower case|and spaces}",
        ],
    },
    Group {
        fastapi: r#"200 {"credential":"Bearer"}"#,
        ours: BEARER,
        cases: &["{oauth2|open_id_connect}/{required|optional}: scheme {alone|and spaces}"],
    },
    Group {
        fastapi: r#"200 {"credential":"bearer"}"#,
        ours: BEARER,
        cases: &["{oauth2|open_id_connect}/{required|optional}: scheme alone, lower case"],
    },
];

/// A whole header, where a token is meant.
pub(super) const WHOLE_HEADER: &[Group] = &[
    Group {
        fastapi: r#"200 {"credential":"Bearer tok"}"#,
        ours: TOKEN,
        cases: &["{oauth2|open_id_connect}/{required|optional}: {right|spaces at the end}"],
    },
    Group {
        fastapi: r#"200 {"credential":"bearer tok"}"#,
        ours: TOKEN,
        cases: &["{oauth2|open_id_connect}/{required|optional}: lower case"],
    },
    Group {
        fastapi: r#"200 {"credential":"BEARER tok"}"#,
        ours: TOKEN,
        cases: &["{oauth2|open_id_connect}/{required|optional}: upper case"],
    },
    Group {
        fastapi: r#"200 {"credential":"bEaReR tok"}"#,
        ours: TOKEN,
        cases: &["{oauth2|open_id_connect}/{required|optional}: mixed case"],
    },
    Group {
        fastapi: r#"200 {"credential":"Bearer  tok"}"#,
        ours: TOKEN,
        cases: &["{oauth2|open_id_connect}/{required|optional}: two spaces"],
    },
    Group {
        fastapi: r#"200 {"credential":"Bearer \ttok"}"#,
        ours: TOKEN,
        cases: &["{oauth2|open_id_connect}/{required|optional}: space and tab"],
    },
    Group {
        fastapi: r#"200 {"credential":"Bearer aZ09-._~+/=="}"#,
        ours: r#"200 {"credential":"aZ09-._~+/=="}"#,
        cases: &["{oauth2|open_id_connect}/{required|optional}: every character of a token"],
    },
];

/// The answers to a header of another scheme.
macro_rules! another_scheme {
    ($($fastapi:literal: $what:literal),+ $(,)?) => {
        &[$(
            Group {
                fastapi: $fastapi,
                ours: BEARER,
                cases: &[concat!("{oauth2|open_id_connect}/required: ", $what)],
            },
            Group {
                fastapi: $fastapi,
                ours: NOTHING,
                cases: &[concat!("{oauth2|open_id_connect}/optional: ", $what)],
            },
        )+]
    };
}

pub(super) const ANOTHER_SCHEME: &[Group] = another_scheme!(
    r#"200 {"credential":"Basic dTpw"}"#: "Basic",
    r#"200 {"credential":"Digest username=\"u\""}"#: "Digest",
    r#"200 {"credential":"Token tok"}"#: "a scheme of nobody",
    r#"200 {"credential":"Bearertok"}"#: "no space",
    r#"200 {"credential":"Bearer\ttok"}"#: "tab for the space",
    r#"200 {"credential":"tok"}"#: "token alone",
);

/// The answers to what cannot be a token.
macro_rules! no_token {
    ($($what:literal: $fastapi:literal, $whole:literal);+ $(;)?) => {
        &[$(
            Group {
                fastapi: concat!("200 {\"credential\":\"", $fastapi, "\"}"),
                ours: INVALID_TOKEN,
                cases: &[concat!(
                    "{http_bearer|oauth2_password|oauth2_code}/{required|optional}: ",
                    $what
                )],
            },
            Group {
                fastapi: concat!("200 {\"credential\":\"", $whole, "\"}"),
                ours: INVALID_TOKEN,
                cases: &[concat!("{oauth2|open_id_connect}/{required|optional}: ", $what)],
            },
        )+]
    };
}

pub(super) const NO_TOKEN: &[Group] = no_token!(
    "two tokens": "a b", "Bearer a b";
    "a list": "a, Bearer b", "Bearer a, Bearer b";
    "padding alone": "=", "Bearer =";
    "padding inside": "a=b", "Bearer a=b";
    "comma": "a,b", "Bearer a,b";
    "colon": "a:b", "Bearer a:b";
    "percent sign": "a%20b", "Bearer a%20b";
    "quoted": r#"\"tok\""#, r#"Bearer \"tok\""#;
    "a parameter": r#"token=\"tok\""#, r#"Bearer token=\"tok\""#;
    "UTF-8": "tÃ¶k", "Bearer tÃ¶k";
    "Latin-1": "tök", "Bearer tök";
);

/// FastAPI reads the first of several headers.
pub(super) const TWICE: &[Group] = &[
    Group {
        fastapi: TOKEN,
        ours: REPEATED,
        cases: &[
            "{http_bearer|oauth2_password|oauth2_code}/{required|optional}: repeated, {the same|another|Basic last}",
        ],
    },
    Group {
        fastapi: r#"401 {"detail":"Not authenticated"} | Bearer"#,
        ours: REPEATED,
        cases: &["{http_bearer|oauth2_password|oauth2_code}/required: repeated, Basic first"],
    },
    Group {
        fastapi: NOTHING,
        ours: REPEATED,
        cases: &["{http_bearer|oauth2_password|oauth2_code}/optional: repeated, Basic first"],
    },
    Group {
        fastapi: r#"200 {"credential":"Bearer tok"}"#,
        ours: REPEATED,
        cases: &[
            "{oauth2|open_id_connect}/{required|optional}: repeated, {the same|another|Basic last}",
        ],
    },
    Group {
        fastapi: r#"200 {"credential":"Basic dTpw"}"#,
        ours: REPEATED,
        cases: &["{oauth2|open_id_connect}/{required|optional}: repeated, Basic first"],
    },
];

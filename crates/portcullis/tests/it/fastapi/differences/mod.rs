//! Every difference that is meant: what FastAPI does, what Portcullis does, and why.

mod api_key;
mod basic;
mod bearer;
mod composition;
mod digest;
mod document;
mod form;
mod tutorial;

use std::collections::BTreeSet;

use serde_json::json;

use super::compare::Answers::{Everywhere, Here};
use super::compare::Difference;
use super::compare::Source::{Promise, Rfc};
use super::wire::Answer;

const NOTHING: &str = r#"200 {"credential":null}"#;
const TOKEN: &str = r#"200 {"credential":"tok"}"#;
const JOHN: &str = r#"200 {"password":"secret","username":"john"}"#;
const BEARER: &str = r#"401 {"detail":"Not authenticated","error":"not_authenticated"} | Bearer"#;
const BASIC: &str = r#"401 {"detail":"Not authenticated","error":"not_authenticated"} | Basic realm="api", charset="UTF-8""#;
const DIGEST: &str = r#"401 {"detail":"Not authenticated","error":"not_authenticated"} | Digest"#;
const KEY: &str = r#"401 {"detail":"Not authenticated","error":"not_authenticated"} | APIKey"#;
const INVALID_TOKEN: &str = r#"401 {"detail":"Could not validate credentials","error":"invalid_token"} | Bearer error="invalid_token""#;
const REPEATED: &str =
    r#"400 {"detail":"More than one Authorization header","error":"invalid_request"}"#;

// What Portcullis promises to those who come from FastAPI.
const EMPTY_IS_NO_TOKEN: &str = "an empty `Bearer` is not a token";
const ITS_OWN_SCHEME: &str = "a scheme checks that it is its scheme";
const MALFORMED_IS_REFUSED: &str = "a malformed credential is refused also when it is optional";
const SCOPE_IS_403: &str = "a missing scope is 403, not 401";
const NOTHING_ECHOED: &str = "nothing echoes the input";
const COMPOSED: &str = "AND is one object, OR is several, optional adds `{}`";
const FAILS_AT_START: &str =
    "a name taken twice and a scope that is not declared fail at the start";
const AS_AT_RUN_TIME: &str = "the document equals the run time";
const MOUNTED_ANYWHERE: &str = "the token URL is right wherever the app is mounted";

const PROMISES: [&str; 9] = [
    EMPTY_IS_NO_TOKEN,
    ITS_OWN_SCHEME,
    MALFORMED_IS_REFUSED,
    SCOPE_IS_403,
    NOTHING_ECHOED,
    COMPOSED,
    FAILS_AT_START,
    AS_AT_RUN_TIME,
    MOUNTED_ANYWHERE,
];

pub(super) fn all() -> Vec<Difference> {
    [
        EVERYWHERE,
        CREDENTIALS,
        SCOPES,
        form::ALL,
        tutorial::ALL,
        document::ALL,
    ]
    .concat()
}

const EVERYWHERE: &[Difference] = &[
    Difference {
        name: "errors_have_a_code",
        source: Rfc("RFC 6750 §3.1"),
        why: "FastAPI's errors have a `detail` for people. Ours have an `error` beside it, for \
                  programs: RFC 6750's codes where it has one, `not_authenticated` otherwise.",
        answers: Everywhere(|_, answer| {
            for (detail, error) in [
                ("Not authenticated", "not_authenticated"),
                ("Inactive user", "inactive_user"),
            ] {
                if answer.body == json!({ "detail": detail }) {
                    answer.body["error"] = error.into();
                }
            }
        }),
    },
    Difference {
        name: "basic_names_realm_and_charset",
        source: Rfc("RFC 7617 §2, §2.1"),
        why: "FastAPI challenges with a bare `Basic` when no realm is given, and never names the \
                  character set. A realm is required, and `charset=\"UTF-8\"` tells the client how to \
                  encode a name beyond ASCII: ours has both, always.",
        answers: Everywhere(|_, answer| {
            answer.challenge = answer.challenge.take().map(|challenge| {
                let realm = challenge.replace("Basic realm=\"staff only\"", "\u{0}");
                realm
                    .replace("Basic", "Basic realm=\"api\", charset=\"UTF-8\"")
                    .replace('\u{0}', "Basic realm=\"staff only\", charset=\"UTF-8\"")
            });
        }),
    },
    Difference {
        name: "optional_is_in_the_document",
        source: Promise(COMPOSED),
        why: "With `auto_error=False`, FastAPI's document still says that the credential is \
                  required. `Option<…>` adds `{}`, the alternative without one.",
        answers: Everywhere(optional_is_in_the_document),
    },
];

fn optional_is_in_the_document(case: &str, answer: &mut Answer) {
    let alternatives = answer.body.as_array_mut();
    if let Some(alternatives) = alternatives
        && case.starts_with("document: /")
        && case.ends_with("/optional security")
    {
        alternatives.push(json!({}));
    }
}

const CREDENTIALS: &[Difference] = &[
    Difference {
        name: "empty_bearer_is_not_a_token",
        source: Promise(EMPTY_IS_NO_TOKEN),
        why: "To `OAuth2PasswordBearer` and `OAuth2AuthorizationCodeBearer`, `Authorization: \
                  Bearer` is the token `\"\"`; to `OAuth2` and `OpenIdConnect` it is the token \
                  `\"Bearer\"`. To us it is none: 401, as if nothing had been sent, but also where \
                  the token is optional.",
        answers: Here(&[bearer::EMPTY]),
    },
    Difference {
        name: "schemes_check_that_they_are_meant",
        source: Promise(ITS_OWN_SCHEME),
        why: "`OAuth2` and `OpenIdConnect` take any `Authorization` header, so that `Basic …` \
                  passes for a token. Ours take `Bearer` alone; a header of another scheme is \
                  nothing of theirs.",
        answers: Here(&[bearer::ANOTHER_SCHEME]),
    },
    Difference {
        name: "malformed_is_refused_also_when_optional",
        source: Promise(MALFORMED_IS_REFUSED),
        why: "With `auto_error=False`, FastAPI takes an empty credential for none, and a client \
                  with a mistake is served as a stranger. `Option<…>` is `None` when nothing was \
                  sent; what was sent must be right. Of alternatives, the first that was sent \
                  decides.",
        answers: Here(&[
            bearer::EMPTY_WHEN_OPTIONAL,
            digest::EMPTY_WHEN_OPTIONAL,
            api_key::EMPTY_WHEN_OPTIONAL,
            composition::MALFORMED_WHEN_OPTIONAL,
        ]),
    },
    Difference {
        name: "half_of_what_belongs_together_asks_for_the_other",
        source: Rfc("RFC 9110 §11.6.1"),
        why: "Of `(bearer AND key) OR cookie`, a request with the token alone is challenged for the \
              key: what is there is what the client means. What one writes by hand for FastAPI \
              challenges for everything.",
        answers: Here(&[composition::HALF]),
    },
    Difference {
        name: "oauth2_hands_out_the_token",
        source: Rfc("RFC 6750 §2.1"),
        why: "`OAuth2` and `OpenIdConnect` hand out the whole header, `Bearer` included, which \
                  each application must take apart. Ours hand out the token.",
        answers: Here(&[bearer::WHOLE_HEADER]),
    },
    Difference {
        name: "bearer_token_has_the_form_of_one",
        source: Rfc("RFC 6750 §2.1"),
        why: "FastAPI hands out whatever follows `Bearer`, spaces, quotes and bytes beyond ASCII \
                  included. A token is a `b64token`; anything else is `invalid_token`.",
        answers: Here(&[bearer::NO_TOKEN, composition::NO_TOKEN]),
    },
    Difference {
        name: "credentials_are_sent_once",
        source: Rfc("RFC 9110 §5.3"),
        why: "Of two `Authorization` headers or keys, FastAPI reads the first or the last, as the \
                  place may be; a proxy before it may read the other. Nobody can say which is meant: \
                  `400 invalid_request`.",
        answers: Here(&[
            bearer::TWICE,
            basic::TWICE,
            digest::TWICE,
            api_key::TWICE,
            composition::TWICE,
        ]),
    },
    Difference {
        name: "basic_is_utf_8",
        source: Rfc("RFC 7617 §2.1"),
        why: "FastAPI reads `Basic` as ASCII: who has a name or a password beyond it cannot log \
                  in. Ours is UTF-8, as the challenge says.",
        answers: Here(&[basic::UTF_8]),
    },
    Difference {
        name: "basic_has_no_control_characters",
        source: Rfc("RFC 7617 §2"),
        why: "FastAPI lets NUL and line feeds through, into logs and databases. A name and a \
                  password must not contain control characters.",
        answers: Here(&[basic::CONTROLS]),
    },
    Difference {
        name: "base64_is_strict",
        source: Rfc("RFC 4648 §3.3, §3.5"),
        why: "FastAPI skips what is not base64 and what follows it, so that one name and password \
                  have many spellings. They have one.",
        answers: Here(&[basic::NOT_BASE64]),
    },
    Difference {
        name: "digest_has_parameters",
        source: Rfc("RFC 9110 §11.4"),
        why: "FastAPI hands out whatever follows `Digest`. Ours reads the parameters, each once, \
                  and refuses what are none.",
        answers: Here(&[digest::NO_PARAMETERS]),
    },
    Difference {
        name: "digest_is_utf_8",
        source: Rfc("RFC 7616 §3.4"),
        why: "FastAPI reads the header as Latin-1, and a name in UTF-8 arrives garbled. Ours is \
                  UTF-8.",
        answers: Here(&[digest::BYTES]),
    },
    Difference {
        name: "keys_are_ascii",
        source: Rfc("RFC 9110 §5.5"),
        why: "FastAPI reads the bytes of a header as Latin-1, so that a key in UTF-8 arrives \
                  garbled. What bytes beyond ASCII mean in a header is not defined: a key with them \
                  is malformed.",
        answers: Here(&[api_key::NOT_ASCII]),
    },
    Difference {
        name: "keys_in_the_query_are_utf_8",
        source: Rfc("RFC 3986 §2.5"),
        why: "FastAPI replaces bytes that are not UTF-8, and different keys become one. Ours is \
                  refused.",
        answers: Here(&[api_key::QUERY_NOT_UTF_8]),
    },
    Difference {
        name: "cookies_have_no_escapes",
        source: Rfc("RFC 6265 §4.1.1"),
        why: "FastAPI undoes the escapes of Python's own cookies, and keeps a quote that is not \
                  closed. A cookie's value is printable ASCII, with quotes around all of it or none.",
        answers: Here(&[api_key::COOKIE_QUOTES]),
    },
];

const SCOPES: &[Difference] = &[
    Difference {
        name: "missing_scope_is_403",
        source: Promise(SCOPE_IS_403),
        why: "FastAPI's tutorial answers 401 to a good token that lacks a scope, and clients log \
                  in again in vain. Ours is `403 insufficient_scope`, with a challenge that names \
                  what is needed (RFC 6750 §3.1).",
        answers: Here(&[composition::MISSING_SCOPE, tutorial::MISSING_SCOPE]),
    },
    Difference {
        name: "scopes_are_needed_once",
        source: Rfc("RFC 6749 §3.3"),
        why: "FastAPI's `SecurityScopes` repeats a scope that two dependencies ask for, in its \
                  list and in the challenge. Scopes are a set: each is there once, the outermost \
                  first.",
        answers: Here(&[composition::SCOPES_ONCE]),
    },
    Difference {
        name: "bad_token_is_called_so",
        source: Rfc("RFC 6750 §3.1"),
        why: "FastAPI's tutorial answers a bad token with the same bare challenge as none. Ours \
                  says `error=\"invalid_token\"`, and the scopes only where they are what is missing.",
        answers: Here(&[composition::BAD_TOKEN, tutorial::BAD_TOKEN]),
    },
];

#[test]
fn each_has_a_source_and_a_reason() {
    let mut kept = BTreeSet::new();
    for difference in all() {
        let name = difference.name;
        match difference.source {
            Promise(promise) => {
                assert!(PROMISES.contains(&promise), "{name}: nobody promised it");
                kept.insert(promise);
            }
            Rfc(section) => {
                let (number, section) = section.strip_prefix("RFC ").unwrap().split_at(4);
                assert!(number.parse::<u16>().is_ok(), "{name}");
                let named = section.starts_with(" §") || section.starts_with(" appendix ");
                assert!(named, "{name}: no section");
            }
        }
        assert!(difference.why.ends_with('.'), "{name}: not a sentence");
    }
    assert_eq!(kept.len(), PROMISES.len(), "only {kept:?}");
}

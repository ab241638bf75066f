//! Answers of the tutorial that differ.

use super::INVALID_TOKEN;
use crate::fastapi::compare::Answers::Here;
use crate::fastapi::compare::Source::Rfc;
use crate::fastapi::compare::{Difference, Group};

pub(super) const ALL: &[Difference] = &[
    Difference {
        name: "tokens_say_how_long",
        source: Rfc("RFC 6749 §5.1"),
        why: "The tutorial's token response is `access_token` and `token_type`. Ours has \
                  `expires_in` too, and the `scope` that was granted, if any.",
        answers: Here(&[TOKEN_RESPONSE]),
    },
    Difference {
        name: "logins_are_refused_as_oauth_does",
        source: Rfc("RFC 6749 §5.2"),
        why: "The status and the text of the tutorial's third lesson, and beside them \
                  `invalid_grant`, for OAuth clients.",
        answers: Here(&[BAD_LOGIN]),
    },
    Difference {
        name: "names_are_the_same_in_any_case",
        source: Rfc("RFC 8265 §3.3"),
        why: "To FastAPI's tutorial, `JohnDoe` is nobody. To us it is `johndoe`: two accounts \
                  that people cannot tell apart are not two.",
        answers: Here(&[NAME_IN_ANOTHER_CASE]),
    },
    Difference {
        name: "scopes_are_not_for_the_asking",
        source: Rfc("RFC 6749 §3.3"),
        why: "The tutorial puts every scope into the token that the login asks for. Ours grants \
                  what the user has; a scope that nobody declared is `invalid_scope`.",
        answers: Here(&[SCOPE_OF_NOBODY]),
    },
    Difference {
        name: "wrong_basic_credentials_are_called_so",
        source: Rfc("RFC 9110 §15.5.2"),
        why: "The text of the tutorial's lesson on Basic is the application's own. `refused()` \
                  has one text for every scheme, an `error`, and the challenge of the scheme.",
        answers: Here(&[BAD_BASIC]),
    },
];

const TOKEN: &str = r#"200 {"access_token":"…","token_type":"bearer"}"#;
const TOKEN_WITH_ALL: &str = r#"200 {"access_token":"…","token_type":"bearer","expires_in":900,"scope":"items:read users:read"}"#;
const BAD: &str = r#"400 {"detail":"Incorrect username or password"}"#;

const TOKEN_RESPONSE: &[Group] = &[
    Group {
        fastapi: TOKEN,
        ours: TOKEN_WITH_ALL,
        cases: &["tutorial/token: {right|no scope asked for}"],
    },
    Group {
        fastapi: TOKEN,
        ours: r#"200 {"access_token":"…","token_type":"bearer","expires_in":900}"#,
        cases: &["tutorial/token: an inactive user"],
    },
];

const BAD_LOGIN: &[Group] = &[Group {
    fastapi: BAD,
    ours: r#"400 {"detail":"Incorrect username or password","error":"invalid_grant","error_description":"Incorrect username or password"}"#,
    cases: &[
        "tutorial/token: {wrong password|the password in another case|the password of another}",
        "tutorial/token: {unknown user|an inactive user, wrong password}",
    ],
}];

const NAME_IN_ANOTHER_CASE: &[Group] = &[Group {
    fastapi: BAD,
    ours: TOKEN_WITH_ALL,
    cases: &["tutorial/token: the name in another case"],
}];

/// FastAPI's tutorial puts into the token whatever is asked for.
const SCOPE_OF_NOBODY: &[Group] = &[Group {
    fastapi: TOKEN,
    ours: r#"400 {"detail":"a scope in the request does not exist here","error":"invalid_scope","error_description":"a scope in the request does not exist here"}"#,
    cases: &["tutorial/token: a scope that nobody gave"],
}];

pub(super) const MISSING: &[Group] = &[Group {
    fastapi: r#"422 {"detail":[{"type":"missing","loc":["body","password"],"msg":"Field required","input":null}]}"#,
    ours: r#"400 {"detail":"password is missing","error":"invalid_request","error_description":"password is missing"}"#,
    cases: &["tutorial/token: no password"],
}];

pub(super) const ECHOED: &[Group] = &[Group {
    fastapi: r#"422 {"detail":[{"type":"string_pattern_mismatch","loc":["body","grant_type"],"msg":"String should match pattern '^password$'","input":"refresh_token","ctx":{"pattern":"^password$"}}]}"#,
    ours: r#"400 {"detail":"This grant type is not offered here","error":"unsupported_grant_type","error_description":"This grant type is not offered here"}"#,
    cases: &["tutorial/token: another grant type"],
}];

pub(super) const BAD_TOKEN: &[Group] = &[
    Group {
        fastapi: r#"401 {"detail":"Could not validate credentials"} | Bearer"#,
        ours: INVALID_TOKEN,
        cases: &["tutorial/status: {a bad|an unsigned} token"],
    },
    Group {
        fastapi: r#"401 {"detail":"Could not validate credentials"} | Bearer scope="users:read""#,
        ours: INVALID_TOKEN,
        cases: &["tutorial/me: a bad token"],
    },
    Group {
        fastapi: r#"401 {"detail":"Could not validate credentials"} | Bearer scope="items:read users:read""#,
        ours: INVALID_TOKEN,
        cases: &["tutorial/items: a bad token"],
    },
];

pub(super) const MISSING_SCOPE: &[Group] = &[
    Group {
        fastapi: r#"401 {"detail":"Not enough permissions"} | Bearer scope="users:read""#,
        ours: r#"403 {"detail":"Not enough permissions","error":"insufficient_scope"} | Bearer error="insufficient_scope", scope="users:read""#,
        cases: &["tutorial/me: a scope is missing"],
    },
    Group {
        fastapi: r#"401 {"detail":"Not enough permissions"} | Bearer scope="items:read users:read""#,
        ours: r#"403 {"detail":"Not enough permissions","error":"insufficient_scope"} | Bearer error="insufficient_scope", scope="items:read users:read""#,
        cases: &["tutorial/items: the {outer|inner} scope is missing"],
    },
];

const BAD_BASIC: &[Group] = &[Group {
    fastapi: r#"401 {"detail":"Incorrect username or password"} | Basic"#,
    ours: r#"401 {"detail":"Could not validate credentials","error":"invalid_credentials"} | Basic realm="api", charset="UTF-8""#,
    cases: &["tutorial/basic: {wrong password|unknown user}"],
}];

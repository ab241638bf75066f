//! Places of the document that differ.

use super::{AS_AT_RUN_TIME, COMPOSED, FAILS_AT_START, MOUNTED_ANYWHERE};
use crate::fastapi::compare::Answers::Here;
use crate::fastapi::compare::Source::{Promise, Rfc};
use crate::fastapi::compare::{Difference, Group};

pub(super) const ALL: &[Difference] = &[
    Difference {
        name: "and_is_one_object",
        source: Promise(COMPOSED),
        why: "Two credentials that are both required are written by FastAPI as alternatives, and \
                  whoever reads the document sends one of them and gets 401. What is needed together \
                  stands in one object.",
        answers: Here(&[TOGETHER]),
    },
    Difference {
        name: "refusals_are_in_the_document",
        source: Promise(AS_AT_RUN_TIME),
        why: "FastAPI's document knows no 401 and no 403. Ours has every answer that an operation \
                  can give.",
        answers: Here(&[ANSWERS]),
    },
    Difference {
        name: "defects_of_the_document_fail_at_the_start",
        source: Promise(FAILS_AT_START),
        why: "Of two schemes with one name FastAPI keeps the last, so that the document is wrong \
                  about the other; and it writes down scopes that no flow offers. Our app does not \
                  start, and says where.",
        answers: Here(&[DEFECTS]),
    },
    Difference {
        name: "one_place_has_one_credential",
        source: Rfc("RFC 9110 §11.6.2"),
        why: "A request has one `Authorization` header. FastAPI documents an operation that needs two \
              credentials in it, which no request can satisfy, and alternatives of which the second \
              is never asked. With us such an app does not start.",
        answers: Here(&[IN_ONE_PLACE]),
    },
    Difference {
        name: "urls_are_relative_to_the_document",
        source: Promise(MOUNTED_ANYWHERE),
        why: "FastAPI's relative `tokenUrl` means what the server's address makes of it, which \
                  breaks behind a prefix. Our document says `servers: [{\"url\": \".\"}]`: its own \
                  folder.",
        answers: Here(&[SERVERS]),
    },
];

const SERVERS: &[Group] = &[Group {
    fastapi: "null",
    ours: r#"[{"url":"."}]"#,
    cases: &["document: servers"],
}];

/// FastAPI writes what it needs together as alternatives.
const TOGETHER: &[Group] = &[
    Group {
        fastapi: r#"[{"HTTPBearer":[]},{"APIKeyHeader":[]}]"#,
        ours: r#"[{"HTTPBearer":[],"APIKeyHeader":[]}]"#,
        cases: &["document: /{and|nested/key} security"],
    },
    Group {
        fastapi: r#"[{"HTTPBearer":[]},{"APIKeyHeader":[]}]"#,
        ours: r#"[{"HTTPBearer":[],"APIKeyHeader":[]},{"HTTPBearer":[]}]"#,
        cases: &["document: /and/optional security"],
    },
    Group {
        fastapi: r#"[{"HTTPBearer":[]},{"APIKeyHeader":[]},{"APIKeyCookie":[]}]"#,
        ours: r#"[{"HTTPBearer":[],"APIKeyHeader":[]},{"APIKeyCookie":[]}]"#,
        cases: &["document: /or/both security"],
    },
    Group {
        fastapi: r#"[{"HTTPBearer":[]},{"APIKeyHeader":[]}]"#,
        ours: r#"[{"HTTPBearer":[],"APIKeyHeader":[]},{"HTTPBearer":[]},{"APIKeyHeader":[]},{}]"#,
        cases: &["document: /and/both_optional security"],
    },
];

const IN_ONE_PLACE: &[Group] = &[
    Group {
        fastapi: r#"{"schemes":{"HTTPBasic":{"type":"http","scheme":"basic"},"HTTPBearer":{"type":"http","scheme":"bearer"}},"security":[{"HTTPBasic":[]},{"HTTPBearer":[]}]}"#,
        ours: r#""GET /a asks for `HTTPBasic` and for `HTTPBearer`, which no request can have together, such as two in one Authorization header; ask for one of them, or for either with AnyOf""#,
        cases: &["document: never_together"],
    },
    Group {
        fastapi: r#"{"schemes":{"OAuth2PasswordBearer":{"type":"oauth2","flows":{"password":{"tokenUrl":"token","scopes":{"items":"Read items.","me":"Read yourself."}}}},"OAuth2AuthorizationCodeBearer":{"type":"oauth2","flows":{"authorizationCode":{"authorizationUrl":"https://id.example.com/authorize","tokenUrl":"https://id.example.com/token","scopes":{}}}}},"security":[{"OAuth2PasswordBearer":[]},{"OAuth2AuthorizationCodeBearer":[]}]}"#,
        ours: r#""GET /a offers `OAuth2PasswordBearer` or `OAuth2AuthorizationCodeBearer`, but `OAuth2PasswordBearer` decides whenever `OAuth2AuthorizationCodeBearer` is there too; give `OAuth2AuthorizationCodeBearer` another place in the request, or leave it out""#,
        cases: &["document: never_reached"],
    },
];

const ANSWERS: &[Group] = &[
    Group {
        fastapi: r#"["200"]"#,
        ours: r#"["200","400","401"]"#,
        cases: &[
            "document: /api_key_{query|header|header_named|cookie}/{required|optional} answers",
            "document: /http_{basic|basic_realm|bearer|bearer_named|digest}/{required|optional} answers",
            "document: /oauth2{|_password|_password_named|_code|_code_named}/{required|optional} answers",
            "document: /open_id_connect/{required|optional} answers",
            "document: /{and|and/optional|and/both_optional|or|or/optional|or/three|or/both} answers",
            "document: /{nested/bearer|nested/key|scopes/none} answers",
        ],
    },
    Group {
        fastapi: r#"["200"]"#,
        ours: r#"["200","400","401","403"]"#,
        cases: &["document: /scopes/{me|items|repeated|siblings} answers"],
    },
    Group {
        fastapi: r#"["200","422"]"#,
        ours: r#"["200","400","413"]"#,
        cases: &["document: /form/{loose|strict} answers"],
    },
];

const DEFECTS: &[Group] = &[
    Group {
        fastapi: r#"{"schemes":{"APIKeyHeader":{"type":"apiKey","in":"header","name":"X-B"}},"security":[{"APIKeyHeader":[]}]}"#,
        ours: r#""the security scheme `APIKeyHeader` is defined twice, differently: by GET /a and by GET /b; give one of them another NAME""#,
        cases: &["document: name_twice"],
    },
    Group {
        fastapi: r#"{"schemes":{"OAuth2PasswordBearer":{"type":"oauth2","flows":{"password":{"tokenUrl":"token","scopes":{"items":"Read items.","me":"Read yourself."}}}}},"security":[{"OAuth2PasswordBearer":["zzz"]}]}"#,
        ours: r#""GET /a needs the scope `zzz`, which the security scheme `OAuth2PasswordBearer` does not declare (it is first asked for by GET /a); declare it where the token is issued, with AuthBuilder::scope, or in SCOPES of your flow""#,
        cases: &["document: undeclared"],
    },
];

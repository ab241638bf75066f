//! The document that the arguments' types write.

mod defects;
mod forms;
mod mounted;
mod schemes;

use portcullis::openapi::{ApiRouter, Document, routing};
use portcullis::scheme::{PasswordFlow, SecurityScheme};
use portcullis::{
    AccessToken, ActiveUser, Auth, CurrentUser, OAuth2PasswordBearer, OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict, Security,
};
use serde_json::{Value, json};

use crate::extract::{Both, Nothing, ReadItems, routes};
use crate::fixture::{House, get, send};

fn document(api: ApiRouter<Auth>) -> Value {
    let scopes = [
        ("items:read", "Read items."),
        ("items:write", "Write items."),
    ];
    let document =
        Document::new("Test", "1.0").tokens_from("OAuth2PasswordBearer", "token", scopes);
    document.finish(api).unwrap().1
}

/// The only operation of an API with one route.
fn operation(route: aide::axum::routing::ApiMethodRouter<Auth>) -> Value {
    document(ApiRouter::new().api_route("/", route))["paths"]["/"]["get"].clone()
}

fn statuses(operation: &Value) -> Vec<&str> {
    let responses = operation["responses"].as_object().unwrap();
    responses.keys().map(String::as_str).collect()
}

/// The requirement of `scopes`.
fn bearer(scopes: &[&str]) -> Value {
    json!({ "OAuth2PasswordBearer": scopes })
}

const TOKEN: [&str; 3] = ["200", "400", "401"];
const TOKEN_SCOPED: [&str; 4] = ["200", "400", "401", "403"];
const USER: [&str; 4] = ["200", "400", "401", "503"];
const USER_SCOPED: [&str; 5] = ["200", "400", "401", "403", "503"];

macro_rules! alone_and_optional {
    ($extractor:ty, $scopes:expr, $statuses:expr) => {{
        let name = stringify!($extractor);
        let required = operation(routing::get(async |_: $extractor| "in"));
        let needed = bearer(&$scopes);
        assert_eq!(required["security"], json!([needed]), "{name}");
        assert_eq!(statuses(&required), $statuses, "{name}");
        let optional = operation(routing::get(async |_: Option<$extractor>| "in"));
        assert_eq!(optional["security"], json!([needed, {}]), "Option<{name}>");
        assert_eq!(statuses(&optional), $statuses, "Option<{name}>");
    }};
}

#[test]
fn each_extractor_alone_and_optional() {
    alone_and_optional!(OAuth2PasswordBearer, [], TOKEN);
    alone_and_optional!(AccessToken, [], TOKEN);
    alone_and_optional!(CurrentUser, [], USER);
    alone_and_optional!(ActiveUser, [], USER);
    alone_and_optional!(Security<AccessToken, ReadItems>, ["items:read"], TOKEN_SCOPED);
    alone_and_optional!(Security<CurrentUser, ReadItems>, ["items:read"], USER_SCOPED);
    alone_and_optional!(Security<ActiveUser, ReadItems>, ["items:read"], USER_SCOPED);
    alone_and_optional!(Security<ActiveUser, Both>, ["items:read", "items:write"], USER_SCOPED);
    alone_and_optional!(Security<ActiveUser, Nothing>, [], USER);
}

#[test]
fn two_at_once_are_both_required() {
    let both = operation(routing::get(
        async |_: OAuth2PasswordBearer, _: Security<ActiveUser, ReadItems>| "in",
    ));
    assert_eq!(both["security"], json!([bearer(&["items:read"])]));
    assert_eq!(statuses(&both), USER_SCOPED);
    let twice = operation(routing::get(
        async |_: Security<ActiveUser, ReadItems>, _: Security<ActiveUser, Both>| "in",
    ));
    assert_eq!(
        twice["security"],
        json!([bearer(&["items:read", "items:write"])])
    );
}

#[test]
fn one_optional_beside_one_required_is_required() {
    // In whichever order: nobody comes in without the required one.
    let first = operation(routing::get(
        async |_: Option<ActiveUser>, _: Security<ActiveUser, ReadItems>| "in",
    ));
    let last = operation(routing::get(
        async |_: Security<ActiveUser, ReadItems>, _: Option<ActiveUser>| "in",
    ));
    for operation in [first, last] {
        assert_eq!(operation["security"], json!([bearer(&["items:read"])]));
    }
    let same = operation(routing::get(
        async |_: ActiveUser, _: Option<ActiveUser>| "in",
    ));
    assert_eq!(same["security"], json!([bearer(&[])]));
}

#[test]
fn two_optional_ones_of_one_scheme_are_one() {
    // A token without the scope is refused, so it is no alternative.
    let operation = operation(routing::get(
        async |_: Option<ActiveUser>, _: Option<Security<ActiveUser, ReadItems>>| "in",
    ));
    assert_eq!(operation["security"], json!([bearer(&["items:read"]), {}]));
}

#[test]
fn nothing_asked_for_is_nothing_said() {
    let open = operation(routing::get(async || "in"));
    assert_eq!(open.get("security"), None);
    assert_eq!(statuses(&open), ["200"]);
    let document = document(ApiRouter::new().api_route("/", routing::get(async || "in")));
    assert_eq!(document["components"].get("securitySchemes"), None);
}

#[test]
fn refusals_have_a_body_and_their_headers() {
    let operation = operation(routing::get(
        async |_: Security<ActiveUser, ReadItems>| "in",
    ));
    for (status, header) in [
        ("400", None),
        ("401", Some("WWW-Authenticate")),
        ("403", Some("WWW-Authenticate")),
        ("503", Some("Retry-After")),
    ] {
        let response = &operation["responses"][status];
        let schema = &response["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Error", "{status}");
        assert!(
            response["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{status}"
        );
        let headers = response.get("headers").and_then(Value::as_object);
        let names = headers.map(|headers| headers.keys().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(names, header.map(|header| vec![header]), "{status}");
    }
}

#[tokio::test]
async fn the_whole_document_is_complete() {
    let house = House::new().await;
    let app = house.app(routes());
    let answer = send(&app, get("/openapi.json", &[])).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let text = answer.text();
    assert!(!text.contains("x-portcullis"), "a note was left");
    assert!(!text.contains("hashed_password"));
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(
        document["info"],
        json!({ "title": "Test", "version": "1.0" })
    );
    let scheme = &document["components"]["securitySchemes"]["OAuth2PasswordBearer"];
    let scopes = json!({
        "items:read": "Read items.", "items:write": "Write items.", "users:read": "Read accounts.",
    });
    let flow = json!({ "tokenUrl": "token", "scopes": scopes });
    assert_eq!(
        *scheme,
        json!({ "type": "oauth2", "flows": { "password": flow } })
    );

    let mut identifiers = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            identifiers.push(operation["operationId"].as_str().unwrap().to_owned());
            let parameters = operation.get("parameters").and_then(Value::as_array);
            // The scope that a proxy asks for is in the query of `/verify`.
            let own = path.matches('{').count() + usize::from(path == "/verify");
            assert_eq!(
                parameters.map_or(0, Vec::len),
                own,
                "{method} {path}: a credential is no parameter"
            );
        }
    }
    assert!(identifiers.len() >= 16, "{identifiers:?}");
    let count = identifiers.len();
    identifiers.sort();
    identifiers.dedup();
    assert_eq!(identifiers.len(), count, "two operations have one id");
    references_resolve(&document, &document);
}

fn references_resolve(node: &Value, document: &Value) {
    match node {
        Value::Object(members) => {
            for (name, value) in members {
                if let ("$ref", Some(reference)) = (&**name, value.as_str()) {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(
                        document.pointer(pointer).is_some(),
                        "{reference} leads nowhere"
                    );
                }
                references_resolve(value, document);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| references_resolve(item, document)),
        _ => {}
    }
}

#[tokio::test]
async fn the_users_own_account_has_no_hash() {
    let house = House::new().await;
    let document = send(&house.app(ApiRouter::new()), get("/openapi.json", &[]))
        .await
        .json();
    let user = document["components"]["schemas"]["User"]["properties"]
        .as_object()
        .unwrap();
    let names: Vec<_> = user.keys().map(String::as_str).collect();
    let mut expected = [
        "id",
        "username",
        "email",
        "full_name",
        "disabled",
        "scopes",
        "email_verified",
        "created_at",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn a_form_is_a_request_body() {
    let loose = document(ApiRouter::new().api_route(
        "/",
        routing::post(async |_: OAuth2PasswordRequestForm| "in"),
    ));
    let strict = document(ApiRouter::new().api_route(
        "/",
        routing::post(async |_: OAuth2PasswordRequestFormStrict| "in"),
    ));
    for (document, required) in [
        (loose, json!(["username", "password"])),
        (strict, json!(["grant_type", "username", "password"])),
    ] {
        let operation = &document["paths"]["/"]["post"];
        let body = &operation["requestBody"];
        assert_eq!(body["required"], true);
        let content = body["content"].as_object().unwrap();
        assert_eq!(
            content.keys().collect::<Vec<_>>(),
            ["application/x-www-form-urlencoded"]
        );
        let schema = &content["application/x-www-form-urlencoded"]["schema"];
        assert_eq!(schema["required"], required);
        let fields = schema["properties"].as_object().unwrap();
        let mut expected = [
            "grant_type",
            "username",
            "password",
            "scope",
            "client_id",
            "client_secret",
        ];
        expected.sort_unstable();
        let mut names: Vec<_> = fields.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, expected);
        assert_eq!(schema["properties"]["password"]["format"], "password");
        assert_eq!(operation.get("security"), None, "a login needs no login");
        assert_eq!(statuses(operation), ["200", "400", "413"]);
        let refused = &operation["responses"]["400"]["content"]["application/json"]["schema"];
        assert_eq!(refused["$ref"], "#/components/schemas/OAuthError");
    }
}

#[tokio::test]
async fn the_token_endpoint_describes_itself() {
    let house = House::new().await;
    let document = send(&house.app(ApiRouter::new()), get("/openapi.json", &[]))
        .await
        .json();
    let operation = &document["paths"]["/token"]["post"];
    assert_eq!(statuses(operation), ["200", "400", "401", "413", "503"]);
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    let name = schema["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
    let response = document.pointer(name).unwrap();
    let mut required: Vec<_> = response["required"].as_array().unwrap().iter().collect();
    required.sort_by_key(ToString::to_string);
    assert_eq!(required, ["access_token", "expires_in", "token_type"]);
    assert!(
        response["properties"].get("refresh_token").is_some(),
        "it may be there"
    );
}

struct OwnName;
impl SecurityScheme for OwnName {
    const NAME: Option<&'static str> = Some("partners");
    const DESCRIPTION: Option<&'static str> = Some("For partners.");
}
impl PasswordFlow for OwnName {
    const TOKEN_URL: &'static str = "partners/token";
    const SCOPES: &'static [(&'static str, &'static str)] = &[("orders", "Order.")];
}

#[test]
fn a_flow_of_ones_own_stands_beside_ours() {
    let api: ApiRouter<Auth> = ApiRouter::new()
        .api_route("/ours", routing::get(async |_: ActiveUser| "in"))
        .api_route(
            "/either",
            routing::get(async |_: Option<OAuth2PasswordBearer<OwnName>>, _: ActiveUser| "in"),
        );
    let document = document(api);
    let schemes = &document["components"]["securitySchemes"];
    let flow = json!({ "tokenUrl": "partners/token", "scopes": { "orders": "Order." } });
    let expected = json!({
        "type": "oauth2", "description": "For partners.", "flows": { "password": flow },
    });
    assert_eq!(schemes["partners"], expected);
    assert!(schemes["OAuth2PasswordBearer"].is_object());
    let both = json!([
        { "OAuth2PasswordBearer": [], "partners": [] },
        { "OAuth2PasswordBearer": [] },
    ]);
    assert_eq!(document["paths"]["/either"]["get"]["security"], both);
}

#[tokio::test]
async fn the_docs_load_nothing_from_elsewhere() {
    let house = House::new().await;
    let app = house.app(ApiRouter::new());
    let page = send(&app, get("/docs", &[])).await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    let sources = page
        .text()
        .split(['"', '\''])
        .filter(|text| text.starts_with("docs/"));
    let mut assets = 0;
    for source in sources {
        assert_eq!(
            send(&app, get(&format!("/{source}"), &[])).await.status,
            200,
            "{source}"
        );
        assets += 1;
    }
    assert!(assets >= 4, "{}", page.text());
    assert!(!page.text().contains("//"), "an address: {}", page.text());
}

//! `OAuth2PasswordRequestForm` and its strict twin: what each field may be.

use axum::{Json, Router};
use portcullis::openapi::{ApiRouter, routing};
use portcullis::secret::Password;
use portcullis::{OAuth2PasswordRequestForm, OAuth2PasswordRequestFormStrict};
use serde_json::{Value, json};

use crate::fixture::{FORM, House, post, send};

/// Status, `error`, `detail`.
type Told = (u16, &'static str, &'static str);

fn shown(form: &OAuth2PasswordRequestForm) -> Json<Value> {
    Json(json!({
        "username": form.username,
        "password": form.password.expose(),
        "scopes": form.scopes,
        "grant_type": form.grant_type,
        "client_id": form.client_id,
        "client_secret": form.client_secret.as_ref().map(Password::expose),
    }))
}

pub(super) async fn app() -> Router {
    let loose = async |form: OAuth2PasswordRequestForm| shown(&form);
    let strict = async |form: OAuth2PasswordRequestFormStrict| shown(&form);
    let api = ApiRouter::new()
        .api_route("/loose", routing::post(loose))
        .api_route("/strict", routing::post(strict));
    House::new().await.app(api)
}

#[tokio::test]
async fn what_is_read() {
    let app = app().await;
    let nobody = json!({
        "username": "johndoe", "password": "secret", "scopes": [], "grant_type": null,
        "client_id": null, "client_secret": null,
    });
    let with = |name: &str, value: Value| {
        let mut form = nobody.clone();
        form[name] = value;
        form
    };
    let cases: Vec<(&str, Value)> = vec![
        ("", nobody.clone()),
        (
            "&grant_type=password",
            with("grant_type", json!("password")),
        ),
        ("&grant_type=", nobody.clone()),
        ("&scope=", nobody.clone()),
        ("&scope=items:read", with("scopes", json!(["items:read"]))),
        (
            "&scope=items:read+users:read",
            with("scopes", json!(["items:read", "users:read"])),
        ),
        (
            "&scope=users:read%20items:read",
            with("scopes", json!(["items:read", "users:read"])),
        ),
        ("&scope=a+a+a", with("scopes", json!(["a"]))),
        ("&client_id=app", with("client_id", json!("app"))),
        (
            "&client_secret=s%26%3D+%2B",
            with("client_secret", json!("s&= +")),
        ),
        ("&client_id=&client_secret=", nobody.clone()),
        ("&unknown=1&another", nobody.clone()),
        ("&", nobody.clone()),
        ("&&&", nobody.clone()),
    ];
    for (more, expected) in cases {
        let body = format!("username=johndoe&password=secret{more}");
        let answer = send(&app, post("/loose", &[FORM], body)).await;
        assert_eq!((answer.status, answer.json()), (200, expected), "{more}");
    }
}

#[tokio::test]
async fn a_password_arrives_as_it_was_typed() {
    let app = app().await;
    for (encoded, typed) in [
        ("%20+secret+%20", "  secret  "),
        ("a%2Bb", "a+b"),
        ("%2525", "%25"),
        ("100%", "100%"),
        ("%zz", "%zz"),
        ("caf%C3%A9", "café"),
        ("cafe%CC%81", "cafe\u{301}"),
        ("%F0%9F%98%80", "😀"),
        ("%00", "\0"),
        ("%0D%0A", "\r\n"),
        ("a=b=c", "a=b=c"),
        ("%26amp%3B", "&amp;"),
        ("\"';--", "\"';--"),
    ] {
        let body = format!("username=johndoe&password={encoded}");
        let answer = send(&app, post("/loose", &[FORM], body)).await;
        assert_eq!(answer.json()["password"], typed, "{encoded}");
    }
}

#[tokio::test]
async fn what_is_refused() {
    let app = app().await;
    let repeated = (400, "invalid_request", "A parameter is repeated");
    let no_username = (400, "invalid_request", "username is missing");
    let no_password = (400, "invalid_request", "password is missing");
    let utf_8 = (400, "invalid_request", "The body is not UTF-8");
    let scope = (
        400,
        "invalid_scope",
        "scope is malformed: scopes are separated by single spaces",
    );
    let grant = (400, "unsupported_grant_type", "grant_type must be password");
    let cases: &[(&[u8], Told)] = &[
        (b"", no_username),
        (b"&", no_username),
        (b"password=secret", no_username),
        (b"username=&password=secret", no_username),
        (b"Username=johndoe&password=secret", no_username),
        (b"username=johndoe", no_password),
        (b"username=johndoe&password=", no_password),
        (b"username=johndoe&password", no_password),
        (b"username=johndoe&Password=secret", no_password),
        (b"username=a&username=a&password=b", repeated),
        (b"username=a&password=b&password=c", repeated),
        (b"username=a&%70assword=b&password=c", repeated),
        (b"username=a&password=b&scope=&scope=x", repeated),
        (b"username=a&password=b&unknown=1&unknown=1", repeated),
        (b"username=%ff&password=b", utf_8),
        (b"username=a&password=%c3", utf_8),
        (b"username=a&password=\xff", utf_8),
        (b"username=a&password=%ed%a0%80", utf_8),
        (b"username=a&password=b&%ff=1", utf_8),
        (b"username=a&password=b&scope=a++b", scope),
        (b"username=a&password=b&scope=+a", scope),
        (b"username=a&password=b&scope=a%20", scope),
        (b"username=a&password=b&scope=a%09b", scope),
        (b"username=a&password=b&scope=a%22b", scope),
        (b"username=a&password=b&scope=%C3%A4", scope),
        (b"username=a&password=b&grant_type=refresh_token", grant),
        (
            b"username=a&password=b&grant_type=client_credentials",
            grant,
        ),
        (b"username=a&password=b&grant_type=Password", grant),
        (b"username=a&password=b&grant_type=password%20", grant),
        (b"username=a&password=b&grant_type=passwordx", grant),
    ];
    for (body, (status, error, detail)) in cases {
        let name = String::from_utf8_lossy(body);
        for path in ["/loose", "/strict"] {
            let body = if path == "/strict" && !name.contains("grant_type") {
                [body, &b"&grant_type=password"[..]].concat()
            } else {
                body.to_vec()
            };
            let answer = send(&app, post(path, &[FORM], body)).await;
            let expected = json!({ "detail": detail, "error": error, "error_description": detail });
            assert_eq!(
                (answer.status, answer.json()),
                (*status, expected),
                "{path} {name}"
            );
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(answer.header("www-authenticate"), None);
        }
    }
    assert_eq!(cases.len(), 30);
}

#[tokio::test]
async fn strict_asks_for_the_grant_type() {
    let app = app().await;
    for more in ["", "&grant_type="] {
        let body = format!("username=johndoe&password=secret{more}");
        let answer = send(&app, post("/strict", &[FORM], body)).await;
        assert_eq!(
            (answer.status, &answer.json()["detail"]),
            (400, &json!("grant_type is missing"))
        );
        assert_eq!(answer.json()["error"], "invalid_request");
    }
    let body = "grant_type=password&username=johndoe&password=secret";
    let answer = send(&app, post("/strict", &[FORM], body)).await;
    assert_eq!(
        (answer.status, &answer.json()["username"]),
        (200, &json!("johndoe"))
    );
}

//! `GET /verify`, as a reverse proxy asks it: `204`, `401`, `403`, `503`, and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use portcullis::openapi::ApiRouter;
use portcullis::scope::Scopes;
use portcullis::secret::Password;
use portcullis::store::{
    Answer as Found, Credential, InsertedUser, MemoryStore, NewUser, UserSource, Users,
};
use portcullis::user::{User, UserId, Username};
use serde_json::json;

use crate::extract::scopes::SameEpoch;
use crate::extract::store_away::{AWAY, STRANGE, moody_house};
use crate::fixture::{Answer, House, bearer, get, post, send};

const INVALID: &str = r#"Bearer error="invalid_token""#;
const TOO_LITTLE: &str = r#"Bearer error="insufficient_scope""#;

fn app(house: &House) -> Router {
    house.app(ApiRouter::new())
}

/// What the proxy reads: user, subject, scope.
fn told(answer: &Answer) -> [Option<&str>; 3] {
    ["user", "subject", "scope"].map(|name| answer.header(&format!("x-portcullis-{name}")))
}

fn refused(answer: &Answer, status: u16, error: &str, challenge: Option<&str>) {
    assert_eq!(answer.refusal(), (status, error.to_owned(), challenge));
    assert_eq!(told(answer), [None; 3]);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_good_token_passes_and_its_user_is_told() {
    let house = House::new().await;
    let answer = send(&app(&house), bearer("/verify", &house.johndoe().await)).await;
    assert_eq!((answer.status, answer.text()), (204, ""));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let name = Username::parse("johndoe").unwrap();
    let found = house.store.find_by_username(&name).await.unwrap().unwrap();
    let id = found.user.id.as_str();
    let scope = "items:read users:read";
    assert_eq!(told(&answer), [Some("johndoe"), Some(id), Some(scope)]);
}

#[tokio::test]
async fn without_a_token_it_is_401_and_the_plain_challenge() {
    let house = House::new().await;
    for value in [None, Some("Bearer"), Some("Bearer  "), Some("Basic Og==")] {
        let headers = value.map(|value| ("authorization", value));
        let answer = send(&app(&house), get("/verify", headers.as_slice())).await;
        refused(&answer, 401, "not_authenticated", Some("Bearer"));
    }
    // Where a token must not be.
    let in_query = format!("/verify?access_token={}", house.johndoe().await);
    let answer = send(&app(&house), get(&in_query, &[])).await;
    refused(&answer, 401, "not_authenticated", Some("Bearer"));
}

#[tokio::test]
async fn a_token_that_is_no_good_is_401() {
    let house = House::new().await;
    let good = house.johndoe().await;
    let two = ("authorization", &*format!("Bearer {good}"));
    let spoilt = format!("{good}A");
    for (what, request) in [
        ("spoilt", bearer("/verify", &spoilt)),
        ("no token", bearer("/verify", "x")),
        ("two headers", get("/verify", &[two, two])),
        (
            "two schemes",
            get("/verify", &[("authorization", "Basic Og=="), two]),
        ),
        ("inactive", bearer("/verify", &house.alice().await)),
    ] {
        let answer = send(&app(&house), request).await;
        assert_eq!(answer.status, 401, "{what}");
        refused(&answer, 401, "invalid_token", Some(INVALID));
    }
}

#[tokio::test]
async fn a_token_is_over_at_the_very_next_question() {
    let house = House::new().await;
    let app = app(&house);
    let refused_now = async |token: &str| {
        let answer = send(&app, bearer("/verify", token)).await;
        refused(&answer, 401, "invalid_token", Some(INVALID));
    };
    let asked = async |token: &str| send(&app, bearer("/verify", token)).await.status;

    let revoked = house.johndoe().await;
    assert_eq!(asked(&revoked).await, 204);
    let form = [crate::fixture::FORM];
    let answer = send(&app, post("/revoke", &form, format!("token={revoked}"))).await;
    assert_eq!(answer.status, 200);
    refused_now(&revoked).await;

    let outdated = house.johndoe().await;
    let administration = house.administration();
    administration.set_disabled("johndoe", true).await.unwrap();
    refused_now(&outdated).await;
    administration.set_disabled("johndoe", false).await.unwrap();
    refused_now(&outdated).await;

    let expired = house.johndoe().await;
    assert_eq!(asked(&expired).await, 204);
    house.clock.advance(900);
    refused_now(&expired).await;

    // Like every token whose subject is no user's.
    let orphaned = house.johndoe().await;
    assert_eq!(asked(&orphaned).await, 204);
    administration.delete("johndoe").await.unwrap();
    refused_now(&orphaned).await;
}

#[tokio::test]
async fn the_scopes_of_the_address_are_needed() {
    let house = House::new().await;
    let all = house.johndoe().await;
    let narrow = "username=johndoe&password=secret&scope=items%3Aread";
    let narrow = house.token(narrow).await;
    for (token, scope, lacks) in [
        (&all, "items:read", false),
        (&all, "items:read+users:read", false),
        (&all, "users:read%20items%3Aread", false),
        (&narrow, "items:read", false),
        (&narrow, "users:read", true),
        (&narrow, "items:read%20users:read", true),
        (&all, "items:write", true),
    ] {
        let path = format!("/verify?scope={scope}");
        let answer = send(&app(&house), bearer(&path, token)).await;
        if !lacks {
            assert_eq!(answer.status, 204, "{path}");
            continue;
        }
        let needed = scope.replace("%20", " ");
        let challenge = format!("{TOO_LITTLE}, scope=\"{needed}\"");
        refused(&answer, 403, "insufficient_scope", Some(&challenge));
    }
    let answer = send(&app(&house), bearer("/verify", &narrow)).await;
    assert_eq!(answer.header("x-portcullis-scope"), Some("items:read"));
}

/// A user may be given a scope that nobody declared, and then has it in the token.
#[tokio::test]
async fn an_address_that_cannot_be_right_lets_nobody_pass() {
    let house = House::new().await;
    house.add("jane", "secret", "items:read undeclared").await;
    let token = house.token("username=jane&password=secret").await;
    for query in [
        "scope=undeclared",
        "scope=items:read+undeclared",
        "scope=no:such",
        "scope=",
        "scope",
        "scope=+",
        "scope=items:read++items:read",
        "scope=items:read+",
        "scope=items:read,users:read",
        "scope=%22",
        "scope=%ff",
        "scope=%zz",
        "scope=items:read&scope=items:read",
        "scope=items:read&%73cope=items:read",
        "scopes=items:read",
        "Scope=items:read",
        "scope%00=items:read",
        "%ff=items:read",
        "scope=items:read&a",
        "=",
    ] {
        let path = format!("/verify?{query}");
        let answer = send(&app(&house), bearer(&path, &token)).await;
        assert_eq!(answer.status, 403, "{query}");
        refused(&answer, 403, "insufficient_scope", Some(TOO_LITTLE));
        // A caller without a token learns nothing of it.
        let answer = send(&app(&house), get(&path, &[])).await;
        refused(&answer, 401, "not_authenticated", Some("Bearer"));
    }
    for nothing in ["/verify?", "/verify?&", "/verify?%73cope=items:read&"] {
        assert_eq!(
            send(&app(&house), bearer(nothing, &token)).await.status,
            204
        );
    }
}

/// A user with a name that nobody may choose today, as a row from before has it.
async fn add_from_before(house: &House, name: &str, password: &str) {
    let hash = house.auth.pool().hash(&Password::new(password)).await;
    let user = NewUser {
        id: UserId::random().unwrap(),
        username: Username::parse(name).unwrap(),
        email: None,
        email_verified: false,
        full_name: None,
        hashed_password: Some(hash.unwrap()),
        disabled: false,
        scopes: Scopes::none(),
        created_at: house.auth.now(),
        mail: None,
    };
    let inserted = house.store.insert_user(user).await.unwrap();
    assert_eq!(inserted, InsertedUser::Inserted);
}

#[tokio::test]
async fn any_username_is_a_safe_header() {
    let house = House::new().await;
    for (name, header) in [
        ("josé", "jos%C3%A9"),
        ("山田太郎", "%E5%B1%B1%E7%94%B0%E5%A4%AA%E9%83%8E"),
        ("100%", "100%25"),
        ("a%0d%0ab", "a%250d%250ab"),
        ("o\"brien,;=", "o\"brien,;="),
        ("JohnDoe2", "JohnDoe2"),
    ] {
        add_from_before(&house, name, "secret").await;
        let form = [("username", name), ("password", "secret")];
        let form = form.map(|(name, value)| {
            let value =
                percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
            format!("{name}={value}")
        });
        let token = house.token(&form.join("&")).await;
        let answer = send(&app(&house), bearer("/verify", &token)).await;
        assert_eq!(answer.status, 204, "{name}");
        assert_eq!(answer.header("x-portcullis-user"), Some(header));
        // There, so that it replaces what a client sent under its name.
        assert_eq!(answer.header("x-portcullis-scope"), Some(""));
    }
}

#[tokio::test]
async fn it_is_asked_by_get_and_head_alone() {
    let house = House::new().await;
    let token = house.johndoe().await;
    let ask = async |method: Method| {
        let request = Request::builder().method(method).uri("/verify");
        let request = request.header("authorization", format!("Bearer {token}"));
        send(&app(&house), request.body(Body::empty()).unwrap()).await
    };
    let head = ask(Method::HEAD).await;
    assert_eq!((head.status, told(&head)[0]), (204, Some("johndoe")));
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let answer = ask(method).await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("GET,HEAD"))
        );
        assert_eq!(told(&answer), [None; 3]);
    }
}

/// Users, and how often somebody asked for one by its subject.
struct Asked(Arc<MemoryStore>, Arc<AtomicUsize>);

impl UserSource for Asked {
    type User = User;

    fn find_by_username<'a>(&'a self, name: &'a Username) -> Found<'a, Option<Credential<User>>> {
        self.0.find_by_username(name)
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Found<'a, Option<User>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.find_by_subject(subject)
    }
}

#[tokio::test]
async fn without_the_database_nobody_passes() {
    let (house, mood) = moody_house().await;
    let (app, token) = (app(&house), house.johndoe().await);
    let body = r#"{"detail":"Temporarily unavailable","error":"temporarily_unavailable"}"#;
    for state in [AWAY, STRANGE] {
        mood.store(state, Ordering::SeqCst);
        for path in ["/verify", "/verify?scope=items:read", "/verify?scope="] {
            let answer = send(&app, bearer(path, &token)).await;
            refused(&answer, 503, "temporarily_unavailable", None);
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert_eq!(answer.text(), body);
        }
    }
}

#[tokio::test]
async fn the_database_is_asked_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let house = House::with_users_kept_by(|store| Asked(store, asked.clone())).await;
    let token = house.johndoe().await;
    let request = bearer("/verify?scope=items:read", &token);
    assert_eq!(send(&app(&house), request).await.status, 204);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// A row written by hand may take a scope away and leave the token alive.
#[tokio::test]
async fn a_scope_counts_only_while_the_user_has_it() {
    let house = House::with_users_kept_by(SameEpoch).await;
    let (app, token) = (app(&house), house.johndoe().await);
    let path = "/verify?scope=items:read";
    assert_eq!(send(&app, bearer(path, &token)).await.status, 204);
    let (none, items) = (Scopes::none(), Scopes::parse("items:read").unwrap());
    let accounts = house.administration();
    accounts
        .change_scopes("johndoe", &none, &items)
        .await
        .unwrap();
    let answer = send(&app, bearer(path, &token)).await;
    let challenge = format!("{TOO_LITTLE}, scope=\"items:read\"");
    refused(&answer, 403, "insufficient_scope", Some(&challenge));
    let answer = send(&app, bearer("/verify", &token)).await;
    assert_eq!(answer.header("x-portcullis-scope"), Some("users:read"));
}

#[tokio::test]
async fn the_document_says_so() {
    let house = House::new().await;
    let document = send(&app(&house), get("/openapi.json", &[])).await.json();
    let operation = &document["paths"]["/verify"]["get"];
    assert_eq!(
        operation["security"],
        json!([{ "OAuth2PasswordBearer": [] }])
    );
    let responses = operation["responses"].as_object().unwrap();
    let statuses: Vec<_> = responses.keys().map(String::as_str).collect();
    assert_eq!(statuses, ["204", "401", "403", "503"]);
    let headers = responses["204"]["headers"].as_object().unwrap();
    let names: Vec<_> = headers.keys().map(String::as_str).collect();
    let expected = [
        "X-Portcullis-Scope",
        "X-Portcullis-Subject",
        "X-Portcullis-User",
    ];
    assert_eq!(names, expected);
    let parameter = &operation["parameters"][0];
    assert_eq!(
        (&parameter["name"], &parameter["in"]),
        (&json!("scope"), &json!("query"))
    );
    let one = "(items:read|items:write|users:read)";
    let pattern = format!("^{one}( {one})*$");
    assert_eq!(parameter["schema"]["pattern"], json!(pattern));
    assert_ne!(parameter["required"], json!(true));
}

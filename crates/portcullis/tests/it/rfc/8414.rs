//! RFC 8414: the server's metadata: rows M.

use portcullis::account::ClientDraft;
use portcullis::auth::AuthBuilder;
use portcullis::store::MemoryStore;
use portcullis::token::SigningAlgorithm;
use portcullis::user::User;
use serde_json::{Value, json};

use super::dialogue::{LOGIN, app, ask, text, tokens};
use crate::client::{InForm, draft, public};
use crate::fixture::{FORM, House, basic, bearer, get, key_for, post, send};

const PATH: &str = "/.well-known/oauth-authorization-server";

async fn metadata(house: &House) -> Value {
    let answer = send(&app(house), get(PATH, &[])).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

/// In every configuration that changes what is offered.
async fn houses() -> Vec<(&'static str, House)> {
    let signing = |algorithm| House::built(move |auth| auth.signing_key(key_for(algorithm)));
    vec![
        ("plain", House::new().await),
        ("without sessions", House::without_sessions().await),
        (
            "without passwords",
            House::built(|auth| auth.password_grant(false)).await,
        ),
        ("strict", House::built(|auth| auth.strict(true)).await),
        ("Ed25519", signing(SigningAlgorithm::EdDsa).await),
        ("RS256", signing(SigningAlgorithm::Rs256).await),
        ("nothing", nothing().await),
    ]
}

/// A house that offers no grant and has no scopes.
async fn nothing() -> House {
    let auth = portcullis::Auth::builder(MemoryStore::new())
        .issuer(crate::fixture::ISSUER)
        .hashing(crate::fixture::cheap())
        .password_grant(false);
    let auth = auth.build().unwrap();
    House {
        auth,
        ..House::new().await
    }
}

#[tokio::test]
async fn s3_between_host_and_path() {
    for (issuer, path) in [
        ("https://example.com", ""),
        ("https://example.com/", ""),
        ("https://example.com/auth", "/auth"),
        ("https://example.com/auth/", "/auth"),
        ("https://example.com:8443/a/b", "/a/b"),
    ] {
        let house = House::built(|auth| auth.issuer(issuer)).await;
        let answer = send(&app(&house), get(&format!("{PATH}{path}"), &[])).await;
        assert_eq!(answer.status, 200, "{issuer}");
        assert_eq!(answer.json()["issuer"], issuer);
        let appended = send(&app(&house), get(&format!("{path}{PATH}"), &[])).await;
        assert_eq!(appended.status == 200, path.is_empty(), "{issuer}");
    }
}

#[tokio::test]
async fn s3_2_an_object_in_json() {
    let house = House::new().await;
    let answer = send(&app(&house), get(PATH, &[])).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/json"))
    );
    assert!(answer.json().is_object());
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
}

#[tokio::test]
async fn s3_3_the_issuer_is_the_tokens_byte_for_byte() {
    for issuer in [
        "http://127.0.0.1:8000",
        "https://EXAMPLE.com/",
        "https://example.com:443",
    ] {
        let house = House::built(|auth| auth.issuer(issuer)).await;
        let told = metadata(&house).await;
        assert_eq!(told["issuer"], issuer);
        let issued = tokens(&house, LOGIN).await;
        assert_eq!(super::dialogue::claims(&issued)["iss"], issuer);
    }
}

#[tokio::test]
async fn s2_what_must_be_there() {
    for (name, house) in houses().await {
        let told = metadata(&house).await;
        assert_eq!(told["issuer"], "http://127.0.0.1:8000", "{name}");
        assert_eq!(
            told["token_endpoint"], "http://127.0.0.1:8000/token",
            "{name}"
        );
        // Required, and there is no authorization endpoint whose responses it could list.
        assert_eq!(told["response_types_supported"], json!([]), "{name}");
        assert_eq!(told.get("authorization_endpoint"), None, "{name}");
        assert_eq!(told.get("registration_endpoint"), None, "{name}");
    }
    let told = metadata(&House::new().await).await;
    assert_eq!(
        told["scopes_supported"],
        json!(["items:read", "items:write", "users:read"])
    );
}

/// Whether `POST /token` knows the grant at all.
async fn is_offered(house: &House, grant: &str) -> bool {
    let answer = ask(house, &format!("grant_type={grant}")).await;
    answer.json()["error"] != "unsupported_grant_type"
}

#[tokio::test]
async fn s2_the_grants_are_those_that_are_offered() {
    let all = [
        "password",
        "refresh_token",
        "client_credentials",
        "authorization_code",
        "implicit",
        "x",
    ];
    for (name, house) in houses().await {
        let told = metadata(&house).await;
        let listed = told["grant_types_supported"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for grant in all {
            let is_listed = listed.contains(&json!(grant));
            assert_eq!(
                is_listed,
                is_offered(&house, grant).await,
                "{name}: {grant}"
            );
        }
        assert_eq!(listed.is_empty(), name == "nothing", "{name}: {listed:?}");
        // A login without `grant_type` is the password grant too.
        let login = ask(&house, LOGIN).await.json();
        let is_login_offered = name != "strict" && listed.contains(&json!("password"));
        let has_user = login["error"] != "unsupported_grant_type" && name != "strict";
        assert_eq!(has_user, is_login_offered, "{name}: {login}");
    }
}

/// Whether a client can prove itself so at `path`.
async fn is_taken(client: &InForm<'_>, way: &str, (path, form): (&str, &str)) -> bool {
    let InForm { house, id, secret } = client;
    let basic = basic(&format!("{id}:{secret}"));
    let answer = match way {
        "client_secret_basic" => {
            let headers = [FORM, ("authorization", &*basic)];
            send(&app(house), post(path, &headers, form)).await
        }
        "client_secret_post" => client.post(path, form).await,
        "none" => {
            let public = format!("{form}&client_id={id}");
            send(&app(house), post(path, &[FORM], public)).await
        }
        other => unreachable!("{other}"),
    };
    let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    answer["error"] != "invalid_client"
}

const WAYS: [&str; 3] = ["none", "client_secret_basic", "client_secret_post"];

#[tokio::test]
async fn s2_the_ways_to_prove_a_client() {
    let house = House::new().await;
    let told = metadata(&house).await;
    assert_eq!(told["token_endpoint_auth_methods_supported"], json!(WAYS));
    let clients = [
        InForm::new(&house, public("app")).await,
        InForm::new(&house, draft("report")).await,
        InForm::new(&house, draft("page")).await,
    ];
    for (client, way) in clients.iter().zip(WAYS) {
        assert!(
            is_taken(client, way, ("/token", "grant_type=password")).await,
            "{way}"
        );
        let revoked = is_taken(client, way, ("/revoke", "token=x")).await;
        assert!(revoked, "{way}");
    }
    // Without a store of clients there is none with a secret.
    for (name, house) in houses().await {
        let told = metadata(&house).await;
        let listed = told["token_endpoint_auth_methods_supported"].clone();
        let has_clients = !["without sessions", "nothing"].contains(&name);
        let expected = if has_clients {
            json!(WAYS)
        } else {
            json!(["none"])
        };
        assert_eq!(listed, expected, "{name}");
    }
}

#[tokio::test]
async fn s2_revocation_and_introspection_are_told_where_they_are() {
    for (name, house) in houses().await {
        let told = metadata(&house).await;
        for (path, ways) in [("revoke", &WAYS[..]), ("introspect", &WAYS[1..])] {
            let kind = if path == "revoke" {
                "revocation"
            } else {
                "introspection"
            };
            let there = send(&app(&house), post(&format!("/{path}"), &[FORM], "")).await;
            let (endpoint, methods) = (
                told.get(format!("{kind}_endpoint")),
                told.get(format!("{kind}_endpoint_auth_methods_supported")),
            );
            if there.status == 404 {
                assert_eq!((endpoint, methods), (None, None), "{name}");
                continue;
            }
            let url = json!(format!("http://127.0.0.1:8000/{path}"));
            assert_eq!(endpoint, Some(&url), "{name}");
            assert_eq!(methods, Some(&json!(ways)), "{name}");
        }
    }
    let house = House::new().await;
    let asks = |name: &str| ClientDraft {
        may_introspect: true,
        ..draft(name)
    };
    let (basic, post) = (
        InForm::new(&house, asks("api")).await,
        InForm::new(&house, asks("other")).await,
    );
    assert!(is_taken(&basic, WAYS[1], ("/introspect", "token=x")).await);
    assert!(is_taken(&post, WAYS[2], ("/introspect", "token=x")).await);
    assert!(!is_taken(&post, WAYS[0], ("/introspect", "token=x")).await);
}

#[tokio::test]
async fn s2_urls_are_absolute_and_answer() {
    let with = |auth: AuthBuilder<User>| auth.issuer("https://example.com/auth/");
    let house = House::built(with).await;
    let told = send(&app(&house), get(&format!("{PATH}/auth"), &[]))
        .await
        .json();
    assert_eq!(
        told["jwks_uri"],
        "https://example.com/auth/.well-known/jwks.json"
    );
    assert_eq!(told["token_endpoint"], "https://example.com/auth/token");
    let keys = send(&app(&house), get("/.well-known/jwks.json", &[]))
        .await
        .json();
    let keys = keys["keys"].as_array().unwrap();
    assert!(!keys.is_empty());
    for key in keys {
        assert_eq!(key["use"], "sig");
        assert_eq!(key.get("d"), None, "nothing private");
    }
}

#[tokio::test]
async fn s3_2_empty_lists_are_left_out() {
    for (name, house) in houses().await {
        let told = metadata(&house).await;
        for (member, value) in told.as_object().unwrap() {
            let is_empty = value.as_array().is_some_and(Vec::is_empty);
            let must_be_there = member == "response_types_supported";
            assert_eq!(is_empty, must_be_there, "{name}: {member}");
            assert!(!value.is_null(), "{name}: {member}");
        }
    }
    let bare = metadata(&nothing().await).await;
    for member in [
        "grant_types_supported",
        "scopes_supported",
        "revocation_endpoint",
    ] {
        assert_eq!(bare.get(member), None, "{member}");
    }
}

#[tokio::test]
async fn s2_no_list_of_algorithms_has_none() {
    for (name, house) in houses().await {
        let told = metadata(&house).await;
        for (member, value) in told.as_object().unwrap() {
            if member.contains("signing_alg") {
                let listed = value.as_array().unwrap();
                assert!(!listed.contains(&json!("none")), "{name}: {member}");
            }
        }
        let keys = send(&app(&house), get("/.well-known/jwks.json", &[]))
            .await
            .json();
        for key in keys["keys"].as_array().unwrap() {
            let alg = text(key, "alg");
            assert!(["ES256", "EdDSA", "RS256"].contains(&alg), "{name}: {alg}");
        }
    }
}

#[tokio::test]
async fn s3_urls_come_of_the_issuer_and_never_of_the_request() {
    let house = House::new().await;
    let before = metadata(&house).await;
    let evil = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "gopher"),
        ("forwarded", "host=evil.example"),
    ];
    let answer = send(&app(&house), get(PATH, &evil)).await;
    assert_eq!(answer.json(), before);
}

#[tokio::test]
async fn rfc_9068_s4_there_is_no_second_document() {
    let house = House::new().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/webfinger",
    ] {
        assert_eq!(
            send(&app(&house), get(path, &[])).await.status,
            404,
            "{path}"
        );
    }
    // What a resource server would read there, it finds here, and it is true.
    let told = metadata(&house).await;
    let issued = tokens(&house, LOGIN).await;
    assert_eq!(told["issuer"], super::dialogue::claims(&issued)["iss"]);
    let request = bearer("/users/me", text(&issued, "access_token"));
    assert_eq!(send(&app(&house), request).await.status, 200);
}

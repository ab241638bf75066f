//! What a request for a token may be: rows T.

use http::{Method, Request};
use serde_json::json;

use crate::fixture::{FORM, House, post, send};
use crate::rfc::dialogue::{LOGIN, app, ask, claims, tokens};

const FORM_TYPE: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn s3_2_post_alone() {
    let house = House::new().await;
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
        let request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri("/token")
            .header(FORM.0, FORM.1);
        let answer = send(&app(&house), request.body(LOGIN.into()).unwrap()).await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), Some("POST"), "{method}");
        assert!(!answer.text().contains("access_token"), "{method}");
    }
    assert_eq!(ask(&house, LOGIN).await.status, 200);
}

#[tokio::test]
async fn s4_3_2_the_body_is_a_form_in_utf_8() {
    let house = House::new().await;
    for good in [
        FORM_TYPE,
        "Application/X-WWW-Form-URLEncoded; charset=UTF-8",
    ] {
        let request = post("/token", &[("content-type", good)], LOGIN);
        assert_eq!(send(&app(&house), request).await.status, 200, "{good}");
    }
    let json = r#"{"username":"johndoe","password":"secret"}"#;
    let parts = "--x\r\ncontent-disposition: form-data; name=\"username\"\r\n\r\njohndoe\r\n--x--";
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[], LOGIN),
        (&[("content-type", "application/json")], json),
        (&[("content-type", "application/json")], LOGIN),
        (&[("content-type", "text/plain")], LOGIN),
        (
            &[("content-type", "multipart/form-data; boundary=x")],
            parts,
        ),
        (
            &[("content-type", FORM_TYPE), ("content-type", "text/plain")],
            LOGIN,
        ),
        (&[FORM], "username=johndoe&password=secret%ff"),
        (&[FORM], "username=%c3johndoe&password=secret"),
        (&[FORM], "%ff=1&username=johndoe&password=secret"),
    ];
    for (headers, body) in cases {
        let answer = send(&app(&house), post("/token", headers, *body)).await;
        let refused = (400, "invalid_request".to_owned(), None);
        assert_eq!(answer.refusal(), refused, "{headers:?} {body}");
    }
    let not_utf_8 = [b"username=johndoe&password=secret".as_slice(), b"\xff"].concat();
    let answer = send(&app(&house), post("/token", &[FORM], not_utf_8)).await;
    assert_eq!(answer.refusal(), (400, "invalid_request".into(), None));
}

#[tokio::test]
async fn s3_2_an_empty_parameter_is_absent() {
    let house = House::new().await;
    let plain = tokens(&house, LOGIN).await;
    for empty in [
        "scope=",
        "scope",
        "grant_type=",
        "client_id=&client_secret=",
    ] {
        let given = tokens(&house, &format!("{LOGIN}&{empty}")).await;
        assert_eq!(given["scope"], plain["scope"], "{empty}");
    }
    for (form, missing) in [
        ("username=&password=secret", "username is missing"),
        ("username=johndoe&password=", "password is missing"),
        (
            "grant_type=refresh_token&refresh_token=",
            "refresh_token is missing",
        ),
    ] {
        let answer = ask(&house, form).await;
        let expected = json!({
            "error": "invalid_request", "error_description": missing, "detail": missing,
        });
        assert_eq!((answer.status, answer.json()), (400, expected), "{form}");
    }
}

#[tokio::test]
async fn s3_2_unknown_parameters_are_ignored() {
    let house = House::new().await;
    let plain = tokens(&house, LOGIN).await;
    let more = "foo=bar&audience=x&Scope=admin&scope%20=admin&response_type=code&f%C3%A4=1&=";
    let given = tokens(&house, &format!("{more}&{LOGIN}")).await;
    for name in ["scope", "token_type", "expires_in"] {
        assert_eq!(given[name], plain[name], "{name}");
    }
    assert_eq!(claims(&given)["aud"], claims(&plain)["aud"]);
    let traced = send(&app(&house), post("/token?trace=1", &[FORM], LOGIN)).await;
    assert_eq!(traced.status, 200);
}

#[tokio::test]
async fn s3_2_no_parameter_is_there_twice() {
    let house = House::new().await;
    for repeated in [
        "username=johndoe",
        "%75sername=johndoe",
        "password=secret",
        "password=",
        "grant_type=password&grant_type=password",
        "scope=items:read&scope=items:read",
        "scope=&scope=items:read",
        "client_id=portcullis&client_id=portcullis",
        "client_secret=&client_secret=",
        "foo=1&foo=2",
    ] {
        let answer = ask(&house, &format!("{LOGIN}&{repeated}")).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{repeated}"
        );
        assert_eq!(
            answer.json()["detail"],
            "A parameter is repeated",
            "{repeated}"
        );
    }
    for in_address in [
        "username=johndoe",
        "scope=items:read",
        "grant_type=password",
    ] {
        let request = post(&format!("/token?{in_address}"), &[FORM], LOGIN);
        let answer = send(&app(&house), request).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{in_address}"
        );
    }
}

#[tokio::test]
async fn s4_3_2_grant_type_is_exact() {
    let loose = House::new().await;
    let strict = House::built(|auth| auth.strict(true)).await;
    let (fine, unsupported) = ((200, ""), (400, "unsupported_grant_type"));
    let unauthorized = (400, "unauthorized_client");
    for (grant, when_loose, when_strict) in [
        ("", fine, (400, "invalid_request")),
        ("&grant_type=", fine, (400, "invalid_request")),
        ("&grant_type=password", fine, fine),
        ("&grant_type=Password", unsupported, unsupported),
        ("&grant_type=password+", unsupported, unsupported),
        ("&grant_type=+password", unsupported, unsupported),
        ("&grant_type=password%00", unsupported, unsupported),
        // It is there, but not for the built-in client, which is public.
        ("&grant_type=client_credentials", unauthorized, unauthorized),
        ("&grant_type=authorization_code", unsupported, unsupported),
        (
            "&grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer",
            unsupported,
            unsupported,
        ),
    ] {
        for (house, expected) in [(&loose, when_loose), (&strict, when_strict)] {
            let answer = ask(house, &format!("{LOGIN}{grant}")).await;
            let error = answer.json()["error"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            assert_eq!((answer.status, &*error), expected, "{grant}");
        }
    }
}

#[tokio::test]
async fn s4_3_2_username_and_password_are_required() {
    let house = House::new().await;
    for (form, missing) in [
        ("", "username is missing"),
        ("grant_type=password", "username is missing"),
        ("password=secret", "username is missing"),
        (
            "grant_type=password&username=johndoe",
            "password is missing",
        ),
        ("user=johndoe&password=secret", "username is missing"),
        ("Username=johndoe&password=secret", "username is missing"),
        ("username=johndoe&passwd=secret", "password is missing"),
    ] {
        let answer = ask(&house, form).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{form}"
        );
        assert_eq!(answer.json()["detail"], missing, "{form}");
    }
}

#[tokio::test]
async fn s2_3_1_no_credentials_in_the_address() {
    let house = House::new().await;
    for query in [
        "client_secret=c4n4ry",
        "client_id=c4n4ry",
        "client_id=portcullis",
        "%63lient_secret=c4n4ry",
        "trace=1&client_secret=c4n4ry",
        "client_secret",
        "password=c4n4ry",
        "refresh_token=c4n4ry",
        "token=c4n4ry",
    ] {
        for path in ["/token", "/revoke", "/introspect"] {
            let form = format!("{LOGIN}&token=x");
            let request = post(&format!("{path}?{query}"), &[FORM], form);
            let answer = send(&app(&house), request).await;
            let refused = (400, "invalid_request".to_owned(), None);
            assert_eq!(answer.refusal(), refused, "{path} {query}");
            assert!(!answer.text().contains("c4n4ry"), "{path} {query}");
        }
    }
}

const MALFORMED: &str = "scope is malformed: scopes are separated by single spaces";
const UNDECLARED: &str = "a scope in the request does not exist here";
const NOTHING: &str = "none of the scopes in the request may be granted";

#[tokio::test]
async fn s3_3_the_grammar_of_scope() {
    let house = House::built(|auth| auth.scope("!#[]~", "Every edge of the alphabet.")).await;
    house.add("edge", "secret", "!#[]~").await;
    let edge = tokens(&house, "username=edge&password=secret&scope=!%23[]~").await;
    assert_eq!(edge["scope"], "!#[]~");
    let both = tokens(&house, &format!("{LOGIN}&scope=items:read+users:read")).await;
    for same in [
        "users:read+items:read",
        "users:read%20items:read+items:read",
    ] {
        let given = tokens(&house, &format!("{LOGIN}&scope={same}")).await;
        assert_eq!(given["scope"], both["scope"], "{same}");
    }
    for (scope, detail) in [
        ("items:read++users:read", MALFORMED),
        ("+items:read", MALFORMED),
        ("items:read+", MALFORMED),
        ("+", MALFORMED),
        ("items:read%09users:read", MALFORMED),
        ("items:read%0Ausers:read", MALFORMED),
        ("items:read%00", MALFORMED),
        ("items:read%7F", MALFORMED),
        ("items:read%C2%A0users:read", MALFORMED),
        ("%22", MALFORMED),
        ("%5C", MALFORMED),
        ("%C3%A4", MALFORMED),
        ("items:read,users:read", UNDECLARED),
        ("Items:Read", UNDECLARED),
        ("items:read+admin", UNDECLARED),
        ("items:write", NOTHING),
    ] {
        let answer = ask(&house, &format!("{LOGIN}&scope={scope}")).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_scope".into(), None),
            "{scope}"
        );
        assert_eq!(answer.json()["detail"], detail, "{scope}");
    }
}

#[tokio::test]
async fn s3_3_without_scope_all_that_the_user_has() {
    let house = House::new().await;
    let all = tokens(&house, LOGIN).await;
    assert_eq!(all["scope"], "items:read users:read");
    assert_eq!(claims(&all)["scope"], "items:read users:read");
    house.add("nothing", "secret", "").await;
    let none = tokens(&house, "username=nothing&password=secret").await;
    assert_eq!(none.get("scope"), None, "the member is left out");
    assert_eq!(claims(&none).get("scope"), None);
    let asked = ask(&house, "username=nothing&password=secret&scope=items:read").await;
    assert_eq!(asked.refusal(), (400, "invalid_scope".into(), None));
}

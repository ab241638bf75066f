//! RFC 7009: revocation: rows V.

use http::{Method, Request};
use serde_json::Value;

use super::dialogue::{LOGIN, app, ask, is_revoked, me, refresh, revoke, text, tokens};
use super::forge::Forge;
use crate::client::{InForm, draft, public};
use crate::fixture::{FORM, House, bearer, post, send};

/// Whether the tokens of a session work: both, or none.
async fn is_alive(house: &House, tokens: &Value) -> bool {
    let me = me(house, tokens).await == 200;
    let renewed = ask(house, &refresh(tokens)).await.status == 200;
    assert_eq!(me, renewed, "both live, or neither");
    me
}

#[tokio::test]
async fn s2_either_token_can_be_revoked() {
    for name in ["access_token", "refresh_token"] {
        let house = House::new().await;
        let (one, other) = (tokens(&house, LOGIN).await, tokens(&house, LOGIN).await);
        is_revoked(&house, &format!("token={}", text(&one, name))).await;
        assert!(!is_alive(&house, &one).await, "{name}");
        assert!(is_alive(&house, &other).await, "{name}");
    }
}

#[tokio::test]
async fn s2_1_post_with_a_token_in_a_form() {
    let house = House::new().await;
    for form in [
        "",
        "token=",
        "token",
        "token_type_hint=access_token",
        "Token=x",
    ] {
        let answer = revoke(&house, form).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{form}"
        );
        assert_eq!(
            answer.json()["error_description"],
            "token is missing",
            "{form}"
        );
    }
    let issued = tokens(&house, LOGIN).await;
    let form = format!("token={}", text(&issued, "refresh_token"));
    let json = format!(r#"{{"token":"{}"}}"#, text(&issued, "refresh_token"));
    for (path, headers, body) in [
        (
            "/revoke",
            &[("content-type", "application/json")][..],
            &*json,
        ),
        ("/revoke", &[], &form),
        ("/revoke", &[FORM], &format!("{form}&{form}")),
        (&format!("/revoke?{form}"), &[FORM], ""),
        (&format!("/revoke?{form}"), &[FORM], &form),
    ] {
        let answer = send(&app(&house), post(path, headers, body)).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{path} {headers:?}"
        );
    }
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let request = Request::builder().method(&method).uri("/revoke");
        let request = request.header(FORM.0, FORM.1).body(form.clone().into());
        let answer = send(&app(&house), request.unwrap()).await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("POST")),
            "{method}"
        );
    }
    assert!(
        is_alive(&house, &issued).await,
        "nothing of that has revoked it"
    );
}

#[tokio::test]
async fn s2_1_a_wrong_hint_hides_nothing() {
    for name in ["access_token", "refresh_token"] {
        for hint in ["access_token", "refresh_token"] {
            let house = House::new().await;
            let issued = tokens(&house, LOGIN).await;
            let form = format!("token={}&token_type_hint={hint}", text(&issued, name));
            is_revoked(&house, &form).await;
            assert!(!is_alive(&house, &issued).await, "{name} as {hint}");
        }
    }
}

#[tokio::test]
async fn s2_2_whatever_is_no_token_is_answered_alike() {
    let forge = Forge::new().await;
    let house = &forge.house;
    let issued = tokens(house, LOGIN).await;
    let right = revoke(house, &format!("token={}", forge.genuine)).await;
    let (refresh, access) = (
        text(&issued, "refresh_token"),
        text(&issued, "access_token"),
    );
    let session = &refresh[..22];
    let sid = forge.claiming(|claims| {
        claims["sid"] = session.into();
        claims["exp"] = 0.into();
    });
    for wrong in [
        "nonsense",
        "a.b.c",
        "%00%22%5C%C3%A9",
        &"x".repeat(20_000),
        session,
        &access[1..],
        &access[..access.len() - 1],
        &refresh[..85],
        // To know the session's id, which is in every access token, is not to have a token of it.
        &format!("{session}{}", "A".repeat(64)),
        // Signed by us, and over.
        &sid,
        // Already revoked.
        &forge.genuine,
    ] {
        is_revoked(house, &format!("token={wrong}")).await;
        let answer = revoke(house, &format!("token={wrong}")).await;
        assert_eq!(answer.headers, right.headers);
    }
    assert!(is_alive(house, &issued).await);
}

#[tokio::test]
async fn s2_2_an_unknown_hint_is_ignored() {
    for hint in ["", "foo", "id_token", "%00", "access_token+refresh_token"] {
        let house = House::new().await;
        let issued = tokens(&house, LOGIN).await;
        let token = text(&issued, "refresh_token");
        is_revoked(&house, &format!("token={token}&token_type_hint={hint}")).await;
        assert!(!is_alive(&house, &issued).await, "{hint}");
    }
}

#[tokio::test]
async fn s2_1_every_token_of_the_session_dies_at_once() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let second = tokens(&house, &refresh(&first)).await;
    for issued in [&first, &second] {
        assert_eq!(me(&house, issued).await, 200);
    }
    // Even a spent one, which its owner may still hold.
    is_revoked(&house, &format!("token={}", text(&first, "refresh_token"))).await;
    for issued in [&first, &second] {
        let request = bearer("/users/me", text(issued, "access_token"));
        let answer = send(&app(&house), request).await;
        assert_eq!(answer.refusal().0, 401, "the clock stood still");
        assert_eq!(
            ask(&house, &refresh(issued)).await.refusal().1,
            "invalid_grant"
        );
    }
}

#[tokio::test]
async fn s2_2_1_no_kind_of_token_is_unsupported() {
    let house = House::new().await;
    let issued = tokens(&house, LOGIN).await;
    for name in ["access_token", "refresh_token"] {
        for hint in ["access_token", "refresh_token", "foo"] {
            let form = format!("token={}&token_type_hint={hint}", text(&issued, name));
            let answer = revoke(&house, &form).await;
            assert_eq!(answer.status, 200, "{name} {hint}");
            assert!(!answer.text().contains("unsupported_token_type"));
        }
    }
}

#[tokio::test]
async fn s2_3_no_scripts_are_answered() {
    let house = House::new().await;
    let issued = tokens(&house, LOGIN).await;
    let form = format!("token={}&callback=package.f", text(&issued, "access_token"));
    is_revoked(&house, &form).await;
    let refused = revoke(&house, "callback=package.f").await;
    assert_eq!(refused.refusal(), (400, "invalid_request".into(), None));
    assert_eq!(refused.header("content-type"), Some("application/json"));
    assert!(!refused.text().contains("package"), "{}", refused.text());
    let request = post("/revoke?callback=package.f", &[FORM], "token=x");
    let answer = send(&app(&house), request).await;
    assert_eq!((answer.status, answer.text()), (200, ""));
}

/// A login of one client, which every other one tries to revoke.
#[tokio::test]
async fn s2_1_another_clients_token_stays() {
    let house = House::new().await;
    let owner = InForm::new(&house, draft("owner")).await;
    let (confidential, app) = (
        InForm::new(&house, draft("other")).await,
        InForm::new(&house, public("app")).await,
    );
    let issued = owner.login().await;
    for name in ["access_token", "refresh_token"] {
        let form = format!("token={}", text(&issued, name));
        let unknown = revoke(&house, "token=x").await;
        for answer in [
            confidential.post("/revoke", &form).await,
            app.post("/revoke", &form).await,
            revoke(&house, &form).await,
        ] {
            assert_eq!(
                (answer.status, &answer.body),
                (200, &unknown.body),
                "{name}"
            );
            assert_eq!(answer.headers, unknown.headers, "nobody learns whose it is");
        }
        assert_eq!(me(&house, &issued).await, 200, "{name}");
        // Who does not prove to be a client is told so, and revokes nothing either.
        let unproven = format!("{form}&client_id={}", owner.id);
        assert_eq!(
            revoke(&house, &unproven).await.refusal().1,
            "invalid_client"
        );
        assert_eq!(me(&house, &issued).await, 200, "{name}");
    }
    let refreshing = refresh(&issued);
    assert_eq!(
        owner.post("/token", &refreshing).await.status,
        200,
        "the refresh token lives too"
    );
    let form = format!("token={}", text(&issued, "refresh_token"));
    assert_eq!(owner.post("/revoke", &form).await.status, 200);
    assert_eq!(me(&house, &issued).await, 401, "its own client can");
}

#[tokio::test]
async fn s2_1_a_public_client_says_who_it_is() {
    let house = House::new().await;
    for name in ["access_token", "refresh_token"] {
        let app = InForm::new(&house, public(&format!("app-{name}"))).await;
        let issued = app.login().await;
        let form = format!("token={}", text(&issued, name));
        // Without its name it is the built-in client, whose token this is not.
        is_revoked(&house, &form).await;
        is_revoked(&house, &format!("{form}&client_id=portcullis")).await;
        assert_eq!(me(&house, &issued).await, 200, "{name}");
        is_revoked(&house, &format!("{form}&client_id={}", app.id)).await;
        assert_eq!(me(&house, &issued).await, 401, "{name}");
        let spent = app.error("/token", &refresh(&issued)).await;
        assert_eq!(spent, (400, "invalid_grant".to_owned()), "{name}");
    }
}

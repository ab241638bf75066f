//! Who may ask: rows I1, I2, I8, I9.

use http::{Method, Request};

use super::{api, is_active, told};
use crate::client::{InForm, draft, public};
use crate::fixture::{FORM, House, post, send};
use crate::rfc::dialogue::{app, text};

#[tokio::test]
async fn s2_1_the_caller_proves_itself() {
    let house = House::new().await;
    let token = house.johndoe().await;
    let question = format!("token={token}");
    let own = format!("Bearer {token}");
    let api = api(&house, "api").await;
    is_active(&api, "with its secret", &token).await;
    for (name, headers, more) in [
        ("nobody", &[FORM][..], String::new()),
        ("the user", &[FORM, ("authorization", &own)], String::new()),
        (
            "the built-in client",
            &[FORM],
            "&client_id=portcullis".into(),
        ),
        ("a name alone", &[FORM], format!("&client_id={}", api.id)),
        (
            "another secret",
            &[FORM],
            format!("&client_id={}&client_secret=x", api.id),
        ),
        (
            "a secret alone",
            &[FORM],
            format!("&client_secret={}", api.secret),
        ),
    ] {
        let request = post("/introspect", headers, format!("{question}{more}"));
        let answer = send(&app(&house), request).await;
        // Who says nothing of a client is told how it is said.
        let challenge = more
            .is_empty()
            .then_some(r#"Basic realm="portcullis", charset="UTF-8""#);
        assert_eq!(
            answer.refusal(),
            (401, "invalid_client".into(), challenge),
            "{name}"
        );
        assert_eq!(answer.json().get("active"), None, "{name}");
    }
}

#[tokio::test]
async fn s4_callers_are_allowed_one_by_one() {
    let house = House::new().await;
    let token = house.johndoe().await;
    let (report, app) = (
        InForm::new(&house, draft("report")).await,
        InForm::new(&house, public("app")).await,
    );
    let its_own = report.own().await;
    for client in [&report, &app] {
        for token in [&*token, text(&its_own, "access_token"), "x"] {
            let answer = told(client, token).await;
            assert_eq!(answer.refusal(), (401, "invalid_client".into(), None));
        }
    }
    is_active(&api(&house, "api").await, "who may", &token).await;
}

#[tokio::test]
async fn s2_1_post_alone() {
    let house = House::new().await;
    let api = api(&house, "api").await;
    let token = house.johndoe().await;
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
        let request = Request::builder()
            .method(&method)
            .uri(format!("/introspect?token={token}"));
        let answer = send(
            &app(&house),
            request.body(axum::body::Body::empty()).unwrap(),
        )
        .await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("POST")),
            "{method}"
        );
    }
    let in_address = api.post(&format!("/introspect?token={token}"), "x=1").await;
    assert_eq!(in_address.refusal(), (400, "invalid_request".into(), None));
    for form in ["token=", "x=1", &format!("token={token}&token={token}")] {
        let answer = api.post("/introspect", form).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{form}"
        );
    }
}

#[tokio::test]
async fn s2_3_a_caller_that_fails_is_refused_as_elsewhere() {
    let house = House::new().await;
    let token = house.johndoe().await;
    let question = format!("token={token}");
    let challenge = Some(r#"Basic realm="portcullis", charset="UTF-8""#);
    // `nobody:x`, and nothing that is Base64.
    for basic in ["Basic bm9ib2R5Ong=", "Basic !!!"] {
        let headers = [FORM, ("authorization", basic)];
        let answer = send(&app(&house), post("/introspect", &headers, &*question)).await;
        assert_eq!(
            answer.refusal(),
            (401, "invalid_client".into(), challenge),
            "{basic}"
        );
    }
    let two = [
        FORM,
        ("authorization", "Basic Og=="),
        ("authorization", "Basic Og=="),
    ];
    let answer = send(&app(&house), post("/introspect", &two, &*question)).await;
    assert_eq!(answer.refusal(), (400, "invalid_request".into(), None));
    let wrong = InForm {
        secret: "wrong".into(),
        ..api(&house, "api").await
    };
    let answer = told(&wrong, &token).await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into(), None));
}

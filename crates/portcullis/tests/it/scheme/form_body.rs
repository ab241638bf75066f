//! The body of a form: its media type, its size, its arrival; and what may not be in the address.

use std::io;

use axum::body::{Body, Bytes};
use http::Request;
use http_body_util::{BodyExt, Full, Limited};

use super::form::app;
use crate::fixture::{FORM, post, send};

const LOGIN: &str = "username=johndoe&password=secret";

#[tokio::test]
async fn only_a_form_is_a_form() {
    let app = app().await;
    for good in [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded;charset=utf-8",
        "APPLICATION/X-WWW-FORM-URLENCODED",
        " application/x-www-form-urlencoded ",
    ] {
        let answer = send(&app, post("/loose", &[("content-type", good)], LOGIN)).await;
        assert_eq!(answer.status, 200, "{good}");
    }
    let json = r#"{"username":"johndoe","password":"secret"}"#;
    let types: &[(&[&str], &str)] = &[
        (&[], LOGIN),
        (&[""], LOGIN),
        (&["application/json"], json),
        (&["application/json"], LOGIN),
        (&["multipart/form-data; boundary=x"], "--x--"),
        (&["text/plain"], LOGIN),
        (&["application/x-www-form-urlencodedx"], LOGIN),
        (&["x-www-form-urlencoded"], LOGIN),
        (&["text/plain; application/x-www-form-urlencoded"], LOGIN),
        (&["application/x-www-form-urlencoded, text/plain"], LOGIN),
        (&["application/x-www-form-urlencoded", "text/plain"], LOGIN),
        (&["text/plain", "application/x-www-form-urlencoded"], LOGIN),
    ];
    for (values, body) in types {
        let headers: Vec<_> = values
            .iter()
            .map(|value| ("content-type", *value))
            .collect();
        let answer = send(&app, post("/loose", &headers, *body)).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{values:?}"
        );
        assert_eq!(
            answer.json()["detail"],
            "The body must be application/x-www-form-urlencoded"
        );
    }
    // JSON under the form's name is one strange parameter.
    let answer = send(&app, post("/loose", &[FORM], json)).await;
    assert_eq!(answer.json()["detail"], "username is missing");
}

#[tokio::test]
async fn credentials_in_the_address_are_refused() {
    let app = app().await;
    for query in [
        "client_secret=x",
        "client_id=x",
        "username=johndoe",
        "password=secret",
        "scope=a",
        "grant_type=password",
        "password",
        "password=",
        "a=1&password=secret",
        "%70assword=secret",
        "x=%ff",
    ] {
        let answer = send(&app, post(&format!("/loose?{query}"), &[FORM], LOGIN)).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{query}"
        );
        assert_eq!(
            answer.json()["detail"],
            "Parameters belong in the body, not in the address"
        );
    }
    for query in ["", "trace=1", "Password=x", "passwords=x"] {
        let answer = send(&app, post(&format!("/loose?{query}"), &[FORM], LOGIN)).await;
        assert_eq!(answer.status, 200, "{query}");
    }
}

fn of_size(bytes: usize) -> String {
    let mut body = format!("{LOGIN}&pad=");
    body.extend(std::iter::repeat_n('x', bytes - body.len()));
    body
}

#[tokio::test]
async fn sixty_four_kib_are_read_and_no_more() {
    let app = app().await;
    let fits = 64 * 1024;
    let answer = send(&app, post("/loose", &[FORM], of_size(fits))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let announced = "10485760";
    for (name, request) in [
        ("one byte more", post("/loose", &[FORM], of_size(fits + 1))),
        ("10 MB", post("/loose", &[FORM], of_size(10 * 1024 * 1024))),
        // Refused for what was announced, before anything is read.
        (
            "10 MB, announced",
            post("/loose", &[FORM, ("content-length", announced)], LOGIN),
        ),
    ] {
        let answer = send(&app, request).await;
        assert_eq!(answer.refusal(), (413, "too_large".into(), None), "{name}");
        assert_eq!(answer.json()["detail"], "The body is larger than 64 KiB");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let app = app().await;
    // Sixteen bytes, and then the connection is gone.
    let broken = Limited::new(Full::new(Bytes::from(LOGIN)), 16)
        .map_err(|_| io::Error::new(io::ErrorKind::ConnectionReset, "gone"));
    let request = Request::post("/loose").header(FORM.0, FORM.1);
    let answer = send(&app, request.body(Body::new(broken)).unwrap()).await;
    assert_eq!(answer.refusal(), (400, "invalid_request".into(), None));
    assert_eq!(answer.json()["detail"], "The body did not arrive");
}

#[tokio::test]
async fn twelve_thousand_parameters_are_no_work() {
    use std::fmt::Write;

    let app = app().await;
    let mut body = LOGIN.to_owned();
    for number in 0..12_000 {
        write!(body, "&{number:x}").unwrap();
    }
    let answer = send(&app, post("/loose", &[FORM], &*body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = send(&app, post("/loose", &[FORM], body + "&2edf")).await;
    assert_eq!(answer.json()["detail"], "A parameter is repeated");
}

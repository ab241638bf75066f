//! Who asks for the token: the client, from the form or from the header (RFC 6749 §2.3.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{LOGIN, app};
use crate::fixture::{FORM, House, login, post, send};

const CHALLENGE: Option<&str> = Some(r#"Basic realm="portcullis", charset="UTF-8""#);
const FINE: (u16, &str, Option<&str>) = (200, "", None);
const UNKNOWN: (u16, &str, Option<&str>) = (401, "invalid_client", None);
const CHALLENGED: (u16, &str, Option<&str>) = (401, "invalid_client", CHALLENGE);
const TWO_WAYS: (u16, &str, Option<&str>) = (400, "invalid_request", None);

fn basic(text: &[u8]) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

#[tokio::test]
async fn in_the_form() {
    let house = House::new().await;
    let app = app(&house);
    for (more, expected) in [
        ("", FINE),
        ("&client_id=&client_secret=", FINE),
        ("&client_id=portcullis", FINE),
        ("&client_id=portcullis&client_secret=", FINE),
        ("&client_id=portcullis&client_secret=x", UNKNOWN),
        ("&client_secret=x", UNKNOWN),
        ("&client_id=Portcullis", UNKNOWN),
        ("&client_id=portcullis+", UNKNOWN),
        ("&client_id=other", UNKNOWN),
        ("&client_id=other&client_secret=x", UNKNOWN),
        ("&client_id=portcullis&client_id=portcullis", TWO_WAYS),
    ] {
        let answer = send(&app, login(&format!("{LOGIN}{more}"))).await;
        let (status, error, challenge) = answer.refusal();
        assert_eq!((status, &*error, challenge), expected, "{more}");
    }
}

#[tokio::test]
async fn in_the_header() {
    let house = House::new().await;
    let app = app(&house);
    let cases: Vec<(&str, Vec<String>, &str, (u16, &str, Option<&str>))> = vec![
        (
            "Swagger UI's empty one",
            vec!["Basic Og==".into()],
            "",
            FINE,
        ),
        ("in small letters", vec!["basic Og==".into()], "", FINE),
        ("with spaces", vec!["Basic   Og==  ".into()], "", FINE),
        (
            "a public client's id",
            vec![basic(b"portcullis:")],
            "",
            FINE,
        ),
        ("percent-encoded", vec![basic(b"%70ortcullis:")], "", FINE),
        (
            "both name it",
            vec![basic(b"portcullis:")],
            "&client_id=portcullis",
            FINE,
        ),
        (
            "an empty one, and the form's",
            vec!["Basic Og==".into()],
            "&client_id=portcullis",
            FINE,
        ),
        (
            "an empty one, and an unknown in the form",
            vec!["Basic Og==".into()],
            "&client_id=other",
            UNKNOWN,
        ),
        (
            "a secret it does not have",
            vec![basic(b"portcullis:x")],
            "",
            CHALLENGED,
        ),
        ("an unknown one", vec![basic(b"other:x")], "", CHALLENGED),
        (
            "an unknown public one",
            vec![basic(b"other:")],
            "",
            CHALLENGED,
        ),
        ("a secret alone", vec![basic(b":x")], "", CHALLENGED),
        (
            "plus is a space",
            vec![basic(b"portcullis+:")],
            "",
            CHALLENGED,
        ),
        (
            "a colon too many",
            vec![basic(b"portcullis::")],
            "",
            CHALLENGED,
        ),
        ("no colon", vec![basic(b"portcullis")], "", CHALLENGED),
        ("not base64", vec!["Basic !!!".into()], "", CHALLENGED),
        ("not padded", vec!["Basic Og".into()], "", CHALLENGED),
        ("nothing", vec!["Basic ".into()], "", CHALLENGED),
        ("not UTF-8", vec![basic(b"\xff:")], "", CHALLENGED),
        ("not UTF-8, encoded", vec![basic(b"%ff:")], "", CHALLENGED),
        (
            "two secrets",
            vec![basic(b"portcullis:x")],
            "&client_secret=x",
            TWO_WAYS,
        ),
        (
            "an id, and a secret in the form",
            vec![basic(b"portcullis:")],
            "&client_secret=x",
            TWO_WAYS,
        ),
        (
            "two ids",
            vec![basic(b"portcullis:")],
            "&client_id=other",
            TWO_WAYS,
        ),
        (
            "two headers",
            vec!["Basic Og==".into(), "Basic Og==".into()],
            "",
            TWO_WAYS,
        ),
        (
            "two headers, one a bearer's",
            vec!["Bearer x".into(), "Basic Og==".into()],
            "",
            TWO_WAYS,
        ),
        (
            "a bearer token is no client",
            vec!["Bearer x".into()],
            "",
            FINE,
        ),
        ("nor is another scheme", vec!["Digest x".into()], "", FINE),
        (
            "nor a header without a scheme",
            vec!["Basic".into()],
            "",
            FINE,
        ),
    ];
    assert_eq!(cases.len(), 28);
    for (name, values, more, expected) in &cases {
        let mut headers = vec![FORM];
        headers.extend(values.iter().map(|value| ("authorization", value.as_str())));
        let answer = send(&app, post("/token", &headers, format!("{LOGIN}{more}"))).await;
        let (status, error, challenge) = answer.refusal();
        assert_eq!((status, &*error, challenge), *expected, "{name}");
    }
}

#[tokio::test]
async fn the_client_is_asked_before_the_password() {
    let house = House::new().await;
    let form = "username=johndoe&password=wrong&client_id=other";
    let answer = send(&app(&house), login(form)).await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into(), None));
    assert_eq!(answer.json()["detail"], "The client is not known");
}

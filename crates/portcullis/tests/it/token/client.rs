//! Who asks for the token: the client, from the form or from the header (RFC 6749 §2.3.1).

use super::{LOGIN, app};
use crate::fixture::{FORM, House, basic, login, post, send};

const CHALLENGE: Option<&str> = Some(r#"Basic realm="portcullis", charset="UTF-8""#);
const FINE: (u16, &str, Option<&str>) = (200, "", None);
const UNKNOWN: (u16, &str, Option<&str>) = (401, "invalid_client", None);
const CHALLENGED: (u16, &str, Option<&str>) = (401, "invalid_client", CHALLENGE);
const TWO_WAYS: (u16, &str, Option<&str>) = (400, "invalid_request", None);

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

/// A case: its name, the `Authorization` headers, and what is added to the form. A header that begins
/// with `=` is written as the plain text of Basic.
type Case = (&'static str, &'static [&'static str], &'static str);

async fn each_is(expected: (u16, &str, Option<&str>), cases: &[Case]) {
    let house = House::new().await;
    let app = app(&house);
    for (name, values, more) in cases {
        let written = |value: &&str| match value.strip_prefix('=') {
            Some(plain) => basic(plain),
            None => (*value).to_owned(),
        };
        let values: Vec<_> = values.iter().map(written).collect();
        let mut headers = vec![FORM];
        headers.extend(values.iter().map(|value| ("authorization", value.as_str())));
        let answer = send(&app, post("/token", &headers, format!("{LOGIN}{more}"))).await;
        let (status, error, challenge) = answer.refusal();
        assert_eq!((status, &*error, challenge), expected, "{name}");
    }
}

#[tokio::test]
async fn a_header_that_names_us_or_nobody() {
    let cases: &[Case] = &[
        ("Swagger UI's empty one", &["Basic Og=="], ""),
        ("in small letters", &["basic Og=="], ""),
        ("with spaces", &["Basic   Og==  "], ""),
        ("a public client's id", &["=portcullis:"], ""),
        ("percent-encoded", &["=%70ortcullis:"], ""),
        ("both name it", &["=portcullis:"], "&client_id=portcullis"),
        (
            "an empty one, and the form's",
            &["Basic Og=="],
            "&client_id=portcullis",
        ),
        ("a bearer token is no client", &["Bearer x"], ""),
        ("nor is another scheme", &["Digest x"], ""),
        ("nor a header without a scheme", &["Basic"], ""),
    ];
    each_is(FINE, cases).await;
}

#[tokio::test]
async fn s5_2_a_header_that_does_not_prove_a_client_is_challenged() {
    let cases: &[Case] = &[
        ("a secret it does not have", &["=portcullis:x"], ""),
        ("an unknown one", &["=other:x"], ""),
        ("an unknown public one", &["=other:"], ""),
        ("a secret alone", &["=:x"], ""),
        ("plus is a space", &["=portcullis+:"], ""),
        ("a colon too many", &["=portcullis::"], ""),
        ("no colon", &["=portcullis"], ""),
        ("not base64", &["Basic !!!"], ""),
        ("not padded", &["Basic Og"], ""),
        ("nothing", &["Basic "], ""),
        ("not UTF-8", &["Basic /zo="], ""),
        ("not UTF-8, encoded", &["=%ff:"], ""),
    ];
    each_is(CHALLENGED, cases).await;
    let unknown_in_the_form: Case = ("an empty one", &["Basic Og=="], "&client_id=other");
    each_is(UNKNOWN, &[unknown_in_the_form]).await;
}

#[tokio::test]
async fn s2_3_no_more_than_one_way() {
    let cases: &[Case] = &[
        ("two secrets", &["=portcullis:x"], "&client_secret=x"),
        (
            "an id, and a secret in the form",
            &["=portcullis:"],
            "&client_secret=x",
        ),
        ("two ids", &["=portcullis:"], "&client_id=other"),
        ("two headers", &["Basic Og==", "Basic Og=="], ""),
        (
            "two headers, one a bearer's",
            &["Bearer x", "Basic Og=="],
            "",
        ),
    ];
    each_is(TWO_WAYS, cases).await;
}

#[tokio::test]
async fn the_client_is_asked_before_the_password() {
    let house = House::new().await;
    let form = "username=johndoe&password=wrong&client_id=other";
    let answer = send(&app(&house), login(form)).await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into(), None));
    assert_eq!(answer.json()["detail"], "The client is not known");
}

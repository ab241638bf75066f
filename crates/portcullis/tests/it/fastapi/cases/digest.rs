//! `Authorization: Digest …`. Neither side checks the digest itself.

use super::{Case, Sent, authorization};

const ROUTES: [&str; 2] = ["http_digest/required", "http_digest/optional"];

const SENT: &[Sent] = &[
    ("absent", &[]),
    ("empty header", &[b""]),
    (
        "right",
        &[br#"Digest username="u", realm="r", nonce="n", uri="/", response="0""#],
    ),
    ("one parameter", &[br#"Digest username="u""#]),
    ("lower case", &[br#"digest username="u""#]),
    ("upper case", &[br#"DIGEST username="u""#]),
    ("two spaces", &[br#"Digest  username="u""#]),
    ("scheme alone", &[b"Digest"]),
    ("scheme and spaces", &[b"Digest   "]),
    ("no space", &[br#"Digestusername="u""#]),
    ("tab for the space", &[b"Digest\tusername=\"u\""]),
    ("unquoted", &[b"Digest username=u, nc=00000001"]),
    (
        "no space after the comma",
        &[br#"Digest username="u",realm="r""#],
    ),
    ("comma inside quotes", &[br#"Digest username="a, b=\"c\"""#]),
    ("comma at the end", &[br#"Digest username="u", "#]),
    ("a quote that stays open", &[br#"Digest username="u"#]),
    (
        "a parameter twice",
        &[br#"Digest username="u", username="v""#],
    ),
    ("no parameters", &[b"Digest tok"]),
    ("UTF-8", &[b"Digest username=\"\xc3\xbc\""]),
    ("Latin-1", &[b"Digest username=\"\xfc\""]),
    ("Basic", &[b"Basic dTpw"]),
    ("Bearer", &[b"Bearer tok"]),
    (
        "repeated",
        &[br#"Digest username="u""#, br#"Digest username="v""#],
    ),
];

pub(super) fn cases() -> Vec<Case> {
    authorization(&ROUTES, SENT)
}

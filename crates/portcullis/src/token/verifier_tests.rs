//! Forged and malformed tokens: a corpus, signed where a forger could have them signed. Each case
//! has a name, and each table first shows that its template verifies, so that a case is refused for
//! what it changes and for nothing else.

use super::*;
use crate::token::SigningKey;

#[path = "verifier_cache_tests.rs"]
mod cache;
#[path = "verifier_claims_tests.rs"]
mod claims;
#[path = "verifier_form_tests.rs"]
mod form;
#[path = "verifier_header_tests.rs"]
mod header;
#[path = "verifier_key_tests.rs"]
mod key;
#[path = "verifier_random_tests.rs"]
mod random;
#[path = "verifier_rsa_tests.rs"]
mod rsa;

const NOW: i64 = 1_700_000_000;
const EXPIRES: i64 = NOW + 900;
const ISSUER: &str = "https://auth.example.com";
const AUDIENCE: &str = "https://api.example.com";

/// JSON values of every type. Which of them a member may have is the business of its table.
const EVERY_TYPE: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1.5",
    r#""""#,
    "[]",
    r#"["x"]"#,
    "{}",
    r#"{"a":1}"#,
];

/// The members of a JSON object, in order, as text: a forger may repeat one, or write what no JSON
/// library would.
#[derive(Clone)]
struct Members(Vec<(String, String)>);

impl Members {
    fn of(members: &[(&str, String)]) -> Self {
        let members = members.iter();
        Self(
            members
                .map(|(name, raw)| ((*name).to_owned(), raw.clone()))
                .collect(),
        )
    }

    fn without(&self, name: &str) -> Self {
        let others = self.0.iter().filter(|(other, _)| other != name);
        Self(others.cloned().collect())
    }

    /// The same with `raw` as the value of `name`, in its place.
    fn with(&self, name: &str, raw: &str) -> Self {
        let mut changed = self.clone();
        match changed.0.iter_mut().find(|(other, _)| other == name) {
            Some((_, value)) => *value = raw.to_owned(),
            None => changed.0.push((name.to_owned(), raw.to_owned())),
        }
        changed
    }

    /// The same with one more member at the end, repeated if it was there.
    fn and(&self, name: &str, raw: &str) -> Self {
        let mut changed = self.clone();
        changed.0.push((name.to_owned(), raw.to_owned()));
        changed
    }

    /// The same with one more member at the beginning.
    fn after(&self, name: &str, raw: &str) -> Self {
        let mut changed = self.clone();
        changed.0.insert(0, (name.to_owned(), raw.to_owned()));
        changed
    }

    fn raw(&self, name: &str) -> &str {
        &self.0.iter().find(|(other, _)| other == name).unwrap().1
    }

    /// The JSON. A name is written as it is, so it may hold escapes.
    fn json(&self) -> String {
        let members: Vec<_> = self
            .0
            .iter()
            .map(|(name, raw)| format!("\"{name}\":{raw}"))
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A key, its verifier, and the members of a token that verifies.
struct Forge {
    key: SigningKey,
    verifier: TokenVerifier,
    header: Members,
    claims: Members,
}

impl Forge {
    fn new() -> Self {
        Self::of(SigningKey::generate().unwrap())
    }

    fn of(key: SigningKey) -> Self {
        let verifier = verifier(&key);
        let header = Members::of(&[
            ("typ", quoted(TYPE)),
            ("alg", quoted(key.public().algorithm().name())),
            ("kid", quoted(key.public().kid())),
        ]);
        let claims = Members::of(&[
            ("iss", quoted(ISSUER)),
            ("sub", quoted("4b1c")),
            ("aud", quoted(AUDIENCE)),
            ("exp", EXPIRES.to_string()),
            ("iat", NOW.to_string()),
            ("jti", quoted("j-1")),
            ("client_id", quoted("portcullis")),
            ("sid", quoted("s-1")),
            ("epoch", "3".to_owned()),
            ("scope", quoted("items:read users:read")),
        ]);
        Self {
            key,
            verifier,
            header,
            claims,
        }
    }

    fn token(&self) -> String {
        self.sign(&self.header, &self.claims)
    }

    fn sign(&self, header: &Members, claims: &Members) -> String {
        self.sign_bytes(header.json().as_bytes(), claims.json().as_bytes())
    }

    fn sign_header(&self, header: &Members) -> String {
        self.sign(header, &self.claims)
    }

    fn sign_claims(&self, claims: &Members) -> String {
        self.sign(&self.header, claims)
    }

    fn sign_bytes(&self, header: &[u8], claims: &[u8]) -> String {
        self.sign_text(&format!("{}.{}", encode(header), encode(claims)))
    }

    /// Signs whatever text stands before the last dot.
    fn sign_text(&self, message: &str) -> String {
        let signature = self.key.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", encode(signature.as_ref()))
    }

    fn verify(&self, token: &str) -> Result<Arc<Claims>, InvalidToken> {
        self.verifier.verify(token, NOW)
    }

    /// Every case of the table is refused, twice: what was refused is not remembered.
    fn refuses(&self, cases: &[(String, String)]) {
        assert!(self.verify(&self.token()).is_ok(), "the template verifies");
        distinct(cases);
        for (name, token) in cases {
            assert_eq!(self.verify(token).err(), Some(InvalidToken), "{name}");
            assert_eq!(
                self.verify(token).err(),
                Some(InvalidToken),
                "{name}, second time"
            );
        }
    }

    fn accepts(&self, cases: &[(String, String)]) {
        distinct(cases);
        for (name, token) in cases {
            assert!(self.verify(token).is_ok(), "{name}");
        }
    }
}

fn verifier(key: &SigningKey) -> TokenVerifier {
    TokenVerifier::new(vec![key.public().clone()], ISSUER.into(), AUDIENCE.into())
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn segments(token: &str) -> [&str; 3] {
    let parts: Vec<_> = token.split('.').collect();
    parts.try_into().unwrap()
}

/// A table with one case twice would count more than it tests.
fn distinct(cases: &[(String, String)]) {
    let mut names: Vec<_> = cases.iter().map(|(name, _)| name).collect();
    names.sort();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "two cases have one name");
}

#[test]
fn the_template_says_what_was_signed() {
    let forge = Forge::new();
    let claims = forge.verify(&forge.token()).unwrap();
    assert_eq!(claims.issuer, ISSUER);
    assert_eq!(claims.subject, "4b1c");
    assert_eq!(claims.expires_at, EXPIRES);
    assert_eq!(claims.issued_at, NOW);
    assert_eq!(claims.token_id, "j-1");
    assert_eq!(claims.client_id, "portcullis");
    assert_eq!(claims.session_id, "s-1");
    assert_eq!(claims.epoch, crate::token::Epoch::new(3));
    assert_eq!(claims.scopes.to_string(), "items:read users:read");
}

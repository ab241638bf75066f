//! What an access token says (RFC 9068 §2.2).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::client::ClientId;
use crate::scope::Scopes;

/// A user's security epoch: a number that changes whenever every earlier token of that user must
/// die. A token carries the one it was issued in.
///
/// ```
/// use portcullis::token::Epoch;
///
/// let issued_in = Epoch::new(3); // read from the token
/// let now = Epoch::new(4); // read from the table: the password was changed
/// assert_ne!(issued_in, now);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(i64);

impl Epoch {
    /// An epoch that a store keeps.
    ///
    /// ```
    /// use portcullis::token::Epoch;
    ///
    /// assert_eq!(Epoch::new(0), Epoch::default()); // what a new account has
    /// ```
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// An epoch for users whose table has no column for it: the fingerprint of what must kill
    /// tokens when it changes, such as the password's hash and whether the account is active.
    ///
    /// ```
    /// use portcullis::token::Epoch;
    ///
    /// let before = Epoch::fingerprint(["$argon2id$v=19$…old", "active"]);
    /// let after = Epoch::fingerprint(["$argon2id$v=19$…new", "active"]);
    /// assert_ne!(before, after);
    /// ```
    pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        for part in parts {
            // The length first, so that ["ab", "c"] and ["a", "bc"] differ.
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let digest = context.finish();
        let mut number = [0; 8];
        for (byte, from) in number.iter_mut().zip(digest.as_ref()) {
            *byte = *from;
        }
        // 53 bits: what every JSON reader can keep.
        Self(i64::from_be_bytes(number) & 0x1F_FFFF_FFFF_FFFF)
    }

    /// The number.
    ///
    /// ```
    /// use portcullis::token::Epoch;
    ///
    /// let next = Epoch::new(Epoch::new(3).number() + 1);
    /// assert_eq!(next.number(), 4);
    /// ```
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// The claims of an access token that was verified.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// # let (keys, token) = keys_and_token()?;
/// use portcullis::token::TokenVerifier;
///
/// let verifier = TokenVerifier::new(keys, "https://login".into(), "https://api".into());
/// let claims = verifier.verify(&token, 60)?;
/// assert_eq!((claims.subject.as_str(), claims.expires_at), ("4f9x2", 900));
/// assert!(claims.scopes.contains("items:read"));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// `iss`: who issued it.
    pub issuer: String,
    /// `sub`: the user's identifier.
    pub subject: String,
    /// `exp`: the second from which on it is refused, since the Unix epoch.
    pub expires_at: i64,
    /// `iat`: the second in which it was issued.
    pub issued_at: i64,
    /// `jti`: its own identifier.
    pub token_id: String,
    /// `client_id`: the client it was issued to.
    pub client_id: String,
    /// `sid`: the session it belongs to.
    pub session_id: String,
    /// `epoch`: the user's security epoch when it was issued.
    pub epoch: Epoch,
    /// `scope`: what it allows.
    pub scopes: Scopes,
}

impl Claims {
    /// Whether it is a client's own token, by its own credentials, and so of no user (RFC 9068 §2.2,
    /// §5): a client's identifier is its subject.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (keys, token) = keys_and_token()?;
    /// # use portcullis::token::{Claims, TokenVerifier};
    /// # let verifier = TokenVerifier::new(keys, "https://login".into(), "https://api".into());
    /// let claims = verifier.verify(&token, 60)?;
    /// assert!(!claims.is_of_client());
    /// let id = String::from("client-4f9x2");
    /// let own = Claims { subject: id.clone(), client_id: id, ..(*claims).clone() };
    /// assert!(own.is_of_client());
    /// # Ok(()) }
    /// ```
    pub fn is_of_client(&self) -> bool {
        // A user table of somebody's own may well have a user of the built-in client's name.
        self.subject == self.client_id && self.client_id != ClientId::FIRST_PARTY
    }

    /// Reads verified members. `None` for a claim that is required and missing, or of another type.
    pub(super) fn read(members: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| match members.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        let number = |name: &str| members.get(name).and_then(Value::as_i64);
        let scopes = match members.get("scope") {
            None => Scopes::none(),
            Some(Value::String(scope)) => Scopes::parse(scope).ok()?,
            Some(_) => return None,
        };
        Some(Self {
            issuer: text("iss")?,
            subject: text("sub")?,
            expires_at: number("exp")?,
            issued_at: number("iat")?,
            token_id: text("jti")?,
            client_id: text("client_id")?,
            session_id: text("sid")?,
            epoch: Epoch(number("epoch")?),
            scopes,
        })
    }
}

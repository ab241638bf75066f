//! OAuth clients (RFC 6749 §2).

/// The identifier of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(Box<str>);

impl ClientId {
    /// The built-in client: public, first party. A request that names no client is its.
    pub const FIRST_PARTY: &'static str = "portcullis";

    /// The built-in client's identifier.
    pub fn first_party() -> Self {
        Self(Self::FIRST_PARTY.into())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a request says of the client that sends it, before anything is believed.
#[derive(Debug, Clone, Default)]
pub struct ClientCredentials {
    /// `client_id`; empty counts as absent.
    pub id: Option<String>,
    /// `client_secret`; empty counts as absent.
    pub secret: Option<crate::secret::Password>,
    /// Whether they came in an `Authorization: Basic` header (RFC 6749 §2.3.1).
    pub from_header: bool,
}

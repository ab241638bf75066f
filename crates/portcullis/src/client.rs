//! OAuth clients (RFC 6749 §2).

/// The identifier of a client.
///
/// ```
/// use portcullis::client::ClientId;
///
/// // What stands in `client_id` of every token that was asked for without one:
/// assert_eq!(ClientId::first_party().as_str(), "portcullis");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(Box<str>);

impl ClientId {
    /// An identifier that a store kept.
    ///
    /// ```
    /// use portcullis::client::ClientId;
    ///
    /// assert_eq!(ClientId::new("portcullis"), ClientId::first_party());
    /// ```
    pub fn new(id: impl Into<Box<str>>) -> Self {
        Self(id.into())
    }

    /// The built-in client: public, first party. A request that names no client is its.
    pub const FIRST_PARTY: &'static str = "portcullis";

    /// The built-in client's identifier.
    ///
    /// ```
    /// use portcullis::client::ClientId;
    ///
    /// assert_eq!(ClientId::first_party().as_str(), ClientId::FIRST_PARTY);
    /// ```
    pub fn first_party() -> Self {
        Self(Self::FIRST_PARTY.into())
    }

    /// The identifier as text.
    ///
    /// ```
    /// use portcullis::client::ClientId;
    ///
    /// let form = format!("client_id={}", ClientId::first_party().as_str());
    /// assert_eq!(form, "client_id=portcullis");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a request says of the client that sends it, before anything is believed.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClientCredentials {
    /// `client_id`; empty counts as absent.
    pub(crate) id: Option<String>,
    /// `client_secret`; empty counts as absent.
    pub(crate) secret: Option<crate::secret::Password>,
    /// Whether they came in an `Authorization: Basic` header (RFC 6749 §2.3.1).
    pub(crate) from_header: bool,
}

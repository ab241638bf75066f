//! Step 1: the client (RFC 6749 §2.3).

use super::NotGranted;
use crate::client::{ClientCredentials, ClientId};

/// The client that sends a request: the built-in one, as long as there are no others.
pub(super) fn find(credentials: &ClientCredentials) -> Result<ClientId, NotGranted> {
    let known = match &credentials.id {
        None => true,
        Some(id) => id == ClientId::FIRST_PARTY,
    };
    if known && credentials.secret.is_none() {
        return Ok(ClientId::first_party());
    }
    Err(NotGranted::InvalidClient {
        from_header: credentials.from_header,
    })
}

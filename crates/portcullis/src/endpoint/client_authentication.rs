//! How a client says who it is at an OAuth endpoint (RFC 6749 §2.3.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use zeroize::Zeroizing;

use crate::client::ClientCredentials;
use crate::grant::NotGranted;
use crate::scheme::{Form, decode_parameter};
use crate::secret::Password;

/// The credentials of the header, or those of the form, but not both. Empty ones count as absent:
/// Swagger UI sends `Basic Og==`.
pub(super) fn client_credentials(
    headers: &HeaderMap,
    form: &mut Form,
) -> Result<ClientCredentials, NotGranted> {
    let in_form = ClientCredentials {
        id: form.take_plain("client_id"),
        secret: form
            .take("client_secret")
            .map(|text| Password::new(text.as_str())),
        from_header: false,
    };
    let Some(in_header) = basic(headers)? else {
        return Ok(in_form);
    };
    let same_id = in_form.id.is_none() || in_form.id == in_header.id;
    if in_form.secret.is_some() || !same_id {
        return Err(NotGranted::InvalidRequest(
            "The client must authenticate in one way, not in two",
        ));
    }
    Ok(in_header)
}

fn basic(headers: &HeaderMap) -> Result<Option<ClientCredentials>, NotGranted> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(NotGranted::InvalidRequest(
            "There is more than one Authorization header",
        ));
    }
    let refused = NotGranted::InvalidClient { from_header: true };
    let Some((scheme, encoded)) = value.as_bytes().split_first_chunk::<6>() else {
        return Ok(None);
    };
    // A bearer token that some program sends everywhere says nothing about the client.
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return Ok(None);
    }
    let decoded = STANDARD.decode(encoded.trim_ascii()).map(Zeroizing::new);
    let Ok(decoded) = decoded else {
        return Err(refused);
    };
    let Some(colon) = decoded.iter().position(|byte| *byte == b':') else {
        return Err(refused);
    };
    let (id, secret) = decoded.split_at(colon);
    let secret = secret.strip_prefix(b":").unwrap_or_default();
    let (Ok(id), Ok(secret)) = (decode_parameter(id), decode_parameter(secret)) else {
        return Err(refused);
    };
    if id.is_empty() && secret.is_empty() {
        return Ok(None);
    }
    Ok(Some(ClientCredentials {
        id: (!id.is_empty()).then_some(id),
        secret: (!secret.is_empty()).then(|| Password::new(secret)),
        from_header: true,
    }))
}

//! The `Authorization` header (RFC 9110 §11.6.2).

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::Reason;

/// What follows the name of `scheme`, without the spaces around it, when the header is of that scheme.
/// Scheme names are compared without regard to case (RFC 9110 §11.1).
pub(super) fn presented<'a>(
    headers: &'a HeaderMap,
    scheme: &str,
) -> Result<Option<&'a [u8]>, Reason> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Reason::Repeated("More than one Authorization header"));
    }
    let bytes = value.as_bytes();
    let end = bytes.iter().position(|byte| *byte == b' ');
    let (name, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
    let is_meant = name.eq_ignore_ascii_case(scheme.as_bytes());
    Ok(is_meant.then(|| rest.trim_ascii()))
}

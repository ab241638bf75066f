//! The `Authorization: Bearer …` header (RFC 6750 §2.1, RFC 9110 §11.6.2).

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// What a request presents as a bearer token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Presented<'a> {
    /// No `Authorization` header, or one of another scheme.
    Nothing,
    /// `Bearer`, and no token.
    Empty,
    /// Something that cannot be a token.
    Malformed,
    /// More than one `Authorization` header.
    Repeated,
    /// A token, not yet verified.
    Token(&'a str),
}

pub(crate) fn presented_bearer(headers: &HeaderMap) -> Presented<'_> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Presented::Nothing;
    };
    if values.next().is_some() {
        return Presented::Repeated;
    }
    let bytes = value.as_bytes();
    let scheme_end = bytes.iter().position(|byte| *byte == b' ');
    let (scheme, rest) = bytes.split_at(scheme_end.unwrap_or(bytes.len()));
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Presented::Nothing;
    }
    let token = rest.trim_ascii();
    if token.is_empty() {
        return Presented::Empty;
    }
    match std::str::from_utf8(token) {
        Ok(token) if is_b64token(token) => Presented::Token(token),
        _ => Presented::Malformed,
    }
}

/// `b64token` of RFC 6750 §2.1.
fn is_b64token(token: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric() | matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
    };
    let body = token.trim_end_matches('=');
    // Without an early end, it runs over many bytes at a time: this is asked of every request.
    !body.is_empty() && body.bytes().fold(true, |all, byte| all & allowed(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(values: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, http::HeaderValue::from_bytes(value).unwrap());
        }
        format!("{:?}", presented_bearer(&headers))
    }

    #[test]
    fn rfc_6750_s2_1_forms() {
        for (value, expected) in [
            (&b"Bearer abc"[..], "Token(\"abc\")"),
            (b"bearer abc", "Token(\"abc\")"),
            (b"BEARER   abc  ", "Token(\"abc\")"),
            (b"Bearer a-._~+/Z09==", "Token(\"a-._~+/Z09==\")"),
            (b"Bearer", "Empty"),
            (b"Bearer ", "Empty"),
            (b"Bearer    ", "Empty"),
            (b"Bearer a b", "Malformed"),
            (b"Bearer a,b", "Malformed"),
            (b"Bearer =", "Malformed"),
            (b"Bearer a=b", "Malformed"),
            (b"Bearer \xff", "Malformed"),
            (b"Bearer\tabc", "Nothing"),
            (b"Bearerabc", "Nothing"),
            (b"Basic Og==", "Nothing"),
            (b"", "Nothing"),
        ] {
            assert_eq!(presented(&[value]), expected, "{value:?}");
        }
        assert_eq!(presented(&[]), "Nothing");
        assert_eq!(presented(&[b"Bearer a", b"Bearer a"]), "Repeated");
        assert_eq!(presented(&[b"Basic Og==", b"Bearer a"]), "Repeated");
    }
}

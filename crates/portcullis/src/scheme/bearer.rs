//! The `Authorization: Bearer …` header (RFC 6750 §2.1), and the schemes whose credential it is.

use http::HeaderMap;

use super::{Reason, authorization};

/// The token that is presented, not yet verified. `None` when there is no header of this scheme.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, Reason> {
    let Some(token) = authorization::presented(headers, "Bearer")? else {
        return Ok(None);
    };
    if token.is_empty() {
        return Err(Reason::NotAuthenticated);
    }
    match std::str::from_utf8(token) {
        Ok(token) if is_b64token(token) => Ok(Some(token)),
        _ => Err(Reason::InvalidCredentials),
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

/// Turns a type that holds a bearer token into a credential.
macro_rules! holds_a_bearer_token {
    ([$parameter:ident: $bound:path] $name:ident, class $class:literal, defined by $definition:expr) => {
        impl<$parameter: $bound> $name<$parameter> {
            /// The token.
            ///
            /// ```
            /// use portcullis::HttpBearer;
            ///
            /// // As it is for every scheme with a token.
            /// async fn keep(token: HttpBearer) -> String {
            ///     token.into_token()
            /// }
            /// ```
            pub fn into_token(self) -> String {
                self.0
            }
        }

        impl<$parameter: $bound> crate::scheme::credential::Credential for $name<$parameter> {
            type Scheme = $parameter;
            const CLASS: &'static str = $class;
            const CHALLENGE: crate::scheme::challenge::Challenge =
                crate::scheme::challenge::Challenge::Bearer;

            fn definition() -> serde_json::Value {
                $definition
            }

            fn read(
                parts: &http::request::Parts,
            ) -> Result<Option<Self>, crate::scheme::Reason> {
                let token = crate::scheme::bearer::bearer_token(&parts.headers)?;
                Ok(token.map(|token| Self(token.to_owned(), std::marker::PhantomData)))
            }
        }

        crate::scheme::credential::credential_is_text!([$parameter: $bound] $name);
    };
}

pub(super) use holds_a_bearer_token;

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;

    use super::*;

    fn presented(values: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, http::HeaderValue::from_bytes(value).unwrap());
        }
        match bearer_token(&headers) {
            Ok(found) => format!("{found:?}"),
            Err(reason) => format!("{reason:?}"),
        }
    }

    #[test]
    fn rfc_6750_s2_1_forms() {
        for (value, expected) in [
            (&b"Bearer abc"[..], "Some(\"abc\")"),
            (b"bearer abc", "Some(\"abc\")"),
            (b"BEARER   abc  ", "Some(\"abc\")"),
            (b"Bearer a-._~+/Z09==", "Some(\"a-._~+/Z09==\")"),
            (b"Bearer", "NotAuthenticated"),
            (b"Bearer ", "NotAuthenticated"),
            (b"Bearer    ", "NotAuthenticated"),
            (b"Bearer a b", "InvalidCredentials"),
            (b"Bearer a,b", "InvalidCredentials"),
            (b"Bearer =", "InvalidCredentials"),
            (b"Bearer a=b", "InvalidCredentials"),
            (b"Bearer \xff", "InvalidCredentials"),
            (b"Bearer\tabc", "None"),
            (b"Bearerabc", "None"),
            (b"Basic Og==", "None"),
            (b"", "None"),
        ] {
            assert_eq!(presented(&[value]), expected, "{value:?}");
        }
        assert_eq!(presented(&[]), "None");
        for twice in [
            [&b"Bearer a"[..], b"Bearer a"],
            [b"Basic Og==", b"Bearer a"],
        ] {
            assert!(presented(&twice).starts_with("Repeated"), "{twice:?}");
        }
    }
}

//! What `WWW-Authenticate` says (RFC 9110 §11.6.1).

use http::HeaderValue;

use super::Reason;

/// The challenge of a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// RFC 6750 §3.
    Bearer,
    /// RFC 7617 §2, §2.1.
    Basic { realm: &'static str },
    /// RFC 7616 §3.3; without a nonce, which only the application can make.
    Digest,
    /// Of an API key: not in the IANA registry, but what FastAPI's clients know.
    ApiKey,
}

impl Challenge {
    /// The challenge for a refusal, if it has one.
    pub(super) fn for_reason(self, reason: &Reason) -> Option<HeaderValue> {
        let text = match (self, reason) {
            (Self::Bearer, Reason::InvalidCredentials) => {
                r#"Bearer error="invalid_token""#.to_owned()
            }
            (Self::Bearer, Reason::InsufficientScope(needed)) if needed.is_empty() => {
                r#"Bearer error="insufficient_scope""#.to_owned()
            }
            (Self::Bearer, Reason::InsufficientScope(needed)) => format!(
                r#"Bearer error="insufficient_scope", scope="{}""#,
                quoted(&needed.join(" "))
            ),
            (_, Reason::NotAuthenticated | Reason::InvalidCredentials) => self.plain(),
            _ => return None,
        };
        HeaderValue::try_from(text).ok()
    }

    fn plain(self) -> String {
        match self {
            Self::Bearer => "Bearer".to_owned(),
            Self::Basic { realm } => format!(r#"Basic realm="{}", charset="UTF-8""#, quoted(realm)),
            Self::Digest => "Digest".to_owned(),
            Self::ApiKey => "APIKey".to_owned(),
        }
    }
}

/// The inside of a quoted-string (RFC 9110 §5.6.4), in ASCII.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            _ => quoted.push('?'),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(challenge: Challenge, reason: &Reason) -> Option<String> {
        let value = challenge.for_reason(reason)?;
        Some(value.to_str().unwrap().to_owned())
    }

    #[test]
    fn rfc_6750_s3_names_the_error_and_the_scopes() {
        let bearer = |reason| said(Challenge::Bearer, &reason).unwrap();
        assert_eq!(bearer(Reason::NotAuthenticated), "Bearer");
        assert_eq!(
            bearer(Reason::InvalidCredentials),
            r#"Bearer error="invalid_token""#
        );
        assert_eq!(
            bearer(Reason::InsufficientScope(vec!["a".into(), "b".into()])),
            r#"Bearer error="insufficient_scope", scope="a b""#
        );
        assert_eq!(
            bearer(Reason::InsufficientScope(Vec::new())),
            r#"Bearer error="insufficient_scope""#
        );
        // No scope, but a `RequiredScopes` written by hand can have it.
        assert_eq!(
            bearer(Reason::InsufficientScope(vec![
                "a\", realm=\"b".into(),
                "c\n".into()
            ])),
            r#"Bearer error="insufficient_scope", scope="a\", realm=\"b c?""#
        );
        assert_eq!(said(Challenge::Bearer, &Reason::InactiveUser), None);
    }

    #[test]
    fn rfc_7617_s2_a_realm_is_quoted() {
        let basic = |realm| said(Challenge::Basic { realm }, &Reason::NotAuthenticated).unwrap();
        assert_eq!(basic("api"), r#"Basic realm="api", charset="UTF-8""#);
        assert_eq!(
            basic("a\"b\\c\u{e9}\n"),
            r#"Basic realm="a\"b\\c??", charset="UTF-8""#
        );
    }

    #[test]
    fn a_lack_of_scope_is_told_to_bearers_alone() {
        let lack = Reason::InsufficientScope(vec!["a".into()]);
        assert_eq!(said(Challenge::ApiKey, &lack), None);
        assert_eq!(said(Challenge::Basic { realm: "api" }, &lack), None);
    }
}

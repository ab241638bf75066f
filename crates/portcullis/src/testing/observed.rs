//! What a call was answered.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;

use super::probe::Probe;

/// The longest refusal that is looked at, in bytes.
const LONGEST: usize = 64 * 1024;
/// How much of it is shown, in characters.
const SHOWN: usize = 200;

/// A call, and its answer.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) probe: Probe,
    pub(super) status: u16,
    /// The values of `WWW-Authenticate`.
    pub(super) challenges: Vec<String>,
    /// The beginning of the body of a refusal.
    pub(super) body: String,
}

impl Observed {
    pub(super) async fn read(probe: Probe, response: Response) -> Self {
        let status = response.status().as_u16();
        let challenges = response.headers().get_all(WWW_AUTHENTICATE).iter();
        let challenges = challenges
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        // What succeeds may be a stream without an end.
        let body = if status >= 400 {
            beginning(response.into_body()).await
        } else {
            String::new()
        };
        Self {
            probe,
            status,
            challenges,
            body,
        }
    }

    /// Whether a challenge names this HTTP scheme.
    pub(super) fn challenges_for(&self, word: &str) -> bool {
        let mut names = self.challenges.iter().flat_map(|value| schemes(value));
        names.any(|name| name.eq_ignore_ascii_case(word))
    }

    /// Whether the call did something for whom it knew: it may have ended what its credentials stand on.
    pub(super) fn acted(&self) -> bool {
        self.status < 400 && !self.probe.presented.is_empty()
    }

    /// What was sent, and what came back.
    pub(super) fn says(&self) -> String {
        let mut says = format!("{}: {}", self.probe.says, status(self.status));
        for challenge in &self.challenges {
            says.push_str(", `WWW-Authenticate: ");
            says.push_str(challenge);
            says.push('`');
        }
        says
    }

    /// The same, with the beginning of the body.
    pub(super) fn says_with_body(&self) -> String {
        if self.body.is_empty() {
            return self.says();
        }
        format!("{}, {}", self.says(), self.body)
    }
}

/// `401 Unauthorized`.
pub(super) fn status(status: u16) -> String {
    StatusCode::from_u16(status).map_or_else(|_| status.to_string(), |status| status.to_string())
}

async fn beginning(body: Body) -> String {
    let Ok(bytes) = to_bytes(body, LONGEST).await else {
        return "a long body".into();
    };
    let text = String::from_utf8_lossy(&bytes);
    let printable = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.chars().take(SHOWN).map(printable).collect()
}

/// The schemes that a value of `WWW-Authenticate` names (RFC 9110 §11.6.1).
fn schemes(value: &str) -> Vec<&str> {
    let mut in_quotes = false;
    let mut escaped = false;
    let parts = value.split(|letter: char| {
        let ends = letter == ',' && !in_quotes;
        if letter == '"' && !escaped {
            in_quotes = !in_quotes;
        }
        escaped = letter == '\\' && in_quotes && !escaped;
        ends
    });
    parts
        .filter_map(|part| part.split_ascii_whitespace().next())
        // `name=value` goes on with the challenge before it.
        .filter(|first| !first.contains('='))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::schemes;

    #[test]
    fn rfc_9110_s11_6_1_several_challenges_in_one_value() {
        for (value, expected) in [
            ("Bearer", &["Bearer"][..]),
            (r#"Bearer error="invalid_token""#, &["Bearer"]),
            (
                r#"Basic realm="a, \"Digest b", charset="UTF-8", Bearer"#,
                &["Basic", "Bearer"],
            ),
            (
                r#"Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple""#,
                &["Newauth", "Basic"],
            ),
            ("Negotiate abc==, APIKey", &["Negotiate", "APIKey"]),
            ("", &[]),
        ] {
            assert_eq!(schemes(value), expected, "{value}");
        }
    }
}

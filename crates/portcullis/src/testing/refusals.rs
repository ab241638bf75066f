//! What every refusal must be: documented, and a `401` with a challenge.

use super::difference::{Difference, DifferenceKind as Kind};
use super::judge::Judge;
use super::observed::{Observed, status};
use super::probe::Purpose;

/// Refusals that a client must be able to read of, whatever was sent.
const MUST_BE_DOCUMENTED: [u16; 4] = [400, 401, 403, 503];

impl Judge<'_> {
    /// RFC 9110 §15.5.2: a 401 says how to do better.
    pub(super) fn challenges(&self) -> Vec<Difference> {
        let refused = || self.observed.iter().filter(|one| one.status == 401);
        if let Some(silent) = refused().find(|one| one.challenges.is_empty()) {
            return vec![self.difference(
                Kind::NoChallenge,
                (
                    "answers 401, which has `WWW-Authenticate` (RFC 9110 §15.5.2)",
                    silent.says(),
                ),
                "add the header `WWW-Authenticate` to the refusal",
            )];
        }
        let mut found: Vec<Difference> = Vec::new();
        for answer in refused() {
            for word in self.unchallenged(answer) {
                let documented = format!("{}, so a 401 names `{word}`", self.documented_needs());
                if found.iter().all(|one| one.documented != documented) {
                    let remedy =
                        format!("add a challenge for `{word}` to the refusal's `WWW-Authenticate`");
                    let told = (documented, answer.says());
                    found.push(self.difference(Kind::ChallengeIncomplete, told, remedy));
                }
            }
        }
        found
    }

    /// The schemes that a `401` to this call should have named, and did not.
    fn unchallenged(&self, answer: &Observed) -> Vec<String> {
        let word = |scheme: &str| self.document.place(scheme)?.challenge().map(str::to_owned);
        let wanted: Vec<String> = match answer.probe.purpose {
            // Of several that are needed at once, the first that is missing may answer alone.
            Purpose::Anonymous => {
                let alone = self.operation.alternatives().filter(|one| one.0.len() == 1);
                alone
                    .flat_map(|one| &one.0)
                    .filter_map(|asked| word(&asked.scheme))
                    .collect()
            }
            Purpose::Malformed | Purpose::Wrong | Purpose::Misnamed | Purpose::Partial => {
                let named = self
                    .operation
                    .alternatives()
                    .any(|one| one.names(&answer.probe.scheme));
                word(&answer.probe.scheme)
                    .filter(|_| named)
                    .into_iter()
                    .collect()
            }
            _ => Vec::new(),
        };
        let mut missing: Vec<String> = Vec::new();
        for word in wanted {
            if !answer.challenges_for(&word) && !missing.contains(&word) {
                missing.push(word);
            }
        }
        missing
    }

    /// Statuses that were answered and are not documented: one difference for each.
    pub(super) fn undocumented(&self, found: &[Kind]) -> Vec<Difference> {
        let mut seen: Vec<u16> = Vec::new();
        let mut differences = Vec::new();
        for answer in self.observed {
            let code = answer.status;
            let is_success = matches!(
                answer.probe.purpose,
                Purpose::Right | Purpose::Together | Purpose::Unasked | Purpose::Stranger
            );
            let is_refusal = (300..500).contains(&code) && !is_success && !self.is_let_in(answer);
            // That it asks for credentials at all is told already.
            let told = matches!(code, 401 | 403) && found.contains(&Kind::SecurityUndocumented);
            if told
                || seen.contains(&code)
                || self.operation.documents(code)
                || !(is_refusal || MUST_BE_DOCUMENTED.contains(&code))
            {
                continue;
            }
            seen.push(code);
            let documented = format!("`responses` has {}", self.operation.statuses.join(", "));
            differences.push(self.difference(
                Kind::UndocumentedStatus,
                (documented, answer.says_with_body()),
                format!(
                    "document `{}` among the operation's responses",
                    status(code)
                ),
            ));
        }
        differences
    }
}

//! A call to an operation, and what stands in the way of it.

use super::difference::{Difference, DifferenceKind as Kind};
use super::document::{Asked, Operation};
use super::given::GivenByScheme;
use super::place::Presented;

/// What a call is to show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Purpose {
    Anonymous,
    /// Credentials whose form is wrong.
    Malformed,
    /// Well-formed ones that are wrong.
    Wrong,
    /// Right ones under the name of another HTTP scheme.
    Misnamed,
    /// All but one of the schemes that are needed at once.
    Partial,
    /// A token that lacks one scope.
    Scopeless,
    /// Right ones of a scheme that the operation does not name.
    Unnamed,
    /// Malformed ones of such a scheme, beside what lets a caller in.
    Unasked,
    /// A query parameter that nobody knows, beside what lets a caller in.
    Stranger,
    /// What the document asks for.
    Right,
    /// The same, with one of them twice.
    Repeated,
    /// The right ones of all alternatives at once.
    Together,
}

/// A call.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    pub(super) purpose: Purpose,
    /// The scheme it is about, if it is about one.
    pub(super) scheme: String,
    /// The position of the alternative, where the credentials are the right ones of one.
    pub(super) alternative: usize,
    /// What is sent, in words.
    pub(super) says: String,
    pub(super) presented: Vec<Presented>,
}

impl Probe {
    pub(super) fn new(
        purpose: Purpose,
        scheme: &str,
        says: impl Into<String>,
        presented: Vec<Presented>,
    ) -> Self {
        Self {
            purpose,
            scheme: scheme.to_owned(),
            alternative: 0,
            says: says.into(),
            presented,
        }
    }
}

/// Why right credentials cannot be presented.
pub(super) enum Lacking {
    Undeclared(String),
    NotGiven,
    /// Two schemes want different values at one place.
    Together(String, String),
}

/// The calls, and what stands in the way of others.
pub(super) struct Planned {
    pub(super) probes: Vec<Probe>,
    pub(super) differences: Vec<Difference>,
    /// Schemes without right credentials.
    pub(super) not_given: Vec<String>,
}

impl Planned {
    pub(super) fn note(&mut self, operation: &Operation, lacking: Lacking) {
        let difference = match lacking {
            // Reported once for the whole document.
            Lacking::NotGiven => return,
            Lacking::Undeclared(scheme) => Difference::new(
                &operation.name,
                Kind::SchemeUndeclared,
                (
                    format!("`security` names the scheme `{scheme}`"),
                    "`components.securitySchemes` does not declare it",
                ),
                "declare it, or correct the name",
            ),
            Lacking::Together(one, two) => Difference::new(
                &operation.name,
                Kind::CannotStandTogether,
                (
                    format!("`{one}` and `{two}` are both needed"),
                    "a request has room for the credentials of one of them",
                ),
                "make them alternatives, or move one of them to another place",
            ),
        };
        self.differences.push(difference);
    }

    /// Scopes that cannot be tried, because the credentials given for them are always the same.
    pub(super) fn note_scopes(&mut self, operation: &Operation, given: &GivenByScheme) {
        for Asked { scheme, scopes } in operation.alternatives().flat_map(|one| &one.0) {
            let given = given.get(scheme);
            let fixed = given.is_some_and(|given| !given.has_scopes() && !given.is_anything());
            if fixed && !scopes.is_empty() {
                self.differences.push(Difference::new(
                    &operation.name,
                    Kind::ScopeNotTried,
                    (
                        format!("`{scheme}` needs `{}`", scopes.join(" ")),
                        "the credentials given for it have no choice of scopes",
                    ),
                    format!("give them with `.bearer({scheme:?}, |scopes| token)`"),
                ));
            }
        }
    }
}

//! How an argument's type leaves its mark on an operation.
//!
//! An extractor can change its operation, but not the document's components, and of `Option<T>`
//! nothing tells it. So each argument leaves a note in an extension of the operation, and
//! [`Document`](super::Document) turns the notes into `security`, responses and schemes at the end.
//! An argument that is asked for as `Option<T>` leaves the first note only.

use aide::openapi::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The extension that holds the notes; it is not in the finished document.
pub(super) const NOTES: &str = "x-portcullis";

/// A security scheme.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// Its name in `components.securitySchemes`.
    pub name: &'static str,
    /// The OpenAPI Security Scheme Object.
    pub definition: Value,
}

/// A refusal that an operation may answer.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// When it is answered.
    pub description: &'static str,
}

/// What an argument adds to its operation.
#[derive(Debug, Clone)]
pub struct Described {
    /// The scheme it asks for.
    pub scheme: Scheme,
    /// The scopes it asks for.
    pub scopes: &'static [&'static str],
    /// What it may answer. Of two with one status, the later stands.
    pub refusals: Vec<Refusal>,
}

/// The notes of one operation.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Notes {
    /// Every security argument, optional or not.
    pub(super) arguments: Vec<Argument>,
    /// Those of them that are not optional.
    pub(super) required: Vec<Argument>,
    /// Refusals, by schema of their body.
    pub(super) refusals: Vec<Refused>,
    /// Scopes that a scheme's flows offer: the scheme's name, the scope, what it means.
    pub(super) scopes: Vec<(String, String, String)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Argument {
    pub(super) scheme: String,
    pub(super) definition: Value,
    pub(super) scopes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) description: String,
    pub(super) schema: String,
}

impl From<&Described> for Argument {
    fn from(described: &Described) -> Self {
        Self {
            scheme: described.scheme.name.to_owned(),
            definition: described.scheme.definition.clone(),
            scopes: described
                .scopes
                .iter()
                .map(|scope| (*scope).to_owned())
                .collect(),
        }
    }
}

/// Notes an argument.
pub(crate) fn argument(operation: &mut Operation, described: &Described) {
    amend(operation, |notes| notes.arguments.push(described.into()));
    refusals(operation, &described.refusals, "Error");
}

/// Notes that the argument is not optional.
pub(crate) fn required(operation: &mut Operation, described: &Described) {
    amend(operation, |notes| notes.required.push(described.into()));
}

/// Notes refusals whose body is of `schema`.
pub(crate) fn refusals(operation: &mut Operation, refusals: &[Refusal], schema: &str) {
    amend(operation, |notes| {
        for refusal in refusals {
            notes
                .refusals
                .retain(|other| other.status != refusal.status);
            notes.refusals.push(Refused {
                status: refusal.status,
                description: refusal.description.to_owned(),
                schema: schema.to_owned(),
            });
        }
    });
}

/// Notes scopes that are known at run time, for the flows of a scheme.
pub(crate) fn flow_scopes(
    operation: &mut Operation,
    scheme: &str,
    scopes: impl Iterator<Item = (String, String)>,
) {
    amend(operation, |notes| {
        notes
            .scopes
            .extend(scopes.map(|(scope, about)| (scheme.to_owned(), scope, about)));
    });
}

fn amend(operation: &mut Operation, change: impl FnOnce(&mut Notes)) {
    let extension = operation
        .extensions
        .entry(NOTES.to_owned())
        .or_insert_with(|| json!({}));
    let mut notes: Notes = serde_json::from_value(extension.take()).unwrap_or_default();
    change(&mut notes);
    // Text, numbers and JSON always turn into JSON.
    *extension = serde_json::to_value(notes).unwrap_or_default();
}

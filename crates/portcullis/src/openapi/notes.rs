//! How an argument's type leaves its mark on an operation.
//!
//! An extractor can change its operation, but not the document's components, and of `Option<T>`
//! nothing tells it. So each argument leaves a note in an extension of the operation, and
//! [`Document`](super::Document) turns the notes into `security`, responses and schemes at the end.
//! An argument that is asked for as `Option<T>` leaves the first note only.

use aide::openapi::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::described::{Described, Scheme};
use super::refusal::Refusal;

/// The extension that holds the notes; it is not in the finished document.
pub(super) const NOTES: &str = "x-portcullis";

/// The notes of one operation.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Notes {
    /// Every security argument, optional or not.
    pub(super) arguments: Vec<Described>,
    /// Those of them that are not optional.
    pub(super) required: Vec<Described>,
    /// Refusals that do not come from such an argument.
    pub(super) refusals: Vec<Refusal>,
    /// The scheme whose tokens are issued here.
    pub(super) issues: Option<Issues>,
}

/// What a token endpoint says of its scheme.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Issues {
    /// The scheme's name.
    pub(super) scheme: String,
    /// Its definition, where it is known.
    pub(super) definition: Option<Value>,
    /// The scopes that can be asked for, with their descriptions.
    pub(super) scopes: Vec<(String, String)>,
}

/// Notes an argument.
pub(crate) fn argument(operation: &mut Operation, described: &Described) {
    amend(operation, |notes| notes.arguments.push(described.clone()));
}

/// Notes that the argument is not optional.
pub(crate) fn required(operation: &mut Operation, described: &Described) {
    amend(operation, |notes| notes.required.push(described.clone()));
}

/// Notes refusals.
pub(crate) fn refusals(operation: &mut Operation, refusals: &[Refusal]) {
    amend(operation, |notes| {
        for refusal in refusals {
            Refusal::add(&mut notes.refusals, refusal.clone());
        }
    });
}

/// Notes that the tokens of `scheme` are issued here, with scopes that are known at run time.
pub(crate) fn issues(
    operation: &mut Operation,
    scheme: Scheme,
    scopes: impl Iterator<Item = (String, String)>,
) {
    amend(operation, |notes| {
        notes.issues = Some(Issues {
            scheme: scheme.name.into_owned(),
            definition: Some(scheme.definition),
            scopes: scopes.collect(),
        });
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

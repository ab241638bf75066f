//! One operation of a document: its notes become `security` and responses.

use serde_json::{Map, Value, json};

use super::DocumentError;
use super::describe::{NOTES, Notes};
use super::described::{Combination, Described};
use super::refusal::Refusal;
use super::schemes::Schemes;

/// An operation, and where it is.
pub(super) struct Operation<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) object: &'a mut Map<String, Value>,
}

impl Operation<'_> {
    /// Turns the notes of the operation into what OpenAPI says.
    pub(super) fn finish(self, schemes: &mut Schemes) -> Result<(), DocumentError> {
        let place = format!("{} {}", self.method.to_ascii_uppercase(), self.path);
        self.object
            .entry("operationId")
            .or_insert_with(|| operation_id(self.method, self.path).into());
        let Some(notes) = self.object.remove(NOTES) else {
            return Ok(());
        };
        let notes: Notes = serde_json::from_value(notes)?;
        if !notes.arguments.is_empty() {
            let combinations = combinations(&notes, &place)?;
            for combination in &combinations {
                schemes.ask(combination, &place)?;
            }
            self.object
                .insert("security".into(), security(&combinations));
        }
        add_refusals(self.object, &notes);
        if let Some(issues) = notes.issues {
            schemes.issue(issues, self.path.trim_start_matches('/'), &place)?;
        }
        Ok(())
    }
}

/// The alternatives of an operation. Arguments stand beside each other, so each combination of the
/// one meets each of the other; an argument that is not required may also be absent.
fn combinations(notes: &Notes, place: &str) -> Result<Vec<Combination>, DocumentError> {
    let mut found = vec![Combination::default()];
    for argument in &notes.arguments {
        if let Some((first, second)) = argument.never_reached.clone() {
            return Err(DocumentError::NeverReached {
                operation: place.to_owned(),
                first,
                second,
            });
        }
        let argument = if notes.required.contains(argument) {
            argument.clone()
        } else {
            argument.clone().optional()
        };
        found = both(&found, &argument);
    }
    if found.is_empty() {
        return Err(DocumentError::NeverTogether {
            operation: place.to_owned(),
        });
    }
    Ok(found)
}

fn both(found: &[Combination], argument: &Described) -> Vec<Combination> {
    let pairs = found
        .iter()
        .flat_map(|one| argument.combinations.iter().filter_map(|two| one.and(two)));
    let mut distinct: Vec<Combination> = Vec::new();
    for pair in pairs {
        if !distinct.iter().any(|other| other.all == pair.all) {
            distinct.push(pair);
        }
    }
    distinct
}

/// The Security Requirement Objects: in one object AND, one after the other OR, `{}` for nobody.
fn security(combinations: &[Combination]) -> Value {
    let object = |combination: &Combination| {
        let members = combination.all.iter();
        let members = members.map(|one| (one.scheme.name.to_string(), json!(one.scopes)));
        Value::Object(members.collect())
    };
    combinations.iter().map(object).collect()
}

fn add_refusals(operation: &mut Map<String, Value>, notes: &Notes) {
    let mut refusals = notes.refusals.clone();
    let absences = notes.required.iter().filter_map(|one| one.absence.as_ref());
    let of_arguments = notes.arguments.iter().flat_map(|one| &one.refusals);
    for refusal in of_arguments.chain(absences) {
        Refusal::add(&mut refusals, refusal.clone());
    }
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else {
        return;
    };
    for refusal in refusals {
        responses
            .entry(refusal.status().to_string())
            .or_insert_with(|| refusal.response());
    }
}

/// `GET /users/{id}` is `get_users_id`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    std::iter::once(method)
        .chain(words.filter(|word| !word.is_empty()))
        .collect::<Vec<_>>()
        .join("_")
}

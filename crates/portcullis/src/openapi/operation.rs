//! One operation of a document: its notes become `security` and responses.

use serde_json::{Map, Value, json};

use super::DocumentError;
use super::described::{Defect, Described, Requirement};
use super::notes::{NOTES, Notes};
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
        let described = described(&notes);
        if !notes.arguments.is_empty() {
            let requirements = requirements(&described, &place)?;
            for requirement in &requirements {
                schemes.ask(requirement, &place)?;
            }
            self.object
                .insert("security".into(), security(&requirements));
        }
        add_refusals(self.object, &described.refusals);
        if let Some(issues) = notes.issues {
            schemes.issue(issues, self.path.trim_start_matches('/'), &place)?;
        }
        Ok(())
    }
}

/// All of an operation's arguments, which stand beside each other; one that is not required may also
/// be absent.
fn described(notes: &Notes) -> Described {
    let nothing = Described::nothing().refusing_all(&notes.refusals);
    notes.arguments.iter().fold(nothing, |all, argument| {
        if notes.required.contains(argument) {
            all.and(argument).refusing_all(argument.absence.as_slice())
        } else {
            all.and(&argument.clone().optional())
        }
    })
}

/// The alternatives of an operation, each once.
fn requirements(described: &Described, place: &str) -> Result<Vec<Requirement>, DocumentError> {
    if let Some(defect) = described.defect.clone() {
        let operation = place.to_owned();
        return Err(match defect {
            Defect::AlwaysSatisfied(second) => DocumentError::AlwaysSatisfied { operation, second },
            Defect::NeverReached(first, second) if first == second => DocumentError::OfferedTwice {
                operation,
                scheme: first,
            },
            Defect::NeverReached(first, second) => DocumentError::NeverReached {
                operation,
                first,
                second,
            },
            Defect::NeverTogether(first, second) => DocumentError::NeverTogether {
                operation,
                first,
                second,
            },
        });
    }
    let mut distinct: Vec<Requirement> = Vec::new();
    for requirement in &described.requirements {
        if !distinct.iter().any(|other| other.all == requirement.all) {
            distinct.push(requirement.clone());
        }
    }
    Ok(distinct)
}

/// The Security Requirement Objects: in one object AND, one after the other OR, `{}` for nobody.
fn security(requirements: &[Requirement]) -> Value {
    let object = |requirement: &Requirement| {
        let members = requirement.all.iter();
        let members = members.map(|one| (one.scheme.name.to_string(), json!(one.scopes)));
        Value::Object(members.collect())
    };
    requirements.iter().map(object).collect()
}

fn add_refusals(operation: &mut Map<String, Value>, refusals: &[Refusal]) {
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

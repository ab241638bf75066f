//! What an OpenAPI document says, as far as it is checked.

use std::cmp::Reverse;

use http::Method;
use serde_json::{Map, Value};

use crate::openapi::Place;

/// A document that was read.
pub(super) struct Document {
    pub(super) operations: Vec<Operation>,
    /// The declared schemes, by name.
    pub(super) schemes: Vec<(String, Place)>,
    /// The whole document, into which `$ref` points.
    pub(super) json: Value,
}

/// An operation.
pub(super) struct Operation {
    /// `GET /items/{id}`.
    pub(super) name: String,
    pub(super) method: Method,
    pub(super) path: String,
    /// The keys of `responses`.
    pub(super) statuses: Vec<String>,
    /// The alternatives; one without schemes lets everybody in.
    pub(super) security: Vec<Requirement>,
    pub(super) parameters: Vec<Parameter>,
    /// The Request Body Object.
    pub(super) body: Option<Value>,
}

/// One Security Requirement Object: all of these at once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Requirement(pub(super) Vec<Asked>);

/// A scheme, and the scopes that are asked of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) scheme: String,
    pub(super) scopes: Vec<String>,
}

/// A parameter of an operation.
pub(super) struct Parameter {
    pub(super) name: String,
    /// `path`, `query`, `header` or `cookie`.
    pub(super) place: String,
    pub(super) required: bool,
    /// The Parameter Object.
    pub(super) object: Value,
}

impl Document {
    pub(super) fn read(json: Value) -> Self {
        let mut operations = operations(&json);
        // What deletes comes last, a part before the whole, and what only reads comes first.
        operations.sort_by_key(|operation| match order(&operation.method) {
            DELETES => (DELETES, Reverse(operation.path.matches('/').count())),
            other => (other, Reverse(0)),
        });
        let schemes = member(&json, "components")
            .and_then(|components| components.get("securitySchemes"))
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, scheme)| (name.clone(), Place::of(resolve(&json, scheme))))
            .collect();
        Self {
            operations,
            schemes,
            json,
        }
    }

    pub(super) fn place(&self, scheme: &str) -> Option<&Place> {
        let found = self.schemes.iter().find(|(name, _)| name == scheme);
        found.map(|(_, place)| place)
    }
}

impl Operation {
    /// Whether the document lets everybody in.
    pub(super) fn is_open(&self) -> bool {
        self.security.is_empty() || self.security.iter().any(|one| one.0.is_empty())
    }

    /// The alternatives that ask for something.
    pub(super) fn alternatives(&self) -> impl Iterator<Item = &Requirement> {
        self.security.iter().filter(|one| !one.0.is_empty())
    }

    /// Whether the document says that this status may be answered.
    pub(super) fn documents(&self, status: u16) -> bool {
        let (exact, range) = (status.to_string(), format!("{}XX", status / 100));
        let says = |key: &String| {
            *key == exact || key.eq_ignore_ascii_case(&range) || key.as_str() == "default"
        };
        self.statuses.iter().any(says)
    }
}

impl Requirement {
    /// Whether whoever presents `self` also presents everything of `other`.
    pub(super) fn satisfies(&self, other: &Self) -> bool {
        other.0.iter().all(|needed| {
            self.0.iter().any(|there| {
                there.scheme == needed.scheme
                    && needed
                        .scopes
                        .iter()
                        .all(|scope| there.scopes.contains(scope))
            })
        })
    }

    pub(super) fn names(&self, scheme: &str) -> bool {
        self.0.iter().any(|asked| asked.scheme == scheme)
    }

    pub(super) fn without(&self, scheme: &str) -> Self {
        let mut rest = self.clone();
        rest.0.retain(|asked| asked.scheme != scheme);
        rest
    }

    pub(super) fn without_scope(&self, scheme: &str, scope: &str) -> Self {
        let mut rest = self.clone();
        for asked in &mut rest.0 {
            if asked.scheme == scheme {
                asked.scopes.retain(|other| other != scope);
            }
        }
        rest
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, asked) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" and ")?;
            }
            write!(f, "`{}`", asked.scheme)?;
            if !asked.scopes.is_empty() {
                write!(f, " with `{}`", asked.scopes.join(" "))?;
            }
        }
        Ok(())
    }
}

const DELETES: u8 = 2;

fn order(method: &Method) -> u8 {
    match *method {
        Method::DELETE => DELETES,
        ref method if method.is_safe() => 0,
        _ => 1,
    }
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in member(document, "paths").into_iter().flatten() {
        let item = resolve(document, item);
        for (key, operation) in item.as_object().into_iter().flatten() {
            // Beside the operations, a Path Item has `parameters`, `summary`, `servers` …
            if let (Some(method), Some(operation)) = (method(key), operation.as_object()) {
                found.push(Operation {
                    name: format!("{method} {path}"),
                    method,
                    path: path.clone(),
                    statuses: keys(operation.get("responses")),
                    security: security(operation.get("security").or(document.get("security"))),
                    parameters: parameters(
                        document,
                        [item.get("parameters"), operation.get("parameters")],
                    ),
                    body: operation
                        .get("requestBody")
                        .map(|body| resolve(document, body).clone()),
                });
            }
        }
    }
    found
}

fn method(key: &str) -> Option<Method> {
    match key {
        "get" => Some(Method::GET),
        "head" => Some(Method::HEAD),
        "options" => Some(Method::OPTIONS),
        "trace" => Some(Method::TRACE),
        "post" => Some(Method::POST),
        "put" => Some(Method::PUT),
        "patch" => Some(Method::PATCH),
        "delete" => Some(Method::DELETE),
        _ => None,
    }
}

fn security(value: Option<&Value>) -> Vec<Requirement> {
    let asked = |(scheme, scopes): (&String, &Value)| Asked {
        scheme: scheme.clone(),
        scopes: scopes
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|scope| scope.as_str().map(str::to_owned))
            .collect(),
    };
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .map(|object| Requirement(object.iter().map(asked).collect()))
        .collect()
}

/// The parameters of the path, and those of the operation, which stand before them.
fn parameters(document: &Value, lists: [Option<&Value>; 2]) -> Vec<Parameter> {
    let mut found: Vec<Parameter> = Vec::new();
    for object in lists
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
    {
        let object = resolve(document, object);
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let (name, place) = (text("name").to_owned(), text("in").to_owned());
        found.retain(|other| (&other.name, &other.place) != (&name, &place));
        found.push(Parameter {
            name,
            place,
            required: object.get("required") == Some(&Value::Bool(true)),
            object: object.clone(),
        });
    }
    found
}

/// What `value` is, or what its `$ref` leads to.
pub(super) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    // A reference to a reference is rare, and a circle of them is a defect.
    for _ in 0..8 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            break;
        };
        let pointer = reference.strip_prefix('#').unwrap_or_default();
        match document.pointer(pointer) {
            Some(found) if !pointer.is_empty() => value = found,
            _ => break,
        }
    }
    value
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Map<String, Value>> {
    value.get(name).and_then(Value::as_object)
}

fn keys(value: Option<&Value>) -> Vec<String> {
    let object = value.and_then(Value::as_object);
    object
        .into_iter()
        .flatten()
        .map(|(key, _)| key.clone())
        .collect()
}

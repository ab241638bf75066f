//! What an operation is called with, beside credentials.

use axum::body::{Body, Bytes};
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::document::{Document, Operation, Parameter};
use super::place::{Presented, Sent, Unsendable, encode};
use super::sample::example;
use crate::openapi::Place;

/// The inputs that the developer gives; the rest is made from the document.
#[derive(Default, Clone)]
pub(super) struct Inputs {
    /// Where the application is mounted.
    pub(super) prefix: String,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) bodies: Vec<GivenBody>,
}

#[derive(Clone)]
pub(super) struct GivenBody {
    pub(super) operation: String,
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
}

impl Inputs {
    /// A request to an operation that presents these credentials.
    pub(super) fn request(
        &self,
        document: &Document,
        operation: &Operation,
        presented: &[Presented],
    ) -> Result<Request<Body>, Unsendable> {
        let mut sent = Sent::default();
        let keys = || {
            let asked = operation.alternatives().flat_map(|one| &one.0);
            asked.filter_map(|asked| document.place(&asked.scheme))
        };
        for parameter in &operation.parameters {
            let input = self.parameter(document, parameter);
            // A key that is described as a parameter too comes with the credentials, or not at all.
            let input = input.filter(|input| !keys().any(|key| key.excludes(&input.place)));
            if let Some(input) = input {
                sent.present(&input);
            }
        }
        for credential in presented {
            sent.present(credential);
        }
        let path = format!("{}{}", self.prefix, self.path(document, operation));
        let request = Request::builder()
            .method(operation.method.clone())
            .uri(sent.target(&path));
        let request = sent.head(request)?;
        Ok(match self.body(document, operation) {
            Some((content_type, bytes)) => request
                .header(CONTENT_TYPE, content_type)
                .body(Body::from(bytes))?,
            None => request.body(Body::empty())?,
        })
    }

    /// The path, with its parameters filled in.
    fn path(&self, document: &Document, operation: &Operation) -> String {
        let mut path = String::new();
        let mut rest = operation.path.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            path.push_str(before);
            path.push_str(&encode(&self.path_value(document, operation, name)));
            rest = after;
        }
        path + rest
    }

    fn path_value(&self, document: &Document, operation: &Operation, name: &str) -> String {
        // axum's wildcard is `{*rest}`.
        let name = name.trim_start_matches('*');
        let said = || {
            let mut parameters = operation.parameters.iter();
            let parameter = parameters.find(|one| one.place == "path" && one.name == name)?;
            example(&document.json, &parameter.object)
        };
        let given = self.given(name).map(str::to_owned);
        given
            .or_else(|| said().map(|value| text(&value)))
            .filter(|value| !value.is_empty())
            .unwrap_or_else(|| "1".into())
    }

    fn given(&self, name: &str) -> Option<&str> {
        let mut given = self.parameters.iter();
        let found = given.find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// What a parameter adds to a request, and where.
    fn parameter(&self, document: &Document, parameter: &Parameter) -> Option<Presented> {
        let name = parameter.name.clone();
        let place = match &*parameter.place {
            "query" => Place::Query(name),
            "header" => Place::Header(name.to_ascii_lowercase()),
            "cookie" => Place::Cookie(name),
            _ => return None,
        };
        let needed = || {
            let example = example(&document.json, &parameter.object);
            let needed = parameter.required;
            needed.then(|| text(&example.unwrap_or_default()))
        };
        let given = self.given(&parameter.name).map(str::to_owned);
        let value = given.or_else(needed)?;
        Some(Presented { place, value })
    }

    fn body(&self, document: &Document, operation: &Operation) -> Option<(String, Bytes)> {
        let given = self.bodies.iter();
        if let Some(given) = given.rev().find(|body| body.operation == operation.name) {
            return Some((given.content_type.clone(), given.bytes.clone()));
        }
        let content = operation.body.as_ref()?.get("content")?.as_object()?;
        let kinds: [fn(&str) -> bool; 3] = [
            |kind| kind.starts_with("application/json") || kind.ends_with("+json"),
            |kind| kind == "application/x-www-form-urlencoded",
            |kind| kind.starts_with("text/"),
        ];
        let (at, (kind, media)) = kinds.iter().enumerate().find_map(|(at, is_kind)| {
            let found = content.iter().find(|(kind, _)| is_kind(kind));
            found.map(|found| (at, found))
        })?;
        let value = example(&document.json, media).unwrap_or_default();
        let bytes = match at {
            0 => value.to_string(),
            1 => form(&value),
            _ => text(&value),
        };
        Some((kind.clone(), bytes.into()))
    }
}

fn form(value: &Value) -> String {
    let fields = value.as_object().into_iter().flatten();
    fields
        .map(|(name, value)| format!("{}={}", encode(name), encode(&text(value))))
        .collect::<Vec<_>>()
        .join("&")
}

/// A value as it stands in a path or a query.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

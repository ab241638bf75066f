//! Finishing the document: schemes, alternatives, refusals.

use aide::axum::ApiRouter;
use aide::openapi::{Info, OpenApi};
use axum::Router;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::describe::{Argument, NOTES, Notes, Refused};
use super::ui;

/// Why there is no document. Each is a defect of the program, found at its start.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Two different schemes have one name.
    #[error(
        "the security scheme `{name}` is defined twice, differently: by {first} and by {second}; give one of them another NAME"
    )]
    SchemeTwice {
        /// The name.
        name: String,
        /// The operation that had it first.
        first: String,
        /// The operation that has it too.
        second: String,
    },
    /// The document could not be written.
    #[error("the OpenAPI document could not be written")]
    Json(#[from] serde_json::Error),
}

/// The document of an API: what it is called.
#[derive(Debug, Clone)]
pub struct Document {
    title: String,
    version: String,
    description: Option<String>,
    schemas: Map<String, Value>,
}

impl Document {
    /// The document of an API.
    pub fn new(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            version: version.into(),
            description: None,
            schemas: Map::new(),
        }
        .schema::<crate::error::ErrorBody>("Error")
        .schema::<crate::error::OAuthErrorBody>("OAuthError")
    }

    /// What the API is for, in Markdown.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    fn schema<T: JsonSchema>(mut self, name: &str) -> Self {
        let schema =
            SchemaGenerator::new(SchemaSettings::draft2020_12()).into_root_schema_for::<T>();
        let mut schema = schema.to_value();
        if let Some(members) = schema.as_object_mut() {
            members.remove("$schema");
        }
        self.schemas.insert(name.to_owned(), schema);
        self
    }

    /// Adds `GET /openapi.json` and the interactive docs at `GET /docs` to the router.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn serve<S: Clone + Send + Sync + 'static>(
        self,
        app: ApiRouter<S>,
    ) -> Result<Router<S>, DocumentError> {
        let (app, document) = self.finish(app)?;
        Ok(app.merge(ui::routes(serde_json::to_vec(&document)?)))
    }

    /// The router, and its document as JSON.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn finish<S: Clone + Send + Sync + 'static>(
        self,
        app: ApiRouter<S>,
    ) -> Result<(Router<S>, Value), DocumentError> {
        let mut api = OpenApi {
            info: Info {
                title: self.title,
                version: self.version,
                description: self.description,
                ..Info::default()
            },
            ..OpenApi::default()
        };
        let app = app.finish_api(&mut api);
        let mut document = serde_json::to_value(api)?;
        let schemes = finish_operations(&mut document)?;
        let components = member(&mut document, "components");
        if !schemes.is_empty() {
            let named = schemes
                .into_iter()
                .map(|(name, scheme)| (name, scheme.definition));
            components.insert("securitySchemes".into(), Value::Object(named.collect()));
        }
        let described = components.entry("schemas").or_insert_with(|| json!({}));
        if let Some(described) = described.as_object_mut() {
            described.extend(self.schemas);
        }
        Ok((app, document))
    }
}

struct Registered {
    definition: Value,
    by: String,
}

/// Turns the notes of every operation into what OpenAPI says, and answers the schemes they name.
fn finish_operations(document: &mut Value) -> Result<Vec<(String, Registered)>, DocumentError> {
    let mut schemes: Vec<(String, Registered)> = Vec::new();
    let mut scopes = Vec::new();
    for (path, item) in member(document, "paths").iter_mut() {
        let Some(methods) = item.as_object_mut() else {
            continue;
        };
        for (method, operation) in methods {
            let Some(operation) = operation.as_object_mut() else {
                continue;
            };
            let place = format!("{} {path}", method.to_ascii_uppercase());
            operation
                .entry("operationId")
                .or_insert_with(|| operation_id(method, path).into());
            let notes = operation.remove(NOTES).unwrap_or_default();
            let notes: Notes = serde_json::from_value(notes).unwrap_or_default();
            for argument in &notes.arguments {
                register(&mut schemes, argument, &place)?;
            }
            if !notes.arguments.is_empty() {
                operation.insert("security".into(), security(&notes));
            }
            add_refusals(operation, &notes.refusals);
            scopes.extend(notes.scopes);
        }
    }
    for (scheme, scope, about) in scopes {
        let offered = schemes.iter_mut().find(|(name, _)| *name == scheme);
        if let Some((_, registered)) = offered {
            add_scope(&mut registered.definition, &scope, &about);
        }
    }
    Ok(schemes)
}

fn add_scope(definition: &mut Value, scope: &str, about: &str) {
    for flow in member(definition, "flows").values_mut() {
        member(flow, "scopes")
            .entry(scope)
            .or_insert_with(|| about.into());
    }
}

fn register(
    schemes: &mut Vec<(String, Registered)>,
    argument: &Argument,
    place: &str,
) -> Result<(), DocumentError> {
    let definition = argument.definition.clone();
    match schemes.iter().find(|(name, _)| *name == argument.scheme) {
        None => {
            let by = place.to_owned();
            schemes.push((argument.scheme.clone(), Registered { definition, by }));
            Ok(())
        }
        Some((_, registered)) if registered.definition == definition => Ok(()),
        Some((name, registered)) => Err(DocumentError::SchemeTwice {
            name: name.clone(),
            first: registered.by.clone(),
            second: place.to_owned(),
        }),
    }
}

/// The alternatives of an operation: all its schemes in one object (AND), and one more without each
/// scheme that no argument requires. Arguments of one scheme are one: what is presented must satisfy
/// each of them.
fn security(notes: &Notes) -> Value {
    let mut schemes: Vec<(&str, Vec<&str>)> = Vec::new();
    for argument in &notes.arguments {
        let known = schemes
            .iter()
            .position(|(name, _)| *name == argument.scheme);
        let (_, mut scopes) =
            known.map_or((&*argument.scheme, Vec::new()), |at| schemes.remove(at));
        for scope in &argument.scopes {
            if !scopes.contains(&&**scope) {
                scopes.push(scope);
            }
        }
        schemes.push((&argument.scheme, scopes));
    }
    let mut alternatives: Vec<Map<String, Value>> = vec![Map::new()];
    for (name, scopes) in schemes {
        let is_required = notes
            .required
            .iter()
            .any(|required| required.scheme == name);
        let without = if is_required {
            Vec::new()
        } else {
            alternatives.clone()
        };
        for alternative in &mut alternatives {
            alternative.insert(name.to_owned(), json!(scopes));
        }
        alternatives.extend(without);
    }
    Value::Array(alternatives.into_iter().map(Value::Object).collect())
}

fn add_refusals(operation: &mut Map<String, Value>, refusals: &[Refused]) {
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else {
        return;
    };
    for refusal in refusals {
        let status = refusal.status.to_string();
        if responses.contains_key(&status) {
            continue;
        }
        let mut response = json!({
            "description": refusal.description,
            "content": { "application/json": {
                "schema": { "$ref": format!("#/components/schemas/{}", refusal.schema) },
            } },
        });
        let header = match refusal.status {
            401 | 403 => Some(("WWW-Authenticate", json!({ "type": "string" }))),
            429 | 503 => Some(("Retry-After", json!({ "type": "integer" }))),
            _ => None,
        };
        if let (Some((name, schema)), Some(members)) = (header, response.as_object_mut()) {
            members.insert("headers".into(), json!({ name: { "schema": schema } }));
        }
        responses.insert(status, response);
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

/// The object `name` of an object, made when it is not there.
fn member<'a>(value: &'a mut Value, name: &str) -> &'a mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    let inner = &mut value[name];
    if !inner.is_object() {
        *inner = json!({});
    }
    match inner {
        Value::Object(members) => members,
        _ => unreachable!("it was made an object above"),
    }
}

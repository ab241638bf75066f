//! The document of an API, finished and served.

use aide::axum::ApiRouter;
use aide::openapi::{Info, OpenApi};
use axum::Router;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::DocumentError;
use super::notes::Issues;
use super::operation::Operation;
use super::schemes::Schemes;
use super::ui;

/// The document of an API: what it is called.
///
/// ```
/// use portcullis::openapi::{ApiRouter, Document, routing::get};
/// use portcullis::HttpBasic;
///
/// async fn items(who: HttpBasic) -> String {
///     format!("the items of {}", who.username)
/// }
///
/// let api = ApiRouter::new().api_route("/items", get(items));
/// let app: axum::Router = Document::new("Items", "1.0").serve(api)?;
/// # Ok::<(), portcullis::openapi::DocumentError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Document {
    title: String,
    version: String,
    description: Option<String>,
    schemas: Map<String, Value>,
    /// What other programs issue: the scheme and its scopes, and the URL.
    elsewhere: Vec<(Issues, String)>,
}

impl Document {
    /// The document of an API.
    ///
    /// ```
    /// use portcullis::openapi::{ApiRouter, Document, routing::get};
    ///
    /// let api: ApiRouter = ApiRouter::new().api_route("/", get(async || "hello"));
    /// let (_, document) = Document::new("Items", "1.0").finish(api)?;
    /// assert_eq!(document["info"]["title"], "Items");
    /// # Ok::<(), portcullis::openapi::DocumentError>(())
    /// ```
    pub fn new(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            version: version.into(),
            description: None,
            schemas: Map::new(),
            elsewhere: Vec::new(),
        }
        .schema::<crate::error::ErrorBody>("Error")
        .schema::<crate::error::OAuthErrorBody>("OAuthError")
        .schema::<crate::error::InvalidRequestBody>("InvalidRequest")
    }

    /// What the API is for, in Markdown.
    ///
    /// ```
    /// use portcullis::openapi::{ApiRouter, Document, routing::get};
    ///
    /// let api: ApiRouter = ApiRouter::new().api_route("/", get(async || "hello"));
    /// let document = Document::new("Items", "1.0").description("Everybody's *items*.");
    /// let (_, document) = document.finish(api)?;
    /// assert_eq!(document["info"]["description"], "Everybody's *items*.");
    /// # Ok::<(), portcullis::openapi::DocumentError>(())
    /// ```
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Says where the tokens of an OAuth2 scheme come from when this API does not issue them itself,
    /// and which scopes can be asked for there. For our own tokens, the scheme is
    /// `OAuth2PasswordBearer`.
    ///
    /// ```
    /// use portcullis::openapi::{ApiRouter, Document, routing::get};
    /// use portcullis::{ActiveUser, Auth, Security, scopes};
    ///
    /// scopes!(ReadItems = "items:read");
    /// let api: ApiRouter<Auth> = ApiRouter::new()
    ///     .api_route("/items", get(async |_: Security<ActiveUser, ReadItems>| "the items"));
    /// let document = Document::new("Items", "1.0").tokens_from(
    ///     "OAuth2PasswordBearer",
    ///     "https://accounts.example.com/token",
    ///     [("items:read", "Read items.")],
    /// );
    /// let (_, document) = document.finish(api)?;
    /// let scheme = &document["components"]["securitySchemes"]["OAuth2PasswordBearer"];
    /// let flow = &scheme["flows"]["password"];
    /// assert_eq!(flow["tokenUrl"], "https://accounts.example.com/token");
    /// # Ok::<(), portcullis::openapi::DocumentError>(())
    /// ```
    #[must_use]
    pub fn tokens_from<'a>(
        mut self,
        scheme: &str,
        url: &str,
        scopes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let owned = |(scope, about): (&str, &str)| (scope.to_owned(), about.to_owned());
        let issues = Issues {
            scheme: scheme.to_owned(),
            definition: None,
            scopes: scopes.into_iter().map(owned).collect(),
        };
        self.elsewhere.push((issues, url.to_owned()));
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
    /// ```
    /// use portcullis::openapi::{ApiRouter, Document, routing::get};
    ///
    /// let api = ApiRouter::new().api_route("/", get(async || "hello"));
    /// let app: axum::Router = Document::new("Items", "1.0").serve(api)?;
    /// assert!(app.has_routes());
    /// # Ok::<(), portcullis::openapi::DocumentError>(())
    /// ```
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn serve<S: Clone + Send + Sync + 'static>(
        self,
        app: ApiRouter<S>,
    ) -> Result<Router<S>, DocumentError> {
        let (app, document) = self.finish(app)?;
        Ok(app.merge(ui::routes(&document)?))
    }

    /// The router, and its document as JSON.
    ///
    /// ```
    /// use portcullis::openapi::{ApiRouter, Document, routing::get};
    ///
    /// let api: ApiRouter = ApiRouter::new().api_route("/", get(async || "hello"));
    /// let (_, document) = Document::new("Items", "1.0").finish(api)?;
    /// assert_eq!(document["openapi"], "3.1.0");
    /// # Ok::<(), portcullis::openapi::DocumentError>(())
    /// ```
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
        // Relative to the document, so that it holds wherever the API is mounted (OpenAPI 3.1
        // §4.8.5); every relative URL in the schemes is relative to it in turn.
        if let Some(members) = document.as_object_mut() {
            members.insert("servers".into(), json!([{ "url": "." }]));
        }
        let mut schemes = Schemes::default();
        for (issues, url) in self.elsewhere {
            schemes.issue(issues, &url, "Document::tokens_from")?;
        }
        finish_operations(&mut document, &mut schemes)?;
        let schemes = schemes.finish()?;
        let components = member(&mut document, "components");
        if !schemes.is_empty() {
            components.insert("securitySchemes".into(), Value::Object(schemes));
        }
        let described = components.entry("schemas").or_insert_with(|| json!({}));
        if let Some(described) = described.as_object_mut() {
            described.extend(self.schemas);
        }
        Ok((app, document))
    }
}

/// Turns the notes of every operation into what OpenAPI says, and gathers the schemes they name.
fn finish_operations(document: &mut Value, schemes: &mut Schemes) -> Result<(), DocumentError> {
    for (path, item) in member(document, "paths").iter_mut() {
        let Some(methods) = item.as_object_mut().filter(|methods| !methods.is_empty()) else {
            let path = path.clone();
            return Err(DocumentError::NothingDocumented { path });
        };
        for (method, operation) in methods {
            let Some(object) = operation.as_object_mut() else {
                continue;
            };
            Operation {
                method,
                path,
                object,
            }
            .finish(schemes)?;
        }
    }
    Ok(())
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

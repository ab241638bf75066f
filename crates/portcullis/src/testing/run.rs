//! A check, run.

use axum::BoxError;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::header::HOST;
use http::{Request, StatusCode};
use serde_json::Value;
use tower::{Service, ServiceExt};

use super::difference::{CheckFailed, Difference, DifferenceKind as Kind, Differences};
use super::document::{Document, Operation};
use super::document_check::DocumentCheck;
use super::given::{Given, GivenByScheme};
use super::judge::Judge;
use super::observed::{Observed, status};
use super::plan::Plan;
use super::probe::{Probe, Purpose};
use super::report::{CheckedOperation, Report};

/// The longest document that is read, in bytes.
const LONGEST_DOCUMENT: usize = 64 * 1024 * 1024;

/// A run of a check against an application.
struct Run<'a, S> {
    check: &'a DocumentCheck,
    app: S,
    requests: usize,
    differences: Vec<Difference>,
    /// Schemes without credentials, each with the first operation that needs it.
    not_given: Vec<(String, String)>,
}

impl DocumentCheck {
    /// Calls every documented operation of `app`: a [`Router`](axum::Router) with its state, or any
    /// other service, such as one that forwards to a server elsewhere. Every request has a `Host`
    /// (`localhost`) and an origin-form target. Await it where you are: tokens may be made by what cannot
    /// go to another thread, so `tokio::spawn` does not take it.
    ///
    /// ```
    /// use axum::{Json, Router, routing::get};
    /// use portcullis::testing::DocumentCheck;
    ///
    /// # #[tokio::main] async fn main() {
    /// let document = serde_json::json!({ "paths": { "/": { "get": { "responses": {} } } } });
    /// let app = Router::new()
    ///     .route("/openapi.json", get(async || Json(document)))
    ///     .route("/", get(async || "hello"));
    /// DocumentCheck::new().run(app).await.unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`CheckFailed`], which prints as a list of what to mend.
    pub async fn run<S>(&self, app: S) -> Result<Report, CheckFailed>
    where
        S: Service<Request<Body>, Response = Response> + Clone,
        S::Error: Into<BoxError>,
    {
        let mut run = Run {
            check: self,
            app,
            requests: 0,
            differences: Vec::new(),
            not_given: Vec::new(),
        };
        let document = run.document().await?;
        if document.operations.is_empty() {
            let path = self.document_path();
            return Err(CheckFailed::NoOperation { path });
        }
        run.differences = self.unused(&document);
        let mut operations = Vec::new();
        for operation in &document.operations {
            if self.skipped.iter().all(|(name, _)| *name != operation.name) {
                operations.push(run.operation(&document, operation).await?);
            }
        }
        run.note_not_given(&document);
        if !run.differences.is_empty() {
            return Err(CheckFailed::Differs(Differences(run.differences)));
        }
        Ok(Report {
            operations,
            requests: run.requests,
            skipped: self.skipped.clone(),
        })
    }

    /// The right credentials, for one operation.
    fn given_for(&self, operation: &Operation) -> GivenByScheme {
        let mut given = self.given.clone();
        let here = self.unverified.iter();
        let here = here.filter(|(name, _)| *name == operation.name);
        given.extend(here.map(|(_, scheme)| (scheme.clone(), Given::Anything)));
        given
    }

    fn document_path(&self) -> String {
        format!("{}{}", self.inputs.prefix, self.document)
    }

    /// Inputs that name nothing in the document: they are misspelt, or it is.
    fn unused(&self, document: &Document) -> Vec<Difference> {
        let operations = &document.operations;
        let is_operation = |name: &str| operations.iter().any(|one| one.name == name);
        let is_parameter = |name: &str| {
            operations.iter().any(|operation| {
                operation.parameters.iter().any(|one| one.name == name)
                    || operation.path.contains(&format!("{{{name}}}"))
                    || operation.path.contains(&format!("{{*{name}}}"))
            })
        };
        let skipped = self.skipped.iter().map(|(name, _)| ("skip", name));
        let bodies = self.inputs.bodies.iter();
        let bodies = bodies.map(|body| ("body", &body.operation));
        let unverified = self.unverified.iter();
        let unverified = unverified.map(|(name, _)| ("unverified_in", name));
        let of_operations = skipped.chain(bodies).chain(unverified);
        let of_operations = of_operations.filter(|(_, name)| !is_operation(name));
        let parameters = self.inputs.parameters.iter();
        let parameters = parameters.map(|(name, _)| ("parameter", name));
        let parameters = parameters.filter(|(_, name)| !is_parameter(name));
        let names: Vec<_> = operations.iter().map(|one| one.name.as_str()).collect();
        let documented = format!("the operations are {}", names.join(", "));
        let unused = |(call, name): (&str, &String)| {
            Difference::new(
                format!(".{call}({name:?}, …)"),
                Kind::InputUnused,
                (&documented, "what this names is not in the document"),
                "correct the name: method and path, as in `GET /items/{id}`, or the parameter's",
            )
        };
        of_operations.chain(parameters).map(unused).collect()
    }
}

impl<S> Run<'_, S>
where
    S: Service<Request<Body>, Response = Response> + Clone,
    S::Error: Into<BoxError>,
{
    async fn send(&mut self, name: &str, request: Request<Body>) -> Result<Response, CheckFailed> {
        self.requests += 1;
        let answer = self.app.clone().oneshot(request).await;
        answer.map_err(|error| CheckFailed::NoAnswer {
            operation: name.to_owned(),
            source: error.into(),
        })
    }

    async fn document(&mut self) -> Result<Document, CheckFailed> {
        let path = self.check.document_path();
        let none = |observed: String| CheckFailed::NoDocument {
            path: path.clone(),
            observed,
        };
        let request = Request::get(&path)
            .header(HOST, "localhost")
            .body(Body::empty());
        let request = request.map_err(|error| none(error.to_string()))?;
        let response = self.send(&format!("GET {path}"), request).await?;
        if response.status() != StatusCode::OK {
            return Err(none(status(response.status().as_u16())));
        }
        let bytes = to_bytes(response.into_body(), LONGEST_DOCUMENT).await;
        let bytes = bytes.map_err(|error| none(format!("a body that broke off ({error})")))?;
        let document: Value = serde_json::from_slice(&bytes)
            .map_err(|error| none(format!("what is not JSON ({error})")))?;
        Ok(Document::read(document))
    }

    async fn operation(
        &mut self,
        document: &Document,
        operation: &Operation,
    ) -> Result<CheckedOperation, CheckFailed> {
        let given = &self.check.given_for(operation);
        let mut planned = Plan::made(document, operation, given).await;
        self.differences.append(&mut planned.differences);
        for scheme in std::mem::take(&mut planned.not_given) {
            if self.not_given.iter().all(|(other, _)| *other != scheme) {
                self.not_given.push((scheme, operation.name.clone()));
            }
        }
        let mut observed: Vec<Observed> = Vec::new();
        for at in 0..planned.probes.len() {
            // The same calls with new tokens: what ends sessions ended those of the last ones.
            if observed.last().is_some_and(Observed::acted) {
                planned = Plan::made(document, operation, given).await;
            }
            let probe = planned.probes.get(at).cloned();
            let Some(probe) = probe.filter(|probe| is_needed(probe, &observed)) else {
                continue;
            };
            let request = self
                .check
                .inputs
                .request(document, operation, &probe.presented);
            match request {
                Ok(request) => {
                    let response = self.send(&operation.name, request).await?;
                    observed.push(Observed::read(probe, response).await);
                }
                Err(error) => self.differences.push(Difference::new(
                    &operation.name,
                    Kind::NotSent,
                    (
                        "there is such an operation",
                        format!("{}: {error}", probe.says),
                    ),
                    "give credentials and parameters that fit into a request",
                )),
            }
        }
        let judge = Judge {
            document,
            operation,
            given,
            observed: &observed,
        };
        self.differences.extend(judge.differences());
        Ok(CheckedOperation {
            operation: operation.name.clone(),
            security: judge.needs(),
            answers: judge.best().map(|one| one.status).collect(),
        })
    }

    fn note_not_given(&mut self, document: &Document) {
        for (scheme, operation) in std::mem::take(&mut self.not_given) {
            let Some(place) = document.place(&scheme) else {
                continue;
            };
            let observed = if self.check.given.contains_key(&scheme) {
                "the credentials given for it are of another kind"
            } else {
                "no right credentials were given for it, so it was not tried"
            };
            self.differences.push(Difference::new(
                format!("scheme {scheme}"),
                Kind::NoCredentials,
                (format!("{operation} needs it"), observed),
                Given::remedy(&scheme, place),
            ));
        }
    }
}

/// All at once only where no alternative did; and nothing more where there is nothing.
fn is_needed(probe: &Probe, observed: &[Observed]) -> bool {
    let mut right = observed
        .iter()
        .filter(|one| one.probe.purpose == Purpose::Right);
    let needless =
        probe.purpose == Purpose::Together && right.any(|one| !matches!(one.status, 401 | 403));
    !needless && observed.iter().all(|one| one.status != 405)
}

//! The schemes of a document: each name once, every scope declared, the token URL where it is.

use serde_json::{Map, Value, json};

use super::DocumentError;
use super::described::{Requirement, Scheme};
use super::notes::Issues;

/// The schemes that the operations ask for, in the order in which they were met.
#[derive(Default)]
pub(super) struct Schemes {
    registered: Vec<Registered>,
    issued: Vec<Issued>,
    /// The scopes that operations ask for.
    asked: Vec<AskedScope>,
}

struct Registered {
    scheme: Scheme,
    by: String,
}

/// Tokens that are issued at `url`, by the operation `by`.
struct Issued {
    issues: Issues,
    url: String,
    by: String,
}

struct AskedScope {
    scheme: String,
    scope: String,
    by: String,
}

impl Schemes {
    /// The operation at `place` asks for these.
    pub(super) fn ask(
        &mut self,
        requirement: &Requirement,
        place: &str,
    ) -> Result<(), DocumentError> {
        for asked in &requirement.all {
            self.register(&asked.scheme, place)?;
            self.asked
                .extend(asked.scopes.iter().map(|scope| AskedScope {
                    scheme: asked.scheme.name.to_string(),
                    scope: scope.to_string(),
                    by: place.to_owned(),
                }));
        }
        Ok(())
    }

    fn register(&mut self, scheme: &Scheme, place: &str) -> Result<(), DocumentError> {
        match self.find(&scheme.name) {
            None => {
                self.registered.push(Registered {
                    scheme: scheme.clone(),
                    by: place.to_owned(),
                });
                Ok(())
            }
            Some(known) if known.scheme.definition == scheme.definition => Ok(()),
            Some(known) => Err(DocumentError::SchemeTwice {
                name: scheme.name.to_string(),
                first: known.by.clone(),
                second: place.to_owned(),
            }),
        }
    }

    fn find(&self, name: &str) -> Option<&Registered> {
        let mut all = self.registered.iter();
        all.find(|known| known.scheme.name == name)
    }

    /// The tokens of a scheme are issued at `url`, by the operation at `place`.
    pub(super) fn issue(
        &mut self,
        issues: Issues,
        url: &str,
        place: &str,
    ) -> Result<(), DocumentError> {
        if let Some(first) = self.issuer_of(&issues.scheme) {
            return Err(DocumentError::TokenEndpointTwice {
                scheme: issues.scheme,
                first: first.to_owned(),
                second: place.to_owned(),
            });
        }
        self.issued.push(Issued {
            issues,
            url: url.to_owned(),
            by: place.to_owned(),
        });
        Ok(())
    }

    /// The operation that issues the tokens of a scheme.
    fn issuer_of(&self, scheme: &str) -> Option<&str> {
        let mut all = self.issued.iter();
        let found = all.find(|issued| issued.issues.scheme == scheme);
        found.map(|issued| issued.by.as_str())
    }

    /// `components.securitySchemes`.
    pub(super) fn finish(mut self) -> Result<Map<String, Value>, DocumentError> {
        for Issued { issues, url, by } in &self.issued {
            let mut all = self.registered.iter_mut();
            let Some(known) = all.find(|known| known.scheme.name == issues.scheme) else {
                continue;
            };
            let definition = &mut known.scheme.definition;
            if issues
                .definition
                .as_ref()
                .is_some_and(|meant| meant != definition)
            {
                return Err(DocumentError::SchemeTwice {
                    name: issues.scheme.clone(),
                    first: known.by.clone(),
                    second: by.clone(),
                });
            }
            complete(definition, issues, url);
        }
        for asked in &self.asked {
            self.declared(asked)?;
        }
        let finished = self.registered.into_iter().map(|known| {
            let scheme = known.scheme;
            (scheme.name.into_owned(), scheme.definition)
        });
        Ok(finished.collect())
    }

    /// Whether a scope that is asked for can be had. Only OAuth2 flows declare scopes.
    fn declared(&self, asked: &AskedScope) -> Result<(), DocumentError> {
        let Some(known) = self.find(&asked.scheme) else {
            return Ok(());
        };
        let definition = &known.scheme.definition;
        if definition.get("type").and_then(Value::as_str) != Some("oauth2") {
            return Ok(());
        }
        let flows = definition.get("flows").and_then(Value::as_object);
        let mut scopes = flows
            .into_iter()
            .flat_map(Map::values)
            .filter_map(|flow| flow.get("scopes"));
        if scopes.any(|scopes| scopes.get(&asked.scope).is_some()) {
            return Ok(());
        }
        let declared_by = match self.issuer_of(&asked.scheme) {
            Some(place) => format!("its tokens come from {place}"),
            None => format!("it is first asked for by {}", known.by),
        };
        Err(DocumentError::ScopeNotDeclared {
            scope: asked.scope.clone(),
            operation: asked.by.clone(),
            scheme: asked.scheme.clone(),
            declared_by,
        })
    }
}

/// What is known only where the tokens are issued: the URL, and the scopes.
fn complete(definition: &mut Value, issues: &Issues, url: &str) {
    let flow = definition.pointer_mut("/flows/password");
    let Some(flow) = flow.and_then(Value::as_object_mut) else {
        return;
    };
    flow.insert("tokenUrl".into(), json!(url));
    let Some(scopes) = flow.get_mut("scopes").and_then(Value::as_object_mut) else {
        return;
    };
    for (scope, about) in &issues.scopes {
        scopes.entry(scope).or_insert_with(|| json!(about));
    }
}

//! The two OpenAPI documents: each scheme, and what each operation asks for and may answer, is a case.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::compare::Seen;
use super::wire::Answer;

/// What differs in nothing, or as it is listed.
pub(super) fn seen(fastapi: &Value, ours: &Value) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut add = |place: String, of: &dyn Fn(&Value) -> Value| {
        seen.push(Seen {
            case: format!("document: {place}"),
            fastapi: Answer::told(of(fastapi)),
            ours: Answer::told(of(ours)),
        });
    };
    add("openapi".to_owned(), &|document| {
        document["openapi"].clone()
    });
    add("security".to_owned(), &|document| {
        document["security"].clone()
    });
    add("servers".to_owned(), &|document| {
        document["servers"].clone()
    });
    for name in names(fastapi, ours, &|document| schemes(document).cloned()) {
        add(format!("scheme {name}"), &|document| {
            schemes(document)
                .and_then(|schemes| schemes.get(&name))
                .cloned()
                .unwrap_or_default()
        });
    }
    for path in names(fastapi, ours, &|document| {
        document["paths"].as_object().cloned()
    }) {
        let method = if path.starts_with("/form/") {
            "post"
        } else {
            "get"
        };
        add(format!("{path} security"), &|document| {
            document["paths"][&path][method]["security"].clone()
        });
        add(format!("{path} answers"), &|document| {
            let answers = document["paths"][&path][method]["responses"].as_object();
            json!(answers.map(|answers| answers.keys().collect::<BTreeSet<_>>()))
        });
    }
    seen
}

pub(super) fn schemes(document: &Value) -> Option<&Map<String, Value>> {
    document["components"]["securitySchemes"].as_object()
}

/// The names that stand in either document.
fn names(
    fastapi: &Value,
    ours: &Value,
    of: &dyn Fn(&Value) -> Option<Map<String, Value>>,
) -> BTreeSet<String> {
    [fastapi, ours]
        .into_iter()
        .filter_map(of)
        .flat_map(|members| members.into_iter().map(|(name, _)| name))
        .collect()
}

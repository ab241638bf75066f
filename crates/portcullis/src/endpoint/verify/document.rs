//! What the document says of `GET /verify`.

use aide::generate::GenContext;
use aide::openapi::{
    Header, HeaderStyle, Operation, Parameter, ParameterData, ParameterSchemaOrContent, QueryStyle,
    ReferenceOr, SchemaObject,
};
use aide::transform::TransformOperation;
use aide::{OperationInput, OperationOutput};
use schemars::json_schema;

use super::{Passing, Refused};
use crate::auth::Settings;
use crate::error::ErrorBody;
use crate::openapi::{Described, Refusal, notes};
use crate::scheme::token_endpoint_scheme;

/// Documented by what the argument notes.
impl OperationOutput for Refused {
    type Inner = ErrorBody;
}

impl OperationInput for Passing {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        notes::argument(operation, &described());
    }

    fn inferred_early_responses(
        _: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<aide::openapi::StatusCode>, aide::openapi::Response)> {
        notes::required(operation, &described());
        Vec::new()
    }
}

fn described() -> Described {
    let refusals = [
        Refusal::new(
            401,
            "No valid token, or its user is inactive: the request must not pass.",
        ),
        Refusal::new(
            403,
            "The token lacks a scope, or the address asks for something that cannot be: the request must not pass.",
        ),
        Refusal::new(503, "The database is not available; try again."),
    ];
    Described::scheme(token_endpoint_scheme(), &[]).refusing_all(&refusals)
}

pub(in crate::endpoint) fn describe<'a>(
    mut operation: TransformOperation<'a>,
    settings: &Settings,
) -> TransformOperation<'a> {
    if let Some(parameter) = scope_parameter(settings) {
        let parameters = &mut operation.inner_mut().parameters;
        parameters.push(ReferenceOr::Item(parameter));
    }
    operation
        .summary("For a reverse proxy: may this request pass, and who sends it?")
        .description(
            "The proxy hands on the `Authorization` header of a request, and lets the request pass \
             when this answers `204`. A parameter other than `scope`, or a scope that is not \
             declared, lets nobody pass.",
        )
        .tag("around the API")
        .response_with::<204, (), _>(|mut response| {
            for (name, about) in [
                (
                    "X-Portcullis-User",
                    "The username. What is not visible ASCII, and `%`, is percent-encoded UTF-8.",
                ),
                (
                    "X-Portcullis-Subject",
                    "The user's id, the `sub` of the token, encoded in the same way.",
                ),
                (
                    "X-Portcullis-Scope",
                    "The scopes of the token, separated by spaces. Empty if there is none.",
                ),
            ] {
                let headers = &mut response.inner().headers;
                headers.insert(name.to_owned(), ReferenceOr::Item(header(about)));
            }
            response.description("The request may pass.")
        })
}

fn header(about: &str) -> Header {
    Header {
        description: Some(about.to_owned()),
        style: HeaderStyle::Simple,
        required: true,
        deprecated: None,
        format: text(json_schema!({ "type": "string" })),
        example: None,
        examples: [].into(),
        extensions: [].into(),
    }
}

/// None where no scope is declared: then none can be asked for.
fn scope_parameter(settings: &Settings) -> Option<Parameter> {
    let names = settings
        .scopes
        .keys()
        .map(|scope| literally(scope.as_str()));
    let one = names.collect::<Vec<_>>().join("|");
    (!one.is_empty()).then(|| Parameter::Query {
        parameter_data: ParameterData {
            name: "scope".to_owned(),
            description: Some("The scopes that are needed, separated by spaces.".to_owned()),
            required: false,
            deprecated: None,
            format: text(json_schema!({
                "type": "string",
                "pattern": format!("^({one})( ({one}))*$"),
            })),
            example: None,
            examples: [].into(),
            explode: None,
            extensions: [].into(),
        },
        allow_reserved: false,
        style: QueryStyle::Form,
        allow_empty_value: None,
    })
}

/// A pattern (ECMA 262) that only this text fits.
fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if r"^$\.*+?()[]{}|/".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

fn text(schema: schemars::Schema) -> ParameterSchemaOrContent {
    ParameterSchemaOrContent::Schema(SchemaObject {
        json_schema: schema,
        external_docs: None,
        example: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_stands_in_a_pattern_for_itself() {
        assert_eq!(literally("a.b:c/*"), r"a\.b:c\/\*");
    }
}

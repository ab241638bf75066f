//! The parameters in an address, read as strictly as a body.

use aide::openapi::{
    Operation, Parameter, ParameterData, ParameterSchemaOrContent, QueryStyle, ReferenceOr,
    SchemaObject,
};
use serde_json::{Map, Value};

use super::members::Members;
use crate::scheme::{decode_parameter, pairs};

/// The parameters; what is repeated or cannot be decoded is a fault.
pub(super) fn members(query: &str) -> Members {
    let mut all = Map::new();
    let (mut is_repeated, mut is_text) = (false, true);
    for (name, value) in pairs(query.as_bytes()) {
        let (Ok(name), Ok(value)) = (decode_parameter(name), decode_parameter(value)) else {
            is_text = false;
            continue;
        };
        // An empty one counts as absent.
        if !value.is_empty() {
            is_repeated |= all.insert(name, Value::String(value)).is_some();
        }
    }
    let mut members = Members::of(all);
    if is_repeated {
        members.fault("", "repeated", "a parameter is repeated");
    }
    if !is_text {
        members.fault("", "string_unicode", "a parameter is not UTF-8");
    }
    members
}

/// Notes a parameter on the operation.
pub(super) fn describe(operation: &mut Operation, name: &str, about: &str, schema: Value) {
    let Ok(json_schema) = schemars::Schema::try_from(schema) else {
        return;
    };
    let parameter_data = ParameterData {
        name: name.to_owned(),
        description: Some(about.to_owned()),
        required: false,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(SchemaObject {
            json_schema,
            external_docs: None,
            example: None,
        }),
        example: None,
        examples: std::iter::empty().collect(),
        explode: None,
        extensions: std::iter::empty().collect(),
    };
    operation
        .parameters
        .push(ReferenceOr::Item(Parameter::Query {
            parameter_data,
            allow_reserved: false,
            style: QueryStyle::Form,
            allow_empty_value: None,
        }));
}

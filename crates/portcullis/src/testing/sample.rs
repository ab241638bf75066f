//! A value that a schema allows, good enough to call an operation with.

use serde_json::{Map, Number, Value, json};

use super::document::resolve;

/// Schemas that contain themselves end here.
const DEEPEST: u8 = 12;

/// A sample of `schema`: its example, default or constant if it has one, else the least that its
/// type allows.
pub(super) fn sample(document: &Value, schema: &Value) -> Value {
    below(document, schema, DEEPEST)
}

/// The example of a Parameter or Media Type Object, or a sample of its schema.
pub(super) fn example(document: &Value, object: &Value) -> Option<Value> {
    if let Some(example) = object.get("example") {
        return Some(example.clone());
    }
    let examples = object.get("examples").and_then(Value::as_object);
    let first = examples.and_then(|examples| examples.values().next());
    let first = first.map(|example| resolve(document, example));
    if let Some(value) = first.and_then(|example| example.get("value")) {
        return Some(value.clone());
    }
    object.get("schema").map(|schema| sample(document, schema))
}

fn below(document: &Value, schema: &Value, depth: u8) -> Value {
    let schema = resolve(document, schema);
    if let Some(said) = said(schema) {
        return said;
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Value::Null;
    };
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return all_of(document, schema, parts, depth);
    }
    for choice in ["anyOf", "oneOf"] {
        let choices = schema.get(choice).and_then(Value::as_array);
        let first = choices
            .into_iter()
            .flatten()
            .find(|choice| type_of(resolve(document, choice)) != "null");
        if let Some(first) = first {
            return below(document, first, depth);
        }
    }
    match type_of(schema) {
        "object" => object(document, schema, depth),
        "array" => array(document, schema, depth),
        "string" => string(schema).into(),
        "integer" => Value::Number(integer(schema)),
        "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        "boolean" => Value::Bool(true),
        _ => Value::Null,
    }
}

/// What the schema itself offers.
fn said(schema: &Value) -> Option<Value> {
    let first = |name: &str| schema.get(name)?.as_array()?.first().cloned();
    let one = |name: &str| schema.get(name).cloned();
    one("const")
        .or_else(|| one("example"))
        .or_else(|| first("examples"))
        .or_else(|| one("default").filter(|default| !default.is_null()))
        .or_else(|| first("enum"))
}

/// The type; the first that is not `null` where there are several.
fn type_of(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(one)) => one,
        Some(Value::Array(several)) => several
            .iter()
            .filter_map(Value::as_str)
            .find(|one| *one != "null")
            .unwrap_or("null"),
        _ if schema.get("properties").is_some() => "object",
        _ => "",
    }
}

fn all_of(document: &Value, schema: &Value, parts: &[Value], depth: u8) -> Value {
    let mut merged = object(document, schema, depth);
    for part in parts {
        match (below(document, part, depth), merged.as_object_mut()) {
            (Value::Object(members), Some(merged)) => merged.extend(members),
            (Value::Null, _) | (_, None) => {}
            (other, Some(_)) => merged = other,
        }
    }
    merged
}

/// The required members.
fn object(document: &Value, schema: &Value, depth: u8) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let names = required.into_iter().flatten().filter_map(Value::as_str);
    let member = |name: &str| {
        let schema = schema.get("properties").and_then(|all| all.get(name));
        let schema = schema.unwrap_or(&Value::Null);
        (name.to_owned(), below(document, schema, depth))
    };
    Value::Object(names.map(member).collect::<Map<_, _>>())
}

fn array(document: &Value, schema: &Value, depth: u8) -> Value {
    let least = count(schema, "minItems").min(8);
    let item = schema.get("items").unwrap_or(&Value::Null);
    Value::Array((0..least).map(|_| below(document, item, depth)).collect())
}

fn string(schema: &Value) -> String {
    let format = schema.get("format").and_then(Value::as_str);
    let known = match format.unwrap_or_default() {
        "uuid" => "00000000-0000-4000-8000-000000000000",
        "date-time" => "2020-01-01T00:00:00Z",
        "date" => "2020-01-01",
        "time" => "00:00:00Z",
        "email" => "user@example.com",
        "uri" | "url" => "https://example.com/",
        "ipv4" => "127.0.0.1",
        "ipv6" => "::1",
        _ => "string",
    };
    let least = count(schema, "minLength").min(4096);
    let most = schema.get("maxLength").and_then(Value::as_u64);
    let most = usize::try_from(most.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let mut text: String = known.chars().take(most).collect();
    while text.len() < least {
        text.push('x');
    }
    text
}

fn integer(schema: &Value) -> Number {
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    let least = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|below| below + 1));
    let most = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|above| above - 1));
    let mut number = least.unwrap_or(1).max(1);
    if let Some(most) = most {
        number = number.min(most);
    }
    number.into()
}

fn count(schema: &Value, name: &str) -> usize {
    let number = schema.get(name).and_then(Value::as_u64).unwrap_or(0);
    usize::try_from(number).unwrap_or(usize::MAX)
}

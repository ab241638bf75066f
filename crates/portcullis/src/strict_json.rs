//! JSON in which no member may be repeated (RFC 8259 §4; RFC 8725 §2.4; RFC 7519 §4 allows refusing):
//! two readers must not be able to see two different things.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why a text is no JSON that can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotRead {
    /// It is no JSON.
    Malformed,
    /// A text in it is no Unicode: half of a surrogate pair.
    NotUnicode,
    /// A member is repeated, at any depth.
    Repeated,
}

/// Reads one JSON value and nothing after it.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, NotRead> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict
        .deserialize(&mut deserializer)
        .map_err(|error| reason(&error))?;
    deserializer.end().map_err(|_| NotRead::Malformed)?;
    Ok(value)
}

/// Reads one JSON object and nothing after it. `None` when it is not one, is not UTF-8, or repeats
/// a member at any depth.
pub(crate) fn read_object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match read(bytes) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

fn reason(error: &serde_json::Error) -> NotRead {
    if error.is_data() {
        return NotRead::Repeated;
    }
    // serde_json has no other sign of it.
    let told = error.to_string();
    if told.contains("surrogate") || told.contains("hex escape") {
        return NotRead::NotUnicode;
    }
    NotRead::Malformed
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let value = access.next_value_seed(Strict)?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is repeated"));
            }
        }
        Ok(Value::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(Strict)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::{NotRead, read, read_object};

    #[test]
    fn what_is_wrong_is_told_apart() {
        assert_eq!(read(br#"{"a":"#), Err(NotRead::Malformed));
        assert_eq!(read(br#"{"a":1e400}"#), Err(NotRead::Malformed));
        assert_eq!(read(br#"{"a":1,"a":2}"#), Err(NotRead::Repeated));
        assert_eq!(read(br#"{"a":"\ud800"}"#), Err(NotRead::NotUnicode));
        assert_eq!(read(br#"{"a":"\ud800\u0041"}"#), Err(NotRead::NotUnicode));
        assert_eq!(read(br#"{"a":"\udc00"}"#), Err(NotRead::NotUnicode));
        assert!(read(br#"{"a":"\ud83d\ude00"}"#).is_ok());
        let deep = "[".repeat(100_000);
        assert_eq!(read(deep.as_bytes()), Err(NotRead::Malformed));
    }

    #[test]
    fn repeated_members_are_refused_at_any_depth() {
        assert!(read_object(br#"{"a":1,"b":{"c":[{"d":1}]}}"#).is_some());
        for bad in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            r#"{"a":1}x"#,
            r#"{"a":1e999}"#,
            "[]",
            "null",
            "",
        ] {
            assert!(read_object(bad.as_bytes()).is_none(), "{bad}");
        }
        assert!(read_object(b"{\"a\":\"\xff\"}").is_none());
        let utf_16: Vec<u8> = r#"{"a":1}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(read_object(&utf_16).is_none());
    }
}

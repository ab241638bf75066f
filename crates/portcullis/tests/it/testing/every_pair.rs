//! Every security of a list, documented, against every one of the list, enforced: only the same
//! passes.

use portcullis::testing::DifferenceKind::{self, *};
use serde_json::{Value, json};

use super::enforcer::{check, mismatch};
use super::{kinds, passes};

fn securities() -> Vec<Value> {
    vec![
        json!([]),
        json!([{ "Key": [] }]),
        json!([{ "Key": [] }, {}]),
        json!([{ "Bearer": [] }]),
        json!([{ "Bearer": ["read"] }]),
        json!([{ "Bearer": ["read", "write"] }]),
        json!([{ "Bearer": ["read"] }, {}]),
        json!([{ "Key": [], "Bearer": [] }]),
        json!([{ "Key": [], "Bearer": ["read"] }]),
        json!([{ "Key": [] }, { "Bearer": [] }]),
        json!([{ "Key": [] }, { "Bearer": ["read"] }]),
        json!([{ "Key": [] }, { "Bearer": [] }, {}]),
        json!([{ "Key": [], "Bearer": [] }, {}]),
        json!([{ "Key": [], "Bearer": [] }, { "Key": [] }]),
        json!([{ "Bearer": [] }, { "Basic": [] }]),
        json!([{ "Key": [], "Basic": [] }, { "Bearer": ["write"] }]),
    ]
}

#[tokio::test]
async fn only_what_is_enforced_as_documented_passes() {
    let mut compared = 0;
    for documented in securities() {
        for enforced in securities() {
            let app = mismatch(&documented, &enforced);
            let found = check().run(app).await;
            assert_eq!(
                found.is_ok(),
                documented == enforced,
                "documented {documented}, enforced {enforced}: {found:?}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 256);
}

#[tokio::test]
async fn each_mismatch_is_called_what_it_is() {
    let key = json!([{ "Key": [] }]);
    let both = json!([{ "Key": [], "Bearer": [] }]);
    let either = json!([{ "Key": [] }, { "Bearer": [] }]);
    let optional = json!([{ "Key": [] }, {}]);
    let token = json!([{ "Bearer": [] }]);
    let read = json!([{ "Bearer": ["read"] }]);
    let open = json!([]);
    let cases: [(&Value, &Value, &[DifferenceKind]); 14] = [
        (&key, &open, &[NotEnforced]),
        (&both, &open, &[NotEnforced]),
        (&key, &optional, &[NotEnforced]),
        (&open, &key, &[SecurityUndocumented]),
        (&open, &optional, &[SecurityUndocumented]),
        (&optional, &key, &[AnonymousRefused]),
        (&optional, &open, &[WrongAccepted]),
        (&both, &key, &[OneSuffices]),
        (&both, &either, &[OneSuffices]),
        (&either, &both, &[AllNeeded]),
        (&either, &key, &[NeverAccepted]),
        (&read, &token, &[ScopeNotEnforced]),
        (&token, &read, &[ScopeUndocumented]),
        (&key, &either, &[AlternativeUndocumented]),
    ];
    for (documented, enforced, expected) in cases {
        let found = kinds(&check(), mismatch(documented, enforced)).await;
        assert_eq!(
            found, expected,
            "documented {documented}, enforced {enforced}"
        );
    }
}

#[tokio::test]
async fn the_same_calls_in_the_same_order() {
    let security = json!([{ "Key": [], "Basic": [] }, { "Bearer": ["read", "write"] }]);
    let first = passes(&check(), mismatch(&security, &security)).await;
    let again = passes(&check(), mismatch(&security, &security)).await;
    assert_eq!(first, again);
    let wrong = || mismatch(&security, &json!([]));
    let (first, again) = (check().run(wrong()).await, check().run(wrong()).await);
    assert_eq!(
        first.unwrap_err().to_string(),
        again.unwrap_err().to_string()
    );
}

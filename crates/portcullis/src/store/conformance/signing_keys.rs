//! Signing keys.

use super::{THEN, answered};
use crate::store::SigningKeys;
use crate::token::SealedKey;

/// A key as a store sees it: bytes, every one of them among these.
pub(super) fn sealed(kid: &str) -> SealedKey {
    SealedKey {
        kid: kid.to_owned(),
        sealed: (0..=u8::MAX).collect(),
        created_at: THEN,
    }
}

pub(super) async fn the_first_key_is_the_only_first(store: &impl SigningKeys) {
    let first = answered(store.insert_first_signing_key(sealed("one")).await);
    assert!(first, "the first key is stored");
    for kid in ["two", "one"] {
        let second = answered(store.insert_first_signing_key(sealed(kid)).await);
        assert!(!second, "a second first key is not stored");
    }
    let keys = answered(store.list_signing_keys().await);
    assert_eq!(keys, [sealed("one")], "the key comes back as it went in");
}

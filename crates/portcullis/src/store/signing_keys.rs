//! What is asked of a database about signing keys.

use super::Answer;
use crate::token::SealedKey;

/// Where the sealed signing keys lie. [`StoredKeys`](crate::auth::StoredKeys) has the rules.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use portcullis::store::{MemoryStore, SigningKeys};
/// use portcullis::token::{SealingKey, SigningKey};
///
/// let store = MemoryStore::new();
/// let key = SealingKey::generate()?.seal(&SigningKey::generate()?, jiff::Timestamp::UNIX_EPOCH)?;
/// assert!(store.replace_signing_keys(vec![], vec![key.clone()]).await?);
/// assert_eq!(store.list_signing_keys().await?, [key]);
/// # Ok(()) }
/// ```
pub trait SigningKeys: Send + Sync + 'static {
    /// All keys, the oldest first; of the same second, by `kid`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # use portcullis::store::{MemoryStore, SigningKeys};
    /// assert!(MemoryStore::new().list_signing_keys().await?.is_empty()); // before the first start
    /// # Ok(()) }
    /// ```
    fn list_signing_keys(&self) -> Answer<'_, Vec<SealedKey>>;

    /// Puts `keys` in the place of all keys, if those are still `expected`, as they were listed, and
    /// answers whether it did. It happens whole or not at all; of several callers at once who expect
    /// the same, exactly one is answered `true`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # use portcullis::{store::MemoryStore, store::SigningKeys, token::SealingKey, token::SigningKey};
    /// # let sealing = SealingKey::generate()?;
    /// let key = sealing.seal(&SigningKey::generate()?, jiff::Timestamp::UNIX_EPOCH)?;
    /// let store = MemoryStore::new();
    /// assert!(store.replace_signing_keys(vec![], vec![key.clone()]).await?);
    /// assert!(!store.replace_signing_keys(vec![], vec![]).await?); // there is one by now
    /// assert!(store.replace_signing_keys(vec![key], vec![]).await?);
    /// # Ok(()) }
    /// ```
    fn replace_signing_keys(
        &self,
        expected: Vec<SealedKey>,
        keys: Vec<SealedKey>,
    ) -> Answer<'_, bool>;
}

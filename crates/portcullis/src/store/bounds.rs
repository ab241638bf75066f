//! How much a store keeps, and answers, at most.

/// 200: so many sessions a user has at most, and the newest of them are listed.
///
/// When one more begins, it takes the place of the one that was used longest ago; a store may let
/// several that begin at once pass, until the next one begins. A program that signs
/// in anew every hour has 168 within the week after which an unused session is over; a person has a
/// few.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, johndoe, .. } = House::new().await?;
/// use portcullis::store::{SESSIONS_PER_USER, Sessions};
///
/// let first = new_session(&johndoe.id)?.0;
/// store.insert_session(first.clone()).await?;
/// for _ in 0..SESSIONS_PER_USER {
///     let mut later = new_session(&johndoe.id)?.0;
///     later.created_at = jiff::Timestamp::constant(60, 0);
///     store.insert_session(later).await?;
/// }
/// assert!(store.find_session(&first.id).await?.is_none()); // used longest ago
/// let left = store.list_sessions(&johndoe.id).await?;
/// assert_eq!(left.len(), SESSIONS_PER_USER as usize);
/// # Ok(()) }
/// ```
pub const SESSIONS_PER_USER: u32 = 200;

//! How much a store answers at most.

/// The newest 200: so many sessions of a user are listed at most.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, johndoe, .. } = House::new().await?;
/// use portcullis::store::{SESSIONS_PER_USER, Sessions};
///
/// for _ in 0..SESSIONS_PER_USER + 1 {
///     store.insert_session(new_session(&johndoe.id)?.0).await?;
/// }
/// let listed = store.list_sessions(&johndoe.id).await?;
/// assert_eq!(listed.len(), SESSIONS_PER_USER as usize);
/// # Ok(()) }
/// ```
pub const SESSIONS_PER_USER: u32 = 200;

//! What a store's verb gives back.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::StoreError;

/// A store's answer: there already, or a future to wait for.
///
/// An embedded database answers on the spot; then nothing is allocated and nothing is polled twice.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use portcullis::store::{Answer, StoreError};
///
/// fn find(name: &str) -> Answer<'static, Option<u32>> {
///     match name {
///         "ada" => Answer::ready(Ok(Some(1))), // it is in memory
///         _ => Answer::waiting(async { Err(StoreError::unavailable("the disk sleeps")) }),
///     }
/// }
/// assert_eq!(find("ada").await?, Some(1));
/// assert!(find("bob").await.is_err());
/// # Ok(()) }
/// ```
#[must_use = "an answer does nothing until it is awaited"]
pub enum Answer<'a, T> {
    /// The answer.
    Ready(Ready<Result<T, StoreError>>),
    /// The answer will come.
    Waiting(Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>),
}

impl<'a, T> Answer<'a, T> {
    /// An answer that is there.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// use portcullis::store::Answer;
    ///
    /// assert_eq!(Answer::ready(Ok(3)).await?, 3);
    /// # Ok(()) }
    /// ```
    pub fn ready(result: Result<T, StoreError>) -> Self {
        Self::Ready(ready(result))
    }

    /// An answer that must be waited for.
    ///
    /// ```
    /// use portcullis::store::Answer;
    ///
    /// fn count() -> Answer<'static, u32> {
    ///     Answer::waiting(async { Ok(3) })
    /// }
    /// ```
    pub fn waiting(future: impl Future<Output = Result<T, StoreError>> + Send + 'a) -> Self {
        Self::Waiting(Box::pin(future))
    }
}

impl<T> Future for Answer<'_, T> {
    type Output = Result<T, StoreError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(ready) => Pin::new(ready).poll(context),
            Self::Waiting(future) => future.as_mut().poll(context),
        }
    }
}

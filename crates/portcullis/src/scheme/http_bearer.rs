//! `HttpBearer`: a bearer token (RFC 6750).

use std::marker::PhantomData;

use serde_json::json;

use super::bearer::holds_a_bearer_token;
use super::{Plain, SecurityScheme};

/// What a bearer token looks like, as the document says.
///
/// ```
/// use portcullis::HttpBearer;
/// use portcullis::scheme::{BearerFormat, SecurityScheme};
///
/// struct Jwt;
/// impl SecurityScheme for Jwt {}
/// impl BearerFormat for Jwt {
///     const BEARER_FORMAT: Option<&'static str> = Some("JWT");
/// }
///
/// async fn items(token: HttpBearer<Jwt>) -> String {
///     format!("{} bytes", token.len())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what its tokens look like",
    label = "which format?",
    note = "write `impl SecurityScheme for {Self} {{}}` and `impl BearerFormat for {Self} {{ const BEARER_FORMAT: Option<&'static str> = Some(\"JWT\"); }}`"
)]
pub trait BearerFormat: SecurityScheme {
    /// A hint for people.
    const BEARER_FORMAT: Option<&'static str> = None;
}

impl BearerFormat for Plain {}

/// A bearer token, present and well formed, but *not verified*: FastAPI's `HTTPBearer`.
///
/// For tokens that you verify yourself. Where ours are meant, ask for
/// [`ActiveUser`](crate::ActiveUser) or [`AccessToken`](crate::AccessToken).
///
/// ```
/// use portcullis::HttpBearer;
/// use portcullis::scheme::Rejection;
///
/// async fn metrics(token: HttpBearer) -> Result<&'static str, Rejection> {
///     if token.matches("6Eim-ZXKHgE") {
///         Ok("up 1")
///     } else {
///         Err(token.refused())
///     }
/// }
/// ```
///
/// As an `Option`, an absent token is `None`; one that is there but empty or malformed is refused.
pub struct HttpBearer<B: BearerFormat = Plain>(String, PhantomData<fn() -> B>);

holds_a_bearer_token!([B: BearerFormat] HttpBearer, class "HTTPBearer", defined by {
    match B::BEARER_FORMAT {
        None => json!({ "type": "http", "scheme": "bearer" }),
        Some(format) => json!({ "type": "http", "scheme": "bearer", "bearerFormat": format }),
    }
});

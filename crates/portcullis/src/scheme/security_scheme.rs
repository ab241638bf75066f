//! `SecurityScheme`: what a developer says of a scheme, and its refusal.

use axum::response::{IntoResponse, Response};

use super::Rejection;

/// What every scheme of your own can say of itself; all of it has a default.
///
/// ```
/// use portcullis::scheme::{ApiKey, SecurityScheme};
/// use portcullis::ApiKeyHeader;
///
/// struct PartnerKey;
/// impl SecurityScheme for PartnerKey {
///     const NAME: Option<&'static str> = Some("partners");
///     const DESCRIPTION: Option<&'static str> = Some("The key from your contract.");
/// }
/// impl ApiKey for PartnerKey {
///     const PARAMETER: &'static str = "x-partner-key";
/// }
///
/// async fn orders(key: ApiKeyHeader<PartnerKey>) -> String {
///     format!("a key of {} characters", key.len())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a security scheme",
    label = "not a security scheme",
    note = "`impl SecurityScheme for {Self} {{}}` is enough: everything in it has a default"
)]
pub trait SecurityScheme: Send + Sync + 'static {
    /// The name in `components.securitySchemes`. `None` is FastAPI's name of the class, such as
    /// `APIKeyHeader` or `HTTPBasic`. Two different schemes of one name are an error at the start.
    const NAME: Option<&'static str> = None;

    /// What the scheme is for, in Markdown; Swagger UI shows it.
    const DESCRIPTION: Option<&'static str> = None;

    /// Turns a refusal into an answer. The default is ours: JSON, with the challenges.
    ///
    /// The document learns the statuses of your answers by calling this once for each reason, so it
    /// must not depend on anything but the rejection.
    ///
    /// ```
    /// use axum::response::{IntoResponse, Response};
    /// use http::StatusCode;
    /// use portcullis::scheme::{Reason, Rejection, SecurityScheme};
    ///
    /// struct Hidden;
    /// impl SecurityScheme for Hidden {
    ///     fn refuse(rejection: Rejection) -> Response {
    ///         match rejection.reason() {
    ///             Reason::NotAuthenticated => StatusCode::NOT_FOUND.into_response(),
    ///             _ => rejection.into_response(),
    ///         }
    ///     }
    /// }
    /// ```
    fn refuse(rejection: Rejection) -> Response {
        rejection.into_response()
    }
}

/// A scheme with nothing of its own: the parameter of [`HttpBasic`](super::HttpBasic),
/// [`HttpBearer`](super::HttpBearer) and [`HttpDigest`](super::HttpDigest) when you name none.
///
/// ```
/// use portcullis::scheme::{HttpBearer, Plain};
///
/// async fn items(token: HttpBearer<Plain>) -> String {
///     format!("{} bytes", token.len())
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Plain;

impl SecurityScheme for Plain {}

//! A body that somebody sends who is signed in: before it, so that nobody else's is read; and after it,
//! for a body may take its time, and who asks may be signed out meanwhile.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response as Documented, StatusCode};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};

use super::json_body::{FromMembers, JsonBody};

/// Who asks, as of when the body was there, and the body.
pub(super) struct Guarded<G, T>(pub(super) G, pub(super) T);

impl<S, G, T> FromRequest<S> for Guarded<G, T>
where
    S: Send + Sync,
    G: FromRequestParts<S> + Send,
    T: FromMembers + Send,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let early = G::from_request_parts(&mut parts, state).await;
        early.map_err(IntoResponse::into_response)?;
        let request = Request::from_parts(parts.clone(), body);
        let body = JsonBody::<T>::from_request(request, state).await;
        let JsonBody(body) = body.map_err(IntoResponse::into_response)?;
        let caller = G::from_request_parts(&mut parts, state).await;
        Ok(Self(caller.map_err(IntoResponse::into_response)?, body))
    }
}

impl<G: OperationInput, T: FromMembers> OperationInput for Guarded<G, T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        G::operation_input(context, operation);
        JsonBody::<T>::operation_input(context, operation);
    }

    fn inferred_early_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<StatusCode>, Documented)> {
        G::inferred_early_responses(context, operation)
    }
}

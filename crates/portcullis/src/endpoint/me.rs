//! `GET /users/me`.

use aide::transform::TransformOperation;
use axum::Json;

use super::Private;
use crate::extract::ActiveUser;
use crate::user::User;

pub(super) async fn read(ActiveUser(user): ActiveUser) -> Private<Json<User>> {
    Private(Json(user))
}

pub(super) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.summary("Read your own account").tag("users")
}

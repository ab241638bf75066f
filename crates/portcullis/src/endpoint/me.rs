//! `/users/me`: a user's own account.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{FromRef, State};
use http::StatusCode;

use super::Private;
use super::account_refusal::AccountRefusal;
use super::account_state::{accounts, auth_of};
use super::guarded::Guarded;
use super::json_body::FromMembers;
use super::members::Members;
use crate::account::Export;
use crate::auth::Auth;
use crate::extract::ActiveUser;
use crate::secret::Password;
use crate::user::User;

pub(super) async fn read(ActiveUser(user): ActiveUser) -> Private<Json<User>> {
    Private(Json(user))
}

/// What a user may change about the own account.
#[expect(
    clippy::option_option,
    reason = "absent, `null` and a value are three things to say"
)]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "OwnProfile", deny_unknown_fields)]
pub(super) struct Profile {
    /// The name to show to people; `null` clears it.
    #[schemars(with = "Option<String>", length(max = 256))]
    full_name: Option<Option<String>>,
}

impl FromMembers for Profile {
    fn read(members: &mut Members) -> Option<Self> {
        Some(Self {
            full_name: members.clearable_text("full_name"),
        })
    }
}

pub(super) async fn change<S>(
    State(state): State<S>,
    Guarded(ActiveUser(user), profile): Guarded<ActiveUser, Profile>,
) -> Result<Private<Json<User>>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let Some(full_name) = profile.full_name else {
        return Ok(Private(Json(user)));
    };
    let changed = accounts(&auth)?.rename(&user.id, full_name).await;
    Ok(Private(Json(changed.map_err(AccountRefusal::own)?)))
}

/// The password, shown again.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "PasswordShown", deny_unknown_fields)]
pub(super) struct PasswordShown {
    /// The account's password.
    #[schemars(with = "String", extend("format" = "password"))]
    password: Password,
}

impl FromMembers for PasswordShown {
    fn read(members: &mut Members) -> Option<Self> {
        let password = members.password("password")?;
        Some(Self { password })
    }
}

pub(super) async fn delete<S>(
    State(state): State<S>,
    Guarded(ActiveUser(user), shown): Guarded<ActiveUser, PasswordShown>,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let left = accounts(&auth)?.leave(&user, &shown.password).await;
    left.map_err(AccountRefusal::own)?;
    Ok(Private(StatusCode::NO_CONTENT))
}

pub(super) async fn export<S>(
    State(state): State<S>,
    ActiveUser(user): ActiveUser,
) -> Result<Private<Json<Export>>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let export = accounts(&auth)?.export(&user).await;
    Ok(Private(Json(export.map_err(AccountRefusal::own)?)))
}

pub(super) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.summary("Read your own account").tag("users")
}

pub(super) fn describe_change(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.summary("Change your own account").tag("users")
}

pub(super) fn describe_delete(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Delete your own account")
        .tag("users")
        .response_with::<204, (), _>(|response| response.description("Deleted."))
}

pub(super) fn describe_export(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Read everything that is stored about you")
        .tag("users")
}

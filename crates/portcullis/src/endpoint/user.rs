//! `/users/{id}`: what operators do to one account.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{FromRef, FromRequestParts, Path, State};
use http::StatusCode;
use http::request::Parts;

use super::Private;
use super::account_refusal::AccountRefusal;
use super::account_state::{accounts, auth_of};
use super::guarded::Guarded;
use super::json_body::FromMembers;
use super::members::Members;
use super::users::{UsersRead, UsersWrite};
use crate::auth::Auth;
use crate::error::{ErrorBody, InvalidRequestBody};
use crate::extract::{ActiveUser, Security};
use crate::openapi::{Refusal, notes};
use crate::scope::Scopes;
use crate::store::UserChange;
use crate::user::{EmailAddress, User, UserId};

/// The account that the path names.
pub(super) struct Named(UserId);

/// Names an account.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct NamedPath {
    /// Its id.
    id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = AccountRefusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AccountRefusal> {
        // What is no text names nobody; axum's own refusal would be no JSON.
        let path = Path::<NamedPath>::from_request_parts(parts, state).await;
        let Path(NamedPath { id }) = path.map_err(|_| AccountRefusal::NoSuchThing)?;
        // What no store can keep is no account's: a NUL would be an error of the database.
        if id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AccountRefusal::NoSuchThing);
        }
        Ok(Self(UserId::new(id)))
    }
}

impl OperationInput for Named {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Path::<NamedPath>::operation_input(context, operation);
        notes::refusals(operation, &[Refusal::new(404, "There is no such account.")]);
    }
}

/// What an operator may change about an account.
#[expect(
    clippy::option_option,
    reason = "absent, `null` and a value are three things to say"
)]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "UserChange", deny_unknown_fields)]
pub(super) struct Change {
    /// The name to show to people; `null` clears it.
    #[schemars(with = "Option<String>", length(max = 256))]
    full_name: Option<Option<String>>,
    /// E-mail address, which is unverified then; `null` clears it.
    #[schemars(with = "Option<String>", extend("format" = "email"))]
    email: Option<Option<EmailAddress>>,
    /// Whether it is inactive. Its tokens end when that changes.
    #[schemars(with = "Option<bool>", extend("type" = "boolean"))]
    disabled: Option<bool>,
    /// What it may be granted. Its tokens end when any is taken away.
    #[schemars(with = "Option<Vec<String>>", extend("type" = "array"))]
    scopes: Option<Scopes>,
}

impl FromMembers for Change {
    fn read(members: &mut Members) -> Option<Self> {
        Some(Self {
            full_name: members.clearable_text("full_name"),
            email: members.clearable_address("email"),
            disabled: members.optional_flag("disabled"),
            scopes: members.optional_scopes("scopes"),
        })
    }
}

pub(super) async fn read<S>(
    State(state): State<S>,
    _reader: Security<ActiveUser, UsersRead>,
    Named(id): Named,
) -> Result<Private<Json<User>>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    Ok(Private(Json(accounts(&auth)?.show(&id).await?)))
}

pub(super) async fn change<S>(
    State(state): State<S>,
    Named(id): Named,
    Guarded(operator, change): Guarded<Security<ActiveUser, UsersWrite>, Change>,
) -> Result<Private<Json<User>>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let change = UserChange {
        full_name: change.full_name,
        email: change.email,
        disabled: change.disabled,
        scopes: change.scopes,
        mails: Vec::new(),
    };
    let ActiveUser(operator) = operator.into_inner();
    let changed = accounts(&auth)?.change(&id, change, &operator).await?;
    Ok(Private(Json(changed)))
}

pub(super) async fn delete<S>(
    State(state): State<S>,
    operator: Security<ActiveUser, UsersWrite>,
    Named(id): Named,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let ActiveUser(operator) = operator.into_inner();
    accounts(&auth)?.remove(&id, &operator).await?;
    Ok(Private(StatusCode::NO_CONTENT))
}

pub(super) async fn sign_out<S>(
    State(state): State<S>,
    _operator: Security<ActiveUser, UsersWrite>,
    Named(id): Named,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    accounts(&auth)?.sign_out(&id).await?;
    Ok(Private(StatusCode::NO_CONTENT))
}

pub(super) async fn recover<S>(
    State(state): State<S>,
    _operator: Security<ActiveUser, UsersWrite>,
    Named(id): Named,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    accounts(&auth)?.send_recovery(&id).await?;
    Ok(Private(StatusCode::ACCEPTED))
}

pub(super) fn describe_read(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.summary("See an account").tag("users")
}

pub(super) fn describe_change(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Change an account")
        .tag("users")
        .response_with::<409, Json<ErrorBody>, _>(|response| {
            response.description("Another account has this e-mail address.")
        })
}

pub(super) fn describe_delete(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Delete an account")
        .tag("users")
        .response_with::<204, (), _>(|response| response.description("Deleted."))
        .response_with::<422, Json<InvalidRequestBody>, _>(|response| {
            response.description("It is your own account, for which your password is asked.")
        })
}

pub(super) fn describe_sign_out(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Sign a user out everywhere")
        .tag("users")
        .response_with::<204, (), _>(|response| response.description("Ended."))
}

pub(super) fn describe_recover(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Send a user the link to set a new password")
        .tag("users")
        .response_with::<202, (), _>(|response| response.description("A mail will be sent."))
        .response_with::<422, Json<InvalidRequestBody>, _>(|response| {
            response.description("It is inactive, or no address was proved to be its owner's.")
        })
}

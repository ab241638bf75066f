//! E-mail addresses: proving one, and changing to another.

use aide::transform::TransformOperation;
use axum::extract::{FromRef, State};
use http::StatusCode;
use zeroize::Zeroizing;

use super::Private;
use super::account_refusal::AccountRefusal;
use super::account_state::{accounts, auth_of};
use super::guarded::Guarded;
use super::json_body::{FromMembers, JsonBody};
use super::members::Members;
use crate::auth::Auth;
use crate::extract::ActiveUser;
use crate::secret::Password;
use crate::user::{EmailAddress, User};

/// Another address, and the password.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "EmailChange", deny_unknown_fields)]
pub(super) struct Change {
    /// The address to change to.
    #[schemars(with = "String", extend("format" = "email"))]
    email: EmailAddress,
    /// The account's password.
    #[schemars(with = "String", extend("format" = "password"))]
    password: Password,
}

impl FromMembers for Change {
    fn read(members: &mut Members) -> Option<Self> {
        let (email, password) = (members.address("email"), members.password("password"));
        Some(Self {
            email: email?,
            password: password?,
        })
    }
}

pub(super) async fn change<S>(
    State(state): State<S>,
    Guarded(ActiveUser(user), change): Guarded<ActiveUser, Change>,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let asked = accounts(&auth)?
        .ask_email_change(&user, &change.password, change.email)
        .await;
    asked.map_err(AccountRefusal::own)?;
    Ok(Private(StatusCode::ACCEPTED))
}

/// The token of a link.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "OneTimeToken", deny_unknown_fields)]
pub(super) struct Token {
    /// The token that stands in the link.
    #[schemars(with = "String")]
    token: Zeroizing<String>,
}

impl FromMembers for Token {
    fn read(members: &mut Members) -> Option<Self> {
        let token = members.secret("token")?;
        Some(Self { token })
    }
}

pub(super) async fn confirm_change<S>(
    State(state): State<S>,
    JsonBody(body): JsonBody<Token>,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    accounts(&auth)?.confirm_email(&body.token).await?;
    Ok(Private(StatusCode::NO_CONTENT))
}

/// An address.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "EmailVerification", deny_unknown_fields)]
pub(super) struct Address {
    /// The address to prove.
    #[schemars(with = "String", extend("format" = "email"))]
    email: EmailAddress,
}

impl FromMembers for Address {
    fn read(members: &mut Members) -> Option<Self> {
        let email = members.address("email")?;
        Some(Self { email })
    }
}

pub(super) async fn verify<S>(
    State(state): State<S>,
    JsonBody(body): JsonBody<Address>,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    accounts(&auth)?.ask_verification(body.email).await?;
    Ok(Private(StatusCode::ACCEPTED))
}

pub(super) async fn confirm<S>(
    State(state): State<S>,
    JsonBody(body): JsonBody<Token>,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    accounts(&auth)?.verify_email(&body.token).await?;
    Ok(Private(StatusCode::NO_CONTENT))
}

pub(super) fn describe_change(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Change to another e-mail address, which gets a link")
        .tag("users")
        .response_with::<202, (), _>(|response| response.description("The mails will be sent."))
}

pub(super) fn describe_confirm_change(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Confirm the change of an e-mail address")
        .tag("users")
        .response_with::<204, (), _>(|response| response.description("Changed."))
}

pub(super) fn describe_verify(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Ask again for the link that proves an e-mail address")
        .tag("users")
        .response_with::<202, (), _>(|response| {
            response.description("A mail will be sent, if there is something to prove.")
        })
}

pub(super) fn describe_confirm(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Prove an e-mail address")
        .tag("users")
        .response_with::<204, (), _>(|response| response.description("Proved."))
}

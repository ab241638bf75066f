//! Choosing another password: knowing the present one, or by a link that was mailed.

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
use crate::account::Forgotten;
use crate::auth::Auth;
use crate::extract::ActiveUser;
use crate::secret::Password;
use crate::user::{EmailAddress, User, Username};

/// The present password, and the next one.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "PasswordChange", deny_unknown_fields)]
pub(super) struct Change {
    /// The present one.
    #[schemars(with = "String", extend("format" = "password"))]
    current_password: Password,
    /// The next one.
    #[schemars(with = "String", extend("format" = "password"))]
    new_password: Password,
}

impl FromMembers for Change {
    fn read(members: &mut Members) -> Option<Self> {
        let current_password = members.password("current_password");
        let new_password = members.password("new_password");
        Some(Self {
            current_password: current_password?,
            new_password: new_password?,
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
    let (current, new) = (&change.current_password, &change.new_password);
    let changed = accounts(&auth)?.change_password(&user, current, new).await;
    changed.map_err(AccountRefusal::own)?;
    Ok(Private(StatusCode::NO_CONTENT))
}

/// By what an account is to be found: one of the two.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "PasswordRecovery", extend("oneOf" = [{"required": ["email"]}, {"required": ["username"]}]), deny_unknown_fields)]
pub(super) struct Recovery {
    /// The account's verified address.
    #[schemars(with = "Option<String>", extend("type" = "string"))]
    email: Option<EmailAddress>,
    /// The account's username.
    #[schemars(with = "Option<String>", extend("type" = "string"))]
    username: Option<Username>,
}

impl FromMembers for Recovery {
    fn read(members: &mut Members) -> Option<Self> {
        if members.has("email") == members.has("username") {
            members.fault("", "one_of", "say either `email` or `username`");
        }
        // What nobody can have is refused for everybody alike.
        Some(Self {
            email: members.optional_address("email"),
            username: members.optional_username("username"),
        })
    }
}

pub(super) async fn recover<S>(
    State(state): State<S>,
    JsonBody(recovery): JsonBody<Recovery>,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let by_name = recovery.username.map(Forgotten::PasswordOf);
    let forgotten = recovery.email.map(Forgotten::PasswordAt).or(by_name);
    let forgotten = forgotten.ok_or(AccountRefusal::NoSuchThing)?;
    accounts(&auth)?.ask_recovery(forgotten).await?;
    Ok(Private(StatusCode::ACCEPTED))
}

/// The token of the link, and the next password.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "PasswordReset", deny_unknown_fields)]
pub(super) struct Reset {
    /// The token that stands in the link.
    #[schemars(with = "String")]
    token: Zeroizing<String>,
    /// The next password.
    #[schemars(with = "String", extend("format" = "password"))]
    new_password: Password,
}

impl FromMembers for Reset {
    fn read(members: &mut Members) -> Option<Self> {
        let (token, new_password) = (members.secret("token"), members.password("new_password"));
        Some(Self {
            token: token?,
            new_password: new_password?,
        })
    }
}

pub(super) async fn reset<S>(
    State(state): State<S>,
    JsonBody(reset): JsonBody<Reset>,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let (token, new) = (&reset.token, &reset.new_password);
    accounts(&auth)?.reset_password(token, new).await?;
    Ok(Private(StatusCode::NO_CONTENT))
}

pub(super) fn describe_change(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Choose another password; every token of yours ends")
        .tag("users")
        .response_with::<204, (), _>(|response| response.description("Changed."))
}

pub(super) fn describe_recovery(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Forgot the password: ask for a link by mail")
        .tag("users")
        .response_with::<202, (), _>(|response| {
            response.description("A mail will be sent, if there is such an account.")
        })
}

pub(super) fn describe_reset(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Choose another password with the token of a link")
        .tag("users")
        .response_with::<204, (), _>(|response| response.description("Changed."))
}

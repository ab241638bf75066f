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
    fn read(members: &mut Members) -> Self {
        Self {
            current_password: members.password("current_password"),
            new_password: members.password("new_password"),
        }
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
    #[expect(dead_code, reason = "described here, and read as `forgotten`")]
    email: Option<String>,
    /// The account's username.
    #[schemars(with = "Option<String>", extend("type" = "string"))]
    #[expect(dead_code, reason = "described here, and read as `forgotten`")]
    username: Option<String>,
    #[schemars(skip)]
    forgotten: Option<Forgotten>,
}

impl FromMembers for Recovery {
    fn read(members: &mut Members) -> Self {
        let email = members.optional_text("email");
        let username = members.optional_text("username");
        let forgotten = match (&email, &username) {
            (Some(email), None) => {
                let address = EmailAddress::parse(email);
                address.ok().map(Forgotten::PasswordAt)
            }
            (None, Some(username)) => {
                let username = Username::parse(username);
                username.ok().map(Forgotten::PasswordOf)
            }
            _ => {
                members.fault("", "one_of", "say either `email` or `username`");
                None
            }
        };
        // What nobody can have is refused for everybody alike.
        match (&forgotten, &email, &username) {
            (None, Some(_), None) => members.fault(
                "email",
                "email_invalid",
                "an e-mail address is like name@example.com",
            ),
            (None, None, Some(_)) => {
                members.fault("username", "username_invalid", "this cannot be a username");
            }
            _ => {}
        }
        Self {
            email,
            username,
            forgotten,
        }
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
    let forgotten = recovery.forgotten.ok_or(AccountRefusal::NoSuchThing)?;
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
    fn read(members: &mut Members) -> Self {
        Self {
            token: members.secret("token"),
            new_password: members.password("new_password"),
        }
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

//! `/invitations`: asking somebody to make an account.

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
use super::users::UsersWrite;
use crate::auth::Auth;
use crate::error::ErrorBody;
use crate::extract::{ActiveUser, Security};
use crate::scope::Scopes;
use crate::user::{EmailAddress, User};

/// Who is invited.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Invitation", deny_unknown_fields)]
pub(super) struct Invitation {
    /// Where the invitation goes; it will be the account's address.
    #[schemars(with = "String", extend("format" = "email"))]
    email: EmailAddress,
    /// What the account will be granted.
    #[schemars(with = "Option<Vec<String>>", extend("type" = "array"))]
    scopes: Option<Scopes>,
}

impl FromMembers for Invitation {
    fn read(members: &mut Members) -> Option<Self> {
        let (email, scopes) = (members.address("email"), members.optional_scopes("scopes"));
        Some(Self {
            email: email?,
            scopes,
        })
    }
}

pub(super) async fn invite<S>(
    State(state): State<S>,
    Guarded(operator, invitation): Guarded<Security<ActiveUser, UsersWrite>, Invitation>,
) -> Result<Private<StatusCode>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let Invitation { email, scopes } = invitation;
    let scopes = scopes.unwrap_or_else(Scopes::none);
    accounts(&auth)?
        .invite(email, scopes, Some(&operator))
        .await?;
    Ok(Private(StatusCode::ACCEPTED))
}

pub(super) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Invite somebody to make an account")
        .tag("users")
        .response_with::<202, (), _>(|response| response.description("A mail will be sent."))
        .response_with::<403, Json<ErrorBody>, _>(|response| {
            response.description("Not enough scope; or nobody can register here.")
        })
}

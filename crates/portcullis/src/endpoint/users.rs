//! `/users`: making accounts, and finding them.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{FromRef, FromRequestParts, State};
use http::StatusCode;
use http::request::Parts;
use serde::Serialize;
use zeroize::Zeroizing;

use super::Private;
use super::account_refusal::AccountRefusal;
use super::account_state::{accounts, auth_of};
use super::cursor::Cursor;
use super::guarded::Guarded;
use super::invalid_request::{InvalidRequest, Place};
use super::json_body::FromMembers;
use super::members::Members;
use super::query;
use crate::account::{Application, Fault, UserDraft};
use crate::auth::Auth;
use crate::error::ErrorBody;
use crate::extract::{AccessToken, ActiveUser, Security};
use crate::openapi::{Refusal, notes};
use crate::scheme::RequiredScopes;
use crate::scope::Scopes;
use crate::secret::Password;
use crate::user::User;

/// To see all accounts.
#[derive(Debug, Clone, Copy)]
pub(super) struct UsersRead;

impl RequiredScopes for UsersRead {
    const SCOPES: &'static [&'static str] = &[Scopes::USERS_READ];
}

/// To manage all accounts.
#[derive(Debug, Clone, Copy)]
pub(super) struct UsersWrite;

impl RequiredScopes for UsersWrite {
    const SCOPES: &'static [&'static str] = &[Scopes::USERS_WRITE];
}

/// An account to be made.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "NewUser", deny_unknown_fields)]
pub(super) struct New {
    /// The name to sign in with.
    #[schemars(length(min = 1, max = 64))]
    username: String,
    /// The password. An operator may leave it out: then a mail asks its owner for one.
    #[schemars(with = "Option<String>", extend("format" = "password"))]
    password: Option<Password>,
    /// E-mail address.
    #[schemars(with = "Option<String>", extend("format" = "email"))]
    email: Option<String>,
    /// The name to show to people.
    #[schemars(length(max = 256))]
    full_name: Option<String>,
    /// The token of an invitation.
    #[schemars(with = "Option<String>")]
    invitation: Option<Zeroizing<String>>,
    /// Whether it starts inactive. Operators alone may say so.
    #[schemars(with = "Option<bool>", extend("type" = "boolean"))]
    disabled: Option<bool>,
    /// What it may be granted. Operators alone may say so.
    #[schemars(with = "Option<Vec<String>>", extend("type" = "array"))]
    scopes: Option<Scopes>,
}

impl FromMembers for New {
    fn read(members: &mut Members) -> Option<Self> {
        let username = members.text("username");
        let password = members.optional_text("password");
        let email = members.optional_text("email");
        let full_name = members.optional_text("full_name");
        let invitation = members.optional_text("invitation");
        let disabled = members.optional_flag("disabled");
        let scopes = members.optional_scopes("scopes");
        Some(Self {
            username: username?,
            password: password.filter(|text| !text.is_empty()).map(Password::new),
            email,
            full_name,
            invitation: invitation.map(Zeroizing::new),
            disabled,
            scopes,
        })
    }
}

pub(super) async fn add<S>(
    State(state): State<S>,
    Guarded((caller, token), new): Guarded<(Option<ActiveUser>, Option<AccessToken>), New>,
) -> Result<(StatusCode, Private<Json<User>>), AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let accounts = accounts(&auth)?;
    // As for every other operation: what the token allows, and the user may still be granted.
    let allows = |scopes: &Scopes| scopes.contains(Scopes::USERS_WRITE);
    let is_operator = caller.is_some_and(|ActiveUser(user)| allows(&user.scopes))
        && token.is_some_and(|token| allows(&token.scopes));
    let user = if is_operator {
        let (draft, password) = new.draft()?;
        accounts.add(draft, password.as_ref()).await?
    } else {
        accounts.register(new.application()?).await?
    };
    Ok((StatusCode::CREATED, Private(Json(user))))
}

impl New {
    /// As somebody registers, who may not say everything.
    fn application(self) -> Result<Application, InvalidRequest> {
        let mut faults = Vec::new();
        let told = "operators alone may say this";
        if self.disabled.is_some() {
            faults.push(Fault::new("disabled", "extra_forbidden", told));
        }
        if self.scopes.is_some() {
            faults.push(Fault::new("scopes", "extra_forbidden", told));
        }
        if self.password.is_none() {
            faults.push(Fault::new("password", "missing", "this is needed"));
        }
        match self.password.filter(|_| faults.is_empty()) {
            None => Err(InvalidRequest::new(Place::Body, faults)),
            Some(password) => Ok(Application {
                username: self.username,
                password,
                email: self.email,
                full_name: self.full_name,
                invitation: self.invitation,
            }),
        }
    }

    /// As an operator says.
    fn draft(self) -> Result<(UserDraft, Option<Password>), InvalidRequest> {
        if self.invitation.is_some() {
            let told = "an operator needs no invitation";
            let fault = Fault::new("invitation", "extra_forbidden", told);
            return Err(InvalidRequest::new(Place::Body, vec![fault]));
        }
        let draft = UserDraft {
            username: self.username,
            email: self.email,
            full_name: self.full_name,
            disabled: self.disabled.unwrap_or_default(),
            scopes: self.scopes.unwrap_or_else(Scopes::none),
        };
        Ok((draft, self.password))
    }
}

/// How many accounts a page has at most.
const MOST_LISTED: u32 = 200;
/// How many it has where nothing is said.
const LISTED: u32 = 50;

/// Which accounts are asked for.
pub(super) struct Listing {
    search: String,
    after: Option<Cursor>,
    limit: u32,
}

impl<S: Send + Sync> FromRequestParts<S> for Listing {
    type Rejection = AccountRefusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AccountRefusal> {
        let mut members = query::members(parts.uri.query().unwrap_or_default());
        let search = members.optional_text("search").unwrap_or_default();
        if search.chars().take(257).count() > 256 {
            members.fault(
                "search",
                "string_too_long",
                "at most 256 characters are looked for",
            );
        }
        if search.contains(char::is_control) {
            members.fault(
                "search",
                "string_invalid",
                "no control characters are looked for",
            );
        }
        let limit = members
            .number_in_text("limit", 1..=MOST_LISTED)
            .unwrap_or(LISTED);
        let cursor = members.optional_text("cursor");
        let after = cursor.map(|cursor| Cursor::parse(&cursor, &search));
        if after == Some(None) {
            let told = "this is no cursor of this list: take `next` of the page before";
            members.fault("cursor", "cursor_invalid", told);
        }
        let faults = members.finish();
        if !faults.is_empty() {
            return Err(InvalidRequest::new(Place::Query, faults).into());
        }
        Ok(Self {
            search,
            after: after.flatten(),
            limit,
        })
    }
}

impl OperationInput for Listing {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        query::describe(
            operation,
            "search",
            "What the username or the e-mail address begins with.",
            serde_json::json!({ "type": "string", "maxLength": 256 }),
        );
        query::describe(
            operation,
            "cursor",
            "Where to go on: `next` of the page before.",
            serde_json::json!({ "type": "string" }),
        );
        query::describe(
            operation,
            "limit",
            "How many at most.",
            serde_json::json!({ "type": "integer", "minimum": 1, "maximum": MOST_LISTED, "default": LISTED }),
        );
        let refusal = Refusal::invalid("A parameter does not fit, or the cursor is none of ours.");
        notes::refusals(operation, &[refusal]);
    }
}

/// Some accounts, by username.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Page {
    /// The accounts.
    items: Vec<User>,
    /// Where the next page begins; `null` where this is the last one. A page may have fewer accounts than
    /// were asked for and still not be the last.
    next: Option<String>,
}

pub(super) async fn list<S>(
    State(state): State<S>,
    _reader: Security<ActiveUser, UsersRead>,
    listing: Listing,
) -> Result<Private<Json<Page>>, AccountRefusal>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = auth_of(&state);
    let Listing {
        search,
        after,
        limit,
    } = listing;
    let after = after.as_ref().map(Cursor::name);
    let page = accounts(&auth)?.list(&search, after, limit).await?;
    Ok(Private(Json(Page {
        items: page.users,
        next: page.next.map(|name| Cursor::after(name).text(&search)),
    })))
}

pub(super) fn describe_add(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Make an account: your own, or as an operator anybody's")
        .tag("users")
        .response_with::<201, Json<User>, _>(|response| response.description("Made."))
        .response_with::<403, Json<ErrorBody>, _>(|response| {
            response.description("Nobody can register here, or only who is invited.")
        })
        .response_with::<409, Json<ErrorBody>, _>(|response| {
            response.description("The username is taken; or, as an operator says it, the address.")
        })
}

pub(super) fn describe_list(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.summary("See all accounts").tag("users")
}

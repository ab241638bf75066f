//! A token for a user without a password, and for a client without its secret.

use http::HeaderValue;
use http::header::InvalidHeaderValue;

use crate::auth::Auth;
use crate::client::{Client, ClientId, GrantType};
use crate::grant::{Beginning, Life, begin_session};
use crate::scope::{MalformedScope, Scopes};
use crate::secret::random_id;
use crate::token::{Epoch, Grant, NotIssued};
use crate::user::{Account, UserId};

/// Why no token was made.
///
/// ```
/// use portcullis::testing::{self, NotSigned, Users};
///
/// let john = testing::user("johndoe", "items:read")?;
/// let auth = portcullis::Auth::builder(Users::new([john.clone()])).issuer("http://x").build()?;
/// let error = testing::bearer(&auth, &john, "items:read admin").unwrap_err();
/// assert!(matches!(error, NotSigned::NotTheUsers { .. }));
/// assert!(error.to_string().contains("`admin`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
pub enum NotSigned {
    /// The scopes cannot be some.
    #[error(transparent)]
    Scope(#[from] MalformedScope),
    /// The user does not have all of the scopes, so no login would grant them, and every guard that
    /// asks for one would refuse the token.
    #[error("the user does not have `{missing}`: give it to the user, who has `{has}`")]
    NotTheUsers {
        /// What the user does not have.
        missing: Scopes,
        /// What the user has.
        has: Scopes,
    },
    /// The client does not have all of the scopes.
    #[error("the client does not have `{missing}`: give it to the client, which has `{has}`")]
    NotTheClients {
        /// What the client does not have.
        missing: Scopes,
        /// What the client has.
        has: Scopes,
    },
    /// The client gets no tokens of its own: it is public, or has not this grant.
    #[error(
        "the client gets no tokens of its own: it must be confidential, with the grant `client_credentials`"
    )]
    NoGrant,
    /// Clients are not kept, so nobody gets such a token.
    #[error("this `Auth` keeps no clients: give it some with `AuthBuilder::clients`")]
    NoClients,
    /// Sessions are kept, and this would be a token of none.
    #[error(
        "this `Auth` keeps sessions, and a token of no session is refused: use `testing::sign_in`, which begins one"
    )]
    Sessions,
    /// The session could not be begun.
    #[error("the session could not be begun: {0}")]
    NotBegun(String),
    /// No token could be issued.
    #[error(transparent)]
    NotIssued(#[from] NotIssued),
    /// The token does not fit into a header.
    #[error(transparent)]
    Header(#[from] InvalidHeaderValue),
}

/// Signs in as `user` with exactly `scopes` (separated by single spaces): the value of a request's
/// `Authorization` header, without a password and without a database.
///
/// The token is signed by the application's own [`Auth`], so all of the check stays real: a user who
/// is inactive, unknown to the `Auth`'s users or of another epoch is refused, and the token expires
/// by the `Auth`'s clock.
///
/// ```
/// use axum::{body::Body, http::Request};
/// use portcullis::openapi::{ApiRouter, Document, routing::get};
/// use portcullis::{ActiveUser, Auth, testing};
/// use tower::ServiceExt;
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let john = testing::user("johndoe", "items:read")?;
/// let auth = Auth::builder(testing::Users::new([john.clone()]))
///     .issuer("http://127.0.0.1:8000")
///     .build()?;
/// let api = ApiRouter::new().api_route("/me", get(async |user: ActiveUser| user.username.clone()));
/// let app = Document::new("Items", "1.0").serve(api)?.with_state(auth.clone());
///
/// let request = Request::get("/me")
///     .header("authorization", testing::bearer(&auth, &john, "items:read")?)
///     .body(Body::empty())?;
/// assert_eq!(app.oneshot(request).await?.status(), 200);
/// # Ok(()) }
/// ```
///
/// **For tests.** Whoever holds an [`Auth`] holds the key that signs its tokens and can be anybody;
/// this function only makes that short. A program that serves others has no reason to call it.
///
/// # Errors
/// [`NotSigned`], for one when the user does not have one of the scopes.
pub fn bearer<U: Account>(
    auth: &Auth<U>,
    user: &U,
    scopes: &str,
) -> Result<HeaderValue, NotSigned> {
    let token = access_token(auth, user, scopes)?;
    let mut value = HeaderValue::try_from(format!("Bearer {token}"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The token of [`bearer`], alone.
///
/// ```
/// use portcullis::{Auth, testing};
///
/// let john = testing::user("johndoe", "items:read")?;
/// let auth = Auth::builder(testing::Users::new([john.clone()])).issuer("http://x").build()?;
/// let token = testing::access_token(&auth, &john, "items:read")?;
/// let claims = auth.verifier().verify(&token, auth.now().as_second())?;
/// assert_eq!(claims.subject, john.id.as_str());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`NotSigned`], for one when the user does not have one of the scopes.
pub fn access_token<U: Account>(
    auth: &Auth<U>,
    user: &U,
    scopes: &str,
) -> Result<String, NotSigned> {
    let scopes = checked(user, scopes)?;
    if auth.sessions().is_some() {
        return Err(NotSigned::Sessions);
    }
    let grant = Grant {
        subject: &user.subject(),
        client_id: ClientId::FIRST_PARTY,
        session_id: &random_id().map_err(NotIssued::from)?,
        epoch: user.epoch(),
        scopes: &scopes,
    };
    Ok(auth.issuer().issue(&grant, auth.now())?.token)
}

/// Signs in as `user` with exactly `scopes`, in a session of its own, where the `Auth` keeps sessions:
/// the access token, without a password.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, store, .. } = House::new().await?;
/// use portcullis::{testing, user::Username};
///
/// # use portcullis::store::UserSource;
/// # let found = store.find_by_username(&Username::parse("johndoe")?).await?;
/// # let john = found.ok_or("somebody")?.user;
/// let token = testing::sign_in(&auth, &john, "").await?;
/// assert!(auth.verifier().verify(&token, auth.now().as_second()).is_ok());
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`NotSigned`], for one when the user does not have one of the scopes.
pub async fn sign_in<U: Account>(
    auth: &Auth<U>,
    user: &U,
    scopes: &str,
) -> Result<String, NotSigned> {
    let scopes = checked(user, scopes)?;
    let whose = Whose {
        user: Some((UserId::new(&*user.subject()), user.epoch())),
        client: ClientId::first_party(),
        scopes,
        seconds: auth.settings().access_token_seconds,
    };
    whose.token(auth).await
}

/// A token of a client itself, with exactly `scopes` (separated by single spaces), as
/// `grant_type=client_credentials` gives it: the access token, without the client's secret. Where
/// sessions are kept, it has one of its own.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// # let builder = portcullis::Auth::builder(store.clone()).issuer("http://127.0.0.1:8000");
/// use portcullis::account::{ClientAdministration, ClientDraft};
/// use portcullis::{client::Grants, scope::Scopes, testing};
///
/// let auth = builder.clients(store.clone()).build()?;
/// let draft = ClientDraft {
///     grants: Grants::parse("client_credentials")?,
///     scopes: Scopes::parse("items:read")?,
///     ..ClientDraft::new("nightly report")
/// };
/// let report = ClientAdministration::new(&*store).register(draft).await?.client;
/// let token = testing::client_token(&auth, &report, "items:read").await?;
/// let claims = auth.verifier().verify(&token, auth.now().as_second())?;
/// assert!(claims.is_of_client());
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`NotSigned`], for one when the client does not have one of the scopes.
pub async fn client_token<U: Account>(
    auth: &Auth<U>,
    client: &Client,
    scopes: &str,
) -> Result<String, NotSigned> {
    let scopes = Scopes::parse(scopes)?;
    if auth.clients().is_none() {
        return Err(NotSigned::NoClients);
    }
    if client.is_public() || !client.grants.contains(GrantType::ClientCredentials) {
        return Err(NotSigned::NoGrant);
    }
    let missing = scopes.difference(&client.scopes);
    if !missing.is_empty() {
        let has = client.scopes.clone();
        return Err(NotSigned::NotTheClients { missing, has });
    }
    let seconds = client.lifetimes.access_token_seconds;
    let whose = Whose {
        user: None,
        client: client.id.clone(),
        scopes,
        seconds: seconds.unwrap_or(auth.settings().access_token_seconds),
    };
    whose.token(auth).await
}

/// For whom a token is made that is the only one of its session.
struct Whose {
    /// The user and its epoch; `None` for the client itself.
    user: Option<(UserId, Epoch)>,
    client: ClientId,
    scopes: Scopes,
    seconds: u32,
}

impl Whose {
    /// Begins the session, where sessions are kept, and makes the token.
    async fn token<U: Account>(self, auth: &Auth<U>) -> Result<String, NotSigned> {
        let beginning = Beginning {
            user: self.user.clone(),
            client: self.client.clone(),
            scopes: &self.scopes,
            user_agent: None,
            life: Life::OneToken(self.seconds),
        };
        let begun = begin_session(auth, beginning).await;
        let (session_id, _) = begun.map_err(|error| NotSigned::NotBegun(error.to_string()))?;
        let (subject, epoch) = match &self.user {
            Some((id, epoch)) => (id.as_str(), *epoch),
            None => (self.client.as_str(), Epoch::default()),
        };
        let grant = Grant {
            subject,
            client_id: self.client.as_str(),
            session_id: &session_id,
            epoch,
            scopes: &self.scopes,
        };
        let issuer = auth.issuer().lasting(self.seconds);
        Ok(issuer.issue(&grant, auth.now())?.token)
    }
}

fn checked<U: Account>(user: &U, scopes: &str) -> Result<Scopes, NotSigned> {
    let scopes = Scopes::parse(scopes)?;
    let has = user.scopes().into_owned();
    let missing = scopes.difference(&has);
    if missing.is_empty() {
        return Ok(scopes);
    }
    Err(NotSigned::NotTheUsers { missing, has })
}

// What the examples in the documentation stand on, included where their reader does not see it: a
// store with one account, `johndoe`, and an `Auth` over it that hashes at the least cost.

struct House {
    store: std::sync::Arc<portcullis::store::MemoryStore>,
    auth: portcullis::Auth,
    johndoe: portcullis::User,
}

impl House {
    async fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let store = std::sync::Arc::new(portcullis::store::MemoryStore::new());
        let auth = builder(&store).build()?;
        Self::of(store, auth).await
    }

    /// Where people manage their own accounts.
    async fn with_accounts() -> Result<Self, Box<dyn std::error::Error>> {
        let store = std::sync::Arc::new(portcullis::store::MemoryStore::new());
        let settings = portcullis::account::AccountSettings::default();
        let auth = builder(&store).accounts(store.clone(), settings).build()?;
        Self::of(store, auth).await
    }

    async fn of(
        store: std::sync::Arc<portcullis::store::MemoryStore>,
        auth: portcullis::Auth,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let draft = portcullis::account::UserDraft {
            username: "johndoe".into(),
            scopes: portcullis::scope::Scopes::parse("items:read")?,
            ..Default::default()
        };
        let password = portcullis::secret::Password::new("correct horse battery staple");
        let johndoe = administration(&store, &auth).add(draft, &password).await?;
        Ok(Self {
            store,
            auth,
            johndoe,
        })
    }
}

fn builder(
    store: &std::sync::Arc<portcullis::store::MemoryStore>,
) -> portcullis::auth::AuthBuilder<portcullis::User> {
    portcullis::Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .scope("items:read", "Read items.")
        .hashing(cheap())
        .hashing_threads(std::num::NonZeroUsize::MIN)
}

fn administration<'a>(
    store: &'a portcullis::store::MemoryStore,
    auth: &'a portcullis::Auth,
) -> portcullis::account::Administration<'a> {
    portcullis::account::Administration {
        users: store,
        pool: auth.pool(),
        policy: portcullis::account::PasswordRules::default(),
        clock: &portcullis::clock::SystemClock,
    }
}

fn cheap() -> portcullis::password::Argon2Parameters {
    portcullis::password::Argon2Parameters {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    }
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

static ITEMS_READ: std::sync::LazyLock<portcullis::scope::Scopes> =
    std::sync::LazyLock::new(|| portcullis::scope::Scopes::parse("items:read").unwrap());

fn grant() -> portcullis::token::Grant<'static> {
    portcullis::token::Grant {
        subject: "4f9x2",
        client_id: "portcullis",
        session_id: "22-character-session-A",
        epoch: portcullis::token::Epoch::new(0),
        scopes: &ITEMS_READ,
    }
}

fn issuer() -> Result<portcullis::token::TokenIssuer, portcullis::token::KeyFailed> {
    let key = portcullis::token::SigningKey::generate()?;
    Ok(issuer_of(key))
}

/// At `https://login`, for `https://api`, for 900 seconds.
fn issuer_of(key: portcullis::token::SigningKey) -> portcullis::token::TokenIssuer {
    let (issuer, audience) = ("https://login".into(), "https://api".into());
    portcullis::token::TokenIssuer::new(key.into(), issuer, audience, 900)
}

/// The public keys of `https://login`, and a token that it issued at second 0.
fn keys_and_token()
-> Result<(Vec<portcullis::token::VerifyingKey>, String), Box<dyn std::error::Error>> {
    let key = portcullis::token::SigningKey::generate()?;
    let keys = vec![key.public().clone()];
    let issued = issuer_of(key).issue(&grant(), jiff::Timestamp::UNIX_EPOCH)?;
    Ok((keys, issued.token))
}

fn new_user(name: &str) -> Result<portcullis::store::NewUser, Box<dyn std::error::Error>> {
    Ok(portcullis::store::NewUser {
        id: portcullis::user::UserId::random()?,
        username: portcullis::user::Username::parse(name)?,
        email: None,
        email_verified: false,
        full_name: None,
        hashed_password: None,
        disabled: false,
        scopes: portcullis::scope::Scopes::none(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        mail: None,
    })
}

/// The first token of a session that ends at second 7,200, or if it is not used before 3,600.
fn new_session(
    user: &portcullis::user::UserId,
) -> Result<
    (portcullis::store::NewSession, portcullis::token::RefreshToken),
    Box<dyn std::error::Error>,
> {
    let id = portcullis::secret::random_id()?;
    let token = portcullis::token::RefreshToken::first(&id)?;
    let session = portcullis::store::NewSession {
        id,
        user: Some(user.clone()),
        client: portcullis::client::ClientId::first_party(),
        scopes: ITEMS_READ.clone(),
        epoch: portcullis::token::Epoch::default(),
        refresh: Some(portcullis::store::FirstRefresh {
            family: token.family_digest(),
            token: token.digest(),
        }),
        user_agent: Some("curl/8.5.0".into()),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        idle_until: jiff::Timestamp::constant(3_600, 0),
        ends_at: jiff::Timestamp::constant(7_200, 0),
    };
    Ok((session, token))
}

/// A confidential client that may get tokens for itself, for `items:read`, and its secret.
fn new_client(
    name: &str,
) -> Result<
    (portcullis::client::Client, portcullis::client::ClientSecret),
    Box<dyn std::error::Error>,
> {
    let secret = portcullis::client::ClientSecret::random()?;
    let client = portcullis::client::Client {
        id: portcullis::client::ClientId::random()?,
        name: name.to_owned(),
        secrets: Some(portcullis::client::ClientSecrets::first(secret.digest())),
        grants: portcullis::client::Grants::parse("client_credentials")?,
        scopes: ITEMS_READ.clone(),
        may_introspect: false,
        lifetimes: portcullis::client::ClientLifetimes::default(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
    };
    Ok((client, secret))
}

/// A use of the token, so many seconds after the Unix epoch.
fn rotation(
    token: &portcullis::token::RefreshToken,
    second: i64,
) -> Result<portcullis::store::Rotation, Box<dyn std::error::Error>> {
    let salt = portcullis::token::Salt::random()?;
    Ok(portcullis::store::Rotation {
        session: token.session().to_owned(),
        family: token.family_digest(),
        presented: token.digest(),
        successor: token.successor(&salt).digest(),
        salt,
        now: jiff::Timestamp::from_second(second)?,
        idle_until: jiff::Timestamp::from_second(second + 3_600)?,
        retry_since: jiff::Timestamp::from_second(second - 30)?,
    })
}

/// A token that was sent to `johndoe@example.com` at second 0.
fn one_time(
    token: &portcullis::token::OneTimeToken,
    purpose: portcullis::token::Purpose,
    user: &portcullis::user::UserId,
) -> Result<portcullis::store::KeptToken, Box<dyn std::error::Error>> {
    let created_at = jiff::Timestamp::UNIX_EPOCH;
    Ok(portcullis::store::KeptToken {
        digest: token.digest(),
        purpose,
        user: Some(user.clone()),
        address: portcullis::user::EmailAddress::parse("johndoe@example.com")?,
        epoch: portcullis::token::Epoch::default(),
        scopes: portcullis::scope::Scopes::none(),
        created_at,
        expires_at: created_at + purpose.lifetime(),
    })
}

/// Somebody at this address forgot a password, at second 0.
fn mail(address: &str) -> Result<portcullis::store::Mail, Box<dyn std::error::Error>> {
    let address = portcullis::user::EmailAddress::parse(address)?;
    let errand = portcullis::store::Errand::RecoverByEmail { address };
    Ok(portcullis::store::Mail::new(errand, jiff::Timestamp::UNIX_EPOCH)?)
}

/// One who works at second 0.
fn postman<'a>(
    store: &'a portcullis::store::MemoryStore,
    mailer: &'a dyn portcullis::mail::Mailer,
) -> portcullis::account::Postman<'a> {
    use portcullis::clock::ManualClock;
    static CLOCK: std::sync::LazyLock<ManualClock> =
        std::sync::LazyLock::new(|| ManualClock::at_second(0));
    portcullis::account::Postman {
        store,
        mailer,
        issuer: "http://127.0.0.1:8000",
        clock: &*CLOCK,
        timeout: std::time::Duration::from_secs(30),
    }
}

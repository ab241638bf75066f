//! An API with accounts and a mailer that keeps what it is given: people choose passwords there, and
//! show them, in every way there is.

mod choosing;
mod showing;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use http::{Method, Request};
use portcullis::account::{
    AccountSettings, Administration, PasswordRules, Postman, UserDraft, authenticate,
};
use portcullis::auth::{AuthBuilder, SessionLifetimes};
use portcullis::clock::ManualClock;
use portcullis::mail::{Letter, MailFailed};
use portcullis::openapi::{ApiRouter, Document, routing};
use portcullis::password::PasswordPolicy;
use portcullis::scheme::Rejection;
use portcullis::scope::Scopes;
use portcullis::secret::Password;
use portcullis::store::{MemoryStore, UserSource};
use portcullis::user::{User, Username};
use portcullis::{Auth, HttpBasic};
use serde_json::{Value, json};

pub(crate) use choosing::{Place, Who};

use crate::fixture::{Answer, NOW, cheap, login, send};

pub(crate) const ISSUER: &str = "https://id.orbital-widgets.example";
/// On no list, and of nobody.
pub(crate) const OLD: &str = "twelve yellow umbrellas";
pub(crate) const OTHER: &str = "a harbour full of lanterns";
const OPERATOR: &str = "zsuzsanna";

pub(crate) struct People {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) auth: Auth,
    pub(crate) app: Router,
    came: AtomicUsize,
}

/// As the server has it: the words of the service are those of its address and of its operator.
pub(crate) fn policy() -> PasswordPolicy {
    PasswordPolicy::default()
        .with_words(["Acme Rockets"])
        .with_issuer(ISSUER)
}

impl People {
    pub(crate) async fn new() -> Self {
        Self::ruled_by(policy()).await
    }

    pub(crate) async fn ruled_by(rules: impl Into<PasswordRules>) -> Self {
        Self::kept_by(rules, |store| store, |builder| builder).await
    }

    /// What `around` makes of the store is asked for users when somebody signs in.
    pub(crate) async fn kept_by<U: UserSource<User = User>>(
        rules: impl Into<PasswordRules>,
        around: impl FnOnce(Arc<MemoryStore>) -> U,
        with: impl FnOnce(AuthBuilder<User>) -> AuthBuilder<User>,
    ) -> Self {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(ManualClock::at_second(NOW));
        let settings = AccountSettings {
            rules: rules.into(),
            ..AccountSettings::default()
        };
        let builder = Auth::builder(around(store.clone()))
            .issuer(ISSUER)
            .clock(clock.clone())
            .hashing(cheap())
            .hashing_threads(NonZeroUsize::MIN)
            .sessions(store.clone(), SessionLifetimes::default())
            .clients(store.clone())
            .accounts(store.clone(), settings);
        let auth = with(builder).build().unwrap();
        let own = ApiRouter::new().api_route("/by-basic", routing::get(by_basic));
        let api = own.merge(portcullis::router(&auth));
        let document = Document::new("Test", "1.0");
        let app = document.serve(api).unwrap().with_state(auth.clone());
        let people = Self {
            store,
            clock,
            auth,
            app,
            came: AtomicUsize::new(0),
        };
        let draft = UserDraft {
            scopes: Scopes::parse("users:read users:write").unwrap(),
            ..UserDraft::new(OPERATOR)
        };
        let password = Password::new(OTHER);
        people.operators().add(draft, &password).await.unwrap();
        people
    }

    fn operators(&self) -> Administration<'_> {
        Administration {
            clock: &*self.clock,
            ..Administration::new(&*self.store, self.auth.pool())
        }
    }

    /// Of whoever may read and write all accounts.
    pub(crate) async fn operator(&self) -> String {
        self.signs_in(OPERATOR, OTHER).await
    }

    /// Somebody who was not here before.
    pub(crate) fn somebody(&self) -> Who {
        let number = self.came.fetch_add(1, Ordering::Relaxed);
        Who {
            username: format!("quillback{number}"),
            email: format!("quillback{number}@post.example"),
            full_name: "Tamsin Okonkwo".to_owned(),
        }
    }

    /// A request with JSON, of whoever has this token.
    pub(crate) async fn call(
        &self,
        to: (Method, &str),
        token: Option<&str>,
        body: &Value,
    ) -> Answer {
        self.call_with(to, token, body.to_string()).await
    }

    pub(crate) async fn call_with(
        &self,
        to: (Method, &str),
        token: Option<&str>,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        send(&self.app, request(to, token, body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call((Method::POST, path), None, body).await
    }

    /// An access token.
    pub(crate) async fn signs_in(&self, username: &str, password: &str) -> String {
        let answer = send(&self.app, login(&login_form(username, password))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// An account with the password [`OLD`] and an address that was proved.
    pub(crate) async fn joins(&self) -> Who {
        let who = self.somebody();
        self.joins_as(&who).await;
        who
    }

    /// The account as it is stored.
    pub(crate) async fn stored(&self, who: &Who) -> Option<portcullis::store::Credential<User>> {
        let name = Username::parse(&who.username).unwrap();
        self.store.find_by_username(&name).await.unwrap()
    }

    /// Everything that is sent now.
    pub(crate) async fn mails(&self) -> Vec<Letter> {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = kept.clone();
        let mailer = move |letter: Letter| {
            keep.lock().unwrap().push(letter);
            std::future::ready(Ok::<(), MailFailed>(()))
        };
        let postman = Postman {
            store: &*self.store,
            mailer: &mailer,
            issuer: ISSUER,
            clock: &*self.clock,
            timeout: Duration::from_secs(30),
        };
        loop {
            let claimed = postman.claim(8).await.unwrap();
            if claimed.is_empty() {
                break;
            }
            for mail in &claimed {
                postman.deliver(mail).await.unwrap();
            }
        }
        std::mem::take(&mut *kept.lock().unwrap())
    }

    /// The only mail that is sent now.
    pub(crate) async fn mail(&self, kind: &str) -> Letter {
        let mut mails = self.mails().await;
        let kinds: Vec<_> = mails.iter().map(Letter::kind).collect();
        assert_eq!(kinds, [kind]);
        mails.remove(0)
    }

    /// The token in the link of the only mail that is sent now.
    pub(crate) async fn token_from_mail(&self, kind: &str) -> String {
        let mail = self.mail(kind).await;
        mail.content.link().unwrap().token().to_owned()
    }

    /// As an operator says.
    pub(crate) async fn sets_disabled(&self, who: &Who, disabled: bool) {
        let id = self.stored(who).await.unwrap().user.id;
        let path = format!("/users/{}", id.as_str());
        let (token, body) = (self.operator().await, json!({ "disabled": disabled }));
        let done = self.call((Method::PATCH, &path), Some(&token), &body).await;
        assert_eq!(done.status, 200, "{}", done.text());
    }

    /// The token by which this person may choose a new password, having forgotten theirs.
    pub(crate) async fn recovers(&self, who: &Who) -> String {
        let asked = json!({ "username": who.username });
        let asked = self.post("/password-recovery", &asked).await;
        assert_eq!(asked.status, 202, "{}", asked.text());
        self.token_from_mail("reset_password").await
    }
}

/// Of whoever has this token.
pub(crate) fn request(
    (method, path): (Method, &str),
    token: Option<&str>,
    body: impl Into<Vec<u8>>,
) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    let mut request = request.header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::from(body.into())).unwrap()
}

/// A route of an API's own, with a password in every request.
async fn by_basic(State(auth): State<Auth>, who: HttpBasic) -> Result<String, Rejection> {
    let found = authenticate(auth.users(), auth.pool(), &who.username, &who.password).await;
    match found {
        Ok(Some(user)) => Ok(user.username),
        _ => Err(who.refused()),
    }
}

/// A login's form, each byte encoded.
pub(crate) fn login_form(username: &str, password: &str) -> String {
    format!(
        "username={}&password={}",
        encoded(username),
        encoded(password)
    )
}

fn encoded(text: &str) -> String {
    use std::fmt::Write;
    let mut form = String::new();
    for byte in text.bytes() {
        write!(form, "%{byte:02X}").unwrap();
    }
    form
}

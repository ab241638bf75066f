//! What a client may: grants, scopes, lifetimes; and its end.

use portcullis::account::{ClientAdministration, ClientDraft, ClientNotDone};
use portcullis::client::{ClientLifetimes, Grants};
use portcullis::openapi::ApiRouter;
use portcullis::scope::Scopes;
use portcullis::store::{Clients, MemoryStore};

use super::{InForm, draft, public, refused, text};
use crate::fixture::{House, bearer, send};

fn renewal(of: &serde_json::Value) -> String {
    let token = text(of, "refresh_token");
    format!("grant_type=refresh_token&refresh_token={token}")
}

#[tokio::test]
async fn granted_is_what_is_asked_the_user_has_and_the_client_may() {
    let house = House::new().await;
    house.add("ada", "secret", "items:read users:read").await;
    let app = InForm::new(&house, public("app")).await; // items:read items:write
    let login = "grant_type=password&username=ada&password=secret";
    for (asked, granted) in [
        ("", "items:read"),
        ("&scope=", "items:read"),
        ("&scope=items:read", "items:read"),
        ("&scope=items:write+items:read", "items:read"),
        ("&scope=users:read+items:read", "items:read"),
    ] {
        let tokens = app.tokens(&format!("{login}{asked}")).await;
        assert_eq!(tokens["scope"], granted, "{asked}");
        assert_eq!(app.tokens(&renewal(&tokens)).await["scope"], granted);
    }
    for asked in ["users:read", "items:write", "users:read+items:write"] {
        let form = format!("{login}&scope={asked}");
        let error = app.error("/token", &form).await;
        assert_eq!(error, refused(400, "invalid_scope"), "{asked}");
    }
    // A client without scopes gets tokens that allow nothing in particular.
    let bare = ClientDraft {
        scopes: Scopes::none(),
        ..public("bare")
    };
    let bare = InForm::new(&house, bare).await;
    assert!(bare.tokens(login).await.get("scope").is_none());
}

#[tokio::test]
async fn rfc_9700_s4_14_whether_a_login_is_renewable_is_said_for_each_client() {
    let house = House::new().await;
    let once = ClientDraft {
        grants: Grants::parse("password").unwrap(),
        ..draft("kiosk")
    };
    let kiosk = InForm::new(&house, once).await;
    let tokens = kiosk.login().await;
    assert!(tokens.get("refresh_token").is_none());
    let app = house.app(ApiRouter::new());
    let me = async || {
        send(&app, bearer("/users/me", text(&tokens, "access_token")))
            .await
            .status
    };
    assert_eq!(me().await, 200);
    house.clock.advance(899);
    assert_eq!(me().await, 200);
    house.clock.advance(1);
    assert_eq!(me().await, 401);
}

#[tokio::test]
async fn each_client_has_lifetimes_of_its_own() {
    let house = House::new().await;
    let brief = ClientDraft {
        lifetimes: ClientLifetimes {
            access_token_seconds: Some(60),
            session_idle_seconds: Some(120),
            session_seconds: Some(300),
        },
        ..draft("brief")
    };
    let brief = InForm::new(&house, brief).await;
    assert_eq!(brief.own().await["expires_in"], 60);
    let mut tokens = brief.login().await;
    assert_eq!(tokens["expires_in"], 60);
    let app = house.app(ApiRouter::new());
    house.clock.advance(60);
    let me = send(&app, bearer("/users/me", text(&tokens, "access_token"))).await;
    assert_eq!(me.status, 401);
    for _ in 0..2 {
        tokens = brief.tokens(&renewal(&tokens)).await;
        assert_eq!(tokens["expires_in"], 60);
        house.clock.advance(119);
    }
    // Second 298 of 300: the idle time would allow more, the whole of it does not.
    tokens = brief.tokens(&renewal(&tokens)).await;
    assert_eq!(tokens["expires_in"], 2, "no token outlives its session");
    house.clock.advance(2);
    let error = brief.error("/token", &renewal(&tokens)).await;
    assert_eq!(error, refused(400, "invalid_grant"));
    let me = send(&app, bearer("/users/me", text(&tokens, "access_token"))).await;
    assert_eq!(me.status, 401, "its session is over");

    let idle = brief.login().await;
    house.clock.advance(120);
    let error = brief.error("/token", &renewal(&idle)).await;
    assert_eq!(error, refused(400, "invalid_grant"));
}

#[tokio::test]
async fn a_deleted_client_takes_its_tokens_along() {
    let house = House::new().await;
    let app = house.app(ApiRouter::new());
    let gone = InForm::new(&house, draft("gone")).await;
    let stays = InForm::new(
        &house,
        ClientDraft {
            may_introspect: true,
            ..draft("stays")
        },
    )
    .await;
    let (login, own, others) = (gone.login().await, gone.own().await, stays.login().await);
    house.clients().delete("gone").await.unwrap();
    let me = send(&app, bearer("/users/me", text(&login, "access_token"))).await;
    assert_eq!(me.refusal().0, 401);
    for (of, token) in [
        (&login, "access_token"),
        (&login, "refresh_token"),
        (&own, "access_token"),
    ] {
        let question = format!("token={}", text(of, token));
        let answer = stays.post("/introspect", &question).await;
        assert_eq!(answer.text(), r#"{"active":false}"#, "{token}");
    }
    let error = gone.error("/token", &renewal(&login)).await;
    assert_eq!(error, refused(401, "invalid_client"));
    let me = send(&app, bearer("/users/me", text(&others, "access_token"))).await;
    assert_eq!(me.status, 200);
}

#[tokio::test]
async fn a_client_that_may_less_now_is_renewed_with_less() {
    let house = House::new().await;
    house.add("ada", "secret", "items:read items:write").await;
    let app = InForm::new(&house, draft("app")).await;
    let login = "grant_type=password&username=ada&password=secret";
    let before = app.tokens(login).await;
    assert_eq!(before["scope"], "items:read items:write");
    // The same client, as an operator would write it anew in the table.
    let id = portcullis::client::ClientId::new(&*app.id);
    let client = house.store.find_client(&id).await.unwrap().unwrap();
    let session = &before["refresh_token"];
    assert!(session.is_string());
    let less = MemoryStore::new();
    let narrowed = portcullis::client::Client {
        scopes: Scopes::parse("items:read").unwrap(),
        ..client
    };
    less.insert_client(narrowed).await.unwrap();
    let auth = portcullis::Auth::builder(house.store.clone())
        .issuer(crate::fixture::ISSUER)
        .clock(house.clock.clone())
        .hashing(crate::fixture::cheap())
        .scope("items:read", "Read items.")
        .scope("items:write", "Write items.")
        .sessions(
            house.store.clone(),
            portcullis::auth::SessionLifetimes::default(),
        )
        .clients(std::sync::Arc::new(less))
        .build()
        .unwrap();
    let narrowed = House {
        auth,
        store: house.store.clone(),
        clock: house.clock.clone(),
    };
    let app = InForm {
        house: &narrowed,
        id: app.id.clone(),
        secret: app.secret.clone(),
    };
    let after = app.tokens(&renewal(&before)).await;
    assert_eq!(after["scope"], "items:read");
    let wider = format!("{}&scope=items:write", renewal(&after));
    assert_eq!(
        app.error("/token", &wider).await,
        refused(400, "invalid_scope")
    );
}

#[tokio::test]
async fn what_cannot_be_registered() {
    let store = MemoryStore::new();
    let administration = ClientAdministration::new(&store);
    let long = "x".repeat(65);
    for name in ["", " ", " report", "report ", "re\nport", "re\0port", &long] {
        let refused = administration.register(ClientDraft::new(name)).await;
        assert!(
            matches!(refused, Err(ClientNotDone::InvalidName)),
            "{name:?}"
        );
    }
    for name in ["portcullis", "client-4f9x2"] {
        let refused = administration.register(ClientDraft::new(name)).await;
        assert!(matches!(refused, Err(ClientNotDone::NameTaken)), "{name}");
    }
    let own = ClientDraft {
        grants: Grants::parse("client_credentials").unwrap(),
        ..public("app")
    };
    let asks = ClientDraft {
        may_introspect: true,
        ..public("app")
    };
    for draft in [own, asks] {
        let refused = administration.register(draft).await;
        assert!(matches!(refused, Err(ClientNotDone::Public)));
    }
    let renews = ClientDraft {
        grants: Grants::parse("refresh_token").unwrap(),
        ..ClientDraft::new("app")
    };
    let refused = administration.register(renews).await;
    assert!(matches!(refused, Err(ClientNotDone::NothingToRenew)));
    let names: Vec<_> = (0..1_000).map(|number| format!("item:{number}")).collect();
    let many = ClientDraft {
        scopes: Scopes::parse(&names.join(" ")).unwrap(),
        ..ClientDraft::new("app")
    };
    let refused = administration.register(many).await;
    assert!(matches!(refused, Err(ClientNotDone::TooManyScopes)));
    for seconds in [0, 3_601] {
        let lifetimes = ClientLifetimes {
            access_token_seconds: Some(seconds),
            ..ClientLifetimes::default()
        };
        let draft = ClientDraft {
            lifetimes,
            ..ClientDraft::new("app")
        };
        let refused = administration.register(draft).await;
        assert!(
            matches!(refused, Err(ClientNotDone::Lifetimes)),
            "{seconds}"
        );
    }
    assert!(store.list_clients().await.unwrap().is_empty());
}

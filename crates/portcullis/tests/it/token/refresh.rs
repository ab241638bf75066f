//! `grant_type=refresh_token` (RFC 6749 §6): rotation, retry, replay.

use portcullis::scope::Scopes;
use portcullis::store::Sessions;
use serde_json::Value;

use crate::fixture::{Answer, FORM, House, bearer, post, send};

const LOGIN: &str = "username=johndoe&password=secret";
const REFUSED: &str = r#"{"detail":"The refresh token is not valid","error":"invalid_grant","error_description":"The refresh token is not valid"}"#;

async fn ask(house: &House, form: &str) -> Answer {
    let app = house.app(portcullis::openapi::ApiRouter::new());
    send(&app, post("/token", &[FORM], form)).await
}

async fn tokens(house: &House, form: &str) -> Value {
    let answer = ask(house, form).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

fn refresh(tokens: &Value) -> String {
    format!(
        "grant_type=refresh_token&refresh_token={}",
        text(tokens, "refresh_token")
    )
}

async fn me(house: &House, tokens: &Value) -> u16 {
    let app = house.app(portcullis::openapi::ApiRouter::new());
    send(&app, bearer("/users/me", text(tokens, "access_token")))
        .await
        .status
}

async fn refused(house: &House, form: &str) {
    let answer = ask(house, form).await;
    assert_eq!((answer.status, answer.text()), (400, REFUSED));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_login_is_renewed_and_the_token_with_it() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let second = tokens(&house, &refresh(&first)).await;
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(first["scope"], second["scope"]);
    assert_eq!(second["expires_in"], 900);
    for issued in [&first, &second] {
        assert_eq!(me(&house, issued).await, 200);
    }
    let third = tokens(&house, &refresh(&second)).await;
    assert_ne!(second["refresh_token"], third["refresh_token"]);
}

#[tokio::test]
async fn a_retry_within_thirty_seconds_gets_the_same_successor() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let lost = tokens(&house, &refresh(&first)).await;
    house.clock.advance(30);
    let again = tokens(&house, &refresh(&first)).await;
    assert_eq!(lost["refresh_token"], again["refresh_token"]);
    assert_eq!(me(&house, &again).await, 200);
    // And the successor is used as if nothing had happened.
    tokens(&house, &refresh(&again)).await;
}

#[tokio::test]
async fn later_or_after_the_successor_was_used_it_is_a_replay() {
    for late in [true, false] {
        let house = House::new().await;
        let first = tokens(&house, LOGIN).await;
        let second = tokens(&house, &refresh(&first)).await;
        let newest = if late {
            house.clock.advance(31);
            second
        } else {
            tokens(&house, &refresh(&second)).await
        };
        assert_eq!(me(&house, &newest).await, 200);
        refused(&house, &refresh(&first)).await;
        // The whole family is revoked, the access tokens with it.
        refused(&house, &refresh(&newest)).await;
        assert_eq!(me(&house, &newest).await, 401, "late: {late}");
        assert_eq!(me(&house, &first).await, 401);
    }
}

#[tokio::test]
async fn a_replay_ends_no_other_session() {
    let house = House::new().await;
    let (one, other) = (tokens(&house, LOGIN).await, tokens(&house, LOGIN).await);
    let next = tokens(&house, &refresh(&one)).await;
    tokens(&house, &refresh(&next)).await;
    refused(&house, &refresh(&one)).await;
    assert_eq!(me(&house, &other).await, 200);
    tokens(&house, &refresh(&other)).await;
}

#[tokio::test]
async fn narrower_is_given_for_once_and_wider_refused() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let narrow = tokens(&house, &format!("{}&scope=items:read", refresh(&first))).await;
    assert_eq!(narrow["scope"], "items:read");
    let full = tokens(&house, &refresh(&narrow)).await;
    assert_eq!(full["scope"], "items:read users:read");
    let wide = ask(&house, &format!("{}&scope=items:write", refresh(&full))).await;
    assert_eq!(wide.json()["error"], "invalid_scope");
    // What was refused has cost nothing.
    tokens(&house, &refresh(&full)).await;
}

#[tokio::test]
async fn what_a_narrow_login_was_granted_never_grows() {
    let house = House::new().await;
    let narrow = tokens(&house, &format!("{LOGIN}&scope=items:read")).await;
    let next = tokens(&house, &refresh(&narrow)).await;
    assert_eq!(next["scope"], "items:read");
    let wide = ask(&house, &format!("{}&scope=users:read", refresh(&next))).await;
    assert_eq!(wide.json()["error"], "invalid_scope");
}

#[tokio::test]
async fn every_change_that_ends_tokens_ends_refresh_tokens() {
    type Change = fn(&House) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>>;
    let changes: [(&str, Change); 4] = [
        ("password", |house| {
            Box::pin(async {
                let password = portcullis::secret::Password::new("another");
                let all = house.administration();
                all.set_password("johndoe", &password).await.unwrap();
            })
        }),
        ("disabled", |house| {
            Box::pin(async {
                let all = house.administration();
                all.set_disabled("johndoe", true).await.unwrap();
            })
        }),
        ("a scope less", |house| {
            Box::pin(async {
                let (none, less) = (Scopes::none(), Scopes::parse("items:read").unwrap());
                let all = house.administration();
                all.change_scopes("johndoe", &none, &less).await.unwrap();
            })
        }),
        ("deleted", |house| {
            Box::pin(async { house.administration().delete("johndoe").await.unwrap() })
        }),
    ];
    for (name, change) in changes {
        let house = House::new().await;
        let issued = tokens(&house, LOGIN).await;
        change(&house).await;
        refused(&house, &refresh(&issued)).await;
        assert_eq!(me(&house, &issued).await, 401, "{name}");
    }
}

#[tokio::test]
async fn an_idle_session_ends_and_so_does_the_longest() {
    const DAY: i64 = 24 * 60 * 60;
    let house = House::new().await;
    let idle = tokens(&house, LOGIN).await;
    house.clock.advance(7 * DAY);
    refused(&house, &refresh(&idle)).await;

    let mut used = tokens(&house, LOGIN).await;
    for _ in 0..5 {
        house.clock.advance(6 * DAY - 1);
        used = tokens(&house, &refresh(&used)).await;
    }
    house.clock.advance(5);
    refused(&house, &refresh(&used)).await;
}

#[tokio::test]
async fn nonsense_is_refused_like_what_is_spent() {
    let house = House::new().await;
    let issued = tokens(&house, LOGIN).await;
    let token = text(&issued, "refresh_token");
    let access = text(&issued, "access_token");
    let session = &token[..22];
    for wrong in [
        "nonsense",
        access,
        session,
        &token[..85],
        &format!("{token}A"),
        &format!("{session}{}", "A".repeat(64)),
        &format!("{}{}", "A".repeat(22), &token[22..]),
    ] {
        refused(
            &house,
            &format!("grant_type=refresh_token&refresh_token={wrong}"),
        )
        .await;
    }
    let missing = ask(&house, "grant_type=refresh_token").await;
    assert_eq!(missing.json()["error"], "invalid_request");
    let app = house.app(portcullis::openapi::ApiRouter::new());
    let address = format!("/token?refresh_token={token}");
    let in_address = send(&app, post(&address, &[FORM], "grant_type=refresh_token")).await;
    assert_eq!(in_address.json()["error"], "invalid_request");
    // Nothing of that has ended the session.
    tokens(&house, &refresh(&issued)).await;
}

/// Every access token shows the session's id. It must not tell what the session may do.
#[tokio::test]
async fn who_has_only_the_id_learns_nothing_of_the_session() {
    let house = House::new().await;
    let issued = tokens(&house, LOGIN).await;
    let session = &text(&issued, "refresh_token")[..22];
    let feigned = format!("{session}{}", "A".repeat(64));
    for scope in ["items:read", "items:write"] {
        let form = format!("grant_type=refresh_token&refresh_token={feigned}&scope={scope}");
        refused(&house, &form).await;
    }
}

/// A clock was set back, or another node's is ahead: nobody gets more than the time to retry.
#[tokio::test]
async fn a_token_spent_in_the_far_future_is_no_retry() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    house.clock.advance(3_600);
    let second = tokens(&house, &refresh(&first)).await;
    house.clock.advance(-31);
    refused(&house, &refresh(&first)).await;
    house.clock.advance(1);
    let again = tokens(&house, &refresh(&first)).await;
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    // Nothing of it has ended the session, for nobody knows that it was late.
    tokens(&house, &refresh(&second)).await;
}

#[tokio::test]
async fn an_inactive_user_gets_an_access_token_alone() {
    let house = House::new().await;
    let issued = tokens(&house, "username=alice&password=secret2").await;
    assert!(issued.get("refresh_token").is_none(), "{issued}");
    let app = house.app(portcullis::openapi::ApiRouter::new());
    let answer = send(&app, bearer("/users/me", text(&issued, "access_token"))).await;
    assert_eq!(answer.refusal().1, "inactive_user");
}

#[tokio::test]
async fn the_store_holds_nothing_that_can_be_presented() {
    let house = House::new().await;
    let issued = tokens(&house, LOGIN).await;
    let id = &text(&issued, "refresh_token")[..22];
    let session = house.store.find_session(id).await.unwrap().unwrap();
    let shown = format!("{session:?}");
    assert!(
        !shown.contains(&text(&issued, "refresh_token")[22..]),
        "{shown}"
    );
    assert_eq!(session.client.as_str(), "portcullis");
}

#[tokio::test]
async fn without_sessions_there_is_no_such_grant() {
    let house = House::without_sessions().await;
    let issued = tokens(&house, LOGIN).await;
    assert!(issued.get("refresh_token").is_none(), "{issued}");
    let form = "grant_type=refresh_token&refresh_token=x";
    assert_eq!(
        ask(&house, form).await.json()["error"],
        "unsupported_grant_type"
    );
}

#[tokio::test]
async fn a_replay_is_seen_whatever_it_asks_for() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let second = tokens(&house, &refresh(&first)).await;
    let third = tokens(&house, &refresh(&second)).await;
    let stolen = format!("{}&scope=items:write", refresh(&first));
    let answer = ask(&house, &stolen).await;
    assert_eq!(answer.json()["error"], "invalid_grant");
    let answer = ask(&house, &refresh(&third)).await;
    assert_eq!(
        answer.json()["error"],
        "invalid_grant",
        "the session is ended"
    );
}

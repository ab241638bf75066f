//! What was counted, by a program that has no HTTP between it and the numbers.

use portcullis::account::ClientDraft;
use portcullis::auth::{Tally, Verdict};
use portcullis::client::Grants;
use portcullis::openapi::ApiRouter;
use portcullis::scope::Scopes;

use crate::fixture::{FORM, House, login, post, send};

async fn ask(house: &House, form: &str) -> u16 {
    send(&house.app(ApiRouter::new()), login(form)).await.status
}

fn of(outcomes: &[(Verdict, u64)], verdict: Verdict) -> u64 {
    let found = outcomes.iter().find(|(other, _)| *other == verdict);
    found.unwrap().1
}

fn requests(tally: &Tally, grant: &str, verdict: Verdict) -> u64 {
    let found = tally
        .token_requests
        .iter()
        .find(|(other, _)| *other == grant);
    of(&found.unwrap().1, verdict)
}

#[tokio::test]
async fn nothing_is_counted_at_first() {
    let house = House::new().await;
    let tally = house.auth.tally();
    let grants = tally.token_requests.map(|(grant, _)| grant);
    let expected = ["password", "refresh_token", "client_credentials", "other"];
    assert_eq!(grants, expected);
    let all = tally
        .token_requests
        .iter()
        .flat_map(|(_, outcomes)| outcomes);
    assert!(all.chain(&tally.logins).all(|(_, number)| *number == 0));
    assert_eq!(
        (tally.replays, tally.revocations, tally.swept_sessions),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn a_login_is_granted_or_refused_for_its_password_alone() {
    let house = House::new().await;
    for (form, status) in [
        ("username=johndoe&password=secret", 200),
        // Inactive: it gets its token, as the tutorial has it.
        ("username=alice&password=secret2", 200),
        ("username=johndoe&password=wrong", 400),
        ("username=nobody&password=secret", 400),
        // A right password, and nothing to give for it.
        ("username=johndoe&password=secret&scope=items:write", 400),
        // Nobody looked at the password.
        ("username=johndoe&password=secret&scope=no:such", 400),
        ("username=johndoe&password=secret&client_id=nobody", 401),
        ("username=johndoe", 400),
    ] {
        assert_eq!(ask(&house, form).await, status, "{form}");
    }
    let tally = house.auth.tally();
    assert_eq!(of(&tally.logins, Verdict::Granted), 2);
    assert_eq!(of(&tally.logins, Verdict::Refused), 2);
    assert_eq!(requests(&tally, "password", Verdict::Granted), 2);
    assert_eq!(requests(&tally, "password", Verdict::Refused), 6);
    assert_eq!(requests(&tally, "other", Verdict::Refused), 0);
}

#[tokio::test]
async fn a_clients_own_token_is_no_login() {
    let house = House::new().await;
    let own = ClientDraft {
        grants: Grants::parse("client_credentials").unwrap(),
        scopes: Scopes::parse("items:read").unwrap(),
        ..ClientDraft::new("report")
    };
    let (id, secret) = house.client(own).await;
    let form =
        |secret| format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    assert_eq!(ask(&house, &form(&*secret)).await, 200);
    assert_eq!(ask(&house, &form("wrong")).await, 401);
    let tally = house.auth.tally();
    assert_eq!(requests(&tally, "client_credentials", Verdict::Granted), 1);
    assert_eq!(requests(&tally, "client_credentials", Verdict::Refused), 1);
    assert!(tally.logins.iter().all(|(_, number)| *number == 0));
}

#[tokio::test]
async fn sessions_that_are_over_are_counted_when_they_are_removed() {
    let house = House::new().await;
    let token = house.johndoe().await;
    house.johndoe().await;
    let app = house.app(ApiRouter::new());
    let revoke = post("/revoke", &[FORM], format!("token={token}"));
    assert_eq!(send(&app, revoke).await.status, 200);
    house.auth.sweep_sessions().await.unwrap();
    assert_eq!(house.auth.tally().swept_sessions, 0);
    house.clock.advance(8 * 24 * 3_600);
    house.auth.sweep_sessions().await.unwrap();
    let tally = house.auth.tally();
    assert_eq!((tally.swept_sessions, tally.revocations), (1, 1));
}

#[tokio::test]
async fn a_handle_that_is_cloned_counts_the_same() {
    let house = House::new().await;
    let other = house.auth.clone();
    house.johndoe().await;
    assert_eq!(of(&other.tally().logins, Verdict::Granted), 1);
}

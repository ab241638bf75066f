//! Each verb fails before it has done anything.

use super::{Ask, EVERYTHING, Failure, Shaky, Verb, is_told};

/// While the verb fails, `broken` is refused, whatever else is asked works, and afterwards everything
/// is as if nothing had been asked.
async fn breaks(verb: Option<Verb>, broken: &[Ask]) {
    for failure in [Failure::Away, Failure::Strange] {
        for what in EVERYTHING {
            let case = format!("{verb:?} {failure:?} {what:?}");
            let shaky = Shaky::new().await;
            let (tokens, other) = (shaky.sign_in().await, shaky.sign_in().await);
            let before = shaky.stored().await;
            assert_eq!(before.len(), 2);
            shaky.fails(verb, failure);
            if !broken.contains(&what) {
                shaky.done(what, &tokens).await;
                continue;
            }
            for _ in 0..3 {
                is_told(&shaky.ask(what, &tokens).await, failure, &case);
            }
            assert_eq!(shaky.stored().await, before, "nothing is half done: {case}");
            shaky.is_mended();
            shaky.done(Ask::Me, &tokens).await;
            let answer = shaky.done(what, &tokens).await;
            if what == Ask::Introspect {
                assert_eq!(answer["active"], true, "{case}");
            }
            goes_on_as_ever(&shaky, what, [tokens, other]).await;
        }
    }
}

/// What has ended is over for good, and what has not is renewed by one successor, with one after it.
async fn goes_on_as_ever(shaky: &Shaky, done: Ask, tokens: [serde_json::Value; 2]) {
    for (number, tokens) in tokens.iter().enumerate() {
        if done.ends() && (number == 0 || done == Ask::EndAll) {
            assert_eq!(shaky.ask(Ask::Me, tokens).await.status, 401, "{done:?}");
            assert_eq!(shaky.ask(Ask::Renew, tokens).await.status, 400, "{done:?}");
            continue;
        }
        let next = shaky.done(Ask::Renew, tokens).await;
        let again = shaky.done(Ask::Renew, tokens).await;
        assert_eq!(next["refresh_token"], again["refresh_token"], "{done:?}");
        let after = shaky.done(Ask::Renew, &next).await;
        assert_ne!(after["refresh_token"], next["refresh_token"], "{done:?}");
        shaky.done(Ask::Me, &after).await;
    }
}

#[tokio::test]
async fn without_any_verb_nothing_of_a_session_works() {
    breaks(None, &EVERYTHING).await;
}

#[tokio::test]
async fn without_insert_nobody_signs_in() {
    breaks(Some(Verb::Insert), &[Ask::SignIn]).await;
}

#[tokio::test]
async fn without_find_nobody_is_let_in() {
    let asks = EVERYTHING.into_iter().filter(|ask| *ask != Ask::SignIn);
    breaks(Some(Verb::Find), &asks.collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn without_list_nothing_is_listed() {
    breaks(Some(Verb::List), &[Ask::ListMine]).await;
}

#[tokio::test]
async fn without_find_family_no_refresh_token_is_known() {
    let asks = [Ask::Renew, Ask::RevokeByRefresh, Ask::Introspect];
    breaks(Some(Verb::FindFamily), &asks).await;
}

#[tokio::test]
async fn without_rotate_nothing_is_renewed() {
    breaks(Some(Verb::Rotate), &[Ask::Renew]).await;
}

#[tokio::test]
async fn without_delete_no_session_is_said_to_be_ended() {
    let asks = [Ask::RevokeByRefresh, Ask::RevokeByAccess, Ask::EndThis];
    breaks(Some(Verb::Delete), &asks).await;
}

#[tokio::test]
async fn without_delete_all_nobody_is_said_to_be_signed_out() {
    breaks(Some(Verb::DeleteAll), &[Ask::EndAll]).await;
}

#[tokio::test]
async fn without_sweep_everything_works_and_what_is_over_is_over() {
    breaks(Some(Verb::Sweep), &[]).await;
    let shaky = Shaky::new().await;
    let tokens = shaky.sign_in().await;
    shaky.house.clock.advance(7 * 24 * 60 * 60);
    for failure in [Failure::Away, Failure::Strange] {
        shaky.fails(Some(Verb::Sweep), failure);
        assert!(shaky.house.auth.sweep_sessions().await.is_err());
        assert_eq!(shaky.stored().await.len(), 1, "nothing is swept");
        assert_eq!(shaky.ask(Ask::Renew, &tokens).await.status, 400);
    }
    shaky.is_mended();
    shaky.house.auth.sweep_sessions().await.unwrap();
    assert!(shaky.stored().await.is_empty());
}

/// The request itself is judged first, and what needs no session at all asks for none.
#[tokio::test]
async fn what_asks_for_no_session_is_answered_as_ever() {
    use crate::fixture::{FORM, bearer, get, post, send};
    use portcullis::openapi::ApiRouter;

    let shaky = Shaky::new().await;
    shaky.fails(None, Failure::Away);
    let app = shaky.house.app(ApiRouter::new());
    for (request, status, error) in [
        (post("/revoke", &[FORM], ""), 400, "invalid_request"),
        (
            post("/token", &[FORM], "grant_type=refresh_token"),
            400,
            "invalid_request",
        ),
        (
            post(
                "/token",
                &[FORM],
                "grant_type=refresh_token&refresh_token=x",
            ),
            400,
            "invalid_grant",
        ),
        (
            post("/token", &[FORM], "username=johndoe&password=wrong"),
            400,
            "invalid_grant",
        ),
        (bearer("/users/me", "x"), 401, "invalid_token"),
        (get("/users/me/sessions", &[]), 401, "not_authenticated"),
    ] {
        let path = request.uri().to_string();
        let answer = send(&app, request).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.json()["error"], error, "{path}");
    }
    // Nothing that could be a token of a session: there is nothing to be ended.
    let nothing = send(&app, post("/revoke", &[FORM], "token=x")).await;
    assert_eq!(nothing.status, 200);
}

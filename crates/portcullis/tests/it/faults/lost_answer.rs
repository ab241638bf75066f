//! A verb has done its work, and then the connection breaks: who asks again must come to the same end.

use super::{Ask, Failure, Shaky, Verb, is_told};

#[tokio::test]
async fn a_rotation_is_found_again_by_the_same_token() {
    let shaky = Shaky::new().await;
    let tokens = shaky.sign_in().await;
    shaky.fails(Some(Verb::Rotate), Failure::AnswerLost);
    // A client that tries again, and again meets the broken connection.
    for _ in 0..3 {
        let answer = shaky.ask(Ask::Renew, &tokens).await;
        is_told(&answer, Failure::AnswerLost, "the answer is lost");
        assert!(!answer.text().contains("token\""), "{}", answer.text());
    }
    shaky.is_mended();
    assert_eq!(shaky.stored().await.len(), 1);
    let next = shaky.done(Ask::Renew, &tokens).await;
    assert_ne!(next["refresh_token"], tokens["refresh_token"]);
    let again = shaky.done(Ask::Renew, &tokens).await;
    assert_eq!(
        next["refresh_token"], again["refresh_token"],
        "one successor"
    );
    shaky.done(Ask::Renew, &next).await;
}

#[tokio::test]
async fn an_end_is_an_end_although_nobody_heard_of_it() {
    for (verb, what) in [
        (Verb::Delete, Ask::RevokeByRefresh),
        (Verb::Delete, Ask::RevokeByAccess),
        (Verb::Delete, Ask::EndThis),
        (Verb::DeleteAll, Ask::EndAll),
    ] {
        let shaky = Shaky::new().await;
        let (tokens, other) = (shaky.sign_in().await, shaky.sign_in().await);
        shaky.fails(Some(verb), Failure::AnswerLost);
        let answer = shaky.ask(what, &tokens).await;
        is_told(&answer, Failure::AnswerLost, &format!("{what:?}"));
        // Dead from then on, also while it is not yet known to be.
        assert_eq!(shaky.ask(Ask::Me, &tokens).await.status, 401, "{what:?}");
        shaky.is_mended();
        assert_eq!(shaky.ask(Ask::Renew, &tokens).await.status, 400, "{what:?}");
        let again = shaky.ask(what, &tokens).await.status;
        let is_revocation = matches!(what, Ask::RevokeByRefresh | Ask::RevokeByAccess);
        assert_eq!(again, if is_revocation { 200 } else { 401 }, "{what:?}");
        let others = shaky.ask(Ask::Me, &other).await.status;
        assert_eq!(
            others,
            if what == Ask::EndAll { 401 } else { 200 },
            "{what:?}"
        );
    }
}

/// Nobody has a token of such a session; it is listed, and can be ended like any.
#[tokio::test]
async fn a_session_that_nobody_heard_of_is_listed_and_ended() {
    let shaky = Shaky::new().await;
    let tokens = shaky.sign_in().await;
    shaky.fails(Some(Verb::Insert), Failure::AnswerLost);
    let answer = shaky.ask(Ask::SignIn, &tokens).await;
    is_told(&answer, Failure::AnswerLost, "a login");
    assert!(!answer.text().contains("token\""), "{}", answer.text());
    shaky.is_mended();
    let listed = shaky.done(Ask::ListMine, &tokens).await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    shaky.done(Ask::EndAll, &tokens).await;
    assert!(shaky.stored().await.is_empty());
}

//! V6.2: what may be a password, at every place where one is chosen and in every way to show one.

use std::sync::Arc;

use http::Method;
use portcullis::account::{BreachedPasswords, PasswordRules, RangeAnswer, RangeUnavailable};
use portcullis::password::{BreachQuestion, HashPrefix, PasswordPolicy};
use portcullis::secret::Password;
use serde_json::json;

use crate::fixture::{login, send};
use crate::people::{OLD, OTHER, People, Place, Who, login_form, policy};

/// Every 5,000th entry of the list, the one in the middle, and the last.
const LISTED: &str = include_str!("../passwords/listed.txt");

#[tokio::test]
async fn v6_2_1_fewer_than_eight_never_and_fewer_than_fifteen_by_default() {
    let people = People::new().await;
    for short in ["kq7-vhz", "kq7-vhz wm kx3"] {
        people
            .is_refused_everywhere(short, "password_too_short")
            .await;
    }
    people.is_taken_everywhere("kq7-vhz wm kx3z").await;
    let eight = People::ruled_by(policy().with_min_code_points(8)).await;
    eight
        .is_refused_everywhere("kq7-vhz", "password_too_short")
        .await;
    eight.is_taken_everywhere("kq7-vhz ").await;
}

#[tokio::test]
async fn v6_2_2_whoever_has_a_password_changes_it() {
    let people = People::new().await;
    let (who, session) = people.with_password(OLD).await;
    let body = json!({ "current_password": OLD, "new_password": OTHER });
    let changed = people
        .call((Method::PUT, "/users/me/password"), Some(&session), &body)
        .await;
    assert_eq!((changed.status, changed.body.len()), (204, 0));
    let refused = people
        .call((Method::PUT, "/users/me/password"), Some(&session), &body)
        .await;
    assert_eq!(refused.status, 401);
    let session = people.signs_in(&who.username, OTHER).await;
    assert!(people.proves(&who, OTHER, &session).await);
    assert!(!people.proves(&who, OLD, &session).await);
}

#[tokio::test]
async fn v6_2_3_a_change_needs_the_present_and_the_next_password() {
    let people = People::new().await;
    let (who, session) = people.with_password(OLD).await;
    let change = async |body: serde_json::Value| {
        let path = "/users/me/password";
        people
            .call((Method::PUT, path), Some(&session), &body)
            .await
    };
    for (body, member) in [
        (json!({ "new_password": OTHER }), "current_password"),
        (
            json!({ "new_password": OTHER, "current_password": "" }),
            "current_password",
        ),
        (json!({ "current_password": OLD }), "new_password"),
    ] {
        let answer = change(body).await;
        assert_eq!(answer.status, 422, "{member}");
        let told = answer.json()["detail"].clone();
        assert_eq!(told[0]["type"], "missing");
        assert_eq!(told[0]["loc"], json!(["body", member]));
    }
    for wrong in [OTHER, "twelve yellow umbrella", "Twelve yellow umbrellas"] {
        let answer = change(json!({ "current_password": wrong, "new_password": OTHER })).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (400, &json!("incorrect_password"))
        );
    }
    assert!(people.proves(&who, OLD, &session).await);
}

#[tokio::test]
async fn v6_2_4_the_first_the_middle_and_the_last_of_the_list() {
    let listed: Vec<_> = LISTED.lines().collect();
    let eight = People::ruled_by(policy().with_min_code_points(8)).await;
    for entry in [
        listed[0],
        listed[listed.len() / 2],
        listed[listed.len() - 1],
    ] {
        eight.is_refused_everywhere(entry, "password_known").await;
    }
    // Of fifteen characters and more.
    let people = People::new().await;
    for entry in ["123456789012345", "qwertyuiopasdfgh", "1qaz2wsx3edc4rfv"] {
        people.is_refused_everywhere(entry, "password_known").await;
    }
}

#[tokio::test]
async fn v6_2_5_any_mixture_of_any_characters() {
    let people = People::new().await;
    for text in [
        "correct horse battery staple",
        &"\u{1f40e}\u{1f50b}\u{1f4ce}".repeat(5),
        "                    letters",
        "onlysmalllettershere",
        "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}-\u{434}\u{43b}\u{438}\u{43d}\u{43d}\u{44b}\u{439}-\u{44f}",
        "'; DROP TABLE users; --",
        "82 19 47 36 55 01 93",
    ] {
        people.is_taken_everywhere(text).await;
    }
}

#[tokio::test]
async fn v6_2_8_exactly_what_was_sent() {
    let people = People::new().await;
    let text: String = "kq7-vhz wm caf\u{e9} "
        .chars()
        .cycle()
        .take(79)
        .chain(['x'])
        .collect();
    let (who, session) = people.with_password(&text).await;
    assert!(people.proves(&who, &text, &session).await);
    let first = |length| text.chars().take(length).collect::<String>();
    for other in [
        first(72),
        first(79),
        text.to_uppercase(),
        text.replacen('k', "K", 1),
        format!("{text} "),
        format!(" {text}"),
        format!("{text}\n"),
        text.replace(' ', ""),
        text.replace('\u{e9}', "e"),
    ] {
        assert!(!people.proves(&who, &other, &session).await, "{other:?}");
    }
    // The same text, spelled otherwise (NFC).
    let decomposed = text.replace('\u{e9}', "e\u{301}");
    assert!(people.proves(&who, &decomposed, &session).await);
}

#[tokio::test]
async fn v6_2_9_sixty_four_characters_and_more() {
    let people = People::new().await;
    let animals = ['\u{1f40e}', '\u{1f50b}', '\u{1f4ce}', '\u{2705a}'];
    for length in [64, 128, 256] {
        let text: String = animals.into_iter().cycle().take(length).collect();
        assert_eq!(text.len(), 4 * length);
        people.is_taken_everywhere(&text).await;
        let (who, session) = people.with_password(&text).await;
        assert!(people.proves(&who, &text, &session).await);
        let shorter: String = text.chars().take(length - 1).collect();
        assert!(!people.proves(&who, &shorter, &session).await);
    }
}

#[tokio::test]
async fn v6_2_10_a_password_never_expires() {
    let people = People::new().await;
    let (who, _) = people.with_password(OLD).await;
    people.clock.advance(3 * 365 * 86_400);
    let session = people.signs_in(&who.username, OLD).await;
    assert!(people.proves(&who, OLD, &session).await);
}

#[tokio::test]
async fn v6_2_11_words_of_the_person_and_of_the_service() {
    let people = People::new().await;
    for place in Place::ALL {
        for made in [
            |who: &Who| format!("{0}-{0}", who.username),
            |who: &Who| format!("{}12345", who.username.to_uppercase()),
            |who: &Who| who.email.to_uppercase(),
            |who: &Who| format!("{}2026", who.email),
            |_: &Who| "Id.Orbital-Widgets.Example".to_owned(),
            |_: &Who| "orbital-widgets1970".to_owned(),
            |_: &Who| "ACME rockets 2026".to_owned(),
            |_: &Who| "Portcullis-Account".to_owned(),
            |who: &Who| format!("portcullis.{}.99", who.username),
        ] {
            let who = people.somebody();
            let said = made(&who);
            let told = people.refusal(place, &who, &said).await;
            assert_eq!(told, "password_context", "{place:?}: {said}");
        }
        // What is told of a person is told where they said it themselves, too.
        let who = people.somebody();
        let answer = people
            .chooses(place, &who, "orbital widgets fly at noon")
            .await;
        assert!(matches!(answer.status, 201 | 204), "{place:?}");
        people.mails().await;
    }
}

/// A list that holds `OLD`, or fails.
struct List {
    answers: bool,
}

impl BreachedPasswords for List {
    fn range<'a>(&'a self, _: &'a HashPrefix) -> RangeAnswer<'a> {
        let answer = if self.answers {
            Ok(format!("{STOLEN_REST}:3\r\n"))
        } else {
            Err(RangeUnavailable::new("status 500"))
        };
        Box::pin(std::future::ready(answer))
    }
}

const STOLEN: &str = "seventeen velvet otters";
/// What follows the first five digits of its SHA-1, by `printf 'seventeen velvet otters' | sha1sum`.
const STOLEN_REST: &str = "272875E7DB7E481CE21CDFC1A9C59920E17";

#[tokio::test]
async fn v6_2_12_stolen_passwords_and_a_list_that_does_not_answer() {
    let question = BreachQuestion::of(&Password::new(STOLEN));
    assert_eq!(question.is_in(&format!("{STOLEN_REST}:3")), Ok(true));
    let rules = |answers| PasswordRules::from(policy()).asking(Arc::new(List { answers }));
    let people = People::ruled_by(rules(true)).await;
    people.is_refused_everywhere(STOLEN, "password_known").await;
    people.is_taken_everywhere(OTHER).await;
    let away = rules(false);
    let people = People::ruled_by(away.clone()).await;
    assert_eq!(away.unanswered(), 0);
    people.is_taken_everywhere(STOLEN).await;
    assert!(away.unanswered() >= Place::ALL.len() as u64);
    people
        .is_refused_everywhere("passwordpassword", "password_known")
        .await;
    assert_eq!(PasswordPolicy::default().min_code_points(), 15);
}

/// The right name and a password of which nobody ever heard.
#[tokio::test]
async fn v6_2_8_a_password_of_somebody_else_is_none() {
    let people = People::new().await;
    let (one, _) = people.with_password(OLD).await;
    let (other, session) = people.with_password(OTHER).await;
    assert!(!people.proves(&other, OLD, &session).await);
    let answer = send(&people.app, login(&login_form(&one.username, OTHER))).await;
    assert_eq!(answer.status, 400);
}

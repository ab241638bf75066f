//! §3.1.1.2: what may be chosen, at every place, and what matches it, in every way to show it.

use http::Method;
use portcullis::password::{KnownPasswords, PasswordPolicy};
use serde_json::{Value, json};

use crate::fixture::{get, send};
use crate::people::{OLD, OTHER, People, Place, policy};

#[tokio::test]
async fn n01_fifteen_characters_and_eight_where_that_is_set() {
    let people = People::new().await;
    people
        .is_refused_everywhere("kq7-vhz wm kx3", "password_too_short")
        .await;
    people.is_taken_everywhere("kq7-vhz wm kx3z").await;
    let beside = People::ruled_by(policy().with_min_code_points(8)).await;
    beside
        .is_refused_everywhere("kq7-vhz", "password_too_short")
        .await;
    beside.is_taken_everywhere("kq7-vhzw").await;
}

#[tokio::test]
async fn n02_long_ones_are_taken_and_too_long_ones_told() {
    let people = People::new().await;
    let text = |length: usize| -> String {
        "kq7-vhz wm "
            .chars()
            .cycle()
            .take(length - 1)
            .chain(['x'])
            .collect()
    };
    for length in [64, 256, 1024] {
        people.is_taken_everywhere(&text(length)).await;
    }
    people
        .is_refused_everywhere(&text(1025), "password_too_long")
        .await;
}

#[tokio::test]
async fn n03_every_printing_ascii_character() {
    let people = People::new().await;
    let all: String = (' '..='~').collect();
    assert_eq!(all.len(), 95);
    people.is_taken_everywhere(&all).await;
    let (who, session) = people.with_password(&all).await;
    assert!(people.proves(&who, &all, &session).await);
    for letter in all.chars() {
        let without = all.replace(letter, "");
        assert!(!people.proves(&who, &without, &session).await, "{letter}");
    }
}

#[tokio::test]
async fn n04_every_script() {
    let people = People::new().await;
    for text in [
        "пароль-длинный-пароль",
        "パスワードはとても長いものです",
        "סיסמה ארוכה מאוד מאוד",
        "كلمة مرور طويلة جدا",
        "🐎🔋📎🐎🐎🔋🔋📎📎🐎🔋📎🔋🐎📎",
    ] {
        people.is_taken_everywhere(text).await;
        let (who, session) = people.with_password(text).await;
        assert!(people.proves(&who, text, &session).await);
    }
}

#[tokio::test]
async fn n05_code_points_are_counted() {
    let people = People::new().await;
    let emoji = |count| "\u{1f600}".repeat(count);
    people.is_taken_everywhere(&emoji(15)).await;
    // 28 units of UTF-16 and 56 bytes; 16 units; 14 of e with an accent, which are one each in NFC.
    for few in [
        emoji(14),
        emoji(8),
        "e\u{301}".repeat(14),
        "q\u{301}".repeat(7),
    ] {
        people
            .is_refused_everywhere(&few, "password_too_short")
            .await;
    }
    let answer = people
        .chooses(Place::Registration, &people.somebody(), &emoji(8))
        .await;
    let told = answer.json()["detail"][0]["msg"].clone();
    assert!(
        told.as_str().unwrap().contains("has 8 characters"),
        "{told}"
    );
    people.is_taken_everywhere(&"q\u{301}".repeat(8)).await;
}

#[tokio::test]
async fn n06_nfc_and_not_nfkc() {
    let people = People::new().await;
    for (chosen, same, other) in [
        (
            "caf\u{e9} creme brulee",
            "cafe\u{301} creme brulee",
            "cafe creme brulee",
        ),
        (
            "cafe\u{301} creme brulee",
            "caf\u{e9} creme brulee",
            "cafe\u{300} creme brulee",
        ),
        (
            "\u{210c}olunder und Quitten",
            "\u{210c}olunder und Quitten",
            "Holunder und Quitten",
        ),
        (
            "\u{212b}ngstr\u{f6}m und Volt",
            "\u{c5}ngstro\u{308}m und Volt",
            "Angstrom und Volt",
        ),
    ] {
        assert!(!people.proves_after(chosen, other).await, "{other}");
        assert!(people.proves_after(chosen, same).await, "{same}");
    }
}

#[tokio::test]
async fn n07_nothing_is_asked_of_the_mixture() {
    let people = People::new().await;
    for text in [
        "aaaaaaaaaaaaaab",
        "onlysmalllettershere",
        "ALL IN CAPITALS, NO DIGIT",
        "82 19 47 36 55 01 93",
        "                    ",
    ] {
        people.is_taken_everywhere(text).await;
    }
}

#[tokio::test]
async fn n08_a_password_does_not_age() {
    let people = People::new().await;
    let (who, _) = people.with_password(OLD).await;
    people.clock.advance(5 * 366 * 86_400);
    let session = people.signs_in(&who.username, OLD).await;
    assert!(people.proves(&who, OLD, &session).await);
    let document = send(&people.app, get("/openapi.json", &[])).await.json();
    let text = document.to_string().to_lowercase();
    for word in [
        "password_expire",
        "password_changed_at",
        "must_change",
        "password_age",
    ] {
        assert!(!text.contains(word), "{word}");
    }
}

/// What somebody could say of their password beside it is taken nowhere, and kept nowhere.
async fn nowhere(members: &[&str]) {
    let people = People::new().await;
    let who = people.joins().await;
    let session = people.signs_in(&who.username, OLD).await;
    let export = people
        .call(
            (Method::GET, "/users/me/export"),
            Some(&session),
            &Value::Null,
        )
        .await;
    assert_eq!(export.status, 200);
    for member in members {
        assert!(!export.text().contains(member), "{member}");
        let mut asked = people.somebody().application(OTHER);
        asked[member] = "the usual".into();
        let token = json!({ "token": "0", "new_password": OTHER, *member: "the usual" });
        let recovery = json!({ "username": who.username, *member: "the usual" });
        let profile = json!({ *member: "the usual" });
        for (method, path, session, body) in [
            (Method::POST, "/users", None, asked),
            (Method::POST, "/password-recovery", None, recovery),
            (Method::POST, "/password-reset", None, token),
            (Method::PATCH, "/users/me", Some(&*session), profile),
        ] {
            let refused = people.call((method, path), session, &body).await;
            assert_eq!(refused.status, 422, "{path}: {member}");
            assert_eq!(
                refused.json()["detail"][0]["type"],
                "extra_forbidden",
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn n10_no_hint() {
    nowhere(&["hint", "password_hint", "reminder"]).await;
    // A refused login says nothing of the account.
    let people = People::new().await;
    let who = people.joins().await;
    let form = crate::people::login_form(&who.username, "a wrong password");
    let refused = send(&people.app, crate::fixture::login(&form)).await;
    let members: Vec<_> = refused
        .json()
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(members, ["detail", "error", "error_description"]);
}

#[tokio::test]
async fn n11_no_questions() {
    nowhere(&["security_question", "security_answer", "question", "answer"]).await;
}

#[tokio::test]
async fn n12_the_whole_password_is_verified() {
    let people = People::new().await;
    let text: String = "kq7-vhz wm ".chars().cycle().take(200).collect();
    let (who, session) = people.with_password(&text).await;
    assert!(people.proves(&who, &text, &session).await);
    for changed in [0, 71, 72, 73, 127, 199] {
        let mut other: Vec<char> = text.chars().collect();
        other[changed] = '#';
        let other: String = other.into_iter().collect();
        assert!(!people.proves(&who, &other, &session).await, "{changed}");
    }
}

#[tokio::test]
async fn n13_the_whole_is_compared_and_not_its_parts() {
    let people = People::new().await;
    people
        .is_refused_everywhere("passwordpassword", "password_known")
        .await;
    people
        .is_refused_everywhere("PASSWORDpassword", "password_known")
        .await;
    for text in ["my password is long enough", "iloveyou and your dog"] {
        people.is_taken_everywhere(text).await;
    }
}

#[tokio::test]
async fn n14_stolen_ones_words_and_the_persons_own() {
    let people = People::new().await;
    for known in ["1qaz2wsx3edc4rfv", "footballfootball", "qwertyuiop2026!"] {
        people.is_refused_everywhere(known, "password_known").await;
    }
    for place in Place::ALL {
        let mut who = people.somebody();
        who.username = format!("authd-admin-{:02}", place as u8);
        let said = who.username.repeat(2);
        assert_eq!(people.refusal(place, &who, &said).await, "password_context");
        let who = people.somebody();
        let name = who.full_name.replace(' ', "");
        assert_eq!(
            people.refusal(place, &who, &format!("{name}-77")).await,
            "password_context"
        );
        let who = people.somebody();
        assert_eq!(
            people.refusal(place, &who, "acmerockets.2026").await,
            "password_context"
        );
    }
}

#[tokio::test]
async fn n15_a_refusal_says_why() {
    let people = People::new().await;
    for place in Place::ALL {
        for (said, reason, why) in [
            ("fourteen chars", "password_too_short", "has 14 characters"),
            ("passwordpassword", "password_known", "tried first"),
            (
                "portcullis-account",
                "password_context",
                "words of this service",
            ),
        ] {
            let told = people.told_at(place, said).await;
            assert_eq!(told["type"], reason, "{place:?}");
            assert!(
                told["msg"].as_str().unwrap().contains(why),
                "{place:?}: {told}"
            );
        }
    }
}

#[test]
fn n16_the_size_of_the_list_is_documented() {
    let page = crate::conformance::repository().join("docs/passwords.md");
    let page = std::fs::read_to_string(page).unwrap();
    let entries = KnownPasswords::ENTRIES;
    assert_eq!(entries, 488_130);
    assert!(page.contains("488,130"));
    let megabytes = format!(
        "{}.{} MB",
        KnownPasswords::BYTES / 1_000_000,
        KnownPasswords::BYTES / 100_000 % 10
    );
    assert!(page.contains(&megabytes), "{megabytes}");
}

#[tokio::test]
async fn n17_a_refusal_says_what_to_do() {
    let people = People::new().await;
    for place in Place::ALL {
        for (said, what) in [
            ("fourteen chars", "choose at least 15 (a few words"),
            ("passwordpassword", "choose another (a few words"),
            ("portcullis-account", "choose another"),
        ] {
            let told = people.told_at(place, said).await;
            assert!(
                told["msg"].as_str().unwrap().contains(what),
                "{place:?}: {told}"
            );
        }
    }
    // Before somebody chooses: what the server's pages show.
    let advice = PasswordPolicy::default().advice();
    assert!(
        advice.starts_with("At least 15 characters") && advice.contains("A few words"),
        "{advice}"
    );
}

/// No typing mistake is forgiven: ASVS 6.2.8 forbids it.
#[tokio::test]
async fn n21_no_tolerance() {
    let people = People::new().await;
    let (who, session) = people.with_password(OLD).await;
    for typed in [
        "Twelve yellow umbrellas",
        "twelve yellow umbrellas ",
        " twelve yellow umbrellas",
        "TWELVE YELLOW UMBRELLAS",
        "twelve  yellow umbrellas",
        "twelve yellow umbrella",
    ] {
        assert!(!people.proves(&who, typed, &session).await, "{typed:?}");
    }
    assert!(people.proves(&who, OLD, &session).await);
}

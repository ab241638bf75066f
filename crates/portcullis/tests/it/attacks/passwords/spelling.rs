//! Passwords that are spelled oddly (P06, P07, P10 to P13).

use super::log::Log;
use crate::fixture::{login, send};
use crate::people::{People, login_form};

/// Whoever chose `chosen` gets in with it, in every way, and with none of `others`.
async fn only(people: &People, chosen: &str, others: &[&str]) -> bool {
    let (who, session) = people.with_password(chosen).await;
    let mut right = people.proves(&who, chosen, &session).await;
    for other in others {
        right &= !people.proves(&who, other, &session).await;
    }
    right
}

#[tokio::test]
async fn p06_nothing_ends_at_a_nul() {
    let people = People::new().await;
    let chosen = "twelve yellow\0umbrellas";
    let others = [
        "twelve yellow",
        "twelve yellow\0",
        "twelve yellow\0umbrellaz",
        "twelve yellowumbrellas",
        "twelve yellow\0umbrellas\0",
    ];
    assert!(only(&people, chosen, &others).await);
    people.is_taken_everywhere(chosen).await;
    let behind = "twelve yellow umbrellas\0";
    assert!(only(&people, behind, &["twelve yellow umbrellas"]).await);
}

#[tokio::test]
async fn p07_control_characters_are_taken_and_logged_nowhere() {
    let people = People::new().await;
    let (log, guard) = Log::listening();
    let chosen = "velvet\x7fotters\x1b[31m\u{9b}31m\r\nFAKE";
    let others = [
        "velvetotters[31m31mFAKE",
        "velvet\x7fotters\x1b[31m\u{9b}31m\nFAKE",
    ];
    assert!(only(&people, chosen, &others).await);
    people.is_taken_everywhere(chosen).await;
    let refused = people
        .chooses(
            crate::people::Place::Change,
            &people.somebody(),
            "\x1b[31m\x07",
        )
        .await;
    assert_eq!(refused.status, 422);
    assert!(!refused.body.contains(&0x1b) && !refused.body.contains(&7));
    tracing::info!("listening");
    drop(guard);
    let text = log.text();
    assert!(text.contains("listening"));
    for part in ["velvet", "FAKE", "\x1b", "\\u{1b}", "\u{9b}"] {
        assert!(!text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn p10_a_form_is_decoded_once_and_as_forms_are() {
    let people = People::new().await;
    let chosen = "a+b c%20d%u0041 %2B&e=f";
    let others = [
        "a b c d%u0041 +&e=f",
        "a+b c dA +&e=f",
        "a b c%20d%u0041 %2B&e=f",
        "a+b+c%20d%u0041+%2B&e=f",
    ];
    assert!(only(&people, chosen, &others).await);
    let (who, _) = people.with_password(chosen).await;
    let name = &who.username;
    for (body, status) in [
        ("a%2Bb+c%2520d%25u0041+%252B%26e%3Df", 200),
        ("a%2bb%20c%2520d%25u0041%20%252B%26e%3df", 200),
        // Not encoded: `+` is a space.
        ("a+b+c%2520d%25u0041+%252B%26e%3Df", 400),
        // Encoded twice.
        ("a%252Bb%2Bc%252520d%2525u0041%2B%25252B%2526e%253Df", 400),
    ] {
        let form = format!("username={name}&password={body}");
        assert_eq!(
            send(&people.app, login(&form)).await.status,
            status,
            "{body}"
        );
    }
    // `%u0041` is no escape of forms. What it says is not an A.
    let (who, _) = people.with_password("twelve yellow Aardvarks").await;
    let form = format!(
        "username={}&password=twelve+yellow+%u0041ardvarks",
        who.username
    );
    assert_eq!(send(&people.app, login(&form)).await.status, 400);
    let form = login_form(&who.username, "twelve yellow Aardvarks");
    assert_eq!(send(&people.app, login(&form)).await.status, 200);
}

#[tokio::test]
async fn p11_marks_of_no_width_count() {
    let people = People::new().await;
    let plain = "twelve yellow umbrellas";
    for mark in ['\u{feff}', '\u{200b}', '\u{200d}', '\u{2060}', '\u{ad}'] {
        let before = format!("{mark}{plain}");
        let behind = format!("{plain}{mark}");
        assert!(only(&people, &before, &[plain, &behind]).await, "{mark:?}");
        assert!(only(&people, plain, &[&before, &behind]).await, "{mark:?}");
    }
    // Each is a character: fourteen others and one of them are fifteen.
    people.is_taken_everywhere("\u{feff}kq7-vhz wm kx3").await;
}

#[tokio::test]
async fn p12_two_spellings_of_one_text_match() {
    let people = People::new().await;
    for (composed, decomposed) in [
        ("caf\u{e9} creme brulee", "cafe\u{301} creme brulee"),
        (
            "\u{d55c}\u{ad6d}\u{c5b4} seventeen lanterns",
            "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165} seventeen lanterns",
        ),
        (
            "a\u{323}\u{307} dots below, above",
            "a\u{307}\u{323} dots below, above",
        ),
    ] {
        assert_ne!(composed, decomposed);
        for (chosen, typed) in [(composed, decomposed), (decomposed, composed)] {
            assert!(people.proves_after(chosen, typed).await, "{chosen}");
        }
    }
}

#[tokio::test]
async fn p13_what_only_looks_alike_does_not_match() {
    let people = People::new().await;
    for (one, other) in [
        ("\u{210c}ello, old harbour", "Hello, old harbour"),
        ("\u{fb01}fteen old harbours", "fifteen old harbours"),
        ("x\u{b2} and old harbours", "x2 and old harbours"),
        ("\u{ff21} harbour of lanterns", "A harbour of lanterns"),
        ("\u{430} harbour of lanterns", "a harbour of lanterns"),
        ("stra\u{df}e in the harbour", "strasse in the harbour"),
        ("\u{3c3}ofia in the harbour", "\u{3c2}ofia in the harbour"),
    ] {
        assert!(only(&people, one, &[other]).await, "{one}");
        assert!(only(&people, other, &[one]).await, "{other}");
    }
}

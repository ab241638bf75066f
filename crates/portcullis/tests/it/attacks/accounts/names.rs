//! Names that pass for others, through the API: registering, an operator's words, and
//! signing in.

use portcullis::account::AccountSettings;
use serde_json::{Value, json};

use crate::accounts::{AccountHouse, NEW_PASSWORD, PASSWORD};

pub(super) fn application(name: &str) -> Value {
    json!({"username": name, "password": NEW_PASSWORD})
}

pub(super) fn with_email(name: &str, email: impl Into<Value>) -> Value {
    json!({"username": name, "password": NEW_PASSWORD, "email": email.into()})
}

/// Neither who registers nor an operator gets the name, for this reason; nothing is stored, and nobody
/// signs in by it.
pub(super) async fn is_no_name(house: &AccountHouse, name: &str, reason: &str) {
    let writer = house.token("writer").await;
    let before = house.snapshot_of_users().await;
    let expected = [format!("body.username: {reason}")];
    let answer = house.register(&application(name)).await;
    assert_eq!(answer.faults(), expected, "{name:?}");
    if reason == "username_invalid" {
        let ask = house.ask("POST /users").by(&writer);
        assert_eq!(
            ask.json(&application(name)).await.faults(),
            expected,
            "{name:?}"
        );
    }
    assert_eq!(house.snapshot_of_users().await, before, "{name:?}");
    assert_ne!(
        house.log_in(name, NEW_PASSWORD).await.status,
        200,
        "{name:?}"
    );
}

async fn are_no_names(names: &[&str]) {
    let house = AccountHouse::new().await;
    let before = house.snapshot_of_users().await;
    for name in names {
        is_no_name(&house, name, "username_invalid").await;
    }
    assert_eq!(house.snapshot_of_users().await, before);
}

#[tokio::test]
async fn u01_case_makes_no_second_account() {
    let house = AccountHouse::new().await;
    assert_eq!(house.register(&application("New.Name")).await.status, 201);
    for name in ["new.name", "NEW.NAME", "nEW.nAME"] {
        assert_eq!(
            house.register(&application(name)).await.code(),
            "409 username_taken"
        );
        assert_eq!(house.log_in(name, NEW_PASSWORD).await.status, 200, "{name}");
    }
    assert_eq!(house.user("NEW.name").await.username, "New.Name");
}

#[tokio::test]
async fn u02_a_turkish_i_is_no_i() {
    are_no_names(&["adm\u{131}n", "\u{130}nfo", "adm\u{131}\u{307}n"]).await;
    let house = AccountHouse::new().await;
    // And nowhere is one folded to the other.
    assert_eq!(house.register(&application("new.ii")).await.status, 201);
    for name in ["new.\u{131}i", "new.\u{130}i", "new.i\u{307}i"] {
        assert_ne!(
            house.log_in(name, NEW_PASSWORD).await.status,
            200,
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn u03_wide_letters_are_the_letters_and_ornamental_ones_are_none() {
    let house = AccountHouse::new().await;
    let wide = house.register(&application("ｊｏｈｎｄｏｅ")).await;
    assert_eq!(wide.code(), "409 username_taken");
    assert_eq!(house.log_in("ｊｏｈｎｄｏｅ", PASSWORD).await.status, 200);
    is_no_name(&house, "ａdmin", "username_reserved").await;
    for name in ["𝐚dmin", "ℌello", "ⓐdmin", "ﬁx", "adⅿin"] {
        is_no_name(&house, name, "username_invalid").await;
    }
}

#[tokio::test]
async fn u04_letters_of_another_script_pass_for_nobody() {
    are_no_names(&[
        "аdmin",
        "jοhndoe",
        "сосо",
        "раура",
        "МАРТА",
        "johnԁoe",
        "abc１a२",
    ])
    .await;
}

#[tokio::test]
async fn u05_what_cannot_be_seen_is_in_no_name() {
    are_no_names(&[
        "ad\u{200b}min",
        "\u{202e}nimda",
        "ad\u{2060}min",
        "ad\u{ad}min",
        "\u{feff}admin",
        "ad\u{e0020}min",
        "a\u{200d}b",
        "ad\u{61c}min",
        "ad\0min",
        "ad\u{1b}[31mmin",
    ])
    .await;
}

#[tokio::test]
async fn u06_marks_are_not_heaped() {
    let heap = format!("a{}", "\u{301}".repeat(50));
    let more = format!("a{}", "\u{301}".repeat(100));
    are_no_names(&[
        &heap,
        &more,
        "a\u{301}\u{302}\u{303}\u{304}\u{306}bc",
        "\u{301}abc",
    ])
    .await;
}

#[tokio::test]
async fn u07_no_space_is_in_a_name_and_none_is_cut_off() {
    are_no_names(&[
        " johndoe",
        "johndoe ",
        "john doe",
        "john\u{a0}doe",
        "\tjohndoe",
        "johndoe\n",
        "a\u{3000}b",
    ])
    .await;
    let house = AccountHouse::new().await;
    for name in [" johndoe", "johndoe ", "johndoe\n", "john\u{a0}doe"] {
        assert_eq!(
            house.log_in(name, PASSWORD).await.code(),
            "400 invalid_grant",
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn u08_reserved_names_are_for_operators() {
    let house = AccountHouse::new().await;
    for name in [
        "root",
        "Admin",
        "support",
        "null",
        "undefined",
        "me",
        "token",
        "PORTCULLIS",
    ] {
        is_no_name(&house, name, "username_reserved").await;
    }
    for name in [".", ".."] {
        is_no_name(&house, name, "username_invalid").await;
    }
    let settings = AccountSettings::default();
    let reserved_names = settings.reserved_names.clone().and(["acme"]);
    let house = AccountHouse::set(AccountSettings {
        reserved_names,
        ..settings
    })
    .await;
    is_no_name(&house, "ACME", "username_reserved").await;
    let writer = house.token("writer").await;
    let made = house
        .ask("POST /users")
        .by(&writer)
        .json(&application("acme"))
        .await;
    assert_eq!(made.status, 201);
}

#[tokio::test]
async fn u09_a_name_is_no_path() {
    are_no_names(&[
        "../x", "a/b", "%2e%2e", "a\\b", "a?b", "a#b", "a;b", "a%2fb", "a:b",
    ])
    .await;
    // And no name is ever looked for in an address.
    let house = AccountHouse::new().await;
    let reader = house.token("reader").await;
    for path in ["/users/johndoe", "/users/..%2fusers", "/users/%2e%2e"] {
        let answer = house.ask(&format!("GET {path}")).by(&reader).send().await;
        assert_eq!(answer.code(), "404 not_found", "{path}");
    }
}

#[tokio::test]
async fn u10_no_name_is_an_address() {
    are_no_names(&[
        "alice@example.com",
        "@alice",
        "alice@",
        "ａlice＠example.com",
        "a﹫b",
    ])
    .await;
    let house =
        AccountHouse::built(AccountSettings::default(), |auth| auth.login_email(true)).await;
    // Where addresses sign in, only who has proved one has it.
    let body = with_email("new.name", "alice@example.com");
    assert_eq!(house.register(&body).await.status, 201);
    let refused = house.log_in("alice@example.com", NEW_PASSWORD).await;
    assert_eq!(refused.code(), "400 invalid_grant");
    assert_eq!(
        house.log_in("ALICE@example.com", PASSWORD).await.status,
        200
    );
}

#[tokio::test]
async fn u11_a_name_has_64_characters_at_most() {
    let (plain, combining) = ("x".repeat(10_000), format!("a{}", "\u{301}".repeat(30_000)));
    let (one_more, growing) = ("x".repeat(65), "ﷺ".repeat(64));
    are_no_names(&[&plain, &combining, &one_more, &growing, ""]).await;
    let house = AccountHouse::new().await;
    let name = "é".repeat(64);
    assert_eq!(house.register(&application(&name)).await.status, 201);
}

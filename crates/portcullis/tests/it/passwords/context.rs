//! What is known of a person or a service is no password (N14, ASVS 6.1.2 and 6.2.11).

use portcullis::account::{Administration, NotDone, PasswordRules, UserDraft};
use portcullis::password::{ContextWord, PasswordContext, PasswordPolicy, PasswordRefused};
use portcullis::secret::Password;

use crate::fixture::House;

const JOHN: PasswordContext<'_> = PasswordContext {
    username: Some("authd-admin-01"),
    email: Some("Johannes.Doerrenbacher@mail.acme.example"),
    full_name: Some("Johannes Q. Dörrenbacher"),
};

fn policy() -> PasswordPolicy {
    PasswordPolicy::default()
        .with_min_code_points(8)
        .with_words(["Orbital Widgets"])
        .with_issuer("https://accounts.orbit.example:8443/auth")
}

fn check(text: &str) -> Result<(), PasswordRefused> {
    policy().check(&Password::new(text), &JOHN)
}

#[test]
fn asvs_6_2_11_words_of_the_person_and_the_service_in_any_case_with_digits_doubled() {
    for (word, of) in [
        ("authd-admin-01", ContextWord::Username),
        (
            "Johannes.Doerrenbacher@mail.acme.example",
            ContextWord::Email,
        ),
        ("johannes.doerrenbacher", ContextWord::Email),
        ("Johannes Q. Dörrenbacher", ContextWord::FullName),
        ("Dörrenbacher", ContextWord::FullName),
        ("orbital widgets", ContextWord::Service),
        ("accounts.orbit.example", ContextWord::Service),
        ("orbitaccounts", ContextWord::Service),
        ("portcullis-admin", ContextWord::Service),
    ] {
        for text in [
            word.to_owned(),
            word.to_uppercase(),
            word.to_lowercase(),
            format!("{word}{word}"),
            format!("{word}2026"),
            format!("{word}12345678"),
            format!("{word}-{word}-99!"),
        ] {
            assert_eq!(check(&text), Err(PasswordRefused::Context { of }), "{text}");
        }
    }
}

#[test]
fn words_of_several_kinds_together_are_refused_too() {
    for text in [
        "orbit.johannes.1970",
        "DörrenbacherPortcullis",
        "welcome-johannes-2026",
    ] {
        let reason = check(text).unwrap_err().reason();
        assert_eq!(reason, "password_context", "{text}");
    }
}

#[test]
fn with_anything_else_beside_them_they_are_accepted() {
    for text in [
        "johannes has a blue boat",
        "the orbit of a widget",
        "authd-admin-01-zebra",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
    // For somebody else, the same word is one like any other.
    let other = PasswordContext::of("alice");
    let text = Password::new("johannes.doerrenbacher");
    assert_eq!(policy().check(&text, &other), Ok(()));
}

/// ASVS 6.1.2: the list is published, in the documentation and by the library.
#[test]
fn asvs_6_1_2_the_words_are_published() {
    let policy = policy();
    let words: Vec<_> = policy.words().collect();
    for word in [
        "portcullis",
        "admin",
        "administrator",
        "root",
        "orbitalwidgets",
        "orbit",
        "accounts",
    ] {
        assert!(words.contains(&word), "{word} in {words:?}");
    }
    let guide = include_str!("../../../../../docs/passwords.md");
    for word in PasswordPolicy::default().words() {
        assert!(
            guide.contains(&format!("`{word}`")),
            "docs/passwords.md lacks {word}"
        );
    }
}

/// Whoever manages accounts is told the same, and nothing is changed.
#[tokio::test]
async fn an_operator_hears_it_too() {
    let house = House::new().await;
    let accounts = Administration {
        policy: PasswordRules::default(),
        ..house.administration()
    };
    let draft = UserDraft {
        email: Some("jo@example.com".into()),
        ..UserDraft::new("a-longer-username")
    };
    for (text, reason) in [
        ("a-Longer-Username", "password_context"),
        ("jo@example.com 2026", "password_context"),
        ("passwordpassword", "password_known"),
        ("too short", "password_too_short"),
    ] {
        let refused = accounts.add(draft.clone(), &Password::new(text)).await;
        assert!(
            matches!(refused, Err(NotDone::Password(why)) if why.reason() == reason),
            "{text}"
        );
    }
    let good = Password::new("twelve yellow umbrellas");
    accounts.add(draft, &good).await.unwrap();
    let before = accounts.find("a-longer-username").await.unwrap();
    for text in [
        "A-LONGER-USERNAME-1",
        "jo.example.jo.example",
        "passwordpassword",
    ] {
        let refused = accounts
            .set_password("a-longer-username", &Password::new(text))
            .await;
        assert!(matches!(refused, Err(NotDone::Password(_))), "{text}");
    }
    assert_eq!(
        accounts.find("a-longer-username").await.unwrap().epoch,
        before.epoch
    );
}

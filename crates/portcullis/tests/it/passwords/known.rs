//! The list of known passwords, and what is obviously made of it.

use std::time::Instant;

use portcullis::password::{KnownPasswords, PasswordContext, PasswordPolicy, PasswordRefused};
use portcullis::secret::Password;

use super::{check, reason};

/// Every 5,000th entry of at least eight characters, the one in the middle, and the last.
const LISTED: &str = include_str!("listed.txt");

fn beside_a_second_factor(text: &str) -> Result<(), PasswordRefused> {
    let policy = PasswordPolicy::default().with_min_code_points(8);
    policy.check(&Password::new(text), &PasswordContext::default())
}

/// ASVS 6.2.4: first, middle and last of the list, and those between.
#[test]
fn asvs_6_2_4_every_listed_password_is_refused() {
    let listed: Vec<_> = LISTED.lines().collect();
    assert_eq!(listed.len(), 98 + 2);
    assert_eq!((listed[0], listed[99]), ("password", "Vjht0409"));
    for entry in listed {
        assert_eq!(
            beside_a_second_factor(entry),
            Err(PasswordRefused::Known),
            "{entry}"
        );
        for cased in [entry.to_uppercase(), entry.to_lowercase()] {
            assert_eq!(
                beside_a_second_factor(&cased),
                Err(PasswordRefused::Known),
                "{cased}"
            );
        }
    }
    const { assert!(KnownPasswords::ENTRIES >= 400_000) };
}

/// Where fifteen are asked for: entries that are long enough, and what is made of shorter ones.
#[test]
fn n13_known_ones_and_what_is_obviously_made_of_them() {
    for text in [
        "passwordpassword",
        "PasswordPassword",
        "qwertyuiopasdfgh",
        "123456789012345",
        "aaaaaaaaaaaaaaa",
        "aaaaaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "abc123abc123abc123",
        "password password",
        "iloveyou -- iloveyou",
        "passwordpasswordpass",
        "iloveyou12345678",
        "iloveyou 14.02.1999",
        "Password-2026-2026",
        "footballfootball1",
        "football1football1",
        "sunshine20262026",
        "monkey1234567890",
        "trustno120262026",
        "qwertyuiop2026!",
    ] {
        assert_eq!(check(text), Err(PasswordRefused::Known), "{text}");
    }
}

/// ASVS 6.2.4: what is listed and made longer by the obvious, for every entry of the sample.
#[test]
fn every_listed_password_doubled_or_followed_by_a_year_is_refused() {
    for entry in LISTED.lines() {
        for made in [
            format!("{entry}{entry}"),
            format!("{entry}{entry}{entry}"),
            format!("{entry}2026"),
            format!("{entry}2026!"),
        ] {
            assert_eq!(
                beside_a_second_factor(&made),
                Err(PasswordRefused::Known),
                "{made}"
            );
        }
    }
}

/// The whole is compared, not what is inside of it.
#[test]
fn n13_a_listed_word_inside_of_a_password_does_not_matter() {
    for text in [
        "my password is long enough",
        "passwords are a nuisance",
        "iloveyou and your dog",
        "twelve yellow umbrellas",
        "monkey, dragon, sunshine",
        "qwertz 817 bicycle",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

/// ASVS 6.2.12, without a network: a password of 16 characters that was stolen.
#[test]
fn asvs_6_2_12_a_stolen_password_of_sixteen_characters() {
    assert_eq!(reason("1qaz2wsx3edc4rfv"), Some("password_known"));
}

/// N16: its size is stated, and a check costs microseconds. The bound is a hundred times what was
/// measured, so that a busy machine does not fail it.
#[test]
fn n16_the_list_is_small_and_quick() {
    const { assert!(KnownPasswords::BYTES < 2_000_000) };
    let policy = PasswordPolicy::default();
    let context = PasswordContext::of("johndoe");
    let long: String = "kq7-vhz wm ".chars().cycle().take(1024).collect();
    for text in [
        "twelve yellow umbrellas",
        "                    ",
        long.as_str(),
    ] {
        let password = Password::new(text);
        let start = Instant::now();
        for _ in 0..100 {
            policy.check(&password, &context).unwrap();
        }
        let each = start.elapsed() / 100;
        println!("check of {} bytes: {each:?}", text.len());
        assert!(each.as_millis() < 50, "{each:?} for {} bytes", text.len());
    }
}

//! How long a password is, and what it may be made of.

use portcullis::password::{Hasher, PasswordContext, PasswordPolicy, PasswordRefused, Verdict};
use portcullis::secret::Password;

use super::{check, reason};
use crate::fixture::cheap;

/// Listed nowhere, in so many code points.
fn unlisted(length: usize) -> String {
    "kq7-vhz wm "
        .chars()
        .cycle()
        .take(length - 1)
        .chain(['x'])
        .collect()
}

#[test]
fn n1_fifteen_where_it_is_the_only_factor_and_eight_beside_a_second_one() {
    assert_eq!(reason(&unlisted(14)), Some("password_too_short"));
    assert_eq!(check(&unlisted(15)), Ok(()));
    let beside = PasswordPolicy::default().with_min_code_points(8);
    let nobody = PasswordContext::default();
    let check = |length| beside.check(&Password::new(unlisted(length)), &nobody);
    let too_short = PasswordRefused::TooShort {
        actual: 7,
        least: 8,
    };
    assert_eq!(check(7), Err(too_short));
    assert_eq!(check(8), Ok(()));
}

#[test]
fn n2_long_ones_are_taken_whole_and_too_long_ones_refused() {
    for length in [64, 128, 256, 1024] {
        assert_eq!(check(&unlisted(length)), Ok(()), "{length}");
    }
    assert_eq!(check(&unlisted(1025)), Err(PasswordRefused::TooLong));
    assert_eq!(reason(&unlisted(100_000)), Some("password_too_long"));
    // U+FB1D is 3 bytes, and 4 in NFC: 1,023 bytes become 1,364.
    assert_eq!(reason(&"\u{fb1d}".repeat(341)), Some("password_too_long"));
    assert_eq!(check(&"\u{fb1d}".repeat(256)), Ok(()));
}

/// ASVS 6.2.9: of any characters, of four bytes each too.
#[test]
fn asvs_6_2_9_sixty_four_characters_and_more() {
    for length in [64, 128, 256] {
        let text: String = ['\u{1f40e}', '\u{1f50b}', '\u{1f4ce}', '\u{2705a}']
            .into_iter()
            .cycle()
            .take(length)
            .collect();
        assert_eq!(check(&text), Ok(()), "{length}");
        let mut hasher = Hasher::new(cheap()).unwrap();
        let stored = hasher.hash(&Password::new(text.clone())).unwrap();
        let verdict = hasher.verify(&Password::new(text.clone()), &stored);
        assert!(matches!(verdict, Verdict::Right { .. }));
        let but_last: String = text.chars().take(length - 1).collect();
        let verdict = hasher.verify(&Password::new(but_last), &stored);
        assert_eq!(verdict, Verdict::Wrong, "{length}");
    }
}

#[test]
fn n3_every_printing_ascii_character_and_space() {
    let all: String = (' '..='~').collect();
    assert_eq!(all.len(), 95);
    assert_eq!(check(&all), Ok(()));
}

#[test]
fn n4_every_script() {
    for text in [
        "пароль-длинный-пароль",
        "パスワードはとても長いものです",
        "סיסמה ארוכה מאוד מאוד",
        "كلمة مرور طويلة جدا",
        "🐎🔋📎🐎🐎🔋🔋📎📎🐎🔋📎🔋🐎📎",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn n5_code_points_are_counted_in_nfc() {
    let emoji = |count| "\u{1f600}".repeat(count);
    assert_eq!(check(&emoji(15)), Ok(()));
    let too_short = |actual| Err(PasswordRefused::TooShort { actual, least: 15 });
    assert_eq!(check(&emoji(14)), too_short(14));
    // Neither bytes nor UTF-16: 60 bytes, 30 units.
    assert_eq!(check(&emoji(8)), too_short(8));
    // e and a combining acute are one in NFC; q and a combining acute stay two.
    assert_eq!(check(&"e\u{301}".repeat(14)), too_short(14));
    assert_eq!(check(&"q\u{301}".repeat(7)), too_short(14));
    assert_eq!(check(&"q\u{301}".repeat(8)), Ok(()));
}

#[test]
fn n6_nfc_and_not_nfkc() {
    let policy = PasswordPolicy::default().with_min_code_points(8);
    let nobody = PasswordContext::default();
    let known = |text: &str| policy.check(&Password::new(text), &nobody).is_err();
    // Kelvin's sign is K in NFC; a black-letter H would be H in NFKC alone.
    assert!(known("\u{212a}awasaki"));
    assert!(known("Honolulu"));
    assert!(!known("\u{210c}onolulu"));
}

#[test]
fn n7_asvs_6_2_5_nothing_is_asked_of_the_mixture() {
    for text in [
        "aaaaaaaaaaaaaab",
        "correct horse battery staple",
        "correcthorsebatterystaple",
        "                    ",
        "                    letters",
        "'; DROP TABLE users; --",
        "ALL IN CAPITALS, NO DIGIT",
        "82 19 47 36 55 01 93",
        "\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}",
        "tab\tand\nnewline\0and zero",
    ] {
        assert_eq!(check(text), Ok(()), "{text:?}");
    }
}

/// ASVS 6.2.1: whoever sets a shorter length gets it, the default is 15.
#[test]
fn asvs_6_2_1_the_default_is_fifteen() {
    let policy = PasswordPolicy::default();
    assert_eq!(policy.min_code_points(), 15);
    assert_eq!(reason("7 chars"), Some("password_too_short"));
}

/// N12, N21 and ASVS 6.2.8: the whole password, as it was sent. Only spellings that are one in NFC match.
#[test]
fn n12_n21_nothing_is_trimmed_cut_or_folded() {
    let mut hasher = Hasher::new(cheap()).unwrap();
    let text = format!("caf\u{e9} {}", unlisted(195));
    let stored = hasher.hash(&Password::new(text.clone())).unwrap();
    let mut is_right = |text: &str| {
        let verdict = hasher.verify(&Password::new(text), &stored);
        matches!(verdict, Verdict::Right { .. })
    };
    assert!(is_right(&text));
    assert!(is_right(&text.replace('\u{e9}', "e\u{301}")));
    let letters: Vec<char> = text.chars().collect();
    for changed in [0, 72, letters.len() - 1] {
        let mut other = letters.clone();
        other[changed] = '#';
        assert!(!is_right(&other.iter().collect::<String>()), "{changed}");
    }
    let first_72: String = letters.iter().take(72).collect();
    let first_large = text.replacen('c', "C", 1);
    for other in [
        first_72,
        text.to_uppercase(),
        first_large,
        format!("{text} "),
        format!(" {text}"),
    ] {
        assert!(!is_right(&other), "{other}");
    }
}

/// N15 and N17: what is wrong, and what to do.
#[test]
fn n15_n17_a_refusal_helps() {
    let text = check("swordfish").unwrap_err().to_string();
    assert!(
        text.contains("9 characters") && text.contains("at least 15"),
        "{text}"
    );
    assert!(text.contains("a few words"), "{text}");
    let text = check("passwordpassword").unwrap_err().to_string();
    assert!(
        text.contains("choose another") && text.contains("a few words"),
        "{text}"
    );
    let advice = PasswordPolicy::default().with_min_code_points(20).advice();
    assert!(advice.starts_with("At least 20 characters"), "{advice}");
}

use proptest::prelude::*;
use unicode_security::GeneralSecurityProfile;

use super::*;
use crate::user::ReservedNames;

fn chosen(text: &str) -> Result<String, InvalidUsername> {
    Username::choose(text).map(|name| name.canonical().to_owned())
}

fn canonical(text: &str) -> Result<String, InvalidUsername> {
    Username::parse(text).map(|name| name.canonical().to_owned())
}

#[test]
fn case_and_width_do_not_make_another_name() {
    for same in ["johndoe", "JohnDoe", "JOHNDOE", "ｊｏｈｎｄｏｅ"] {
        assert_eq!(canonical(same), Ok("johndoe".into()), "{same}");
    }
    assert_eq!(canonical("M\u{dc}LLER"), canonical("mu\u{308}ller"));
}

#[test]
fn ascii_shortcut_agrees_with_the_profile() {
    let profile = UsernameCaseMapped::new();
    for byte in 0u8..128 {
        let text = format!("a{}z", char::from(byte));
        let by_profile = profile.enforce(text.as_str()).ok().map(Cow::into_owned);
        assert_eq!(
            canonical_form(&text).ok().map(Cow::into_owned),
            by_profile,
            "{text:?}"
        );
    }
}

#[test]
fn spaces_invisible_and_control_characters_are_refused() {
    for bad in [
        "john doe",
        " john",
        "john ",
        "jo\thn",
        "jo\nhn",
        "jo\0hn",
        "jo\u{7f}hn",
        "ad\u{200b}min",
        "ad\u{a0}min",
        "\u{202e}nimda",
        "ad\u{ad}min",
        "\u{feff}admin",
        "😀",
    ] {
        assert_eq!(canonical(bad), Err(InvalidUsername::Character), "{bad:?}");
    }
}

#[test]
fn addresses_and_paths_are_refused_in_any_width() {
    for bad in ["a@b", "a/b", "../x", "a\u{ff20}b", "a\u{ff0f}b"] {
        assert_eq!(canonical(bad), Err(InvalidUsername::Separator), "{bad:?}");
    }
}

#[test]
fn length_is_counted_in_code_points() {
    assert!(canonical(&"ü".repeat(64)).is_ok());
    assert_eq!(canonical(&"ü".repeat(65)), Err(InvalidUsername::Length));
    assert_eq!(canonical(""), Err(InvalidUsername::Length));
}

/// People's names, in the writings of the world.
#[test]
fn real_names_can_be_chosen() {
    for name in [
        "johndoe",
        "JohnDoe",
        "john.doe",
        "john-doe",
        "john_doe",
        "_john_",
        "john+work",
        "o'brien",
        "j",
        "7",
        "x1",
        "1999",
        "françois",
        "Müller",
        "Łukasz",
        "Ọlá",
        "Nguyễn",
        "ẹ\u{301}kọ",
        "sørensen",
        "kjær",
        "cœur",
        "ßeta",
        "þór",
        "åse",
        "ışık",
        "анна",
        "Зоя",
        "щука7",
        "Ελένη",
        "Γιώργος",
        "דוד",
        "שלום",
        "محمد",
        "محمد\u{661}\u{662}",
        "فاطمه",
        "राम",
        "ढूँढ़ें",
        "தமிழ்",
        "สมชาย",
        "น้อย",
        "မြို့",
        "ខ្មែរ",
        "გიორგი",
        "Արամ",
        "ひろし",
        "タロウ",
        "山田taro",
        "山田タロウ",
        "김철수",
        "kim김",
        "小明",
        "二〇二六",
        "col\u{b7}laborar",
    ] {
        assert_eq!(chosen(name), canonical(name), "{name}");
        assert!(chosen(name).is_ok(), "{name}: {:?}", chosen(name));
    }
    // Another width is the same name.
    assert_eq!(chosen("ｊｏｈｎ２"), Ok("john2".into()));
}

#[test]
fn names_that_pass_for_others_cannot_be_chosen() {
    use InvalidUsername::{Lookalike, Marks, MixedDigits, MixedScripts, Unusual};
    for (name, why) in [
        // ATK-U02: both of the Turkish letters.
        ("adm\u{131}n", Lookalike),
        ("m\u{131}ke", Lookalike),
        ("adm\u{130}n", Marks),
        ("admi\u{307}n", Marks),
        ("j\u{307}ohn", Marks),
        ("adm\u{131}\u{307}n", Marks),
        ("\u{456}\u{307}ван", Marks),
        ("\u{458}\u{307}ован", Marks),
        // ATK-U04.
        ("\u{430}dmin", MixedScripts),
        ("r\u{3bf}\u{3bf}t", MixedScripts),
        ("j\u{43e}e", MixedScripts),
        ("сосо", Lookalike),
        ("раураl", MixedScripts),
        ("раура", Lookalike),
        ("МАРТА", Lookalike),
        ("ΑΒΕ", Lookalike),
        ("a\u{30ce}b", Lookalike),
        ("o\u{2bc}brien", Lookalike),
        ("иванα", MixedScripts),
        // Invisible, and allowed by PRECIS where a script joins its letters.
        ("क\u{94d}\u{200d}ष", Unusual),
        // ATK-U06.
        ("a\u{323}\u{307}\u{33b}", Unusual),
        ("x\u{301}\u{302}", Marks),
        ("ก\u{e48}\u{e48}", Marks),
        ("\u{301}abc", Marks),
        ("1\u{301}2ü", Marks),
        // Digits.
        ("राम1\u{967}", MixedDigits),
        ("\u{967}\u{9e7}", MixedDigits),
    ] {
        assert!(Username::parse(name).is_ok(), "{name} can be looked up");
        assert_eq!(chosen(name), Err(why), "{name}");
    }
    // By PRECIS already.
    for name in ["محمد1\u{661}", "محمد\u{661}\u{6f1}"] {
        assert_eq!(chosen(name), Err(InvalidUsername::Character), "{name}");
    }
    let heap = format!("z{}", "\u{335}".repeat(63));
    assert!(chosen(&heap).is_err());
    let many = format!("z{}", "\u{301}".repeat(65_000));
    assert_eq!(chosen(&many), Err(InvalidUsername::Length));
}

/// ATK-U08, ATK-U09.
#[test]
fn paths_and_escapes_cannot_be_chosen() {
    use InvalidUsername::{Ends, Punctuation};
    for name in [
        ".", "..", "...", "-", "_", "__", ".john", "john.", "-rf", "john-", "'john", "+49", "._.",
    ] {
        assert_eq!(chosen(name), Err(Ends), "{name}");
    }
    for name in [
        "%2e%2e", "a%20b", "a\\b", "a:b", "a|b", "<b>", "a&b", "a\"b", "a`b", "a?b", "a#b", "a;b",
        "$a",
    ] {
        assert_eq!(chosen(name), Err(Punctuation), "{name}");
    }
    for name in ["../x", "a/b", "victim@x.org"] {
        assert_eq!(chosen(name), Err(InvalidUsername::Separator), "{name}");
    }
}

/// ATK-U08: by what they look like.
#[test]
fn reserved_names_are_reserved_by_their_looks() {
    let reserved = ReservedNames::default().and(["Acme", "山田", "not a name"]);
    let check = |name: &str| reserved.check(&Username::parse(name).unwrap());
    for name in [
        "root",
        "Admin",
        "ADMIN",
        "support",
        "null",
        "undefined",
        "me",
        "token",
        "system",
        "postmaster",
        "abuse",
        "security",
        "portcullis",
        "adrnin",
        "nu11",
        "adm\u{131}n",
        "\u{430}dmin",
        "ａｄｍｉｎ",
        "acme",
        "山田",
    ] {
        assert_eq!(check(name), Err(InvalidUsername::Reserved), "{name}");
    }
    for name in ["johndoe", "alice", "adm1n", "admin2", "mea", "roots"] {
        assert_eq!(check(name), Ok(()), "{name}");
    }
    for name in ReservedNames::LIST {
        assert_eq!(
            chosen(name).as_deref(),
            Ok(*name),
            "an operator can give it"
        );
        assert_eq!(check(name), Err(InvalidUsername::Reserved));
    }
}

/// Of all digits that a name can have: ten in a row, and `zero_of` finds the first.
#[test]
fn every_digit_finds_its_zero() {
    let mut systems = std::collections::BTreeMap::<u32, u32>::new();
    for letter in
        ('\u{80}'..=char::MAX).filter(|letter| letter.is_numeric() && letter.identifier_allowed())
    {
        if Username::parse(&letter.to_string()).is_ok() {
            let Some(zero) = choice::zero_of(letter) else {
                assert_eq!(letter, '〇');
                continue;
            };
            assert!((zero..zero + 10).contains(&u32::from(letter)), "{letter:?}");
            *systems.entry(zero).or_default() += 1;
        }
    }
    assert!(systems.len() >= 10, "{systems:?}");
    assert!(systems.values().all(|digits| *digits == 10), "{systems:?}");
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[!-~]{1,12}",
        "[a-zA-Züßıİ\u{301}\u{307}оаΣςσ0-9\u{661}山タ김._'-]{1,12}",
        "\\PC{0,12}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    /// But for a few capitals (Cherokee), whose small letters are newer than the tables of PRECIS here.
    #[test]
    fn the_canonical_form_is_its_own(name in any_name()) {
        if let Ok(once) = canonical(&name)
            && let Ok(twice) = canonical(&once)
        {
            prop_assert_eq!(twice, once);
        }
    }

    /// Who chose a name finds it again; and nobody's name passes for an ASCII one.
    #[test]
    fn a_chosen_name_is_found(name in any_name()) {
        if let Ok(canonical_form) = chosen(&name) {
            prop_assert_eq!(canonical(&name), Ok(canonical_form.clone()));
            prop_assert_eq!(chosen(&canonical_form), Ok(canonical_form.clone()));
            let one = "æœ";
            if !canonical_form.is_ascii() && !canonical_form.contains(|letter| one.contains(letter)) {
                prop_assert!(!choice::skeleton(&canonical_form).is_ascii());
            }
        }
    }
}

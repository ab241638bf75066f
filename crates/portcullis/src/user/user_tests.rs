use super::*;

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
        assert_eq!(canonical(bad), Err(InvalidUsername::Reserved), "{bad:?}");
    }
}

#[test]
fn an_address_is_one_address() {
    for good in ["a@b", "first.last+tag@sub.example.com", "ü@bücher.example"] {
        assert!(EmailAddress::parse(good).is_ok(), "{good}");
    }
    let long = format!("{}@example.com", "x".repeat(250));
    for bad in [
        "",
        "a",
        "@b",
        "a@",
        "a@b@c",
        "a b@c",
        "a@b c",
        "a@x,b@y",
        "a@b\r\nBcc: c@d",
        "\"a\"@b",
        "a@b.",
        "a@.b",
        "<a@b>",
        &long,
    ] {
        assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn length_is_counted_in_code_points() {
    assert!(canonical(&"ü".repeat(64)).is_ok());
    assert_eq!(canonical(&"ü".repeat(65)), Err(InvalidUsername::Length));
    assert_eq!(canonical(""), Err(InvalidUsername::Length));
}

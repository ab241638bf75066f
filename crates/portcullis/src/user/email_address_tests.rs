use proptest::prelude::*;

use super::*;

fn canonical(text: &str) -> Option<String> {
    let parsed = EmailAddress::parse(text).ok()?;
    assert_eq!(parsed.as_str(), text, "kept as written");
    Some(parsed.canonical().to_owned())
}

/// ATK-U12: one policy for case, IDN and punycode.
#[test]
fn hosts_are_compared_as_dns_has_them() {
    for (written, expected) in [
        ("A@X.ORG", "a@x.org"),
        ("a@b", "a@b"),
        ("user@localhost", "user@localhost"),
        (
            "first.last+tag@sub.example.com",
            "first.last+tag@sub.example.com",
        ),
        ("ü@bücher.example", "ü@xn--bcher-kva.example"),
        ("u\u{308}@BU\u{308}CHER.example", "ü@xn--bcher-kva.example"),
        ("a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"),
        ("a@x\u{3002}org", "a@x.org"),
        ("a@ｅｘａｍｐｌｅ.org", "a@example.org"),
        ("O'Neil_{x}#1@1a.2b", "o'neil_{x}#1@1a.2b"),
    ] {
        assert_eq!(canonical(written).as_deref(), Some(expected), "{written}");
    }
}

/// ATK-U13, ATK-U14: neither the case nor the accents of letters outside ASCII are folded.
#[test]
fn letters_outside_ascii_stay_themselves() {
    for (one, other) in [
        ("m\u{131}ke@example.org", "mike@example.org"),
        ("M\u{130}KE@example.org", "mike@example.org"),
        ("vict\u{ed}m@x", "victim@x"),
        ("\u{dc}@x", "\u{fc}@x"),
    ] {
        let (one, other) = (canonical(one), canonical(other));
        assert!(one.is_some() && other.is_some());
        assert_ne!(one, other);
    }
    // The Kelvin sign is `K` by Unicode itself (NFC), and so it is in every program.
    assert_eq!(canonical("\u{212a}@x"), canonical("k@x"));
}

/// ATK-U15, ATK-U16.
#[test]
fn what_is_not_one_address_is_refused() {
    let spaces =
        "a b@c|a@b c| a@b|a@b |a\u{a0}@b|a\u{200b}@b|a\u{202e}@b|a\u{ad}b@c|a\u{7f}@b|a\0@b";
    let parts = "|a|@b|a@|a@b@c|\u{ff20}@b|a\u{ff20}b|a..b@c|.a@b|a.@b";
    let lists = "a@x,b@y|a@x;b@y|a@x b@y|<a@b>|(x)a@b|\"a\"@b|\"a b\"@c|a\\@b|a:b@c|[a]@b";
    let headers = "a@b\r\nBcc: c@d|a\r\n@b|a@x%0d%0aBcc:b@y|a%0d%0a@b|a@b\n|a%b@c|a!b@c";
    for bad in [spaces, parts, lists, headers]
        .into_iter()
        .flat_map(|list| list.split('|'))
    {
        assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
    }
}

/// ATK-U12.
#[test]
fn what_is_no_host_is_refused() {
    let form = "a@b.|a@.b|a@b..c|a@b\u{3002}|a@-b|a@b-|a@a_b|a@b\u{200b}c|a@b/c|a@b:25|a@b?c|a@b#c";
    let punycode = "a@ab--cd|a@xn--|a@xn--example-.org|a@xn--a|a@xn--a-ecp.ru|a@xn--999999999";
    let addresses = "a@[127.0.0.1]|a@[IPv6:::1]|a@127.0.0.1|a@127.1|a@2130706433|a@0x7f000001|a@0x";
    let in_other_digits = "a@１２７.０.０.１|a@\u{661}\u{662}";
    for bad in [form, punycode, addresses, in_other_digits]
        .into_iter()
        .flat_map(|list| list.split('|'))
    {
        assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
    }
    for too_long in [
        format!("{}@example.com", "x".repeat(65)),
        format!("a@{}.example", "x".repeat(64)),
        format!("a@{}example", "x.".repeat(126)),
        format!("a@{}", vec!["\u{fc}".repeat(25); 5].join(".")),
    ] {
        assert!(EmailAddress::parse(&too_long).is_err(), "{too_long:?}");
    }
}

#[test]
fn lengths_are_those_of_the_mail_standards() {
    let local = "x".repeat(64);
    let host = format!("{}.{}.{}", "x".repeat(63), "y".repeat(63), "z".repeat(61));
    let longest = format!("{local}@{host}");
    assert_eq!(longest.len(), EmailAddress::MAX_BYTES);
    assert!(EmailAddress::parse(&longest).is_ok());
    assert!(EmailAddress::parse(&format!("{longest}z")).is_err());
}

fn ascii_address() -> impl Strategy<Value = String> {
    "[!-~]{1,12}@[A-Za-z0-9_-]{1,8}(\\.([A-Za-z0-9-]{1,8}|[xX][nN]--[a-z0-9-]{1,8})){0,3}"
}

fn any_address() -> impl Strategy<Value = String> {
    prop_oneof![
        ascii_address(),
        "[a-zA-Z.ü\u{131}\u{130}\u{308}Ω]{1,8}@[a-zA-ZüÜßσς\u{308}\u{200d}א0-9.-]{1,12}",
        "\\PC{0,12}@?\\PC{0,12}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    /// What the databases fill in by `lower(email)` for rows that were written by hand.
    #[test]
    fn of_ascii_it_is_lower(address in ascii_address()) {
        if let Some(canonical) = canonical(&address) {
            prop_assert_eq!(canonical, address.to_ascii_lowercase());
        }
    }

    #[test]
    fn the_canonical_form_of_the_canonical_form_is_itself(address in any_address()) {
        if let Some(once) = canonical(&address) {
            prop_assert_eq!(canonical(&once), Some(once));
        }
    }

    /// Nothing that a header, a list or a log would read as something else.
    #[test]
    fn an_address_is_one_line_without_spaces(address in any_address()) {
        if let Some(canonical) = canonical(&address) {
            for text in [&canonical, &address] {
                prop_assert_eq!(text.matches('@').count(), 1);
                prop_assert!(!text.chars().any(|letter| letter.is_whitespace()
                    || letter.is_control() || ",;:<>()[]\"\\%".contains(letter)));
            }
        }
    }
}

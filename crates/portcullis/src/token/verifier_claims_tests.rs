//! The claims (RFC 9068 §2.2), all of them signed by the right key.

use super::*;

type Cases = Vec<(String, String)>;

/// The claims that are text, required, and not empty.
const TEXTS: [&str; 5] = ["iss", "sub", "jti", "client_id", "sid"];
/// The claims that are whole numbers, and required.
const NUMBERS: [&str; 3] = ["exp", "iat", "epoch"];

fn shape_cases(forge: &Forge, name: &str, cases: &mut Cases) {
    let claims = &forge.claims;
    let right = claims.raw(name).to_owned();
    let mut case = |what: String, claims: Members| {
        cases.push((format!("{name} {what}"), forge.sign_claims(&claims)));
    };
    case("repeated, the same".into(), claims.and(name, &right));
    case("repeated, null last".into(), claims.and(name, "null"));
    case("repeated, null first".into(), claims.after(name, "null"));
    let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
    case("repeated in an escape".into(), claims.and(&escaped, &right));
    case("null".into(), claims.with(name, "null"));
    case("true".into(), claims.with(name, "true"));
    case("an object".into(), claims.with(name, "{}"));
    case(
        "an object around it".into(),
        claims.with(name, &format!("{{\"v\":{right}}}")),
    );
    case("not JSON".into(), claims.with(name, "undefined"));
}

#[test]
fn a_text_missing_repeated_or_of_another_type() {
    let forge = Forge::new();
    let mut cases = Vec::new();
    for name in TEXTS {
        shape_cases(&forge, name, &mut cases);
        let claims = &forge.claims;
        let right = claims.raw(name);
        for (what, changed) in [
            ("missing", claims.without(name)),
            (
                "in capitals",
                claims.without(name).and(&name.to_uppercase(), right),
            ),
            ("empty", claims.with(name, r#""""#)),
            ("0", claims.with(name, "0")),
            ("1", claims.with(name, "1")),
            ("1.5", claims.with(name, "1.5")),
            ("an empty array", claims.with(name, "[]")),
            ("in an array", claims.with(name, &format!("[{right}]"))),
            ("half a surrogate pair", claims.with(name, r#""\ud800""#)),
            ("a raw control character", claims.with(name, "\"a\u{1}\"")),
        ] {
            cases.push((format!("{name} {what}"), forge.sign_claims(&changed)));
        }
    }
    assert_eq!(cases.len(), 5 * 19);
    forge.refuses(&cases);
}

#[test]
fn a_number_missing_repeated_or_of_another_type() {
    let forge = Forge::new();
    let mut cases = Vec::new();
    for name in NUMBERS {
        shape_cases(&forge, name, &mut cases);
        let claims = &forge.claims;
        let right = claims.raw(name);
        for (what, changed) in [
            ("missing", claims.without(name)),
            ("as text", claims.with(name, &quoted(right))),
            ("as a decimal", claims.with(name, &format!("{right}.0"))),
            ("as a float", claims.with(name, &format!("{right}.5"))),
            ("in scientific form", claims.with(name, "17e8")),
            ("1e999", claims.with(name, "1e999")),
            ("-1e999", claims.with(name, "-1e999")),
            ("2^63", claims.with(name, "9223372036854775808")),
            ("2^64", claims.with(name, "18446744073709551616")),
            ("a hundred digits", claims.with(name, &"9".repeat(100))),
            ("a leading zero", claims.with(name, &format!("0{right}"))),
            ("a leading plus", claims.with(name, &format!("+{right}"))),
            ("hexadecimal", claims.with(name, "0x7fffffff")),
            ("NaN", claims.with(name, "NaN")),
            ("Infinity", claims.with(name, "Infinity")),
            ("empty text", claims.with(name, r#""""#)),
            ("an array", claims.with(name, &format!("[{right}]"))),
            ("a date", claims.with(name, r#""2999-01-01T00:00:00Z""#)),
        ] {
            cases.push((format!("{name} {what}"), forge.sign_claims(&changed)));
        }
    }
    assert_eq!(cases.len(), 3 * 27);
    forge.refuses(&cases);
}

#[test]
fn exp_is_the_first_second_that_is_refused() {
    let forge = Forge::new();
    let with = |exp: i64| forge.sign_claims(&forge.claims.with("exp", &exp.to_string()));
    let past = [NOW, NOW - 1, 0, -1, i64::MIN];
    let cases = past.map(|exp| (format!("exp {exp}"), with(exp)));
    forge.refuses(&cases);
    let future = [NOW + 1, EXPIRES, i64::MAX];
    forge.accepts(&future.map(|exp| (format!("exp {exp}"), with(exp))));

    let token = with(EXPIRES);
    for (now, fine) in [(EXPIRES - 1, true), (EXPIRES, false), (EXPIRES + 1, false)] {
        let verifier = verifier(&forge.key);
        assert_eq!(verifier.verify(&token, now).is_ok(), fine, "at {now}");
    }
    for (now, fine) in [(EXPIRES + 29, true), (EXPIRES + 30, false)] {
        let verifier = verifier(&forge.key).leeway(30);
        assert_eq!(
            verifier.verify(&token, now).is_ok(),
            fine,
            "leeway, at {now}"
        );
    }
    // The most that can be asked for.
    for (now, fine) in [(EXPIRES + 59, true), (EXPIRES + 60, false)] {
        let verifier = verifier(&forge.key).leeway(u32::MAX);
        assert_eq!(
            verifier.verify(&token, now).is_ok(),
            fine,
            "most leeway, at {now}"
        );
    }
    let endless = with(i64::MAX);
    let verifier = verifier(&forge.key).leeway(60);
    assert!(verifier.verify(&endless, i64::MAX - 1).is_ok());
}

#[test]
fn nbf_is_optional_and_held() {
    let forge = Forge::new();
    let with = |raw: &str| {
        let token = forge.sign_claims(&forge.claims.and("nbf", raw));
        (format!("nbf {raw}"), token)
    };
    let (now, next) = (NOW.to_string(), (NOW + 1).to_string());
    forge.accepts(&["0", "-5", &now].map(with));
    let mut refused: Vec<_> = EVERY_TYPE
        .iter()
        .filter(|raw| **raw != "0")
        .copied()
        .collect();
    let quoted_now = quoted(&now);
    refused.extend([
        &*next,
        &*quoted_now,
        "1e999",
        "9223372036854775808",
        "9223372036854775807",
    ]);
    let mut cases: Cases = refused.into_iter().map(with).collect();
    let twice = forge.claims.and("nbf", "0").and("nbf", "0");
    cases.push(("nbf twice".into(), forge.sign_claims(&twice)));
    assert_eq!(cases.len(), 15);
    forge.refuses(&cases);
    let lenient = verifier(&forge.key).leeway(1);
    assert!(lenient.verify(&with(&next).1, NOW).is_ok());
}

#[test]
fn iss_is_ours_letter_by_letter() {
    let forge = Forge::new();
    let cases = [
        "https://auth.example.com/",
        "HTTPS://auth.example.com",
        "https://AUTH.example.com",
        "http://auth.example.com",
        "https://auth.example.com:443",
        "https://auth.example.co",
        "https://auth.example.com.evil.example",
        "https://auth.example.com?",
        "auth.example.com",
        "https://auth.example.com#",
        " https://auth.example.com",
        "https://auth.example.com ",
        "https://auth.example.com\0",
        "https://auth.ex\u{430}mple.com",
        "https://api.example.com",
    ]
    .map(|iss| {
        let token = forge.sign_claims(&forge.claims.with("iss", &quoted(iss)));
        (format!("iss {iss:?}"), token)
    });
    forge.refuses(&cases);
}

#[test]
fn aud_is_ours_or_a_list_with_ours() {
    let forge = Forge::new();
    let with = |raw: String| {
        let token = forge.sign_claims(&forge.claims.with("aud", &raw));
        (format!("aud {raw}"), token)
    };
    let ours = quoted(AUDIENCE);
    forge.accepts(&[
        with(ours.clone()),
        with(format!("[{ours}]")),
        with(format!(r#"["https://other.example",{ours}]"#)),
        with(format!(r#"[{ours},"https://other.example"]"#)),
        with(format!("[{ours},{ours}]")),
    ]);
    let mut refused: Vec<_> = EVERY_TYPE.iter().map(|raw| (*raw).to_owned()).collect();
    refused.extend(
        [
            "https://api.example.com/",
            "https://api.example.com ",
            "https://api.example.co",
            "https://api.example.com.evil.example",
            "HTTPS://API.EXAMPLE.COM",
            "api.example.com",
            "https://api.example.com https://other.example",
            "https://api.example.com,x",
            "*",
            "https://auth.example.com",
            "",
        ]
        .iter()
        .flat_map(|text| [quoted(text), format!("[{}]", quoted(text))]),
    );
    refused.sort();
    refused.dedup();
    refused.extend([
        format!("[[{ours}]]"),
        format!("[{ours},1]"),
        format!("[{ours},null]"),
        format!("[null,{ours}]"),
        format!("{{\"0\":{ours}}}"),
        format!("{{{ours}:true}}"),
        format!("[{ours}"),
        format!("[{ours},]"),
    ]);
    let mut cases: Cases = refused.into_iter().map(with).collect();
    cases.push((
        "aud missing".into(),
        forge.sign_claims(&forge.claims.without("aud")),
    ));
    let other = r#""https://other.example""#;
    for (name, claims) in [
        ("aud twice", forge.claims.and("aud", &ours)),
        ("aud twice, ours first", forge.claims.and("aud", other)),
        ("aud twice, ours last", forge.claims.after("aud", other)),
    ] {
        cases.push((name.into(), forge.sign_claims(&claims)));
    }
    assert_eq!(cases.len(), 43);
    forge.refuses(&cases);
}

#[test]
fn scope_is_optional_and_well_formed() {
    let forge = Forge::new();
    let with = |raw: &str| {
        let token = forge.sign_claims(&forge.claims.with("scope", raw));
        (format!("scope {raw}"), token)
    };
    let none = forge
        .verify(&forge.sign_claims(&forge.claims.without("scope")))
        .unwrap();
    assert!(none.scopes.is_empty());
    forge.accepts(&[r#""""#, r#""a""#, r#""a b a""#].map(with));
    let mut refused: Vec<_> = EVERY_TYPE
        .iter()
        .filter(|raw| **raw != r#""""#)
        .copied()
        .collect();
    refused.extend([
        r#""a  b""#,
        r#"" a""#,
        r#""a ""#,
        r#"" ""#,
        r#""a\tb""#,
        r#""a\nb""#,
        r#""a\"b""#,
        r#""a\\b""#,
        r#""ä""#,
        r#""a\u0000""#,
        r#"["items:read","users:read"]"#,
    ]);
    let mut cases: Cases = refused.into_iter().map(with).collect();
    let twice = forge.claims.and("scope", r#""admin""#);
    cases.push(("scope twice".into(), forge.sign_claims(&twice)));
    assert_eq!(cases.len(), 21);
    forge.refuses(&cases);
}

#[test]
fn members_repeated_inside_an_unknown_claim_are_refused() {
    let forge = Forge::new();
    let with = |raw: &str| {
        let token = forge.sign_claims(&forge.claims.and("extra", raw));
        (format!("extra {raw}"), token)
    };
    // Claims that nobody here reads are allowed (RFC 7519 §4).
    forge.accepts(
        &[
            "1",
            "null",
            "[[{}]]",
            r#"{"a":{"a":1}}"#,
            r#"[{"a":1},{"a":1}]"#,
        ]
        .map(with),
    );
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    forge.refuses(
        &[
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"[{"a":1,"a":1}]"#,
            r#"[[[{"a":1,"\u0061":1}]]]"#,
            &deep,
        ]
        .map(with),
    );
}

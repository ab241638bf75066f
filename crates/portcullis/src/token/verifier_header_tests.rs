//! The header: `typ`, `alg` and `kid`, exactly, and nothing else (RFC 8725 §3.1, RFC 9068 §4).

use super::*;

#[test]
fn rfc_9068_s4_forms_of_typ() {
    let forge = Forge::new();
    let with = |typ: &str| {
        let token = forge.sign_header(&forge.header.with("typ", &quoted(typ)));
        (format!("typ {typ:?}"), token)
    };
    let accepted = [
        "at+jwt",
        "AT+JWT",
        "At+Jwt",
        "application/at+jwt",
        "APPLICATION/AT+JWT",
    ];
    forge.accepts(&accepted.map(with));
    let refused = [
        "JWT",
        "jwt",
        "at",
        "at+jwt ",
        " at+jwt",
        "at jwt",
        "at+jwt\0",
        "at+jwt;v=1",
        "application/jwt",
        "application/application/at+jwt",
        "/at+jwt",
        "text/at+jwt",
        "application/at+jwt; charset=utf-8",
        "application /at+jwt",
        "dpop+jwt",
        "logout+jwt",
        "id+jwt",
        "at+JWS",
        "at+jwt\u{200b}",
        "\u{ff41}t+jwt",
        "at+jw\u{1d5b3}",
    ];
    forge.refuses(&refused.map(with));
}

#[test]
fn alg_is_es256_and_nothing_else() {
    let forge = Forge::new();
    // The signature is right over each of these headers: only the header can refuse them.
    let cases: Vec<_> = [
        "none",
        "None",
        "NONE",
        "nOnE",
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES384",
        "ES512",
        "ES256K",
        "EdDSA",
        "Ed25519",
        "es256",
        "Es256",
        "ES256 ",
        " ES256",
        "ES256\0",
        "ES256\n",
        "ES256,none",
        "dir",
        "RSA-OAEP",
        "A128KW",
        "ES256\u{200b}",
        "\u{ff25}S256",
    ]
    .iter()
    .map(|alg| {
        let token = forge.sign_header(&forge.header.with("alg", &quoted(alg)));
        (format!("alg {alg:?}"), token)
    })
    .collect();
    assert_eq!(cases.len(), 30);
    forge.refuses(&cases);
}

#[test]
fn unsigned_tokens_are_refused() {
    let forge = Forge::new();
    let mut cases = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = forge.header.with("alg", &quoted(alg));
        for (which, header) in [("kid", header.clone()), ("no kid", header.without("kid"))] {
            let signed = forge.sign(&header, &forge.claims);
            let message = signed.rsplit_once('.').unwrap().0.to_owned();
            let name = format!("alg {alg:?}, {which}");
            cases.push((format!("{name}, empty signature"), format!("{message}.")));
            cases.push((format!("{name}, no third part"), message));
            cases.push((format!("{name}, signed all the same"), signed));
        }
    }
    assert_eq!(cases.len(), 30);
    forge.refuses(&cases);
}

#[test]
fn a_header_member_missing_repeated_renamed_or_of_another_type() {
    let forge = Forge::new();
    let header = &forge.header;
    let mut cases = Vec::new();
    for name in ["typ", "alg", "kid"] {
        let right = header.raw(name).to_owned();
        let mut case = |what: &str, header: Members| {
            cases.push((format!("{name} {what}"), forge.sign_header(&header)));
        };
        case("missing", header.without(name));
        case("repeated, the same", header.and(name, &right));
        case("repeated, another last", header.and(name, r#""x""#));
        case("repeated, another first", header.after(name, r#""x""#));
        let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
        case("repeated in an escape", header.and(&escaped, &right));
        let capital = name.to_ascii_uppercase();
        let renamed = header.without(name).and(&capital, &right);
        case("in capitals", renamed);
        case("and again in capitals", header.and(&capital, &right));
        case("in an array", header.with(name, &format!("[{right}]")));
        for raw in EVERY_TYPE {
            case(&format!("is {raw}"), header.with(name, raw));
        }
    }
    assert_eq!(cases.len(), 3 * 18);
    forge.refuses(&cases);
}

#[test]
fn kid_names_one_of_our_keys_exactly() {
    let forge = Forge::new();
    let kid = forge.key.public().kid().to_owned();
    let other = SigningKey::generate().unwrap();
    let cases: Vec<_> = [
        ("in small letters", kid.to_lowercase()),
        ("in capitals", kid.to_uppercase()),
        ("with a space", format!("{kid} ")),
        ("with a NUL", format!("{kid}\0")),
        ("a prefix", kid[..42].to_owned()),
        ("longer", format!("{kid}A")),
        ("padded", format!("{kid}=")),
        ("of another key", other.public().kid().to_owned()),
        ("a path", "../../../../dev/null".to_owned()),
        ("an injection", "x' UNION SELECT 'key' --".to_owned()),
        ("an address", "https://evil.example/jwks.json".to_owned()),
    ]
    .into_iter()
    .map(|(name, kid)| {
        let token = forge.sign_header(&forge.header.with("kid", &quoted(&kid)));
        (name.to_owned(), token)
    })
    .collect();
    assert_eq!(cases.len(), 11);
    forge.refuses(&cases);
}

#[test]
fn rfc_8725_s3_10_members_that_bring_their_own_key_or_rules() {
    let forge = Forge::new();
    let attacker = SigningKey::generate().unwrap();
    let jwk = serde_json::to_string(&attacker.public().to_jwk()).unwrap();
    let cases: Vec<_> = [
        ("crit", r#"["exp"]"#),
        ("crit", "[]"),
        ("crit", r#"["b64"]"#),
        ("crit", "null"),
        ("b64", "false"),
        ("b64", "true"),
        ("zip", r#""DEF""#),
        ("jku", r#""https://evil.example/jwks.json""#),
        ("x5u", r#""https://evil.example/chain.pem""#),
        ("x5c", r#"["MIIB"]"#),
        ("x5t", r#""AAAA""#),
        ("x5t#S256", r#""AAAA""#),
        ("jwk", &jwk),
        ("jwk", "null"),
        ("cty", r#""JWT""#),
        ("enc", r#""A256GCM""#),
        ("epk", &jwk),
        ("p2c", "2147483647"),
        ("iss", &quoted(ISSUER)),
        ("nonce", r#""x""#),
        ("unknown", "1"),
        ("", "1"),
        ("kid ", "1"),
        ("__proto__", "{}"),
    ]
    .iter()
    .map(|(name, raw)| {
        let token = forge.sign_header(&forge.header.and(name, raw));
        (format!("{name:?}: {raw}"), token)
    })
    .collect();
    assert_eq!(cases.len(), 24);
    forge.refuses(&cases);
}

#[test]
fn a_key_in_the_header_does_not_verify_its_own_token() {
    let forge = Forge::new();
    let attacker = Forge::new();
    let jwk = serde_json::to_string(&attacker.key.public().to_jwk()).unwrap();
    let ours = forge.header.raw("kid").to_owned();
    let header = attacker.header.and("jwk", &jwk);
    let cases = [
        ("its kid", attacker.sign_header(&header)),
        ("our kid", attacker.sign_header(&header.with("kid", &ours))),
        ("no kid", attacker.sign_header(&header.without("kid"))),
    ];
    forge.refuses(&cases.map(|(name, token)| (name.to_owned(), token)));
}

//! The text: three segments of base64url, and nothing else (RFC 7515 §3.1).

use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::*;

#[test]
fn every_flipped_bit_is_noticed() {
    let forge = Forge::new();
    let token = forge.token();
    let parts = segments(&token).map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
    let mut flipped = 0;
    for segment in 0..3 {
        for position in 0..parts[segment].len() {
            for bit in 0..8 {
                let mut forged = parts.clone();
                forged[segment][position] ^= 1 << bit;
                let forged = forged.map(|part| encode(&part)).join(".");
                assert!(
                    forge.verify(&forged).is_err(),
                    "segment {segment}, byte {position}, bit {bit}"
                );
                flipped += 1;
            }
        }
    }
    assert!(flipped > 2_000, "only {flipped} bits");
    assert!(forge.verify(&token).is_ok());
}

#[test]
fn every_prefix_suffix_and_extension_is_refused() {
    let forge = Forge::new();
    let token = forge.token();
    for end in 0..token.len() {
        assert!(
            forge.verify(&token[..end]).is_err(),
            "the first {end} bytes"
        );
        assert!(
            forge.verify(&token[end + 1..]).is_err(),
            "without the first {}",
            end + 1
        );
    }
    // One more character may be any that an HTTP header can carry.
    for more in (0u8..=127).map(char::from) {
        assert!(
            forge.verify(&format!("{token}{more}")).is_err(),
            "{more:?} at the end"
        );
        assert!(
            forge.verify(&format!("{more}{token}")).is_err(),
            "{more:?} at the beginning"
        );
    }
    assert!(forge.verify(&format!("{token}{token}")).is_err(), "twice");
    assert!(
        forge.verify(&format!("{token} {token}")).is_err(),
        "twice, with a space"
    );
    assert!(
        forge.verify(&format!("Bearer {token}")).is_err(),
        "with its scheme"
    );
    assert!(forge.verify(&format!("\"{token}\"")).is_err(), "quoted");
}

/// Header and claims with spaces inside, so that base64url leaves spare bits in the last character.
fn with_spare_bits(json: &str, spare: usize) -> String {
    let mut json = json.to_owned();
    while json.len() % 3 != spare {
        json.insert(1, ' ');
    }
    json
}

/// The other last characters that decode, leniently, to the same bytes.
fn last_character_twins(segment: &str) -> Vec<String> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (body, last) = segment.split_at(segment.len() - 1);
    let value = ALPHABET.find(last).unwrap();
    let spare = match segment.len() % 4 {
        2 => 16,
        3 => 4,
        _ => 1,
    };
    let first = value - value % spare;
    (first..first + spare)
        .filter(|twin| *twin != value)
        .map(|twin| format!("{body}{}", &ALPHABET[twin..=twin]))
        .collect()
}

#[test]
fn spare_bits_of_each_segment_must_be_zero() {
    let forge = Forge::new();
    let mut cases = Vec::new();
    for spare in [1, 2] {
        let header = encode(with_spare_bits(&forge.header.json(), spare).as_bytes());
        let claims = encode(with_spare_bits(&forge.claims.json(), spare).as_bytes());
        let right = forge.sign_text(&format!("{header}.{claims}"));
        assert!(forge.verify(&right).is_ok(), "spaces are allowed in JSON");
        // Signed as they stand: only the decoder can refuse them.
        for twin in last_character_twins(&header) {
            cases.push((
                format!("header …{}", &twin[twin.len() - 6..]),
                forge.sign_text(&format!("{twin}.{claims}")),
            ));
        }
        for twin in last_character_twins(&claims) {
            cases.push((
                format!("claims …{}", &twin[twin.len() - 6..]),
                forge.sign_text(&format!("{header}.{twin}")),
            ));
        }
    }
    let token = forge.token();
    let [header, claims, signature] = segments(&token);
    for twin in last_character_twins(signature) {
        cases.push((
            format!("signature {twin}"),
            format!("{header}.{claims}.{twin}"),
        ));
    }
    assert_eq!(cases.len(), 2 * (15 + 3) + 15);
    forge.refuses(&cases);
}

#[test]
fn base64_in_another_dress_is_refused() {
    let forge = Forge::new();
    // Claims whose encoding holds a character that the two alphabets write differently.
    let claims = forge.claims.and("x", r#"">>>???>>>???>""#).json();
    let header = forge.header.json();
    let right = forge.sign_bytes(header.as_bytes(), claims.as_bytes());
    assert!(forge.verify(&right).is_ok());
    let [head, body, signature] = segments(&right);
    let standard = STANDARD_NO_PAD.encode(&claims);
    assert_ne!(standard, body);
    let hexadecimal = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let hexadecimal = hexadecimal
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let cases = [
        (
            "claims in the standard alphabet",
            forge.sign_text(&format!("{head}.{standard}")),
        ),
        (
            "claims not encoded",
            forge.sign_text(&format!("{head}.{claims}")),
        ),
        (
            "header not encoded",
            forge.sign_text(&format!("{header}.{body}")),
        ),
        (
            "header encoded twice",
            forge.sign_text(&format!("{}.{body}", encode(head.as_bytes()))),
        ),
        (
            "claims encoded twice",
            forge.sign_text(&format!("{head}.{}", encode(body.as_bytes()))),
        ),
        (
            "signature in hexadecimal",
            format!("{head}.{body}.{hexadecimal}"),
        ),
    ];
    forge.refuses(&cases.map(|(name, token)| (name.to_owned(), token)));
}

#[test]
fn nothing_stands_around_a_segment() {
    let forge = Forge::new();
    let garnishes = [
        "=", "==", "===", " ", "\t", "\n", "\r\n", "\0", "%3D", "\u{200b}", "\u{feff}", "A",
    ];
    let mut cases = Vec::new();
    // One segment length for which padding would be right, and one for which it would not.
    for spare in [0, 1] {
        let header = encode(with_spare_bits(&forge.header.json(), spare).as_bytes());
        let claims = encode(with_spare_bits(&forge.claims.json(), spare).as_bytes());
        let right = forge.sign_text(&format!("{header}.{claims}"));
        assert!(forge.verify(&right).is_ok());
        for more in garnishes {
            for (place, token) in [
                (
                    "after header",
                    forge.sign_text(&format!("{header}{more}.{claims}")),
                ),
                (
                    "after claims",
                    forge.sign_text(&format!("{header}.{claims}{more}")),
                ),
                ("after signature", format!("{right}{more}")),
                (
                    "before header",
                    forge.sign_text(&format!("{more}{header}.{claims}")),
                ),
                (
                    "before claims",
                    forge.sign_text(&format!("{header}.{more}{claims}")),
                ),
                ("before signature", {
                    let (message, signature) = right.rsplit_once('.').unwrap();
                    format!("{message}.{more}{signature}")
                }),
            ] {
                cases.push((format!("{more:?} {place}, {spare} over"), token));
            }
        }
    }
    assert_eq!(cases.len(), 2 * 12 * 6);
    forge.refuses(&cases);
}

#[test]
fn there_are_three_segments_and_none_is_empty() {
    let forge = Forge::new();
    let token = forge.token();
    let [h, c, s] = segments(&token);
    let json = |text: &str| text.to_owned();
    let cases: Vec<_> = [
        ("nothing", String::new()),
        ("one segment", json(h)),
        ("two segments", format!("{h}.{c}")),
        ("claims and signature", format!("{c}.{s}")),
        ("header and signature", format!("{h}.{s}")),
        ("four: signature twice", format!("{token}.{s}")),
        ("four: header twice", format!("{h}.{token}")),
        ("four: an empty last", format!("{token}.")),
        ("four: an empty first", format!(".{token}")),
        ("four, signed", forge.sign_text(&format!("{h}.{c}.{c}"))),
        (
            "four, an empty one signed",
            forge.sign_text(&format!("{h}..{c}")),
        ),
        ("five, as encrypted tokens have", format!("{token}.{s}.{s}")),
        ("five, empty", "....".to_owned()),
        ("two dots", "..".to_owned()),
        ("one dot", ".".to_owned()),
        ("a dot twice", format!("{h}..{c}.{s}")),
        ("another dot twice", format!("{h}.{c}..{s}")),
        ("empty header", forge.sign_text(&format!(".{c}"))),
        ("empty claims", forge.sign_text(&format!("{h}."))),
        ("empty signature", format!("{h}.{c}.")),
        ("a million dots", ".".repeat(1_000_000)),
        ("a million letters", "A".repeat(1_000_000)),
        ("8 KiB of dots", ".".repeat(TokenVerifier::MAX_BYTES)),
        ("full-width dots", token.replace('.', "\u{ff0e}")),
        (
            "flattened JSON",
            format!(r#"{{"protected":"{h}","payload":"{c}","signature":"{s}"}}"#),
        ),
        (
            "general JSON",
            format!(
                r#"{{"payload":"{c}","signatures":[{{"protected":"{h}","signature":"{s}"}}]}}"#
            ),
        ),
        ("an opaque token", "Zm9vYmFyYmF6cXV4".to_owned()),
        ("the tutorial's token", "johndoe".to_owned()),
    ]
    .into_iter()
    .map(|(name, token)| (name.to_owned(), token))
    .collect();
    assert_eq!(cases.len(), 28);
    forge.refuses(&cases);
}

#[test]
fn what_is_inside_is_one_json_object_in_utf_8() {
    let forge = Forge::new();
    let (header, claims) = (forge.header.json(), forge.claims.json());
    let utf_16 =
        |text: &str, of: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(of).collect::<Vec<u8>>();
    let forms = |json: &str| -> Vec<(&'static str, Vec<u8>)> {
        let open = json.strip_suffix('}').unwrap();
        vec![
            ("empty", Vec::new()),
            ("null", b"null".to_vec()),
            ("an array", format!("[{json}]").into_bytes()),
            ("text", quoted(json).into_bytes()),
            ("a number", b"1".to_vec()),
            ("an empty object", b"{}".to_vec()),
            ("not closed", open.as_bytes().to_vec()),
            ("closed twice", format!("{json}}}").into_bytes()),
            ("two objects", format!("{json}{json}").into_bytes()),
            ("a comma at the end", format!("{open},}}").into_bytes()),
            ("a comment", format!("{json}/* */").into_bytes()),
            ("a line comment", format!("{json}//").into_bytes()),
            ("a NUL at the end", format!("{json}\0").into_bytes()),
            ("single quotes", json.replace('"', "'").into_bytes()),
            ("a byte order mark", format!("\u{feff}{json}").into_bytes()),
            ("UTF-16, little end first", utf_16(json, u16::to_le_bytes)),
            ("UTF-16, big end first", utf_16(json, u16::to_be_bytes)),
            (
                "a member that is not UTF-8",
                [open.as_bytes(), b",\"x\":\"\xff\"}"].concat(),
            ),
            (
                "a name that is not UTF-8",
                [open.as_bytes(), b",\"\xc3\x28\":1}"].concat(),
            ),
            (
                "an overlong form",
                [open.as_bytes(), b",\"x\":\"\xc0\xaf\"}"].concat(),
            ),
            (
                "half a surrogate pair in UTF-8",
                [open.as_bytes(), b",\"x\":\"\xed\xa0\x80\"}"].concat(),
            ),
            (
                "deep",
                format!("{open},\"x\":{}1{}}}", "[".repeat(2000), "]".repeat(2000)).into_bytes(),
            ),
        ]
    };
    let mut cases = Vec::new();
    for (name, bytes) in forms(&header) {
        cases.push((
            format!("header {name}"),
            forge.sign_bytes(&bytes, claims.as_bytes()),
        ));
    }
    for (name, bytes) in forms(&claims) {
        cases.push((
            format!("claims {name}"),
            forge.sign_bytes(header.as_bytes(), &bytes),
        ));
    }
    assert_eq!(cases.len(), 44);
    forge.refuses(&cases);
}

#[test]
fn eight_kib_is_looked_at_and_one_byte_more_is_not() {
    let forge = Forge::new();
    let encoded = |bytes: usize| (bytes * 4).div_ceil(3);
    let of_length = |wanted: usize| {
        let (header, claims) = (forge.header.json(), forge.claims.and("pad", "\"\"").json());
        for in_header in 0..4 {
            for in_claims in 5_000..6_200 {
                let length = encoded(header.len() + in_header)
                    + 1
                    + encoded(claims.len() + in_claims)
                    + 1
                    + 86;
                if length == wanted {
                    let header = header.replacen('{', &format!("{{{}", " ".repeat(in_header)), 1);
                    let pad = format!("\"{}\"", "p".repeat(in_claims));
                    let claims = forge.claims.and("pad", &pad).json();
                    return forge.sign_bytes(header.as_bytes(), claims.as_bytes());
                }
            }
        }
        unreachable!("no padding gives {wanted} bytes")
    };
    for length in [8191, 8192] {
        let token = of_length(length);
        assert_eq!(token.len(), length);
        assert!(forge.verify(&token).is_ok(), "{length} bytes");
    }
    let token = of_length(8193);
    assert_eq!(token.len(), TokenVerifier::MAX_BYTES + 1);
    forge.refuses(&[("8,193 bytes".to_owned(), token)]);
}

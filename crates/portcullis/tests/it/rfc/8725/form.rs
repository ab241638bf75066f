//! How a token is written: rows W3, W5, W10, W12 to W15.

use serde_json::{Value, json};

use crate::fixture::{NOW, bearer, part, send};
use crate::rfc::dialogue::app;
use crate::rfc::forge::{Forge, encode};

#[tokio::test]
async fn s3_3_three_parts_and_each_is_right() {
    let forge = Forge::new().await;
    let parts: Vec<_> = forge.genuine.split('.').collect();
    let nested = forge.sign(&format!("{}.{}", parts[0], encode(&forge.genuine)));
    let in_json = json!({
        "protected": parts[0], "payload": parts[1], "signature": parts[2],
    });
    let encrypted = encode(r#"{"alg":"dir","enc":"A256GCM"}"#);
    for (name, token) in [
        (
            "five parts",
            format!("{encrypted}..{}.{}.{}", encode([0; 12]), parts[1], parts[2]),
        ),
        (
            "five of ours",
            format!("{}.{}.{}", forge.genuine, parts[1], parts[2]),
        ),
        ("four", format!("{}.{}", forge.genuine, parts[2])),
        ("two", format!("{}.{}", parts[0], parts[1])),
        ("one", parts[1].to_owned()),
        ("a JWT in a JWT", nested),
        ("the JSON of it", encode(in_json.to_string())),
        ("no header", format!(".{}.{}", parts[1], parts[2])),
        ("no claims", forge.sign(&format!("{}.", parts[0]))),
        ("claims that are a list", forge.claiming_raw("[]")),
        ("claims that are text", forge.claiming_raw(r#""x""#)),
    ] {
        forge.is_refused(name, &token).await;
    }
    // The JSON itself is not even a token's alphabet.
    let answer = send(
        &app(&forge.house),
        bearer("/users/me", &in_json.to_string()),
    )
    .await;
    assert_eq!(answer.refusal().1, "invalid_token");
}

#[tokio::test]
async fn s3_6_nothing_is_compressed() {
    let forge = Forge::new().await;
    for zip in [json!("DEF"), json!("GZIP"), json!(""), Value::Null] {
        let token = forge.headed(|header| header["zip"] = zip.clone());
        forge.is_refused(&format!("zip {zip}"), &token).await;
    }
    let jwe = encode(r#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#);
    let token = format!(
        "{jwe}..{}.{}.{}",
        encode([0; 12]),
        encode([0; 64]),
        encode([0; 16])
    );
    forge.is_refused("a JWE", &token).await;
}

#[tokio::test]
async fn s3_7_utf_8_alone() {
    let forge = Forge::new().await;
    let header = forge.header().to_string();
    let claims = forge.claims().to_string();
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let marked = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let broken = claims.replace("portcullis", "port\u{1}ullis").into_bytes();
    let broken: Vec<u8> = broken
        .iter()
        .map(|byte| if *byte == 1 { 0xff } else { *byte })
        .collect();
    for (name, token) in [
        (
            "a header in UTF-16",
            forge.sign_bytes(&wide(&header), claims.as_bytes()),
        ),
        (
            "claims in UTF-16",
            forge.sign_bytes(header.as_bytes(), &wide(&claims)),
        ),
        (
            "a mark before the header",
            forge.sign_bytes(&marked(&header), claims.as_bytes()),
        ),
        (
            "a mark before the claims",
            forge.sign_bytes(header.as_bytes(), &marked(&claims)),
        ),
        (
            "a byte that is no letter",
            forge.sign_bytes(header.as_bytes(), &broken),
        ),
    ] {
        forge.is_refused(name, &token).await;
    }
}

#[tokio::test]
async fn s3_10_a_claim_of_the_wrong_type_is_no_claim() {
    let forge = Forge::new().await;
    for name in ["exp", "iat", "nbf"] {
        for bad in [
            json!((NOW + 500).to_string()),
            Value::Null,
            json!([NOW]),
            json!({ "at": NOW }),
            json!(true),
            json!(f64::from(i32::MAX) + 0.5),
        ] {
            let token = forge.claiming(|claims| claims[name] = bad.clone());
            forge.is_refused(&format!("{name} {bad}"), &token).await;
        }
        let claims = forge.claiming(|claims| claims[name] = json!("HERE"));
        let payload = part(&claims, 1).to_string();
        for huge in [
            "1e999",
            "-1e999",
            "99999999999999999999",
            "1e400",
            "0x10",
            "+1",
            "NaN",
        ] {
            let token = forge.claiming_raw(&payload.replace("\"HERE\"", huge));
            forge.is_refused(&format!("{name} {huge}"), &token).await;
        }
    }
    for name in [
        "iss",
        "sub",
        "aud",
        "client_id",
        "jti",
        "sid",
        "epoch",
        "scope",
    ] {
        for bad in [
            Value::Null,
            json!(1.5),
            json!([[]]),
            json!({}),
            json!(false),
        ] {
            let token = forge.claiming(|claims| claims[name] = bad.clone());
            forge.is_refused(&format!("{name} {bad}"), &token).await;
        }
    }
}

#[tokio::test]
async fn s2_9_size_is_bounded_before_anything_is_read() {
    let forge = Forge::new().await;
    // The longest that fits is looked at, and one byte more is not, although both are signed.
    let sized = |pad: usize| forge.claiming(|claims| claims["pad"] = "x".repeat(pad).into());
    let mut pad = 5_000;
    while sized(pad + 1).len() <= 8 * 1024 {
        pad += 1;
    }
    forge.is_accepted("8 KiB", &sized(pad)).await;
    forge.is_refused("more", &sized(pad + 3)).await;
    for (name, token) in [
        ("dots", ".".repeat(1_000_000)),
        ("letters", "A".repeat(1_000_000)),
        ("brackets", forge.claiming_raw(&"[".repeat(100_000))),
        (
            "deep",
            forge.claiming_raw(&format!("{{\"a\":{}", "[".repeat(5_000))),
        ),
    ] {
        forge.is_refused(name, &token).await;
    }
}

#[tokio::test]
async fn rfc_7515_s2_base64url_is_strict() {
    let forge = Forge::new().await;
    let parts: Vec<_> = forge.genuine.split('.').collect();
    for (at, part) in parts.iter().enumerate() {
        let mut dressed = vec![format!("{part}="), format!("{part}=="), format!("{part}A")];
        // Letters that a lenient decoder takes for others, or skips.
        dressed.extend([
            format!("{part}~"),
            format!("+{part}"),
            format!("{part}/"),
            format!("~{part}"),
        ]);
        for (number, dress) in dressed.into_iter().enumerate() {
            let mut changed = parts.clone();
            changed[at] = &dress;
            forge
                .is_refused(&format!("part {at}, dress {number}"), &changed.join("."))
                .await;
        }
    }
    // 64 bytes leave four spare bits in the last letter of the signature: all but one way of writing it
    // are refused.
    let (all_but_last, last) = forge.genuine.split_at(forge.genuine.len() - 1);
    let mut written = Vec::new();
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
        let request = bearer("/users/me", &format!("{all_but_last}{letter}"));
        if send(&app(&forge.house), request).await.status == 200 {
            written.push(letter.to_string());
        }
    }
    assert_eq!(written, [last]);
}

#[tokio::test]
async fn rfc_7519_s4_no_member_is_there_twice() {
    let forge = Forge::new().await;
    let header = forge.header().to_string();
    let claims = forge.claims().to_string();
    let last = |json: &str, more: &str| format!("{},{more}}}", json.strip_suffix('}').unwrap());
    let first = |json: &str, more: &str| format!("{{{more},{}", json.strip_prefix('{').unwrap());
    for more in [
        r#""alg":"none""#,
        r#""alg":"ES256""#,
        r#""\u0061lg":"ES256""#,
        r#""typ":"JWT""#,
    ] {
        forge
            .is_refused(more, &forge.headed_raw(&last(&header, more)))
            .await;
        forge
            .is_refused(more, &forge.headed_raw(&first(&header, more)))
            .await;
    }
    for more in [
        r#""exp":9999999999"#,
        r#""sub":"another""#,
        r#""e\u0078p":9999999999"#,
        r#""x":{"y":1,"y":2}"#,
    ] {
        forge
            .is_refused(more, &forge.claiming_raw(&last(&claims, more)))
            .await;
        forge
            .is_refused(more, &forge.claiming_raw(&first(&claims, more)))
            .await;
    }
    let harmless = forge.claiming_raw(&last(&claims, r#""x":{"y":1,"z":2}"#));
    forge
        .is_accepted("one more that nobody knows", &harmless)
        .await;
}

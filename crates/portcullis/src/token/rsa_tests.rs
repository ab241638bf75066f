//! RSA keys: RFC 7638's own example, those that openssl makes, and those that nobody should.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};

use super::*;
use crate::token::{KeyFailed, SigningAlgorithm, SigningKey, VerifyingKey};

/// An element of DER, its length in as few bytes as there can be.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let bytes = length.to_be_bytes();
    let head = match length {
        0..=0x7f => vec![bytes[7]],
        0x80..=0xff => vec![0x81, bytes[7]],
        _ => vec![0x82, bytes[6], bytes[7]],
    };
    [vec![tag], head, content.to_vec()].concat()
}

fn number(bytes: &[u8]) -> Vec<u8> {
    let padded = [&[0], bytes].concat();
    der(2, if bytes[0] < 0x80 { bytes } else { &padded })
}

fn public(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    der(0x30, &[number(modulus), number(exponent)].concat())
}

/// The key of RFC 7638 §3.1, and its thumbprint.
#[test]
fn rfc_7638_s3_1_thumbprint() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP\
             ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY\
             368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f\
             M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    let modulus = URL_SAFE_NO_PAD.decode(n).unwrap();
    let key = VerifyingKey::read(SigningAlgorithm::Rs256, &public(&modulus, &[1, 0, 1])).unwrap();
    assert_eq!(key.kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_eq!(
        serde_json::to_value(key.to_jwk()).unwrap(),
        serde_json::json!({
            "kty": "RSA", "n": n, "e": "AQAB", "kid": key.kid(), "alg": "RS256", "use": "sig"
        })
    );
}

#[test]
fn sizes_and_exponents() {
    let modulus = |bits: usize| {
        let mut bytes = vec![0xff; bits.div_ceil(8)];
        bytes[0] = 0xff >> ((8 - bits % 8) % 8);
        bytes
    };
    for (bits, fine) in [
        (512, false),
        (1024, false),
        (2040, false),
        (2047, false),
        (2048, true),
        (2049, true),
        (3072, true),
        (4095, true),
        (4096, true),
        (4097, false),
        (8192, false),
    ] {
        let read = RsaNumbers::read(&public(&modulus(bits), &[1, 0, 1])).is_some();
        assert_eq!(read, fine, "{bits} bits");
    }
    for exponent in [
        &[1][..],
        &[3],
        &[17],
        &[1, 1],
        &[1, 0, 0],
        &[1, 0, 2],
        &[1, 0, 1, 0],
        &[0x81, 0, 1],
    ] {
        let der = public(&modulus(2048), exponent);
        assert!(RsaNumbers::read(&der).is_none(), "{exponent:?}");
    }
}

#[test]
fn what_is_not_der_is_no_key() {
    let modulus = [&[0x80][..], &[7; 255]].concat();
    let right = public(&modulus, &[1, 0, 1]);
    assert!(RsaNumbers::read(&right).is_some());
    for length in 0..right.len() {
        assert!(RsaNumbers::read(&right[..length]).is_none(), "{length}");
    }
    let (n, e) = (number(&modulus), number(&[1, 0, 1]));
    let content = [&n[..], &e].concat();
    let other = |n: &[u8], e: &[u8]| der(0x30, &[n, e].concat());
    let negative = der(2, &modulus);
    let padded = der(2, &[&[0, 0][..], &modulus].concat());
    let padded_exponent = der(2, &[0, 1, 0, 1]);
    let long = [&[2, 0x81, 3][..], &[1, 0, 1]].concat();
    for (name, wrong) in [
        ("more behind", [&right[..], &[0]].concat()),
        ("more inside", der(0x30, &[&content[..], &[5, 0]].concat())),
        ("a set", der(0x31, &content)),
        ("one number", der(0x30, &n)),
        ("the other way round", other(&e, &n)),
        ("an octet string", other(&der(4, &modulus), &e)),
        ("negative", other(&negative, &e)),
        ("zeros in front of n", other(&padded, &e)),
        ("a zero in front of e", other(&n, &padded_exponent)),
        ("an empty n", other(&[2, 0], &e)),
        ("an empty e", other(&n, &[2, 0])),
        ("zero", other(&n, &[2, 1, 0])),
        ("a length in two bytes for one", other(&n, &long)),
        (
            "without end",
            [&[0x30, 0x80][..], &content, &[0, 0]].concat(),
        ),
    ] {
        assert!(RsaNumbers::read(&wrong).is_none(), "{name}");
    }
}

#[test]
fn a_key_made_here_is_as_strong_as_the_others_and_comes_back() {
    let key = SigningKey::generate_for(SigningAlgorithm::Rs256).unwrap();
    let jwk = key.public().to_jwk();
    let n = URL_SAFE_NO_PAD.decode(jwk.n.unwrap()).unwrap();
    assert_eq!((n.len(), n[0] >> 7), (384, 1), "3072 bits");
    assert_eq!(jwk.e.as_deref(), Some("AQAB"));
    assert_eq!((jwk.crv, jwk.x, jwk.y), (None, None, None));

    let der = key.to_pkcs8().unwrap();
    let again = SigningKey::from_pkcs8(&der).unwrap();
    assert_eq!(again.public().kid(), key.public().kid());
    let signature = again.sign(b"message").unwrap();
    assert_eq!(signature.len(), 384);
    assert!(key.public().verifies(b"message", &signature));
    assert!(!key.public().verifies(b"massage", &signature));
}

#[test]
fn a_key_of_ones_own_may_be_smaller() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let key = SigningKey::from_pkcs8(pair.as_der().unwrap().as_ref()).unwrap();
    assert_eq!(key.public().algorithm(), SigningAlgorithm::Rs256);
    let signature = key.sign(b"message").unwrap();
    assert_eq!(signature.len(), 256);
    assert!(key.public().verifies(b"message", &signature));
}

/// A key that says that it is for RSA-PSS (RFC 4055) is no key for RS256, nor is one in PKCS#1.
#[test]
fn a_key_that_is_said_to_be_for_something_else_is_not_read() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = pair.as_der().unwrap();
    let (rsa, pss) = (
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x05\x00",
    );
    let at = der
        .as_ref()
        .windows(11)
        .position(|part| part == rsa)
        .unwrap();
    let mut other = der.as_ref().to_vec();
    other[at..at + 11].copy_from_slice(pss);
    let public = pair.public_key().as_ref();
    for (name, der) in [
        ("PSS", &other[..]),
        ("PKCS#1", &der.as_ref()[26..]),
        ("public", public),
    ] {
        let read = SigningKey::from_pkcs8(der);
        assert_eq!(read.err(), Some(KeyFailed::Malformed), "{name}");
    }
}

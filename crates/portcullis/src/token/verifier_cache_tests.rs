//! What is remembered: right tokens, by their digest, and nothing of when.

use super::*;
use crate::token::SigningKey;

#[test]
fn a_remembered_token_is_refused_once_it_expired() {
    let forge = Forge::new();
    let token = forge.token();
    assert!(forge.verifier.verify(&token, NOW).is_ok());
    assert!(forge.verifier.verify(&token, EXPIRES - 1).is_ok());
    assert!(forge.verifier.verify(&token, EXPIRES).is_err());
    assert!(
        forge.verifier.verify(&token, EXPIRES).is_err(),
        "forgotten, and still refused"
    );
    // A clock that was set back: the token is verified anew, not remembered as expired.
    assert!(forge.verifier.verify(&token, NOW).is_ok());
}

#[test]
fn a_remembered_token_has_the_leeway_it_had() {
    let forge = Forge::new();
    let verifier = verifier(&forge.key).leeway(30);
    let token = forge.token();
    for (now, fine) in [(NOW, true), (EXPIRES + 29, true), (EXPIRES + 30, false)] {
        assert_eq!(verifier.verify(&token, now).is_ok(), fine, "at {now}");
    }
}

#[test]
fn the_second_answer_is_the_first_ones_claims() {
    let forge = Forge::new();
    let token = forge.token();
    let first = forge.verify(&token).unwrap();
    let second = forge.verify(&token).unwrap();
    assert!(Arc::ptr_eq(&first, &second), "the token was not remembered");
}

#[test]
fn two_remembered_tokens_are_not_confused() {
    let forge = Forge::new();
    let tokens: Vec<_> = (0..50)
        .map(|number| {
            let subject = format!("user-{number}");
            let claims = forge.claims.with("sub", &quoted(&subject));
            (subject, forge.sign_claims(&claims))
        })
        .collect();
    for _ in 0..2 {
        for (subject, token) in &tokens {
            assert_eq!(forge.verify(token).unwrap().subject, *subject);
        }
    }
    // Parts of two remembered tokens are not a remembered token.
    let ([h, c, _], [_, _, s]) = (segments(&tokens[0].1), segments(&tokens[1].1));
    assert!(forge.verify(&format!("{h}.{c}.{s}")).is_err());
}

#[test]
fn what_one_verifier_remembers_another_does_not() {
    let forge = Forge::new();
    let token = forge.token();
    assert!(forge.verify(&token).is_ok());
    let keys = || vec![forge.key.public().clone()];
    let elsewhere = TokenVerifier::new(keys(), ISSUER.into(), "https://other.example".into());
    assert!(elsewhere.verify(&token, NOW).is_err());
    let other_issuer = TokenVerifier::new(keys(), "https://other.example".into(), AUDIENCE.into());
    assert!(other_issuer.verify(&token, NOW).is_err());
}

#[test]
fn more_tokens_than_are_remembered_all_verify() {
    let forge = Forge::new();
    // Each entry weighs one, so memory is bounded whatever is presented.
    assert_eq!(
        forge.verifier.verified.capacity(),
        TokenVerifier::REMEMBERED as u64
    );
    for _ in 0..3 {
        assert!(forge.verify("refused").is_err());
    }
    assert_eq!(
        forge.verifier.verified.len(),
        0,
        "a refused token was remembered"
    );
    assert!(forge.verify(&forge.token()).is_ok());
    assert_eq!(forge.verifier.verified.len(), 1);
}

/// Keys that are exchanged, and exchanged for the same again.
#[test]
fn a_remembered_token_dies_with_its_key_and_lives_on_with_it() {
    let forge = Forge::new();
    let token = forge.token();
    let key = Arc::new(SigningKey::from_pkcs8(&forge.key.to_pkcs8().unwrap()).unwrap());
    let until = |second: Option<i64>| crate::token::ScheduledKey {
        key: Arc::clone(&key),
        signs_from: Timestamp::UNIX_EPOCH,
        retires_at: second.map(|second| Timestamp::from_second(second).unwrap()),
    };
    let ring = Arc::new(KeyRing::new(vec![until(None)]));
    let verifier = TokenVerifier::of_ring(Arc::clone(&ring), ISSUER.into(), AUDIENCE.into());
    let first = verifier.verify(&token, NOW).unwrap();
    assert!(Arc::ptr_eq(&first, &verifier.verify(&token, NOW).unwrap()));

    ring.replace(vec![until(Some(NOW + 60))]);
    for (now, fine) in [(NOW, true), (NOW + 59, true), (NOW + 60, false)] {
        assert_eq!(verifier.verify(&token, now).is_ok(), fine, "at {now}");
    }
    ring.replace(vec![until(None)]);
    assert!(verifier.verify(&token, NOW + 60).is_ok());
    ring.replace(vec![]);
    assert!(verifier.verify(&token, NOW + 60).is_err());
    assert_eq!(verifier.verified.len(), 0, "and forgotten");
}

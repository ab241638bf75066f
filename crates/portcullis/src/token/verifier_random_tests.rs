//! Random input: never a panic, never a token.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

static FORGE: LazyLock<Forge> = LazyLock::new(Forge::new);
static TOKEN: LazyLock<String> = LazyLock::new(|| FORGE.token());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn random_text_is_refused(text in any::<String>(), now in any::<i64>()) {
        prop_assert!(FORGE.verifier.verify(&text, now).is_err());
    }

    #[test]
    fn random_segments_are_refused(
        text in r"[A-Za-z0-9_-]{0,120}(\.[A-Za-z0-9_-]{0,400}){0,4}",
        now in any::<i64>(),
    ) {
        prop_assert!(FORGE.verifier.verify(&text, now).is_err());
    }

    #[test]
    fn random_bytes_under_a_right_signature_are_refused(
        header in prop::collection::vec(any::<u8>(), 0..200),
        claims in prop::collection::vec(any::<u8>(), 0..400),
        which in 0..3,
    ) {
        let (right_header, right_claims) = (FORGE.header.json(), FORGE.claims.json());
        let token = match which {
            0 => FORGE.sign_bytes(&header, &claims),
            1 => FORGE.sign_bytes(&header, right_claims.as_bytes()),
            _ => FORGE.sign_bytes(right_header.as_bytes(), &claims),
        };
        prop_assert!(FORGE.verify(&token).is_err());
    }

    #[test]
    fn a_mutated_token_is_refused(
        changes in prop::collection::vec((any::<Index>(), any::<char>(), 0..4), 1..4),
    ) {
        let mut letters: Vec<char> = TOKEN.chars().collect();
        for (position, letter, kind) in changes {
            let at = position.index(letters.len());
            match kind {
                0 => letters[at] = letter,
                1 => letters.insert(at, letter),
                2 => { letters.remove(at); }
                _ => { let other = at / 2; letters.swap(at, other); }
            }
        }
        let mutated: String = letters.into_iter().collect();
        prop_assume!(mutated != *TOKEN);
        prop_assert!(FORGE.verify(&mutated).is_err(), "{}", mutated);
        prop_assert!(FORGE.verify(&TOKEN).is_ok());
    }

    #[test]
    fn a_token_with_mutated_json_is_refused_or_says_the_same(
        position in any::<Index>(),
        byte in any::<u8>(),
    ) {
        // Signed after the change: what verifies must still be for this issuer and audience.
        let mut claims = FORGE.claims.json().into_bytes();
        let at = position.index(claims.len());
        claims[at] = byte;
        let token = FORGE.sign_bytes(FORGE.header.json().as_bytes(), &claims);
        if let Ok(claims) = FORGE.verify(&token) {
            prop_assert_eq!(&claims.issuer, ISSUER);
            prop_assert!(claims.expires_at > NOW);
        }
    }
}

//! What holds for every password.

use portcullis::password::{BreachQuestion, PasswordContext, PasswordPolicy, PasswordRefused};
use portcullis::secret::Password;
use proptest::prelude::*;

fn check(text: &str, context: &PasswordContext<'_>) -> Result<(), PasswordRefused> {
    PasswordPolicy::default().check(&Password::new(text), context)
}

proptest! {
    /// Of any text and any context: an answer, and the same one each time.
    #[test]
    fn any_text_gets_an_answer(text in any::<String>(), name in any::<String>(), email in any::<String>()) {
        let context = PasswordContext { username: Some(&name), email: Some(&email), full_name: Some(&name) };
        prop_assert_eq!(check(&text, &context), check(&text, &context));
    }

    /// Random letters are refused for their length alone.
    #[test]
    fn random_letters_are_accepted(text in "[a-z][a-zA-Z0-9 ]{18,60}[a-z]") {
        prop_assert_eq!(check(&text, &PasswordContext::of("johndoe")), Ok(()));
    }

    /// Case decides nothing.
    #[test]
    fn case_does_not_make_a_known_password_unknown(large in prop::collection::vec(any::<bool>(), 16)) {
        let text: String = "passwordpassword".chars().zip(large)
            .map(|(letter, large)| if large { letter.to_ascii_uppercase() } else { letter })
            .collect();
        prop_assert_eq!(check(&text, &PasswordContext::default()), Err(PasswordRefused::Known));
    }

    /// Whoever takes a username of their own for a password is refused, however they write it.
    #[test]
    fn a_username_is_no_password(name in "[a-z]{4,12}[._-][a-z]{4,12}", times in 1_usize..5, digits in 0_u32..9_999_999) {
        let text = format!("{}{digits}", name.to_uppercase().repeat(times));
        let policy = PasswordPolicy::default().with_min_code_points(8);
        let refused = policy.check(&Password::new(text.clone()), &PasswordContext::of(&name));
        prop_assert!(refused.is_err(), "{}", text);
    }

    /// The cap is on bytes, before and after NFC.
    #[test]
    fn what_is_accepted_fits(text in "\\PC{0,600}") {
        use unicode_normalization::UnicodeNormalization;
        let nfc: String = text.nfc().collect();
        let fits = text.len() <= Password::MAX_BYTES && nfc.len() <= Password::MAX_BYTES;
        let refused = check(&text, &PasswordContext::default());
        prop_assert_eq!(refused == Err(PasswordRefused::TooLong), !fits);
        if refused.is_ok() {
            prop_assert!(nfc.chars().count() >= 15);
        }
    }

    /// Any bytes as an answer: an answer or a defect, and never a match by chance.
    #[test]
    fn any_range_is_read(text in any::<String>(), lines in prop::collection::vec("[0-9A-F]{35}:[0-9]{1,6}", 0..50)) {
        let question = BreachQuestion::of(&Password::new("twelve yellow umbrellas"));
        prop_assert_ne!(question.is_in(&text), Ok(true));
        prop_assert_eq!(question.is_in(&lines.join("\r\n")), Ok(false));
    }
}

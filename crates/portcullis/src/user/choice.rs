//! What a new name may be, beyond what every name must be: nothing that passes for another name.
//!
//! Unicode Technical Standard 39: identifier characters, the restriction level "highly restrictive",
//! one system of digits, and a skeleton that shows which text a name looks like.

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};
use unicode_security::{
    GeneralSecurityProfile, RestrictionLevel, RestrictionLevelDetection, confusable_detection,
};

use super::InvalidUsername;

/// The punctuation of new names. `:` would end the name in HTTP Basic (RFC 7617 §2), `%` and `\` begin
/// escapes, `|` is an `l`, and the rest means something in a shell, in an address or in HTML.
const PUNCTUATION: &str = "._-+'";
/// Letters of living languages that a skeleton takes for two, though nobody else does.
const LETTERS_THAT_ARE_ONE: &str = "æœÆŒ";
/// Letters that a dot above turns into an `i` or a `j`, or leaves as they look: the Latin and Cyrillic
/// ones, with and without their dot.
const DOTTED: &str = "ij\u{131}\u{456}\u{458}";

/// Checks a name that is one already: as its owner wrote it, and its canonical form.
pub(super) fn check(written: &str, canonical: &str) -> Result<(), InvalidUsername> {
    check_letters(canonical)?;
    // Then it is an ASCII name, whatever the width it was written in, and unique among those.
    if canonical.is_ascii() {
        return Ok(());
    }
    check_marks(canonical)?;
    check_digits(canonical)?;
    check_scripts(canonical)?;
    // As written too: capital `МАРТА` looks like an ASCII name, and small `марта` does not.
    if looks_ascii(written) || looks_ascii(canonical) {
        return Err(InvalidUsername::Lookalike);
    }
    Ok(())
}

/// The text that `name` looks like (UTS 39 §4). Two names that look alike have one skeleton.
pub(super) fn skeleton(name: &str) -> String {
    confusable_detection::skeleton(name).collect()
}

fn check_letters(name: &str) -> Result<(), InvalidUsername> {
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || PUNCTUATION.contains(letter) {
            continue;
        }
        if letter.is_ascii() {
            return Err(InvalidUsername::Punctuation);
        }
        if !letter.identifier_allowed() {
            return Err(InvalidUsername::Unusual);
        }
    }
    let at_the_ends = [name.chars().next(), name.chars().next_back()];
    let ends_fit = at_the_ends
        .into_iter()
        .flatten()
        .all(|letter| letter == '_' || !PUNCTUATION.contains(letter));
    let says_something = name.chars().any(|letter| !PUNCTUATION.contains(letter));
    if ends_fit && says_something {
        Ok(())
    } else {
        Err(InvalidUsername::Ends)
    }
}

/// A few marks on a letter are somebody's language; many are a trick, and so is a dot on an `i` that
/// has one: `İ` (U+0130) in small letters, which looks like `i` and is not.
fn check_marks(name: &str) -> Result<(), InvalidUsername> {
    let mut base = None;
    let mut last = None;
    let mut marks = 0;
    for letter in name.chars() {
        if !is_combining_mark(letter) {
            (base, last, marks) = (Some(letter), None, 0);
            continue;
        }
        marks += 1;
        let most = base.map_or(0, most_marks);
        let is_second_dot =
            letter == '\u{307}' && base.is_some_and(|base: char| DOTTED.contains(base));
        if marks > most || last == Some(letter) || is_second_dot {
            return Err(InvalidUsername::Marks);
        }
        last = Some(letter);
    }
    Ok(())
}

/// How many marks a letter may carry in NFC, that is beyond those that are part of a letter of its own.
/// Yoruba writes one more (`ẹ́`), Burmese up to four (`မြို့`), and four is what UTS 39 §5.4 allows.
fn most_marks(base: char) -> u32 {
    match base.script() {
        Script::Common => 0,
        Script::Latin | Script::Greek | Script::Cyrillic => 1,
        _ => 4,
    }
}

/// All digits are of one system: `١` beside `1` or `۱` is a trick (UTS 39 §5.3).
fn check_digits(name: &str) -> Result<(), InvalidUsername> {
    let mut zeros = name.chars().filter_map(zero_of);
    let first = zeros.next();
    if zeros.all(|zero| Some(zero) == first) {
        Ok(())
    } else {
        Err(InvalidUsername::MixedDigits)
    }
}

/// The zero of the system that a decimal digit is of. Unicode puts ten digits in a row, the zero where
/// the code ends in 0 or 6. Of other numbers, PRECIS and UTS 39 leave one in a name, the Chinese `〇`.
pub(super) fn zero_of(letter: char) -> Option<u32> {
    if !letter.is_numeric() || letter == '〇' {
        return None;
    }
    let row = u32::from(letter) & !0xF;
    let begins_row = char::from_u32(row).is_some_and(char::is_numeric);
    Some(if begins_row { row } else { row + 6 })
}

/// One script, or Latin beside Chinese, Japanese or Korean (UTS 39 §5.2, "highly restrictive").
fn check_scripts(name: &str) -> Result<(), InvalidUsername> {
    // Punctuation is of no script; `+` would be looked up as no identifier's.
    let letters: String = name
        .chars()
        .filter(|one| !PUNCTUATION.contains(*one))
        .collect();
    if letters.check_restriction_level(RestrictionLevel::HighlyRestrictive) {
        Ok(())
    } else {
        Err(InvalidUsername::MixedScripts)
    }
}

/// Whether a text that is not ASCII looks like one that is.
fn looks_ascii(text: &str) -> bool {
    !text.contains(|letter| LETTERS_THAT_ARE_ONE.contains(letter))
        && confusable_detection::skeleton(text).all(|letter| letter.is_ascii())
}

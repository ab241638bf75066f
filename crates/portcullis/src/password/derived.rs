//! What is obviously made of a listed word: said again, or with digits behind it.

use std::ops::Range;

use super::known::KnownPasswords;

/// How many digits behind a word add nothing: what a year, a date or a counter needs.
const DIGITS: usize = 8;
/// And how many characters in all, with the marks of a date, and one at each end.
const TAIL: usize = DIGITS + 4;
/// The longest word that is listed, so that a long password costs no more than a short one.
const LONGEST: usize = *KnownPasswords::LENGTHS.end();

/// Whether a letter is of the kind that people put behind a word.
fn is_tail(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '!' | '?' | '.' | '-' | '_' | ' ')
}

/// Whether `folded` is listed, or is obviously made of something that is: `listed` followed by up to
/// twelve characters, of which up to eight are digits and the others marks, or by a listed number; or
/// `listed`, with or without such a tail, said again and again, the last time perhaps not to the end.
/// `joined` is the same text without marks, for what is said again with marks in between.
pub(super) fn is_obvious(folded: &str, joined: &str, listed: impl Fn(&str) -> bool) -> bool {
    let is_word = |text: &str| without_tails(text, &listed).any(&listed);
    let is_repeated = |text: &str| {
        let mut units = repeated(text, LONGEST + TAIL);
        units.next().is_some_and(is_word) || units.any(&listed)
    };
    is_word(folded)
        || without_tails(folded, &listed).any(is_repeated)
        || (folded != joined && without_tails(joined, &listed).any(is_repeated))
}

/// The text, and what is left of it without one, two, … of the letters at its end that may be a tail.
fn without_tails<'a>(
    text: &'a str,
    listed: &impl Fn(&str) -> bool,
) -> impl Iterator<Item = &'a str> {
    let tail = text
        .char_indices()
        .rev()
        .take_while(|(_, letter)| is_tail(*letter));
    let counted = tail.scan(0, |digits, (at, letter)| {
        *digits += usize::from(letter.is_ascii_digit());
        Some((at, *digits))
    });
    let ends = counted
        .take(TAIL)
        .take_while(|(_, digits)| *digits <= DIGITS);
    let shorter = ends.filter_map(|(at, _)| text.get(..at));
    let word = text.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = text.get(word.len()..).unwrap_or_default();
    let before_number = (number.len() > DIGITS && listed(number)).then_some(word);
    std::iter::once(text).chain(shorter).chain(before_number)
}

/// The beginnings that `text` goes on repeating, of at most `longest` bytes: of `abababab` they are
/// `ab`, `abab` and `ababab`.
fn repeated(text: &str, longest: usize) -> impl Iterator<Item = &str> {
    let period = period(text.as_bytes());
    let multiples = (1..).map(move |times| period * times);
    let ends = multiples.take_while(move |end| *end < text.len() && *end <= longest);
    let is_repeated = period > 0 && period * 2 <= text.len();
    ends.filter_map(move |end| text.get(..end).filter(|_| is_repeated))
}

/// After how many bytes `text` begins anew and goes on so to its end (by Knuth, Morris and Pratt).
fn period(text: &[u8]) -> usize {
    let mut borders: Vec<usize> = Vec::with_capacity(text.len());
    for (at, byte) in text.iter().enumerate() {
        let mut border = borders.last().copied().unwrap_or(0);
        while at > 0 && border > 0 && text.get(border) != Some(byte) {
            border = borders.get(border - 1).copied().unwrap_or(0);
        }
        let goes_on = at > 0 && text.get(border) == Some(byte);
        borders.push(border + usize::from(goes_on));
    }
    text.len() - borders.last().copied().unwrap_or(0)
}

/// Whether `text` is made of nothing but `words`, in any order and number, and a tail of digits that is
/// short or itself `listed`. Both are without marks.
pub(super) fn is_made_of(text: &str, words: &[String], listed: impl Fn(&str) -> bool) -> bool {
    let reached = reached(text, words);
    let can_end = |at: usize| at > 0 && reached.get(at).copied().unwrap_or(false);
    without_digits(text).any(|end| {
        let is_short = text.len() - end <= DIGITS;
        can_end(end) && (is_short || text.get(end..).is_some_and(&listed))
    })
}

/// Where `text` can end for its digits at the end to be a tail.
fn without_digits(text: &str) -> Range<usize> {
    let word = text.trim_end_matches(|letter: char| letter.is_ascii_digit());
    word.len()..text.len() + 1
}

/// For each place in `text`: whether what stands before it is words and nothing else.
fn reached(text: &str, words: &[String]) -> Vec<bool> {
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for at in 0..text.len() {
        if !reached.get(at).copied().unwrap_or(false) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        for word in words.iter().filter(|word| rest.starts_with(word.as_str())) {
            if let Some(end) = reached.get_mut(at + word.len()) {
                *end = true;
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_obvious_of_monkey(text: &str) -> bool {
        let listed = ["monkey", "trustno1", "123456789"];
        let joined = text.replace([' ', '-'], "");
        is_obvious(text, &joined, |word| listed.contains(&word))
    }

    #[test]
    fn said_again_or_with_digits_behind_it() {
        for obvious in [
            "monkey",
            "monkeymonkey",
            "monkeymonkeymon",
            "monkey monkey monkey",
            "monkey - monkey 2026",
            "monkey2026monkey2026",
            "monkeymonkey2026!",
            "monkey20261231",
            "monkey - 2026",
            "monkey 31.12.2026!",
            "trustno12026",
            "monkey123456789",
        ] {
            assert!(is_obvious_of_monkey(obvious), "{obvious}");
        }
        for other in [
            "my monkey is long enough",
            "2026monkey",
            "monkey202612311",
            "monkeydonkeymonkey",
            "m o n k e y",
            "            monkey",
            "monke",
            "                    ",
            "",
        ] {
            assert!(!is_obvious_of_monkey(other), "{other}");
        }
    }

    #[test]
    fn the_period_of_a_text() {
        for (text, expected) in [
            ("", 0),
            ("a", 1),
            ("aaaa", 1),
            ("abab", 2),
            ("ababa", 2),
            ("abac", 4),
            ("aaaab", 5),
        ] {
            assert_eq!(period(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(repeated("abababab", 5).collect::<Vec<_>>(), ["ab", "abab"]);
        assert_eq!(repeated("abac", 39).count(), 0);
    }

    #[test]
    fn a_long_password_asks_no_more_than_a_short_one() {
        for text in [
            "~".repeat(1024),
            " ".repeat(1024),
            "7".repeat(1024),
            "xy".repeat(512),
        ] {
            let asked = std::cell::Cell::new(0);
            let listed = |_: &str| {
                asked.set(asked.get() + 1);
                false
            };
            assert!(!is_obvious(&text, &text.replace(' ', ""), listed));
            assert!(asked.get() < 1_000, "{} for {}", asked.get(), &text[..2]);
        }
    }

    #[test]
    fn made_of_words() {
        let words: Vec<String> = ["john", "doe", "johndoe", "é"].map(str::to_owned).into();
        let made = |text: &str| is_made_of(text, &words, |number| number == "123456789");
        for all in [
            "john",
            "doejohn",
            "johndoejohn1970",
            "johndoe123456789",
            "éé",
            "john12345678",
        ] {
            assert!(made(all), "{all}");
        }
        for other in ["", "1970", "johnx", "xjohn", "john987654321", "joh"] {
            assert!(!made(other), "{other}");
        }
    }
}

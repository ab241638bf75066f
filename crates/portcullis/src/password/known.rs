//! The list of known passwords that is inside the program.
//!
//! `known_passwords.bin` is made by `scripts/known-passwords`: the first five bytes of the SHA-256 of
//! each entry, in order. Of those five, the first two are not written; they are the place in an index of
//! 65,537 numbers, which says where the fingerprints (the other three bytes) of that place begin.
//! Nothing is read at the start, and nothing is unpacked: a look-up touches some 30 bytes.

use aws_lc_rs::digest::{SHA256, digest};

const FILE: &[u8] = include_bytes!("known_passwords.bin");
const HEAD: usize = 20;
/// Bytes of a number in the index, and of a fingerprint.
const WIDTH: usize = 3;
const PLACES: usize = 1 << 16;
const FINGERPRINTS: usize = HEAD + (PLACES + 1) * WIDTH;

/// The list of known passwords that is inside the program: what it holds, and how sure it is.
///
/// It is of use to whoever writes documentation or a page about it; whether a password may be chosen is
/// what [`PasswordPolicy`](super::PasswordPolicy) says.
///
/// ```
/// use portcullis::password::KnownPasswords;
///
/// assert_eq!(KnownPasswords::ENTRIES, 488_130);
/// assert!(KnownPasswords::BYTES < 2_000_000);
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct KnownPasswords;

impl KnownPasswords {
    /// How many passwords of at least eight characters it was made of: all there are among the million
    /// of `SecLists`' list. They are 474,743 without regard to case.
    ///
    /// ```
    /// assert!(portcullis::password::KnownPasswords::ENTRIES >= 400_000);
    /// ```
    pub const ENTRIES: u32 = 488_130;

    /// Its size in the program. No other memory is used.
    ///
    /// ```
    /// assert_eq!(portcullis::password::KnownPasswords::BYTES, 1_735_547);
    /// ```
    pub const BYTES: usize = FILE.len();

    /// A password that is not listed is taken for one that is, once in so many: 2⁴⁰ by the number of
    /// fingerprints.
    ///
    /// ```
    /// assert!(portcullis::password::KnownPasswords::FALSE_ONCE_IN > 2_000_000);
    /// ```
    pub const FALSE_ONCE_IN: u64 = (1 << 40) / Self::PRINTS as u64;

    pub(super) const PRINTS: usize = (FILE.len() - FINGERPRINTS) / WIDTH;

    /// How long entries are, in bytes, which are ASCII characters.
    pub(super) const LENGTHS: std::ops::RangeInclusive<usize> = 4..=39;

    /// Whether `folded`, a whole password in small letters, is listed.
    pub(super) fn holds(folded: &str) -> bool {
        if !folded.is_ascii() || !Self::LENGTHS.contains(&folded.len()) {
            return false;
        }
        let whole = digest(&SHA256, folded.as_bytes());
        let [first, second, a, b, c, ..] = whole.as_ref() else {
            return false;
        };
        let place = usize::from(u16::from_be_bytes([*first, *second]));
        let (Some(from), Some(to)) = (number(HEAD, place), number(HEAD, place + 1)) else {
            return false;
        };
        let wanted = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        (from..to).any(|at| number(FINGERPRINTS, at) == Some(wanted))
    }
}

/// The number at `place` of those that begin at `start`.
fn number(start: usize, place: usize) -> Option<usize> {
    let at = start + place * WIDTH;
    let bytes = FILE.get(at..at + WIDTH)?;
    let joined = |high: usize, low: &u8| high << 8 | usize::from(*low);
    Some(bytes.iter().fold(0, joined))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_what_its_head_says() {
        assert_eq!(&FILE[..8], b"known-1\n");
        let said = |at: usize| u32::from_be_bytes(FILE[at..at + 4].try_into().unwrap());
        assert_eq!(said(8), KnownPasswords::ENTRIES);
        assert_eq!(said(12), 474_743);
        assert_eq!(usize::try_from(said(16)).unwrap(), KnownPasswords::PRINTS);
        assert_eq!(FILE.len(), 1_735_547);
        assert_eq!((FILE.len() - FINGERPRINTS) % WIDTH, 0);
    }

    #[test]
    fn the_index_covers_every_fingerprint_once_and_in_order() {
        assert_eq!(number(HEAD, 0), Some(0));
        assert_eq!(number(HEAD, PLACES), Some(KnownPasswords::PRINTS));
        for place in 0..PLACES {
            let (from, to) = (
                number(HEAD, place).unwrap(),
                number(HEAD, place + 1).unwrap(),
            );
            assert!(from <= to && to - from < 64, "{place}");
            let prints: Vec<_> = (from..to).map(|at| number(FINGERPRINTS, at)).collect();
            assert!(prints.is_sorted_by(|a, b| a < b), "{place}");
        }
    }

    /// The fingerprints are of 40 bits: among a million texts that are not listed, half a one is
    /// expected to be taken for one that is. The texts are always the same, so this is not chance.
    #[test]
    fn next_to_nothing_is_held_for_listed_that_is_not() {
        let wrong = (0..1_000_000)
            .filter(|number| KnownPasswords::holds(&format!("not on any list, {number}")))
            .count();
        assert!(wrong <= 2, "{wrong} of 1,000,000");
        const { assert!(KnownPasswords::FALSE_ONCE_IN > 1 << 21) };
    }

    #[test]
    fn what_cannot_be_listed_is_not_looked_for() {
        for odd in ["", "abc", "пароль-длинный-пароль", &"a".repeat(40)] {
            assert!(!KnownPasswords::holds(odd), "{odd}");
        }
    }
}

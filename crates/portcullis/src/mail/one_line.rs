//! A name that somebody chose, as others may be shown it.

use std::fmt;

/// A name or an address as a mail shows it: one line, and nothing in it that cannot be seen.
///
/// Whoever registers chooses a name, and a mail with it may go to somebody else. So no line of the mail
/// is theirs to begin, and no letter in it turns round how the rest is read.
///
/// ```
/// use portcullis::mail::OneLine;
///
/// let name = OneLine::new("johndoe\r\nBcc: everybody@example.com");
/// assert_eq!(name.as_str(), "johndoeBcc: everybody@example.com");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneLine(Box<str>);

impl OneLine {
    /// Takes out of `text` what breaks a line or cannot be seen.
    ///
    /// ```
    /// assert_eq!(portcullis::mail::OneLine::new("jürgen").as_str(), "jürgen");
    /// ```
    pub fn new(text: &str) -> Self {
        Self(text.chars().filter(|letter| is_plain(*letter)).collect())
    }

    /// The text.
    ///
    /// ```
    /// assert_eq!(portcullis::mail::OneLine::new("a\u{202E}b").as_str(), "ab");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Neither a control character, nor a line's or a paragraph's end, nor a direction, nor a space of no
/// width. The two joiners stay: some scripts cannot be written without them.
fn is_plain(letter: char) -> bool {
    !letter.is_control()
        && !matches!(
            letter,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
                | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        )
}

impl fmt::Display for OneLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

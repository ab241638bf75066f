//! Where a list goes on: opaque to clients, and good for the list that gave it alone.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The canonical name after which the next page begins.
///
/// The checksum is no secret: it shows that a cursor was not altered by mistake. Who forges one sees
/// what they may see anyway, from another place on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor(String);

impl Cursor {
    const CHECKSUM: usize = 9;

    pub(super) const fn after(name: String) -> Self {
        Self(name)
    }

    pub(super) fn name(&self) -> &str {
        &self.0
    }

    /// As it is sent, for the list of those who were searched for like this.
    pub(super) fn text(&self, search: &str) -> String {
        let mut bytes = checksum(&self.0, search).to_vec();
        bytes.extend_from_slice(self.0.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A cursor that came back; `None` when it is not one of this list.
    pub(super) fn parse(text: &str, search: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (sum, name) = bytes.split_at_checked(Self::CHECKSUM)?;
        let name = std::str::from_utf8(name).ok()?;
        // No name holds a control character; a NUL would be an error of the database.
        let can_be = !name.contains(char::is_control);
        (can_be && sum == checksum(name, search)).then(|| Self(name.to_owned()))
    }
}

fn checksum(name: &str, search: &str) -> [u8; Cursor::CHECKSUM] {
    let text = format!("users\0{search}\0{name}");
    let mut sum = [0; Cursor::CHECKSUM];
    for (to, from) in sum
        .iter_mut()
        .zip(digest(&SHA256, text.as_bytes()).as_ref())
    {
        *to = *from;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn a_cursor_is_good_for_its_own_list_alone() {
        let cursor = Cursor::after("jürgen".to_owned());
        let text = cursor.text("j");
        assert_eq!(Cursor::parse(&text, "j"), Some(cursor));
        assert_eq!(Cursor::parse(&text, ""), None);
        let with_nul = Cursor::after("a\0".to_owned()).text("j");
        assert_eq!(Cursor::parse(&with_nul, "j"), None);
        for forged in [
            "",
            "forged",
            "AAAA",
            "=",
            "' OR 1=1--",
            &text[1..],
            &format!("{text}A"),
        ] {
            assert_eq!(Cursor::parse(forged, "j"), None, "{forged}");
        }
    }
}

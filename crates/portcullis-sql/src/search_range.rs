//! What a search reads, the same on either engine: texts compare byte by byte, and so do their ranges.

use std::collections::BTreeSet;

use portcullis::store::SearchPrefix;

/// How many addresses a search looks at before it gives up to sort them, and how many users it walks
/// through instead: what one call costs at most, however many users there are.
pub(crate) const LOOKED_AT: u32 = 10_000;

/// Longer than any username and any address that is found.
const LONGEST: usize = 320;

/// All texts that begin with a prefix.
pub(crate) struct PrefixRange {
    pub(crate) from: String,
    /// Not part of it any more.
    pub(crate) until: String,
}

impl PrefixRange {
    fn of(prefix: &str) -> Self {
        Self {
            from: prefix.to_owned(),
            until: end_of(prefix),
        }
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        text.starts_with(&self.from)
    }
}

/// The least text that is greater than all that begin with `prefix`.
fn end_of(prefix: &str) -> String {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        // A range of characters leaves the surrogates out, as UTF-8 does.
        if let Some(next) = (last..=char::MAX).nth(1) {
            letters.push(next);
            return letters.into_iter().collect();
        }
    }
    // It is made of the last character alone, and so is what is greater.
    prefix.to_owned() + &beyond_all()
}

/// A text that is greater than any username and any address.
pub(crate) fn beyond_all() -> String {
    char::MAX.to_string().repeat(LONGEST)
}

/// The names and the addresses that a search looks for.
pub(crate) struct Searched {
    pub(crate) username: PrefixRange,
    pub(crate) email: PrefixRange,
}

impl Searched {
    /// `None` when everybody is looked for.
    pub(crate) fn of(typed: &str) -> Option<Self> {
        let prefix = SearchPrefix::of(typed);
        (!prefix.username.is_empty()).then(|| Self {
            username: PrefixRange::of(&prefix.username),
            email: PrefixRange::of(&prefix.email),
        })
    }

    /// Whether a user of this canonical name and address is found.
    pub(crate) fn finds(&self, username: &str, email: Option<&str>) -> bool {
        self.username.contains(username) || email.is_some_and(|email| self.email.contains(email))
    }
}

/// Canonical names, in their order: a page of them, and where the next one begins.
pub(crate) struct NamePage {
    pub(crate) names: Vec<String>,
    pub(crate) next: Option<String>,
}

impl NamePage {
    /// Of all that were found, in whatever order and however often.
    pub(crate) fn of(found: impl IntoIterator<Item = String>, after: &str, limit: u32) -> Self {
        let found: BTreeSet<String> = found
            .into_iter()
            .filter(|name| name.as_str() > after)
            .collect();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_more = found.len() > limit;
        let names: Vec<String> = found.into_iter().take(limit).collect();
        let next = names.last().filter(|_| is_more).cloned();
        Self { names, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_ends_where_no_text_begins_with_it_any_more() {
        for (prefix, end) in [
            ("a", "b"),
            ("az", "a{"),
            ("50%", "50&"),
            ("\u{d7ff}", "\u{e000}"),
            ("a\u{10ffff}\u{10ffff}", "b"),
        ] {
            assert_eq!(end_of(prefix), end);
        }
        let last = end_of("\u{10ffff}");
        assert!("\u{10ffff}".repeat(LONGEST) < last && last.starts_with('\u{10ffff}'));
    }

    #[test]
    fn what_begins_with_a_prefix_is_in_its_range_and_nothing_else() {
        let letters = [
            "",
            "a",
            "b",
            "z",
            "\u{7f}",
            "é",
            "\u{d7ff}",
            "\u{e000}",
            "\u{10ffff}",
        ];
        let texts: Vec<String> = letters
            .iter()
            .flat_map(|one| letters.iter().map(move |other| format!("{one}{other}")))
            .collect();
        for prefix in texts.iter().filter(|text| !text.is_empty()) {
            let range = PrefixRange::of(prefix);
            for text in &texts {
                let is_in = *text >= range.from && *text < range.until;
                assert_eq!(is_in, text.starts_with(prefix), "{text:?} of {prefix:?}");
            }
        }
    }

    #[test]
    fn a_page_has_each_name_once_and_says_whether_more_follow() {
        let found = ["c", "a", "b", "a", "d"].map(str::to_owned);
        let page = NamePage::of(found.clone(), "a", 2);
        assert_eq!(page.names, ["b", "c"]);
        assert_eq!(page.next.as_deref(), Some("c"));
        assert!(NamePage::of(found, "a", 3).next.is_none());
    }
}

//! What is known of whoever chooses a password, and so must not be one (ASVS 6.2.11).

use super::derived::is_made_of;
use super::known::KnownPasswords;
use super::refused::ContextWord;
use super::{fold, without_marks};

/// What is known of whoever chooses a password: nobody may take that for one.
///
/// ```
/// use portcullis::password::{PasswordContext, PasswordPolicy};
/// use portcullis::secret::Password;
///
/// let policy = PasswordPolicy::default();
/// let zoe = PasswordContext {
///     username: Some("zlindqvist"),
///     email: Some("zoe.lindqvist@example.com"),
///     ..PasswordContext::default()
/// };
/// for guessed in ["ZLindqvist_ZLindqvist_70", "zoe.lindqvist@example.com", "zlindqvistportcullis"] {
///     let refused = policy.check(&Password::new(guessed), &zoe).unwrap_err();
///     assert_eq!(refused.reason(), "password_context", "{guessed}");
/// }
/// assert!(policy.check(&Password::new("zlindqvist has a blue boat"), &zoe).is_ok());
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct PasswordContext<'a> {
    /// The name to sign in with.
    pub username: Option<&'a str>,
    /// The e-mail address.
    pub email: Option<&'a str>,
    /// The name for people.
    pub full_name: Option<&'a str>,
}

impl<'a> PasswordContext<'a> {
    /// Where no more than the username is known.
    ///
    /// ```
    /// use portcullis::password::{PasswordContext, PasswordPolicy};
    /// use portcullis::secret::Password;
    ///
    /// let chosen = Password::new("authd-admin-01-");
    /// let context = PasswordContext::of("authd-admin-01");
    /// assert!(PasswordPolicy::default().check(&chosen, &context).is_err());
    /// ```
    pub fn of(username: &'a str) -> Self {
        Self {
            username: Some(username),
            ..Self::default()
        }
    }

    /// Whose words a password is made of, if it is made of nothing but words of this and `service`'s.
    /// `text` is without marks.
    pub(super) fn makes(&self, text: &str, service: &[String]) -> Option<ContextWord> {
        if text.is_empty() {
            return None;
        }
        let all = [
            (ContextWord::Username, self.username_words()),
            (ContextWord::Email, self.email_words()),
            (ContextWord::FullName, self.full_name_words()),
            (ContextWord::Service, service.to_vec()),
        ];
        let makes = |words: &[String]| is_made_of(text, words, KnownPasswords::holds);
        if let Some((whose, _)) = all.iter().find(|(_, words)| makes(words)) {
            return Some(*whose);
        }
        let together: Vec<String> = all.iter().flat_map(|(_, words)| words.clone()).collect();
        let uses = |words: &[String]| words.iter().any(|word| text.contains(word.as_str()));
        let first = all.iter().find(|(_, words)| uses(words));
        makes(&together).then(|| first.map_or(ContextWord::Service, |(whose, _)| *whose))
    }

    /// The longest name for people that is looked at, in bytes.
    const LONGEST_NAME: usize = 1024;
    /// The most of its parts that are looked at.
    const MOST_NAMES: usize = 32;

    fn username_words(&self) -> Vec<String> {
        self.username.map(word).into_iter().flatten().collect()
    }

    /// The whole, what stands before the `@`, and the names in what stands behind it.
    fn email_words(&self) -> Vec<String> {
        let Some(email) = self.email else {
            return Vec::new();
        };
        let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
        let untagged = local.split('+').next().unwrap_or(local);
        let names = [email, local, untagged].into_iter().filter_map(word);
        names.chain(host_words(domain)).collect()
    }

    /// The whole, and each name that has three letters or more.
    fn full_name_words(&self) -> Vec<String> {
        let Some(name) = self.full_name else {
            return Vec::new();
        };
        // Names that nobody has would make the comparison long.
        let name = name
            .get(..name.floor_char_boundary(Self::LONGEST_NAME))
            .unwrap_or(name);
        let each = name.split_whitespace().filter_map(word);
        let long = each.filter(|word| word.chars().count() >= 3);
        let mut words: Vec<String> = word(name).into_iter().chain(long).collect();
        words.sort_unstable();
        words.dedup();
        words.truncate(Self::MOST_NAMES);
        words
    }
}

/// A word as it is compared: small letters and no marks; none if nothing is left.
pub(super) fn word(text: &str) -> Option<String> {
    let word = without_marks(&fold(text));
    (!word.is_empty()).then(|| String::clone(&word))
}

/// The words in the name of a host: the whole, and each label of three letters or more but the last,
/// which says nothing. None of an address in numbers.
pub(super) fn host_words(host: &str) -> Vec<String> {
    let labels: Vec<&str> = host.split('.').filter(|label| !label.is_empty()).collect();
    let is_number = |label: &&str| label.bytes().all(|byte| byte.is_ascii_digit());
    if host.contains(':') || labels.last().is_none_or(is_number) {
        return Vec::new();
    }
    let but_last = labels.split_last().map_or(&[][..], |(_, others)| others);
    let long = but_last.iter().filter(|label| label.chars().count() >= 3);
    let long = long.filter(|label| !label.eq_ignore_ascii_case("www"));
    let names = std::iter::once(host).chain(long.copied());
    names.filter_map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_host() {
        assert_eq!(
            host_words("login.example.com"),
            ["loginexamplecom", "login", "example"]
        );
        assert_eq!(host_words("www.acme.co.uk"), ["wwwacmecouk", "acme"]);
        assert_eq!(host_words("localhost"), ["localhost"]);
        for none in ["", "127.0.0.1", "[::1]"] {
            assert!(host_words(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn whose_words_they_are() {
        let context = PasswordContext {
            username: Some("Jürgen"),
            email: Some("j.mueller+shop@example.com"),
            full_name: Some("Jürgen A. Müller"),
        };
        let service = ["portcullis".to_owned()];
        let whose = |text: &str| context.makes(&without_marks(&fold(text)), &service);
        assert_eq!(whose("ju\u{308}rgen-JÜRGEN"), Some(ContextWord::Username));
        assert_eq!(whose("J.Mueller"), Some(ContextWord::Email));
        assert_eq!(whose("j.mueller+shop 1234"), Some(ContextWord::Email));
        assert_eq!(whose("Müller Müller"), Some(ContextWord::FullName));
        assert_eq!(whose("Portcullis 2026!"), Some(ContextWord::Service));
        assert_eq!(whose("jürgen likes boats"), None);
        assert_eq!(whose("!!!! ???? .... "), None);
        assert_eq!(PasswordContext::default().makes("jürgen", &service), None);
    }
}

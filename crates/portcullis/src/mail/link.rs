//! A link that does something for whoever has it.

use std::fmt;

use jiff::SignedDuration;
use zeroize::Zeroizing;

/// A link with a token in it, which works once and for a while. It prints as `…`, cannot be compared, and
/// is wiped when dropped.
///
/// The token stands in the fragment, which a browser sends to nobody: it is in no log of a server or a
/// proxy, and in no `Referer`.
///
/// ```
/// use jiff::SignedDuration;
/// use portcullis::mail::Link;
///
/// let half_an_hour = SignedDuration::from_mins(30);
/// let link = Link::new("https://id.example.com", "reset-password", "nNTMjT…", half_an_hour);
/// assert_eq!(link.expose(), "https://id.example.com/reset-password#token=nNTMjT…");
/// assert_eq!(format!("{link:?}"), "…");
/// ```
#[derive(Clone)]
pub struct Link {
    address: Zeroizing<String>,
    token_begins: usize,
    valid_for: SignedDuration,
}

impl Link {
    /// The link to a page of the issuer that spends `token`.
    ///
    /// ```
    /// use jiff::SignedDuration;
    /// use portcullis::mail::Link;
    ///
    /// let link = Link::new("https://id.example.com/", "invitation", "t", SignedDuration::from_hours(1));
    /// assert_eq!(link.expose(), "https://id.example.com/invitation#token=t");
    /// ```
    pub fn new(issuer: &str, page: &str, token: &str, valid_for: SignedDuration) -> Self {
        let before = format!("{}/{page}#token=", issuer.trim_end_matches('/'));
        let token_begins = before.len();
        // At its full length from the start: a text that grows leaves copies behind.
        let mut address = Zeroizing::new(String::with_capacity(token_begins + token.len()));
        address.push_str(&before);
        address.push_str(token);
        Self {
            address,
            token_begins,
            valid_for,
        }
    }

    /// The whole link, in the clear.
    ///
    /// ```
    /// # use portcullis::mail::{Content, Letter};
    /// # let letter = Letter::sample("reset_password").ok_or("no such kind")?;
    /// let link = letter.content.link().ok_or("a letter without a link")?;
    /// let button = format!(r#"<a href="{}">Choose a new password</a>"#, link.expose());
    /// # assert!(button.contains("/reset-password#token="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn expose(&self) -> &str {
        &self.address
    }

    /// The token alone, in the clear: for a link to a page of your own.
    ///
    /// ```
    /// # use portcullis::mail::{Content, Letter};
    /// # let letter = Letter::sample("reset_password").ok_or("no such kind")?;
    /// let link = letter.content.link().ok_or("a letter without a link")?;
    /// let mine = format!("https://app.example.com/new-password#{}", link.token());
    /// # assert!(link.expose().ends_with(link.token()) && link.token().len() == 43);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn token(&self) -> &str {
        self.address.get(self.token_begins..).unwrap_or_default()
    }

    /// How long it works from now on, for people: `30 minutes`, `24 hours`, `7 days`.
    ///
    /// ```
    /// use jiff::SignedDuration;
    /// use portcullis::mail::Link;
    ///
    /// let link = |valid_for| Link::new("https://id.example.com", "invitation", "t", valid_for);
    /// assert_eq!(link(SignedDuration::from_hours(24)).validity(), "24 hours");
    /// assert_eq!(link(SignedDuration::from_hours(7 * 24)).validity(), "7 days");
    /// ```
    pub fn validity(&self) -> String {
        // Rounded down, so that nothing is promised that does not hold.
        let minutes = self.valid_for.as_mins().max(0);
        let hours = minutes / 60;
        let (number, unit) = if hours >= 48 {
            (hours / 24, "day")
        } else if minutes >= 120 {
            (hours, "hour")
        } else {
            (minutes, "minute")
        };
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {unit}{plural}")
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

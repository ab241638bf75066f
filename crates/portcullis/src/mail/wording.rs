//! The words of each letter, in English.

use super::{Content, Letter, Link, OneLine};

/// What a letter says, in the order in which it says it.
///
/// ```
/// use portcullis::mail::Letter;
///
/// # let letter = Letter::sample("verify_email").ok_or("no such kind")?;
/// let wording = letter.wording();
/// let mut html = String::new();
/// for paragraph in wording.before.iter().chain(&wording.after) {
///     html += &format!("<p>{}</p>", paragraph.replace('&', "&amp;").replace('<', "&lt;"));
/// }
/// # assert!(html.starts_with("<p>The account \"johndoe\" at id.example.com"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone)]
pub struct Wording {
    /// What it is about, in a line.
    pub subject: String,
    /// What happened: paragraphs of plain text.
    pub before: Vec<String>,
    /// What to write on a button.
    pub button: String,
    /// Where the button leads, in the clear: the letter's [`Link`], or else the service itself.
    pub address: String,
    /// How long the link works, and what to do if it was not you: paragraphs of plain text.
    pub after: Vec<String>,
}

impl Wording {
    /// All of it as plain text, the address on a line of its own.
    ///
    /// ```
    /// use portcullis::mail::Letter;
    ///
    /// # let letter = Letter::sample("reset_password").ok_or("no such kind")?;
    /// let mut wording = letter.wording();
    /// wording.address = "https://app.example.com/new-password".into();
    /// wording.after.push("The team of Example".into());
    /// assert!(wording.text().contains("\n\nhttps://app.example.com/new-password\n\n"));
    /// assert!(wording.text().ends_with("\n\nThe team of Example\n"));
    /// # Ok::<(), &str>(())
    /// ```
    pub fn text(&self) -> String {
        let before = self.before.iter().map(String::as_str);
        let after = self.after.iter().map(String::as_str);
        let paragraphs = before.chain([self.address.as_str()]).chain(after);
        paragraphs.collect::<Vec<_>>().join("\n\n") + "\n"
    }

    pub(super) fn of(letter: &Letter) -> Self {
        let service = letter.service();
        let account = match letter.content.username() {
            Some(name) => format!("account \"{name}\" at {service}"),
            None => format!("account at {service}"),
        };
        let Says {
            subject,
            before,
            button,
            after,
        } = says(&letter.content, service, &account);
        let mut after: Vec<String> = after.iter().map(|&text| text.to_owned()).collect();
        let address = if let Some(link) = letter.content.link() {
            after.insert(0, works_once(link));
            link.expose().to_owned()
        } else {
            format!("{}/", letter.issuer.trim_end_matches('/'))
        };
        Self {
            subject,
            before,
            button: button.to_owned(),
            address,
            after,
        }
    }
}

fn works_once(link: &Link) -> String {
    let validity = link.validity();
    format!("The link works once, and for {validity} from when this mail was sent.")
}

/// What of a letter's wording is its kind's own.
struct Says {
    subject: String,
    before: Vec<String>,
    button: &'static str,
    after: &'static [&'static str],
}

/// The words of each kind. Names stand between quotation marks, so that one sees where they end.
fn says(content: &Content, service: &str, account: &str) -> Says {
    const IGNORE: &str =
        "If you did not expect this, ignore it: without the link, nothing happens.";
    match content {
        Content::VerifyEmail { .. } => Says {
            subject: format!("Confirm your e-mail address for {service}"),
            before: vec![
                format!("The {account} was given this e-mail address."),
                "If it is your account, confirm the address here:".to_owned(),
            ],
            button: "Confirm this address",
            after: &[IGNORE],
        },
        Content::ConfirmEmail { new_address, .. } => Says {
            subject: format!("Confirm your new e-mail address for {service}"),
            before: vec![
                format!("The {account} is to have the e-mail address {new_address}."),
                "If it is your account, confirm the new address here:".to_owned(),
            ],
            button: "Confirm the new address",
            after: &[IGNORE],
        },
        Content::ResetPassword { .. } => Says {
            subject: format!("Choose a new password for {service}"),
            before: vec![
                format!("Somebody asked for a new password for your {account}."),
                "If it was you, choose it here:".to_owned(),
            ],
            button: "Choose a new password",
            after: &["If it was not you, ignore this mail: your password stays as it is."],
        },
        Content::SetPassword { .. } => Says {
            subject: format!("Your account at {service}: choose a password"),
            before: vec![
                format!("The {account} was made for you."),
                "Choose a password to use it:".to_owned(),
            ],
            button: "Choose a password",
            after: &[IGNORE],
        },
        Content::Invitation { .. } => Says {
            subject: format!("Your invitation to {service}"),
            before: vec![
                format!("You are invited to make an {account}."),
                "Choose a name and a password here:".to_owned(),
            ],
            button: "Make an account",
            after: &[IGNORE],
        },
        Content::EmailChangeAsked { new_address, .. } => {
            email_change_asked(service, account, new_address)
        }
        Content::EmailChanged { new_address, .. } => email_changed(service, account, new_address),
        Content::EmailRemoved { .. } => email_removed(service, account),
        Content::PasswordChanged { .. } => password_changed(service, account),
        Content::AddressInUse { .. } => address_in_use(service, account),
    }
}

// Those that tell what happened, and ask for nothing.

fn email_change_asked(service: &str, account: &str, new_address: &OneLine) -> Says {
    Says {
        subject: format!("Another e-mail address was asked for at {service}"),
        before: vec![
            format!(
                "The e-mail address of your {account} is to become {new_address}. It stays as it \
                 is until that address is confirmed."
            ),
            "If it was you, there is nothing to do.".to_owned(),
            "If it was not you, somebody knows your password. Change it at once, here:".to_owned(),
        ],
        button: "Go to the service",
        after: &[],
    }
}

fn email_changed(service: &str, account: &str, new_address: &OneLine) -> Says {
    Says {
        subject: format!("Your e-mail address for {service} was changed"),
        before: vec![
            format!("The e-mail address of your {account} is {new_address} now."),
            "If it was you, or those who run the service did it for you, there is nothing to do."
                .to_owned(),
            "If it was not you, and not they, somebody knows your password. Change it at once, and \
             tell those who run the service:"
                .to_owned(),
        ],
        button: "Go to the service",
        after: &[],
    }
}

fn email_removed(service: &str, account: &str) -> Says {
    Says {
        subject: format!("Your e-mail address was removed at {service}"),
        before: vec![
            format!(
                "Those who run the service removed this e-mail address from your {account}. Mails \
                 about it, such as a link for a new password, do not come here any more."
            ),
            "If that is a surprise, ask them, here:".to_owned(),
        ],
        button: "Go to the service",
        after: &[],
    }
}

fn password_changed(service: &str, account: &str) -> Says {
    Says {
        subject: format!("Your password for {service} was changed"),
        before: vec![
            format!("The password of your {account} was changed."),
            "If it was you, all is well. All devices were signed out: sign in with the new \
             password."
                .to_owned(),
            "If it was not you, ask for a new password at once, here:".to_owned(),
        ],
        button: "Go to the service",
        after: &[],
    }
}

fn address_in_use(service: &str, account: &str) -> Says {
    Says {
        subject: format!("Your e-mail address was given again at {service}"),
        before: vec![
            format!(
                "Somebody gave this e-mail address for another account. It stays that of your \
                 {account}, and nothing has changed."
            ),
            "If it was you: you have an account. Sign in, or ask for a new password, here:"
                .to_owned(),
        ],
        button: "Go to the service",
        after: &["If it was not you, there is nothing to do."],
    }
}

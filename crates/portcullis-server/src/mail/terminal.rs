//! Mail that is shown instead of sent: for the demo.

use portcullis::mail::{Letter, MailFailed, Mailer, Sending};

use super::templates::Templates;

pub(super) struct Terminal {
    templates: Templates,
    say: fn(&str),
}

impl Terminal {
    pub(super) fn new(templates: Templates, say: fn(&str)) -> Self {
        Self { templates, say }
    }
}

impl Mailer for Terminal {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        let shown = self.templates.render(letter).map(|mail| {
            let mut shown = format!(
                "\n  | To: {}\n  | Subject: {}\n  |\n",
                letter.to.as_str(),
                mail.subject
            );
            for line in mail.text.lines() {
                shown += &format!("  | {line}\n");
            }
            (self.say)(&shown);
        });
        Box::pin(std::future::ready(shown.map_err(MailFailed::temporary)))
    }
}

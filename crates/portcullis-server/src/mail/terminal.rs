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
            let head = [
                format!("To: {}", letter.to.as_str()),
                format!("Subject: {}", mail.subject),
                String::new(),
            ];
            let lines = head.iter().map(String::as_str).chain(mail.text.lines());
            let shown: String = lines.flat_map(|line| ["\n  | ", line]).collect();
            (self.say)(&(shown + "\n"));
        });
        Box::pin(std::future::ready(shown.map_err(MailFailed::temporary)))
    }
}

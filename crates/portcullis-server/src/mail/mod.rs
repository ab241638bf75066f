//! Mail: what the library has to say to users, in the operator's templates, by SMTP.

mod line_stream;
mod message;
mod server_address;
mod smtp;
mod templates;
mod terminal;

pub(crate) use server_address::ServerAddress;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox;
use portcullis::mail::Mailer;

use message::Writer;
use smtp::Smtp;
use templates::Templates;
use terminal::Terminal;

/// The settings `mail.*`.
pub(crate) struct Settings {
    pub(crate) server: Option<ServerAddress>,
    /// There, if `server` is.
    pub(crate) from: Option<Mailbox>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) templates: Option<PathBuf>,
    pub(crate) timeout: Duration,
}

/// What sends mail as the settings say. `None` where they name no server; the templates are read in any
/// case, so that what is wrong with them is told before anybody needs them.
pub(crate) fn mailer(settings: &Settings, issuer: &str) -> anyhow::Result<Option<Arc<dyn Mailer>>> {
    let templates = Templates::read(settings.templates.as_deref())?;
    let (Some(server), Some(from)) = (&settings.server, &settings.from) else {
        return Ok(None);
    };
    let writer = Writer::new(templates, from.clone(), issuer);
    Ok(Some(Arc::new(Smtp::new(settings, server, writer)?)))
}

/// What shows each mail by `say`, and sends it to nobody.
pub(crate) fn on_the_terminal(
    settings: &Settings,
    say: fn(&str),
) -> anyhow::Result<Arc<dyn Mailer>> {
    let templates = Templates::read(settings.templates.as_deref())?;
    Ok(Arc::new(Terminal::new(templates, say)))
}

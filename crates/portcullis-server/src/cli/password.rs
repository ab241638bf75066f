//! How a command gets a password: from a prompt or from standard input, never from the arguments.

use std::io::{IsTerminal, Read};

use anyhow::{Context, bail};
use portcullis::password::PasswordPolicy;
use portcullis::secret::Password;

use super::output;

/// Asks for a new password.
pub(super) fn read(from_stdin: bool, policy: &PasswordPolicy) -> anyhow::Result<Password> {
    if from_stdin {
        return read_stdin();
    }
    if !std::io::stdin().is_terminal() {
        bail!("standard input is not a terminal; pipe the password in and say --password-stdin");
    }
    output::note(&policy.advice());
    let first = rpassword::prompt_password("Password: ").context("no password was read")?;
    let second = rpassword::prompt_password("Again: ").context("no password was read")?;
    if first != second {
        bail!("the two passwords differ");
    }
    Ok(Password::new(first))
}

/// All of standard input, without the line's end.
fn read_stdin() -> anyhow::Result<Password> {
    let mut bytes = Vec::new();
    // One more than may be, and a line's end: what is longer is refused, not cut.
    let limit = u64::try_from(Password::MAX_BYTES)? + 3;
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_end(&mut bytes)
        .context("no password was read")?;
    let text = String::from_utf8(bytes)
        .map_err(|_| anyhow::anyhow!("the password on standard input is not UTF-8"))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        bail!("there is no password on standard input");
    }
    Ok(Password::new(text))
}

//! What the mails look like, in a real browser: in light and in dark, on a telephone and off it.

use portcullis::mail::Letter;

use super::{send, settings};
use crate::browser::drive_on;
use crate::smtp_sink::SmtpSink;

#[test]
fn every_mail_is_readable_everywhere_and_loads_nothing() {
    let sink = SmtpSink::start();
    let settings = settings(&sink.url());
    let folder = tempfile::tempdir().unwrap();
    for letter in Letter::samples() {
        send(&settings, &letter).unwrap();
        let html = sink.mails().pop().unwrap().html();
        let path = folder.path().join(format!("{}.html", letter.kind()));
        std::fs::write(path, html).unwrap();
    }
    drive_on("mail.mjs", &format!("file://{}/", folder.path().display()));
}

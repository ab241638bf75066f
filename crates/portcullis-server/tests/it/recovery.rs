//! What begins with a mail, walked in a real browser with the mails that really came.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::drive_with;
use crate::mail::aiosmtpd::Python;
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;
use crate::smtp_sink::SmtpSink;

const PASSWORD: &str = "seven grey cranes over Uppsala";

/// A server that sends its mails to `mail_url`, and a folder in which they are laid.
struct Walk {
    server: Server,
    folder: Arc<TempDir>,
    database: PathBuf,
}

impl Walk {
    /// With carol, whose address is verified, and an operator.
    fn begin(mail_url: &str) -> Self {
        let folder = temporary_folder();
        let path = folder.path().join("users.db");
        let database = Database::Sqlite(path.display().to_string());
        for arguments in [
            &["carol", "--email", "carol@example.com"][..],
            &[
                "operator",
                "--scope",
                "users:write",
                "--scope",
                "users:read",
            ],
        ] {
            let mut add = portcullis(folder.path());
            add.args(["user", "add", "--password-stdin"])
                .args(arguments)
                .args(["--database", &database.url()]);
            let said = run(add, PASSWORD);
            assert!(said.status.success(), "{said:?}");
        }
        database.run("UPDATE users SET email_verified = TRUE WHERE username = 'carol';");
        std::fs::create_dir(folder.path().join("mails")).unwrap();
        let variables = [
            ("PORTCULLIS_MAIL_URL", mail_url),
            ("PORTCULLIS_MAIL_FROM", "no-reply@example.com"),
        ];
        Self {
            server: Server::start(&folder, &["--database", &database.url()], &variables),
            folder,
            database: path,
        }
    }

    fn mails(&self) -> PathBuf {
        self.folder.path().join("mails")
    }

    fn drive(&self) {
        let (mails, database) = (self.mails(), &self.database);
        let more = [mails.to_str().unwrap(), database.to_str().unwrap()];
        drive_with("recovery.mjs", &self.server.base_url(), &more);
    }
}

/// Lays a mail down, whole or not at all.
fn lay(folder: &Path, number: usize, mail: &Value) {
    let path = folder.join(format!("{number:04}.new"));
    std::fs::write(&path, mail.to_string()).unwrap();
    std::fs::rename(&path, path.with_extension("json")).unwrap();
}

#[test]
fn walked_with_mails_from_our_mail_server() {
    let sink = SmtpSink::start();
    let walk = Walk::begin(&sink.url());
    let folder = walk.mails();
    thread::scope(|scope| {
        let driver = scope.spawn(|| walk.drive());
        let mut laid = 0;
        while !driver.is_finished() {
            let mails = sink.within(laid + 1, std::time::Duration::from_millis(100));
            for mail in mails.get(laid..).unwrap_or_default() {
                let to = mail.to[0].trim_matches(['<', '>']);
                let read = json!({ "to": to, "subject": mail.subject(), "text": mail.text() });
                lay(&folder, laid, &read);
                laid += 1;
            }
        }
        driver.join().unwrap();
        assert!(laid >= 12, "{laid} mails");
    });
}

#[test]
fn walked_with_mails_from_a_mail_server_that_nobody_here_wrote() {
    let mut python = Python::start();
    let walk = Walk::begin(&format!("smtp://127.0.0.1:{}", python.line()));
    let folder = walk.mails();
    let lines = python.take_lines();
    let reader = thread::spawn(move || {
        let mut laid = 0;
        for line in lines.map_while(Result::ok) {
            let mail: Value = serde_json::from_str(&line).unwrap();
            let headers = mail["headers"].as_array().unwrap();
            let subject = headers.iter().find(|header| header[0] == "Subject");
            let text = mail["parts"]["text/plain"].as_str().unwrap();
            let read = json!({
                "to": mail["envelope_to"][0],
                "subject": subject.unwrap()[1],
                "text": text.replace("\r\n", "\n"),
            });
            lay(&folder, laid, &read);
            laid += 1;
        }
        laid
    });
    walk.drive();
    drop(python);
    let laid = reader.join().unwrap();
    assert!(laid >= 12, "{laid} mails");
}

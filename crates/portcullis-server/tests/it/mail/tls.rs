//! ATK-M16: mail goes to the server that was named, encrypted, or nowhere.

use tempfile::TempDir;

use super::{sample, send, settings, temporary};
use crate::mailing::Settings;
use crate::smtp_sink::{Authority, Manner, Reply, SmtpSink};

/// A sink whose certificate is for `name`, one for each way to speak TLS.
fn both(authority: &Authority, name: &str) -> [SmtpSink; 2] {
    let tls = Some(authority.server(name));
    let manner = Manner {
        login: Some(("johndoe", "hunter2")),
        offers: &["AUTH PLAIN"],
        ..Manner::default()
    };
    let implicit = Manner {
        implicit_tls: tls.clone(),
        ..manner.clone()
    };
    let start_tls = Manner {
        start_tls: tls,
        ..manner
    };
    [implicit, start_tls].map(SmtpSink::with)
}

/// Settings with a login, for a sink that `authority` vouches for.
fn trusting(authority: &Authority, folder: &TempDir, url: &str) -> Settings {
    let url = url.replace("://", "://johndoe:hunter2@");
    let mut settings = settings(&url);
    settings.ca_file = Some(authority.file(folder.path()));
    settings
}

/// Neither who we are nor whom it is for was told, in any way.
fn assert_nothing_was_told(sink: &SmtpSink) {
    assert!(sink.mails().is_empty());
    let mut heard = sink.heard_in_the_clear();
    heard.extend(sink.heard_under_tls());
    for line in heard {
        let is_empty_talk = ["EHLO", "STARTTLS", "QUIT"]
            .iter()
            .any(|verb| line.starts_with(verb));
        assert!(is_empty_talk, "{line}");
    }
}

#[test]
fn a_server_that_is_vouched_for_gets_the_mail_under_tls() {
    let (authority, folder) = (Authority::new(), TempDir::new().unwrap());
    for name in ["127.0.0.1", "localhost"] {
        for sink in both(&authority, name) {
            let url = sink.url().replace("127.0.0.1", name);
            send(
                &trusting(&authority, &folder, &url),
                &sample("reset_password"),
            )
            .unwrap();
            let [mail] = sink.wait_for(1).try_into().unwrap();
            assert!(mail.is_encrypted && mail.login.as_deref() == Some("johndoe"));
            let clear = sink.heard_in_the_clear();
            assert!(
                clear
                    .iter()
                    .all(|line| line.starts_with("EHLO") || line == "STARTTLS")
            );
        }
    }
}

#[test]
fn another_authority_another_name_or_another_time_is_refused() {
    let (authority, folder) = (Authority::new(), TempDir::new().unwrap());
    let stranger = Authority::new();
    for sink in both(&stranger, "127.0.0.1") {
        let why = temporary(send(
            &trusting(&authority, &folder, &sink.url()),
            &sample("invitation"),
        ));
        assert!(why.contains("certificate"), "{why}");
        assert_nothing_was_told(&sink);
        // Nor does the system know it.
        let mut settings = trusting(&authority, &folder, &sink.url());
        settings.ca_file = None;
        let why = temporary(send(&settings, &sample("invitation")));
        assert!(why.contains("certificate"), "{why}");
        assert_nothing_was_told(&sink);
    }
    for sink in both(&authority, "mail.example.com") {
        let why = temporary(send(
            &trusting(&authority, &folder, &sink.url()),
            &sample("invitation"),
        ));
        assert!(why.contains("certificate"), "{why}");
        assert_nothing_was_told(&sink);
    }
    let sink = SmtpSink::with(Manner {
        implicit_tls: Some(authority.server_until("127.0.0.1", 2001)),
        ..Manner::default()
    });
    let why = temporary(send(
        &trusting(&authority, &folder, &sink.url()),
        &sample("invitation"),
    ));
    assert!(why.contains("certificate"), "{why}");
    assert_nothing_was_told(&sink);
}

/// Who sits on the wire takes the line `STARTTLS` out of the answer, or says no to it.
#[test]
fn without_starttls_nothing_is_sent() {
    let (authority, folder) = (Authority::new(), TempDir::new().unwrap());
    let stripped = SmtpSink::with(Manner {
        offers: &["AUTH PLAIN LOGIN"],
        ..Manner::default()
    });
    let url = format!("{}?tls=required", stripped.url());
    let why = temporary(send(
        &trusting(&authority, &folder, &url),
        &sample("invitation"),
    ));
    assert!(why.contains("STARTTLS"), "{why}");
    assert_nothing_was_told(&stripped);
    let [_, sink] = both(&authority, "127.0.0.1");
    for no in ["454 TLS is not available", "554 no", "150 no"] {
        sink.answer("STARTTLS", Reply::Say(no));
        temporary(send(
            &trusting(&authority, &folder, &sink.url()),
            &sample("invitation"),
        ));
        assert_nothing_was_told(&sink);
    }
}

/// A server that speaks in the clear where TLS was expected gets no word.
#[test]
fn a_plain_server_at_an_smtps_address_is_refused() {
    let (authority, folder) = (Authority::new(), TempDir::new().unwrap());
    let sink = SmtpSink::start();
    let url = sink.url().replace("smtp://", "smtps://");
    let settings = trusting(&authority, &folder, &url);
    temporary(send(&settings, &sample("invitation")));
    assert!(sink.mails().is_empty());
}

/// Who sits on the wire appends lines to the answer to `STARTTLS`, to be taken for answers under TLS.
#[test]
fn what_was_said_before_tls_is_no_answer_under_it() {
    let (authority, folder) = (Authority::new(), TempDir::new().unwrap());
    let [_, sink] = both(&authority, "127.0.0.1");
    let settings = trusting(&authority, &folder, &sink.url());
    for appended in [
        "220 go\r\n250 x",
        "220 go\r\n250-x\r\n250 AUTH LOGIN\r\n235 x\r\n250 x\r\n250 x\r\n354 x\r\n250 x",
    ] {
        sink.answer("STARTTLS", Reply::Say(appended));
        temporary(send(&settings, &sample("invitation")));
        assert_nothing_was_told(&sink);
    }
    sink.behave();
    send(&settings, &sample("invitation")).unwrap();
}

#[test]
fn a_line_without_an_end_does_not_fill_the_memory() {
    let (authority, folder) = (Authority::new(), TempDir::new().unwrap());
    let [_, sink] = both(&authority, "127.0.0.1");
    let endless = format!("220 {}", "x".repeat(1024 * 1024));
    sink.answer("CONNECT", Reply::Say(endless.leak()));
    let why = temporary(send(
        &trusting(&authority, &folder, &sink.url()),
        &sample("invitation"),
    ));
    assert!(why.contains("a line has no end"), "{why}");
}

//! ATK-M15: mail servers that refuse, hang and go away. None of it takes longer than it may, and what
//! passes is told from what does not.

use std::time::{Duration, Instant};

use super::{permanent, sample, send, settings, temporary};
use crate::smtp_sink::{Manner, Reply, SmtpSink};

const STEPS: [&str; 6] = ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."];

#[test]
fn not_now_is_never_for_good() {
    let sink = SmtpSink::start();
    let settings = settings(&sink.url());
    for step in STEPS {
        sink.answer(step, Reply::Say("451 4.3.0 come back later"));
        let why = temporary(send(&settings, &sample("reset_password")));
        assert!(why.contains("come back later"), "{step}: {why}");
        sink.behave();
    }
    assert!(sink.mails().is_empty());
    send(&settings, &sample("reset_password")).unwrap();
}

#[test]
fn a_no_to_the_recipient_or_to_the_mail_is_for_good() {
    let sink = SmtpSink::start();
    let settings = settings(&sink.url());
    for step in ["RCPT", "DATA", "."] {
        sink.answer(step, Reply::Say("550-5.1.1 no such user\r\n550 5.1.1 here"));
        let why = permanent(send(&settings, &sample("reset_password")));
        assert!(why.contains("no such user") && !why.contains('\n'), "{why}");
        sink.behave();
    }
}

#[test]
fn a_no_to_the_sender_or_to_the_login_waits_for_better_settings() {
    let sink = SmtpSink::start();
    let mut settings = settings(&sink.url());
    for step in ["CONNECT", "EHLO", "MAIL"] {
        sink.answer(step, Reply::Say("554 5.7.1 you may not"));
        let why = temporary(send(&settings, &sample("reset_password")));
        assert!(why.contains("you may not"), "{step}: {why}");
        sink.behave();
    }
    sink.answer("RCPT", Reply::Say("530 5.7.0 authentication required"));
    temporary(send(&settings, &sample("reset_password")));
    let sink = SmtpSink::with(Manner {
        login: Some(("johndoe", "hunter2")),
        offers: &["AUTH PLAIN LOGIN"],
        ..Manner::default()
    });
    let with = |login: &str| sink.url().replace("://", &format!("://{login}@"));
    settings.server = super::settings(&with("johndoe:hunter3")).server;
    let why = temporary(send(&settings, &sample("reset_password")));
    assert!(
        why.contains("the login was refused") && !why.contains("hunter"),
        "{why}"
    );
    settings.server = super::settings(&with("johndoe:hunter2")).server;
    send(&settings, &sample("reset_password")).unwrap();
    assert_eq!(sink.mails()[0].login.as_deref(), Some("johndoe"));
    settings.server = super::settings(&sink.url()).server;
    temporary(send(&settings, &sample("reset_password")));
}

#[test]
fn both_ways_to_log_in_are_known_and_none_is_not_enough() {
    for offers in [["AUTH PLAIN"], ["AUTH LOGIN"], ["AUTH CRAM-MD5"]] {
        let sink = SmtpSink::with(Manner {
            login: Some(("j@example.com", "p w:é")),
            offers: match offers[0] {
                "AUTH PLAIN" => &["AUTH PLAIN"],
                "AUTH LOGIN" => &["AUTH LOGIN"],
                _ => &["AUTH CRAM-MD5"],
            },
            ..Manner::default()
        });
        let url = sink
            .url()
            .replace("://", "://j%40example.com:p%20w%3A%C3%A9@");
        let sent = send(&settings(&url), &sample("reset_password"));
        if offers == ["AUTH CRAM-MD5"] {
            temporary(sent);
        } else {
            sent.unwrap();
        }
    }
}

#[test]
fn a_server_that_hangs_costs_no_more_than_the_time_that_is_set() {
    let sink = SmtpSink::start();
    let mut settings = settings(&sink.url());
    settings.timeout = Duration::from_secs(1);
    for step in STEPS {
        sink.answer(step, Reply::Hang);
        let began = Instant::now();
        let why = temporary(send(&settings, &sample("reset_password")));
        assert!(why.contains("longer than 1 s"), "{step}: {why}");
        assert!(began.elapsed() < Duration::from_secs(5), "{step}");
        sink.behave();
    }
}

#[test]
fn a_server_that_goes_away_is_tried_again() {
    let sink = SmtpSink::start();
    let settings = settings(&sink.url());
    for step in STEPS {
        sink.answer(step, Reply::Close);
        temporary(send(&settings, &sample("reset_password")));
        sink.behave();
    }
    sink.stop();
    let why = temporary(send(&settings, &sample("reset_password")));
    assert!(why.contains("refused"), "{why}");
}

#[test]
fn a_mail_that_was_taken_is_sent_however_the_connection_ends() {
    let sink = SmtpSink::start();
    let mut settings = settings(&sink.url());
    settings.timeout = Duration::from_secs(3);
    for (count, reply) in [Reply::Hang, Reply::Close, Reply::Say("421 no")]
        .into_iter()
        .enumerate()
    {
        sink.answer("QUIT", reply);
        send(&settings, &sample("reset_password")).unwrap();
        assert_eq!(sink.mails().len(), count + 1);
    }
}

#[test]
fn an_answer_out_of_turn_is_no_success() {
    let sink = SmtpSink::start();
    let settings = settings(&sink.url());
    for (step, said) in [
        ("DATA", "250 ok"),
        (".", "354 go on"),
        ("RCPT", "354 go on"),
        ("MAIL", "334 what"),
        ("CONNECT", "HTTP/1.1 400 Bad Request"),
        ("EHLO", "250"),
        ("EHLO", "nonsense"),
    ] {
        sink.answer(step, Reply::Say(said));
        temporary(send(&settings, &sample("reset_password")));
        sink.behave();
    }
}

/// Some servers quote the mail that they refuse, and what they say goes to the log.
#[test]
fn what_a_server_says_is_kept_short_and_without_the_token() {
    let sink = SmtpSink::start();
    let letter = sample("reset_password");
    let token = letter.content.link().unwrap().token().to_owned();
    let quoting = format!(
        "554 5.7.1 spam: https://id.example.com/reset-password#token={token} \u{1b}[31m{}",
        "x".repeat(800)
    );
    sink.answer(".", Reply::Say(quoting.leak()));
    let why = permanent(send(&settings(&sink.url()), &letter));
    assert!(why.contains("spam") && why.contains("#token=…"), "{why}");
    assert!(!why.contains(&token) && !why.contains('\u{1b}'), "{why}");
    assert!(why.chars().count() <= 300, "{why}");
}

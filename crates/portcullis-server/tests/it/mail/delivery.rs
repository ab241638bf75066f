//! What arrives.

use std::sync::Mutex;

use portcullis::mail::{Content, Letter, OneLine};
use portcullis::user::EmailAddress;

use super::{ISSUER, permanent, sample, send, settings, to};
use crate::mailing;
use crate::smtp_sink::{Mail, Manner, SmtpSink};

/// Every line ends as RFC 5321 §2.3.8 says, and no line is too long (§4.5.3.1.6).
fn assert_well_formed(mail: &Mail) {
    let text = String::from_utf8(mail.raw.clone()).unwrap();
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n']), "a bare end of line: {line:?}");
        assert!(line.len() <= 998, "{line}");
    }
}

#[test]
fn each_kind_of_letter_arrives_whole() {
    let sink = SmtpSink::start();
    let settings = settings(&sink.url());
    for (count, letter) in Letter::samples().iter().enumerate() {
        send(&settings, letter).unwrap();
        let mail = sink.wait_for(count + 1).pop().unwrap();
        assert_eq!(mail.from, "<no-reply@example.com>");
        assert_eq!(mail.to, ["<johndoe@example.com>"]);
        assert_well_formed(&mail);
        assert_eq!(mail.headers("To"), ["johndoe@example.com"]);
        assert_eq!(mail.headers("Auto-Submitted"), ["auto-generated"]);
        let id = format!("<{}@id.example.com>", letter.message_id);
        assert_eq!(mail.headers("Message-ID"), [id]);
        let date = &mail.headers("Date")[0];
        assert!(date.ends_with(" +0000"), "{date}");
        assert_eq!(mail.subject(), letter.subject());
        assert_eq!(mail.text(), letter.text());
        let kind = &mail.headers("Content-Type")[0];
        assert!(kind.starts_with("multipart/alternative;"), "{kind}");
        let html = mail.html();
        let shown = letter.content.link().map(|link| link.token().to_owned());
        assert!(shown.is_none_or(|token| html.contains(&token)), "{html}");
        for header in ["Bcc", "Cc", "Sender", "Reply-To", "User-Agent"] {
            assert!(mail.headers(header).is_empty(), "{header}");
        }
        for outside in ["<img", "src=", "<script", "@import", "url("] {
            assert!(!html.contains(outside), "{html}");
        }
    }
    assert_eq!(sink.connections(), Letter::samples().len());
}

#[test]
fn the_senders_name_is_encoded_and_the_same_to_whoever_reads_it() {
    let sink = SmtpSink::start();
    send(&settings(&sink.url()), &sample("invitation")).unwrap();
    let mail = &sink.mails()[0];
    let raw = &mail.headers("From")[0];
    assert!(raw.is_ascii() && raw.contains("=?utf-8?"), "{raw}");
    let parsed = mail_parser::MessageParser::default();
    let parsed = parsed.parse(&mail.raw).unwrap();
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("Müller & Söhne"));
    assert_eq!(from.address(), Some("no-reply@example.com"));
}

/// ATK-U15, ATK-U16: an address that is several, or a header, never becomes one.
#[test]
fn only_one_plain_address_can_be_written_to() {
    for wrong in [
        "a@x.example,b@y.example",
        "a@x.example b@y.example",
        "a@x.example;b@y.example",
        "a@x.example\r\nBcc: b@y.example",
        "a@x.example\nRCPT TO:<b@y.example>",
        "a@x.example>\r\nRCPT TO:<b@y.example",
        "\"a\r\nBcc: b@y.example\"@x.example",
        "\"a b\"@x.example",
        "<a@x.example>",
        "a@x.example\0",
        "a@x.example@y.example",
        "@x.example",
        "a@",
        "a@[127.0.0.1]",
    ] {
        assert!(EmailAddress::parse(wrong).is_err(), "{wrong:?}");
    }
}

/// ATK-U17, ATK-M17: whatever is in a name is text, in the body and nowhere else.
#[test]
fn a_name_is_text_and_begins_neither_a_header_nor_a_mail_nor_a_tag() {
    let name =
        "<a href=http://evil.example>click</a>\r\n.\r\nMAIL FROM:<x@evil.example>\r\n\r\nBcc: y";
    let sink = SmtpSink::start();
    let settings = settings(&sink.url());
    let mut letter = sample("email_changed");
    letter.content = Content::EmailChanged {
        username: OneLine::new(name),
        new_address: OneLine::new("<b>x</b>@evil.example\n.\n\u{2028}\u{202E}"),
    };
    letter.message_id = "a@b>\r\nBcc: z@evil.example\r\n\r\n".to_owned();
    let plain = sample("email_changed");
    send(&settings, &plain).unwrap();
    send(&settings, &letter).unwrap();
    let [usual, mail] = sink.wait_for(2).try_into().unwrap();
    assert_well_formed(&mail);
    assert_eq!(mail.header_names(), usual.header_names());
    assert_eq!(
        mail.headers("Message-ID"),
        ["<abBcczevilexample@id.example.com>"]
    );
    assert_eq!(mail.subject(), usual.subject());
    assert_eq!(mail.to, usual.to);
    assert_eq!(mail.text().lines().count(), usual.text().lines().count());
    let html = mail.html();
    assert!(
        !html.contains("<a href=http") && !html.contains("<b>x"),
        "{html}"
    );
    assert!(html.contains("&lt;a href=http:"), "{html}");
    let commands = sink.heard_in_the_clear();
    let mails = commands.iter().filter(|line| line.starts_with("MAIL"));
    assert_eq!(mails.count(), 2);
}

/// ATK-M17: a line of one dot ends a mail on the wire, wherever it comes from.
#[test]
fn lines_of_dots_and_all_ends_of_lines_arrive_in_one_mail() {
    let folder = tempfile::tempdir().unwrap();
    let body = "{{ address }}\n.\n..\n. x\n.\r\n\r\n.\r\nRSET\rMAIL\n.\n";
    std::fs::write(folder.path().join("invitation.txt"), body).unwrap();
    let sink = SmtpSink::start();
    let mut settings = settings(&sink.url());
    settings.templates = Some(folder.path().to_owned());
    send(&settings, &sample("invitation")).unwrap();
    let [mail] = sink.wait_for(1).try_into().unwrap();
    assert_well_formed(&mail);
    let text = mail.text();
    let (link, rest) = text.split_once('\n').unwrap();
    assert!(link.contains("#token="), "{text}");
    // The end of a line that is none travels encoded.
    assert_eq!(rest.trim_end(), ".\n..\n. x\n.\n\n.\nRSET\rMAIL\n.");
}

#[test]
fn a_host_name_in_other_letters_is_written_to_in_ascii() {
    let sink = SmtpSink::start();
    send(
        &settings(&sink.url()),
        &to("invitation", "a@bücher.example"),
    )
    .unwrap();
    assert_eq!(sink.mails()[0].to, ["<a@xn--bcher-kva.example>"]);
}

#[test]
fn a_local_part_in_other_letters_needs_a_server_that_knows_them() {
    let letter = to("invitation", "jürgen@example.com");
    let sink = SmtpSink::start();
    let why = permanent(send(&settings(&sink.url()), &letter));
    assert!(why.contains("SMTPUTF8"), "{why}");
    let sink = SmtpSink::with(Manner {
        offers: &["8BITMIME", "SMTPUTF8"],
        ..Manner::default()
    });
    send(&settings(&sink.url()), &letter).unwrap();
    let [mail] = sink.wait_for(1).try_into().unwrap();
    assert_eq!(mail.to, ["<jürgen@example.com>"]);
    assert!(mail.from.contains("SMTPUTF8"), "{}", mail.from);
    let parsed = mail_parser::MessageParser::default();
    let parsed = parsed.parse(&mail.raw).unwrap();
    let address = parsed.to().unwrap().first().unwrap().address();
    assert_eq!(address, Some("jürgen@example.com"));
}

#[test]
fn the_server_is_greeted_with_the_issuers_host() {
    let sink = SmtpSink::start();
    send(&settings(&sink.url()), &sample("invitation")).unwrap();
    let host = ISSUER.trim_start_matches("https://");
    assert_eq!(sink.heard_in_the_clear()[0], format!("EHLO {host}"));
}

/// In the demo, a mail is shown where somebody looks, and what is in it does not steer the terminal.
#[test]
fn on_the_terminal_a_mail_is_shown_with_its_link_on_a_line() {
    static SHOWN: Mutex<String> = Mutex::new(String::new());
    let say = |text: &str| SHOWN.lock().unwrap().push_str(text);
    let mailer = mailing::on_the_terminal(&settings("smtp://127.0.0.1"), say).unwrap();
    let mut letter = sample("confirm_email");
    let link = letter.content.link().unwrap().clone();
    letter.content = Content::ConfirmEmail {
        username: OneLine::new("x\u{1b}[2Jy"),
        new_address: OneLine::new("new@example.com"),
        link: link.clone(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(mailer.send(&letter)).unwrap();
    let shown = SHOWN.lock().unwrap();
    for line in [
        "  | To: johndoe@example.com".to_owned(),
        format!("  | Subject: {}", letter.subject()),
        format!("  | {}", link.expose()),
    ] {
        assert!(
            shown.lines().any(|other| other == line),
            "{line} in {shown}"
        );
    }
    assert!(!shown.contains('\u{1b}'));
}

/// Somebody is called like a host, and the mail goes to somebody else.
#[test]
fn a_name_that_looks_like_a_host_is_no_link() {
    let sink = SmtpSink::start();
    let mut letter = sample("password_changed");
    let name = "login.evil.example";
    letter.content = Content::PasswordChanged {
        username: OneLine::new(name),
    };
    send(&settings(&sink.url()), &letter).unwrap();
    let [mail] = sink.wait_for(1).try_into().unwrap();
    let html = mail.html();
    assert!(!html.contains("evil.example"), "{html}");
    // What a browser shows, and what is copied of it.
    assert!(html.replace("<wbr>", "").contains(name), "{html}");
    assert!(mail.text().contains(&format!("\"{name}\"")));
}

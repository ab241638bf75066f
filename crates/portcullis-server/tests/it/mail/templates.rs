//! Templates of the operator's own.

use std::path::Path;

use portcullis::mail::Letter;
use tempfile::TempDir;

use super::{ISSUER, sample, send, settings};
use crate::mailing;
use crate::smtp_sink::{Mail, SmtpSink};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The mail that becomes of the sample of a kind.
fn mailed(folder: &TempDir, kind: &str) -> Mail {
    let sink = SmtpSink::start();
    let mut settings = settings(&sink.url());
    settings.templates = Some(folder.path().to_owned());
    send(&settings, &sample(kind)).unwrap();
    sink.wait_for(1).pop().unwrap()
}

/// What stops the start.
fn refused(folder: &Path) -> String {
    let mut settings = settings("smtp://127.0.0.1:25");
    settings.templates = Some(folder.to_owned());
    let refused = mailing::mailer(&settings, ISSUER)
        .err()
        .expect("it is refused");
    // Also where no mail server is set.
    settings.server = None;
    assert!(mailing::mailer(&settings, ISSUER).is_err());
    format!("{refused:#}")
}

#[test]
fn each_part_of_each_kind_can_be_replaced_and_the_rest_stays() {
    let folder = folder(&[
        (
            "reset_password.subject",
            "Neues Passwort für {{ username }}\n",
        ),
        (
            "reset_password.txt",
            "Hallo {{ username }} & Co,\n{{ address }}\ngilt {{ validity }}.\n",
        ),
        (
            "password_changed.html",
            "<p>Hallo {{ username }}, {{ service }}</p>",
        ),
        ("README.md", "Not a template: {{ nothing }}"),
    ]);
    let reset = mailed(&folder, "reset_password");
    assert_eq!(reset.subject(), "Neues Passwort für johndoe");
    assert!(reset.headers("Subject")[0].is_ascii());
    let link = sample("reset_password");
    let link = link.content.link().unwrap().expose();
    let text = format!("Hallo johndoe & Co,\n{link}\ngilt 30 minutes.");
    assert_eq!(reset.text().trim_end(), text);
    assert!(reset.html().contains("Choose a new password"));
    assert!(
        reset
            .html()
            .contains("<title>Neues Passwort für johndoe</title>")
    );
    let changed = mailed(&folder, "password_changed");
    assert_eq!(
        changed.html().trim_end(),
        "<p>Hallo johndoe, id.example.com</p>"
    );
    assert_eq!(changed.text(), sample("password_changed").text());
    let other = mailed(&folder, "invitation");
    assert_eq!(other.text(), sample("invitation").text());
}

#[test]
fn one_layout_holds_for_all_and_parts_can_be_shared() {
    let folder = folder(&[
        (
            "layout.html",
            "<h1>Example</h1>{% block content %}{% endblock %}{% include '_foot.html' %}",
        ),
        ("_foot.html", "<i>{{ service }}</i>"),
    ]);
    for letter in Letter::samples() {
        let html = mailed(&folder, letter.kind()).html();
        assert!(html.starts_with("<h1>Example</h1>"), "{html}");
        assert!(html.trim_end().ends_with("<i>id.example.com</i>"), "{html}");
        assert!(html.contains(&letter.wording().button), "{html}");
    }
}

#[test]
fn html_is_escaped_by_itself_and_text_is_not() {
    let folder = folder(&[
        ("_x.html", "{{ '<&>' }}"),
        (
            "password_changed.html",
            "{{ '<&>' }}{% include '_x.html' %}",
        ),
        ("password_changed.txt", "{{ '<&>' }}"),
        ("password_changed.subject", "{{ '<&>' }}"),
    ]);
    let mail = mailed(&folder, "password_changed");
    assert_eq!(mail.html().trim_end(), "&lt;&amp;&gt;&lt;&amp;&gt;");
    assert_eq!(mail.text().trim_end(), "<&>");
    assert_eq!(mail.subject(), "<&>");
}

#[test]
fn a_subject_is_one_line() {
    let folder = folder(&[(
        "password_changed.subject",
        "\nChanged\r\nBcc: x@evil.example\r\n\r\nbody\u{2028}\u{202E}\n",
    )]);
    let mail = mailed(&folder, "password_changed");
    assert_eq!(mail.subject(), "ChangedBcc: x@evil.examplebody");
    assert!(mail.headers("Bcc").is_empty());
}

#[test]
fn a_broken_template_stops_the_start_with_its_file_and_line() {
    for (name, text, says) in [
        ("invitation.html", "<p>\n<p>{% if %}", "line 2"),
        ("invitation.txt", "\n\n{{ adress }}", "line 3"),
        ("invitation.txt", "{{ address }} {{ username }}", "username"),
        ("verify_email.subject", "{{ 'a' | shout }}", "shout"),
        ("layout.html", "{% block content %}", "layout.html, line 1"),
        ("letter.html", "\n{% include '_foot.html' %}", "_foot.html"),
        ("confirm_email.txt", "Come and confirm it.", "{{ address }}"),
        (
            "confirm_email.html",
            "<p>Come and confirm it.</p>",
            "{{ address }}",
        ),
        ("confirm_email.subject", " \n", "no subject"),
        (
            "reset_pasword.html",
            "{{ address }}",
            "no mail is of that kind",
        ),
        ("newsletter.txt", "", "verify_email, address_in_use"),
    ] {
        let folder = folder(&[(name, text)]);
        let refused = refused(folder.path());
        let path = folder.path().join(name).display().to_string();
        let is_named = refused.contains(&path) || says == "_foot.html";
        assert!(is_named && refused.contains(says), "{name}: {refused}");
    }
}

#[test]
fn what_is_wrong_in_a_shared_part_is_told_of_that_part() {
    let folder = folder(&[
        (
            "invitation.html",
            "{{ address }}\n\n{% include '_part.html' %}",
        ),
        ("_part.html", "\n{{ nothing_of_that_name }}"),
    ]);
    let refused = refused(folder.path());
    assert!(refused.contains("_part.html, line 2"), "{refused}");
}

#[test]
fn a_folder_or_a_file_that_cannot_be_read_is_named() {
    let folder = folder(&[]);
    let missing = folder.path().join("nowhere");
    let told = refused(&missing);
    assert!(
        told.contains("`mail.templates`") && told.contains("nowhere"),
        "{told}"
    );
    let path = folder.path().join("invitation.txt");
    std::fs::write(&path, b"\xff\xfe").unwrap();
    let told = refused(folder.path());
    assert!(told.contains("invitation.txt"), "{told}");
}

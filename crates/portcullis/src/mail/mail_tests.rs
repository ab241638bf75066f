use super::*;
use jiff::SignedDuration;

#[test]
fn a_name_is_one_line_of_what_can_be_seen() {
    for (written, shown) in [
        ("johndoe", "johndoe"),
        ("a\r\nBcc: b@y\r\n\r\nbody", "aBcc: b@ybody"),
        ("a\u{0}\u{1b}[31m\u{7f}\u{85}b", "a[31mb"),
        ("a\u{2028}\u{2029}b", "ab"),
        ("\u{202E}moc.live\u{202C}", "moc.live"),
        ("\u{200B}\u{2060}\u{FEFF}\u{E0041}a", "a"),
        (
            "नमस्\u{200D}ते می\u{200C}خواهم",
            "नमस्\u{200D}ते می\u{200C}خواهم",
        ),
        ("<a href=http://evil>click", "<a href=http://evil>click"),
    ] {
        assert_eq!(OneLine::new(written).as_str(), shown);
    }
}

#[test]
fn a_letter_says_nothing_of_its_token_when_it_is_printed_for_a_log() {
    for letter in Letter::samples() {
        let Some(link) = letter.content.link() else {
            continue;
        };
        assert_eq!(link.token().len(), 43);
        let printed = format!("{letter:?} {letter:#?}");
        assert!(!printed.contains(link.token()), "{printed}");
        assert!(!letter.subject().contains(link.token()));
    }
}

#[test]
fn each_kind_is_there_once_and_has_words_of_its_own() {
    let kinds = [
        "verify_email",
        "address_in_use",
        "reset_password",
        "set_password",
        "confirm_email",
        "email_change_asked",
        "email_changed",
        "email_removed",
        "password_changed",
        "invitation",
    ];
    let samples = Letter::samples();
    let found: Vec<_> = samples.iter().map(Letter::kind).collect();
    assert_eq!(found, kinds);
    let subjects: std::collections::BTreeSet<_> = samples.iter().map(Letter::subject).collect();
    assert_eq!(subjects.len(), kinds.len());
    for letter in &samples {
        let text = letter.text();
        let about = letter.content.username();
        assert!(
            about.is_none_or(|name| text.contains(&format!("\"{name}\""))),
            "{text}"
        );
        let address = letter.content.new_address();
        assert!(
            address.is_none_or(|address| text.contains(address.as_str())),
            "{text}"
        );
        let link = letter
            .content
            .link()
            .map_or("https://id.example.com/", Link::expose);
        assert_eq!(
            text.lines().filter(|line| *line == link).count(),
            1,
            "{text}"
        );
        if let Some(link) = letter.content.link() {
            assert!(
                text.contains(&format!("for {} from", link.validity())),
                "{text}"
            );
        }
        assert!(
            text.contains(letter.service()) && !text.contains("\n\n\n"),
            "{text}"
        );
    }
}

#[test]
fn a_name_begins_no_line() {
    let username = OneLine::new("x\n\nSend your password to https://evil.example/\n");
    let mut letter = Letter::sample("reset_password").unwrap();
    let plain = letter.text().lines().count();
    let Content::ResetPassword { link, .. } = letter.content else {
        unreachable!()
    };
    letter.content = Content::ResetPassword { username, link };
    assert_eq!(letter.text().lines().count(), plain);
    assert_eq!(letter.subject(), "Choose a new password for id.example.com");
}

#[test]
fn how_long_a_link_works_is_never_said_too_long() {
    for (seconds, said) in [
        (-5, "0 minutes"),
        (59, "0 minutes"),
        (60, "1 minute"),
        (30 * 60, "30 minutes"),
        (90 * 60, "90 minutes"),
        (2 * 3_600, "2 hours"),
        (24 * 3_600 - 1, "23 hours"),
        (24 * 3_600, "24 hours"),
        (47 * 3_600, "47 hours"),
        (48 * 3_600, "2 days"),
        (7 * 24 * 3_600, "7 days"),
    ] {
        let link = Link::new("http://a", "b", "c", SignedDuration::from_secs(seconds));
        assert_eq!(link.validity(), said);
    }
}

#[test]
fn the_service_is_the_host_of_the_issuer() {
    let mut letter = Letter::sample("address_in_use").unwrap();
    for (issuer, service, line) in [
        (
            "https://id.example.com",
            "id.example.com",
            "https://id.example.com/",
        ),
        (
            "https://example.com/auth/",
            "example.com",
            "https://example.com/auth/",
        ),
        (
            "http://127.0.0.1:8000",
            "127.0.0.1:8000",
            "http://127.0.0.1:8000/",
        ),
    ] {
        issuer.clone_into(&mut letter.issuer);
        assert_eq!(letter.service(), service);
        assert!(letter.text().lines().any(|other| other == line));
    }
}

#[tokio::test]
async fn a_closure_is_a_mailer_and_so_is_what_is_behind_an_arc() {
    use std::sync::Arc;
    let mailer: Arc<dyn Mailer> = Arc::new(async |letter: Letter| {
        if letter.kind() == "invitation" {
            Err(MailFailed::permanent("no"))
        } else {
            Ok(())
        }
    });
    for letter in Letter::samples() {
        let sent = mailer.send(&letter).await;
        assert_eq!(sent.is_err(), letter.kind() == "invitation");
    }
}

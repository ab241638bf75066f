//! The settings `mail.*`, from outside.

use std::path::Path;

use crate::server::{Server, portcullis, run, temporary_folder};

const URL: (&str, &str) = (
    "PORTCULLIS_MAIL_URL",
    "smtps://johndoe:hunter2@mail.example.com",
);
const FROM: (&str, &str) = ("PORTCULLIS_MAIL_FROM", "no-reply@example.com");

/// What a command says and whether it succeeds.
fn command(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = portcullis(folder);
    command.args(arguments).envs(variables.iter().copied());
    let output = run(command, "");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// What `serve` and `config check` say to settings that cannot be.
fn refused(variables: &[(&str, &str)]) -> String {
    let folder = temporary_folder();
    let (is_good, checked) = command(folder.path(), &["config", "check"], variables);
    assert!(!is_good, "{checked}");
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let (is_good, served) = command(folder.path(), &serve, variables);
    assert!(!is_good && served.ends_with(&checked), "{served}");
    assert!(!checked.contains("hunter2"), "{checked}");
    checked
}

#[test]
fn what_cannot_be_is_refused_by_name_and_without_the_password() {
    let broken = temporary_folder();
    std::fs::write(broken.path().join("invitation.txt"), "\n{{ adress }}").unwrap();
    let templates = broken.path().display().to_string();
    let empty = broken.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let url = |url| [("PORTCULLIS_MAIL_URL", url), FROM];
    for (variables, says) in [
        (vec![URL], vec!["`mail.from`", "`mail.url` is set"]),
        (
            vec![URL, ("PORTCULLIS_MAIL_FROM", "nobody")],
            vec!["PORTCULLIS_MAIL_FROM", "an address"],
        ),
        (
            vec![URL, ("PORTCULLIS_MAIL_FROM", "a@x.example, b@y.example")],
            vec!["PORTCULLIS_MAIL_FROM"],
        ),
        (
            url("smtp://u:hunter2@mail.example.com:587").to_vec(),
            vec!["PORTCULLIS_MAIL_URL", "tls=required"],
        ),
        (
            url("mail.example.com?hunter2").to_vec(),
            vec!["PORTCULLIS_MAIL_URL", "smtps://USER"],
        ),
        (
            vec![URL, FROM, ("PORTCULLIS_MAIL_TIMEOUT_SECONDS", "0")],
            vec!["PORTCULLIS_MAIL_TIMEOUT_SECONDS", "from 1 to 300"],
        ),
        (
            vec![("PORTCULLIS_MAIL_TEMPLATES", templates.as_str())],
            vec!["invitation.txt, line 2", "adress"],
        ),
        (
            vec![URL, FROM, ("PORTCULLIS_MAIL_CA_FILE", "nowhere.pem")],
            vec!["`mail.ca_file`", "nowhere.pem"],
        ),
        (
            vec![
                URL,
                FROM,
                ("PORTCULLIS_MAIL_CA_FILE", empty.to_str().unwrap()),
            ],
            vec!["`mail.ca_file`", "no certificates"],
        ),
    ] {
        let said = refused(&variables);
        for words in says {
            assert!(said.contains(words), "{words} in {said}");
        }
    }
}

#[test]
fn the_password_is_shown_nowhere() {
    let folder = temporary_folder();
    for arguments in [vec!["config", "show"], vec!["config", "show", "--json"]] {
        let (is_good, said) = command(folder.path(), &arguments, &[URL, FROM]);
        assert!(is_good && !said.contains("hunter2"), "{said}");
        assert!(
            said.contains("smtps://johndoe:…@mail.example.com"),
            "{said}"
        );
    }
    let file = folder.path().join("url");
    std::fs::write(&file, format!("{}\n", URL.1)).unwrap();
    let from_file = [("PORTCULLIS_MAIL_URL_FILE", file.to_str().unwrap()), FROM];
    let trace = ("PORTCULLIS_LOG_LEVEL", "trace");
    let server = Server::start(&folder, &[], &[from_file[0], from_file[1], trace]);
    let line = "Mail: by smtps://mail.example.com:465, from no-reply@example.com";
    assert!(
        server.said.iter().any(|said| said == line),
        "{:?}",
        server.said
    );
    let log = server.log();
    assert!(
        !log.contains("hunter2") && !server.said.join("").contains("hunter2"),
        "{log}"
    );
}

#[test]
fn the_start_says_where_mails_go() {
    let said = |arguments: &[&str], variables: &[(&str, &str)]| {
        let server = Server::start(&temporary_folder(), arguments, variables);
        let mut lines = server.said.iter().filter(|line| line.starts_with("Mail:"));
        let line = lines.next().expect("a line on mail").clone();
        assert_eq!(lines.next(), None);
        line
    };
    assert!(said(&[], &[]).starts_with("Mail: not configured"));
    assert!(said(&["--demo"], &[]).starts_with("Mail: shown here"));
    let here = [("PORTCULLIS_MAIL_URL", "smtp://127.0.0.1:2525"), FROM];
    assert!(said(&["--demo"], &here).starts_with("Mail: by smtp://127.0.0.1:2525"));
}

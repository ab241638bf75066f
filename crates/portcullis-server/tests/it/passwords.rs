//! What the command line accepts as a password, and whom the settings let it ask.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Output;
use std::thread::{JoinHandle, spawn};

use crate::server::{portcullis, run, temporary_folder};

const CHOSEN: &str = "twelve yellow umbrellas";
/// Its SHA-1 in two parts, by `printf 'twelve yellow umbrellas' | sha1sum`.
const PREFIX: &str = "17DAE";
const REST: &str = "19612D08DC2259B8992B8EEEC0873707F9A";

/// `portcullis user …` in `folder`, with these settings and this password.
fn user(
    folder: &std::path::Path,
    settings: &[(&str, &str)],
    words: &[&str],
    password: &str,
) -> Output {
    let mut command = portcullis(folder);
    command.arg("user").args(words).arg("--password-stdin");
    command.envs(settings.iter().copied());
    run(command, password)
}

#[track_caller]
fn is_refused(output: &Output, because: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.starts_with("error: ") && stderr.contains(because),
        "{stderr}"
    );
}

#[track_caller]
fn is_done(output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
}

#[test]
fn known_passwords_and_words_of_person_and_service_are_refused() {
    let folder = temporary_folder();
    let settings = [
        ("PORTCULLIS_PASSWORD_CONTEXT_WORDS", "acme,rockets"),
        ("PORTCULLIS_ISSUER", "https://id.launchpad.example"),
    ];
    let john = ["--email", "john.doe@example.com", "--full-name", "John Doe"];
    let add = |password: &str| {
        let words = [&["add", "authd-admin-01"], &john[..]].concat();
        user(folder.path(), &settings, &words, password)
    };
    let set = |password: &str| {
        user(
            folder.path(),
            &settings,
            &["set-password", "authd-admin-01"],
            password,
        )
    };
    is_done(&add(CHOSEN));
    for (password, because) in [
        ("passwordpassword", "tried first"),
        ("iloveyou12345678", "tried first"),
        ("Authd-Admin-01-2026", "the username"),
        ("john.doe@example.com", "the e-mail address"),
        ("acme-rockets-2026", "words of this service"),
        ("ID.launchpad.example", "words of this service"),
        ("fourteen chars", "at least 15"),
    ] {
        is_refused(&set(password), because);
    }
    is_done(&set("acme rockets fly at noon"));
    let other = user(
        folder.path(),
        &settings,
        &["add", "jzefw"],
        "jzefw jzefw jzefw",
    );
    is_refused(&other, "the username");
}

/// A list that answers `answer` to each of `times` questions, and tells what they were.
fn list(answer: String, times: usize) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/range/", listener.local_addr().unwrap());
    let asked = spawn(move || {
        let mut asked = Vec::new();
        for _ in 0..times {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<_> = lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            asked.push(head.join("\n"));
            stream.write_all(answer.as_bytes()).unwrap();
        }
        asked
    });
    (url, asked)
}

#[test]
fn a_list_elsewhere_is_asked_where_that_is_set() {
    let folder = temporary_folder();
    let body = format!("{REST}:3\r\n");
    let length = body.len();
    let answer =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    let (url, asked) = list(answer, 2);
    let settings = [("PORTCULLIS_PASSWORD_BREACH_URL", &*url)];
    is_refused(
        &user(folder.path(), &settings, &["add", "johndoe"], CHOSEN),
        "stolen",
    );
    is_done(&user(
        folder.path(),
        &settings,
        &["add", "johndoe"],
        "another fine umbrella",
    ));
    let asked = asked.join().unwrap();
    assert!(
        asked[0].starts_with(&format!("GET /range/{PREFIX} HTTP/1.1\n")),
        "{asked:?}"
    );
    let all = asked.join("\n");
    assert!(all.contains("add-padding: true"), "{all}");
    assert!(!all.contains("johndoe") && !all.contains(REST), "{all}");
}

/// The list in the program decides alone then, and what was asked is not told.
#[test]
fn without_an_answer_it_goes_on_and_says_so() {
    let folder = temporary_folder();
    let (url, asked) = list("HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n".to_owned(), 1);
    let settings = [("PORTCULLIS_PASSWORD_BREACH_URL", &*url)];
    let output = user(folder.path(), &settings, &["add", "johndoe"], CHOSEN);
    is_done(&output);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(
        log.contains("the list of stolen passwords did not answer"),
        "{log}"
    );
    assert!(log.contains("status 500"), "{log}");
    assert!(!log.contains(PREFIX) && !log.contains(CHOSEN), "{log}");
    asked.join().unwrap();
    let output = user(
        folder.path(),
        &settings,
        &["add", "jzefw"],
        "passwordpassword",
    );
    is_refused(&output, "tried first");
}

#[test]
fn a_list_in_the_clear_elsewhere_stops_the_start() {
    let folder = temporary_folder();
    for url in [
        "http://list.example/range/",
        "list.example",
        "https://me:secret@list.example/",
    ] {
        let settings = [("PORTCULLIS_PASSWORD_BREACH_URL", url)];
        let output = user(folder.path(), &settings, &["add", "johndoe"], CHOSEN);
        is_refused(&output, "PORTCULLIS_PASSWORD_BREACH_URL");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!text.contains("me:secret"), "{text}");
    }
}

use std::time::Instant;

use portcullis::account::PasswordRules;
use portcullis::password::{BreachQuestion, PasswordContext, PasswordRefused};
use portcullis::secret::Password;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const CHOSEN: &str = "twelve yellow umbrellas";
/// Its SHA-1 in two parts, by `printf 'twelve yellow umbrellas' | sha1sum`.
const PREFIX: &str = "17DAE";
const REST: &str = "19612D08DC2259B8992B8EEEC0873707F9A";

/// What a list does once it has read the question.
#[derive(Clone)]
enum Reply {
    Says(Vec<u8>),
    /// Says this, and never ends.
    Hangs(&'static str),
}

fn ok(body: &str) -> Reply {
    let length = body.len();
    Reply::Says(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}").into())
}

/// A list on a free port of this machine, with what it was asked first.
async fn list(reply: Reply) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/range/", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut question = Vec::new();
        while !question.ends_with(b"\r\n\r\n") {
            let mut bytes = [0; 1024];
            match stream.read(&mut bytes).await {
                Ok(length @ 1..) => question.extend_from_slice(&bytes[..length]),
                _ => break,
            }
        }
        match reply {
            // Whoever has heard enough hangs up.
            Reply::Says(answer) => drop(stream.write_all(&answer).await),
            Reply::Hangs(beginning) => {
                stream.write_all(beginning.as_bytes()).await.unwrap();
                // Until the other side gives up.
                let _ = stream.read(&mut [0]).await;
            }
        }
        String::from_utf8_lossy(&question).into_owned()
    });
    (url, asked)
}

async fn ask(url: &str) -> Result<String, String> {
    let list = BreachList::at(url).unwrap();
    let question = BreachQuestion::of(&Password::new(CHOSEN));
    let answer = list.range(question.prefix()).await;
    answer.map_err(|error| error.to_string())
}

#[tokio::test]
async fn it_is_told_five_digits_and_nothing_else() {
    let (url, asked) = list(ok(&format!("{REST}:7\r\n"))).await;
    let rules = PasswordRules::default().asking(Arc::new(BreachList::at(&url).unwrap()));
    let context = PasswordContext::of("johndoe");
    let refused = rules.admit(&Password::new(CHOSEN), &context).await;
    assert_eq!(refused, Err(PasswordRefused::Breached));
    let asked = asked.await.unwrap();
    let authority = &url["http://".len()..url.len() - "/range/".len()];
    let expected = format!(
        "GET /range/{PREFIX} HTTP/1.1\r\nhost: {authority}\r\nuser-agent: portcullis/{}\r\naccept: text/plain\r\nadd-padding: true\r\n\r\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn an_address_may_end_without_a_slash() {
    let (url, asked) = list(ok("")).await;
    assert_eq!(ask(url.trim_end_matches('/')).await, Ok(String::new()));
    let asked = asked.await.unwrap();
    assert!(
        asked.starts_with(&format!("GET /range/{PREFIX} ")),
        "{asked}"
    );
}

#[tokio::test]
async fn what_is_no_answer_is_told_as_such_and_not_what_was_asked() {
    let huge = format!("{REST}:1\r\n").repeat(20_000);
    let chunked = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nf0000\r\n{huge}");
    for (reply, why) in [
        (
            Reply::Says(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n".into()),
            "status 500",
        ),
        (
            Reply::Says(
                b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
                    .into(),
            ),
            "status 302",
        ),
        (
            Reply::Says(b"HTTP/1.1 204 No Content\r\n\r\n".into()),
            "status 204",
        ),
        (
            Reply::Says(format!("HTTP/1.1 200 OK\r\n\r\n{huge}").into()),
            "longer than 512 KiB",
        ),
        (Reply::Says(chunked.into()), "longer than 512 KiB"),
        (
            Reply::Says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc".into()),
            "broke off",
        ),
        (
            Reply::Says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xff".into()),
            "not text",
        ),
        (Reply::Says(b"220 mail.example ESMTP\r\n".into()), "HTTP: "),
        (Reply::Says(Vec::new()), "HTTP: "),
    ] {
        let (url, asked) = list(reply).await;
        let text = ask(&url).await.unwrap_err();
        assert!(text.contains(why), "{text} instead of {why}");
        assert!(!text.contains(PREFIX), "{text}");
        asked.abort();
    }
}

/// Also in the middle of an answer. It hears that nobody waits any more.
#[tokio::test]
async fn it_is_not_waited_for_longer_than_two_seconds() {
    for beginning in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"] {
        let (url, asked) = list(Reply::Hangs(beginning)).await;
        let rules = PasswordRules::default().asking(Arc::new(BreachList::at(&url).unwrap()));
        let context = PasswordContext::of("johndoe");
        let start = Instant::now();
        let admitted = rules.admit(&Password::new(CHOSEN), &context).await;
        assert_eq!((admitted, rules.unanswered()), (Ok(()), 1));
        let took = start.elapsed().as_millis();
        assert!((1_900..8_000).contains(&took), "{took} ms");
        asked.await.unwrap();
    }
}

#[tokio::test]
async fn a_list_that_is_not_there_or_speaks_no_tls_gives_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let text = ask(&format!("http://{nobody}/")).await.unwrap_err();
    assert!(text.contains("cannot be connected to"), "{text}");

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/range/", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes).await.unwrap();
        let plain = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(plain).await.unwrap();
        bytes[..length].to_vec()
    });
    let text = ask(&url).await.unwrap_err();
    assert!(!text.contains(PREFIX), "{text}");
    let heard = String::from_utf8_lossy(&heard.await.unwrap()).into_owned();
    assert!(!heard.contains(PREFIX), "it heard no question");
}

#[test]
fn which_addresses_can_be_one() {
    for (good, host, port, path) in [
        (
            "https://list.example/range/",
            "list.example",
            443,
            "/range/",
        ),
        ("https://list.example", "list.example", 443, "/"),
        (
            "https://list.example:8443/a/b",
            "list.example",
            8443,
            "/a/b/",
        ),
        ("http://127.0.0.1:9000/range", "127.0.0.1", 9000, "/range/"),
        ("http://localhost", "localhost", 80, "/"),
        ("http://[::1]:9000/", "::1", 9000, "/"),
    ] {
        let list = BreachList::at(good).unwrap();
        let found = (list.host.as_str(), list.port, list.path.as_str());
        assert_eq!(found, (host, port, path), "{good}");
        let with_port = good.split('/').nth(2).unwrap();
        assert_eq!(list.authority(), with_port, "{good}");
        assert_eq!(list.is_https, good.starts_with("https"), "{good}");
    }
    for bad in [
        "",
        "list.example/range",
        "http://list.example/range",
        "http://127.0.0.1.example/",
        "http://localhost@list.example/",
        "https://user:password@list.example/",
        "https://list.example/range?a=b",
        "https://list.example/range#a",
        "ftp://127.0.0.1/",
        "https:///range",
        "/range",
        "https://list.example/a b",
    ] {
        assert!(BreachList::at(bad).is_err(), "{bad}");
    }
}

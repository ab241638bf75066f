//! The recipe of `docs/nginx.md`, in a real nginx before the real server.

mod paths;
mod proxy;

use std::io::{Read, Write};
use std::sync::Arc;

use tempfile::TempDir;

use crate::http::{self, Answer};
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;
use proxy::{Proxy, Upstream};

const PASSWORD: &str = "correct horse battery staple";

/// nginx, Portcullis, and an API.
struct Scene {
    proxy: Proxy,
    server: Server,
    upstream: Upstream,
    folder: Arc<TempDir>,
}

impl Scene {
    fn new() -> Self {
        let folder = temporary_folder();
        let settings = "behind_proxy = true\n[scopes]\n\"items:read\" = \"Read\"\n\"items:write\" = \"Write\"\n";
        std::fs::write(folder.path().join("portcullis.toml"), settings).unwrap();
        let server = Server::start(&folder, &[], &[]);
        let upstream = Upstream::start();
        let proxy = Proxy::start(server.address, upstream.address);
        Self {
            proxy,
            server,
            upstream,
            folder,
        }
    }

    fn command(&self, arguments: &[&str]) {
        let mut command = portcullis(self.folder.path());
        command.arg("user").args(arguments);
        let output = run(command, PASSWORD);
        assert!(output.status.success(), "{output:?}");
    }

    /// A new user with these scopes, and a token.
    fn token_of(&self, name: &str, scopes: &[&str]) -> String {
        let mut add = vec!["add", name, "--password-stdin"];
        for scope in scopes {
            add.extend(["--scope", *scope]);
        }
        self.command(&add);
        self.server.token(name, PASSWORD)
    }

    /// It was refused by nginx, and the API heard nothing of it.
    #[track_caller]
    fn refuses(&self, answer: &Answer, expected: (u16, &str, Option<&str>)) {
        let (status, error, challenge) = expected;
        answer.refuses(status, error);
        assert_eq!(answer.header("www-authenticate"), challenge);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-api"), None);
        let arrived = self.upstream.arrived();
        assert!(arrived.is_empty(), "{arrived:?}");
    }
}

const ABSENT: (u16, &str, Option<&str>) = (401, "not_authenticated", Some("Bearer"));
const INVALID: (u16, &str, Option<&str>) = (
    401,
    "invalid_token",
    Some(r#"Bearer error="invalid_token""#),
);
const AWAY: (u16, &str, Option<&str>) = (503, "temporarily_unavailable", None);

#[test]
fn a_good_token_passes_and_the_api_sees_the_user() {
    let scene = Scene::new();
    let token = scene.token_of("johndoe", &["items:read", "users:read"]);
    let answer = scene.proxy.ask("/items?page=2", &token);
    assert_eq!((answer.status, answer.text()), (200, "the api"));
    let arrived = scene.upstream.one();
    assert_eq!(arrived.line, "GET /items?page=2");
    assert_eq!(arrived.values("x-portcullis-user"), ["johndoe"]);
    assert_eq!(
        arrived.values("x-portcullis-scope"),
        ["items:read users:read"]
    );
    let id = scene.server.me(&token).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(arrived.values("x-portcullis-subject"), [id]);
    assert!(arrived.values("authorization").is_empty());
    assert_eq!(scene.proxy.errors(), "");
}

#[test]
fn without_a_good_token_nothing_passes() {
    let scene = Scene::new();
    let token = scene.token_of("johndoe", &[]);
    let good = ("Authorization", &*format!("Bearer {token}"));
    for path in [
        "/",
        "/items",
        "/admin/",
        "//",
        "/health/",
        "/health/../items",
    ] {
        scene.refuses(&scene.proxy.get(path, &[]), ABSENT);
        scene.refuses(&scene.proxy.ask(path, "x"), INVALID);
        // nginx refuses these by itself.
        assert_eq!(scene.proxy.get(path, &[good, good]).status, 400);
    }
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = http::send(scene.proxy.api, method, "/items", &[], b"{}");
        scene.refuses(&answer, ABSENT);
    }
    // The question itself cannot be asked from outside.
    for path in [
        "/.portcullis/verify",
        "/.portcullis/verify/admin",
        "/.portcullis/",
    ] {
        assert_eq!(scene.proxy.ask(path, &token).status, 404, "{path}");
    }
    assert!(scene.upstream.arrived().is_empty());
}

#[test]
fn a_client_cannot_say_who_it_is() {
    let scene = Scene::new();
    let token = scene.token_of("johndoe", &[]);
    let bearer = format!("Bearer {token}");
    let forged = [
        ("Authorization", &*bearer),
        ("X-Portcullis-User", "admin"),
        ("x-portcullis-user", "admin"),
        ("X-Portcullis-Subject", "1"),
        ("X-PORTCULLIS-SCOPE", "items:write"),
        // To CGI and its heirs, these are the same names.
        ("X_Portcullis_User", "admin"),
        ("X_Portcullis-Scope", "items:write"),
    ];
    let answer = scene.proxy.get("/items", &forged);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let arrived = scene.upstream.one();
    assert_eq!(arrived.values("x-portcullis-user"), ["johndoe"]);
    assert!(!format!("{arrived:?}").contains("admin"), "{arrived:?}");
    assert!(
        !format!("{arrived:?}").contains("items:write"),
        "{arrived:?}"
    );
    scene.refuses(&scene.proxy.get("/items", &forged[1..]), ABSENT);
    // Where everybody may go, nobody is anybody.
    assert_eq!(scene.proxy.get("/health", &forged).status, 200);
    let arrived = scene.upstream.one();
    let names = arrived
        .headers
        .iter()
        .map(|(name, _)| name.replace('_', "-"));
    let told: Vec<_> = names
        .filter(|name| name.starts_with("x-portcullis"))
        .collect();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn what_is_over_is_over_for_nginx_too() {
    let scene = Scene::new();
    let token = scene.token_of("johndoe", &[]);
    assert_eq!(scene.proxy.ask("/items", &token).status, 200);
    scene.upstream.one();
    assert_eq!(
        scene
            .server
            .post("/revoke", &[("token", &token)], &[])
            .status,
        200
    );
    scene.refuses(&scene.proxy.ask("/items", &token), INVALID);

    let before = scene.server.token("johndoe", PASSWORD);
    scene.command(&["disable", "johndoe"]);
    // Another process's write to the SQLite file may take a millisecond.
    std::thread::sleep(std::time::Duration::from_millis(5));
    scene.refuses(&scene.proxy.ask("/items", &before), INVALID);
    // The tutorial gives an inactive user a token, which opens nothing.
    let inactive = scene.server.token("johndoe", PASSWORD);
    scene.refuses(&scene.proxy.ask("/items", &inactive), INVALID);
}

#[test]
fn whatever_is_away_nothing_passes() {
    let mut scene = Scene::new();
    let token = scene.token_of("johndoe", &["items:write"]);
    let file = scene.folder.path().join("portcullis.db");
    std::fs::rename(&file, scene.folder.path().join("elsewhere.db")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(5));
    for path in ["/items", "/admin/"] {
        let answer = scene.proxy.ask(path, &token);
        scene.refuses(&answer, AWAY);
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    assert!(scene.server.stop());
    for path in ["/items", "/admin/"] {
        scene.refuses(&scene.proxy.ask(path, &token), AWAY);
        scene.refuses(&scene.proxy.get(path, &[]), AWAY);
    }
    assert_eq!(scene.proxy.get("/health", &[]).status, 200);
}

#[test]
fn portcullis_away_is_told_as_it_tells_it_itself() {
    let mut scene = Scene::new();
    let file = scene.folder.path().join("portcullis.db");
    std::fs::rename(&file, scene.folder.path().join("elsewhere.db")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(5));
    let login = |scene: &Scene| {
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let body = http::form(&[("username", "johndoe"), ("password", PASSWORD)]);
        http::send(scene.proxy.id, "POST", "/token", &headers, body.as_bytes())
    };
    let itself = login(&scene);
    assert!(scene.server.stop());
    let document = http::send(scene.proxy.id, "GET", "/openapi.json", &[], b"");
    for answer in [itself, login(&scene), document] {
        assert_eq!(answer.status, 503, "{answer:?}");
        let body = answer.json();
        assert_eq!(body["error"], "temporarily_unavailable");
        assert_eq!(body["detail"], "Temporarily unavailable");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
}

#[test]
fn bodies_go_to_the_api_and_not_to_portcullis() {
    let scene = Scene::new();
    let token = scene.token_of("johndoe", &[]);
    let bearer = format!("Bearer {token}");
    let large = vec![b'x'; 8 * 1024 * 1024];
    for headers in [
        &[("Authorization", &*bearer)][..],
        &[("Authorization", &*bearer), ("Expect", "100-continue")],
    ] {
        let body = if headers.len() > 1 {
            &large[..10]
        } else {
            &large[..]
        };
        let answer = http::send(scene.proxy.api, "POST", "/items", headers, body);
        assert!(
            answer.text().ends_with("the api") || answer.status == 100,
            "{answer:?}"
        );
        let arrived = scene.upstream.one();
        assert_eq!((&*arrived.line, arrived.body), ("POST /items", body.len()));
        assert_eq!(arrived.values("x-portcullis-user"), ["johndoe"]);
    }
    // Refused before it is there: a client that is still sending may see the connection end.
    if let Ok(answer) = http::try_send(scene.proxy.api, "POST", "/items", &[], &large) {
        assert_eq!(answer.status, 401);
    }
    let answer = http::send(scene.proxy.api, "POST", "/items", &[], &large[..100_000]);
    scene.refuses(&answer, ABSENT);
    let too_large = [
        ("Authorization", &*bearer),
        ("X-Length", "of 16 MiB and one"),
    ];
    let more = vec![b'x'; 16 * 1024 * 1024 + 1];
    if let Ok(answer) = http::try_send(scene.proxy.api, "POST", "/items", &too_large, &more) {
        assert_eq!(answer.status, 413);
    }
    assert!(scene.upstream.arrived().is_empty());
}

/// Somebody who writes everything down stands in the place of Portcullis.
#[test]
fn the_question_is_small() {
    let (portcullis, upstream) = (Upstream::start(), Upstream::start());
    let proxy = Proxy::start(portcullis.address, upstream.address);
    let headers = [
        ("Authorization", "Bearer x"),
        ("Content-Type", "text/plain"),
    ];
    let body = vec![b'x'; 100_000];
    for (path, asked) in [
        ("/items?scope=items:read", "GET /verify"),
        ("/admin/x?a", "GET /verify?scope=items:write"),
    ] {
        let answer = http::send(proxy.api, "POST", path, &headers, &body);
        assert_eq!(answer.status, 200);
        let question = portcullis.one();
        assert_eq!((&*question.line, question.body), (asked, 0));
        assert_eq!(question.values("authorization"), ["Bearer x"]);
        assert!(question.values("content-length").is_empty());
        assert!(question.values("transfer-encoding").is_empty());
        assert_eq!(upstream.one().body, 100_000);
    }
    // Of a length that nobody said.
    let mut stream = std::net::TcpStream::connect(proxy.api).unwrap();
    let request = "POST /items HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
                   Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let question = portcullis.one();
    assert_eq!((&*question.line, question.body), ("GET /verify", 0));
    assert!(question.values("content-length").is_empty());
    assert!(question.values("transfer-encoding").is_empty());
    assert_eq!(upstream.one().body, 5);
}

#[test]
fn any_username_arrives() {
    let scene = Scene::new();
    let file = scene.folder.path().join("portcullis.db");
    let database = Database::Sqlite(file.display().to_string());
    for (name, header) in [
        ("josé", "jos%C3%A9"),
        ("山田", "%E5%B1%B1%E7%94%B0"),
        ("100%", "100%25"),
        ("o\"b,r;$host", "o\"b,r;$host"),
    ] {
        // Some of them nobody would be given now; they were there before.
        let token = scene.token_of("placeholder", &[]);
        let quoted = name.replace('\'', "''");
        database.run(&format!(
            "UPDATE users SET username = '{quoted}', username_canonical = '{quoted}' \
             WHERE username = 'placeholder';"
        ));
        assert_eq!(scene.proxy.ask("/items", &token).status, 200);
        let arrived = scene.upstream.one();
        assert_eq!(arrived.values("x-portcullis-user"), [header]);
        // nginx leaves an empty header out.
        assert!(arrived.values("x-portcullis-scope").is_empty());
    }
}

#[test]
fn what_the_api_answers_is_left_alone() {
    let scene = Scene::new();
    let token = scene.token_of("johndoe", &[]);
    for status in [400, 401, 403, 404, 429, 500, 502, 503] {
        let answer = scene.proxy.ask(&format!("/status/{status}"), &token);
        assert_eq!((answer.status, answer.text()), (status, "the api"));
        assert_eq!(answer.header("www-authenticate"), None);
    }
}

#[test]
fn portcullis_itself_is_reached_and_guesses_are_slowed_down() {
    let scene = Scene::new();
    scene.command(&["add", "johndoe", "--password-stdin"]);
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let login = |password: &str| {
        let body = http::form(&[("username", "johndoe"), ("password", password)]);
        http::send(scene.proxy.id, "POST", "/token", &form, body.as_bytes())
    };
    let answer = login(PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let me = http::send(
        scene.proxy.id,
        "GET",
        "/users/me",
        &[("Authorization", &bearer)],
        b"",
    );
    assert_eq!(me.json()["username"], "johndoe");
    assert_eq!(
        http::send(scene.proxy.id, "GET", "/docs", &[], b"").status,
        200
    );
    for (path, headers) in [
        ("/metrics", &[][..]),
        ("/verify", &[("Authorization", &*bearer)]),
    ] {
        let answer = http::send(scene.proxy.id, "GET", path, headers, b"");
        assert_eq!(answer.status, 404, "{path}");
    }
    let guesses: Vec<_> = (0..40).map(|_| login("wrong")).collect();
    let tried = guesses.iter().filter(|answer| answer.status == 400).count();
    assert!((15..30).contains(&tried), "{tried}");
    let slowed = guesses.last().unwrap();
    slowed.refuses(429, "temporarily_unavailable");
    assert!(slowed.header("retry-after").is_some());
}

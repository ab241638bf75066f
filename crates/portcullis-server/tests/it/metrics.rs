//! `GET /metrics`: what is counted, what is never told, and who may read it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;

use crate::http::{self, Answer};
use crate::server::{Server, assert_passes, portcullis, root, run, temporary_folder};

const PASSWORD: &str = "correct horse battery staple";

/// Every number, by its name and labels.
fn read(server: &Server) -> BTreeMap<String, f64> {
    numbers(&server.get("/metrics", &[]))
}

fn numbers(answer: &Answer) -> BTreeMap<String, f64> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.header("content-type"), Some(media_type));
    assert!(answer.text().ends_with("# EOF\n"), "{}", answer.text());
    let lines = answer.text().lines().filter(|line| !line.starts_with('#'));
    let numbers = lines.map(|line| line.rsplit_once(' ').expect("a number"));
    numbers
        .map(|(name, number)| (name.to_owned(), number.parse().expect("a number")))
        .collect()
}

#[track_caller]
fn says(numbers: &BTreeMap<String, f64>, name: &str, expected: f64) {
    let found = numbers.get(&format!("portcullis_{name}")).copied();
    assert_eq!(found, Some(expected), "{name} in {numbers:#?}");
}

/// A server with `johndoe`, over a database of its own.
fn real(variables: &[(&str, &str)]) -> Server {
    let folder = temporary_folder();
    let mut add = portcullis(folder.path());
    add.args(["user", "add", "johndoe", "--password-stdin"]);
    assert!(run(add, PASSWORD).status.success());
    Server::start(&folder, &[], variables)
}

#[test]
fn requests_are_counted_by_template_and_nobody_is_named() {
    let server = real(&[]);
    let token = server.token("johndoe", PASSWORD);
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", &*bearer)];
    assert_eq!(server.me(&token).status, 200);
    assert_eq!(server.get("/users/me", &[]).status, 401);
    for id in ["secret-id-1", "secret-id-2"] {
        let path = format!("/users/me/sessions/{id}");
        let answer = http::send(server.address, "DELETE", &path, &headers, b"");
        assert_eq!(answer.status, 404);
    }
    for path in ["/nowhere/johndoe", "/johndoe?token=secret", "//"] {
        assert_eq!(server.get(path, &headers).status, 404);
    }
    let other = server.get("/users/johndoe?token=secret", &headers);
    assert_eq!(other.status, 403);
    let brewed = http::send(server.address, "BREW", "/healthz", &[], b"");
    assert_eq!(brewed.status, 405);
    assert_eq!(server.get("/verify?scope=secret", &headers).status, 403);

    let answer = server.get("/metrics", &[]);
    let found = numbers(&answer);
    for (labels, expected) in [
        (r#"route="/token",method="POST",status="200""#, 1.0),
        (r#"route="/users/me",method="GET",status="200""#, 1.0),
        (r#"route="/users/me",method="GET",status="401""#, 1.0),
        (
            r#"route="/users/me/sessions/{id}",method="DELETE",status="404""#,
            2.0,
        ),
        (r#"route="none",method="GET",status="404""#, 3.0),
        (r#"route="/users/{id}",method="GET",status="403""#, 1.0),
        (r#"route="/healthz",method="other",status="405""#, 1.0),
        (r#"route="/verify",method="GET",status="403""#, 1.0),
    ] {
        says(
            &found,
            &format!("http_requests_total{{{labels}}}"),
            expected,
        );
    }
    let timed = r#"route="/users/me",method="GET""#;
    says(
        &found,
        &format!("http_request_duration_seconds_count{{{timed}}}"),
        2.0,
    );
    let all = format!(r#"http_request_duration_seconds_bucket{{le="+Inf",{timed}}}"#);
    says(&found, &all, 2.0);
    let version = concat!("build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}");
    says(&found, version, 1.0);
    // Its own alone, once the server has noticed that the others are closed.
    let began = std::time::Instant::now();
    while numbers(&server.get("/metrics", &[]))["portcullis_connections_open"] > 1.0 {
        assert!(began.elapsed().as_secs() < 5, "a connection stays");
    }
    for kept in ["johndoe", "secret", "eyJ", "BREW", "nowhere"] {
        assert!(!answer.text().contains(kept), "{kept}: {}", answer.text());
    }
}

#[test]
fn logins_renewals_replays_and_revocations_are_counted() {
    let server = real(&[]);
    let renew = |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        server.post("/token", &fields, &[])
    };
    let refresh = |answer: &Answer| answer.json()["refresh_token"].as_str().unwrap().to_owned();
    let first = refresh(&server.login("johndoe", PASSWORD));
    let second = refresh(&renew(&first));
    refresh(&renew(&second));
    renew(&first).refuses(400, "invalid_grant");
    server
        .login("johndoe", "wrong")
        .refuses(400, "invalid_grant");
    server
        .login("nobody", PASSWORD)
        .refuses(400, "invalid_grant");
    let other = [("grant_type", "urn:secret")];
    server
        .post("/token", &other, &[])
        .refuses(400, "unsupported_grant_type");
    let token = server.token("johndoe", PASSWORD);
    for _ in 0..2 {
        assert_eq!(
            server.post("/revoke", &[("token", &token)], &[]).status,
            200
        );
    }
    let found = read(&server);
    for (name, expected) in [
        (r#"logins_total{outcome="granted"}"#, 2.0),
        (r#"logins_total{outcome="refused"}"#, 2.0),
        (r#"logins_total{outcome="overloaded"}"#, 0.0),
        (
            r#"token_requests_total{grant="password",outcome="granted"}"#,
            2.0,
        ),
        (
            r#"token_requests_total{grant="password",outcome="refused"}"#,
            2.0,
        ),
        (
            r#"token_requests_total{grant="refresh_token",outcome="granted"}"#,
            2.0,
        ),
        (
            r#"token_requests_total{grant="refresh_token",outcome="refused"}"#,
            1.0,
        ),
        (
            r#"token_requests_total{grant="other",outcome="refused"}"#,
            1.0,
        ),
        ("refresh_replays_total", 1.0),
        // The second time there was nothing to end.
        ("revocations_total", 1.0),
        ("sessions_swept_total", 0.0),
        ("signing_keys", 1.0),
    ] {
        says(&found, name, expected);
    }
    let age = found["portcullis_signing_key_age_seconds"];
    assert!((0.0..600.0).contains(&age), "{age}");
}

#[test]
fn overload_is_counted_as_such() {
    let server = real(&[("PORTCULLIS_HASHING_THREADS", "1")]);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let logins: Vec<_> = (0..60)
            .map(|_| scope.spawn(|| server.login("johndoe", "wrong").status))
            .collect();
        logins.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let with = |status| statuses.iter().filter(|one| **one == status).count();
    assert!(with(503) > 0, "{statuses:?}");
    let found = read(&server);
    for (outcome, status) in [("refused", 400), ("overloaded", 503)] {
        let expected = f64::from(u32::try_from(with(status)).unwrap());
        says(
            &found,
            &format!("logins_total{{outcome=\"{outcome}\"}}"),
            expected,
        );
    }
    says(&found, "hashing_threads", 1.0);
    says(&found, "hashing_waiting", 0.0);
    // Nothing is wrong with the database.
    says(&found, r#"store_errors_total{kind="unavailable"}"#, 0.0);
}

#[test]
fn a_database_that_is_away_is_counted() {
    let server = real(&[]);
    let token = server.token("johndoe", PASSWORD);
    let file = server.folder.path().join("portcullis.db");
    std::fs::rename(&file, server.folder.path().join("elsewhere.db")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2));
    let bearer = format!("Bearer {token}");
    for answer in [
        server.me(&token),
        server.login("johndoe", PASSWORD),
        server.get("/verify", &[("Authorization", &bearer)]),
        server.get("/readyz", &[]),
    ] {
        answer.refuses(503, "temporarily_unavailable");
    }
    let found = read(&server);
    // The server looks into the database by itself, too.
    assert!(found[r#"portcullis_store_errors_total{kind="unavailable"}"#] >= 4.0);
    says(
        &found,
        r#"token_requests_total{grant="password",outcome="failed"}"#,
        1.0,
    );
    says(&found, r#"logins_total{outcome="failed"}"#, 1.0);
}

#[test]
fn a_proxy_that_nobody_told_of_gets_nothing() {
    let server = Server::demo();
    let unknown = server.get("/nowhere", &[]);
    for name in [
        "Forwarded",
        "Via",
        "X-Real-IP",
        "X-Forwarded-For",
        "x-forwarded-host",
        "X-Forwarded-Whatever",
        "X-Client-IP",
        "X-Forwarded",
        "CF-Connecting-IP",
        "True-Client-IP",
        "X-Cluster-Client-IP",
    ] {
        for value in ["127.0.0.1", ""] {
            let answer = server.get("/metrics", &[(name, value)]);
            answer.refuses(404, "not_found");
            assert_eq!(answer.text(), unknown.text());
        }
    }
    assert_eq!(server.get("/metrics", &[]).status, 200);
    let document = server.get("/openapi.json", &[]);
    assert!(!document.text().contains("/metrics"));
}

/// A name that leads to this machine, but that others gave it: of a page that asks its own server, and
/// then this one under the same name (DNS rebinding), or of a proxy that hands on what it was asked.
#[test]
fn under_a_name_of_others_it_is_not_there() {
    let server = Server::demo();
    let port = server.address.port();
    let status = |hosts: &[&str]| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let mut lines = vec!["GET /metrics HTTP/1.1".to_owned()];
        lines.extend(hosts.iter().map(|host| format!("Host: {host}")));
        lines.push("Connection: close\r\n\r\n".to_owned());
        let request = lines.join("\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer[9..12].parse::<u16>().unwrap()
    };
    for host in ["localhost", "127.0.0.1", "127.0.0.9", "[::1]"] {
        assert_eq!(status(&[host]), 200, "{host}");
        assert_eq!(status(&[&format!("{host}:{port}")]), 200, "{host}");
    }
    for host in [
        "rebound.example",
        "127.0.0.1.example",
        "localhost.example",
        "example:127.0.0.1",
        "10.0.0.1",
        "[::ffff:10.0.0.1]",
        "127.0.0.1@example",
        "",
    ] {
        assert_eq!(status(&[host]), 404, "{host}");
        assert_eq!(status(&[&format!("{host}:{port}")]), 404, "{host}");
    }
    assert_eq!(status(&["localhost", "localhost"]), 404);
    assert_eq!(status(&["localhost", "rebound.example"]), 404);
    assert_eq!(status(&[]), 404);
}

#[test]
fn behind_a_proxy_it_is_not_there() {
    let server = real(&[("PORTCULLIS_BEHIND_PROXY", "true")]);
    server.get("/metrics", &[]).refuses(404, "not_found");
}

#[test]
fn on_a_listener_of_its_own_it_is_there_alone() {
    let server = real(&[
        ("PORTCULLIS_METRICS_LISTEN", "127.0.0.1:0"),
        ("PORTCULLIS_BEHIND_PROXY", "true"),
    ]);
    let said = server.said.iter();
    let address = said
        .filter_map(|line| {
            line.strip_prefix("Metrics: http://")?
                .strip_suffix("/metrics")
        })
        .find_map(|address| address.parse::<SocketAddr>().ok());
    let address = address.unwrap_or_else(|| panic!("{:?}", server.said));
    server.login("johndoe", PASSWORD);
    server.get("/metrics", &[]).refuses(404, "not_found");
    let get = |path, headers: &[_]| http::send(address, "GET", path, headers, b"");
    let found = numbers(&get("/metrics", &[("X-Forwarded-For", "10.0.0.1")]));
    says(&found, r#"logins_total{outcome="granted"}"#, 1.0);
    for path in ["/", "/users/me", "/token", "/docs", "/healthz"] {
        get(path, &[]).refuses(404, "not_found");
    }
    let posted = http::send(address, "POST", "/metrics", &[], b"");
    posted.refuses(405, "method_not_allowed");
}

#[test]
fn an_occupied_listener_stops_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = temporary_folder();
    let mut serve = portcullis(folder.path());
    serve.args(["serve", "--listen", "127.0.0.1:0"]);
    serve.env("PORTCULLIS_METRICS_LISTEN", &address);
    let output = run(serve, "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains(&address) && said.contains("metrics.listen"),
        "{said}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Prometheus' own library for Python reads it strictly.
#[test]
fn a_parser_that_nobody_here_wrote_reads_it() {
    let server = Server::demo();
    server.token("johndoe", "secret");
    let root = root();
    let mut command = Command::new(root.join("target/tools/python/bin/python"));
    command
        .arg(root.join("crates/portcullis-server/tests/clients/open_metrics.py"))
        .arg(server.base_url());
    assert_passes(command);
}

//! The walk of FastAPI's "Simple OAuth2 with Password and Bearer", step by step, on every store.

use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;

use crate::server::{Server, temporary_folder};
use crate::shell::Database;

/// A server with the tutorial's two users, over a database that already has them.
fn server_on(folder: &Arc<TempDir>, database: &Database) -> Server {
    let config = "[scopes]\n\"items:read\" = \"Read items\"\n";
    std::fs::write(folder.path().join("portcullis.toml"), config).unwrap();
    let server = Server::start(folder, &["--database", &database.url()], &[]);
    // Hashes of `secret` and `secret2`, made by argon2-cffi with other parameters than ours.
    database.run(
        "INSERT INTO users (username, full_name, email, hashed_password, disabled, scopes) VALUES
         ('johndoe', 'John Doe', 'johndoe@example.com', '$argon2id$v=19$m=8192,t=1,p=1$c2VlZHNlZWRzZWVkc2VlZA$CKOZWg3pAj5of6nV1E/BIdHgZunn0t3NCUx17VHiaKo', false, 'users:read items:read'),
         ('alice', 'Alice Wonderson', 'alice@example.com', '$argon2id$v=19$m=8192,t=1,p=1$c2VlZHNlZWRzZWVkc2VlZA$jIyGtLufAysyZdvh3cM09BD/rskMpOO3QaghklSzJBI', true, 'users:read');",
    );
    server
}

#[test]
fn on_the_demo() {
    let server = Server::demo();
    assert!(server.said[0].starts_with("DEMO: "), "{:?}", server.said);
    walk(&server);
}

#[test]
fn on_sqlite_and_on_postgresql() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        walk(&server_on(&folder, &database));
    }
}

fn walk(server: &Server) {
    signs_in_and_reads_the_account(server);
    refuses_wrong_passwords_and_unknown_names_alike(server);
    refuses_what_is_no_token(server);
    tells_an_inactive_user(server);
    reads_the_form_as_the_specification_says(server);
    refuses_other_grants_media_types_and_methods(server);
    grants_scopes(server);
    client_credentials(server);
}

fn signs_in_and_reads_the_account(server: &Server) {
    let login = server.login("johndoe", "secret");
    assert_eq!(login.status, 200, "{}", login.text());
    assert_eq!(login.header("cache-control"), Some("no-store"));
    assert_eq!(login.header("pragma"), Some("no-cache"));
    assert_eq!(login.header("content-type"), Some("application/json"));
    let body = login.json();
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], 900);
    assert_eq!(body["scope"], "items:read users:read");
    assert_eq!(body["refresh_token"].as_str().map(str::len), Some(86));

    let me = server.me(body["access_token"].as_str().unwrap());
    assert_eq!(me.status, 200, "{}", me.text());
    assert_eq!(me.header("cache-control"), Some("no-store"));
    let user = me.json();
    let members: Vec<_> = user.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        members,
        [
            "created_at",
            "disabled",
            "email",
            "email_verified",
            "full_name",
            "id",
            "scopes",
            "username"
        ]
    );
    assert_eq!(user["username"], "johndoe");
    assert_eq!(user["email"], "johndoe@example.com");
    assert_eq!(user["full_name"], "John Doe");
    assert_eq!(user["disabled"], false);
    assert_eq!(user["scopes"], json!(["items:read", "users:read"]));
    for answer in [login.text(), me.text()] {
        assert!(
            !answer.contains("hashed_password") && !answer.contains("$argon2"),
            "{answer}"
        );
    }
    // Letters that differ in case or width alone are the same name.
    for spelling in ["JohnDoe", "ｊｏｈｎｄｏｅ"] {
        assert_eq!(server.login(spelling, "secret").status, 200, "{spelling}");
    }
}

fn refuses_wrong_passwords_and_unknown_names_alike(server: &Server) {
    let wrong = server.login("johndoe", "Secret");
    wrong.refuses(400, "invalid_grant");
    assert_eq!(wrong.json()["detail"], "Incorrect username or password");
    assert_eq!(
        wrong.json()["error_description"],
        "Incorrect username or password"
    );
    assert_eq!(wrong.header("www-authenticate"), None);
    for (username, password) in [
        ("nobody", "secret"),
        ("johndoe ", "secret"),
        ("not@a/name", "secret"),
        ("johndoe", "secret "),
        ("johndoe", "secre"),
        ("alice", "secret"),
        (&"x".repeat(1000), "secret"),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ] {
        let refused = server.login(username, password);
        assert_eq!(refused.status, 400);
        assert_eq!(refused.body, wrong.body, "{username:?}");
        let names = |answer: &crate::http::Answer| {
            answer
                .headers
                .iter()
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&refused), names(&wrong), "{username:?}");
    }
}

fn refuses_what_is_no_token(server: &Server) {
    let good = server.token("johndoe", "secret");
    for (header, error, challenge) in [
        (None, "not_authenticated", "Bearer"),
        (Some("Bearer".to_owned()), "not_authenticated", "Bearer"),
        (Some("Bearer ".to_owned()), "not_authenticated", "Bearer"),
        (Some(format!("Basic {good}")), "not_authenticated", "Bearer"),
        (Some(format!("Token {good}")), "not_authenticated", "Bearer"),
        (Some(good.clone()), "not_authenticated", "Bearer"),
        (
            Some("Bearer johndoe".to_owned()),
            "invalid_token",
            r#"Bearer error="invalid_token""#,
        ),
        (
            Some(format!("Bearer {good}x")),
            "invalid_token",
            r#"Bearer error="invalid_token""#,
        ),
        (
            Some(format!("Bearer {good} {good}")),
            "invalid_token",
            r#"Bearer error="invalid_token""#,
        ),
    ] {
        let headers: Vec<_> = header
            .iter()
            .map(|value| ("Authorization", value.as_str()))
            .collect();
        let refused = server.get("/users/me", &headers);
        refused.refuses(401, error);
        assert_eq!(
            refused.header("www-authenticate"),
            Some(challenge),
            "{header:?}"
        );
        let detail = match error {
            "not_authenticated" => "Not authenticated",
            _ => "Could not validate credentials",
        };
        assert_eq!(refused.json()["detail"], detail);
    }
    // In any case, and with more than one space.
    for header in [format!("bearer {good}"), format!("BEARER   {good}")] {
        assert_eq!(
            server
                .get("/users/me", &[("Authorization", &header)])
                .status,
            200
        );
    }
    let bearer = format!("Bearer {good}");
    let twice = [
        ("Authorization", bearer.as_str()),
        ("Authorization", bearer.as_str()),
    ];
    server
        .get("/users/me", &twice)
        .refuses(400, "invalid_request");
    // A token in the address is ignored.
    let in_query = server.get(&format!("/users/me?access_token={good}"), &[]);
    in_query.refuses(401, "not_authenticated");
}

fn tells_an_inactive_user(server: &Server) {
    let login = server.post(
        "/token",
        &[
            ("username", "alice"),
            ("password", "secret2"),
            ("scope", "users:read"),
        ],
        &[],
    );
    assert_eq!(login.status, 200, "{}", login.text());
    let body = login.json();
    assert!(body.get("scope").is_none(), "{body}");
    let me = server.me(body["access_token"].as_str().unwrap());
    me.refuses(400, "inactive_user");
    assert_eq!(me.json()["detail"], "Inactive user");
    assert_eq!(me.header("www-authenticate"), None);
}

fn reads_the_form_as_the_specification_says(server: &Server) {
    let invalid = |body: &str, why: &str| {
        let refused = server.post_raw("/token", body.as_bytes(), &[]);
        refused.refuses(400, "invalid_request");
        assert_eq!(
            refused.json()["detail"],
            refused.json()["error_description"]
        );
        assert!(
            !refused.text().contains("hunter2"),
            "{why}: {}",
            refused.text()
        );
    };
    invalid("", "nothing");
    invalid("username=johndoe", "no password");
    invalid("password=hunter2", "no username");
    invalid("username=&password=hunter2", "an empty parameter is absent");
    invalid("user-name=johndoe&password=hunter2", "another name");
    invalid("email=johndoe&password=hunter2", "another name");
    invalid(
        "username=johndoe&username=johndoe&password=hunter2",
        "repeated",
    );
    invalid(
        "username=johndoe&password=hunter2&scope=a&scope=b",
        "repeated",
    );
    invalid("username=johndoe&password=hunter2%ff", "not UTF-8");
    let accepted = |fields: &[(&str, &str)]| {
        let answer = server.post("/token", fields, &[]);
        assert_eq!(answer.status, 200, "{fields:?}: {}", answer.text());
    };
    let name = ("username", "johndoe");
    let password = ("password", "secret");
    accepted(&[name, password, ("grant_type", "password")]);
    accepted(&[
        name,
        password,
        ("grant_type", ""),
        ("scope", ""),
        ("foo", "bar"),
    ]);
}

fn refuses_other_grants_media_types_and_methods(server: &Server) {
    let name = ("username", "johndoe");
    let password = ("password", "secret");
    for (grant_type, error) in [
        ("Password", "unsupported_grant_type"),
        ("urn:x", "unsupported_grant_type"),
        // There is this one, but not for the built-in client.
        ("client_credentials", "unauthorized_client"),
    ] {
        server
            .post("/token", &[name, password, ("grant_type", grant_type)], &[])
            .refuses(400, error);
    }
    let json = br#"{"username":"johndoe","password":"secret"}"#;
    for media_type in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        crate::http::send(
            server.address,
            "POST",
            "/token",
            &[("Content-Type", media_type)],
            json,
        )
        .refuses(400, "invalid_request");
    }
    crate::http::send(
        server.address,
        "POST",
        "/token",
        &[],
        b"username=johndoe&password=secret",
    )
    .refuses(400, "invalid_request");
    for method in ["GET", "PUT", "DELETE"] {
        let refused = crate::http::send(server.address, method, "/token", &[], b"");
        refused.refuses(405, "method_not_allowed");
        assert_eq!(refused.header("allow"), Some("POST"));
    }
    server
        .post_raw("/token?password=secret", b"username=johndoe", &[])
        .refuses(400, "invalid_request");
    server.get("/nothing", &[]).refuses(404, "not_found");
}

fn grants_scopes(server: &Server) {
    let ask = |scope: &str| {
        let fields = [
            ("username", "johndoe"),
            ("password", "secret"),
            ("scope", scope),
        ];
        server.post("/token", &fields, &[])
    };
    assert_eq!(ask("items:read").json()["scope"], "items:read");
    assert_eq!(
        ask("users:read items:read").json()["scope"],
        "items:read users:read"
    );
    // What the user does not have is left out.
    assert_eq!(ask("items:read users:write").json()["scope"], "items:read");
    for refused in [
        "users:write",
        "nobody:declared",
        "items:read nobody:declared",
        "a  b",
        " a",
        "a\tb",
    ] {
        ask(refused).refuses(400, "invalid_scope");
    }
}

fn client_credentials(server: &Server) {
    let fields = [("username", "johndoe"), ("password", "secret")];
    let with_header = |value: &str| server.post("/token", &fields, &[("Authorization", value)]);
    // `:`, as Swagger UI sends it, and `portcullis:`.
    for basic in [
        "Basic Og==",
        "basic Og==",
        "Basic cG9ydGN1bGxpczo=",
        "Bearer whatever",
    ] {
        assert_eq!(with_header(basic).status, 200, "{basic}");
    }
    for basic in [
        "Basic bm9ib2R5Og==",
        "Basic cG9ydGN1bGxpczpzZWNyZXQ=",
        "Basic !",
        "Basic Zm9v",
    ] {
        let refused = with_header(basic);
        refused.refuses(401, "invalid_client");
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(
            challenge.starts_with("Basic realm=\"") && challenge.ends_with(", charset=\"UTF-8\""),
            "{challenge}"
        );
    }
    let in_form = |id: &str| {
        let mut fields = fields.to_vec();
        fields.push(("client_id", id));
        server.post("/token", &fields, &[])
    };
    assert_eq!(in_form("portcullis").status, 200);
    assert_eq!(in_form("").status, 200);
    let refused = in_form("nobody");
    refused.refuses(401, "invalid_client");
    assert_eq!(refused.header("www-authenticate"), None);
}

//! `scopes`: asked for by type, added up through a dependency.

use serde_json::json;

use super::{BAD_TOKEN, JOHN, NOBODY, Served, documented, refused};

#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/scopes.rs"]
pub(super) mod example;

/// Each route, the scopes that it needs in the order of the challenge, and what it says.
const ROUTES: [(&str, &[&str], Option<&str>); 4] = [
    ("/items", &["items:read"], Some("the items of johndoe")),
    ("/me", &["me"], None),
    (
        "/me/drafts",
        &["items:write", "me"],
        Some("the drafts of johndoe"),
    ),
    ("/status", &[], Some("ok")),
];

#[tokio::test]
async fn each_route_needs_its_scopes_and_no_more() {
    let served = Served::new(example::app().await.unwrap()).await;
    for (path, needed, says) in ROUTES {
        let scope = needed.join("+");
        let token = served.token(&format!("{JOHN}&scope={scope}")).await;
        let reply = served.get(path, Some(&token)).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        assert!(says.is_none_or(|says| reply.body == says), "{}", reply.body);
        refused(&served.get(path, None).await, NOBODY);
        refused(&served.get(path, Some("bad")).await, BAD_TOKEN);
    }
    let all = served.token(JOHN).await;
    let me = served.get("/me", Some(&all)).await.json();
    assert_eq!(me["username"], "johndoe");
}

#[tokio::test]
async fn a_missing_scope_is_403_and_named() {
    let served = Served::new(example::app().await.unwrap()).await;
    for (path, needed, _) in ROUTES {
        for missing in needed {
            let all = ["me", "items:read", "items:write"];
            let others: Vec<_> = all.into_iter().filter(|one| one != missing).collect();
            let form = format!("{JOHN}&scope={}", others.join("+"));
            let reply = served.get(path, Some(&served.token(&form).await)).await;
            let needed = needed.join(" ");
            let challenge = format!(r#"Bearer error="insufficient_scope", scope="{needed}""#);
            refused(&reply, (403, "insufficient_scope", &challenge));
            assert_eq!(reply.json()["detail"], "Not enough permissions");
        }
    }
}

#[tokio::test]
async fn nobody_is_given_what_is_not_his() {
    let served = Served::new(example::app().await.unwrap()).await;
    let reply = served.login(&format!("{JOHN}&scope=admin")).await;
    refused(&reply, (400, "invalid_scope", ""));
}

#[tokio::test]
async fn the_scopes_are_in_the_document() {
    let served = Served::new(example::app().await.unwrap()).await;
    let document = served.document().await;
    for (path, needed, _) in ROUTES {
        let statuses: &[&str] = match path {
            "/status" => &["200", "400", "401"],
            _ => &["200", "400", "401", "403", "503"],
        };
        let security = json!([{ "OAuth2PasswordBearer": needed }]);
        documented(&document["paths"][path]["get"], &security, statuses);
    }
    let scheme = &document["components"]["securitySchemes"]["OAuth2PasswordBearer"];
    let scopes = json!({
        "me": "See who you are.", "items:read": "Read items.", "items:write": "Write items.",
    });
    assert_eq!(scheme["flows"]["password"]["scopes"], scopes);
}

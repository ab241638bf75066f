//! Which path is judged, and which one arrives.

use super::Scene;

#[test]
fn too_little_scope_is_403_and_the_challenge_is_kept() {
    let scene = Scene::new();
    let reader = scene.token_of("reader", &["items:read"]);
    let writer = scene.token_of("writer", &["items:write"]);
    let needed = r#"Bearer error="insufficient_scope", scope="items:write""#;
    let lacks = (403, "insufficient_scope", Some(needed));
    for path in [
        "/admin/",
        "/admin/x",
        "//admin//x",
        "/x/../admin/x",
        "/x/%2e%2E/admin/x",
        "/admin%2fx",
    ] {
        scene.refuses(&scene.proxy.ask(path, &reader), lacks);
        assert_eq!(scene.proxy.ask(path, &writer).status, 200);
        // The API is asked for what was judged.
        let line = scene.upstream.one().line;
        assert!(line.starts_with("GET /admin/"), "{path}: {line}");
    }
    assert_eq!(scene.proxy.get("/x/%2e%2e/health", &[]).status, 200);
    assert_eq!(scene.upstream.one().line, "GET /health");
    for path in ["/admin/../x", "/admin/%2e%2e/x", "/admin/..%2fx"] {
        assert_eq!(scene.proxy.ask(path, &reader).status, 200);
        assert_eq!(scene.upstream.one().line, "GET /x", "{path}");
    }
}

/// Paths that are not under `/admin/` for nginx, but are for some APIs.
#[test]
fn what_an_api_may_take_for_another_path_does_not_pass() {
    let scene = Scene::new();
    let reader = scene.token_of("reader", &["items:read"]);
    for path in [
        "/Admin/x",
        "/ADMIN",
        "/%41dmin/x",
        "/admin;a=b/x",
        "/admin%3Bx/y",
        "/x/..;/admin/x",
        "/x/..%3b/admin/x",
        "/x\\..\\admin\\x",
        "/x%5C..%5Cadmin%5cx",
    ] {
        assert_eq!(scene.proxy.ask(path, &reader).status, 404, "{path}");
    }
    // nginx itself leads there, where it is judged.
    assert_eq!(scene.proxy.ask("/admin", &reader).status, 301);
    assert!(scene.upstream.arrived().is_empty());
    // And these are other paths for everybody.
    for path in ["/administrators", "/admin-x", "/x/admin/y"] {
        assert_eq!(scene.proxy.ask(path, &reader).status, 200, "{path}");
        assert_eq!(scene.upstream.one().line, format!("GET {path}"));
    }
}

#[test]
fn a_header_cannot_say_another_path_or_host() {
    let scene = Scene::new();
    let token = scene.token_of("johndoe", &[]);
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Authorization", &*bearer),
        ("X-Original-URL", "/admin/forged"),
        ("X-Rewrite-URL", "/admin/forged"),
        ("X-Forwarded-Uri", "/admin/forged"),
        ("X-Forwarded-Path", "/admin/forged"),
        ("X-Forwarded-Prefix", "/admin/forged"),
        ("X-Forwarded-Host", "forged.example"),
        ("X-Forwarded-Port", "forged"),
        ("X-Forwarded-For", "forged"),
        ("X-Forwarded-Proto", "forged"),
        ("Forwarded", "host=forged.example"),
    ];
    assert_eq!(scene.proxy.get("/items", &headers).status, 200);
    let arrived = format!("{:?}", scene.upstream.one());
    assert!(!arrived.contains("forged"), "{arrived}");
}

//! Swagger UI in a real browser: each scheme appears, can be authorized, and its calls succeed,
//! wherever the app is mounted. Driven by `tests/browser/schemes.mjs`.

mod app;
mod authorization_server;
mod digest;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use http::StatusCode;
use tokio::net::TcpListener;
use tower::ServiceExt;

use authorization_server::Issued;

/// How many checks the script makes at the root, and how many at the other places. It prints each
/// that passed, and ends at the first that does not.
const CHECKS: [usize; 2] = [28, 16];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

async fn listen(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

/// Lays the scripts beside the packages that they need: Node resolves from where a script lies.
fn lay_scripts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tools = root().join("target/tools/browser");
        for script in [
            "crates/portcullis-server/tests/browser/browser.mjs",
            "crates/portcullis/tests/browser/schemes.mjs",
            "crates/portcullis/tests/browser/dialogue.mjs",
        ] {
            let name = Path::new(script).file_name().unwrap();
            std::fs::copy(root().join(script), tools.join(name))
                .unwrap_or_else(|error| panic!("{script}: {error}; run scripts/prerequisites"));
        }
        std::fs::create_dir_all(root().join("target/screenshots")).unwrap();
    });
}

/// Runs the script against an app that is reached at `path`; `place` names its screenshots.
async fn drive(place: &str, path: &str, app: Router, issued: Issued) {
    lay_scripts();
    let address = listen(app).await;
    let provider = listen(authorization_server::router(app::PROVIDER, issued)).await;
    let mut command = Command::new("node");
    command
        .current_dir(root().join("target/tools/browser"))
        .arg("schemes.mjs")
        .arg(format!("http://{address}{path}"))
        .arg("../../screenshots")
        .args([app::PROVIDER, &provider.to_string(), place]);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .expect("node: run scripts/prerequisites");
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{failed}");
    let passed = said.lines().filter(|line| line.starts_with("ok ")).count();
    let expected = CHECKS[usize::from(place != "root")];
    assert_eq!(passed, expected, "{said}\n{failed}");
}

#[tokio::test]
async fn at_the_root() {
    let issued = Issued::default();
    let app = app::app(issued.clone()).await;
    drive("root", "/", app, issued).await;
}

#[tokio::test]
async fn nested() {
    let issued = Issued::default();
    let app = Router::new().nest("/api/v1", app::app(issued.clone()).await);
    drive("nested", "/api/v1/", app, issued).await;
}

/// What a reverse proxy sends on: the request without the prefix, and without any word of it.
fn behind_a_prefix(prefix: &'static str, app: Router) -> Router {
    Router::new().fallback(async move |request: Request| {
        let (parts, body) = request.into_parts();
        let asked = parts
            .uri
            .path_and_query()
            .map_or("", |asked| asked.as_str());
        let Some(rest) = asked
            .strip_prefix(prefix)
            .filter(|rest| rest.starts_with('/'))
        else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let mut sent_on = http::Request::new(body);
        *sent_on.method_mut() = parts.method;
        *sent_on.uri_mut() = rest.parse().unwrap();
        *sent_on.headers_mut() = parts.headers;
        app.oneshot(sent_on).await.into_response()
    })
}

#[tokio::test]
async fn behind_a_proxy() {
    let issued = Issued::default();
    let app = behind_a_prefix("/some/where", app::app(issued.clone()).await);
    drive("proxied", "/some/where/", app, issued).await;
}

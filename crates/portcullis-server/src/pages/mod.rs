//! The pages for people: signing in, making an account, and what mails link to. They use only the API.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use axum::routing::get;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use minijinja::{Environment, UndefinedBehavior, context};
use portcullis::account::Registration;
use portcullis::openapi::page;

use crate::config::Config;

/// Nothing from elsewhere, nothing inline; the forms go here and nowhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript";

/// Path, media type, bytes.
const ASSETS: &[(&str, &str, &[u8])] = &[
    ("/assets/page.css", "text/css", include_bytes!("page.css")),
    ("/assets/api.js", SCRIPT, include_bytes!("api.js")),
    ("/assets/form.js", SCRIPT, include_bytes!("form.js")),
    ("/assets/sign_in.js", SCRIPT, include_bytes!("sign_in.js")),
    ("/assets/account.js", SCRIPT, include_bytes!("account.js")),
];

/// What the pages are made of.
const PARTS: &[(&str, &str)] = &[
    ("layout.html", include_str!("layout.html")),
    ("fields.html", include_str!("fields.html")),
];

/// Path, source, and whether a mail's link leads there.
const PAGES: &[(&str, &str, bool)] = &[
    ("/", include_str!("sign_in.html"), false),
    (REGISTER, include_str!("register.html"), false),
    (
        "/forgot-password",
        include_str!("forgot_password.html"),
        false,
    ),
    ("/verify-email", include_str!("verify_email.html"), true),
    ("/reset-password", include_str!("reset_password.html"), true),
    ("/confirm-email", include_str!("confirm_email.html"), true),
    ("/invitation", include_str!("invitation.html"), true),
];

const REGISTER: &str = "/register";

/// The routes of the pages and their assets, as the settings make them.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(
    config: &Config,
) -> anyhow::Result<Router<S>> {
    let mut routes = Router::new();
    for &(path, media_type, bytes) in ASSETS {
        routes = routes.route(path, get(async move || page(media_type, POLICY, bytes)));
    }
    let mut parts = Environment::new();
    parts.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in PARTS {
        parts.add_template(name, source)?;
    }
    let accounts = &config.accounts;
    let is_open = accounts.registration == Registration::Open;
    for &(path, source, is_linked) in PAGES {
        // Where nobody can make an account, nothing speaks of it.
        if path == REGISTER && !is_open {
            continue;
        }
        let html = parts.render_named_str(
            "page.html",
            source,
            context! {
                is_open,
                needs_email => accounts.needs_email,
                login_email => config.login_email,
                advice => accounts.rules.policy().advice(),
            },
        )?;
        let html = Bytes::from(html);
        routes = routes.route(path, get(async move || made_page(html.clone(), is_linked)));
    }
    Ok(routes)
}

/// A page that was made at the start.
fn made_page(html: Bytes, is_linked: bool) -> Response {
    let mut response = page(HTML, POLICY, b"");
    *response.body_mut() = Body::from(html);
    if is_linked {
        let headers = response.headers_mut();
        // Whoever goes back to it later finds nothing of what was typed there.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

//! The pages, as the server gives them out. `browser.rs` uses them.

use crate::http::{Answer, send};
use crate::server::{Server, temporary_folder};

const TOKEN: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const LINKED: [&str; 4] = [
    "/verify-email",
    "/reset-password",
    "/confirm-email",
    "/invitation",
];
const OTHERS: [&str; 3] = ["/", "/register", "/forgot-password"];

fn demo_with(variables: &[(&str, &str)]) -> Server {
    Server::start(&temporary_folder(), &["--demo"], variables)
}

#[track_caller]
fn page(server: &Server, path: &str) -> Answer {
    let answer = server.get(path, &[]);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    answer
}

fn all_pages(server: &Server) -> Vec<(&'static str, String)> {
    let paths = LINKED.into_iter().chain(OTHERS);
    paths
        .map(|path| (path, page(server, path).text().to_owned()))
        .collect()
}

/// Each tag of this name, from `<` to `>`.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let begins = format!("<{name}");
    let found = html.match_indices(&begins);
    let tags = found.map(|(at, _)| html[at..].split('>').next().unwrap());
    tags.filter(|tag| tag[begins.len()..].starts_with([' ', '\n']))
        .collect()
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// The fields of all pages that people fill in: page, tag.
fn fields(pages: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let inputs = pages.iter().flat_map(|(path, html)| {
        let inputs = tags(html, "input").into_iter();
        inputs.map(|tag| (*path, tag.to_owned()))
    });
    inputs
        .filter(|(_, tag)| attribute(tag, "name") != Some("grant_type"))
        .collect()
}

/// ASVS 6.2.6.
#[test]
fn v6_2_6_every_password_is_masked_and_can_be_shown() {
    let pages = all_pages(&Server::demo());
    let mut secrets = 0;
    for (path, tag) in fields(&pages) {
        if attribute(&tag, "name").unwrap().contains("password") {
            assert_eq!(attribute(&tag, "type"), Some("password"), "{path}: {tag}");
            secrets += 1;
        } else {
            assert_ne!(attribute(&tag, "type"), Some("password"), "{path}: {tag}");
        }
    }
    assert_eq!(secrets, 4, "sign in, register, reset, invitation");
    let html: String = pages.into_iter().map(|(_, html)| html).collect();
    assert_eq!(html.matches("<span>Show</span>").count(), secrets);
}

/// ASVS 6.2.7. `browser::pages` pastes.
#[test]
fn v6_2_7_paste_autofill_and_password_managers_are_let_work() {
    let server = Server::demo();
    let pages = all_pages(&server);
    for (path, tag) in fields(&pages) {
        let name = attribute(&tag, "name").unwrap();
        let expected = match (path, name) {
            ("/", "password") => "current-password",
            (_, "password" | "new_password") => "new-password",
            (_, "username" | "account") => "username",
            (_, "email") => "email",
            (_, "full_name") => "name",
            _ => panic!("{path}: {tag}"),
        };
        assert_eq!(attribute(&tag, "autocomplete"), Some(expected), "{path}");
        assert!(
            !tag.contains("readonly") && !tag.contains("maxlength"),
            "{tag}"
        );
    }
    let mut sources: Vec<_> = pages.into_iter().map(|(_, html)| html).collect();
    for script in ["api.js", "form.js", "sign_in.js", "account.js"] {
        let answer = server.get(&format!("/assets/{script}"), &[]);
        assert_eq!(answer.header("content-type"), Some("text/javascript"));
        sources.push(answer.text().to_owned());
    }
    for source in sources {
        for stops in [
            "onpaste",
            "\"paste\"",
            "autocomplete=\"off\"",
            "contextmenu",
            "keydown",
        ] {
            assert!(!source.contains(stops), "{stops}");
        }
    }
}

/// SP 800-63B, row N17: guidance before, and after a refusal.
#[test]
fn n17_who_chooses_a_password_is_told_what_a_good_one_is() {
    let server = demo_with(&[("PORTCULLIS_PASSWORD_MIN_LENGTH", "20")]);
    for path in ["/register", "/reset-password", "/invitation"] {
        let html = page(&server, path).text().to_owned();
        let advice = "At least 20 characters; any will do, spaces too. A few words";
        assert!(html.contains(advice), "{path}");
        let input = tags(&html, "input");
        let input = input.into_iter().find(|tag| tag.contains("new-password"));
        let described = attribute(input.unwrap(), "aria-describedby").unwrap();
        let (hint, fault) = described.split_once(' ').unwrap();
        let hint = format!("<p id=\"{hint}\" class=\"hint\">At least 20");
        let fault = format!("<p id=\"{fault}\" class=\"fault\"></p>");
        assert!(html.contains(&hint) && html.contains(&fault), "{path}");
    }
    let body = br#"{"username":"grace","password":"nineteen characters"}"#;
    let json = [("Content-Type", "application/json")];
    let refused = send(server.address, "POST", "/users", &json, body).json();
    let told = refused["detail"][0]["msg"].as_str().unwrap();
    assert!(told.contains("choose at least 20"), "{told}");
}

/// SP 800-63B, row N19. What fills the fields in is seen in `browser::sign_in`.
#[test]
fn n19_username_and_password_stand_in_one_form() {
    for (path, html) in all_pages(&Server::demo()) {
        for form in html.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap();
            assert!(
                form.starts_with("id=\"form\" method=\"post\"")
                    || form.starts_with("method=\"post\"")
            );
            let names: Vec<_> = tags(form, "input")
                .into_iter()
                .filter_map(|tag| attribute(tag, "name"))
                .collect();
            if names.contains(&"password") {
                assert!(names.contains(&"username"), "{path}: {names:?}");
            }
        }
    }
}

/// SP 800-63B, row N20.
#[test]
fn n20_each_password_can_be_shown_by_a_button_of_its_own() {
    for (path, html) in all_pages(&Server::demo()) {
        for tag in tags(&html, "input") {
            if attribute(tag, "type") == Some("password") {
                let controls = format!("aria-controls=\"{}\"", attribute(tag, "id").unwrap());
                let buttons = tags(&html, "button");
                let found = buttons.iter().filter(|button| button.contains(&controls));
                assert_eq!(found.count(), 1, "{path}: {tag}");
            }
        }
    }
}

/// ATK-W02, W03, W06: never framed, nothing inline, nothing from elsewhere, no referrer.
#[test]
fn w02_w06_pages_are_never_framed_and_tell_nobody_where_one_was() {
    let server = Server::demo();
    for path in LINKED.into_iter().chain(OTHERS) {
        let answer = page(&server, path);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"));
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{policy}"
        );
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let html = answer.text();
        for elsewhere in ["src=\"http", "href=\"http", "src=\"/", "href=\"/", "=\"//"] {
            assert!(!html.contains(elsewhere), "{path}: {elsewhere}");
        }
        for inline in ["<style", " style=", " onclick", " onsubmit", "javascript:"] {
            assert!(!html.contains(inline), "{path}: {inline}");
        }
        let scripts = tags(html, "script");
        assert_eq!(scripts.len(), 1);
        assert!(attribute(scripts[0], "src").unwrap().starts_with("assets/"));
    }
}

/// ATK-W08: nothing that a browser fills in without being seen.
#[test]
fn w08_no_field_is_hidden_that_a_browser_fills_in() {
    for (path, html) in all_pages(&Server::demo()) {
        for tag in tags(&html, "input") {
            if attribute(tag, "type") == Some("hidden") {
                assert_eq!(attribute(tag, "name"), Some("grant_type"), "{path}: {tag}");
            }
            assert!(
                !tag.contains(" hidden") && !tag.contains("tabindex"),
                "{path}: {tag}"
            );
        }
    }
}

/// ATK-M09: whoever looks at a link changes nothing, and gets what everybody gets.
#[test]
fn m09_asking_for_a_links_page_gives_what_everybody_gets() {
    let server = Server::demo();
    for path in LINKED {
        let answer = page(&server, path);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let with_query = server.get(&format!("{path}?token={TOKEN}"), &[]);
        assert_eq!((with_query.status, &with_query.body), (200, &answer.body));
        let posted = server.post(path, &[("token", TOKEN)], &[]);
        posted.refuses(405, "method_not_allowed");
    }
}

#[test]
fn where_nobody_can_register_nothing_speaks_of_it() {
    for who in ["invitation", "closed"] {
        let server = demo_with(&[("PORTCULLIS_REGISTRATION", who)]);
        assert!(!page(&server, "/").text().contains("register"), "{who}");
        server.get("/register", &[]).refuses(404, "not_found");
        assert!(
            page(&server, "/")
                .text()
                .contains("href=\"forgot-password\"")
        );
        page(&server, "/invitation");
    }
    assert!(
        page(&Server::demo(), "/")
            .text()
            .contains("href=\"register\"")
    );
}

#[test]
fn the_pages_say_what_the_settings_ask_for() {
    let demo = Server::demo();
    assert!(page(&demo, "/").text().contains(">Username</label>"));
    let register = page(&demo, "/register");
    assert!(register.text().contains("E-mail address (optional)"));
    let server = demo_with(&[
        ("PORTCULLIS_LOGIN_EMAIL", "true"),
        ("PORTCULLIS_LOGIN_UNVERIFIED", "refuse"),
    ]);
    assert!(
        page(&server, "/")
            .text()
            .contains(">Username or e-mail address</label>")
    );
    let register = page(&server, "/register").text().to_owned();
    assert!(!register.contains("(optional)</label>\n      <input id=\"email\""));
    let email = tags(&register, "input");
    let email = email.into_iter().find(|tag| tag.contains("id=\"email\""));
    assert!(email.unwrap().contains(" required "), "{email:?}");
    assert!(register.contains("then you can sign in"));
}

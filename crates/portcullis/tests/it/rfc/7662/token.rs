//! What is told of a token: rows I3 to I7, I10 to I12.

use portcullis::scope::Scopes;
use portcullis::secret::Password;
use serde_json::{Value, json};

use super::{INACTIVE, api, is_active, is_inactive, told};
use crate::client::{InForm, draft};
use crate::fixture::{House, ISSUER, NOW, bearer, part, send};
use crate::rfc::dialogue::{LOGIN, app, is_revoked, refresh, text, tokens};
use crate::rfc::forge::Forge;

#[tokio::test]
async fn s2_2_what_is_told_of_an_access_token() {
    let house = House::new().await;
    let api = api(&house, "api").await;
    let token = house.johndoe().await;
    let claims = part(&token, 1);
    let answer = told(&api, &token).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let expected = json!({
        "active": true, "scope": "items:read users:read", "client_id": "portcullis",
        "username": "johndoe", "token_type": "bearer", "exp": NOW + 900, "iat": NOW,
        "sub": claims["sub"], "aud": ISSUER, "iss": ISSUER, "jti": claims["jti"],
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn s2_2_a_clients_own_token_has_no_username() {
    let house = House::new().await;
    let api = api(&house, "api").await;
    let report = InForm::new(&house, draft("report")).await;
    let own = report.own().await;
    let told = told(&api, text(&own, "access_token")).await.json();
    assert_eq!(
        (&told["active"], &told["scope"]),
        (&json!(true), &json!("items:read items:write"))
    );
    assert_eq!(
        (&told["sub"], &told["client_id"]),
        (&json!(report.id), &json!(report.id))
    );
    assert_eq!(told.get("username"), None);
}

#[tokio::test]
async fn s2_2_what_is_no_good_is_inactive_and_no_error() {
    let forge = Forge::new().await;
    let house = &forge.house;
    let elsewhere = House::new().await;
    let api = api(house, "api").await;
    is_active(&api, "the template", &forge.genuine).await;
    let issued = tokens(house, LOGIN).await;
    let refresh = text(&issued, "refresh_token");
    let family = format!("{}{}", &refresh[..22], "A".repeat(64));
    let long = "x".repeat(20_000);
    for (name, token) in [
        ("nonsense", "nonsense"),
        ("empty parts", ".."),
        ("a NUL", "%00"),
        ("spaces", "+++"),
        ("long", &long),
        ("another server's", &elsewhere.johndoe().await),
        (
            "another server's refresh",
            text(&tokens(&elsewhere, LOGIN).await, "refresh_token"),
        ),
        ("a part", &forge.genuine[1..]),
        ("more", &format!("{}A", forge.genuine)),
        ("a part of a refresh token", &refresh[..85]),
        ("more of a refresh token", &format!("{refresh}A")),
        ("a session's id", &refresh[..22]),
        ("another secret of the session", &family),
        ("an inactive user's", &house.alice().await),
    ] {
        is_inactive(&api, name, token).await;
    }
    is_active(&api, "asking costs nothing", refresh).await;
}

#[tokio::test]
async fn s2_2_nothing_else_is_said_of_it() {
    let house = House::new().await;
    let api = api(&house, "api").await;
    let issued = tokens(&house, LOGIN).await;
    is_revoked(&house, &format!("token={}", text(&issued, "access_token"))).await;
    let revoked = told(&api, text(&issued, "access_token")).await;
    let nonsense = told(&api, "nonsense").await;
    assert_eq!(revoked.text(), INACTIVE);
    assert_eq!(revoked.body, nonsense.body);
    assert_eq!(revoked.headers, nonsense.headers);
    assert_eq!(revoked.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn s4_everything_about_the_token_is_checked() {
    let forge = Forge::new().await;
    let house = &forge.house;
    let api = api(house, "api").await;
    is_active(&api, "the template", &forge.claiming(|_| ())).await;
    for (name, value) in [
        ("exp", json!(NOW)),
        ("nbf", json!(NOW + 1)),
        ("iss", json!("https://elsewhere")),
        ("aud", json!("https://elsewhere")),
        ("sub", json!("nobody")),
        ("sid", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("epoch", json!(7)),
        ("client_id", json!("client-nobody")),
        ("scope", json!(1)),
    ] {
        let token = forge.claiming(|claims| claims[name] = value);
        is_inactive(&api, name, &token).await;
    }
    let (message, signature) = forge.genuine.rsplit_once('.').unwrap();
    let other = Forge::new().await;
    is_inactive(&api, "signature", &other.sign(message)).await;
    is_inactive(&api, "unsigned", &format!("{message}.")).await;
    is_inactive(&api, "two parts", &format!("{message}{signature}")).await;
    let of_kind = forge.headed(|header| header["typ"] = "JWT".into());
    is_inactive(&api, "typ", &of_kind).await;
    is_active(&api, "all the while", &forge.genuine).await;
}

#[tokio::test]
async fn s4_everything_about_its_holder_is_checked() {
    for change in [
        "revoked", "password", "disabled", "enabled", "deleted", "client", "time", "idle",
    ] {
        let house = House::new().await;
        let api = api(&house, "api").await;
        let page = InForm::new(&house, draft("page")).await;
        let issued = page.login().await;
        let all = house.administration();
        for name in ["access_token", "refresh_token"] {
            is_active(&api, change, text(&issued, name)).await;
        }
        match change {
            "revoked" => {
                let form = format!("token={}", text(&issued, "refresh_token"));
                assert_eq!(page.post("/revoke", &form).await.status, 200);
            }
            "password" => {
                let new = Password::new("another");
                all.set_password("johndoe", &new).await.unwrap();
            }
            "disabled" => {
                all.set_disabled("johndoe", true).await.unwrap();
            }
            "enabled" => {
                all.set_disabled("johndoe", true).await.unwrap();
                all.set_disabled("johndoe", false).await.unwrap();
            }
            "deleted" => {
                all.delete("johndoe").await.unwrap();
            }
            "client" => {
                house.clients().delete("page").await.unwrap();
            }
            "time" => house.clock.advance(900),
            _ => house.clock.advance(7 * 86_400),
        }
        is_inactive(&api, change, text(&issued, "access_token")).await;
        // Fifteen minutes are nothing to a refresh token.
        match change {
            "time" => is_active(&api, change, text(&issued, "refresh_token")).await,
            _ => is_inactive(&api, change, text(&issued, "refresh_token")).await,
        }
    }
}

#[tokio::test]
async fn s2_1_a_wrong_hint_hides_nothing() {
    let house = House::new().await;
    let api = api(&house, "api").await;
    let issued = tokens(&house, LOGIN).await;
    for name in ["access_token", "refresh_token"] {
        let plain = told(&api, text(&issued, name)).await.json();
        for hint in ["access_token", "refresh_token", "foo", ""] {
            let form = format!("token={}&token_type_hint={hint}", text(&issued, name));
            let hinted = api.post("/introspect", &form).await;
            assert_eq!(hinted.json(), plain, "{name} as {hint}");
            assert_eq!(plain["active"], true, "{name}");
        }
    }
}

#[tokio::test]
async fn s2_2_members_have_their_types() {
    let house = House::new().await;
    let api = api(&house, "api").await;
    let report = InForm::new(&house, draft("report")).await;
    let issued = tokens(&house, LOGIN).await;
    let own = report.own().await;
    for token in [
        text(&issued, "access_token"),
        text(&issued, "refresh_token"),
        text(&own, "access_token"),
    ] {
        let told = told(&api, token).await.json();
        for (name, value) in told.as_object().unwrap() {
            let fits = match &**name {
                "active" => value.is_boolean(),
                "exp" | "iat" => value.is_i64(),
                "scope" => value
                    .as_str()
                    .is_some_and(|text| Scopes::parse(text).is_ok()),
                _ => value.is_string(),
            };
            assert!(fits, "{name}: {value}");
        }
        assert!(told["exp"].as_i64() > told["iat"].as_i64());
    }
}

#[tokio::test]
async fn s2_2_scope_is_what_is_still_allowed() {
    let house = House::new().await;
    let (one, other) = (api(&house, "one").await, api(&house, "other").await);
    house.add("ada", "secret", "items:read items:write").await;
    let issued = tokens(&house, "username=ada&password=secret&scope=items:read").await;
    let token = text(&issued, "access_token");
    for api in [&one, &other] {
        let told = told(api, token).await.json();
        assert_eq!(told["scope"], "items:read", "the token's, not the user's");
    }
    house.add("nothing", "secret", "").await;
    let bare = tokens(&house, "username=nothing&password=secret").await;
    let told = told(&one, text(&bare, "access_token")).await.json();
    assert_eq!((&told["active"], told.get("scope")), (&json!(true), None));
}

#[tokio::test]
async fn s2_2_a_refresh_token_is_told_apart() {
    let house = House::new().await;
    let api = api(&house, "api").await;
    let page = InForm::new(&house, draft("page")).await;
    let login = page.login().await;
    let first = text(&login, "refresh_token");
    let about: Value = told(&api, first).await.json();
    assert_eq!(about["active"], true);
    assert_eq!(about["token_type"], "refresh_token");
    assert_eq!(about["username"], "johndoe");
    assert_eq!(about["client_id"], *page.id);
    assert_eq!(about["exp"], NOW + 7 * 86_400);
    assert!(about.get("aud").is_none() && about.get("jti").is_none());
    // It proves nothing to an API.
    let me = send(&app(&house), bearer("/users/me", first)).await;
    assert_eq!(me.status, 401);
    let renewed = page.tokens(&refresh(&login)).await;
    is_inactive(&api, "spent", first).await;
    is_active(&api, "present", text(&renewed, "refresh_token")).await;
    // To ask is not to use: nothing was taken for a replay.
    page.tokens(&refresh(&renewed)).await;
}

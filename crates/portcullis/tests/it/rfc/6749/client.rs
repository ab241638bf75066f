//! Clients that are registered: rows T10, T12, T13, T17, S8, S10.

use portcullis::account::ClientDraft;
use portcullis::client::{Client, ClientId, ClientLifetimes, ClientSecrets, Grants, SecretDigest};
use portcullis::scope::Scopes;
use portcullis::store::Clients;

use crate::client::{InForm, draft, public};
use crate::fixture::{Answer, FORM, House, basic, post, send};
use crate::rfc::dialogue::{LOGIN, app, ask, refresh};

const CHALLENGE: Option<&str> = Some(r#"Basic realm="portcullis", charset="UTF-8""#);

async fn by_basic(house: &House, credentials: &str, form: &str) -> Answer {
    let value = basic(credentials);
    let headers = [FORM, ("authorization", &*value)];
    send(&app(house), post("/token", &headers, form)).await
}

fn refused(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

#[tokio::test]
async fn s2_3_1_basic_is_encoded_as_a_form_first() {
    let house = House::new().await;
    // Ours need no encoding; a secret that was brought along does.
    let client = Client {
        id: ClientId::new("a:b ü"),
        name: "brought".into(),
        secrets: Some(ClientSecrets::first(SecretDigest::of("p%:+ ü&"))),
        grants: Grants::parse("client_credentials").unwrap(),
        scopes: Scopes::none(),
        may_introspect: false,
        lifetimes: ClientLifetimes::default(),
        created_at: house.auth.now(),
    };
    house.store.insert_client(client).await.unwrap();
    let own = "grant_type=client_credentials";
    for right in [
        "a%3Ab+%C3%BC:p%25%3A%2B+%C3%BC%26",
        "a%3ab%20%c3%bc:p%25:%2B%20ü&",
    ] {
        assert_eq!(by_basic(&house, right, own).await.status, 200, "{right}");
    }
    for wrong in [
        // Not encoded at all: the colon is in the wrong place.
        "a:b ü:p%:+ ü&",
        // The plus is a space, as in a form.
        "a%3Ab+%C3%BC:p%25:+ ü&",
        // Encoded twice.
        "a%253Ab+%25C3%25BC:p%2525%253A%252B+%25C3%25BC%2526",
    ] {
        let answer = by_basic(&house, wrong, own).await;
        assert_eq!(
            answer.refusal(),
            (401, "invalid_client".into(), CHALLENGE),
            "{wrong}"
        );
    }
    // What we make ourselves is the same in every encoding.
    let report = InForm::new(&house, draft("report")).await;
    let plain = format!("{}:{}", report.id, report.secret);
    assert_eq!(by_basic(&house, &plain, own).await.status, 200);
}

#[tokio::test]
async fn s2_3_one_way_in_each_request() {
    let house = House::new().await;
    let report = InForm::new(&house, draft("report")).await;
    let (id, secret) = (&report.id, &report.secret);
    let basic = format!("{id}:{secret}");
    let own = "grant_type=client_credentials";
    for both in [
        format!("{own}&client_id={id}&client_secret={secret}"),
        format!("{own}&client_secret={secret}"),
        format!("{own}&client_id=portcullis"),
    ] {
        let answer = by_basic(&house, &basic, &both).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{both}"
        );
    }
    // The same name in both is one way still.
    let named = by_basic(&house, &basic, &format!("{own}&client_id={id}")).await;
    assert_eq!(named.status, 200);
}

#[tokio::test]
async fn s3_2_1_a_client_with_a_secret_proves_itself() {
    let house = House::new().await;
    let client = InForm::new(&house, draft("client")).await;
    let login = "grant_type=password&username=johndoe&password=secret";
    let renewal = refresh(&client.login().await);
    for form in [
        login,
        &*renewal,
        "grant_type=client_credentials",
        "grant_type=x",
    ] {
        for secret in ["", "wrong", &client.secret[1..], "secret"] {
            let unproven = InForm {
                house: &house,
                id: client.id.clone(),
                secret: secret.to_owned(),
            };
            let answer = unproven.error("/token", form).await;
            assert_eq!(answer, refused(401, "invalid_client"), "{form} {secret}");
        }
    }
    // Nothing of that has spent the token.
    house.clock.advance(60);
    assert_eq!(client.post("/token", &renewal).await.status, 200);
}

#[tokio::test]
async fn s10_4_a_refresh_token_is_its_clients_alone() {
    let house = House::new().await;
    let owner = InForm::new(&house, draft("owner")).await;
    let (other, app) = (
        InForm::new(&house, draft("other")).await,
        InForm::new(&house, public("app")).await,
    );
    let renewal = refresh(&owner.login().await);
    for stranger in [&other, &app] {
        let answer = stranger.error("/token", &renewal).await;
        assert_eq!(answer, refused(400, "invalid_grant"));
    }
    assert_eq!(ask(&house, &renewal).await.refusal().1, "invalid_grant");
    house.clock.advance(60);
    assert_eq!(
        owner.post("/token", &renewal).await.status,
        200,
        "it lives on"
    );
    // And the other way round.
    let first_party = ask(&house, LOGIN).await.json();
    let answer = owner.error("/token", &refresh(&first_party)).await;
    assert_eq!(answer, refused(400, "invalid_grant"));
    assert_eq!(ask(&house, &refresh(&first_party)).await.status, 200);
}

#[tokio::test]
async fn s5_2_who_failed_by_the_header_is_challenged() {
    let house = House::new().await;
    let client = InForm::new(&house, draft("client")).await;
    let own = "grant_type=client_credentials";
    for wrong in [
        format!("{}:wrong", client.id),
        format!("{}:", client.id),
        format!("{}:{}A", client.id, client.secret),
        format!("nobody:{}", client.secret),
        format!(":{}", client.secret),
        format!("{}{}", client.id, client.secret),
    ] {
        let answer = by_basic(&house, &wrong, own).await;
        assert_eq!(
            answer.refusal(),
            (401, "invalid_client".into(), CHALLENGE),
            "{wrong}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{wrong}");
    }
    let in_form = InForm {
        secret: "wrong".into(),
        ..client
    };
    let answer = in_form.post("/token", own).await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into(), None));
}

#[tokio::test]
async fn s5_2_each_code_means_what_it_says() {
    let house = House::new().await;
    let only_own = ClientDraft {
        grants: Grants::parse("client_credentials").unwrap(),
        ..draft("report")
    };
    let report = InForm::new(&house, only_own).await;
    let app = InForm::new(&house, public("app")).await;
    let login = "grant_type=password&username=johndoe&password=secret";
    for (client, form, error) in [
        // Offered, but not to this client.
        (&report, login, "unauthorized_client"),
        (
            &report,
            "username=johndoe&password=secret",
            "unauthorized_client",
        ),
        (
            &report,
            "grant_type=refresh_token&refresh_token=x",
            "unauthorized_client",
        ),
        (&app, "grant_type=client_credentials", "unauthorized_client"),
        // Offered to nobody.
        (
            &report,
            "grant_type=authorization_code&code=x",
            "unsupported_grant_type",
        ),
        (
            &app,
            "grant_type=urn:ietf:params:oauth:grant-type:device_code",
            "unsupported_grant_type",
        ),
        // Malformed, unknown, or not this client's.
        (
            &report,
            "grant_type=client_credentials&scope=a++b",
            "invalid_scope",
        ),
        (
            &report,
            "grant_type=client_credentials&scope=nobody",
            "invalid_scope",
        ),
        (
            &report,
            "grant_type=client_credentials&scope=users:read",
            "invalid_scope",
        ),
        (
            &app,
            "grant_type=password&username=johndoe&password=secret&scope=users:read",
            "invalid_scope",
        ),
    ] {
        assert_eq!(
            client.error("/token", form).await,
            refused(400, error),
            "{form}"
        );
    }
    let without = House::built(|auth| auth.password_grant(false)).await;
    for form in [login, LOGIN] {
        let answer = ask(&without, form).await;
        assert_eq!(
            answer.refusal(),
            (400, "unsupported_grant_type".into(), None),
            "{form}"
        );
    }
}

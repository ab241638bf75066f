//! A client's secret: replaced while the client runs.

use jiff::SignedDuration;
use portcullis::account::ClientNotDone;

use super::{InForm, draft, public, refused};
use crate::fixture::House;

async fn rotated(house: &House, overlap: SignedDuration) -> String {
    let rotated = house.clients().rotate_secret("report", overlap).await;
    rotated.unwrap().secret.unwrap().expose().to_owned()
}

#[tokio::test]
async fn the_old_one_is_taken_for_a_while() {
    let house = House::new().await;
    let first = InForm::new(&house, draft("report")).await;
    let with = |secret: &str| InForm {
        house: &house,
        id: first.id.clone(),
        secret: secret.to_owned(),
    };
    let works = async |secret: &str| {
        let client = with(secret);
        let answer = client
            .error("/token", "grant_type=client_credentials")
            .await;
        assert!(answer.0 == 200 || answer == refused(401, "invalid_client"));
        answer.0 == 200
    };
    let second = rotated(&house, SignedDuration::from_secs(60)).await;
    assert!(works(&first.secret).await && works(&second).await);
    house.clock.advance(59);
    assert!(works(&first.secret).await);
    house.clock.advance(1);
    assert!(!works(&first.secret).await && works(&second).await);

    // Of three, the oldest is refused at once.
    let third = rotated(&house, SignedDuration::from_hours(24)).await;
    let fourth = rotated(&house, SignedDuration::from_hours(24)).await;
    assert!(!works(&second).await && works(&third).await && works(&fourth).await);

    // One that leaked, too.
    let fifth = rotated(&house, SignedDuration::ZERO).await;
    assert!(!works(&fourth).await && works(&fifth).await);
    // Nobody keeps an old one for good.
    rotated(&house, SignedDuration::MAX).await;
    assert!(works(&fifth).await);
    house.clock.advance(30 * 86_400);
    assert!(!works(&fifth).await);
}

#[tokio::test]
async fn every_prefix_and_extension_is_refused() {
    let house = House::new().await;
    let client = InForm::new(&house, draft("report")).await;
    let mut others: Vec<_> = (0..client.secret.len())
        .map(|end| client.secret[..end].to_owned())
        .collect();
    for end in ["A", "=", ".", "%00", "+"] {
        others.push(format!("{}{end}", client.secret));
    }
    others.push(client.secret.to_lowercase());
    for secret in others {
        let other = InForm {
            house: &house,
            id: client.id.clone(),
            secret,
        };
        let error = other.error("/token", "grant_type=client_credentials").await;
        assert_eq!(error, refused(401, "invalid_client"), "{}", other.secret);
    }
}

#[tokio::test]
async fn a_public_client_has_none() {
    let house = House::new().await;
    let app = InForm::new(&house, public("app")).await;
    assert_eq!(app.secret, "");
    let refused_rotation = house
        .clients()
        .rotate_secret("app", SignedDuration::ZERO)
        .await;
    assert!(matches!(refused_rotation, Err(ClientNotDone::NoSecret)));
    let unknown = house
        .clients()
        .rotate_secret("nothing", SignedDuration::ZERO)
        .await;
    assert!(matches!(unknown, Err(ClientNotDone::NoSuchClient)));
    // Whoever presents a secret takes it for another client.
    let wrong = InForm {
        secret: "x".into(),
        ..app
    };
    let login = "grant_type=password&username=johndoe&password=secret";
    assert_eq!(
        wrong.error("/token", login).await,
        refused(401, "invalid_client")
    );
}

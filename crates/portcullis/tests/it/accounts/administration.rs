//! `Administration`, by which the command line works: the same rules as over the API.

use portcullis::account::{Administration, NotDone, UserDraft};
use portcullis::secret::Password;
use portcullis::store::Users;
use portcullis::user::EmailAddress;

use super::{AccountHouse, NEW_PASSWORD};

fn administration(house: &AccountHouse) -> Administration<'_> {
    Administration {
        clock: &*house.clock,
        ..Administration::new(&*house.store, house.auth.pool())
    }
}

#[tokio::test]
async fn what_does_not_fit_is_told_all_at_once() {
    let house = AccountHouse::new().await;
    let draft = UserDraft {
        email: Some("x".into()),
        full_name: Some("a\nb".into()),
        ..UserDraft::new("аdmin") // with a Cyrillic letter
    };
    let password = Password::new("short");
    let refused = administration(&house).add(draft, &password).await;
    let Err(NotDone::Faults(faults)) = refused else {
        panic!("it was taken");
    };
    let members: Vec<_> = faults.iter().map(|fault| fault.member).collect();
    assert_eq!(members, ["username", "email", "full_name"]);
}

#[tokio::test]
async fn an_address_that_is_somebody_elses_is_told() {
    let house = AccountHouse::new().await;
    let draft = UserDraft {
        email: Some("JohnDoe@Example.com".into()),
        ..UserDraft::new("new.name")
    };
    let password = Password::new(NEW_PASSWORD);
    let refused = administration(&house).add(draft, &password).await;
    assert!(matches!(refused, Err(NotDone::EmailTaken)), "{refused:?}");
}

#[tokio::test]
async fn who_is_made_active_and_has_no_password_is_asked_for_one() {
    let house = AccountHouse::new().await;
    let mut new = house.draft("new.name", None).await;
    new.email = Some(EmailAddress::parse("n@example.com").unwrap());
    new.disabled = true;
    house.store.insert_user(new).await.unwrap();
    let administration = administration(&house);
    for (disabled, expected) in [(true, 0), (false, 1), (false, 0), (true, 0)] {
        administration
            .set_disabled("new.name", disabled)
            .await
            .unwrap();
        let letters = house.told().await;
        assert_eq!(letters.len(), expected, "{letters:?}");
    }
    administration.set_disabled("johndoe", true).await.unwrap();
    administration.set_disabled("johndoe", false).await.unwrap();
    assert!(house.told().await.is_empty(), "johndoe has one");
}

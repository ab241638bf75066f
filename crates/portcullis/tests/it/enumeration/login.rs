//! A refused login tells nothing, by any name.

use portcullis::auth::{AuthBuilder, InactiveLogin, UnverifiedLogin};
use portcullis::store::{UserSource, Users};
use portcullis::user::{User, Username};

use super::{Cost, House, bytes};
use crate::fixture::{Answer, FORM, basic, post};

const WRONG: &str = "wrong-password";

/// Whoever may not sign in is refused like a wrong password.
fn strict(builder: AuthBuilder<User>) -> AuthBuilder<User> {
    builder
        .inactive_login(InactiveLogin::Refuse)
        .unverified_login(UnverifiedLogin::Refuse)
}

impl House {
    async fn sign_in(&self, name: &str, password: &str) -> (Answer, Cost) {
        let form = format!("username={name}&password={password}");
        self.ask(post("/token", &[FORM], form)).await
    }
}

/// Every login that is refused, by name and password.
const REFUSED: [(&str, &str); 13] = [
    ("johndoe", WRONG),
    ("nobody1", WRONG),
    ("nobody1", "secret"),
    ("keyless", WRONG),
    ("twisted", "secret"),
    ("sleeper", WRONG),
    ("sleeper", "secret"),
    ("newbie1", WRONG),
    ("newbie1", "secret"),
    ("fishing", WRONG),
    ("newfish", WRONG),
    ("newfish", "swordfish"),
    // Right, but for nobody.
    ("nobody1", "swordfish"),
];

#[tokio::test]
async fn e02_every_refused_login_costs_one_question_and_one_hash() {
    let house = House::built(strict).await;
    let (first, _) = house.sign_in("johndoe", WRONG).await;
    assert_eq!(first.refusal(), (400, "invalid_grant".into(), None));
    for (name, password) in REFUSED {
        let (answer, cost) = house.sign_in(name, password).await;
        assert_eq!(cost.verbs(), ["find_by_username"], "{name}, {password}");
        assert_eq!(cost.writes(), [""; 0], "{name}, {password}");
        assert_eq!(cost.hashes, 1, "{name}, {password}");
        assert_eq!(bytes(&answer), bytes(&first), "{name}, {password}");
    }
}

#[tokio::test]
async fn e02_a_right_password_costs_no_other_hash() {
    let house = House::built(strict).await;
    let (answer, cost) = house.sign_in("johndoe", "secret").await;
    assert_eq!((answer.status, cost.hashes), (200, 1));
    // What a login is told beyond that, who knows the password may know.
    assert_eq!(cost.verbs()[0], "find_by_username");
    assert_eq!(cost.writes(), ["insert_session"]);
}

#[tokio::test]
async fn e02_an_address_costs_what_a_name_costs() {
    let house = House::built(|builder| strict(builder).login_email(true)).await;
    let (first, _) = house.sign_in("johndoe", WRONG).await;
    for (name, password) in REFUSED {
        let address = format!("{name}@example.com");
        let (answer, cost) = house.sign_in(&address, password).await;
        assert_eq!(cost.verbs(), ["find_by_email"], "{address}, {password}");
        assert_eq!(cost.hashes, 1, "{address}, {password}");
        assert_eq!(bytes(&answer), bytes(&first), "{address}, {password}");
        let (answer, cost) = house.sign_in(name, password).await;
        assert_eq!(cost.verbs(), ["find_by_username"], "{name}, {password}");
        assert_eq!(cost.hashes, 1, "{name}, {password}");
        assert_eq!(bytes(&answer), bytes(&first), "{name}, {password}");
    }
    let (answer, cost) = house.sign_in("johndoe@example.com", "secret").await;
    assert_eq!((answer.status, cost.hashes), (200, 1));
}

/// One hash for each way to read it, whoever it is for.
#[tokio::test]
async fn e02_a_password_with_two_readings_costs_everybody_two_hashes() {
    let house = House::built(strict).await;
    // `é` as two letters, which is hashed in NFC and as it was sent.
    let decomposed = "e%CC%81clair";
    for name in [
        "johndoe", "nobody1", "keyless", "twisted", "sleeper", "fishing",
    ] {
        let (_, cost) = house.sign_in(name, decomposed).await;
        assert_eq!(
            (cost.verbs(), cost.hashes),
            (vec!["find_by_username"], 2),
            "{name}"
        );
    }
}

/// Who is refused in the end leaves no trace, although the password was right.
#[tokio::test]
async fn e02_an_outdated_hash_is_replaced_only_where_the_login_succeeds() {
    let house = House::built(strict).await;
    let (_, refused) = house.sign_in("fishing", WRONG).await;
    assert_eq!((refused.writes(), refused.hashes), (vec![], 1));
    // Right, and refused, because the address was not verified.
    let (answer, refused) = house.sign_in("newfish", "swordfish").await;
    assert_eq!(answer.status, 400);
    assert_eq!((refused.writes(), refused.hashes), (vec![], 1));
    let (answer, succeeded) = house.sign_in("fishing", "swordfish").await;
    assert_eq!((answer.status, succeeded.hashes), (200, 2));
    assert_eq!(succeeded.writes(), ["replace_hash", "insert_session"]);
}

#[tokio::test]
async fn e03_all_refusals_wait_while_there_is_a_slower_hash_and_succeeding_logins_do_not() {
    let house = House::built(strict).await;
    house.auth.refresh_floor().await.unwrap();
    let floor = house.auth.pool().floor().expect("one hash is of bcrypt");
    for (name, password) in REFUSED {
        let began = std::time::Instant::now();
        let (answer, cost) = house.sign_in(name, password).await;
        assert!(began.elapsed() >= floor, "{name}, {password}");
        assert_eq!((answer.status, cost.hashes), (400, 1), "{name}, {password}");
    }
}

#[tokio::test]
async fn e03_without_slower_hashes_nobody_waits() {
    let house = House::built(strict).await;
    for name in ["fishing", "newfish"] {
        let store = &house.counted.store;
        let found = store
            .find_by_username(&Username::parse(name).unwrap())
            .await;
        let id = found.unwrap().unwrap().user.id;
        assert!(store.delete_user(&id, None).await.unwrap());
    }
    house.auth.refresh_floor().await.unwrap();
    assert_eq!(house.auth.pool().floor(), None);
}

#[tokio::test]
async fn e02_a_password_beyond_the_cap_is_refused_before_anybody_is_looked_up() {
    let house = House::built(strict).await;
    let long = "a".repeat(1_025);
    let (first, _) = house.sign_in("johndoe", &long).await;
    assert_eq!(first.refusal(), (400, "invalid_request".into(), None));
    for name in ["johndoe", "nobody1", "keyless", "sleeper", "fishing"] {
        let (answer, cost) = house.sign_in(name, &long).await;
        assert_eq!((cost.verbs(), cost.hashes), (vec![], 0), "{name}");
        assert_eq!(bytes(&answer), bytes(&first), "{name}");
    }
    // The longest that is allowed costs everybody the hash.
    let longest = "a".repeat(1_024);
    for name in ["johndoe", "nobody1", "keyless", "sleeper", "fishing"] {
        let (answer, cost) = house.sign_in(name, &longest).await;
        assert_eq!((answer.status, cost.hashes), (400, 1), "{name}");
    }
}

#[tokio::test]
async fn e02_only_a_right_password_tells_what_is_the_matter_and_only_by_policy() {
    // By default, an inactive user's right password gets a token that says why nothing works.
    let lenient = House::new().await;
    let (wrong, _) = lenient.sign_in("nobody1", WRONG).await;
    for name in super::ACCOUNTS {
        let (answer, cost) = lenient.sign_in(name, WRONG).await;
        assert_eq!(bytes(&answer), bytes(&wrong), "{name}");
        assert_eq!(cost.hashes, 1, "{name}");
    }
    assert_eq!(lenient.sign_in("sleeper", "secret").await.0.status, 200);
    assert_eq!(lenient.sign_in("newbie1", "secret").await.0.status, 200);
    // Where that is refused, nothing is told at all.
    let house = House::built(strict).await;
    for name in ["sleeper", "newbie1"] {
        let (answer, cost) = house.sign_in(name, "secret").await;
        assert_eq!(bytes(&answer), bytes(&wrong), "{name}");
        assert_eq!((cost.writes(), cost.hashes), (vec![], 1), "{name}");
    }
}

#[tokio::test]
async fn e02_refusals_are_of_one_size_also_where_compression_is_asked_for() {
    let house = House::built(strict).await;
    let mut sizes = Vec::new();
    for name in ["johndoe", "nobody1", "keyless", "twisted", "sleeper"] {
        let headers = [FORM, ("accept-encoding", "gzip, br")];
        let form = format!("username={name}&password={WRONG}");
        let (answer, _) = house.ask(post("/token", &headers, form)).await;
        assert_eq!(answer.header("content-encoding"), None, "{name}");
        sizes.push(answer.body.len());
    }
    sizes.dedup();
    assert_eq!(sizes.len(), 1, "{sizes:?}");
}

/// As many questions for a user who was asked for a moment ago as for one who never was.
#[tokio::test]
async fn e02_nobody_is_remembered_between_logins() {
    let house = House::built(strict).await;
    house.sign_in("johndoe", "secret").await;
    for name in ["johndoe", "johndoe", "nobody1", "nobody1", "keyless"] {
        let (_, cost) = house.sign_in(name, WRONG).await;
        assert_eq!(cost.verbs(), ["find_by_username"], "{name}");
    }
}

/// Clients' credentials beside a login change nothing of it.
#[tokio::test]
async fn e02_a_client_that_is_not_known_is_refused_before_the_name_is_looked_at() {
    let house = House::built(strict).await;
    let authorization = basic("client-nobody:secret");
    let headers = [FORM, ("authorization", authorization.as_str())];
    let mut told = Vec::new();
    for name in ["johndoe", "nobody1"] {
        let form = format!("username={name}&password=secret");
        let (answer, cost) = house.ask(post("/token", &headers, form)).await;
        assert_eq!((answer.status, cost.hashes), (401, 0), "{name}");
        told.push((bytes(&answer), cost));
    }
    assert_eq!(told[0], told[1]);
}

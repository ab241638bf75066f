//! Sessions: beginning, finding, ending.

use jiff::{SignedDuration, Timestamp};

use super::clients::registered;
use super::{THEN, answered, hash, inserted, scopes, there};
use crate::client::ClientId;
use crate::secret::random_id;
use crate::store::{
    Family, FirstRefresh, NewSession, PasswordChange, Rotation, Session, Store, UserChange,
};
use crate::token::{Epoch, Salt, TokenDigest};
use crate::user::UserId;

/// What the tokens of every family here share.
pub(super) const FAMILY: TokenDigest = TokenDigest::from_bytes([0xfa; 32]);
/// How long a spent token may be presented again.
pub(super) const RETRY: SignedDuration = SignedDuration::from_secs(30);

/// The digest of the token of this number.
pub(super) fn token(number: u64) -> TokenDigest {
    TokenDigest::from_bytes(bytes(number, 0x70))
}

/// The salt that makes the token of this number.
pub(super) fn salt(number: u64) -> Salt {
    Salt::from_bytes(bytes(number, 0x5a))
}

fn bytes(number: u64, fill: u8) -> [u8; 32] {
    let mut bytes = [fill; 32];
    for (byte, from) in bytes.iter_mut().zip(number.to_be_bytes()) {
        *byte = from;
    }
    bytes
}

/// So long after everything began.
pub(super) fn after(seconds: i64) -> Timestamp {
    answered(Timestamp::from_second(THEN.as_second() + seconds))
}

/// A session to begin, whose first token has the number 0. It is idle for 100 seconds at most, and
/// ends after 1,000.
pub(super) fn draft(user: &UserId) -> NewSession {
    NewSession {
        id: answered(random_id()),
        user: Some(user.clone()),
        client: ClientId::first_party(),
        scopes: scopes("items:read"),
        epoch: Epoch::default(),
        refresh: Some(FirstRefresh {
            family: FAMILY,
            token: token(0),
        }),
        user_agent: Some("curl/8.5.0".to_owned()),
        created_at: THEN,
        idle_until: after(100),
        ends_at: after(1_000),
    }
}

/// A use of the token `presented`, to be followed by `successor`.
pub(super) fn turn(id: &str, presented: u64, successor: u64, now: Timestamp) -> Rotation {
    Rotation {
        session: id.to_owned(),
        family: FAMILY,
        presented: token(presented),
        successor: token(successor),
        salt: salt(successor),
        now,
        idle_until: now + SignedDuration::from_secs(100),
        retry_since: now - RETRY,
    }
}

/// Begins a session, and answers its id.
pub(super) async fn begun(store: &impl Store, user: &UserId) -> String {
    let draft = draft(user);
    let id = draft.id.clone();
    answered(store.insert_session(draft).await);
    id
}

pub(super) async fn found(store: &impl Store, id: &str) -> Option<Session> {
    answered(store.find_session(id).await)
}

/// The identifiers of a user's sessions, as they are listed.
pub(super) async fn listed(store: &impl Store, user: &UserId) -> Vec<String> {
    let sessions = answered(store.list_sessions(user).await);
    sessions.into_iter().map(|session| session.id).collect()
}

pub(super) async fn an_empty_store_has_no_session(store: &impl Store) {
    use crate::store::Rotated;

    let user = inserted(store, "johndoe").await;
    for id in [
        "",
        "1",
        "%",
        "' OR ''='",
        "a\0b",
        "ü",
        "22-character-session-A",
    ] {
        assert!(found(store, id).await.is_none(), "no session is {id:?}");
        assert!(!answered(store.delete_session(id).await), "nor ended");
        assert!(answered(store.find_family(id).await).is_none(), "nor known");
        let rotated = answered(store.rotate_session(turn(id, 0, 1, THEN)).await);
        assert_eq!(rotated, Rotated::Unknown, "nor used");
    }
    assert!(listed(store, &user).await.is_empty(), "none is listed");
    assert_eq!(answered(store.delete_sessions(&user).await), 0, "none ends");
    let swept = answered(store.sweep_sessions(after(9_000), after(9_000)).await);
    assert_eq!(swept, 0, "nothing is swept");
}

pub(super) async fn a_session_comes_back_as_it_went_in(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let (plain, widest, barest) = (draft(&user), draft(&user), draft(&user));
    let app = registered(store, "app").await;
    let widest = NewSession {
        client: app,
        scopes: scopes("users:write items:read"),
        epoch: Epoch::new(0x1F_FFFF_FFFF_FFFF),
        // 256 characters beyond what two bytes of UTF-16 hold.
        user_agent: Some("\u{1f9ff}".repeat(256)),
        created_at: Timestamp::UNIX_EPOCH,
        idle_until: Timestamp::constant(253_402_207_200, 0),
        ends_at: Timestamp::constant(253_402_207_200, 0),
        ..widest
    };
    let barest = NewSession {
        scopes: scopes(""),
        refresh: None,
        user_agent: None,
        // Over before it began, as after a clock that was set back.
        idle_until: after(-1),
        ends_at: after(-2),
        ..barest
    };
    for new in [&plain, &widest, &barest] {
        answered(store.insert_session(new.clone()).await);
    }
    for new in [&plain, &widest, &barest] {
        let found = there(found(store, &new.id).await, "a session of this id");
        assert_eq!(found, new.to_session(), "a session is kept as it was given");
    }
    let mut quoted = draft(&user);
    quoted.user_agent = Some("'; DROP TABLE sessions; -- \"\u{e9}\u{202e}\\\t".to_owned());
    answered(store.insert_session(quoted.clone()).await);
    let found = there(found(store, &quoted.id).await, "a session of this id");
    assert_eq!(
        found.user_agent, quoted.user_agent,
        "whatever it calls itself"
    );
}

pub(super) async fn a_session_is_found_by_its_id_alone(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let id = begun(store, &user).await;
    let swapped: String = id
        .chars()
        .map(|letter| {
            if letter.is_ascii_lowercase() {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            }
        })
        .collect();
    let (shorter, longer) = (id.get(1..).unwrap_or_default(), format!("{id}A"));
    for other in [shorter, &longer, user.as_str(), "johndoe", &swapped] {
        if other != id {
            assert!(found(store, other).await.is_none(), "{other} is no session");
        }
    }
    let kept = Family {
        shared: FAMILY,
        present: token(0),
        spent: None,
    };
    let family = answered(store.find_family(&id).await);
    assert_eq!(family, Some(kept), "its tokens are its own");
    let without = NewSession {
        refresh: None,
        ..draft(&user)
    };
    answered(store.insert_session(without.clone()).await);
    let family = answered(store.find_family(&without.id).await);
    assert!(
        family.is_none(),
        "a session without refresh tokens has none"
    );
}

pub(super) async fn the_newest_session_is_listed_first(store: &impl Store) {
    let (john, alice) = (
        inserted(store, "johndoe").await,
        inserted(store, "alice").await,
    );
    let mut expected = Vec::new();
    for (user, second) in [(&john, 3), (&alice, 4), (&john, 9), (&john, -5), (&john, 6)] {
        let new = NewSession {
            created_at: after(second),
            ..draft(user)
        };
        answered(store.insert_session(new.clone()).await);
        if *user == john {
            expected.push(new.to_session());
        }
    }
    expected.sort_by_key(|session| std::cmp::Reverse(session.created_at));
    let listed = answered(store.list_sessions(&john).await);
    assert_eq!(listed, expected, "a user's own sessions, the newest first");
}

pub(super) async fn a_session_needs_a_user_and_an_id_of_its_own(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let first = draft(&user);
    answered(store.insert_session(first.clone()).await);
    let second = NewSession {
        id: first.id.clone(),
        user_agent: Some("another".to_owned()),
        ..draft(&user)
    };
    assert!(
        store.insert_session(second).await.is_err(),
        "the id is taken"
    );
    let found_now = there(found(store, &first.id).await, "the first session");
    assert_eq!(found_now, first.to_session(), "and stays as it was");

    let nobodys = draft(&UserId::new("nobody"));
    let refused = store.insert_session(nobodys.clone()).await;
    assert!(refused.is_err(), "a session of nobody is refused");
    assert!(found(store, &nobodys.id).await.is_none(), "and not stored");
}

pub(super) async fn a_deleted_session_is_gone_and_no_other(store: &impl Store) {
    let (john, alice) = (
        inserted(store, "johndoe").await,
        inserted(store, "alice").await,
    );
    let (one, two) = (begun(store, &john).await, begun(store, &john).await);
    let (three, other) = (begun(store, &john).await, begun(store, &alice).await);

    assert!(answered(store.delete_session(&two).await), "it was there");
    assert!(!answered(store.delete_session(&two).await), "and is gone");
    assert!(
        found(store, &two).await.is_none(),
        "a deleted one is not found"
    );
    let mut left = listed(store, &john).await;
    left.sort();
    let mut expected = vec![one.clone(), three.clone()];
    expected.sort();
    assert_eq!(left, expected, "nor listed, and the others are");

    assert_eq!(answered(store.delete_sessions(&john).await), 2, "all end");
    for id in [&one, &three] {
        assert!(found(store, id).await.is_none(), "all are gone");
    }
    assert_eq!(answered(store.delete_sessions(&john).await), 0, "for good");
    assert_eq!(listed(store, &alice).await, [other], "nobody else's ends");
    begun(store, &john).await;
    assert_eq!(listed(store, &john).await.len(), 1, "a new one begins");
}

pub(super) async fn a_deleted_user_takes_its_sessions_along(store: &impl Store) {
    use crate::store::Rotated;

    let (john, alice) = (
        inserted(store, "johndoe").await,
        inserted(store, "alice").await,
    );
    let (one, two) = (begun(store, &john).await, begun(store, &john).await);
    let other = begun(store, &alice).await;
    assert!(
        answered(store.delete_user(&john, None).await),
        "he was there"
    );
    for id in [&one, &two] {
        assert!(found(store, id).await.is_none(), "his sessions went along");
        let rotated = answered(store.rotate_session(turn(id, 0, 1, THEN)).await);
        assert_eq!(rotated, Rotated::Unknown, "and so did their tokens");
    }
    assert!(listed(store, &john).await.is_empty(), "none is listed");
    assert!(found(store, &other).await.is_some(), "hers are there");

    let again = inserted(store, "johndoe").await;
    assert!(listed(store, &again).await.is_empty(), "none comes back");
}

pub(super) async fn a_new_epoch_leaves_sessions_alone(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let id = begun(store, &user).await;
    let before = found(store, &id).await;
    answered(
        store
            .update_password(&user, PasswordChange::to(hash("new")))
            .await,
    );
    answered(
        store
            .update_user(&user, UserChange::disabled_to(true))
            .await,
    );
    assert_eq!(found(store, &id).await, before, "they keep their own epoch");
}

//! Refresh tokens: use, retry, replay, and what is swept away.

use jiff::{SignedDuration, Timestamp};

use super::sessions::{FAMILY, RETRY, after, begun, draft, found, salt, token, turn};
use super::{THEN, answered, inserted, there};
use crate::store::{NewSession, Rotated, Rotation, Store};

async fn used(store: &impl Store, rotation: Rotation) -> Rotated {
    answered(store.rotate_session(rotation).await)
}

pub(super) async fn each_token_is_followed_by_the_next(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let (id, other) = (begun(store, &user).await, begun(store, &user).await);
    let before = there(found(store, &id).await, "the session");
    for number in 0..5 {
        let now = after(20 * i64::try_from(number).unwrap_or_default());
        let turn = turn(&id, number, number + 1, now);
        let idle_until = turn.idle_until;
        let rotated = used(store, turn).await;
        assert_eq!(rotated, Rotated::Rotated, "the present token is taken");
        let session = there(found(store, &id).await, "the session");
        let mut expected = before.clone();
        (expected.last_used_at, expected.idle_until) = (now, idle_until);
        assert_eq!(session, expected, "it was used, and may be idle from now");
    }
    let rotated = used(store, turn(&other, 0, 1, THEN)).await;
    assert_eq!(
        rotated,
        Rotated::Rotated,
        "another session goes its own way"
    );
}

pub(super) async fn a_retry_gets_the_same_salt(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let id = begun(store, &user).await;
    let now = after(10);
    assert_eq!(used(store, turn(&id, 0, 1, now)).await, Rotated::Rotated);
    let before = found(store, &id).await;
    for later in [SignedDuration::ZERO, SignedDuration::from_secs(20), RETRY] {
        let retried = used(store, turn(&id, 0, 99, now + later)).await;
        let same = Rotated::Retried(salt(1));
        assert_eq!(retried, same, "the answer was lost: the same token again");
        assert_eq!(found(store, &id).await, before, "a retry changes nothing");
    }
    let rotated = used(store, turn(&id, 1, 2, after(30))).await;
    assert_eq!(
        rotated,
        Rotated::Rotated,
        "the one successor is the present"
    );
    // The first rotation is still young enough, but its successor is used.
    let replayed = used(store, turn(&id, 0, 99, after(31))).await;
    assert_eq!(
        replayed,
        Rotated::Replayed,
        "no retry behind a used successor"
    );
}

/// A clock that was set back makes no rotation of the future a replay; but no spent token lives on until
/// then.
pub(super) async fn a_retry_may_come_before_its_rotation(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let id = begun(store, &user).await;
    let (now, millisecond) = (after(50), SignedDuration::from_millis(1));
    assert_eq!(used(store, turn(&id, 0, 1, now)).await, Rotated::Rotated);
    for (ahead, expected) in [
        (RETRY, Rotated::Retried(salt(1))),
        (RETRY + millisecond, Rotated::Unknown),
        (SignedDuration::from_secs(50), Rotated::Unknown),
    ] {
        let answer = used(store, turn(&id, 0, 99, now - ahead)).await;
        assert_eq!(answer, expected, "{ahead} ahead");
    }
    let rotated = used(store, turn(&id, 1, 2, THEN)).await;
    assert_eq!(rotated, Rotated::Rotated, "the successor is not touched");
}

pub(super) async fn a_retry_that_comes_late_is_a_replay(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    // To the tenth of a second, for the window is short.
    for (late, is_retry) in [(0, true), (100, false), (900, false), (30_000, false)] {
        let id = begun(store, &user).await;
        let now = THEN + SignedDuration::from_millis(10_500);
        assert_eq!(used(store, turn(&id, 0, 1, now)).await, Rotated::Rotated);
        let late = now + RETRY + SignedDuration::from_millis(late);
        let expected = if is_retry {
            Rotated::Retried(salt(1))
        } else {
            Rotated::Replayed
        };
        assert_eq!(used(store, turn(&id, 0, 99, late)).await, expected);
        assert_eq!(
            found(store, &id).await.is_some(),
            is_retry,
            "a replay ends it"
        );
    }
}

pub(super) async fn a_replay_ends_the_session(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let other = begun(store, &user).await;
    // A token of three turns ago, and one of the family that nobody ever saw.
    for replayed in [0, 77] {
        let id = begun(store, &user).await;
        for number in 0..3 {
            let rotated = used(store, turn(&id, number, number + 1, THEN)).await;
            assert_eq!(rotated, Rotated::Rotated);
        }
        let answer = used(store, turn(&id, replayed, 99, THEN)).await;
        assert_eq!(answer, Rotated::Replayed, "it was spent before");
        assert!(found(store, &id).await.is_none(), "the session is ended");
        for number in [3, 2, 0, 99] {
            let rotated = used(store, turn(&id, number, 100, THEN)).await;
            assert_eq!(rotated, Rotated::Unknown, "with all its tokens");
        }
    }
    assert!(found(store, &other).await.is_some(), "and no other session");
}

pub(super) async fn what_is_no_token_of_it_changes_nothing(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let id = begun(store, &user).await;
    assert_eq!(used(store, turn(&id, 0, 1, THEN)).await, Rotated::Rotated);
    let before = found(store, &id).await;
    // Whoever knows the session's id, and even its digests, does not know what its tokens share.
    for presented in [0, 1, 77] {
        for family in [token(0), token(1)] {
            let feigned = Rotation {
                family,
                ..turn(&id, presented, 99, THEN)
            };
            let answer = used(store, feigned).await;
            assert_eq!(answer, Rotated::Unknown, "another family's token");
        }
    }
    assert_eq!(found(store, &id).await, before, "nothing was changed");

    let without = NewSession {
        refresh: None,
        ..draft(&user)
    };
    answered(store.insert_session(without.clone()).await);
    let answer = used(store, turn(&without.id, 0, 1, THEN)).await;
    assert_eq!(answer, Rotated::Unknown, "it has no refresh token");
    assert!(found(store, &without.id).await.is_some(), "and goes on");
    assert_eq!(used(store, turn(&id, 1, 2, THEN)).await, Rotated::Rotated);
}

pub(super) async fn a_session_that_is_over_stays_over(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    for (idle, end) in [(50, 1_000), (1_000, 50)] {
        let new = NewSession {
            idle_until: after(idle),
            ends_at: after(end),
            ..draft(&user)
        };
        answered(store.insert_session(new.clone()).await);
        for second in [50, 51, 5_000] {
            for presented in [0, 77] {
                let answer = used(store, turn(&new.id, presented, 1, after(second))).await;
                assert_eq!(answer, Rotated::Unknown, "over at its last second");
            }
        }
        let in_time = after(50) - SignedDuration::from_millis(1);
        let answer = used(store, turn(&new.id, 0, 1, in_time)).await;
        assert_eq!(answer, Rotated::Rotated, "and not before");
    }
}

/// A use moves the one end, and never the other.
pub(super) async fn a_used_session_ends_all_the_same(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let id = begun(store, &user).await;
    for (number, second) in [(0, 99), (1, 198), (2, 297)] {
        let rotated = used(store, turn(&id, number, number + 1, after(second))).await;
        assert_eq!(rotated, Rotated::Rotated, "used in time, it goes on");
    }
    let beyond = Rotation {
        idle_until: after(9_000),
        ..turn(&id, 3, 4, after(396))
    };
    assert_eq!(used(store, beyond).await, Rotated::Rotated);
    let answer = used(store, turn(&id, 4, 5, after(1_000))).await;
    assert_eq!(answer, Rotated::Unknown, "it ends in any case");
}

pub(super) async fn sweeping_removes_what_is_over(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let with = |idle, end| NewSession {
        idle_until: after(idle),
        ends_at: after(end),
        ..draft(&user)
    };
    let (idle, ended, alive) = (with(10, 99), with(99, 10), with(11, 11));
    let used_again = with(5, 99);
    for new in [&idle, &ended, &alive, &used_again] {
        answered(store.insert_session(new.clone()).await);
    }
    let rotated = used(store, turn(&used_again.id, 0, 1, THEN)).await;
    assert_eq!(rotated, Rotated::Rotated);
    let swept = answered(store.sweep_sessions(after(10), THEN).await);
    assert_eq!(swept, 2, "what is over is counted");
    for new in [&idle, &ended] {
        assert!(
            found(store, &new.id).await.is_none(),
            "what is over is gone"
        );
    }
    for new in [&alive, &used_again] {
        assert!(
            found(store, &new.id).await.is_some(),
            "what lives, lives on"
        );
    }
}

pub(super) async fn a_swept_salt_makes_nothing_more(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let now: Timestamp = after(10);
    let millisecond = SignedDuration::from_millis(1);
    for (since, is_erased) in [(now, false), (now + millisecond, true)] {
        let id = begun(store, &user).await;
        assert_eq!(used(store, turn(&id, 0, 1, now)).await, Rotated::Rotated);
        answered(store.sweep_sessions(now, since).await);
        assert!(
            answered(store.find_family(&id).await).is_some_and(|family| family.shared == FAMILY),
            "its tokens are its own all the same"
        );
        if is_erased {
            let next = begun(store, &user).await;
            assert_eq!(used(store, turn(&next, 0, 1, now)).await, Rotated::Rotated);
            answered(store.sweep_sessions(now, since).await);
            let rotated = used(store, turn(&next, 1, 2, now)).await;
            assert_eq!(rotated, Rotated::Rotated, "the present one is not touched");
            let answer = used(store, turn(&id, 0, 99, now)).await;
            assert_eq!(answer, Rotated::Replayed, "without its salt, no retry");
            assert!(found(store, &id).await.is_none(), "but a replay");
        } else {
            let answer = used(store, turn(&id, 0, 99, now)).await;
            assert_eq!(answer, Rotated::Retried(salt(1)), "it was young enough");
        }
    }
}

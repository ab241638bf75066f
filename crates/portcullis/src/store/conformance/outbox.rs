//! The outbox: what is written is sent, once at a time, and not for ever.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Barrier;

use super::accounts::address;
use super::session_races::start;
use super::sessions::after;
use super::{THEN, answered, inserted, joined, scopes, there, username};
use crate::store::{Answer, ClaimedMail, Errand, Mail, OutboxLoad, Store};
use crate::token::Epoch;
use crate::user::UserId;

pub(super) fn mail(errand: Errand) -> Mail {
    answered(Mail::new(errand, THEN))
}

/// A mail about a user.
pub(super) fn about(user: &UserId, written: &str) -> Mail {
    mail(Errand::PasswordChanged {
        user: user.clone(),
        address: address(written),
    })
}

/// A mail that asks to confirm a new address of a user.
pub(super) fn change_of(user: &UserId) -> Mail {
    mail(Errand::ConfirmEmail {
        user: user.clone(),
        address: address("third@example.com"),
        epoch: Epoch::default(),
    })
}

/// A mail about nobody that is known.
pub(super) fn to(written: &str) -> Mail {
    mail(Errand::RecoverByEmail {
        address: address(written),
    })
}

pub(super) async fn mails_of(store: &impl Store, user: &UserId) -> Vec<Mail> {
    answered(store.list_mails(user, None, 1_000).await)
}

pub(super) async fn load(store: &impl Store) -> OutboxLoad {
    answered(store.measure_outbox().await)
}

pub(super) async fn waiting(store: &impl Store) -> u64 {
    load(store).await.waiting
}

pub(super) async fn claimed(
    store: &impl Store,
    now: Timestamp,
    until: Timestamp,
) -> Vec<ClaimedMail> {
    answered(store.claim_mails(now, until, 100).await)
}

/// The only mail that is due.
async fn one(store: &impl Store, now: Timestamp, until: Timestamp) -> ClaimedMail {
    let mut claimed = claimed(store, now, until).await;
    let first = there(claimed.pop(), "a mail that is due");
    assert!(claimed.is_empty(), "one mail is due, not {claimed:?}");
    first
}

/// One of each kind, and an invitation that grants nothing.
fn errands_about(user: &UserId) -> [Errand; 13] {
    let user = || user.clone();
    let (old, new) = (
        || address("J.\u{e4}@Ex\u{e4}mple.com"),
        || address("new@example.com"),
    );
    [
        Errand::RecoverByEmail { address: old() },
        Errand::RecoverByUsername {
            username: username("Zo\u{eb}"),
        },
        Errand::VerifyByEmail { address: old() },
        Errand::VerifyEmail {
            user: user(),
            address: old(),
        },
        Errand::ResetPassword {
            user: user(),
            address: old(),
        },
        Errand::SetPassword {
            user: user(),
            address: old(),
        },
        Errand::ConfirmEmail {
            user: user(),
            address: new(),
            epoch: Epoch::new(7),
        },
        Errand::EmailChangeAsked {
            user: user(),
            address: old(),
            new_address: new(),
        },
        Errand::EmailChanged {
            user: user(),
            address: old(),
            new_address: new(),
        },
        Errand::PasswordChanged {
            user: user(),
            address: old(),
        },
        Errand::Invitation {
            address: old(),
            scopes: scopes("a:read 'x'%;--"),
            by: None,
        },
        Errand::Invitation {
            address: old(),
            scopes: scopes(""),
            by: Some((user(), Epoch::new(7))),
        },
        Errand::EmailRemoved {
            user: user(),
            address: old(),
        },
    ]
}

pub(super) async fn a_mail_comes_back_as_it_went_in(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let other = inserted(store, "alice").await;
    let mut wanted = Vec::new();
    for (errand, second) in errands_about(&user).into_iter().zip(0..) {
        let mut mail = mail(errand);
        mail.created_at = after(100 - second);
        answered(store.insert_mail(mail.clone()).await);
        wanted.insert(0, mail);
    }
    answered(store.insert_mail(about(&other, "alice@example.com")).await);
    let of_user = wanted
        .iter()
        .filter(|mail| mail.errand.user() == Some(&user));
    let of_user: Vec<Mail> = of_user.cloned().collect();
    assert_eq!(mails_of(store, &user).await, of_user, "the oldest first");
    let claimed = claimed(store, after(100), after(200)).await;
    let mails: Vec<Mail> = claimed.into_iter().map(|held| held.mail).collect();
    assert_eq!(mails.len(), wanted.len() + 1);
    for mail in &wanted {
        assert!(mails.contains(mail), "{mail:?}");
    }
    assert_eq!(mails_of(store, &user).await, of_user, "while held, too");
}

pub(super) async fn no_mail_is_about_somebody_who_is_gone(store: &impl Store) {
    let nobody = UserId::new("nobody");
    answered(store.insert_mail(about(&nobody, "j@example.com")).await);
    assert_eq!(waiting(store).await, 0, "it is not stored");
    answered(store.insert_mail(to("j@example.com")).await);
    let held = one(store, THEN, after(60)).await;
    let follow_up = vec![about(&nobody, "j@example.com"), to("a@example.com")];
    assert!(answered(store.finish_mail(&held, follow_up).await));
    assert_eq!(waiting(store).await, 1, "nor does it follow from another");
}

pub(super) async fn the_longest_due_are_claimed_first(store: &impl Store) {
    for second in [30, 10, 40, 20] {
        let mut mail = to(&format!("a{second}@example.com"));
        mail.created_at = after(second);
        answered(store.insert_mail(mail).await);
    }
    let seconds = |claimed: Vec<ClaimedMail>| -> Vec<i64> {
        let created = claimed.into_iter().map(|held| held.mail.created_at);
        created
            .map(|at| at.as_second() - THEN.as_second())
            .collect()
    };
    let claim = async |now, until, limit| {
        seconds(answered(
            store.claim_mails(after(now), after(until), limit).await,
        ))
    };
    assert!(claim(9, 99, 9).await.is_empty(), "none is due yet");
    assert!(claim(99, 99, 0).await.is_empty(), "none is wanted");
    assert_eq!(claim(30, 60, 2).await, [10, 20]);
    assert_eq!(claim(30, 60, 2).await, [30], "what is held is left alone");
    assert_eq!(claim(59, 99, 9).await, [40]);
    let mut again = claim(60, 70, 9).await;
    again.sort_unstable();
    assert_eq!(again, [10, 20, 30], "until it is due again");
    assert_eq!(waiting(store).await, 4, "what is held still waits");
}

pub(super) async fn a_finished_mail_is_gone(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    answered(store.insert_mail(to("j@example.com")).await);
    let held = one(store, THEN, after(60)).await;
    assert_eq!(held.attempt, 1, "it is the first turn");
    let mut next = about(&user, "j@example.com");
    next.created_at = after(5);
    assert!(answered(store.finish_mail(&held, vec![next.clone()]).await));
    assert!(
        !answered(store.finish_mail(&held, vec![next.clone()]).await),
        "once"
    );
    let follower = one(store, after(5), after(60)).await;
    assert_eq!((follower.mail.clone(), follower.attempt), (next, 1));
    assert!(answered(store.finish_mail(&follower, vec![]).await));
    assert_eq!(load(store).await, OutboxLoad::default(), "nothing is left");
}

pub(super) async fn a_failed_mail_is_tried_again(store: &impl Store) {
    answered(store.insert_mail(to("j@example.com")).await);
    let told = [
        "connection refused",
        "",
        "a\0b\r\n\u{1b}[31m",
        &"\u{e4}".repeat(2_000),
    ];
    for (why, turn) in told.into_iter().zip(1_i64..) {
        let held = one(store, after(turn * 100), after(turn * 100 + 50)).await;
        assert_eq!(i64::from(held.attempt), turn, "each turn is counted");
        let again = after((turn + 1) * 100);
        assert!(
            answered(store.postpone_mail(&held, again, why).await),
            "{why:?}"
        );
        let early = claimed(store, after(turn * 100 + 99), again).await;
        assert!(early.is_empty(), "not before it is due again");
        assert_eq!(load(store).await.waiting, 1);
    }
    let held = one(store, after(9_000), after(9_100)).await;
    assert!(answered(
        store.give_up_mail(&held, after(9_010), told[3]).await
    ));
    let load = load(store).await;
    assert_eq!((load.waiting, load.given_up), (0, 1), "kept to be seen");
    assert!(
        claimed(store, after(99_999), after(99_999))
            .await
            .is_empty()
    );
    answered(store.insert_mail(to("late@example.com")).await);
    assert_eq!(answered(store.sweep_mails(THEN).await), 0);
    assert_eq!(
        answered(store.sweep_mails(after(1)).await),
        1,
        "what nobody took goes, too"
    );
    assert_eq!(answered(store.sweep_mails(after(9_010)).await), 0);
    assert_eq!(answered(store.sweep_mails(after(9_011)).await), 1);
    assert_eq!(self::load(store).await, OutboxLoad::default());
}

pub(super) async fn a_mail_given_up_is_still_its_users(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let mail = about(&user, "j@example.com");
    answered(store.insert_mail(mail.clone()).await);
    let held = one(store, THEN, after(60)).await;
    assert!(answered(store.give_up_mail(&held, THEN, "550").await));
    assert_eq!(mails_of(store, &user).await, [mail], "it is listed");
    assert_eq!(answered(store.sweep_mails(THEN).await), 0);
    answered(store.delete_user(&user, None).await);
    assert_eq!(
        load(store).await,
        OutboxLoad::default(),
        "it goes with its user"
    );
}

pub(super) async fn who_comes_late_does_nothing(store: &impl Store) {
    answered(store.insert_mail(to("j@example.com")).await);
    let late = one(store, THEN, after(60)).await;
    let held = one(store, after(60), after(120)).await;
    assert_eq!(
        (late.attempt, held.attempt),
        (1, 2),
        "which tells them apart"
    );
    let nothing = async |held: &ClaimedMail| {
        let follow_up = vec![to("next@example.com")];
        assert!(!answered(store.finish_mail(held, follow_up).await));
        assert!(!answered(store.postpone_mail(held, after(70), "x").await));
        assert!(!answered(store.give_up_mail(held, after(70), "x").await));
    };
    nothing(&late).await;
    assert_eq!(
        load(store).await,
        OutboxLoad {
            waiting: 1,
            given_up: 0
        }
    );
    let again = claimed(store, after(119), after(200)).await;
    assert!(again.is_empty(), "it is the other's until then");
    assert!(answered(store.give_up_mail(&held, after(80), "x").await));
    nothing(&held).await;
    assert_eq!(
        load(store).await,
        OutboxLoad {
            waiting: 0,
            given_up: 1
        }
    );
}

pub(super) async fn a_mail_is_claimed_by_one<S: Store>(store: &Arc<S>) {
    const MAILS: usize = 60;
    for number in 0..MAILS {
        let mail = to(&format!("a{number}@example.com"));
        answered(store.insert_mail(mail).await);
    }
    let ready = Arc::new(Barrier::new(8));
    let workers = (0..8).map(|_| {
        start(store, &ready, |store| {
            Answer::waiting(async move {
                let mut all = Vec::new();
                // Some may be in others' hands just when they are looked for.
                for _ in 0..MAILS {
                    all.extend(store.claim_mails(THEN, after(60), 7).await?);
                }
                Ok(all)
            })
        })
    });
    let all: Vec<_> = joined(workers.collect())
        .await
        .into_iter()
        .flatten()
        .collect();
    let ids: BTreeSet<&str> = all.iter().map(|held| held.mail.id.as_str()).collect();
    assert_eq!(
        (all.len(), ids.len()),
        (MAILS, MAILS),
        "each is one worker's"
    );
    assert!(all.iter().all(|held| held.attempt == 1));
    for held in all {
        let ready = Arc::new(Barrier::new(2));
        let tasks = (0..2).map(|_| {
            let held = held.clone();
            start(store, &ready, move |store| {
                let next = vec![to("next@example.com")];
                Answer::waiting(async move { store.finish_mail(&held, next).await })
            })
        });
        let finished = joined(tasks.collect()).await;
        let count = finished.iter().filter(|finished| **finished).count();
        assert_eq!(count, 1, "and is finished once");
    }
    assert_eq!(waiting(&**store).await, MAILS as u64, "what follows, once");
}

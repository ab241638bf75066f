//! Accounts, tokens and mails, changed at once.

use std::sync::Arc;

use tokio::sync::Barrier;

use super::accounts::{address, at, living_at, owner};
use super::invitations::{guest, invitation};
use super::one_time::{is_there, kept, minted, spending, tokens};
use super::outbox::{about, claimed, load, mails_of, to};
use super::session_races::{ROUNDS, of, start};
use super::sessions::{after, draft as session, listed};
use super::{
    THEN, answered, by_id, by_name, draft, epoch, hash, hash_of, inserted, joined, scopes,
};
use crate::store::{
    Answer, InsertedUser, KeptToken, OutboxLoad, PasswordChange, Spend, Store, StoreError,
    TokenSpent, UserChange,
};
use crate::token::Purpose;
use crate::user::UserId;

fn done(outcomes: &[TokenSpent]) -> usize {
    let is_done = |outcome: &&TokenSpent| matches!(outcome, TokenSpent::Done(_));
    outcomes.iter().filter(is_done).count()
}

/// Spends all of these at once.
async fn spent_at_once<S: Store>(store: &Arc<S>, all: Vec<(KeptToken, Spend)>) -> Vec<TokenSpent> {
    let ready = Arc::new(Barrier::new(all.len()));
    let tasks = all.into_iter().map(|(token, spend)| {
        let spending = spending(&token, spend);
        start(store, &ready, |store| store.spend_one_time_token(spending))
    });
    joined(tasks.collect()).await
}

pub(super) async fn of_many_uses_of_a_token_one_happens<S: Store>(store: &Arc<S>) {
    let user = living_at(&**store, "johndoe", "j@example.com", true).await;
    let mut token = kept(Purpose::ResetPassword, &user, "j@example.com");
    token.epoch = by_id(&**store, &user).await.epoch;
    let token = minted(&**store, token).await;
    let before = epoch(&**store, &user).await;
    let all = (0..50).map(|number| {
        let spend = Spend::SetPassword(hash(&format!("new{number}")));
        (token.clone(), spend)
    });
    let outcomes = spent_at_once(store, all.collect()).await;
    let spent = done(&outcomes);
    assert_eq!(spent, 1, "of 50 uses at once, one happens");
    let refused = |outcome: &&TokenSpent| **outcome == TokenSpent::Refused;
    assert_eq!(outcomes.iter().filter(refused).count(), 49);
    assert_eq!(epoch(&**store, &user).await, before + 1);
}

pub(super) async fn a_name_is_given_once_by_whatever_way<S: Store>(store: &Arc<S>) {
    let ready = Arc::new(Barrier::new(50));
    let mut tasks = Vec::new();
    let mut invited = Vec::new();
    for number in 0..50 {
        let name = if number % 4 < 2 { "johndoe" } else { "JohnDoe" };
        if number % 2 == 0 {
            let new = draft(name);
            tasks.push(start(store, &ready, move |store| {
                Answer::waiting(async move {
                    Ok(store.insert_user(new).await? == InsertedUser::Inserted)
                })
            }));
        } else {
            let written = format!("guest{number}@example.com");
            let token = minted(&**store, invitation(&written)).await;
            let spending = spending(&token, Spend::Register(Box::new(guest(name, &written))));
            invited.push(token);
            tasks.push(start(store, &ready, move |store| {
                Answer::waiting(async move {
                    let spent = store.spend_one_time_token(spending).await?;
                    assert_ne!(spent, TokenSpent::Refused, "the name alone is in the way");
                    Ok(matches!(spent, TokenSpent::Done(_)))
                })
            }));
        }
    }
    let made = joined(tasks).await.into_iter().filter(|made| *made).count();
    assert_eq!(made, 1, "of 50 who want one name at once, one gets it");
    let users = answered(store.list_users(None, 10).await).users;
    assert_eq!(users.len(), 1, "one user of that name is there");
    let mut left = 0;
    for token in &invited {
        left += usize::from(is_there(&**store, token).await);
    }
    let used = usize::from(users.iter().any(|user| user.email_verified));
    assert_eq!(
        left + used,
        invited.len(),
        "the others' invitations are good"
    );
}

pub(super) async fn of_invitations_to_one_address_one_is_used<S: Store>(store: &Arc<S>) {
    for round in 0..ROUNDS / 2 {
        let mut all = Vec::new();
        for (number, written) in ["j@example.com", "J@example.com", "j@EXAMPLE.com"]
            .into_iter()
            .enumerate()
        {
            let token = minted(&**store, invitation(written)).await;
            let new = guest(&format!("user{round}-{number}"), written);
            all.push((token, Spend::Register(Box::new(new))));
        }
        let invited: Vec<KeptToken> = all.iter().map(|(token, _)| token.clone()).collect();
        let outcomes = spent_at_once(store, all).await;
        assert_eq!(done(&outcomes), 1, "{outcomes:?}");
        for token in &invited {
            assert!(!is_there(&**store, token).await, "all of them are ended");
        }
        let owner = owner(&**store, "j@example.com").await;
        let owner = super::there(owner, "who was first");
        answered(store.delete_user(&owner.id, None).await);
    }
}

pub(super) async fn an_address_becomes_one_users<S: Store>(store: &Arc<S>) {
    for round in 0..ROUNDS / 2 {
        let wanted = format!("wanted{round}@example.com");
        let mut all = Vec::new();
        let mut users = Vec::new();
        for (number, purpose, spend) in [
            (0, Purpose::VerifyEmail, Spend::VerifyEmail),
            (1, Purpose::VerifyEmail, Spend::VerifyEmail),
            (2, Purpose::SetPassword, Spend::SetPassword(hash("new"))),
            (3, Purpose::ConfirmEmail, Spend::ConfirmEmail),
        ] {
            let name = format!("user{round}-{number}");
            let user = match purpose {
                Purpose::ConfirmEmail => {
                    let own = format!("own{round}@example.com");
                    living_at(&**store, &name, &own, true).await
                }
                _ => living_at(&**store, &name, &wanted, false).await,
            };
            all.push((minted(&**store, kept(purpose, &user, &wanted)).await, spend));
            users.push(user);
        }
        let ready = Arc::new(Barrier::new(all.len() + 1));
        let mut tasks: Vec<_> = all
            .into_iter()
            .map(|(token, spend)| {
                let spending = spending(&token, spend);
                start(store, &ready, |store| {
                    Answer::waiting(async move {
                        let spent = store.spend_one_time_token(spending).await?;
                        Ok(matches!(spent, TokenSpent::Done(_)))
                    })
                })
            })
            .collect();
        let new = at(&format!("new{round}"), &wanted, true);
        tasks.push(start(store, &ready, |store| {
            Answer::waiting(
                async move { Ok(store.insert_user(new).await? == InsertedUser::Inserted) },
            )
        }));
        let done = joined(tasks).await.into_iter().filter(|done| *done).count();
        assert_eq!(done, 1, "of several at once, one gets the address");
        let owner = owner(&**store, &wanted).await;
        assert!(owner.is_some_and(|owner| owner.email_verified));
    }
}

/// Each wants the other's address. It is not free before its owner has another one.
pub(super) async fn who_exchange_addresses_do_not_wait_for_one_another<S: Store>(store: &Arc<S>) {
    for round in 0..ROUNDS / 5 {
        let own = [0, 1, 2].map(|number| format!("own{round}-{number}@example.com"));
        let mut all = Vec::new();
        let mut users = Vec::new();
        for (number, written) in own.iter().enumerate() {
            let name = format!("user{round}-{number}");
            users.push(living_at(&**store, &name, written, true).await);
        }
        for (user, wanted) in users.iter().zip(own.iter().cycle().skip(1)) {
            let token = minted(&**store, kept(Purpose::ConfirmEmail, user, wanted)).await;
            all.push((token, Spend::ConfirmEmail));
        }
        let outcomes = spent_at_once(store, all).await;
        let spent = done(&outcomes);
        assert_eq!(spent, 0, "nobody can be first: {outcomes:?}");
    }
}

pub(super) async fn of_changes_of_one_password_one_happens<S: Store>(store: &Arc<S>) {
    let user = inserted(&**store, "johndoe").await;
    for round in 0..ROUNDS {
        let before = by_id(&**store, &user).await.epoch;
        let ready = Arc::new(Barrier::new(4));
        let tasks = (0..4).map(|number| {
            let user = user.clone();
            let change = PasswordChange {
                hash: hash(&format!("hash{round}-{number}")),
                epoch: Some(before),
                mail: Some(about(&user, "j@example.com")),
            };
            start(store, &ready, move |store| {
                Answer::waiting(async move { store.update_password(&user, change).await })
            })
        });
        let changed = joined(tasks.collect()).await;
        let winner = changed.iter().position(|changed| *changed);
        let winner = super::there(winner, "one change");
        assert_eq!(changed.iter().filter(|changed| **changed).count(), 1);
        let found = by_name(&**store, "johndoe").await;
        let wanted = format!("hash{round}-{winner}");
        assert_eq!(hash_of(&found), Some(wanted.as_str()));
        assert_eq!(found.user.epoch.number(), before.number() + 1);
        let told = mails_of(&**store, &user).await.len();
        assert_eq!(told, round + 1, "each change is told once");
    }
}

/// Everything that is about a user, beside its end.
pub(super) async fn nothing_outlives_its_user<S: Store>(store: &Arc<S>) {
    for round in 0..ROUNDS / 2 {
        let written = format!("j{round}@example.com");
        let user = living_at(&**store, &format!("user{round}"), &written, false).await;
        let token = minted(&**store, kept(Purpose::VerifyEmail, &user, &written)).await;
        answered(store.insert_mail(about(&user, &written)).await);
        answered(store.insert_mail(to(&written)).await);
        let mut held = claimed(&**store, THEN, after(60)).await;
        held.sort_by_key(|held| held.mail.errand.user().is_some());
        let ready = Arc::new(Barrier::new(6));
        let mut tasks = Vec::new();
        let mut spending = spending(&token, Spend::VerifyEmail);
        spending.mail = Some(about(&user, &written));
        tasks.push(start(store, &ready, |store| {
            Answer::waiting(async move { store.spend_one_time_token(spending).await.map(drop) })
        }));
        let late = kept(Purpose::ResetPassword, &user, &written);
        tasks.push(start(store, &ready, |store| {
            store.insert_one_time_token(late)
        }));
        let mail = about(&user, &written);
        tasks.push(start(store, &ready, |store| store.insert_mail(mail)));
        for held in held {
            let follow_up = vec![about(&user, &written)];
            tasks.push(start(store, &ready, move |store| {
                Answer::waiting(async move { store.finish_mail(&held, follow_up).await.map(drop) })
            }));
        }
        let owner = user.clone();
        let delete = start(store, &ready, move |store| {
            Answer::waiting(async move { store.delete_user(&owner, None).await })
        });
        assert!(of(delete).await, "the user was there");
        joined(tasks).await;
        assert_eq!(tokens(&**store, &user).await, [], "no token is left");
        assert_eq!(load(&**store).await, OutboxLoad::default(), "nor a mail");
    }
}

/// Everything that locks several rows at once, over the same ones: none of it may stop another.
pub(super) async fn whatever_changes_accounts_waits_in_no_circle<S: Store>(store: &Arc<S>) {
    for round in 0..ROUNDS / 5 {
        let mut users = Vec::new();
        for number in 0..3 {
            let written = format!("own{round}-{number}@example.com");
            let name = format!("user{round}-{number}");
            let user = living_at(&**store, &name, &written, true).await;
            answered(store.insert_mail(about(&user, &written)).await);
            answered(store.insert_mail(to(&written)).await);
            minted(&**store, kept(Purpose::VerifyEmail, &user, &written)).await;
            let change = UserChange {
                scopes: Some(scopes("users:write")),
                ..UserChange::default()
            };
            answered(store.update_user(&user, change).await);
            users.push(user);
        }
        let guest_at = format!("guest{round}@example.com");
        let mut invitations = Vec::new();
        for operator in users.iter().cycle().take(9) {
            let mut sent = invitation(&guest_at);
            sent.user = Some(operator.clone());
            sent.epoch = by_id(&**store, operator).await.epoch;
            invitations.push(minted(&**store, sent).await);
        }
        let held = claimed(&**store, THEN, after(60)).await;
        let ready = Arc::new(Barrier::new(3 * 7 + held.len() + 2 + invitations.len()));
        let mut tasks = Vec::new();
        for held in held {
            // About all of them, in an order of its own.
            let mut follow_up: Vec<_> = users.iter().map(|user| about(user, "a@b.com")).collect();
            follow_up.rotate_left(tasks.len() % 3);
            tasks.push(start(store, &ready, move |store| {
                Answer::waiting(async move { store.finish_mail(&held, follow_up).await.map(drop) })
            }));
        }
        for user in &users {
            tasks.extend(changes_of(store, &ready, user).await);
        }
        for (number, invitation) in invitations.iter().enumerate() {
            let new = guest(&format!("guest{round}-{number}"), &guest_at);
            let spending = spending(invitation, Spend::Register(Box::new(new)));
            tasks.push(start(store, &ready, |store| {
                Answer::waiting(async move { store.spend_one_time_token(spending).await.map(drop) })
            }));
        }
        tasks.push(start(store, &ready, |store| {
            Answer::waiting(async move { store.sweep_one_time_tokens(THEN).await.map(drop) })
        }));
        tasks.push(start(store, &ready, |store| {
            Answer::waiting(async move { store.claim_mails(THEN, after(60), 9).await.map(drop) })
        }));
        joined(tasks).await;
        for user in &users {
            assert_eq!(tokens(&**store, user).await, [], "all are deleted");
            assert!(listed(&**store, user).await.is_empty());
        }
        for held in claimed(&**store, after(60), after(120)).await {
            answered(store.finish_mail(&held, vec![]).await);
        }
    }
}

/// Seven that change one user at once, the last of which deletes it.
async fn changes_of<S: Store>(
    store: &Arc<S>,
    ready: &Arc<Barrier>,
    user: &UserId,
) -> Vec<tokio::task::JoinHandle<Result<(), StoreError>>> {
    let own = by_id(&**store, user).await.email.unwrap_or_default();
    let verify = minted(&**store, kept(Purpose::VerifyEmail, user, &own)).await;
    let reset = minted(&**store, kept(Purpose::ResetPassword, user, &own)).await;
    let mut tasks = Vec::new();
    for (token, spend) in [
        (verify, Spend::VerifyEmail),
        (reset, Spend::SetPassword(hash("new"))),
    ] {
        let mut spending = spending(&token, spend);
        spending.mail = Some(about(user, &own));
        tasks.push(start(store, ready, |store| {
            Answer::waiting(async move { store.spend_one_time_token(spending).await.map(drop) })
        }));
    }
    let (id, change) = (user.clone(), PasswordChange::to(hash("other")));
    tasks.push(start(store, ready, move |store| {
        Answer::waiting(async move { store.update_password(&id, change).await.map(drop) })
    }));
    let change = UserChange {
        email: Some(Some(address("shared@example.com"))),
        mails: vec![about(user, &own)],
        ..UserChange::default()
    };
    let id = user.clone();
    tasks.push(start(store, ready, move |store| {
        Answer::waiting(async move { store.update_user(&id, change).await.map(drop) })
    }));
    let late = kept(Purpose::ResetPassword, user, &own);
    tasks.push(start(store, ready, |store| {
        store.insert_one_time_token(late)
    }));
    let login = session(user);
    tasks.push(start(store, ready, |store| {
        Answer::waiting(async move {
            match store.insert_session(login).await {
                // Its user is gone already.
                Err(StoreError::Unexpected(_)) => Ok(()),
                answer => answer,
            }
        })
    }));
    let id = user.clone();
    tasks.push(start(store, ready, move |store| {
        Answer::waiting(async move { store.delete_user(&id, None).await.map(drop) })
    }));
    tasks
}

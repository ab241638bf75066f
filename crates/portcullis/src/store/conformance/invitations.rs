//! Invitations: what they make, and for how long they are good.

use super::accounts::{address, at, living_at, owner};
use super::one_time::{done, is_there, kept, minted, spending, spent};
use super::outbox::{about, waiting};
use super::{answered, by_id, hash, inserted, scopes, there};
use crate::store::{KeptToken, NewUser, PasswordChange, Spend, Store, TokenSpent, UserChange};
use crate::token::Purpose;
use crate::user::UserId;

/// An invitation that grants `items:read`.
pub(super) fn invitation(written: &str) -> KeptToken {
    KeptToken {
        user: None,
        scopes: scopes("items:read"),
        ..kept(Purpose::Invitation, &UserId::new(""), written)
    }
}

/// What the account is that an invitation makes.
pub(super) fn guest(name: &str, written: &str) -> NewUser {
    at(name, written, true)
}

pub(super) async fn an_invitation_makes_an_account(store: &impl Store) {
    let token = minted(store, invitation("J@example.com")).await;
    let again = minted(store, invitation("j@EXAMPLE.com")).await;
    let other = minted(store, invitation("jj@example.com")).await;
    let named = inserted(store, "taken").await;
    let own = minted(store, kept(Purpose::VerifyEmail, &named, "J@example.com")).await;
    let register = |new| {
        let mut spending = spending(&token, Spend::Register(Box::new(new)));
        spending.mail = Some(about(&named, "j@example.com"));
        spending
    };
    let elsewhere = guest("johndoe", "jj@example.com");
    let unproved = at("johndoe", "J@example.com", false);
    let more = NewUser {
        scopes: scopes("items:read items:write"),
        ..guest("johndoe", "J@example.com")
    };
    for not_as_invited in [elsewhere, unproved, more] {
        let outcome = spent(store, register(not_as_invited)).await;
        assert_eq!(outcome, TokenSpent::Refused, "only as it was invited");
    }
    let outcome = spent(store, register(guest("Taken", "J@example.com"))).await;
    assert_eq!(outcome, TokenSpent::UsernameTaken);
    assert!(
        is_there(store, &token).await,
        "it is still good for another name"
    );
    assert_eq!(waiting(store).await, 0, "nothing has happened");

    let new = guest("johndoe", "J@example.com");
    let user = done(store, register(new.clone())).await;
    assert_eq!(user, new.to_user());
    assert_eq!(
        there(owner(store, "j@example.com").await, "the owner").id,
        user.id
    );
    assert!(!is_there(store, &token).await, "it is used");
    assert!(!is_there(store, &again).await, "with all to that address");
    assert!(is_there(store, &other).await && is_there(store, &own).await);
    assert_eq!(waiting(store).await, 1);
    let late = minted(store, invitation("j@example.com")).await;
    let late = spending(
        &late,
        Spend::Register(Box::new(guest("late", "j@example.com"))),
    );
    let outcome = spent(store, late).await;
    assert_eq!(
        outcome,
        TokenSpent::Refused,
        "the address is another's by now"
    );
}

pub(super) async fn an_invitation_is_good_as_long_as_its_operator(store: &impl Store) {
    let operator = living_at(store, "operator", "o@example.com", true).await;
    let grants = |what: &str| UserChange {
        scopes: Some(scopes(what)),
        ..UserChange::default()
    };
    let disabled = |disabled| UserChange {
        disabled: Some(disabled),
        ..UserChange::default()
    };
    let sent = async || {
        let mut sent = invitation("j@example.com");
        sent.user = Some(operator.clone());
        sent.epoch = by_id(store, &operator).await.epoch;
        minted(store, sent).await
    };
    let register = |token: &KeptToken| {
        let new = Box::new(guest("johndoe", "j@example.com"));
        spending(token, Spend::Register(new))
    };
    let refused = async |token: &KeptToken, why: &str| {
        let outcome = spent(store, register(token)).await;
        assert_eq!(outcome, TokenSpent::Refused, "{why}");
    };
    let early = sent().await;
    refused(&early, "from somebody who is no operator").await;
    answered(store.update_user(&operator, grants("users:write")).await);
    answered(store.update_user(&operator, disabled(true)).await);
    refused(&early, "from somebody inactive").await;
    answered(store.update_user(&operator, disabled(false)).await);
    refused(&early, "from before that").await;
    let before_a_password = sent().await;
    let change = PasswordChange::to(hash("new"));
    assert!(answered(store.update_password(&operator, change).await));
    refused(&before_a_password, "from before a new password").await;

    let good = sent().await;
    let another = sent().await;
    let elsewhere = address("elsewhere@example.com");
    let moved = UserChange {
        email: Some(Some(elsewhere)),
        ..UserChange::default()
    };
    answered(store.update_user(&operator, moved).await);
    assert!(is_there(store, &good).await, "another address is no matter");
    let user = done(store, register(&good)).await;
    assert_eq!(user.username, "johndoe");
    assert!(!is_there(store, &another).await, "all to that address end");
    let late = sent().await;
    answered(store.delete_user(&operator, None).await);
    assert!(!is_there(store, &late).await, "it goes with its operator");
}

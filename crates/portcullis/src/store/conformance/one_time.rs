//! One-time tokens: kept, used once, swept.

use super::accounts::{address, living_at, owner};
use super::invitations::{guest, invitation};
use super::outbox::{about, change_of, mails_of, waiting};
use super::sessions::{after, token as digest};
use super::{THEN, answered, by_id, by_name, epoch, hash, hash_of, inserted, scopes, there};
use crate::secret::random_bytes;
use crate::store::{KeptToken, Spend, Spending, Store, TokenSpent, UserChange};
use crate::token::{Epoch, Purpose, TokenDigest};
use crate::user::{User, UserId};

/// A token for a user, that was sent there, and expires after 100 seconds.
pub(super) fn kept(purpose: Purpose, user: &UserId, written: &str) -> KeptToken {
    KeptToken {
        digest: TokenDigest::from_bytes(answered(random_bytes())),
        purpose,
        user: Some(user.clone()),
        address: address(written),
        epoch: Epoch::default(),
        scopes: scopes(""),
        created_at: THEN,
        expires_at: after(100),
    }
}

/// What is spent where nothing else is said.
pub(super) fn spending(token: &KeptToken, spend: Spend) -> Spending {
    Spending {
        digest: token.digest,
        spend,
        mail: None,
        now: after(99),
    }
}

/// Stores a token, and answers it.
pub(super) async fn minted(store: &impl Store, token: KeptToken) -> KeptToken {
    answered(store.insert_one_time_token(token.clone()).await);
    token
}

/// What the user's tokens are for.
pub(super) async fn tokens(store: &impl Store, user: &UserId) -> Vec<Purpose> {
    let tokens = answered(store.list_one_time_tokens(user, None, 1_000).await);
    tokens.into_iter().map(|token| token.purpose).collect()
}

pub(super) async fn is_there(store: &impl Store, token: &KeptToken) -> bool {
    let found = answered(store.find_one_time_token(&token.digest).await);
    found.is_some()
}

pub(super) async fn spent(store: &impl Store, spending: Spending) -> TokenSpent {
    answered(store.spend_one_time_token(spending).await)
}

#[expect(clippy::panic, reason = "a check fails by panicking")]
pub(super) async fn done(store: &impl Store, spending: Spending) -> User {
    match spent(store, spending).await {
        TokenSpent::Done(user) => {
            assert_eq!(by_id(store, &user.id).await, user, "as it is stored");
            user
        }
        other => panic!("a good token is good, not {other:?}"),
    }
}

pub(super) async fn a_token_comes_back_as_it_went_in(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let mut wanted = Vec::new();
    for (purpose, second) in Purpose::ALL.into_iter().zip([50, 10, 40, 20, 30]) {
        let mut token = match purpose {
            Purpose::Invitation => invitation("J@Ex\u{e4}mple.com"),
            _ => kept(purpose, &user, "J@Ex\u{e4}mple.com"),
        };
        token.epoch = Epoch::new(9_007_199_254_740_991);
        token.created_at = after(second);
        let token = minted(store, token).await;
        let found = answered(store.find_one_time_token(&token.digest).await);
        assert_eq!(found, Some(token.clone()));
        if token.user.is_some() {
            wanted.push(token);
        }
    }
    wanted.sort_by_key(|token| token.created_at);
    let listed = answered(store.list_one_time_tokens(&user, None, 1_000).await);
    assert_eq!(listed, wanted, "the user's own, the oldest first");
    let two = answered(store.list_one_time_tokens(&user, None, 2).await);
    assert!(two.len() == 2 && wanted.starts_with(&two), "no more");
    for (at, count) in [
        ("elsewhere@example.com", 0),
        ("J@Ex\u{e4}mple.com", wanted.len()),
    ] {
        let at = address(at);
        let sent = store.list_one_time_tokens(&user, Some(&at), 9);
        assert_eq!(answered(sent.await).len(), count, "what went to {at:?}");
    }
    let other = inserted(store, "alice").await;
    assert_eq!(tokens(store, &other).await, [], "and nobody else's");

    let late = minted(
        store,
        kept(
            Purpose::VerifyEmail,
            &UserId::new("nobody"),
            "j@example.com",
        ),
    );
    assert!(!is_there(store, &late.await).await, "a gone user gets none");
    let unknown = answered(store.find_one_time_token(&digest(1)).await);
    assert!(unknown.is_none(), "what was not stored is not found");
}

pub(super) async fn tokens_are_swept_when_they_are_over(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let mut early = kept(Purpose::VerifyEmail, &user, "j@example.com");
    early.expires_at = after(99);
    let early = minted(store, early).await;
    let late = minted(store, invitation("j@example.com")).await;
    assert_eq!(answered(store.sweep_one_time_tokens(after(98)).await), 0);
    assert_eq!(answered(store.sweep_one_time_tokens(after(99)).await), 1);
    assert!(!is_there(store, &early).await && is_there(store, &late).await);
    assert_eq!(answered(store.sweep_one_time_tokens(after(100)).await), 1);
    assert!(!is_there(store, &late).await);
}

pub(super) async fn an_address_is_verified(store: &impl Store) {
    let written = "J@Ex\u{e4}mple.com";
    let user = living_at(store, "johndoe", written, false).await;
    let token = minted(store, kept(Purpose::VerifyEmail, &user, written)).await;
    minted(store, kept(Purpose::VerifyEmail, &user, written)).await;
    minted(store, kept(Purpose::SetPassword, &user, written)).await;
    let other = living_at(store, "alice", written, false).await;
    minted(store, kept(Purpose::VerifyEmail, &other, written)).await;

    let before = by_id(store, &user).await;
    let mut spending = spending(&token, Spend::VerifyEmail);
    spending.mail = Some(about(&user, written));
    let after = done(store, spending.clone()).await;
    assert!(after.email_verified);
    let unverified = User {
        email_verified: false,
        ..after
    };
    assert_eq!(unverified, before, "and nothing else is changed");
    let found = there(owner(store, "j@ex\u{e4}mple.com").await, "the owner");
    assert_eq!(found.id, user);
    assert_eq!(
        tokens(store, &user).await,
        [Purpose::SetPassword],
        "others for it end"
    );
    assert_eq!(
        tokens(store, &other).await.len(),
        1,
        "another user's do not"
    );
    assert_eq!(waiting(store).await, 1, "it is told");
    assert_eq!(spent(store, spending).await, TokenSpent::Refused, "once");
    assert_eq!(waiting(store).await, 1, "and told once");
}

pub(super) async fn an_address_is_changed(store: &impl Store) {
    for (number, new) in [
        "new@ex\u{e4}mple.com",
        "J@Ex\u{e4}mple.com",
        "x@example.com",
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("user{number}");
        let user = living_at(store, &name, "j@ex\u{e4}mple.com", true).await;
        let token = minted(store, kept(Purpose::ConfirmEmail, &user, new)).await;
        for purpose in [Purpose::ResetPassword, Purpose::VerifyEmail] {
            minted(store, kept(purpose, &user, "j@ex\u{e4}mple.com")).await;
        }
        answered(store.insert_mail(change_of(&user)).await);
        let is_other = by_id(store, &user).await.email.as_deref() != Some(new);
        let epoch_before = epoch(store, &user).await;
        let changed = done(store, spending(&token, Spend::ConfirmEmail)).await;
        assert_eq!(mails_of(store, &user).await.is_empty(), is_other);
        assert_eq!(changed.email.as_deref(), Some(new), "as written");
        assert!(changed.email_verified, "and verified by that");
        assert_eq!(changed.epoch.number(), epoch_before, "nobody is signed out");
        assert_eq!(there(owner(store, new).await, "the owner").id, user);
        assert_eq!(tokens(store, &user).await, [], "all others end");
        answered(store.delete_user(&user, None).await);
    }
}

pub(super) async fn a_password_is_set(store: &impl Store) {
    for (purpose, is_verified) in [
        (Purpose::ResetPassword, true),
        (Purpose::SetPassword, false),
    ] {
        let name = purpose.as_str();
        let written = format!("{name}@example.com");
        let user = living_at(store, name, &written, is_verified).await;
        let token = minted(store, kept(purpose, &user, &written)).await;
        minted(store, kept(purpose, &user, &written)).await;
        minted(store, kept(Purpose::VerifyEmail, &user, &written)).await;
        minted(store, kept(Purpose::ConfirmEmail, &user, "x@example.com")).await;
        let before = epoch(store, &user).await;
        let spend = Spend::SetPassword(hash("new"));
        let changed = done(store, spending(&token, spend)).await;
        assert!(changed.email_verified, "its owner reads what is sent there");
        assert_eq!(changed.epoch.number(), before + 1, "earlier tokens die");
        assert_eq!(hash_of(&by_name(store, name).await), Some("new"));
        assert_eq!(tokens(store, &user).await, [], "all others end");
    }
}

pub(super) async fn what_is_not_good_changes_nothing(store: &impl Store) {
    let written = "j@example.com";
    let user = living_at(store, "johndoe", written, true).await;
    let other = living_at(store, "alice", written, false).await;
    let token = minted(store, kept(Purpose::ResetPassword, &user, written)).await;
    let set = || Spend::SetPassword(hash("new"));
    let refuse = async |token: &KeptToken, spend: Spend, what: &str| {
        let before = (by_id(store, &user).await, by_id(store, &other).await);
        let mut spending = spending(token, spend);
        spending.mail = Some(about(&user, written));
        let was_there = is_there(store, token).await;
        let outcome = spent(store, spending).await;
        assert_eq!(outcome, TokenSpent::Refused, "{what} is refused");
        let after = (by_id(store, &user).await, by_id(store, &other).await);
        assert_eq!(after, before, "{what} changes nobody");
        assert_eq!(is_there(store, token).await, was_there, "nor the token");
        assert_eq!(waiting(store).await, 0, "and mails nothing");
    };
    refuse(
        &kept(Purpose::ResetPassword, &user, written),
        set(),
        "an unknown token",
    )
    .await;
    refuse(&token, Spend::VerifyEmail, "another purpose").await;
    let guest = Box::new(guest("guest", written));
    refuse(
        &token,
        Spend::Register(guest),
        "a user's token, as an invitation,",
    )
    .await;
    let mut over = kept(Purpose::ResetPassword, &user, written);
    over.expires_at = after(99);
    let over = minted(store, over).await;
    refuse(&over, set(), "what expired this very second").await;
    for purpose in [Purpose::VerifyEmail, Purpose::SetPassword] {
        let elsewhere = minted(store, kept(purpose, &user, "old@example.com")).await;
        let spend = match purpose {
            Purpose::VerifyEmail => Spend::VerifyEmail,
            _ => set(),
        };
        refuse(&elsewhere, spend, "what was sent to another address").await;
    }
    // An address that somebody else has verified.
    for (purpose, spend) in [
        (Purpose::VerifyEmail, Spend::VerifyEmail),
        (Purpose::ConfirmEmail, Spend::ConfirmEmail),
        (Purpose::SetPassword, set()),
    ] {
        let token = minted(store, kept(purpose, &other, written)).await;
        refuse(&token, spend, "another account's address").await;
    }
    let disable = |disabled| UserChange {
        disabled: Some(disabled),
        ..UserChange::default()
    };
    answered(store.update_user(&user, disable(true)).await);
    refuse(&token, set(), "an inactive user's token").await;
    answered(store.update_user(&user, disable(false)).await);
    refuse(&token, set(), "a token of another epoch").await;
}

//! Addresses, changes of an account, and what ends with them.

use super::one_time::{kept, tokens};
use super::outbox::{about, change_of, mails_of, waiting};
use super::sessions::after;
use super::{answered, by_id, by_name, draft, epoch, hash, hash_of, inserted, scopes, there};
use crate::store::{InsertedUser, NewUser, PasswordChange, Store, UserChange};
use crate::token::Purpose;
use crate::user::{EmailAddress, User, UserId};

pub(super) fn address(written: &str) -> EmailAddress {
    answered(EmailAddress::parse(written))
}

/// A user to insert, with this address.
pub(super) fn at(name: &str, written: &str, is_verified: bool) -> NewUser {
    NewUser {
        email: Some(address(written)),
        email_verified: is_verified,
        ..draft(name)
    }
}

/// Inserts a user with this address.
pub(super) async fn living_at(
    store: &impl Store,
    name: &str,
    written: &str,
    is_verified: bool,
) -> UserId {
    let new = at(name, written, is_verified);
    let id = new.id.clone();
    let outcome = answered(store.insert_user(new).await);
    assert_eq!(outcome, InsertedUser::Inserted, "{name} at {written}");
    id
}

pub(super) async fn owner(store: &impl Store, written: &str) -> Option<User> {
    let found = answered(store.find_by_email(&address(written)).await);
    found.map(|found| found.user)
}

pub(super) async fn a_verified_address_finds_its_owner(store: &impl Store) {
    let written = "John.Doe@Ex\u{e4}mple.com";
    let id = living_at(store, "johndoe", written, true).await;
    living_at(store, "alice", "alice@example.com", false).await;
    for spelling in [
        written,
        "john.doe@EX\u{c4}MPLE.COM",
        "JOHN.DOE@xn--exmple-cua.com",
    ] {
        let found = answered(store.find_by_email(&address(spelling)).await);
        let found = there(found, "the owner, by whatever spelling,");
        assert_eq!(found.user.id, id);
        assert_eq!(found.user.email.as_deref(), Some(written), "as written");
        assert!(found.user.email_verified, "it is kept that it is verified");
        assert_eq!(hash_of(&found), Some("$argon2id$first"), "with the hash");
    }
    let others = [
        "alice@example.com",
        "doe@ex\u{e4}mple.com",
        "john.doe@example.com",
    ];
    for other in others {
        assert!(owner(store, other).await.is_none(), "{other} is nobody's");
    }
}

pub(super) async fn an_address_is_one_accounts_own(store: &impl Store) {
    let owner_id = living_at(store, "johndoe", "j@example.com", true).await;
    let mut second = at("alice", "J@EXAMPLE.com", true);
    second.mail = Some(about(&owner_id, "j@example.com"));
    let outcome = answered(store.insert_user(second.clone()).await);
    assert_eq!(outcome, InsertedUser::EmailTaken, "in whatever spelling");
    let found = answered(store.find_by_subject(second.id.as_str()).await);
    assert!(found.is_none(), "nobody was stored");
    assert_eq!(waiting(store).await, 0, "nor any mail");
    let taken = at("JohnDoe", "j@example.com", true);
    let outcome = answered(store.insert_user(taken).await);
    assert_eq!(outcome, InsertedUser::UsernameTaken, "of both, the name");
    // Anybody may say that it is theirs, as long as they do not show it.
    living_at(store, "bob", "j@example.com", false).await;
    living_at(store, "carl", "j@example.com", false).await;
    let found = there(owner(store, "j@example.com").await, "the owner");
    assert_eq!(found.id, owner_id, "it stays its owner's");
    answered(store.delete_user(&owner_id, None).await);
    assert!(
        owner(store, "j@example.com").await.is_none(),
        "until that is gone"
    );
    living_at(store, "dora", "j@example.com", true).await;
}

pub(super) async fn a_mail_is_stored_with_what_it_is_about(store: &impl Store) {
    let mut new = draft("johndoe");
    let id = new.id.clone();
    new.mail = Some(about(&id, "j@example.com"));
    let (mail, again) = (new.mail.clone(), new.clone());
    answered(store.insert_user(new).await);
    assert_eq!(mails_of(store, &id).await, Vec::from_iter(mail));
    let outcome = answered(store.insert_user(again).await);
    assert_eq!(outcome, InsertedUser::UsernameTaken);
    assert_eq!(waiting(store).await, 1, "no account, no mail");

    let mails = vec![about(&id, "a@example.com"), about(&id, "b@example.com")];
    let change = UserChange {
        mails: mails.clone(),
        ..UserChange::default()
    };
    answered(store.update_user(&id, change.clone()).await);
    assert_eq!(waiting(store).await, 3, "of a change, each");
    let nobody = answered(store.update_user(&UserId::new("nobody"), change).await);
    assert!(nobody.is_none(), "nobody there is said");
    assert_eq!(waiting(store).await, 3, "no change, no mail");
}

pub(super) async fn a_change_changes_what_it_says(store: &impl Store) {
    let id = living_at(store, "johndoe", "j@example.com", true).await;
    let other = living_at(store, "alice", "alice@example.com", true).await;
    let other_before = by_id(store, &other).await;
    let mut wanted = by_id(store, &id).await;
    let nothing = UserChange::default;
    let named = |name: Option<&str>| UserChange {
        full_name: Some(name.map(str::to_owned)),
        ..nothing()
    };
    let active = |disabled| UserChange {
        disabled: Some(disabled),
        ..nothing()
    };
    let granted = |text| UserChange {
        scopes: Some(scopes(text)),
        ..nothing()
    };
    // What is changed, and whether earlier tokens die of it.
    let in_turn = [
        (nothing(), false),
        (named(Some("Zo\u{eb} '; --")), false),
        (named(None), false),
        (active(true), true),
        (active(true), false),
        (active(false), true),
        (granted("items:read items:write"), false),
        (granted("items:write"), true),
        (granted("items:write"), false),
        (granted(""), true),
    ];
    for (change, kills) in in_turn {
        if let Some(full_name) = &change.full_name {
            wanted.full_name.clone_from(full_name);
        }
        wanted.disabled = change.disabled.unwrap_or(wanted.disabled);
        if let Some(scopes) = &change.scopes {
            wanted.scopes = scopes.clone();
        }
        let before = wanted.epoch.number();
        let changed = answered(store.update_user(&id, change.clone()).await);
        let changed = there(changed, "the user, changed");
        let advanced = changed.epoch.number() > before;
        assert_eq!(advanced, kills, "the epoch after {change:?}");
        wanted.epoch = changed.epoch;
        assert_eq!(changed, wanted, "after {change:?}, and nothing else");
        assert_eq!(by_id(store, &id).await, wanted, "and so it stays");
    }
    let found = by_name(store, "johndoe").await;
    assert_eq!(hash_of(&found), Some("$argon2id$first"), "nor the password");
    assert_eq!(by_id(store, &other).await, other_before, "nor anybody else");
}

pub(super) async fn a_new_address_is_unverified(store: &impl Store) {
    for (number, new) in [
        Some("j@ex\u{e4}mple.com"),
        // Only written differently, or not even that.
        Some("j@EX\u{c4}MPLE.com"),
        Some("j@EX\u{c4}MPLE.com"),
        Some("other@example.com"),
        None,
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("user{number}");
        let before = "j@ex\u{e4}mple.com";
        let id = living_at(store, &name, before, true).await;
        for purpose in [
            Purpose::VerifyEmail,
            Purpose::ResetPassword,
            Purpose::ConfirmEmail,
        ] {
            answered(
                store
                    .insert_one_time_token(kept(purpose, &id, before))
                    .await,
            );
        }
        answered(store.insert_mail(change_of(&id)).await);
        answered(store.insert_mail(about(&id, before)).await);
        let change = UserChange {
            email: Some(new.map(address)),
            ..UserChange::default()
        };
        let changed = there(answered(store.update_user(&id, change).await), "the user");
        let left = mails_of(store, &id).await;
        let left: Vec<_> = left.iter().map(|mail| mail.errand.kind()).collect();
        assert_eq!(left, ["password_changed"], "no third will be confirmed");
        assert_eq!(changed.email.as_deref(), new, "{new:?} is kept as written");
        assert!(!changed.email_verified, "{new:?} is to be verified");
        assert_eq!(by_id(store, &id).await, changed);
        assert!(
            owner(store, before).await.is_none(),
            "and nobody's till then"
        );
        assert_eq!(tokens(store, &id).await, [], "older tokens are ended");
        if let Some(new) = new {
            let listed = answered(store.list_unverified(&address(new), 9).await);
            assert_eq!(listed, [changed], "{new:?} is found in canonical form");
        }
        answered(store.delete_user(&id, None).await);
    }
}

pub(super) async fn a_new_password_ends_what_would_set_another(store: &impl Store) {
    let id = inserted(store, "johndoe").await;
    let other = inserted(store, "alice").await;
    let insert = async || {
        for user in [&id, &other] {
            for purpose in [
                Purpose::VerifyEmail,
                Purpose::ResetPassword,
                Purpose::SetPassword,
            ] {
                let token = kept(purpose, user, "j@example.com");
                answered(store.insert_one_time_token(token).await);
            }
            let token = kept(Purpose::ConfirmEmail, user, "new@example.com");
            answered(store.insert_one_time_token(token).await);
        }
    };
    insert().await;
    let before = by_id(store, &id).await.epoch;
    let change = |epoch| PasswordChange {
        hash: hash("new"),
        epoch,
        mail: Some(about(&id, "j@example.com")),
    };
    let wrong = crate::token::Epoch::new(before.number() + 1);
    assert!(
        !answered(store.update_password(&id, change(Some(wrong))).await),
        "another epoch"
    );
    let nobody = UserId::new("nobody");
    assert!(
        !answered(store.update_password(&nobody, change(None)).await),
        "nobody there"
    );
    assert_eq!(epoch(store, &id).await, before.number(), "nothing happened");
    assert_eq!(
        (tokens(store, &id).await.len(), waiting(store).await),
        (4, 0)
    );

    assert!(answered(
        store.update_password(&id, change(Some(before))).await
    ));
    assert!(
        !answered(store.update_password(&id, change(Some(before))).await),
        "once"
    );
    assert_eq!(epoch(store, &id).await, before.number() + 1);
    assert_eq!(
        tokens(store, &id).await,
        [Purpose::VerifyEmail],
        "an address is still proved"
    );
    assert_eq!(tokens(store, &other).await.len(), 4, "another user's stay");
    assert_eq!(waiting(store).await, 1, "and it is told");
    assert!(
        answered(store.update_password(&id, change(None)).await),
        "of any epoch"
    );
}

pub(super) async fn who_has_not_verified_an_address_is_listed(store: &impl Store) {
    let shared = "J@ex\u{e4}mple.com";
    let mut drafts = vec![];
    for (name, second) in [("alice", 20), ("bob", 40), ("carl", 10), ("dora", 30)] {
        let mut new = at(name, shared, false);
        new.created_at = after(second);
        drafts.push(new);
    }
    drafts.push(at("verified", shared, true));
    drafts.push(NewUser {
        disabled: true,
        ..at("disabled", shared, false)
    });
    drafts.push(at("another", "jj@ex\u{e4}mple.com", false));
    for new in drafts {
        answered(store.insert_user(new).await);
    }
    let names = async |written: &str, limit| -> Vec<String> {
        let users = answered(store.list_unverified(&address(written), limit).await);
        users.into_iter().map(|user| user.username).collect()
    };
    let all = ["carl", "alice", "dora", "bob"];
    assert_eq!(names("j@EX\u{c4}MPLE.com", 9).await, all, "oldest first");
    assert_eq!(
        names(shared, 2).await,
        ["carl", "alice"],
        "no more than that"
    );
    assert!(names("nobody@example.com", 9).await.is_empty());
    for (name, purpose, second) in [
        ("carl", Purpose::VerifyEmail, 60),
        ("alice", Purpose::VerifyEmail, 50),
        ("carl", Purpose::VerifyEmail, 40),
        ("dora", Purpose::SetPassword, 70),
    ] {
        let mut sent = kept(purpose, &by_name(store, name).await.user.id, shared);
        sent.created_at = after(second);
        answered(store.insert_one_time_token(sent).await);
    }
    let all = ["dora", "bob", "alice", "carl"];
    assert_eq!(
        names(shared, 9).await,
        all,
        "who was sent a link comes last"
    );
}

pub(super) async fn a_deleted_user_takes_everything_along(store: &impl Store) {
    let id = living_at(store, "johndoe", "j@example.com", true).await;
    let other = inserted(store, "alice").await;
    for user in [&id, &other] {
        let token = kept(Purpose::VerifyEmail, user, "j@example.com");
        answered(store.insert_one_time_token(token).await);
        answered(store.insert_mail(about(user, "j@example.com")).await);
    }
    answered(store.delete_user(&id, None).await);
    assert_eq!(tokens(store, &id).await, [], "no token of it is left");
    assert_eq!(mails_of(store, &id).await, [], "nor a mail");
    assert!(
        owner(store, "j@example.com").await.is_none(),
        "nor the address"
    );
    assert_eq!(tokens(store, &other).await.len(), 1, "another user's stays");
    assert_eq!(waiting(store).await, 1);
}

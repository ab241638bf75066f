//! The suite that proves a store: what every implementation of [`Store`] must do, races included.
//!
//! ```
//! use portcullis::store::{MemoryStore, conformance};
//!
//! # tokio::runtime::Builder::new_multi_thread().build()?.block_on(async {
//! conformance::prove(async || MemoryStore::new()).await;
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! In a test of yours, put your store in the place of [`MemoryStore`](super::MemoryStore); run it on a runtime with
//! several threads, so that the races are real. Each check gets a store of its own, which must be
//! empty. A check that fails panics, and says what was promised.
//!
//! What the suite takes as given: texts hold any Unicode character; times are kept to the second at
//! least, that of a rotation to the millisecond; a NUL in a text is kept, or refused with an error,
//! but never cut off.

mod account_races;
mod accounts;
mod changes;
mod client_races;
mod client_sessions;
mod clients;
mod finding;
mod invitations;
mod listing;
mod one_time;
mod outbox;
mod races;
mod rotation;
mod search;
mod session_bounds;
mod session_model;
mod session_races;
mod sessions;
mod signing_keys;

use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Credential, InsertedUser, NewUser, Store, StoreError};
use crate::password::PasswordHash;
use crate::scope::Scopes;
use crate::user::{EmailAddress, User, UserId, Username};

/// Runs every check, each on a new store from `make`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use portcullis::store::{MemoryStore, conformance};
///
/// // In the place of `MemoryStore::new()`: your store on a new, empty database.
/// conformance::prove(async || MemoryStore::new()).await;
/// # Ok(()) }
/// ```
///
/// # Panics
/// At the first promise that is not kept. The text names it.
pub async fn prove<S, M, F>(make: M)
where
    M: Fn() -> F,
    F: Future<Output = S>,
    S: Store,
{
    prove_users(&make).await;
    prove_accounts(&make).await;
    prove_tokens_and_mails(&make).await;
    prove_sessions(&make).await;
    prove_rotation(&make).await;
    prove_clients(&make).await;
    prove_races(&make).await;
    prove_account_races(&make).await;
}

async fn prove_users<S, M, F>(make: &M)
where
    M: Fn() -> F,
    F: Future<Output = S>,
    S: Store,
{
    finding::an_empty_store_has_nobody(&make().await).await;
    finding::a_user_is_found_by_every_spelling(&make().await).await;
    finding::a_user_is_found_by_its_id_alone(&make().await).await;
    finding::values_come_back_as_they_went_in(&make().await).await;
    finding::a_nul_is_never_cut_off(&make().await).await;
    finding::a_taken_name_changes_nothing(&make().await).await;
    listing::users_come_in_the_order_of_their_bytes(&make().await).await;
    listing::pages_leave_nobody_out(&make().await).await;
    changes::a_new_password_starts_a_new_epoch(&make().await).await;
    changes::a_rehash_keeps_the_epoch(&make().await).await;
    changes::disabling_counts_only_when_it_changes_anything(&make().await).await;
    changes::scopes_are_given_and_taken(&make().await).await;
    changes::nobody_else_is_changed(&make().await).await;
    changes::a_deleted_user_is_gone_for_good(&make().await).await;
    changes::nobody_there_is_said(&make().await).await;
    signing_keys::the_first_key_is_the_only_first(&make().await).await;
    signing_keys::keys_are_replaced_whole(&make().await).await;
    signing_keys::what_differs_at_all_is_left_alone(&make().await).await;
}

async fn prove_sessions<S, M, F>(make: &M)
where
    M: Fn() -> F,
    F: Future<Output = S>,
    S: Store,
{
    sessions::an_empty_store_has_no_session(&make().await).await;
    sessions::a_session_comes_back_as_it_went_in(&make().await).await;
    sessions::a_session_is_found_by_its_id_alone(&make().await).await;
    sessions::the_newest_session_is_listed_first(&make().await).await;
    session_bounds::the_newest_are_listed_and_no_more(&make().await).await;
    session_bounds::the_least_used_makes_room(&make().await).await;
    sessions::a_session_needs_a_user_and_an_id_of_its_own(&make().await).await;
    sessions::a_deleted_session_is_gone_and_no_other(&make().await).await;
    sessions::a_deleted_user_takes_its_sessions_along(&make().await).await;
    sessions::a_new_epoch_leaves_sessions_alone(&make().await).await;
}

async fn prove_rotation<S, M, F>(make: &M)
where
    M: Fn() -> F,
    F: Future<Output = S>,
    S: Store,
{
    rotation::each_token_is_followed_by_the_next(&make().await).await;
    rotation::a_retry_gets_the_same_salt(&make().await).await;
    rotation::a_retry_may_come_before_its_rotation(&make().await).await;
    rotation::a_retry_that_comes_late_is_a_replay(&make().await).await;
    rotation::a_replay_ends_the_session(&make().await).await;
    rotation::what_is_no_token_of_it_changes_nothing(&make().await).await;
    rotation::a_session_that_is_over_stays_over(&make().await).await;
    rotation::a_used_session_ends_all_the_same(&make().await).await;
    rotation::sweeping_removes_what_is_over(&make().await).await;
    session_bounds::a_great_many_are_swept(&make().await).await;
    rotation::a_swept_salt_makes_nothing_more(&make().await).await;
    session_model::it_agrees_with_the_model(&make().await).await;
}

async fn prove_clients<S, M, F>(make: &M)
where
    M: Fn() -> F,
    F: Future<Output = S>,
    S: Store,
{
    clients::an_empty_store_has_no_client(&make().await).await;
    clients::a_client_comes_back_as_it_went_in(&make().await).await;
    clients::a_client_is_found_by_its_id_alone(&make().await).await;
    clients::a_clients_name_and_id_are_its_own(&make().await).await;
    clients::clients_come_in_the_order_of_their_bytes(&make().await).await;
    clients::a_new_secret_keeps_the_one_before(&make().await).await;
    clients::a_public_client_gets_no_secret(&make().await).await;
    clients::a_deleted_client_is_gone_and_no_other(&make().await).await;
    client_sessions::a_session_needs_its_client(&make().await).await;
    client_sessions::a_session_at_a_client_is_a_users(&make().await).await;
    client_sessions::a_clients_own_session_is_nobodys(&make().await).await;
    client_sessions::a_deleted_client_takes_its_sessions_along(&make().await).await;
}

async fn prove_races<S, M, F>(make: &M)
where
    M: Fn() -> F,
    F: Future<Output = S>,
    S: Store,
{
    races::a_name_is_given_once(&Arc::new(make().await)).await;
    races::no_change_of_scopes_is_lost(&Arc::new(make().await)).await;
    races::an_outdated_hash_never_undoes_a_new_password(&Arc::new(make().await)).await;
    races::what_was_written_is_seen_by_everybody(&Arc::new(make().await)).await;
    signing_keys::of_several_replacements_one_happens(&Arc::new(make().await)).await;
    session_races::of_several_uses_one_rotates(&Arc::new(make().await)).await;
    session_races::what_is_ended_stays_ended(&Arc::new(make().await)).await;
    session_races::a_replay_wins_over_a_use(&Arc::new(make().await)).await;
    session_races::a_retry_beside_the_successors_use(&Arc::new(make().await)).await;
    session_races::no_session_outlives_its_user(&Arc::new(make().await)).await;
    session_bounds::many_that_begin_at_once_stay_few(&Arc::new(make().await)).await;
    session_races::an_ended_session_is_ended_for_everybody(&Arc::new(make().await)).await;
    client_races::a_name_is_given_to_one_client(&Arc::new(make().await)).await;
    client_races::of_new_secrets_none_is_torn(&Arc::new(make().await)).await;
    client_races::no_session_outlives_its_client(&Arc::new(make().await)).await;
    client_races::whatever_ends_sessions_waits_in_no_circle(&Arc::new(make().await)).await;
}

async fn prove_accounts<S, M, F>(make: &M)
where
    M: Fn() -> F,
    F: Future<Output = S>,
    S: Store,
{
    accounts::a_verified_address_finds_its_owner(&make().await).await;
    accounts::an_address_is_one_accounts_own(&make().await).await;
    accounts::a_mail_is_stored_with_what_it_is_about(&make().await).await;
    accounts::a_change_changes_what_it_says(&make().await).await;
    accounts::a_new_address_is_unverified(&make().await).await;
    accounts::a_new_password_ends_what_would_set_another(&make().await).await;
    accounts::who_has_not_verified_an_address_is_listed(&make().await).await;
    accounts::a_deleted_user_takes_everything_along(&make().await).await;
    search::a_search_finds_what_begins_so(&make().await).await;
    search::a_cursor_needs_no_user_of_its_name(&make().await).await;
    search::a_search_sees_what_was_changed(&make().await).await;
}

async fn prove_tokens_and_mails<S, M, F>(make: &M)
where
    M: Fn() -> F,
    F: Future<Output = S>,
    S: Store,
{
    one_time::a_token_comes_back_as_it_went_in(&make().await).await;
    one_time::tokens_are_swept_when_they_are_over(&make().await).await;
    one_time::an_address_is_verified(&make().await).await;
    one_time::an_address_is_changed(&make().await).await;
    one_time::a_password_is_set(&make().await).await;
    invitations::an_invitation_makes_an_account(&make().await).await;
    invitations::an_invitation_is_good_as_long_as_its_operator(&make().await).await;
    one_time::what_is_not_good_changes_nothing(&make().await).await;
    outbox::a_mail_comes_back_as_it_went_in(&make().await).await;
    outbox::no_mail_is_about_somebody_who_is_gone(&make().await).await;
    outbox::the_longest_due_are_claimed_first(&make().await).await;
    outbox::a_finished_mail_is_gone(&make().await).await;
    outbox::a_failed_mail_is_tried_again(&make().await).await;
    outbox::a_mail_given_up_is_still_its_users(&make().await).await;
    outbox::who_comes_late_does_nothing(&make().await).await;
}

async fn prove_account_races<S, M, F>(make: &M)
where
    M: Fn() -> F,
    F: Future<Output = S>,
    S: Store,
{
    account_races::of_many_uses_of_a_token_one_happens(&Arc::new(make().await)).await;
    account_races::a_name_is_given_once_by_whatever_way(&Arc::new(make().await)).await;
    account_races::of_invitations_to_one_address_one_is_used(&Arc::new(make().await)).await;
    account_races::an_address_becomes_one_users(&Arc::new(make().await)).await;
    account_races::who_exchange_addresses_do_not_wait_for_one_another(&Arc::new(make().await))
        .await;
    account_races::of_changes_of_one_password_one_happens(&Arc::new(make().await)).await;
    outbox::a_mail_is_claimed_by_one(&Arc::new(make().await)).await;
    account_races::nothing_outlives_its_user(&Arc::new(make().await)).await;
    account_races::whatever_changes_accounts_waits_in_no_circle(&Arc::new(make().await)).await;
}

/// When everything here happens.
const THEN: Timestamp = Timestamp::constant(1_700_000_000, 0);

/// The answer, or the end of the check.
#[expect(clippy::panic, reason = "a check fails by panicking")]
fn answered<T, E: Debug>(answer: Result<T, E>) -> T {
    answer.unwrap_or_else(|error| panic!("the store failed where it must answer: {error:?}"))
}

/// What must be there, or the end of the check.
#[expect(clippy::panic, reason = "a check fails by panicking")]
fn there<T>(found: Option<T>, what: &str) -> T {
    found.unwrap_or_else(|| panic!("{what} must be found"))
}

fn username(written: &str) -> Username {
    answered(Username::parse(written))
}

fn scopes(text: &str) -> Scopes {
    answered(Scopes::parse(text))
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_store(text)
}

/// A user to insert, with a password and a scope.
fn draft(name: &str) -> NewUser {
    NewUser {
        id: answered(UserId::random()),
        username: username(name),
        email: Some(answered(EmailAddress::parse(&format!(
            "{}@example.com",
            name.len()
        )))),
        email_verified: false,
        full_name: Some(format!("The user {name}")),
        hashed_password: Some(hash("$argon2id$first")),
        disabled: false,
        scopes: scopes("items:read"),
        created_at: THEN,
        mail: None,
    }
}

/// Inserts a user, who must not be there yet.
async fn inserted(store: &impl Store, name: &str) -> UserId {
    let draft = draft(name);
    let id = draft.id.clone();
    let outcome = answered(store.insert_user(draft).await);
    assert_eq!(outcome, InsertedUser::Inserted, "{name} is a free name");
    id
}

async fn by_id(store: &impl Store, id: &UserId) -> User {
    let found = answered(store.find_by_subject(id.as_str()).await);
    there(found, "the user of this id")
}

async fn by_name(store: &impl Store, name: &str) -> Credential<User> {
    let found = store.find_by_username(&username(name)).await;
    there(answered(found), "the user of this name")
}

async fn epoch(store: &impl Store, id: &UserId) -> i64 {
    by_id(store, id).await.epoch.number()
}

fn hash_of(credential: &Credential<User>) -> Option<&str> {
    credential
        .hashed_password
        .as_ref()
        .map(PasswordHash::as_str)
}

/// What concurrent tasks answered.
async fn joined<T: 'static>(tasks: Vec<tokio::task::JoinHandle<Result<T, StoreError>>>) -> Vec<T> {
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(answered(answered(task.await)));
    }
    answers
}

//! What becomes of a user that is changed, the same on either engine.

use portcullis::store::UserChange;
use portcullis::token::Epoch;
use portcullis::user::User;

/// The user after `change`, but for its address.
pub(crate) fn changed(before: &User, change: &UserChange) -> User {
    let mut user = before.clone();
    if let Some(full_name) = &change.full_name {
        user.full_name.clone_from(full_name);
    }
    if let Some(disabled) = change.disabled {
        user.disabled = disabled;
    }
    if let Some(scopes) = &change.scopes {
        user.scopes.clone_from(scopes);
    }
    if user.disabled != before.disabled || !before.scopes.is_subset(&user.scopes) {
        user.epoch = Epoch::new(before.epoch.number() + 1);
    }
    user
}

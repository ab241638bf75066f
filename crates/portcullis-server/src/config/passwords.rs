//! What the settings say about passwords that are chosen.

use std::sync::Arc;

use portcullis::account::PasswordRules;
use portcullis::password::PasswordPolicy;

use super::{ConfigError, Values};
use crate::breach::BreachList;

/// What may be a password.
pub(super) fn rules(values: &Values) -> Result<PasswordRules, ConfigError> {
    let policy = PasswordPolicy::default()
        .with_min_code_points(values.number("password.min_length", 8, 256)?)
        .with_words(values.list("password.context_words"))
        .with_issuer(&values.text("issuer"));
    let rules = PasswordRules::from(policy);
    let key = "password.breach_url";
    match values.optional(key) {
        Some(url) => {
            let list = BreachList::at(&url).map_err(|reason| values.wrong(key, reason))?;
            Ok(rules.asking(Arc::new(list)))
        }
        None => Ok(rules),
    }
}

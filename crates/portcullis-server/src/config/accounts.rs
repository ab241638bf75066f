//! What the settings say about accounts, and about the passwords that are chosen for them.

use std::sync::Arc;
use std::time::Duration;

use portcullis::account::{AccountSettings, PasswordRules, Registration};
use portcullis::auth::UnverifiedLogin;
use portcullis::password::PasswordPolicy;
use portcullis::user::ReservedNames;

use super::{ConfigError, Values};
use crate::breach::BreachList;

/// How much longer the worker waits than the mailer does, whose verdict says what took so long.
const MAILER_FIRST: Duration = Duration::from_secs(1);

/// What is set about accounts.
pub(super) fn settings(values: &Values) -> Result<AccountSettings, ConfigError> {
    let reserved = values.list("usernames.reserved");
    Ok(AccountSettings {
        registration: match values.one_of("registration", &["open", "invitation", "closed"])? {
            "invitation" => Registration::Invitation,
            "closed" => Registration::Closed,
            _ => Registration::Open,
        },
        rules: rules(values)?,
        reserved_names: ReservedNames::default().and(reserved.iter().map(String::as_str)),
        needs_email: unverified_login(values)? == UnverifiedLogin::Refuse,
        mail_timeout: values.mail()?.timeout + MAILER_FIRST,
    })
}

/// What a login to an account gets whose address was not proved.
pub(super) fn unverified_login(values: &Values) -> Result<UnverifiedLogin, ConfigError> {
    Ok(
        match values.one_of("login.unverified", &["allow", "refuse"])? {
            "refuse" => UnverifiedLogin::Refuse,
            _ => UnverifiedLogin::Allow,
        },
    )
}

/// What may be a password.
fn rules(values: &Values) -> Result<PasswordRules, ConfigError> {
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

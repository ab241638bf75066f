//! What requests for a token come to, counted.

use super::{Granted, NotGranted};
use crate::account::{NotChecked, NotHashed};
use crate::auth::{Asked, Auth, Verdict};
use crate::token::NotIssued;
use crate::user::Account;

/// Counts a decision.
pub(super) fn decided<U: Account>(
    auth: &Auth<U>,
    asked: Asked,
    decision: &Result<Granted, NotGranted>,
) {
    let verdict = match decision {
        Ok(_) => Verdict::Granted,
        Err(refused) => verdict_of(refused),
    };
    auth.counters().token_request(asked, verdict);
    if !matches!(asked, Asked::Password) {
        return;
    }
    // Other refusals are not the password's: it was right, or nobody looked at it.
    let is_logins = match decision {
        Ok(_) | Err(NotGranted::InvalidGrant) => true,
        Err(_) => matches!(verdict, Verdict::Overloaded | Verdict::Failed),
    };
    if is_logins {
        auth.counters().login(verdict);
    }
}

fn verdict_of(refused: &NotGranted) -> Verdict {
    match refused {
        NotGranted::NotChecked(NotChecked::Hashing(NotHashed::Overloaded(_))) => {
            Verdict::Overloaded
        }
        NotGranted::NotIssued(NotIssued::TooLong) => Verdict::Refused,
        NotGranted::NotChecked(_) | NotGranted::NotIssued(_) => Verdict::Failed,
        _ => Verdict::Refused,
    }
}

//! A token that is asked about, of whatever kind. A hint of its kind is not needed: the two never look
//! alike.

use std::sync::Arc;

use super::NotGranted;
use crate::auth::Auth;
use crate::token::{Claims, RefreshToken};
use crate::user::Account;

/// A token of ours.
pub(super) enum Token {
    /// Verified: of this issuer, not expired. Whether it still holds is not asked yet.
    Access(Arc<Claims>),
    Refresh {
        session_id: String,
        /// Whether it is the one that was issued last.
        is_present: bool,
    },
}

impl Token {
    pub(super) fn session_id(&self) -> &str {
        match self {
            Self::Access(claims) => &claims.session_id,
            Self::Refresh { session_id, .. } => session_id,
        }
    }
}

/// The token that `text` truly is. To know a session's id is not to have a token of it.
pub(super) async fn read<U: Account>(
    auth: &Auth<U>,
    text: &str,
) -> Result<Option<Token>, NotGranted> {
    let Some(refresh) = RefreshToken::parse(text) else {
        let verified = auth.verifier().verify(text, auth.now().as_second());
        return Ok(verified.ok().map(Token::Access));
    };
    let Some(sessions) = auth.sessions() else {
        return Ok(None);
    };
    let family = sessions.find_family(refresh.session()).await?;
    let family = family.filter(|family| family.shared == refresh.family_digest());
    Ok(family.map(|family| Token::Refresh {
        session_id: refresh.session().to_owned(),
        is_present: family.present == refresh.digest(),
    }))
}

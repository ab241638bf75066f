//! What may be sent to `POST /token`, described for the document.

use aide::openapi::RequestBody;
use schemars::json_schema;
use serde_json::{Value, json};

use crate::auth::Auth;
use crate::client::GrantType;
use crate::scheme::{body_of, form_body};
use crate::user::Account;

/// The form, as far as its grants are offered here.
pub(super) fn token_body<U: Account>(auth: &Auth<U>) -> RequestBody {
    let strict = auth.settings().strict;
    let offered = GrantType::ALL.into_iter();
    let offered: Vec<_> = offered.filter(|grant| auth.offers(*grant)).collect();
    if offered == [GrantType::Password] {
        return form_body(strict);
    }
    let names: Vec<_> = offered.iter().map(|grant| grant.name()).collect();
    let one_of: Vec<_> = offered.iter().map(|grant| asks(*grant, strict)).collect();
    body_of(json_schema!({
        "title": "TokenRequest",
        "type": "object",
        "properties": {
            "grant_type": { "type": "string", "enum": names },
            "username": { "type": "string", "minLength": 1 },
            "password": { "type": "string", "format": "password", "minLength": 1 },
            "refresh_token": { "type": "string", "minLength": 1 },
            "scope": { "type": "string", "default": "" },
            "client_id": { "type": "string" },
            "client_secret": { "type": "string", "format": "password" },
        },
        "anyOf": one_of,
    }))
}

/// What a grant asks for.
fn asks(grant: GrantType, strict: bool) -> Value {
    let fields: &[&str] = match grant {
        GrantType::Password if !strict => &["username", "password"],
        GrantType::Password => &["grant_type", "username", "password"],
        GrantType::RefreshToken => &["grant_type", "refresh_token"],
        GrantType::ClientCredentials => &["grant_type"],
    };
    json!({
        "title": grant.name(),
        "required": fields,
        "properties": { "grant_type": { "const": grant.name() } },
    })
}

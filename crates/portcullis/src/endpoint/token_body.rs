//! What may be sent to `POST /token`, described for the document.

use aide::openapi::RequestBody;
use schemars::json_schema;
use serde_json::{Map, Value, json};

use super::token_question::client_fields;
use crate::auth::Auth;
use crate::client::GrantType;
use crate::scheme::{body_of, form_body, login_fields};
use crate::user::Account;

/// The form, as far as its grants are offered here.
pub(super) fn token_body<U: Account>(auth: &Auth<U>) -> RequestBody {
    let strict = auth.settings().strict;
    let offered = GrantType::ALL.into_iter();
    let offered: Vec<_> = offered.filter(|grant| auth.offers(*grant)).collect();
    if offered == [GrantType::Password] {
        return form_body(strict);
    }
    let one_of: Vec<_> = offered.iter().map(|grant| asks(*grant, strict)).collect();
    body_of(json_schema!({
        "title": "TokenRequest",
        "type": "object",
        "properties": properties(&offered, strict),
        "anyOf": one_of,
    }))
}

/// What the grants that are offered look at.
fn properties(offered: &[GrantType], strict: bool) -> Map<String, Value> {
    let names: Vec<_> = offered.iter().map(|grant| grant.name()).collect();
    let has_default = !strict && offered.contains(&GrantType::Password);
    let about = if has_default {
        "What the token is asked for with. Left out: `password`."
    } else {
        "What the token is asked for with."
    };
    let [username, password, scope] = login_fields();
    let mut all = Map::new();
    let mut add = |name: &str, schema| all.insert(name.to_owned(), schema);
    add(
        "grant_type",
        json!({ "type": "string", "enum": names, "description": about }),
    );
    if offered.contains(&GrantType::Password) {
        add("username", username);
        add("password", password);
    }
    if offered.contains(&GrantType::RefreshToken) {
        add(
            "refresh_token",
            json!({
                "type": "string",
                "minLength": 1,
                "description": "The newest refresh token: that of the last answer.",
            }),
        );
    }
    add("scope", scope);
    for (name, schema) in client_fields() {
        add(name, schema);
    }
    all
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

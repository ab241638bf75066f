//! Every kind of credential and token, and what looks like one.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use portcullis::client::{ClientId, SecretDigest};
use portcullis::store::UserSource;
use portcullis::token::{RefreshToken, SigningKey, TokenDigest};
use portcullis::user::Username;
use serde_json::{Value, json};

use super::forge::{Forge, unsigned, with};
use super::world::{OTHER_PASSWORD, World};
use crate::fixture::{NOW, part};

pub(super) type Kinds = Vec<(&'static str, String)>;

/// In the order of the table.
pub(super) async fn kinds(world: &World) -> Kinds {
    let mut kinds = access_tokens(world);
    kinds.extend(other_jwts(world));
    kinds.extend(refresh_tokens(world));
    kinds.extend(names(world));
    kinds.extend(stored(world).await);
    kinds.extend(clients(world));
    kinds.extend(keys(world));
    kinds.push(("nothing but a letter", "A".to_owned()));
    kinds
}

fn access_tokens(world: &World) -> Kinds {
    let (header, claims) = (part(&world.main.access, 0), part(&world.main.access, 1));
    let claiming =
        |name: &str, value: Value| world.forge.sign(&header, &with(&claims, name, value));
    let another = SigningKey::generate().unwrap();
    let kid = json!(another.public().kid());
    let forger = Forge::of(&another);
    vec![
        ("access token", world.main.access.clone()),
        ("access token, typ with its prefix", {
            let typ = json!("application/at+jwt");
            world.forge.sign(&with(&header, "typ", typ), &claims)
        }),
        ("access token, expired", claiming("exp", json!(NOW))),
        (
            "access token of an ended session",
            world.ended.access.clone(),
        ),
        (
            "access token from before the password changed",
            world.outdated.access.clone(),
        ),
        ("access token of a user who is gone", claiming_nobody(world)),
        (
            "access token of another issuer",
            claiming("iss", json!("http://127.0.0.1:8001")),
        ),
        (
            "access token for another audience",
            claiming("aud", json!("http://127.0.0.1:8001")),
        ),
        (
            "access token under another key",
            forger.sign(&header, &claims),
        ),
        ("access token under another key of its own kid", {
            forger.sign(&with(&header, "kid", kid), &claims)
        }),
        ("access token without a signature", {
            unsigned(&with(&header, "alg", json!("none")), &claims) + "."
        }),
    ]
}

/// Its user and its session are nobody's.
fn claiming_nobody(world: &World) -> String {
    let (header, claims) = (part(&world.main.access, 0), part(&world.main.access, 1));
    let nobody = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let claims = with(&with(&claims, "sub", nobody.clone()), "sid", nobody);
    world.forge.sign(&header, &claims)
}

fn other_jwts(world: &World) -> Kinds {
    let (header, claims) = (part(&world.main.access, 0), part(&world.main.access, 1));
    let typed = |typ: Value| world.forge.sign(&with(&header, "typ", typ), &claims);
    vec![
        ("JWT of our key, typ JWT", typed(json!("JWT"))),
        ("JWT of our key, typ id+jwt", typed(json!("id+jwt"))),
        ("JWT of our key, typ logout+jwt", typed(json!("logout+jwt"))),
        (
            "JWT of our key, typ secevent+jwt",
            typed(json!("secevent+jwt")),
        ),
        ("JWT of our key, typ rt+jwt", typed(json!("rt+jwt"))),
        ("JWT of our key, no typ", typed(json!(null))),
    ]
}

fn refresh_tokens(world: &World) -> Kinds {
    vec![
        ("refresh token", world.main.refresh.clone()),
        (
            "refresh token, spent, its successor unused",
            world.just_spent.clone(),
        ),
        ("refresh token, spent", world.spent.clone()),
        (
            "refresh token of an ended session",
            world.ended.refresh.clone(),
        ),
        (
            "refresh token from before the password changed",
            world.outdated.refresh.clone(),
        ),
    ]
}

fn names(world: &World) -> Kinds {
    let token = RefreshToken::parse(&world.main.refresh).unwrap();
    let mut digests = token.family_digest().as_bytes()[..16].to_vec();
    digests.extend(token.digest().as_bytes());
    let digests = URL_SAFE_NO_PAD.encode(digests);
    vec![
        ("session id", world.main.claim("sid")),
        ("session id of another user", world.other_user.claim("sid")),
        // Well-formed, and all of it is in the database.
        (
            "session id and the digests of its token",
            world.main.claim("sid") + &digests,
        ),
        ("token id", world.main.claim("jti")),
        ("user id", world.main.claim("sub")),
        ("username", "johndoe".to_owned()),
        ("username of another user", "other".to_owned()),
        ("password", "secret".to_owned()),
        ("password of another user", OTHER_PASSWORD.to_owned()),
    ]
}

async fn stored(world: &World) -> Kinds {
    let johndoe = Username::parse("johndoe").unwrap();
    let found = world.house.store.find_by_username(&johndoe).await.unwrap();
    let hash = found.unwrap().hashed_password.unwrap();
    let token = RefreshToken::parse(&world.main.refresh).unwrap();
    let text = |digest: TokenDigest| URL_SAFE_NO_PAD.encode(digest.as_bytes());
    vec![
        ("password hash", hash.as_str().to_owned()),
        ("digest of a refresh token", text(token.digest())),
        ("digest of a family", text(token.family_digest())),
    ]
}

fn clients(world: &World) -> Kinds {
    let clients = &world.clients;
    let digest = SecretDigest::of(&clients.secret);
    vec![
        ("access token of a client", clients.token.clone()),
        (
            "access token through another client",
            clients.login.access.clone(),
        ),
        (
            "refresh token through another client",
            clients.login.refresh.clone(),
        ),
        ("client id, built in", ClientId::FIRST_PARTY.to_owned()),
        ("client id, public", clients.public_id.clone()),
        ("client id, confidential", clients.id.clone()),
        ("client's name", "service".to_owned()),
        ("client secret", clients.secret.clone()),
        (
            "client secret, exchanged a moment ago",
            clients.previous.clone(),
        ),
        ("client secret, exchanged twice", clients.forgotten.clone()),
        (
            "client secret of another client",
            clients.other_secret.clone(),
        ),
        (
            "digest of a client secret",
            URL_SAFE_NO_PAD.encode(digest.as_bytes()),
        ),
    ]
}

fn keys(world: &World) -> Kinds {
    let public = world.key.public();
    let private = world.key.to_pkcs8().unwrap();
    let jwk = serde_json::to_string(&public.to_jwk()).unwrap();
    vec![
        ("key id", public.kid().to_owned()),
        ("public key", jwk),
        ("private key", STANDARD.encode(&*private)),
        ("sealed key", STANDARD.encode(&world.sealed.sealed)),
        ("key-encryption key", world.sealing.to_base64().to_string()),
    ]
}

//! A token a little shorter, a little longer, or in other letters: refused everywhere, and a mistake
//! of this kind signs nobody out.

use super::places::{PLACES, Place, accepted};
use super::world::{JOHN, World, login};

/// Characters before the secrets of a refresh token: its session's id.
const SESSION: usize = 22;
/// Characters that the secret of the family fills; the next one it shares with the token's own.
const FAMILY: usize = 21;

const BASE64URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Every prefix but the empty one, which is no value at all.
fn prefixes(token: &str) -> Vec<String> {
    (1..token.len())
        .map(|end| token[..end].to_owned())
        .collect()
}

fn suffixes(token: &str) -> Vec<String> {
    (1..token.len())
        .map(|start| token[start..].to_owned())
        .collect()
}

/// Something more behind it, and before it.
fn extensions(token: &str, another: &str) -> Vec<String> {
    let letters = BASE64URL.chars().map(String::from);
    let signs = [
        "=", "==", ".", "..", " ", "\0", "\t", "\n", "\r\n", "+", "/", "~", ",", ";", ":", "%",
        "\u{e9}", "\u{200b}", "AA", "AAAA", ".AAAA", "\"", "'",
    ];
    let more = letters.chain(signs.map(str::to_owned));
    let joined = ["", ".", ",", " ", "\n"]
        .into_iter()
        .flat_map(|between| [token, another].map(|second| format!("{between}{second}")));
    let behind: Vec<_> = more.chain(joined).collect();
    let before = behind.iter().map(|more| format!("{more}{token}"));
    let both = behind.iter().map(|more| format!("{token}{more}"));
    // A token joined with itself is the same either way.
    before.chain(both).collect()
}

/// The letter at `index` in its other case.
fn in_other_case(token: &str, index: usize) -> Option<String> {
    let letter = token[index..].chars().next()?;
    let other = match letter {
        'a'..='z' => letter.to_ascii_uppercase(),
        'A'..='Z' => letter.to_ascii_lowercase(),
        _ => return None,
    };
    Some(format!("{}{other}{}", &token[..index], &token[index + 1..]))
}

/// Whether the value is, at this place, none but something that is accepted there: blanks around a
/// credential in a header are none of it (RFC 9110 §5.5, §11.4), and a refresh token begins with its
/// session's id.
fn is_no_miss(place: Place, value: &str, token: &str) -> bool {
    (place.ends_with(" bearer") && value.trim_matches([' ', '\t']) == token)
        || (place.ends_with(" path") && token.get(..SESSION) == Some(value))
}

/// Presents each value everywhere. All is refused, and the session goes on.
async fn harms_nobody(world: &World, token: &str, values: &[String]) {
    for place in PLACES {
        for value in values {
            if is_no_miss(place, value, token) {
                continue;
            }
            let accepted = accepted(world, place, value).await;
            assert_ne!(accepted, Some(true), "{place}: {value:?}");
        }
        assert!(world.is_main_alive().await, "{place}");
        assert!(world.are_others_alive(place).await, "{place}");
    }
    world.renews("every near miss").await;
}

#[tokio::test]
async fn every_prefix_of_an_access_token() {
    let world = World::new().await;
    let token = &world.main.access;
    let values = [prefixes(token), suffixes(token)].concat();
    assert!(values.len() > 600);
    harms_nobody(&world, token, &values).await;
}

#[tokio::test]
async fn every_extension_of_an_access_token() {
    let world = World::new().await;
    let token = &world.main.access;
    harms_nobody(&world, token, &extensions(token, &world.main.refresh)).await;
    harms_nobody(
        &World::new().await,
        token,
        &extensions(token, &world.asking.access),
    )
    .await;
}

#[tokio::test]
async fn an_access_token_in_other_letters() {
    let world = World::new().await;
    let token = &world.main.access;
    let mut values: Vec<_> = (0..token.len())
        .filter_map(|at| in_other_case(token, at))
        .collect();
    assert!(values.len() > 400);
    values.extend([token.to_uppercase(), token.to_lowercase()]);
    harms_nobody(&world, token, &values).await;
}

#[tokio::test]
async fn every_prefix_of_a_refresh_token() {
    let world = World::new().await;
    let mut values = Vec::new();
    for token in [&world.main.refresh, &world.spent, &world.just_spent] {
        values.extend(prefixes(token));
        values.extend(suffixes(token));
    }
    assert_eq!(values.len(), 3 * 2 * 85);
    harms_nobody(&world, &world.main.refresh, &values).await;
}

#[tokio::test]
async fn every_extension_of_a_refresh_token() {
    let world = World::new().await;
    let token = &world.main.refresh;
    harms_nobody(&world, token, &extensions(token, &world.spent)).await;
}

/// Without the family's secret, what looks like a token of the session is none.
#[tokio::test]
async fn a_refresh_token_of_another_session_or_family_in_other_letters() {
    let world = World::new().await;
    let token = &world.main.refresh;
    let mut values: Vec<_> = (0..SESSION + FAMILY)
        .filter_map(|at| in_other_case(token, at))
        .collect();
    values.extend([token.to_uppercase(), token.to_lowercase()]);
    assert!(values.len() > 20);
    harms_nobody(&world, token, &values).await;
}

/// Who has the family's secret has had a token of the session: that is what makes a replay, whatever
/// stands behind it (decision 0015).
#[tokio::test]
async fn a_refresh_token_whose_own_secret_is_in_other_letters_is_a_replay() {
    let world = World::new().await;
    let mut seen = 0;
    for place in ["POST /token refresh_token", "POST /revoke token"] {
        for at in SESSION + FAMILY + 1..86 {
            let one = login(&world.app, JOHN).await;
            let Some(value) = in_other_case(&one.refresh, at) else {
                continue;
            };
            assert_eq!(
                accepted(&world, place, &value).await,
                Some(false),
                "{value:?}"
            );
            assert!(!world.is_alive(&one).await, "{place}: {value:?}");
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
    assert!(world.is_main_alive().await);
}

#[tokio::test]
async fn a_client_secret_shorter_longer_or_in_other_letters() {
    let world = World::new().await;
    let secret = &world.clients.secret;
    let mut values = [prefixes(secret), suffixes(secret)].concat();
    values.extend(extensions(secret, &world.clients.previous));
    values.extend((0..secret.len()).filter_map(|at| in_other_case(secret, at)));
    assert!(values.len() > 250);
    harms_nobody(&world, secret, &values).await;
}

/// An empty value is absent: nothing is tried.
#[tokio::test]
async fn an_empty_token() {
    let world = World::new().await;
    for (place, status, error) in [
        ("GET /users/me bearer", 401, "not_authenticated"),
        ("GET /users/me/sessions bearer", 401, "not_authenticated"),
        ("DELETE /users/me/sessions bearer", 401, "not_authenticated"),
        (
            "DELETE /users/me/sessions/{id} bearer",
            401,
            "not_authenticated",
        ),
        ("POST /token username", 400, "invalid_request"),
        ("POST /token password", 400, "invalid_request"),
        ("POST /token refresh_token", 400, "invalid_request"),
        ("POST /revoke token", 400, "invalid_request"),
        ("POST /introspect token", 400, "invalid_request"),
        ("POST /token client_secret", 401, "invalid_client"),
        ("POST /revoke client_secret", 401, "invalid_client"),
        ("POST /introspect client_secret", 401, "invalid_client"),
        ("POST /token Basic secret", 401, "invalid_client"),
        ("POST /revoke Basic secret", 401, "invalid_client"),
        ("POST /introspect Basic secret", 401, "invalid_client"),
    ] {
        let request = super::request(&world, place, "").unwrap();
        let answer = crate::fixture::send(&world.app, request).await;
        let (seen, code, _) = answer.refusal();
        assert_eq!((seen, &*code), (status, error), "{place}");
    }
    assert!(world.is_main_alive().await);
}

/// What the others are held against: whole, each token is accepted.
#[tokio::test]
async fn the_tokens_themselves() {
    for place in PLACES {
        for access in [true, false] {
            let world = World::new().await;
            let token = if access {
                &world.main.access
            } else {
                &world.main.refresh
            };
            let opens = ["POST /revoke token", "POST /introspect token"].contains(&place)
                || if access {
                    place.ends_with(" bearer")
                } else {
                    place.ends_with(" refresh_token")
                };
            assert_eq!(accepted(&world, place, token).await, Some(opens), "{place}");
        }
    }
}

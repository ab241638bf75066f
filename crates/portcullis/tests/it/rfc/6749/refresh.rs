//! Renewal (RFC 6749 §6, RFC 9700 §4.14): rows R.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis::scope::Scopes;
use portcullis::secret::Password;

use crate::fixture::{FORM, House, post, send};
use crate::rfc::dialogue::{
    LOGIN, app, ask, claims, is_revoked, is_spent, me, refresh, text, tokens,
};
use crate::rfc::listening;

#[tokio::test]
async fn s6_what_was_granted_never_grows() {
    let house = House::new().await;
    let narrow = tokens(&house, &format!("{LOGIN}&scope=items:read")).await;
    let next = tokens(&house, &refresh(&narrow)).await;
    assert_eq!(next["scope"], "items:read");
    // The user has the second; nobody has the third.
    for wider in [
        "users:read",
        "items:read+users:read",
        "items:read+items:write",
    ] {
        let answer = ask(&house, &format!("{}&scope={wider}", refresh(&next))).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_scope".into(), None),
            "{wider}"
        );
    }
    // What was refused has cost nothing.
    let next = tokens(&house, &refresh(&next)).await;
    // What the user is given later is not in it,
    let (write, none) = (Scopes::parse("items:write").unwrap(), Scopes::none());
    let all = house.administration();
    all.change_scopes("johndoe", &write, &none).await.unwrap();
    let next = tokens(&house, &refresh(&next)).await;
    assert_eq!(next["scope"], "items:read");
    // and what is taken away ends the session.
    let read = Scopes::parse("items:read").unwrap();
    all.change_scopes("johndoe", &none, &read).await.unwrap();
    is_spent(&house, &refresh(&next)).await;
}

#[tokio::test]
async fn s6_without_scope_what_was_granted() {
    let house = House::new().await;
    for (asked, granted) in [
        ("", "items:read users:read"),
        ("&scope=users:read", "users:read"),
    ] {
        let first = tokens(&house, &format!("{LOGIN}{asked}")).await;
        for empty in ["", "&scope="] {
            let next = tokens(&house, &format!("{}{empty}", refresh(&first))).await;
            assert_eq!(next["scope"], granted);
            assert_eq!(claims(&next)["scope"], granted);
        }
    }
}

#[tokio::test]
async fn s6_narrower_is_for_once() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let narrow = tokens(&house, &format!("{}&scope=items:read", refresh(&first))).await;
    assert_eq!(narrow["scope"], "items:read");
    assert_eq!(claims(&narrow)["scope"], "items:read");
    let full = tokens(&house, &refresh(&narrow)).await;
    assert_eq!(full["scope"], "items:read users:read");
}

#[tokio::test]
async fn rfc_9700_s4_14_2_every_use_makes_a_new_token() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let second = tokens(&house, &refresh(&first)).await;
    let third = tokens(&house, &refresh(&second)).await;
    let all = [&first, &second, &third].map(|issued| text(issued, "refresh_token"));
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
    for issued in [&first, &second, &third] {
        assert_eq!(
            me(&house, issued).await,
            200,
            "access tokens live out their time"
        );
    }
}

#[tokio::test]
async fn rfc_9700_s4_14_2_a_replay_ends_the_family() {
    for late in [true, false] {
        let house = House::new().await;
        let (first, other) = (tokens(&house, LOGIN).await, tokens(&house, LOGIN).await);
        let second = tokens(&house, &refresh(&first)).await;
        let newest = if late {
            house.clock.advance(31);
            second
        } else {
            tokens(&house, &refresh(&second)).await
        };
        assert_eq!(me(&house, &newest).await, 200);
        is_spent(&house, &refresh(&first)).await;
        // The whole family is revoked, the access tokens with it.
        is_spent(&house, &refresh(&newest)).await;
        assert_eq!(me(&house, &newest).await, 401, "late: {late}");
        assert_eq!(me(&house, &first).await, 401, "late: {late}");
        // And no other login of the same user.
        assert_eq!(me(&house, &other).await, 200);
        tokens(&house, &refresh(&other)).await;
    }
}

#[tokio::test]
async fn rfc_9700_s4_14_2_an_idle_session_ends() {
    const DAY: i64 = 24 * 60 * 60;
    let house = House::new().await;
    let idle = tokens(&house, LOGIN).await;
    house.clock.advance(7 * DAY - 1);
    let used = tokens(&house, &refresh(&idle)).await;
    house.clock.advance(7 * DAY);
    is_spent(&house, &refresh(&used)).await;

    // However often it is used, it ends after thirty days.
    let mut used = tokens(&house, LOGIN).await;
    for _ in 0..5 {
        house.clock.advance(6 * DAY - 1);
        used = tokens(&house, &refresh(&used)).await;
    }
    house.clock.advance(5);
    is_spent(&house, &refresh(&used)).await;
}

#[tokio::test]
async fn rfc_9700_s4_14_2_what_ends_tokens_ends_refresh_tokens() {
    for change in ["password", "disabled", "a scope less", "deleted", "revoked"] {
        let house = House::new().await;
        let issued = tokens(&house, LOGIN).await;
        let all = house.administration();
        match change {
            "password" => {
                let password = Password::new("another");
                all.set_password("johndoe", &password).await.unwrap();
            }
            "disabled" => {
                all.set_disabled("johndoe", true).await.unwrap();
            }
            "a scope less" => {
                let (none, less) = (Scopes::none(), Scopes::parse("items:read").unwrap());
                all.change_scopes("johndoe", &none, &less).await.unwrap();
            }
            "deleted" => {
                all.delete("johndoe").await.unwrap();
            }
            _ => {
                let form = format!("token={}", text(&issued, "access_token"));
                is_revoked(&house, &form).await;
            }
        }
        is_spent(&house, &refresh(&issued)).await;
        assert_eq!(me(&house, &issued).await, 401, "{change}");
    }
}

#[tokio::test]
async fn s6_the_audience_stays() {
    let house = House::built(|auth| auth.audience("https://api.example.com")).await;
    let mut issued = tokens(&house, LOGIN).await;
    for more in [
        "resource=https://other.example.com",
        "audience=https://other.example.com",
        "aud=https://other.example.com",
    ] {
        issued = tokens(&house, &format!("{}&{more}", refresh(&issued))).await;
        assert_eq!(claims(&issued)["aud"], "https://api.example.com", "{more}");
    }
}

#[tokio::test]
async fn s10_10_a_token_is_256_bits_and_exact() {
    let house = House::new().await;
    let issued = tokens(&house, LOGIN).await;
    let token = text(&issued, "refresh_token");
    let (session, secrets) = token.split_at(22);
    assert_eq!(secrets.len(), 64, "16 bytes of the family, 32 of the token");
    let mut wrong = vec![
        "nonsense".to_owned(),
        text(&issued, "access_token").to_owned(),
        format!("{session}{}", "A".repeat(64)),
        format!("{}{secrets}", "A".repeat(22)),
    ];
    wrong.extend((0..token.len()).map(|end| token[..end].to_owned()).skip(1));
    wrong.extend(
        ["A", "=", "%00", "+", "%20", ".", "%0A", "AAAA"].map(|more| format!("{token}{more}")),
    );
    wrong.push(format!("+{token}"));
    for wrong in wrong {
        let form = format!("grant_type=refresh_token&refresh_token={wrong}");
        is_spent(&house, &form).await;
    }
    let address = format!("/token?refresh_token={token}");
    let request = post(&address, &[FORM], "grant_type=refresh_token");
    let in_address = send(&app(&house), request).await;
    assert_eq!(in_address.json()["error"], "invalid_request");
    // Nothing of that has ended the session.
    tokens(&house, &refresh(&issued)).await;
}

#[tokio::test]
async fn s10_10_the_store_hears_of_digests_alone() {
    let (house, told) = listening::house().await;
    let first = tokens(&house, LOGIN).await;
    let second = tokens(&house, &refresh(&first)).await;
    let told = told.lock().unwrap().clone();
    let is_told = |bytes: &[u8]| told.windows(bytes.len()).any(|window| window == bytes);
    for issued in [&first, &second] {
        let (id, secrets) = text(issued, "refresh_token").split_at(22);
        assert!(is_told(id.as_bytes()), "the session's id is no secret");
        let bytes = URL_SAFE_NO_PAD.decode(secrets).unwrap();
        // The family's secret and the token's, in the raw and as they are sent.
        for part in [&bytes[..16], &bytes[16..32], &bytes[32..]] {
            assert!(!is_told(part));
        }
        for part in [&secrets[..21], &secrets[22..42], &secrets[43..]] {
            assert!(!is_told(part.as_bytes()));
        }
    }
}

#[tokio::test]
async fn rfc_9700_s4_14_2_a_retry_gets_the_same_successor() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let lost = tokens(&house, &refresh(&first)).await;
    house.clock.advance(30);
    let again = tokens(&house, &refresh(&first)).await;
    assert_eq!(lost["refresh_token"], again["refresh_token"]);
    assert_ne!(lost["access_token"], again["access_token"]);
    assert_eq!(me(&house, &again).await, 200);
    // The successor is used as if nothing had happened; from then on a retry is a replay.
    let next = tokens(&house, &refresh(&again)).await;
    is_spent(&house, &refresh(&first)).await;
    assert_eq!(me(&house, &next).await, 401);
}

/// A clock was set back, or another node's is ahead: nobody gets more than the time to retry.
#[tokio::test]
async fn rfc_9700_s4_14_2_a_clock_set_back_gives_no_more_time() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    house.clock.advance(3_600);
    let second = tokens(&house, &refresh(&first)).await;
    house.clock.advance(-31);
    is_spent(&house, &refresh(&first)).await;
    house.clock.advance(1);
    let again = tokens(&house, &refresh(&first)).await;
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    // Nothing of it has ended the session, for nobody knows that it was late.
    tokens(&house, &refresh(&second)).await;
}

#[tokio::test]
async fn rfc_9700_s4_14_2_a_replay_is_seen_whatever_it_asks_for() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let second = tokens(&house, &refresh(&first)).await;
    let third = tokens(&house, &refresh(&second)).await;
    is_spent(&house, &format!("{}&scope=items:write", refresh(&first))).await;
    is_spent(&house, &refresh(&third)).await;
    assert_eq!(me(&house, &third).await, 401, "the session is ended");
}

/// Every access token shows the session's id. It must not tell what the session may do.
#[tokio::test]
async fn s10_10_who_has_only_the_id_learns_nothing() {
    let house = House::new().await;
    let issued = tokens(&house, LOGIN).await;
    let session = &text(&issued, "refresh_token")[..22];
    let feigned = format!("{session}{}", "A".repeat(64));
    for scope in ["items:read", "items:write"] {
        let form = format!("grant_type=refresh_token&refresh_token={feigned}&scope={scope}");
        is_spent(&house, &form).await;
    }
    assert_eq!(me(&house, &issued).await, 200);
}

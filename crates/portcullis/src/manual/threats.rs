//! What is attacked, and what is done about it today.
//!
//! # Passwords
//!
//! | attack | answer |
//! |---|---|
//! | the table is stolen | Argon2id, 19 MiB, two passes, a salt of 128 bits each ([`Hasher`](crate::password::Hasher)); older hashes are replaced at the next login |
//! | which names exist? | a wrong password and an unknown name get the same bytes, after the same look-up and the same hash. While some hashes were made elsewhere, with other parameters, all refusals end when the slowest of them would have ([`Auth::refresh_floor`](crate::Auth::refresh_floor)). While everybody may register, a taken username is told: let people in by invitation where that matters |
//! | who has an account at this address? | recovery, verification and registration write the same row, and look no address up; the worker finds out whom a mail is for, after the answer ([`Auth::deliver`](crate::Auth::deliver)) |
//! | a flood of logins | a bounded queue before a few threads ([`HashingPool`](crate::account::HashingPool)); the excess is `503` with `Retry-After`, and everything else is answered meanwhile |
//! | a password of a megabyte | more than 1,024 bytes are refused before hashing |
//! | a stored hash that asks for minutes or gigabytes | its cost is looked at before it is tried, and a hash beyond the bounds is a refused login |
//! | a password in a log | [`Password`](crate::secret::Password) prints as `…`; credentials in the address are refused, because addresses are logged |
//! | the hash in an answer | [`User`](crate::User) has no such member |
//! | `JohnDoe` beside `johndoe`, invisible letters | names are unique in canonical form ([`Username`](crate::user::Username)) |
//!
//! ```
//! use portcullis::secret::Password;
//! use portcullis::user::Username;
//!
//! assert_eq!(format!("{:?}", Password::new("secret")), "…");
//! assert_eq!(Username::parse("ＪohnDoe")?.canonical(), "johndoe");
//! assert!(Username::parse("admin\u{200b}").is_err());
//! # Ok::<(), portcullis::user::InvalidUsername>(())
//! ```
//!
//! # Tokens
//!
//! | attack | answer |
//! |---|---|
//! | `alg: none`, `alg: HS256` with the public key | the key says for which one algorithm it is; the header must name that, letter by letter |
//! | a header that brings its own key or rules (`jwk`, `jku`, `x5c`, `crit`, `b64`, `zip`) | a header has `typ`, `alg` and `kid`, and nothing else |
//! | a token for another API, from another issuer, of another kind | `aud`, `iss` and `typ` are required, and compared whole |
//! | one token that two readers read differently | repeated members, wrong types, spare bits and padding are refused |
//! | a huge or deep token | more than 8 KiB are refused before anything is parsed |
//! | a token after its time | `exp` is asked on every request, of remembered tokens too, without leeway |
//! | a token after its user changed | every token carries the user's [`Epoch`](crate::token::Epoch); a new password or a disabled account makes every earlier one `401` at the next request (within a millisecond where another process wrote to an SQLite file) |
//! | a scope that was taken away | asked of the token *and* of the user |
//! | the signing key in a copy of the database | it lies there only sealed ([`SealingKey`](crate::token::SealingKey)) |
//! | a signing key that somebody else may know | [`StoredKeys::retire`](crate::auth::StoredKeys::retire), `portcullis key retire`: what it signed is refused at once, remembered or not |
//!
//! ```
//! use portcullis::token::{SigningKey, TokenVerifier};
//!
//! let key = SigningKey::generate()?;
//! let verifier = TokenVerifier::new(vec![key.public().clone()], "https://a".into(), "https://a".into());
//! // {"alg":"none"} . {"sub":"admin"} .
//! assert!(verifier.verify("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.", 0).is_err());
//! # Ok::<(), portcullis::token::KeyFailed>(())
//! ```
//!
//! # Sessions
//!
//! A session needs its user in the same store
//! ([`AuthBuilder::sessions`](crate::auth::AuthBuilder::sessions)), and is gone with it.
//!
//! | attack | answer |
//! |---|---|
//! | a stolen refresh token | it is good once: whichever of thief and owner comes second presents a spent token (within the time to retry, the same successor, which then one of both presents spent), and the session ends for both |
//! | a refresh token that is replayed | the session ends, with every token of it. A retry is no replay: for 30 s, and only while the successor is unused, the same token gets the same successor |
//! | a token of an ended session | every guard that asks for the user asks for the session: over at the next request, on every node (within a millisecond where another process wrote to an SQLite file) |
//! | a copy of the database | it holds digests of secrets of 256 bits, and for half a minute a salt, of which only the presented token makes the next one. Nothing in it can be presented |
//! | a session's id, which every access token shows | it is no secret: a refresh token is known by its family's secret, and without that changes nothing |
//! | a login begun again and again | a user has at most 200 sessions ([`SESSIONS_PER_USER`](crate::store::SESSIONS_PER_USER)): the one used longest ago ends |
//! | a sign-out while the database is away | `503`, never `200`: who is told that a session ended can rely on it |
//!
//! ```
//! use portcullis::store::{Family, FirstRefresh, Rotated, Rotation};
//! use portcullis::token::{RefreshToken, Salt};
//!
//! let now = jiff::Timestamp::UNIX_EPOCH;
//! let presents = |token: &RefreshToken, salt| Rotation {
//!     session: token.session().to_owned(),
//!     family: token.family_digest(),
//!     presented: token.digest(),
//!     successor: token.successor(&salt).digest(),
//!     salt,
//!     now,
//!     idle_until: now,
//!     retry_since: now,
//! };
//! let stolen = RefreshToken::first("22-character-session-A")?;
//! let (thiefs, next) = (Salt::random()?, Salt::random()?);
//! let kept = FirstRefresh { family: stolen.family_digest(), token: stolen.digest() };
//! let mut family = Family::first(kept);
//! // The thief comes first, and goes on; then the owner comes.
//! assert_eq!(family.rotate(&presents(&stolen, thiefs)), Rotated::Rotated);
//! assert_eq!(family.rotate(&presents(&stolen.successor(&thiefs), next)), Rotated::Rotated);
//! assert_eq!(family.rotate(&presents(&stolen, Salt::random()?)), Rotated::Replayed);
//! # Ok::<(), portcullis::secret::NoRandomness>(())
//! ```
//!
//! [`AccessToken`](crate::AccessToken) alone asks no database: until it expires, it says what it
//! said. Where that is too long, ask for [`ActiveUser`](crate::ActiveUser), or where machines are let in
//! for [`ActiveToken`](crate::ActiveToken).
//!
//! # Clients
//!
//! | attack | answer |
//! |---|---|
//! | a client's own token where a user is asked for | its subject is the client's identifier, which no user has ([`Claims::is_of_client`](crate::token::Claims::is_of_client)): refused before anybody is looked up |
//! | a user whose subject, in a table of your own, is a client's identifier | cannot sign in, and the log says why |
//! | another client's refresh token | refused, and it stays as it is: whoever presents it does not own it |
//! | another client's token at `/revoke` | answered like any, and it lives on |
//! | a client secret in a copy of the database | a digest of 256 random bits |
//! | a client secret that others may know | replaced, at once where asked for ([`ClientAdministration::rotate_secret`](crate::account::ClientAdministration::rotate_secret)) |
//! | a client that wants more than it may | granted is what is asked for, the user has and the client may |
//! | a client with the grant `password` that wants more than it may | its limits hold for its tokens, and for who steals them. But whoever is told a password can also come as the built-in client: give that grant to programs of your own |
//! | asking what tokens are worth, to find one | only clients with the right may; of what is worth nothing, nothing is told |
//! | a refresh token taken for proof by an API that asks | `token_type` tells it apart; an API must look at it |
//!
//! ```
//! use portcullis::client::{ClientSecret, ClientSecrets};
//!
//! let (old, new) = (ClientSecret::random()?, ClientSecret::random()?);
//! let now = jiff::Timestamp::UNIX_EPOCH;
//! let leaked = ClientSecrets::first(old.digest()).rotated(new.digest(), now);
//! assert!(!leaked.accept(old.expose(), now) && leaked.accept(new.expose(), now));
//! # Ok::<(), portcullis::secret::NoRandomness>(())
//! ```
//!
//! # Requests
//!
//! | attack | answer |
//! |---|---|
//! | a parameter or the `Authorization` header twice, for two programs that each read another one | `400` |
//! | a body that is not UTF-8, so that two passwords become one | `400` |
//! | a body of 10 MB, or one that never ends | 64 KiB, and ten seconds |
//! | a credential that is bad, where it is optional | refused, not taken for absent |
//! | a cache that keeps a token or an account | `Cache-Control: no-store` |
//! | what was sent, back in an error | no refusal echoes anything |
//! | a script in `/docs` | nothing inline and nothing from elsewhere, by Content-Security-Policy |
//!
//! # What is not done
//!
//! - Logins are not throttled for each name: put a limit before `POST /token` where it is reachable
//!   from the outside.
//! - A guard that reads the claims alone ([`AccessToken`](crate::AccessToken)) does not see that a session
//!   was ended, until the token expires.
//! - Transport is yours: without TLS, passwords and tokens can be read on the way.
//! - A bearer token opens the door to whoever holds it. Keep it out of storage that scripts can read.

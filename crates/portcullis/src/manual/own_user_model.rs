//! Users that lie in a table of yours, with columns of your own.
//!
//! Two small traits, and every extractor takes your type: [`Account`](crate::user::Account) says
//! what must be known of a user, [`UserSource`](crate::store::UserSource) finds one. Then write
//! `ActiveUser<Member>` for `ActiveUser`, and mount [`token_router`](crate::token_router).
//!
//! This is `examples/own_user_model/members.rs`, with an array in the place of a database:
//!
//! ```no_run
#![doc = include_str!("../../examples/own_user_model/members.rs")]
//! ```
//!
//! And `main.rs` beside it, which is a program like any other:
//!
//! ```text
#![doc = include_str!("../../examples/own_user_model/main.rs")]
//! ```
//!
//! # The four questions of `Account`
//!
//! | question | answer it with |
//! |---|---|
//! | [`subject`](crate::user::Account::subject) | the primary key: it is in every token, and must never be given to somebody else |
//! | [`is_active`](crate::user::Account::is_active) | whatever locks a user out of everything |
//! | [`scopes`](crate::user::Account::scopes) | what the user may be granted; asked on every request, so a scope that is taken away stops working at once |
//! | [`epoch`](crate::user::Account::epoch) | a number that changes when every earlier token must die |
//!
//! Without a column for the epoch, a fingerprint of the hash and the active flag does it:
//!
//! ```
//! use portcullis::token::Epoch;
//!
//! let epoch = |hash: &str, retired: bool| {
//!     Epoch::fingerprint([hash, if retired { "retired" } else { "active" }])
//! };
//! assert_eq!(epoch("$2b$12$old", false), epoch("$2b$12$old", false));
//! assert_ne!(epoch("$2b$12$old", false), epoch("$2b$12$new", false));
//! assert_ne!(epoch("$2b$12$old", false), epoch("$2b$12$old", true));
//! ```
//!
//! A number that only counts up is better: with a fingerprint, a token from before a retirement
//! lives again when the retirement is taken back, until it expires.
//!
//! # Sessions
//!
//! A session needs its user in the same store, so with users of your own the stores of this library
//! refuse to keep sessions: implement [`Sessions`](crate::store::Sessions) beside your table, or do
//! without.
//!
//! # The two questions of `UserSource`
//!
//! [`find_by_username`](crate::store::UserSource::find_by_username) is asked at a login, with the
//! name in canonical form: look it up by a column that holds
//! [`Username::canonical`](crate::user::Username::canonical), and unique.
//! [`find_by_subject`](crate::store::UserSource::find_by_subject) is asked on every protected
//! request: give it an index. An embedded database answers with
//! [`Answer::ready`](crate::store::Answer::ready), one that must be waited for with
//! [`Answer::waiting`](crate::store::Answer::waiting).
//!
//! [`replace_hash`](crate::store::UserSource::replace_hash) may stay as it is: then hashes made
//! elsewhere (bcrypt, other Argon2) verify for ever, at the cost of one more hash at each login. If
//! you implement it, do not make the epoch of the hash: the upgrade would sign its user out.

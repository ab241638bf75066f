//! Step 3: the form of a login, by hand.
//!
//! You want to see what goes over the wire before something does it for you: a form with `username`
//! and `password` goes to `POST /token`, and JSON with `access_token` and `token_type` comes back
//! (RFC 6749 §4.3). The form is [`OAuth2PasswordRequestForm`](crate::OAuth2PasswordRequestForm):
//!
//! ```no_run
#![doc = include_str!("../../../examples/simple_oauth2.rs")]
//! ```
//!
//! # What a client sees
//!
//! `cargo run -p portcullis --example simple_oauth2`:
//!
//! ```console
//! $ curl -d 'username=johndoe&password=secret' http://127.0.0.1:8000/token
//! {"access_token":"johndoe","token_type":"bearer"}
//! $ curl -H 'Authorization: Bearer johndoe' http://127.0.0.1:8000/users/me
//! {"username":"johndoe"}
//! $ curl -i -H 'Authorization: Bearer alice' http://127.0.0.1:8000/users/me
//! HTTP/1.1 400 Bad Request
//! …
//!
//! {"detail":"Inactive user","error":"inactive_user"}
//! $ curl -i -d 'username=johndoe&password=guess' http://127.0.0.1:8000/token
//! HTTP/1.1 400 Bad Request
//! …
//!
//! {"detail":"Incorrect username or password","error":"invalid_grant"}
//! $ curl -i -d 'username=johndoe' http://127.0.0.1:8000/token
//! HTTP/1.1 400 Bad Request
//! …
//!
//! {"detail":"password is missing","error":"invalid_request",…}
//! ```
//!
//! In `/docs`, *Authorize* works now.
//!
//! # What is missing
//!
//! Everything that makes it safe: the hashes are none, whoever knows a name has a token, the token
//! never ends, and how long an answer takes tells which names exist. Do not add it by hand: step 4.
//!
//! # Otherwise than FastAPI
//!
//! - A malformed form is `400` with RFC 6749 §5.2's `error`, which OAuth clients read, and not a `422`
//!   with a list; and no answer repeats what was sent.
//! - The form must be `application/x-www-form-urlencoded`, in UTF-8, each parameter once.
//! - `/users/me` does not show the hash, not even a false one.

//! The tutorial: from a token in a header to users in a database who stay signed in, step by step.
//!
//! The steps are those of FastAPI's security tutorial, so that whoever knows that one knows the way.
//! The programs, the words and some of the answers are ours. Each step is a program in
//! `crates/portcullis/examples` of at most 60 lines of code; the tests drive each over HTTP, and hold every
//! dialogue with `curl` on these pages.
//!
//! | step | what it shows | `cargo run -p portcullis --example` |
//! |---|---|---|
//! | 1. [`first_steps`] | a scheme as an argument | `first_steps` |
//! | 2. [`current_user`] | from the token to the user: a dependency of one's own | `current_user` |
//! | 3. [`simple_oauth2`] | the form of a login, by hand | `simple_oauth2` |
//! | 4. [`jwt`] | the real thing, in fewer lines | `jwt` |
//! | 5. [`scopes`] | what a token may be used for | `scopes` |
//! | 6. [`http_basic`] | a name and a password in every request | `http_basic` |
//! | 7. [`dependencies`] | a module of their own, optional users, whole routers | `dependencies` |
//! | 8. [`sqlite_users`] | users in a database | `sqlite_users`, of `portcullis-sql` |
//! | 9. [`sessions`] | staying signed in, and signing out; clients | `sessions`, of `portcullis-sql` |
//!
//! In a hurry? Step 4 is the product; 1 to 3 show what it does for you.
//!
//! Each program listens at `http://127.0.0.1:8000` and shows its interactive documentation at
//! `/docs`.

pub mod current_user;
pub mod dependencies;
pub mod first_steps;
pub mod http_basic;
pub mod jwt;
pub mod scopes;
pub mod sessions;
pub mod simple_oauth2;
pub mod sqlite_users;

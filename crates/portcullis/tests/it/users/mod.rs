//! `/users/…`.

mod sessions;

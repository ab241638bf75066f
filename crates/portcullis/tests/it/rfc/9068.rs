//! RFC 9068: access tokens as JWTs: rows J.

#[path = "9068/issued.rs"]
mod issued;
#[path = "9068/verified.rs"]
mod verified;

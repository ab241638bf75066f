//! `POST /token` and the public keys, through `portcullis::router()`.

mod client;
mod hashing;
mod keys;
mod metadata;
mod revocation;
mod success;
mod tally;

use axum::Router;
use portcullis::openapi::ApiRouter;

use crate::fixture::House;

const LOGIN: &str = "username=johndoe&password=secret";

fn app(house: &House) -> Router {
    house.app(ApiRouter::new())
}

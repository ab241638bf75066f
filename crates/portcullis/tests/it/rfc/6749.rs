//! RFC 6749: the token endpoint. With the renewal of RFC 9700 §4.14.

#[path = "6749/client.rs"]
mod client;
#[path = "6749/refresh.rs"]
mod refresh;
#[path = "6749/request.rs"]
mod request;
#[path = "6749/response.rs"]
mod response;

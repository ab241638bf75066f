//! RFC 8725: JWTs, and what forgers make of them: rows W. The corpora are in the verifier's own
//! tests; here the same is refused over HTTP.

#[path = "8725/form.rs"]
mod form;
#[path = "8725/key.rs"]
mod key;

//! A user behind HTTP Digest (RFC 7616), checked as a developer would from `HttpDigest`'s parameters.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Mutex;

use aws_lc_rs::digest::{SHA256, digest};
use portcullis::secret::random_id;

const USERNAME: &str = "mufasa";
const PASSWORD: &str = "Circle of \"Life\"";
const REALM: &str = "the \"api\"";

/// Each is good for one call.
static NONCES: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// What `WWW-Authenticate` says: a page must pass over MD5, which it cannot compute.
pub(super) fn challenges() -> [String; 2] {
    let nonce = random_id().unwrap();
    let mut nonces = NONCES.lock().unwrap();
    nonces.get_or_insert_default().insert(nonce.clone());
    let realm = REALM.replace('"', "\\\"");
    ["MD5", "SHA-256"].map(|algorithm| {
        format!(
            "Digest realm=\"{realm}\", qop=\"auth, auth-int\", algorithm={algorithm}, \
             nonce=\"{nonce}\", opaque=\"as is\""
        )
    })
}

/// Is it the answer to a challenge that was given, for this path?
pub(super) fn is_right<'a>(path: &str, parameter: impl Fn(&str) -> Option<&'a str>) -> bool {
    let parameter = |name| parameter(name).unwrap_or_default();
    let hash = |text: String| {
        let digest = digest(&SHA256, text.as_bytes());
        digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        })
    };
    let nonce = parameter("nonce");
    let is_fresh = NONCES
        .lock()
        .unwrap()
        .as_mut()
        .is_some_and(|nonces| nonces.remove(nonce));
    // A proxy may have taken a prefix away.
    let uri = parameter("uri");
    let key = hash(format!("{USERNAME}:{REALM}:{PASSWORD}"));
    let call = hash(format!("GET:{uri}"));
    let (count, cnonce) = (parameter("nc"), parameter("cnonce"));
    let expected = hash(format!("{key}:{nonce}:{count}:{cnonce}:auth:{call}"));
    is_fresh
        && uri.ends_with(path)
        && parameter("username") == USERNAME
        && parameter("algorithm") == "SHA-256"
        && parameter("qop") == "auth"
        && parameter("opaque") == "as is"
        && parameter("response") == expected
}

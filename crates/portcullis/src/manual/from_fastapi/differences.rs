//! Every difference from FastAPI that is meant, by name.
//!
//! `tests/it/fastapi` drives a live FastAPI and Portcullis with the same requests, and fails on a
//! difference that is not in its list. The names here are those of that list.
//!
//! # Promises
//!
//! | name | FastAPI | Portcullis | why |
//! |---|---|---|---|
//! | `empty_bearer_is_not_a_token` | `Authorization: Bearer` is the token `""` to `OAuth2PasswordBearer`, and `"Bearer"` to `OAuth2` | `401`, as without a header | a token has at least one character (RFC 6750 §2.1) |
//! | `schemes_check_that_they_are_meant` | `OAuth2` and `OpenIdConnect` take `Basic …` for a token | another scheme is nothing of theirs | the scheme says what follows (RFC 9110 §11.4) |
//! | `malformed_is_refused_also_when_optional` | with `auto_error=False`, an empty credential is none | `Option<…>` is `None` only when nothing was sent | a client with a mistake must not be served as a stranger (RFC 6750 §3.1) |
//! | `missing_scope_is_403` | the tutorial answers `401` | `403 insufficient_scope`, with the scopes that are needed | signing in again would not help (RFC 6750 §3.1) |
//! | `forms_do_not_echo` | the `422` holds what was sent under `input` | no refusal repeats what was sent | what was sent may be a password, and answers are logged |
//!
//! The first and the third, in code:
//!
//! ```
//! use axum::{Router, body::Body, routing::get};
//! use http::Request;
//! use portcullis::OAuth2PasswordBearer;
//! use tower::ServiceExt;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let app: Router = Router::new()
//!     .route("/needed", get(async |_: OAuth2PasswordBearer| "in"))
//!     .route("/optional", get(async |_: Option<OAuth2PasswordBearer>| "in"));
//! for path in ["/needed", "/optional"] {
//!     let request = Request::get(path).header("authorization", "Bearer").body(Body::empty())?;
//!     assert_eq!(app.clone().oneshot(request).await?.status(), 401);
//! }
//! let nothing = Request::get("/optional").body(Body::empty())?;
//! assert_eq!(app.oneshot(nothing).await?.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! # Credentials
//!
//! | name | FastAPI | Portcullis | why |
//! |---|---|---|---|
//! | `errors_have_a_code` | `detail` alone | and `error`, for programs | RFC 6750 §3.1 |
//! | `oauth2_hands_out_the_token` | `OAuth2`, `OpenIdConnect` hand out the whole header | the token | RFC 6750 §2.1 |
//! | `bearer_token_has_the_form_of_one` | whatever follows `Bearer`: spaces, quotes, any bytes | a `b64token`, else `401 invalid_token` | RFC 6750 §2.1, §3.1 |
//! | `bad_token_is_called_so` | the same bare challenge as without a token | `error="invalid_token"` | RFC 6750 §3.1 |
//! | `credentials_are_sent_once` | of two headers or keys, the first or the last | `400 invalid_request` | a proxy may have read the other one (RFC 9110 §5.3) |
//! | `basic_names_realm_and_charset` | `Basic`, or `Basic realm="…"` | always a realm, and `charset="UTF-8"` | RFC 7617 §2, §2.1 |
//! | `basic_is_utf_8` | ASCII alone | UTF-8 | RFC 7617 §2.1 |
//! | `basic_has_no_control_characters` | NUL and line feeds pass | refused | RFC 7617 §2 |
//! | `base64_is_strict` | skips what is not base64 | refused: one credential, one spelling | RFC 4648 §3.3, §3.5 |
//! | `wrong_basic_credentials_are_called_so` | a text of the application's own | [`refused`](crate::HttpBasic::refused): one text for every scheme, and `invalid_credentials` | RFC 9110 §15.5.2 |
//! | `digest_has_parameters` | whatever follows `Digest` | parameters, each once, else refused | RFC 9110 §11.4 |
//! | `digest_is_utf_8` | Latin-1 | UTF-8 | RFC 7616 §3.4 |
//! | `keys_are_ascii` | bytes beyond ASCII are Latin-1 | refused: nobody says what they mean | RFC 9110 §5.5 |
//! | `keys_in_the_query_are_utf_8` | other bytes are replaced, so two keys become one | refused | RFC 3986 §2.5 |
//! | `cookies_have_no_escapes` | Python's own escapes are undone | printable ASCII, with quotes around all of it or none | RFC 6265 §4.1.1 |
//!
//! # Scopes and composition
//!
//! | name | FastAPI | Portcullis | why |
//! |---|---|---|---|
//! | `scopes_are_needed_once` | a scope asked for twice is there twice | once, the outermost first | RFC 6749 §3.3 |
//! | `scopes_are_not_for_the_asking` | the tutorial grants whatever is asked for | what the user has; an undeclared one is `invalid_scope` | RFC 6749 §3.3 |
//! | `half_of_what_belongs_together_asks_for_the_other` | by hand: a challenge for everything | of `(A AND B) OR C`, who sends A is challenged for B | RFC 9110 §11.6.1 |
//!
//! # The document
//!
//! | name | FastAPI | Portcullis | why |
//! |---|---|---|---|
//! | `and_is_one_object` | two schemes that are both needed are two alternatives | one object with both | OpenAPI 3.1 §4.8.30 |
//! | `optional_is_in_the_document` | `auto_error=False` leaves no mark | adds `{}` | OpenAPI 3.1 §4.8.30 |
//! | `refusals_are_in_the_document` | `200` and `422` | every `400`, `401`, `403`, `503` that can happen | who reads the document is told what comes back |
//! | `defects_of_the_document_fail_at_the_start` | of two schemes with one name, the last stays; undeclared scopes pass | [`DocumentError`](crate::openapi::DocumentError) | a wrong document is worse than a late start |
//! | `one_place_has_one_credential` | documents operations that nobody can call | `NeverTogether`, `NeverReached` at the start | RFC 9110 §11.6.2 |
//! | `urls_are_relative_to_the_document` | `tokenUrl` breaks behind a prefix | the token URL holds wherever the API is mounted | OpenAPI 3.1 §4.8.5 |
//!
//! # Forms and tokens
//!
//! | name | FastAPI | Portcullis | why |
//! |---|---|---|---|
//! | `form_errors_are_oauth_errors` | `422` and a list | `400` and `error` | RFC 6749 §5.2 |
//! | `form_is_url_encoded` | multipart too; JSON is "missing" | `application/x-www-form-urlencoded`, and says so | RFC 6749 §4.3.2 |
//! | `form_is_in_the_body` | parameters in the address are ignored | refused: addresses are logged | RFC 6749 §2.3.1 |
//! | `form_parameters_are_sent_once` | of two, the last | refused | RFC 6749 §3.2 |
//! | `form_is_utf_8` | other bytes are replaced, so two passwords become one | refused | RFC 6749 appendix B |
//! | `scopes_are_a_set` | a list, with repetitions | [`Scopes`](crate::scope::Scopes) | RFC 6749 §3.3 |
//! | `scope_has_the_form_of_one` | any characters, any blanks | single spaces, no quotes and backslashes, else `invalid_scope` | RFC 6749 §3.3 |
//! | `tokens_say_how_long` | `access_token`, `token_type` | and `expires_in`; `scope` where it is not what was asked for | RFC 6749 §5.1 |
//! | `logins_are_refused_as_oauth_does` | `400`, later in the tutorial `401` | `400 invalid_grant` | RFC 6749 §5.2 |
//! | `names_are_the_same_in_any_case` | `JohnDoe` is not `johndoe` | one account | RFC 8265 §3.3 |
//!
//! # What is the same
//!
//! Scheme names in the document, parameter names, the text `Not authenticated` and its `401`, `APIKey`
//! as the challenge of a key, a header's name and a scheme's name in any case, the first colon of
//! Basic, the order of scopes, and everything else that the comparison does not list.

//! Addresses as they may be shown.

/// The address without its password: `postgres://user:…@host/name`.
///
/// ```
/// let shown = portcullis_sql::without_password("postgres://app:hunter2@db/accounts");
/// assert_eq!(shown, "postgres://app:…@db/accounts");
/// ```
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    if scheme == "sqlite" {
        return url.to_owned();
    }
    // A password may hold an `@` that nobody encoded; and one may stand among the parameters.
    let (rest, parameters) = match rest.split_once('?') {
        Some((rest, _)) => (rest, "?…"),
        None => (rest, ""),
    };
    match rest.rsplit_once('@') {
        Some((user, place)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:…@{place}{parameters}")
        }
        None => format!("{scheme}://{rest}{parameters}"),
    }
}

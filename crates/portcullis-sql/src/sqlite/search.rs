//! Lists of users in SQLite, and searches among them.

use portcullis::store::{StoreError, UserPage};
use portcullis::user::{EmailAddress, User};
use rusqlite::{Connection, Row};

use super::failure::failure;
use super::users::read_user;
use crate::search_range::{LOOKED_AT, NamePage, PrefixRange, Searched};
use crate::unreadable::log_left_out;
use crate::user_columns::user_columns;

/// Without a limit: it is read row by row, until enough are read.
pub(super) const LIST: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", username_canonical, email_canonical FROM users WHERE username_canonical > ?1 \
     ORDER BY username_canonical"
);
/// Names that begin with a prefix, after the last page.
pub(super) const NAMES: &str = "SELECT username_canonical FROM users \
    WHERE username_canonical >= ?1 AND username_canonical < ?2 AND username_canonical > ?3 \
    ORDER BY username_canonical LIMIT ?4";
/// The names of those whose address begins with a prefix, in no order.
pub(super) const NAMES_BY_EMAIL: &str = "SELECT username_canonical FROM users \
    WHERE email_canonical >= ?1 AND email_canonical < ?2 LIMIT ?3";
pub(super) const FIND_NAMED: &str = concat!(
    "SELECT ",
    user_columns!(),
    " FROM users WHERE username_canonical = ?1"
);
/// Of the oldest hundred, so that it takes no longer where somebody made a million.
pub(super) const UNVERIFIED: &str = concat!(
    "SELECT ",
    user_columns!(),
    " FROM (SELECT * FROM users \
     WHERE email_canonical = ?1 AND NOT email_verified AND NOT disabled \
     ORDER BY created_at LIMIT 100) oldest \
     ORDER BY (SELECT max(created_at) FROM one_time_tokens \
        WHERE user_id = oldest.id AND purpose = 'verify_email'), created_at, id LIMIT ?2"
);

/// Some users after a canonical name. None is empty.
pub(super) fn list(
    connection: &Connection,
    after: &str,
    limit: u32,
) -> Result<UserPage, StoreError> {
    walk(connection, after, limit, None)
}

pub(super) fn search(
    connection: &Connection,
    prefix: &str,
    after: &str,
    limit: u32,
) -> Result<UserPage, StoreError> {
    let Some(searched) = Searched::of(prefix) else {
        return list(connection, after, limit);
    };
    let by_email = named_by_email(connection, &searched.email)?;
    if by_email.len() > LOOKED_AT as usize {
        return walk(connection, after, limit, Some(&searched));
    }
    let mut names = connection.prepare_cached(NAMES).map_err(failure)?;
    let range = &searched.username;
    let one_more = i64::from(limit) + 1;
    let values = (&range.from, &range.until, after, one_more);
    let by_name = names.query_map(values, name).map_err(failure)?;
    let by_name: Vec<String> = by_name.collect::<Result<_, _>>().map_err(failure)?;
    let page = NamePage::of(by_name.into_iter().chain(by_email), after, limit);
    Ok(UserPage {
        users: named(connection, &page.names)?,
        next: page.next,
    })
}

/// At most one more than are looked at.
fn named_by_email(connection: &Connection, range: &PrefixRange) -> Result<Vec<String>, StoreError> {
    let mut names = connection.prepare_cached(NAMES_BY_EMAIL).map_err(failure)?;
    let values = (&range.from, &range.until, LOOKED_AT + 1);
    let found = names.query_map(values, name).map_err(failure)?;
    found.collect::<Result<_, _>>().map_err(failure)
}

fn name(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get(0)
}

fn named(connection: &Connection, names: &[String]) -> Result<Vec<User>, StoreError> {
    let mut statement = connection.prepare_cached(FIND_NAMED).map_err(failure)?;
    let mut users = Vec::new();
    for name in names {
        let mut rows = statement.query([name]).map_err(failure)?;
        if let Some(row) = rows.next().map_err(failure)? {
            keep(row, &mut users);
        }
    }
    Ok(users)
}

/// Reads users in the order of their names: all of them, or those that are searched, and of these not
/// for longer than one call may take.
fn walk(
    connection: &Connection,
    after: &str,
    limit: u32,
    searched: Option<&Searched>,
) -> Result<UserPage, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut statement = connection.prepare_cached(LIST).map_err(failure)?;
    let mut rows = statement.query([after]).map_err(failure)?;
    let mut page = UserPage::default();
    let (mut last, mut walked) = (None, 0);
    while let Some(row) = rows.next().map_err(failure)? {
        if searched.is_some() && walked >= LOOKED_AT {
            page.next = last;
            break;
        }
        walked += 1;
        if !searched.map_or(Ok(true), |searched| is_found(row, searched))? {
            last = Some(row.get(9).map_err(failure)?);
            continue;
        }
        if page.users.len() >= limit {
            page.next = last;
            break;
        }
        keep(row, &mut page.users);
        last = Some(row.get(9).map_err(failure)?);
    }
    Ok(page)
}

fn is_found(row: &Row<'_>, searched: &Searched) -> Result<bool, StoreError> {
    let text = |column| row.get_ref(column).map_err(failure);
    let username = text(9)?.as_str().map_err(StoreError::unexpected)?;
    let email = text(10)?.as_str_or_null().map_err(StoreError::unexpected)?;
    Ok(searched.finds(username, email))
}

pub(super) fn unverified(
    connection: &Connection,
    address: &EmailAddress,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let mut statement = connection.prepare_cached(UNVERIFIED).map_err(failure)?;
    let values = (address.canonical(), limit);
    let mut rows = statement.query(values).map_err(failure)?;
    let mut users = Vec::new();
    while let Some(row) = rows.next().map_err(failure)? {
        keep(row, &mut users);
    }
    Ok(users)
}

fn keep(row: &Row<'_>, users: &mut Vec<User>) {
    match read_user(row) {
        Ok(user) => users.push(user),
        Err(error) => log_left_out("a user", &error),
    }
}

//! Lists of users in PostgreSQL, and searches among them.

use deadpool_postgres::Object;
use portcullis::store::UserPage;
use portcullis::user::{EmailAddress, User};
use tokio_postgres::Row;

use super::failure::Failure;
use super::users::{Values, read_user};
use crate::search_range::{LOOKED_AT, NamePage, Searched, beyond_all};
use crate::unreadable::log_left_out;
use crate::user_columns::user_columns;

/// The canonical name is read too: the next page starts after it.
pub(super) const LIST: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", username_canonical FROM users WHERE username_canonical > $1 \
     ORDER BY username_canonical LIMIT $2"
);
/// Names that begin with a prefix, after the last page.
pub(super) const NAMES: &str = "SELECT username_canonical FROM users \
    WHERE username_canonical >= $1 AND username_canonical < $2 AND username_canonical > $3 \
    ORDER BY username_canonical LIMIT $4";
/// The names of those whose address begins with a prefix. In the order of the index, so that it is used
/// whatever is known of the table.
pub(super) const NAMES_BY_EMAIL: &str = "SELECT username_canonical FROM users \
    WHERE email_canonical >= $1 AND email_canonical < $2 \
    ORDER BY email_canonical, username_canonical LIMIT $3";
pub(super) const FIND_NAMED: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", username_canonical FROM users WHERE username_canonical = ANY ($1) \
     ORDER BY username_canonical"
);
/// The name up to which so many users lie after the last page.
pub(super) const WALKED_TO: &str = "SELECT username_canonical FROM users WHERE username_canonical > $1 \
    ORDER BY username_canonical OFFSET $2 LIMIT 1";
/// Of the users up to there, those that are searched, by name or by address. The offset keeps the two
/// conditions apart: the users are walked through, whatever is known of the table.
pub(super) const WALK: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", username_canonical FROM (SELECT * FROM users \
     WHERE username_canonical > $1 AND username_canonical <= $2 \
     ORDER BY username_canonical OFFSET 0) walked \
     WHERE username_canonical >= $3 AND username_canonical < $4 \
     OR email_canonical >= $5 AND email_canonical < $6 \
     ORDER BY username_canonical LIMIT $7"
);
/// Of the oldest hundred, so that it takes no longer where somebody made a million.
pub(super) const UNVERIFIED: &str = concat!(
    "SELECT ",
    user_columns!(),
    " FROM (SELECT * FROM users \
     WHERE email_canonical = $1 AND NOT email_verified AND NOT disabled \
     ORDER BY created_at LIMIT 100) oldest \
     ORDER BY (SELECT max(created_at) FROM one_time_tokens \
        WHERE user_id = oldest.id AND purpose = 'verify_email') NULLS FIRST, created_at, id LIMIT $2"
);

/// What comes after a text that PostgreSQL cannot keep, for there is a NUL in it, comes after what
/// stands before the NUL.
fn before_nul(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

pub(super) async fn list(
    connection: &Object,
    after: &str,
    limit: u32,
) -> Result<UserPage, Failure> {
    let statement = connection.prepare_cached(LIST).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut page = UserPage::default();
    let mut last: Option<String> = None;
    loop {
        // One more than is wanted tells whether anybody follows. A page with rows that were left
        // out is filled up from what follows.
        let asked = limit.saturating_sub(page.users.len()).saturating_add(1);
        let after = last.as_deref().unwrap_or(before_nul(after));
        let count = i64::try_from(asked).unwrap_or(i64::MAX);
        let rows = connection.query(&statement, &[&after, &count]).await?;
        for row in &rows {
            if page.users.len() >= limit {
                page.next = last;
                return Ok(page);
            }
            keep(row, &mut page.users)?;
            last = Some(row.try_get(9)?);
        }
        if rows.len() < asked {
            return Ok(page);
        }
    }
}

pub(super) async fn search(
    connection: &Object,
    prefix: &str,
    after: &str,
    limit: u32,
) -> Result<UserPage, Failure> {
    let Some(searched) = Searched::of(prefix) else {
        return list(connection, after, limit).await;
    };
    if prefix.contains('\0') {
        return Ok(UserPage::default());
    }
    let after = before_nul(after);
    let by_email = &searched.email;
    let values: Values<'_> = &[&by_email.from, &by_email.until, &(i64::from(LOOKED_AT) + 1)];
    let by_email = names(connection, NAMES_BY_EMAIL, values).await?;
    if by_email.len() > LOOKED_AT as usize {
        return walk(connection, &searched, after, limit).await;
    }
    let range = &searched.username;
    let one_more = i64::from(limit) + 1;
    let values: Values<'_> = &[&range.from, &range.until, &after, &one_more];
    let by_name = names(connection, NAMES, values).await?;
    let page = NamePage::of(by_name.into_iter().chain(by_email), after, limit);
    let statement = connection.prepare_cached(FIND_NAMED).await?;
    let mut users = Vec::new();
    for row in &connection.query(&statement, &[&page.names]).await? {
        keep(row, &mut users)?;
    }
    Ok(UserPage {
        users,
        next: page.next,
    })
}

async fn names(connection: &Object, sql: &str, values: Values<'_>) -> Result<Vec<String>, Failure> {
    let statement = connection.prepare_cached(sql).await?;
    let rows = connection.query(&statement, values).await?;
    let names: Result<_, _> = rows.iter().map(|row| row.try_get(0)).collect();
    Ok(names?)
}

/// Not for longer than one call may take.
async fn walk(
    connection: &Object,
    searched: &Searched,
    after: &str,
    limit: u32,
) -> Result<UserPage, Failure> {
    let last_walked = i64::from(LOOKED_AT) - 1;
    let walked_to = names(connection, WALKED_TO, &[&after, &last_walked]).await?;
    let walked_to = walked_to.into_iter().next();
    let statement = connection.prepare_cached(WALK).await?;
    let (username, email) = (&searched.username, &searched.email);
    let end = beyond_all();
    let values: Values<'_> = &[
        &after,
        &walked_to.as_ref().unwrap_or(&end),
        &username.from,
        &username.until,
        &email.from,
        &email.until,
        &(i64::from(limit) + 1),
    ];
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut page = UserPage::default();
    let mut last: Option<String> = None;
    for (count, row) in connection
        .query(&statement, values)
        .await?
        .iter()
        .enumerate()
    {
        if count >= limit {
            page.next = last;
            return Ok(page);
        }
        keep(row, &mut page.users)?;
        last = Some(row.try_get(9)?);
    }
    page.next = walked_to;
    Ok(page)
}

pub(super) async fn unverified(
    connection: &Object,
    address: &EmailAddress,
    limit: u32,
) -> Result<Vec<User>, Failure> {
    let statement = connection.prepare_cached(UNVERIFIED).await?;
    let values: Values<'_> = &[&address.canonical(), &i64::from(limit)];
    let mut users = Vec::new();
    for row in &connection.query(&statement, values).await? {
        keep(row, &mut users)?;
    }
    Ok(users)
}

fn keep(row: &Row, users: &mut Vec<User>) -> Result<(), Failure> {
    match read_user(row) {
        Ok(user) => users.push(user),
        Err(failure @ Failure::Row(_)) => log_left_out("a user", &failure.into()),
        Err(failure) => return Err(failure),
    }
    Ok(())
}

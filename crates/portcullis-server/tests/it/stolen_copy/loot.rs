//! Everything that is stored, read by the database's own shell, whatever tables there are.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::shell::Database;

/// What a thief has.
pub(super) struct Loot {
    /// Every value of every column, once.
    pub(super) values: BTreeSet<Vec<u8>>,
    /// Of the sessions.
    sessions: Vec<String>,
}

impl Loot {
    pub(super) fn of(database: &Database) -> Self {
        let mut values = BTreeSet::new();
        let columns = columns(database);
        assert!(columns.len() > 20, "{columns:?}");
        for (table, column, is_blob) in columns {
            let value = match (database, is_blob) {
                (Database::Sqlite(_), _) => format!("hex(CAST(\"{column}\" AS BLOB))"),
                (Database::Postgres(_), true) => format!("encode(\"{column}\", 'hex')"),
                (Database::Postgres(_), false) => {
                    format!("encode(convert_to(\"{column}\"::text, 'UTF8'), 'hex')")
                }
            };
            let rows = format!("SELECT {value} FROM \"{table}\" WHERE \"{column}\" IS NOT NULL;");
            values.extend(database.run(&rows).lines().map(bytes));
        }
        values.remove(&Vec::new());
        let sessions = database.run("SELECT id FROM sessions;");
        let sessions = sessions.lines().map(str::to_owned).collect();
        Self { values, sessions }
    }

    /// What has the length of a digest, a salt or a key.
    fn of_32_bytes(&self) -> impl Iterator<Item = &Vec<u8>> + Clone {
        self.values.iter().filter(|value| value.len() == 32)
    }
}

/// Table, column, and whether it holds bytes.
fn columns(database: &Database) -> Vec<(String, String, bool)> {
    let catalogue = match database {
        Database::Sqlite(_) => {
            "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table';"
        }
        Database::Postgres(_) => {
            "SELECT table_name, column_name, data_type FROM information_schema.columns \
             WHERE table_schema NOT IN ('pg_catalog', 'information_schema');"
        }
    };
    let rows = database.run(catalogue);
    let columns = rows.lines().map(|row| {
        let mut parts = row.split('|').map(str::to_owned);
        let mut part = || parts.next().unwrap();
        (part(), part(), part() == "bytea")
    });
    columns.collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// As it is, if it is a text; in hexadecimal and in both kinds of base64.
pub(super) fn in_every_encoding(value: &Vec<u8>) -> Vec<String> {
    let mut forms = vec![
        hex(value),
        URL_SAFE_NO_PAD.encode(value),
        STANDARD.encode(value),
    ];
    forms.extend(String::from_utf8(value.clone()));
    forms
}

/// What has the form of a refresh token: the id of a session, and any two of what is kept.
pub(super) fn as_refresh_tokens(loot: &Loot) -> Vec<String> {
    let mut made = Vec::new();
    for session in &loot.sessions {
        for family in loot.of_32_bytes() {
            for own in loot.of_32_bytes() {
                for half in [&family[..16], &family[16..]] {
                    let secrets = [half, own].concat();
                    made.push(format!("{session}{}", URL_SAFE_NO_PAD.encode(secrets)));
                }
            }
        }
    }
    // Two digests and a salt at least.
    assert!(made.len() >= 18, "{}", made.len());
    made
}

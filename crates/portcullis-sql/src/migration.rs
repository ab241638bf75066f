//! Which migrations a database still needs, or why it must be left alone. Both engines ask here.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};

use crate::OpenError;

/// One step from one schema version to the next.
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) sql: &'static str,
}

impl Migration {
    /// Tells two texts of one version apart. Carriage returns do not count: a checkout may add them.
    pub(crate) fn checksum(&self) -> String {
        let text: Vec<u8> = self.sql.bytes().filter(|byte| *byte != b'\r').collect();
        let hash = digest(&SHA256, &text);
        hash.as_ref().iter().fold(String::new(), |mut hex, byte| {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// What was found in a database.
#[derive(Debug)]
pub(crate) enum Found {
    /// Nothing.
    Empty,
    /// Our table of migrations, with the versions and checksums in it.
    Ours(Vec<(i64, String)>),
    /// Tables, of which none is ours.
    Foreign(Vec<String>),
}

/// The table that makes a database ours. The same text serves both engines.
pub(crate) const SCHEMA_TABLE: &str = "portcullis_schema";

impl Found {
    /// The migrations that are still to be made, or why this database must be left alone.
    pub(crate) fn remaining<'a>(
        &self,
        place: &str,
        migrations: &'a [Migration],
    ) -> Result<&'a [Migration], OpenError> {
        let applied = match self {
            Self::Empty => return Ok(migrations),
            Self::Foreign(tables) => {
                return Err(OpenError::Foreign {
                    place: place.to_owned(),
                    tables: shortened(tables),
                });
            }
            Self::Ours(applied) => applied,
        };
        let known = migrations.last().map_or(0, |last| last.version);
        if let Some((found, _)) = applied.iter().find(|(version, _)| *version > known) {
            return Err(OpenError::Newer {
                place: place.to_owned(),
                found: *found,
                known,
            });
        }
        for (migration, position) in migrations.iter().zip(0..) {
            match applied.get(position) {
                None => return Ok(migrations.get(position..).unwrap_or_default()),
                Some((version, checksum))
                    if *version == migration.version && *checksum == migration.checksum() => {}
                Some((version, _)) => {
                    return Err(OpenError::Altered {
                        place: place.to_owned(),
                        version: *version,
                    });
                }
            }
        }
        Ok(&[])
    }
}

fn shortened(tables: &[String]) -> String {
    let mut names: Vec<_> = tables
        .iter()
        .take(3)
        .map(|name| format!("`{name}`"))
        .collect();
    if tables.len() > names.len() {
        names.push("…".into());
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[Migration] = &[
        Migration {
            version: 1,
            sql: "a\n",
        },
        Migration {
            version: 2,
            sql: "b\n",
        },
    ];

    fn applied(versions: &[i64]) -> Found {
        let checksum = |version: i64| {
            let known = TWO.iter().find(|migration| migration.version == version);
            known.map_or_else(|| "unknown".to_owned(), Migration::checksum)
        };
        Found::Ours(
            versions
                .iter()
                .map(|version| (*version, checksum(*version)))
                .collect(),
        )
    }

    fn remaining(found: &Found) -> Result<Vec<i64>, OpenError> {
        let remaining = found.remaining("here", TWO)?;
        Ok(remaining
            .iter()
            .map(|migration| migration.version)
            .collect())
    }

    #[test]
    fn a_database_gets_what_it_lacks() {
        assert_eq!(remaining(&Found::Empty).unwrap(), [1, 2]);
        assert_eq!(remaining(&applied(&[])).unwrap(), [1, 2]);
        assert_eq!(remaining(&applied(&[1])).unwrap(), [2]);
        assert!(remaining(&applied(&[1, 2])).unwrap().is_empty());
    }

    #[test]
    fn a_database_that_is_not_understood_is_left_alone() {
        let newer = remaining(&applied(&[1, 2, 3]));
        assert!(
            matches!(
                newer,
                Err(OpenError::Newer {
                    found: 3,
                    known: 2,
                    ..
                })
            ),
            "{newer:?}"
        );
        let gap = remaining(&applied(&[2]));
        assert!(
            matches!(gap, Err(OpenError::Altered { version: 2, .. })),
            "{gap:?}"
        );
        let altered = remaining(&Found::Ours(vec![(1, "other".into())]));
        assert!(
            matches!(altered, Err(OpenError::Altered { version: 1, .. })),
            "{altered:?}"
        );
        let tables = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let foreign = remaining(&Found::Foreign(tables)).unwrap_err();
        assert!(
            foreign.to_string().contains("`a`, `b`, `c`, …"),
            "{foreign}"
        );
    }

    #[test]
    fn line_endings_do_not_make_another_migration() {
        let dos = Migration {
            version: 1,
            sql: "a\r\n",
        };
        assert_eq!(dos.checksum(), TWO[0].checksum());
    }
}

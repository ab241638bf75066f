//! Rows of Markdown tables.

/// One row: the cells by their names, which the table's head has.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: String,
    /// Where it is asked for.
    pub(crate) section: String,
    /// What is asked for.
    pub(crate) asked: String,
    /// What is done here.
    pub(crate) done: String,
    /// What shows it.
    pub(crate) shown: String,
}

/// The head that a table must have to be read.
const HEAD: [&str; 5] = ["row", "section", "asked", "here", "shown by"];

impl Row {
    /// The tests that are named.
    pub(crate) fn tests(&self) -> Vec<&str> {
        self.shown.split('`').skip(1).step_by(2).collect()
    }
}

/// The rows of every table with our head. One with too few or too many cells has no other name than
/// its whole text, so it is noticed as a row that nobody expects.
pub(super) fn rows(markdown: &str) -> Vec<Row> {
    let mut found = Vec::new();
    let mut is_ours = false;
    for line in markdown.lines() {
        let Some(cells) = cells(line) else {
            is_ours = false;
            continue;
        };
        if cells == HEAD {
            is_ours = true;
        } else if is_ours && !cells.iter().all(|cell| cell.trim_matches('-').is_empty()) {
            found.push(row(&cells, line));
        }
    }
    found
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inside.split('|').map(str::trim).collect())
}

fn row(cells: &[&str], line: &str) -> Row {
    let [id, section, asked, done, shown] = *cells else {
        return row(&[line, "", "", "", ""], line);
    };
    Row {
        id: id.to_owned(),
        section: section.to_owned(),
        asked: asked.to_owned(),
        done: done.to_owned(),
        shown: shown.to_owned(),
    }
}

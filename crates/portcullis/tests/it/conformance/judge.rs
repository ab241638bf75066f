//! What is wrong with a list.

use std::collections::BTreeMap;

use super::source::Function;
use super::{Checklist, Row};

pub(super) fn findings(list: &Checklist, rows: &[Row], functions: &[Function]) -> Vec<String> {
    let mut judge = Judge {
        list,
        functions,
        shows: BTreeMap::new(),
        findings: Vec::new(),
    };
    judge.rows(rows);
    for row in rows {
        judge.row(row);
    }
    judge.tests();
    judge.asserting();
    judge.findings
}

struct Judge<'a> {
    list: &'a Checklist,
    functions: &'a [Function],
    /// By test, the row that names it.
    shows: BTreeMap<String, String>,
    findings: Vec<String>,
}

impl<'a> Judge<'a> {
    fn find(&mut self, finding: String) {
        self.findings.push(finding);
    }

    /// The rows are those that are expected, each once.
    fn rows(&mut self, rows: &[Row]) {
        let count = |id: &str| rows.iter().filter(|row| row.id == id).count();
        for expected in &self.list.rows {
            match count(expected) {
                0 => self.find(format!("row {expected} is missing")),
                1 => {}
                _ => self.find(format!("row {expected} is there twice")),
            }
        }
        for row in rows {
            if !self.list.rows.contains(&row.id) {
                self.find(format!("row {} is not expected", row.id));
            }
        }
    }

    fn row(&mut self, row: &Row) {
        let id = &row.id;
        for (name, cell) in [
            ("section", &row.section),
            ("asked", &row.asked),
            ("here", &row.done),
        ] {
            if cell.is_empty() {
                self.find(format!("row {id}: `{name}` is empty"));
            }
        }
        for (word, rows) in [
            ("not yet", self.list.not_yet),
            ("pending", self.list.pending),
        ] {
            let is_said = row.shown == word;
            match (is_said, rows.contains(&id.as_str())) {
                (true, true) => return,
                (true, false) => return self.find(format!("row {id} may not say `{word}`")),
                (false, true) => return self.find(format!("row {id} is listed as `{word}`")),
                (false, false) => {}
            }
        }
        if row.tests().is_empty() {
            self.find(format!("row {id} has no test"));
        }
        for test in row.tests() {
            self.test(id, test);
        }
    }

    fn test(&mut self, id: &str, name: &str) {
        let Some(test) = self.resolve(name) else {
            return self.find(format!("row {id}: there is no test `{name}`"));
        };
        let path = test.path.clone();
        for fault in &test.faults {
            self.find(format!("row {id}: `{name}` {fault}"));
        }
        if !self.asserts(test) {
            self.find(format!("row {id}: `{name}` asserts nothing"));
        }
        if let Some(other) = self.shows.insert(path, id.to_owned()) {
            self.find(format!("row {id}: `{name}` already shows {other}"));
        }
    }

    /// The test of this name, below `home` or with its tree.
    fn resolve(&self, name: &str) -> Option<&'a Function> {
        let at_home = format!("{}::{name}", self.list.home);
        let is_named = |test: &&Function| test.path == at_home || test.path == name;
        self.functions
            .iter()
            .filter(|function| function.is_test)
            .find(is_named)
    }

    fn asserts(&self, test: &Function) -> bool {
        let mut for_it = self.list.asserting.iter();
        let name = |path: &'static str| path.rsplit("::").next().unwrap_or(path);
        test.asserts || for_it.any(|path| test.calls.contains(name(path)))
    }

    /// Every test at home is in a row, but for those of the list itself.
    fn tests(&mut self) {
        let inside = format!("{}::", self.list.home);
        let of_the_list = format!("{inside}table::");
        for function in self.functions.iter().filter(|function| function.is_test) {
            let is_ours =
                function.path.starts_with(&inside) && !function.path.starts_with(&of_the_list);
            if is_ours && !self.shows.contains_key(&function.path) {
                self.findings
                    .push(format!("`{}` is in no row", function.path));
            }
        }
    }

    /// The functions that assert for others do so themselves, and nothing else has their name.
    fn asserting(&mut self) {
        let inside = format!("{}::", self.list.home);
        for path in self.list.asserting {
            let Some(function) = self
                .functions
                .iter()
                .find(|function| function.path == **path)
            else {
                self.find(format!("there is no function `{path}`"));
                continue;
            };
            if !function.asserts {
                self.find(format!("`{path}` asserts nothing"));
            }
            let others = self.functions.iter().filter(|other| {
                other.path != function.path
                    && other.path.starts_with(&inside)
                    && other.name() == function.name()
            });
            if others.count() > 0 {
                self.find(format!("`{path}` shares its name"));
            }
        }
    }
}

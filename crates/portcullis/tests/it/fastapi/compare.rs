//! Whether what was seen differs only where a difference is listed, and only as it is described.

use std::collections::{BTreeMap, BTreeSet};

use super::wire::Answer;

/// What both sides answered in one case.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) case: String,
    pub(super) fastapi: Answer,
    pub(super) ours: Answer,
}

/// Where a difference comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// Portcullis promises it to those who come from FastAPI, in these words.
    Promise(&'static str),
    /// A section of an RFC.
    Rfc(&'static str),
}

/// A difference that is meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Difference {
    pub(super) name: &'static str,
    pub(super) source: Source,
    /// For the reader of the manual: what FastAPI does, what we do, and why.
    pub(super) why: &'static str,
    pub(super) answers: Answers,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Answers {
    /// Holds wherever it applies: changes FastAPI's answer in a case into ours.
    Everywhere(fn(&str, &mut Answer)),
    /// Holds in these cases.
    Here(&'static [&'static [Group]]),
}

/// Cases with the same answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) fastapi: &'static str,
    pub(super) ours: &'static str,
    /// Names of cases; `{a|b}` stands for each of `a` and `b`.
    pub(super) cases: &'static [&'static str],
}

/// What is listed of one case.
struct Listed {
    difference: &'static str,
    group: &'static Group,
    met: bool,
}

/// Everything that is wrong, a line each.
pub(super) fn problems(seen: &[Seen], differences: &[Difference]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut listed = listed(differences, &mut problems);
    let mut used = BTreeSet::new();
    let mut names = BTreeSet::new();
    for seen in seen {
        if !names.insert(&seen.case) {
            problems.push(format!("{}: there are two cases of this name", seen.case));
        }
        let expected = rewritten(seen, differences);
        let entry = listed.get_mut(&seen.case);
        if let Some(entry) = entry {
            entry.met = true;
            problems.extend(inexact(seen, entry));
            if expected.0 == seen.ours {
                problems.push(format!(
                    "{}: `{}` lists a difference, and there is none of its own",
                    seen.case, entry.difference
                ));
            }
        } else if expected.0 == seen.ours {
            used.extend(expected.1);
        } else {
            problems.push(format!(
                "{}: a difference that is not listed\n    FastAPI {}\n    ours    {}",
                seen.case, seen.fastapi, seen.ours
            ));
        }
    }
    for (case, entry) in &listed {
        if !entry.met {
            problems.push(format!(
                "{}: lists the case `{case}`, which there is not",
                entry.difference
            ));
        }
    }
    for difference in differences {
        if matches!(difference.answers, Answers::Everywhere(_)) && !used.contains(difference.name) {
            problems.push(format!("{}: does not occur", difference.name));
        }
    }
    problems
}

/// FastAPI's answer after all that holds everywhere, and what of that changed it.
fn rewritten(seen: &Seen, differences: &[Difference]) -> (Answer, Vec<&'static str>) {
    let mut answer = seen.fastapi.clone();
    let mut used = Vec::new();
    for difference in differences {
        if let Answers::Everywhere(rewrite) = difference.answers {
            let before = answer.clone();
            rewrite(&seen.case, &mut answer);
            if answer != before {
                used.push(difference.name);
            }
        }
    }
    (answer, used)
}

/// Whether the answers are those that are listed.
fn inexact(seen: &Seen, entry: &Listed) -> Vec<String> {
    let told = |side, listed: &str, seen_answer: &Answer| {
        (Answer::parse(listed) != *seen_answer).then(|| {
            format!(
                "{}: {side} does not answer as `{}` says\n    listed {listed}\n    seen   {seen_answer}",
                seen.case, entry.difference
            )
        })
    };
    [
        told("FastAPI", entry.group.fastapi, &seen.fastapi),
        told("Portcullis", entry.group.ours, &seen.ours),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn listed(differences: &[Difference], problems: &mut Vec<String>) -> BTreeMap<String, Listed> {
    let mut listed = BTreeMap::new();
    let mut names = BTreeSet::new();
    for difference in differences {
        if !names.insert(difference.name) {
            problems.push(format!("{}: there are two of this name", difference.name));
        }
        let Answers::Here(groups) = difference.answers else {
            continue;
        };
        if groups
            .iter()
            .copied()
            .flatten()
            .all(|group| group.cases.is_empty())
        {
            problems.push(format!("{}: lists no case", difference.name));
        }
        for (group, case) in groups
            .iter()
            .copied()
            .flatten()
            .flat_map(|group| group.cases.iter().map(move |case| (group, case)))
            .flat_map(|(group, case)| expanded(case).into_iter().map(move |case| (group, case)))
        {
            let entry = Listed {
                difference: difference.name,
                group,
                met: false,
            };
            if let Some(other) = listed.insert(case.clone(), entry) {
                problems.push(format!(
                    "{case}: listed by `{}` and by `{}`",
                    other.difference, difference.name
                ));
            }
        }
    }
    listed
}

/// `a{b|c}d` is `abd` and `acd`.
fn expanded(pattern: &str) -> Vec<String> {
    let Some((before, rest)) = pattern.split_once('{') else {
        return vec![pattern.to_owned()];
    };
    let (choices, after) = rest.split_once('}').expect("a closing brace");
    let afters = expanded(after);
    choices
        .split('|')
        .flat_map(|choice| {
            afters
                .iter()
                .map(move |after| format!("{before}{choice}{after}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: Group = Group {
        fastapi: r#"200 {"credential":""}"#,
        ours: r#"401 {"detail":"No"} | Bearer"#,
        cases: &["a{b|c}"],
    };
    const LISTED: Difference = Difference {
        name: "listed",
        source: Source::Promise("p"),
        why: "w",
        answers: Answers::Here(&[&[GROUP]]),
    };
    const RULE: Difference = Difference {
        name: "rule",
        source: Source::Rfc("r"),
        why: "w",
        answers: Answers::Everywhere(|case, answer| {
            if case.starts_with("rule") {
                answer.status = Some(403);
            }
        }),
    };

    fn seen(case: &str, fastapi: &str, ours: &str) -> Seen {
        Seen {
            case: case.to_owned(),
            fastapi: Answer::parse(fastapi),
            ours: Answer::parse(ours),
        }
    }

    fn right() -> Vec<Seen> {
        vec![
            seen("ab", GROUP.fastapi, GROUP.ours),
            seen("ac", GROUP.fastapi, GROUP.ours),
            seen("rule 1", "401 1", "403 1"),
            seen("same", "200 1", "200 1"),
        ]
    }

    #[track_caller]
    fn found(seen: &[Seen], differences: &[Difference], expected: &[&str]) {
        let problems = problems(seen, differences);
        assert_eq!(problems.len(), expected.len(), "{problems:#?}");
        for (problem, expected) in problems.iter().zip(expected) {
            assert!(problem.contains(expected), "{problem}");
        }
    }

    #[test]
    fn nothing_is_wrong() {
        found(&right(), &[LISTED, RULE], &[]);
    }

    #[test]
    fn a_difference_that_is_not_listed() {
        let mut all = right();
        all.push(seen("more", "200 1", "200 2"));
        all.push(seen("rule 2", "401 1", "403 2"));
        found(&all, &[LISTED, RULE], &["not listed", "not listed"]);
    }

    #[test]
    fn a_listed_difference_that_does_not_occur() {
        let mut all = right();
        all[1].ours = all[1].fastapi.clone();
        found(&all, &[LISTED, RULE], &["does not answer", "there is none"]);
        all.remove(1);
        all[1].ours = all[1].fastapi.clone();
        let expected = ["not listed", "lists the case `ac`", "rule: does not occur"];
        found(&all, &[LISTED, RULE], &expected);
    }

    #[test]
    fn a_listed_difference_that_is_another() {
        for (fastapi, ours) in [
            (r#"200 {"credential":"x"}"#, GROUP.ours),
            (GROUP.fastapi, r#"401 {"detail":"No"}"#),
            (GROUP.fastapi, r#"401 {"detail":"No"} | Basic"#),
            (GROUP.fastapi, r#"400 {"detail":"No"} | Bearer"#),
            (GROUP.fastapi, r#"401 {"detail":"Yes"} | Bearer"#),
        ] {
            let mut all = right();
            all[0] = seen("ab", fastapi, ours);
            found(&all, &[LISTED, RULE], &["does not answer"]);
        }
    }

    #[test]
    fn a_difference_of_nothing() {
        let empty = Difference {
            name: "empty",
            answers: Answers::Here(&[&[]]),
            ..LISTED
        };
        found(&right(), &[LISTED, RULE, empty], &["empty: lists no case"]);
    }

    #[test]
    fn a_name_twice() {
        let mut all = right();
        all.push(all[3].clone());
        found(&all, &[LISTED, RULE], &["two cases"]);
        let twice = ["two of this name", "ab: listed by", "ac: listed by"];
        found(&right(), &[LISTED, LISTED, RULE], &twice);
    }
}

//! From answers to differences.

use super::difference::{Difference, DifferenceKind as Kind};
use super::document::{Document, Operation};
use super::given::{Given, GivenByScheme};
use super::observed::Observed;
use super::place::Presented;
use super::probe::Purpose;
use crate::openapi::Place;

/// What a handler answers that ran, and found that it cannot: not a refusal of the credentials.
const HANDLER_RAN: [u16; 4] = [404, 409, 410, 412];

/// The answers of one operation, before the judge.
pub(super) struct Judge<'a> {
    pub(super) document: &'a Document,
    pub(super) operation: &'a Operation,
    pub(super) given: &'a GivenByScheme,
    pub(super) observed: &'a [Observed],
}

impl Judge<'_> {
    /// Every difference, in a fixed order.
    pub(super) fn differences(&self) -> Vec<Difference> {
        if let Some(not_routed) = self.not_routed() {
            return vec![not_routed];
        }
        let mut found = Vec::new();
        found.extend(self.server_error());
        if self.operation.alternatives().next().is_none() {
            found.extend(self.open_to_all());
        } else {
            found.extend(self.anonymous());
            found.extend(self.right());
            // Where everybody comes in, wrong credentials do too: that is one difference.
            if !self.is_let_in_without() || self.operation.is_open() {
                found.extend(self.too_little(
                    Purpose::Partial,
                    Kind::OneSuffices,
                    "ask for all of them in the handler, or document each in its own object of `security`",
                ));
                found.extend(self.wrong());
                found.extend(self.too_little(
                    Purpose::Scopeless,
                    Kind::ScopeNotEnforced,
                    "check the scope in the handler, or take it out of `security`",
                ));
                found.extend(self.unnamed());
            }
        }
        found.extend(self.challenges());
        let named: Vec<Kind> = found.iter().map(|one| one.kind).collect();
        found.extend(self.undocumented(&named));
        found
    }

    pub(super) fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Observed> {
        let all = self.observed.iter();
        all.filter(move |one| one.probe.purpose == purpose)
    }

    /// What stands for success: with right credentials, or without any where none is asked for.
    pub(super) fn best(&self) -> impl Iterator<Item = &Observed> {
        let purpose = match self.operation.alternatives().next() {
            Some(_) => Purpose::Right,
            None => Purpose::Anonymous,
        };
        self.of(purpose)
    }

    /// Whether a call got past the credentials: it succeeded, or was answered as right ones were.
    pub(super) fn is_let_in(&self, answer: &Observed) -> bool {
        match answer.status {
            200..=299 => true,
            401 | 403 | 500.. => false,
            status => self.best().any(|best| best.status == status),
        }
    }

    fn is_let_in_without(&self) -> bool {
        self.of(Purpose::Anonymous).any(|one| self.is_let_in(one))
    }

    pub(super) fn difference(
        &self,
        kind: Kind,
        told: (impl Into<String>, impl Into<String>),
        remedy: impl Into<String>,
    ) -> Difference {
        Difference::new(&self.operation.name, kind, told, remedy)
    }

    /// The documented alternatives, in words.
    pub(super) fn needs(&self) -> String {
        let mut words: Vec<_> = self
            .operation
            .alternatives()
            .map(ToString::to_string)
            .collect();
        if self.operation.is_open() && !words.is_empty() {
            words.push("nothing".into());
        }
        words.join(", or ")
    }

    pub(super) fn documented_needs(&self) -> String {
        format!("needs {}", self.needs())
    }

    /// `405`, or `404` to everything, from a router and not from a handler that knows the id.
    fn not_routed(&self) -> Option<Difference> {
        let other_method = self.observed.iter().find(|one| one.status == 405);
        let nothing_there = || {
            let all = self.observed.iter().all(|one| one.status == 404);
            let by_router = !self.operation.path.contains('{')
                || self.observed.iter().all(|one| one.body.is_empty());
            self.observed.first().filter(|_| all && by_router)
        };
        let found = other_method.or_else(nothing_there)?;
        Some(self.difference(
            Kind::NotRouted,
            ("there is such an operation", found.says()),
            "route it, take it out of the document, or say where the application is with `.mounted_at(prefix)`; \
             where the path's parameters name nothing, give some that do with `.parameter(name, value)`",
        ))
    }

    fn server_error(&self) -> Option<Difference> {
        let mut errors = self.observed.iter();
        // An undocumented 503 is found with the other undocumented ones.
        let found = errors.find(|one| one.status >= 500 && one.status != 503)?;
        Some(self.difference(
            Kind::ServerError,
            ("no call may make the server fail", found.says_with_body()),
            "mend the handler: the cause is in the application's log",
        ))
    }

    /// An operation that asks for nothing.
    fn open_to_all(&self) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut calls = self.observed.iter();
        // A login may document how it refuses the credentials in its body; those are not a scheme's.
        let refused = calls.find(|one| {
            let documented = self.operation.documents(one.status);
            let anonymous = one.probe.purpose == Purpose::Anonymous;
            matches!(one.status, 401 | 403)
                && (!documented || anonymous && !one.challenges.is_empty())
        });
        if let Some(refused) = refused {
            found.push(self.difference(
                Kind::SecurityUndocumented,
                ("no `security`: open to all", refused.says()),
                "document what it asks for in the operation's `security`; if it is a login, give it a right body with `.body(operation, content_type, bytes)`",
            ));
        }
        let failed = self
            .of(Purpose::Anonymous)
            .find(|one| failed(one.status) && !self.operation.documents(one.status));
        found.extend(failed.map(|one| self.call_failed(one)));
        found
    }

    fn call_failed(&self, answer: &Observed) -> Difference {
        let remedy = if answer.status == 503 {
            "run the check while everything that the application needs is there"
        } else {
            "give right inputs with `.parameter(name, value)` and `.body(operation, content_type, bytes)`, \
             and credentials of an active user; or leave it out with `.skip(operation, reason)`"
        };
        let told = ("such a call succeeds", answer.says_with_body());
        self.difference(Kind::CallFailed, told, remedy)
    }

    fn anonymous(&self) -> Option<Difference> {
        let answer = self.of(Purpose::Anonymous).next()?;
        let is_open = self.operation.is_open();
        if is_open && matches!(answer.status, 401 | 403) {
            let remedy =
                "take `{}` out of `security`, or let the handler take `Option` of its credentials";
            let told = (self.documented_needs(), answer.says());
            return Some(self.difference(Kind::AnonymousRefused, told, remedy));
        }
        if !is_open && self.is_let_in(answer) {
            let remedy = "ask for the credentials in the handler, or add `{}` to `security` if they are optional; \
                          is the argument a `Result<…>`? Then it refuses nobody";
            let told = (self.documented_needs(), answer.says());
            return Some(self.difference(Kind::NotEnforced, told, remedy));
        }
        None
    }

    /// The right credentials of each alternative.
    fn right(&self) -> Vec<Difference> {
        let refused = |one: &&Observed| matches!(one.status, 401 | 403);
        let count = self.of(Purpose::Right).count();
        let all_refused = count > 1 && self.of(Purpose::Right).filter(refused).count() == count;
        let together = self.of(Purpose::Together).find(|one| self.is_let_in(one));
        if let (true, Some(together)) = (all_refused, together) {
            return vec![self.difference(
                Kind::AllNeeded,
                (self.documented_needs(), format!("each alone is refused; {}", together.says())),
                "document them in one object of `security`, which means all of them; several objects mean any",
            )];
        }
        let mut found = Vec::new();
        for answer in self.of(Purpose::Right) {
            let told = || (self.documented_needs(), answer.says_with_body());
            match answer.status {
                403 if self.takes_scopes(answer.probe.alternative) => found.push(self.difference(
                    Kind::ScopeUndocumented,
                    told(),
                    "document the scope that is asked for in `security`, or ask for no more than it says",
                )),
                401 | 403 => found.push(self.difference(
                    Kind::NeverAccepted,
                    told(),
                    "accept this alternative, or take it out of `security`; if it asks for more, document that; \
                     if the credentials given to the check are wrong, correct them (is the user of the token \
                     the one that was given to `testing::Users`?)",
                )),
                status if failed(status) => found.push(self.call_failed(answer)),
                _ => {}
            }
        }
        found
    }

    /// Whether an alternative has a scheme whose tokens can be made with other scopes.
    fn takes_scopes(&self, alternative: usize) -> bool {
        let alternative = self.operation.alternatives().nth(alternative);
        let mut asked = alternative.into_iter().flat_map(|one| &one.0);
        asked.any(|asked| self.given.get(&asked.scheme).is_some_and(Given::has_scopes))
    }

    /// Each call with too little that was let in.
    fn too_little(&self, purpose: Purpose, kind: Kind, remedy: &'static str) -> Vec<Difference> {
        let accepted = self.of(purpose).filter(|one| self.is_let_in(one));
        accepted
            .map(|one| self.difference(kind, (self.documented_needs(), one.says()), remedy))
            .collect()
    }

    /// Bad credentials that were let in: one difference for each scheme.
    fn wrong(&self) -> Vec<Difference> {
        let mut by_scheme: Vec<(&str, Vec<String>)> = Vec::new();
        for answer in self.observed {
            let bad = match answer.probe.purpose {
                Purpose::Malformed | Purpose::Wrong => true,
                Purpose::Misnamed => !self.operation.is_open(),
                _ => false,
            };
            if !bad || !self.is_let_in(answer) {
                continue;
            }
            let scheme = answer.probe.scheme.as_str();
            match by_scheme.iter_mut().find(|(other, _)| *other == scheme) {
                Some((_, all)) => all.push(answer.says()),
                None => by_scheme.push((scheme, vec![answer.says()])),
            }
        }
        // A scheme without which callers get in is not looked at: that is told already.
        let ignored = |scheme: &str| {
            let mut partial = self.of(Purpose::Partial);
            partial.any(|one| one.probe.scheme == scheme && self.is_let_in(one))
        };
        let operation = &self.operation.name;
        let remedy = |scheme: &str| {
            format!(
                "check the credentials of `{scheme}` also where they are optional; if the handler is meant to take any that are well formed, say `.unverified({scheme:?})` or `.unverified_in({operation:?}, {scheme:?})`"
            )
        };
        by_scheme
            .into_iter()
            .filter(|(scheme, _)| !ignored(scheme))
            .map(|(scheme, all)| {
                let told = (self.documented_needs(), all.join("; "));
                self.difference(Kind::WrongAccepted, told, remedy(scheme))
            })
            .collect()
    }

    /// Schemes that the operation does not name, and looks at: one difference for each.
    fn unnamed(&self) -> Vec<Difference> {
        let anonymous = |status| {
            let mut all = self.of(Purpose::Anonymous);
            all.any(|one| one.status == status)
        };
        // An operation that refuses every parameter it does not know looks at none of them.
        let of_strangers = |answer: &Observed| {
            let in_query = |one: &Presented| matches!(one.place, Place::Query(_));
            let mut strangers = self.of(Purpose::Stranger);
            answer.probe.presented.last().is_some_and(in_query)
                && strangers.any(|stranger| stranger.status == answer.status)
        };
        // Whatever is sent, an open operation may be forbidden all the same.
        let closed_to_all =
            |answer: &Observed| self.operation.is_open() && anonymous(answer.status);
        let is_right_refused = self.best().any(|one| matches!(one.status, 401 | 403));
        let mut found: Vec<Difference> = Vec::new();
        for answer in self.observed {
            let scheme = &answer.probe.scheme;
            let refused = matches!(answer.status, 401 | 403);
            // Who is only now told that this is forbidden was recognised.
            let recognised = answer.status == 403 && anonymous(401);
            let (kind, remedy) = match answer.probe.purpose {
                Purpose::Unnamed if self.is_let_in(answer) || recognised => (
                    Kind::AlternativeUndocumented,
                    format!("add `{scheme}` to `security` as an alternative, or refuse it"),
                ),
                Purpose::Unasked
                    if refused
                        && !is_right_refused
                        && !of_strangers(answer)
                        && !closed_to_all(answer) =>
                {
                    (
                        Kind::SecurityUndocumented,
                        format!("add `{scheme}` to `security`, or do not look at it"),
                    )
                }
                _ => continue,
            };
            if found.iter().all(|one| one.remedy != remedy) {
                let told = (self.documented_needs(), answer.says());
                found.push(self.difference(kind, told, remedy));
            }
        }
        found
    }
}

/// Whether a status says that a call that should succeed did not, for a reason that the check can do
/// something about.
fn failed(status: u16) -> bool {
    status == 503
        || (400..500).contains(&status)
            && !HANDLER_RAN.contains(&status)
            && !matches!(status, 401 | 403)
}

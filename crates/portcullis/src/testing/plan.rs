//! The calls that one operation gets.

use super::document::{Asked, Document, Operation, Requirement};
use super::given::{Given, GivenByScheme};
use super::place::Presented;
use super::probe::{Lacking, Planned, Probe, Purpose};
use super::tokens::Tokens;
use crate::openapi::Place;

/// The calls of one operation, being put together.
pub(super) struct Plan<'a> {
    document: &'a Document,
    operation: &'a Operation,
    given: &'a GivenByScheme,
    tokens: &'a Tokens,
    probes: Vec<Probe>,
}

impl<'a> Plan<'a> {
    /// The calls, with tokens that are made now.
    pub(super) async fn made(
        document: &'a Document,
        operation: &'a Operation,
        given: &'a GivenByScheme,
    ) -> Planned {
        let mut tokens = Tokens::default();
        loop {
            let planned = Plan::of(document, operation, given, &tokens);
            if !tokens.make(given).await {
                return planned;
            }
        }
    }

    fn of(
        document: &'a Document,
        operation: &'a Operation,
        given: &'a GivenByScheme,
        tokens: &'a Tokens,
    ) -> Planned {
        let mut plan = Self {
            document,
            operation,
            given,
            tokens,
            probes: Vec::new(),
        };
        let alternatives: Vec<_> = operation.alternatives().cloned().collect();
        let anonymous = Probe::new(Purpose::Anonymous, "", "without credentials", Vec::new());
        plan.add(anonymous);
        for alternative in &alternatives {
            for asked in &alternative.0 {
                plan.one_bad(alternative, asked);
                plan.one_missing(alternative, asked);
                plan.scopes_missing(alternative, asked);
            }
        }
        plan.unnamed_schemes(&alternatives);
        // Right credentials come last: what they do may not be undone.
        let lacking = plan.right_ones(&alternatives);
        let not_given = plan.not_given(&alternatives);
        let mut planned = Planned {
            probes: plan.probes,
            differences: Vec::new(),
            not_given,
        };
        for lacking in lacking {
            planned.note(operation, lacking);
        }
        planned.note_scopes(operation, given);
        planned
    }

    /// The schemes for which there are no right credentials.
    fn not_given(&self, alternatives: &[Requirement]) -> Vec<String> {
        let asked = alternatives.iter().flat_map(|one| &one.0);
        let lacks = |asked: &&Asked| {
            let place = self.document.place(&asked.scheme);
            place.is_some_and(|place| self.value(place, asked).is_none())
        };
        asked
            .filter(lacks)
            .map(|asked| asked.scheme.clone())
            .collect()
    }

    fn value(&self, place: &Place, asked: &Asked) -> Option<String> {
        let given = self.given.get(&asked.scheme)?;
        given.value(place, || self.tokens.get(asked))
    }

    /// The right credentials of an alternative.
    fn right(&self, alternative: &Requirement) -> Result<Vec<Presented>, Lacking> {
        let mut all: Vec<(&Asked, Presented)> = Vec::new();
        for asked in &alternative.0 {
            let place = self.document.place(&asked.scheme).cloned();
            let place = place.ok_or_else(|| Lacking::Undeclared(asked.scheme.clone()))?;
            let value = self.value(&place, asked);
            let value = value.ok_or(Lacking::NotGiven)?;
            let presented = Presented { place, value };
            match all
                .iter()
                .find(|(_, other)| other.place.excludes(&presented.place))
            {
                None => all.push((asked, presented)),
                Some((_, same)) if *same == presented => {}
                Some((other, _)) => {
                    let (one, two) = (other.scheme.clone(), asked.scheme.clone());
                    return Err(Lacking::Together(one, two));
                }
            }
        }
        Ok(all.into_iter().map(|(_, presented)| presented).collect())
    }

    fn add(&mut self, probe: Probe) {
        // Two alternatives may lead to the same call.
        let same =
            |other: &Probe| other.purpose == probe.purpose && other.presented == probe.presented;
        if probe.purpose == Purpose::Right || !self.probes.iter().any(same) {
            self.probes.push(probe);
        }
    }

    /// Whether the document lets `presented` in. What lets everybody in does not count.
    fn suffices(&self, presented: &Requirement) -> bool {
        let mut alternatives = self.operation.alternatives();
        alternatives.any(|alternative| presented.satisfies(alternative))
    }

    /// Bad credentials of one scheme, right ones of the others.
    fn one_bad(&mut self, alternative: &Requirement, asked: &Asked) {
        let Some(place) = self.document.place(&asked.scheme).cloned() else {
            return;
        };
        let without = alternative.without(&asked.scheme);
        let Ok(rest) = self.right(&without) else {
            return;
        };
        if rest.iter().any(|other| other.place.excludes(&place)) {
            return;
        }
        let given = self.given.get(&asked.scheme);
        let mut bad: Vec<_> = place
            .malformed()
            .into_iter()
            .map(|bad| (Purpose::Malformed, bad))
            .collect();
        if !given.is_some_and(Given::is_anything) && !matches!(place, Place::Unknown(_)) {
            let invented = (
                "well-formed credentials that nobody has".to_owned(),
                place.invented(),
            );
            bad.push((Purpose::Wrong, invented));
            let right = self.value(&place, asked);
            let near = given.map(|given| given.near_misses(right.as_deref()));
            bad.extend(
                near.into_iter()
                    .flatten()
                    .map(|near| (Purpose::Wrong, near)),
            );
        }
        // Under another name they count as absent, which may be fine.
        if let (Some(word), false) = (place.challenge(), self.suffices(&without)) {
            let value = self.value(&place, asked);
            let value = value.and_then(|right| Some(format!("Other{}", right.strip_prefix(word)?)));
            let what = "the right credentials under the name of another scheme, `Other`";
            bad.extend(value.map(|value| (Purpose::Misnamed, (what.to_owned(), value))));
        }
        for (purpose, (what, value)) in bad {
            let mut presented = rest.clone();
            presented.push(Presented {
                place: place.clone(),
                value,
            });
            let says = if rest.is_empty() {
                format!("with {what} for `{}`", asked.scheme)
            } else {
                format!(
                    "with {what} for `{}`, and right ones for {without}",
                    asked.scheme
                )
            };
            self.add(Probe::new(purpose, &asked.scheme, says, presented));
        }
    }

    fn one_missing(&mut self, alternative: &Requirement, asked: &Asked) {
        let scheme = &asked.scheme;
        let rest = alternative.without(scheme);
        // Where everybody is let in, so is whoever has a part.
        if !rest.0.is_empty() && !self.operation.is_open() {
            let says = format!("with right credentials for {rest}, without `{scheme}`");
            self.too_little(&rest, |less| {
                Probe::new(Purpose::Partial, scheme, says, less)
            });
        }
    }

    fn scopes_missing(&mut self, alternative: &Requirement, asked: &Asked) {
        let scheme = &asked.scheme;
        if self.given.get(scheme).is_some_and(Given::has_scopes) {
            for scope in &asked.scopes {
                let less = alternative.without_scope(scheme, scope);
                let says = format!("with a token for `{scheme}` that lacks the scope `{scope}`");
                self.too_little(&less, |less| {
                    Probe::new(Purpose::Scopeless, scheme, says, less)
                });
            }
        }
    }

    /// What is less than an alternative, unless it is another.
    fn too_little(&mut self, less: &Requirement, probe: impl FnOnce(Vec<Presented>) -> Probe) {
        if !self.suffices(less)
            && let Ok(presented) = self.right(less)
        {
            self.add(probe(presented));
        }
    }

    /// Credentials of the schemes that the operation does not name: right ones must not help, and
    /// malformed ones must not be looked at.
    fn unnamed_schemes(&mut self, alternatives: &[Requirement]) {
        let named = alternatives.iter().flat_map(|one| &one.0);
        let places: Vec<_> = named
            .filter_map(|asked| self.document.place(&asked.scheme))
            .collect();
        for (scheme, place) in &self.document.schemes {
            // At the same place they may be the same credentials.
            if places.contains(&place) {
                continue;
            }
            let asked = Asked {
                scheme: scheme.clone(),
                scopes: Vec::new(),
            };
            let right = self.value(place, &asked).map(|value| Presented {
                place: place.clone(),
                value,
            });
            if let (Some(right), false) = (right, self.operation.is_open()) {
                let says = format!("with right credentials for `{scheme}`, which it does not name");
                self.add(Probe::new(Purpose::Unnamed, scheme, says, vec![right]));
            }
            let Some((let_in, others)) = self.let_in_beside(place, alternatives) else {
                continue;
            };
            if matches!(place, Place::Query(_)) {
                let (place, value) = (Place::Query("portcullis-stranger".into()), String::new());
                let mut presented = let_in.clone();
                presented.push(Presented { place, value });
                let says = format!("with a query parameter that nobody knows{others}");
                self.add(Probe::new(Purpose::Stranger, "", says, presented));
            }
            for (what, value) in place.malformed() {
                let place = place.clone();
                let mut presented = let_in.clone();
                presented.push(Presented { place, value });
                let says = format!("with {what} for `{scheme}`, which it does not name{others}");
                self.add(Probe::new(Purpose::Unasked, scheme, says, presented));
            }
        }
    }

    /// What lets a caller in who presents something else at `place`, and how to say that.
    fn let_in_beside(
        &self,
        place: &Place,
        alternatives: &[Requirement],
    ) -> Option<(Vec<Presented>, String)> {
        if self.operation.is_open() {
            return Some((Vec::new(), String::new()));
        }
        // What is deleted here is not there for the calls that follow.
        if self.operation.method == http::Method::DELETE {
            return None;
        }
        alternatives.iter().find_map(|alternative| {
            let right = self.right(alternative).ok()?;
            let fits = right.iter().all(|other| !other.place.excludes(place));
            fits.then(|| (right, format!(", and right ones for {alternative}")))
        })
    }

    /// Right credentials: of each alternative, of all, and repeated.
    fn right_ones(&mut self, alternatives: &[Requirement]) -> Vec<Lacking> {
        let mut lacking = Vec::new();
        let mut repeated = Vec::new();
        for (at, alternative) in alternatives.iter().enumerate() {
            match self.right(alternative) {
                Err(reason) => lacking.push(reason),
                Ok(presented) => {
                    for credential in &presented {
                        let mut twice = presented.clone();
                        twice.push(credential.clone());
                        repeated.push((alternative, twice));
                    }
                    let says = format!("with right credentials for {alternative}");
                    self.add(Probe {
                        alternative: at,
                        ..Probe::new(Purpose::Right, "", says, presented)
                    });
                }
            }
        }
        let all = alternatives.iter().flat_map(|one| one.0.clone()).collect();
        if let (Ok(presented), true) = (self.right(&Requirement(all)), alternatives.len() > 1) {
            let says = "with the right credentials of all alternatives at once";
            self.add(Probe::new(Purpose::Together, "", says, presented));
        }
        for (alternative, twice) in repeated {
            let says = format!("with right credentials for {alternative}, one of them twice");
            self.add(Probe::new(Purpose::Repeated, "", says, twice));
        }
        lacking
    }
}

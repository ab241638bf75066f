//! What a security argument says of itself: its schemes in their combinations, and its refusals.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::Refusal;

/// A security scheme: its name, and its OpenAPI Security Scheme Object (OpenAPI 3.1 §4.8.27).
///
/// ```
/// use portcullis::openapi::Scheme;
/// use serde_json::json;
///
/// let scheme = Scheme {
///     name: "MutualTls".into(),
///     definition: json!({ "type": "mutualTLS" }),
/// };
/// assert_eq!(scheme.name, "MutualTls");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scheme {
    /// Its name in `components.securitySchemes`.
    pub name: Cow<'static, str>,
    /// The Security Scheme Object.
    pub definition: Value,
}

/// Where a credential stands in a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// `header authorization`, `query api_key`, `cookie session`.
    field: String,
    /// Which of the kinds that could stand there: an authentication scheme, in small letters.
    kind: String,
}

impl Place {
    fn of(scheme: &Scheme) -> Self {
        let text = |name: &str| {
            let member = scheme.definition.get(name);
            member.and_then(Value::as_str).unwrap_or_default()
        };
        let authorization = |kind: &str| Self {
            field: "header authorization".to_owned(),
            kind: kind.to_ascii_lowercase(),
        };
        match text("type") {
            "apiKey" if text("in") == "header" => Self {
                field: format!("header {}", text("name").to_ascii_lowercase()),
                kind: String::new(),
            },
            "apiKey" => Self {
                field: format!("{} {}", text("in"), text("name")),
                kind: String::new(),
            },
            "http" => authorization(text("scheme")),
            "oauth2" | "openIdConnect" => authorization("bearer"),
            other => Self {
                field: other.to_owned(),
                kind: String::new(),
            },
        }
    }

    /// Whether one request cannot have both.
    fn excludes(&self, other: &Self) -> bool {
        self.field == other.field && self.kind != other.kind
    }
}

/// A scheme that is asked for, with scopes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Requirement {
    pub(super) scheme: Scheme,
    pub(super) scopes: Vec<Cow<'static, str>>,
}

/// Credentials that are asked for together: one Security Requirement Object (OpenAPI 3.1 §4.8.30).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Combination {
    pub(super) all: Vec<Requirement>,
    /// The schemes of which nothing is presented, for this combination to be the one that holds.
    without: Vec<String>,
}

impl Combination {
    fn places(&self) -> Vec<Place> {
        self.all.iter().map(|one| Place::of(&one.scheme)).collect()
    }

    /// Both at once. `None` when no request can have both.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        for requirement in &other.all {
            let known = both
                .all
                .iter_mut()
                .find(|one| one.scheme == requirement.scheme);
            match known {
                None => both.all.push(requirement.clone()),
                Some(one) => {
                    for scope in &requirement.scopes {
                        if !one.scopes.contains(scope) {
                            one.scopes.push(scope.clone());
                        }
                    }
                }
            }
        }
        both.without.extend(other.without.iter().cloned());
        let places = both.places();
        let excluded = |place: &Place| places.iter().any(|other| place.excludes(other));
        let possible = !both.lacks_one_of(&both.all) && !places.iter().any(excluded);
        possible.then_some(both)
    }

    fn lacks_one_of(&self, requirements: &[Requirement]) -> bool {
        let lacks = |one: &Requirement| self.without.iter().any(|name| *name == one.scheme.name);
        requirements.iter().any(lacks)
    }

    /// Whether a request with the credentials of `later` has those of `self` too.
    fn decides_before(&self, later: &Self) -> bool {
        let of_later = later.places();
        self.places().iter().all(|place| of_later.contains(place)) && !self.lacks_one_of(&later.all)
    }

    /// Its schemes, for a person.
    fn names(&self) -> String {
        let names: Vec<_> = self.all.iter().map(|one| &*one.scheme.name).collect();
        names.join(" and ")
    }
}

/// What a security argument says of itself.
///
/// ```
/// use portcullis::openapi::{Described, Refusal, Scheme};
/// use serde_json::json;
///
/// let header = |name: &'static str| Scheme {
///     name: name.into(),
///     definition: json!({ "type": "apiKey", "in": "header", "name": name }),
/// };
/// let both = Described::scheme(header("X-App"), &[])
///     .and(&Described::scheme(header("X-Key"), &[]))
///     .refusing(Refusal::new(401, "Not authenticated."));
/// assert_eq!(both.scheme_names(), ["X-App", "X-Key"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Described {
    pub(super) combinations: Vec<Combination>,
    pub(super) refusals: Vec<Refusal>,
    /// Alternatives of which the first always decides: the names of both.
    pub(super) never_reached: Option<(String, String)>,
    /// The answer when nothing is presented, where it is not one of those; `Option` takes it away.
    pub(super) absence: Option<Refusal>,
}

impl Described {
    /// No credential at all: what every combination begins with.
    ///
    /// ```
    /// assert!(portcullis::openapi::Described::nothing().scheme_names().is_empty());
    /// ```
    pub fn nothing() -> Self {
        Self {
            combinations: vec![Combination::default()],
            ..Self::default()
        }
    }

    /// One scheme, with scopes.
    ///
    /// ```
    /// use portcullis::openapi::{Described, Scheme};
    ///
    /// let bearer = Scheme {
    ///     name: "HTTPBearer".into(),
    ///     definition: serde_json::json!({ "type": "http", "scheme": "bearer" }),
    /// };
    /// assert_eq!(Described::scheme(bearer, &[]).scheme_names(), ["HTTPBearer"]);
    /// ```
    pub fn scheme(scheme: Scheme, scopes: &[&'static str]) -> Self {
        let scopes = scopes.iter().map(|scope| Cow::Borrowed(*scope)).collect();
        Self {
            combinations: vec![Combination {
                all: vec![Requirement { scheme, scopes }],
                without: Vec::new(),
            }],
            ..Self::default()
        }
    }

    /// This, and `other` with it: each combination of the one with each of the other.
    ///
    /// ```
    /// # use portcullis::openapi::Described;
    /// let nothing = Described::default();
    /// assert_eq!(nothing.clone().and(&nothing), nothing);
    /// ```
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let pairs = self
            .combinations
            .iter()
            .flat_map(|one| other.combinations.iter().filter_map(|two| one.and(two)));
        Self {
            combinations: pairs.collect(),
            refusals: self.refusals,
            never_reached: self.never_reached.or_else(|| other.never_reached.clone()),
            absence: None,
        }
        .refusing_all(&other.refusals)
    }

    /// This, or else `other`.
    ///
    /// ```
    /// # use portcullis::openapi::{Described, Scheme};
    /// # let scheme = |name: &'static str| Scheme {
    /// #     name: name.into(),
    /// #     definition: serde_json::json!({ "type": "apiKey", "in": "header", "name": name }),
    /// # };
    /// let either = Described::scheme(scheme("X-A"), &[])
    ///     .or(&Described::scheme(scheme("X-B"), &[]));
    /// assert_eq!(either.scheme_names(), ["X-A", "X-B"]);
    /// ```
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        for later in &other.combinations {
            let mut earlier = self.combinations.iter();
            if let Some(first) = earlier.find(|first| first.decides_before(later)) {
                self.never_reached = Some((first.names(), later.names()));
            }
        }
        self.combinations.extend(other.combinations.iter().cloned());
        self.absence = None;
        self.never_reached = self.never_reached.or_else(|| other.never_reached.clone());
        self.refusing_all(&other.refusals)
    }

    /// This, or nothing at all.
    ///
    /// ```
    /// # use portcullis::openapi::{Described, Scheme};
    /// # let scheme = Scheme {
    /// #     name: "HTTPBearer".into(),
    /// #     definition: serde_json::json!({ "type": "http", "scheme": "bearer" }),
    /// # };
    /// let optional = Described::scheme(scheme, &[]).optional();
    /// assert_eq!(optional.scheme_names(), ["HTTPBearer"]);
    /// ```
    #[must_use]
    pub fn optional(mut self) -> Self {
        let names = self.scheme_names().into_iter();
        let nothing = Combination {
            all: Vec::new(),
            without: names.map(str::to_owned).collect(),
        };
        self.combinations.push(nothing);
        self.absence = None;
        self
    }

    /// Of several, each of which may have an answer of its own: one for all when none is there.
    pub(crate) fn absent(mut self, refusal: Refusal) -> Self {
        if !self.is_optional() {
            self.absence = Some(refusal);
        }
        self
    }

    /// Of several that are needed together: also when a part of them is there.
    pub(crate) fn incomplete(self, refusal: Refusal) -> Self {
        if self.is_optional() {
            return self;
        }
        self.refusing(refusal)
    }

    fn is_optional(&self) -> bool {
        self.combinations.iter().any(|one| one.all.is_empty())
    }

    /// This, and one more refusal. Of two with one status, the descriptions are joined.
    ///
    /// ```
    /// use portcullis::openapi::{Described, Refusal};
    ///
    /// let described = Described::default().refusing(Refusal::new(401, "No token."));
    /// assert_ne!(described, Described::default());
    /// ```
    #[must_use]
    pub fn refusing(mut self, refusal: Refusal) -> Self {
        Refusal::add(&mut self.refusals, refusal);
        self
    }

    /// This, and more refusals.
    ///
    /// ```
    /// use portcullis::openapi::{Described, Refusal};
    ///
    /// let refusals = [Refusal::new(401, "No token."), Refusal::new(403, "Not yours.")];
    /// let described = Described::default().refusing_all(&refusals);
    /// assert_ne!(described, Described::default());
    /// ```
    #[must_use]
    pub fn refusing_all(self, refusals: &[Refusal]) -> Self {
        refusals.iter().cloned().fold(self, Self::refusing)
    }

    /// The names of the schemes, each once.
    ///
    /// ```
    /// # use portcullis::openapi::Described;
    /// assert!(Described::default().scheme_names().is_empty());
    /// ```
    pub fn scheme_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for one in self.combinations.iter().flat_map(|all| &all.all) {
            if !names.contains(&&*one.scheme.name) {
                names.push(&*one.scheme.name);
            }
        }
        names
    }
}

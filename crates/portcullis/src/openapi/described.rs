//! What a security argument says of itself: its schemes in their requirements, and its refusals.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::place::Place;
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

/// A scheme that is asked for, with scopes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) scheme: Scheme,
    pub(super) scopes: Vec<Cow<'static, str>>,
}

/// Credentials that are asked for together: one Security Requirement Object (OpenAPI 3.1 §4.8.30).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Requirement {
    pub(super) all: Vec<Asked>,
    /// The schemes of which nothing is presented, for this requirement to be the one that holds.
    without: Vec<String>,
}

impl Requirement {
    fn places(&self) -> Vec<Place> {
        self.all
            .iter()
            .map(|one| Place::of(&one.scheme.definition))
            .collect()
    }

    /// Both at once. `None` when no request can have both.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        for asked in &other.all {
            let known = both.all.iter_mut().find(|one| one.scheme == asked.scheme);
            match known {
                None => both.all.push(asked.clone()),
                Some(one) => {
                    for scope in &asked.scopes {
                        if !one.scopes.contains(scope) {
                            one.scopes.push(scope.clone());
                        }
                    }
                }
            }
        }
        both.without.extend(other.without.iter().cloned());
        let places = both.places();
        let excluded = |place: &Place| {
            let mut others = places.iter().filter(|other| *other != place);
            others.any(|other| place.excludes(other))
        };
        let possible = !both.lacks_one_of(&both.all) && !places.iter().any(excluded);
        possible.then_some(both)
    }

    fn lacks_one_of(&self, asked: &[Asked]) -> bool {
        let lacks = |one: &Asked| self.without.iter().any(|name| *name == one.scheme.name);
        asked.iter().any(lacks)
    }

    /// Whether a request with the credentials of `later` has those of `self` too.
    fn decides_before(&self, later: &Self) -> bool {
        let of_later = later.places();
        self.places().iter().all(|place| of_later.contains(place)) && !self.lacks_one_of(&later.all)
    }

    /// Its schemes, for a person.
    fn names(&self) -> String {
        if self.all.is_empty() {
            return "nothing".to_owned();
        }
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
/// let certificate = Scheme {
///     name: "MutualTls".into(),
///     definition: json!({ "type": "mutualTLS" }),
/// };
/// let described = Described::scheme(certificate, &[])
///     .refusing(Refusal::new(401, "No client certificate."));
/// assert_eq!(described.scheme_names(), ["MutualTls"]);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Described {
    pub(super) requirements: Vec<Requirement>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) defect: Option<Defect>,
    /// The answer when nothing is presented, where it is not one of those; `Option` takes it away.
    pub(super) absence: Option<Refusal>,
}

/// Why credentials cannot be asked for like this: what is wrong with two of them, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Defect {
    /// Of these alternatives, the first always decides.
    NeverReached(String, String),
    /// Before this alternative stands one that asks for nothing.
    AlwaysSatisfied(String),
    /// No request can have both.
    NeverTogether(String, String),
}

impl Described {
    /// No alternative yet: what [`or`](Self::or) begins with.
    pub(crate) const fn none() -> Self {
        Self {
            requirements: Vec::new(),
            refusals: Vec::new(),
            defect: None,
            absence: None,
        }
    }

    /// No credential at all: what [`and`](Self::and) begins with.
    pub(crate) fn nothing() -> Self {
        Self {
            requirements: vec![Requirement::default()],
            ..Self::none()
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
            requirements: vec![Requirement {
                all: vec![Asked { scheme, scopes }],
                without: Vec::new(),
            }],
            ..Self::none()
        }
    }

    /// This, and `other` with it: each requirement of the one with each of the other.
    pub(crate) fn and(self, other: &Self) -> Self {
        let pairs = self
            .requirements
            .iter()
            .flat_map(|one| other.requirements.iter().filter_map(|two| one.and(two)));
        let requirements: Vec<_> = pairs.collect();
        let names = |of: &Self| of.scheme_names().join(" or ");
        let apart = requirements
            .is_empty()
            .then(|| Defect::NeverTogether(names(&self), names(other)));
        let defect = self.defect.or_else(|| other.defect.clone()).or(apart);
        Self {
            requirements,
            refusals: self.refusals,
            defect,
            absence: None,
        }
        .refusing_all(&other.refusals)
    }

    /// This, or else `other`.
    pub(crate) fn or(mut self, other: &Self) -> Self {
        for later in &other.requirements {
            let mut earlier = self.requirements.iter();
            if let Some(first) = earlier.find(|first| first.decides_before(later)) {
                self.defect = Some(if first.all.is_empty() {
                    Defect::AlwaysSatisfied(later.names())
                } else {
                    Defect::NeverReached(first.names(), later.names())
                });
            }
        }
        self.requirements.extend(other.requirements.iter().cloned());
        self.defect = self.defect.or_else(|| other.defect.clone());
        self.absence = None;
        self.refusing_all(&other.refusals)
    }

    /// This, or nothing at all.
    pub(crate) fn optional(mut self) -> Self {
        let names = self.scheme_names().into_iter();
        let nothing = Requirement {
            all: Vec::new(),
            without: names.map(str::to_owned).collect(),
        };
        self.requirements.push(nothing);
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
        self.requirements.iter().any(|one| one.all.is_empty())
    }

    /// This, and one more refusal. Of two with one status, the descriptions are joined.
    ///
    /// ```
    /// use portcullis::openapi::{Described, Refusal};
    /// use portcullis::scheme::Documented;
    /// use portcullis::{HttpBasic, SecurityScopes};
    ///
    /// /// Basic credentials whose check may also find that there are too many.
    /// fn described() -> Described {
    ///     <HttpBasic>::described(SecurityScopes::none())
    ///         .refusing(Refusal::new(429, "Too many wrong passwords."))
    /// }
    /// # assert_eq!(described().scheme_names(), ["HTTPBasic"]);
    /// ```
    #[must_use]
    pub fn refusing(mut self, refusal: Refusal) -> Self {
        Refusal::add(&mut self.refusals, refusal);
        self
    }

    /// This, and more refusals.
    pub(crate) fn refusing_all(self, refusals: &[Refusal]) -> Self {
        refusals.iter().cloned().fold(self, Self::refusing)
    }

    /// The names of the schemes, each once.
    ///
    /// ```
    /// use portcullis::scheme::Documented;
    /// use portcullis::{ActiveUser, SecurityScopes};
    ///
    /// let described = <ActiveUser>::described(SecurityScopes::none());
    /// assert_eq!(described.scheme_names(), ["OAuth2PasswordBearer"]);
    /// ```
    pub fn scheme_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for one in self.requirements.iter().flat_map(|all| &all.all) {
            if !names.contains(&&*one.scheme.name) {
                names.push(&*one.scheme.name);
            }
        }
        names
    }
}

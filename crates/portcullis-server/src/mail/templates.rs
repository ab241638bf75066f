//! The words and the looks of mails: the library's, or the operator's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use minijinja::{Environment, Error, HtmlEscape, UndefinedBehavior, Value};
use portcullis::mail::{Letter, OneLine};

/// The frame of every HTML mail, and what stands in it. Both may be replaced.
const BUILT_IN: [(&str, &str); 2] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("letter.html", include_str!("templates/letter.html")),
];

/// A mail's parts.
pub(super) struct Rendered {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// The templates of all mails. Whatever the operator does not give is built in.
pub(super) struct Templates {
    environment: Environment<'static>,
    folder: Option<PathBuf>,
    given: BTreeSet<String>,
}

impl Templates {
    /// Reads the operator's folder, and tries every kind of letter on what it found.
    pub(super) fn read(folder: Option<&Path>) -> anyhow::Result<Self> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("unlinked", |text: &str| {
            Value::from_safe_string(unlinked(text))
        });
        for (name, source) in BUILT_IN {
            environment.add_template(name, source)?;
        }
        let mut templates = Self {
            environment,
            folder: folder.map(Path::to_owned),
            given: BTreeSet::new(),
        };
        if let Some(folder) = folder {
            templates.read_folder(folder)?;
        }
        for letter in Letter::samples() {
            templates.try_on(&letter).map_err(anyhow::Error::msg)?;
        }
        Ok(templates)
    }

    fn read_folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        let place = folder.display();
        let entries = std::fs::read_dir(folder)
            .with_context(|| format!("setting `mail.templates`: {place} cannot be read"))?;
        for entry in entries {
            let path = entry?.path();
            let Some(name) = template_name(&path)? else {
                continue;
            };
            let source = std::fs::read_to_string(&path)
                .with_context(|| format!("mail template {} cannot be read", path.display()))?;
            let added = self.environment.add_template_owned(name.clone(), source);
            added.map_err(|error| anyhow::Error::msg(self.told(&error)))?;
            self.given.insert(name);
        }
        Ok(())
    }

    /// Renders a letter. The error says what is wrong with which template.
    pub(super) fn render(&self, letter: &Letter) -> Result<Rendered, String> {
        let kind = letter.kind();
        let wording = letter.wording();
        let mut values = values(letter);
        let own = |part: &str| Some(format!("{kind}.{part}")).filter(|it| self.given.contains(it));
        let subject = match own("subject") {
            Some(name) => self.one(&name, &values)?,
            None => wording.subject.clone(),
        };
        // A line's end in it would begin a header.
        let subject = OneLine::new(subject.trim()).as_str().to_owned();
        values.insert("subject", Value::from(subject.as_str()));
        let text = match own("txt") {
            Some(name) => self.one(&name, &values)?,
            None => wording.text(),
        };
        let html = own("html").unwrap_or_else(|| "letter.html".to_owned());
        let html = self.one(&html, &values)?;
        Ok(Rendered {
            subject,
            text,
            html,
        })
    }

    fn one(&self, name: &str, values: &BTreeMap<&'static str, Value>) -> Result<String, String> {
        let template = self.environment.get_template(name);
        let rendered = template.and_then(|template| template.render(values.clone()));
        rendered.map_err(|error| self.told(&error))
    }

    /// A sample must come out whole: a letter without its link is of no use to anybody.
    fn try_on(&self, letter: &Letter) -> Result<(), String> {
        let rendered = self.render(letter)?;
        let kind = letter.kind();
        if rendered.subject.is_empty() {
            let place = self.place(&format!("{kind}.subject"));
            return Err(format!("mail template {place}: it yields no subject"));
        }
        let Some(link) = letter.content.link() else {
            return Ok(());
        };
        for (part, body) in [("txt", &rendered.text), ("html", &rendered.html)] {
            if !body.contains(link.token()) {
                let place = self.place(&format!("{kind}.{part}"));
                return Err(format!(
                    "mail template {place}: what it yields has no link; write {{{{ address }}}}"
                ));
            }
        }
        Ok(())
    }

    /// Where a template lies.
    fn place(&self, name: &str) -> String {
        match &self.folder {
            Some(folder) => folder.join(name).display().to_string(),
            None => name.to_owned(),
        }
    }

    /// Which file, which line, and what is wrong.
    fn told(&self, error: &Error) -> String {
        // What happened in an included template stands behind what included it.
        let mut innermost = error;
        while let Some(inner) =
            std::error::Error::source(innermost).and_then(|it| it.downcast_ref())
        {
            innermost = inner;
        }
        let place = innermost.name().map(|name| self.place(name));
        let place = place.unwrap_or_else(|| "of unknown name".to_owned());
        let line = innermost.line().map(|line| format!(", line {line}"));
        let (line, kind) = (line.unwrap_or_default(), innermost.kind());
        match innermost.detail() {
            Some(detail) => format!("mail template {place}{line}: {kind}: {detail}"),
            None => format!("mail template {place}{line}: {kind}"),
        }
    }
}

/// The name under which a file of the folder is a template; `None` if it is none. A name that nothing asks
/// for is a mistake, unless it begins with `_`: those are there to be included by others.
fn template_name(path: &Path) -> anyhow::Result<Option<String>> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Ok(None);
    };
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return Ok(None);
    };
    if !matches!(extension, "subject" | "txt" | "html") || stem.is_empty() {
        return Ok(None);
    }
    let is_built_in = BUILT_IN.iter().any(|(other, _)| *other == name);
    if is_built_in || stem.starts_with('_') || Letter::sample(stem).is_some() {
        return Ok(Some(name.to_owned()));
    }
    let samples = Letter::samples();
    let kinds: Vec<_> = samples.iter().map(Letter::kind).collect();
    bail!(
        "mail template {}: no mail is of that kind; there are {}, each with .subject, .txt and .html; \
         layout.html; letter.html; and files whose names begin with `_`, for you to include",
        path.display(),
        kinds.join(", ")
    )
}

/// Text for HTML, in which mail programs find no address to make a link of: somebody may be called
/// `login.example`, and the mail goes to somebody else. What is copied of it is the text.
fn unlinked(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter == '.' && rest.peek().is_some_and(|next| next.is_alphanumeric()) {
            html.push_str("<wbr>");
        }
        html.push_str(&HtmlEscape(letter.encode_utf8(&mut [0; 4])).to_string());
    }
    html
}

/// What a template can ask for. What a kind does not have is undefined there.
fn values(letter: &Letter) -> BTreeMap<&'static str, Value> {
    let wording = letter.wording();
    let content = &letter.content;
    let list = |texts: Vec<String>| texts.into_iter().collect::<Value>();
    let mut values = BTreeMap::from([
        ("kind", Value::from(letter.kind())),
        ("service", Value::from(letter.service())),
        ("issuer", Value::from(letter.issuer.as_str())),
        ("to", Value::from(letter.to.as_str())),
        ("before", list(wording.before)),
        ("after", list(wording.after)),
        ("button", Value::from(wording.button)),
        ("address", Value::from(wording.address)),
    ]);
    let texts = [
        ("username", content.username()),
        ("new_address", content.new_address()),
    ];
    for (name, text) in texts {
        values.extend(text.map(|text| (name, Value::from(text.as_str()))));
    }
    let validity = content.link().map(|link| Value::from(link.validity()));
    values.extend(validity.map(|validity| ("validity", validity)));
    values
}

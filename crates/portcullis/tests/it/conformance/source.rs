//! The functions of a test binary, read from its source as the compiler would find them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, ImplItem, Item, ItemMod, Macro, Meta, Token};

/// A function, and what matters about it as a test.
#[derive(Debug)]
pub(super) struct Function {
    /// With the names of its tree and modules.
    pub(super) path: String,
    pub(super) is_test: bool,
    /// Whether its own body asserts.
    pub(super) asserts: bool,
    /// The last names of what it calls.
    pub(super) calls: BTreeSet<String>,
    /// Why it may not run, or not say anything.
    pub(super) faults: Vec<String>,
}

impl Function {
    pub(super) fn name(&self) -> &str {
        self.path.rsplit("::").next().unwrap()
    }
}

/// Every function of the tree whose root is `file`.
pub(super) fn functions(tree: &str, file: &Path) -> Vec<Function> {
    let mut reader = Reader::default();
    let place = Place {
        module: tree.to_owned(),
        file: file.to_owned(),
        children: file.parent().unwrap().to_owned(),
        faults: Vec::new(),
    };
    reader.file(&place);
    reader.found
}

/// Where the reader is.
#[derive(Clone)]
struct Place {
    module: String,
    file: PathBuf,
    /// The folder of the files of its modules.
    children: PathBuf,
    /// Why nothing in it may run.
    faults: Vec<String>,
}

impl Place {
    fn inside(&self, name: &str, attributes: &[Attribute]) -> Self {
        let mut inside = self.clone();
        inside.module = format!("{}::{name}", self.module);
        inside.faults.extend(faults(attributes));
        inside
    }
}

#[derive(Default)]
struct Reader {
    found: Vec<Function>,
}

impl Reader {
    fn file(&mut self, place: &Place) {
        let text = fs::read_to_string(&place.file)
            .unwrap_or_else(|error| panic!("{}: {error}", place.file.display()));
        let file = syn::parse_file(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", place.file.display()));
        let mut place = place.clone();
        place.faults.extend(faults(&file.attrs));
        self.items(&file.items, &place);
    }

    fn items(&mut self, items: &[Item], place: &Place) {
        for item in items {
            match item {
                Item::Mod(module) => self.module(module, place),
                Item::Fn(function) => {
                    let place = place.inside(&function.sig.ident.to_string(), &function.attrs);
                    self.function(&place, &function.attrs, &function.block);
                }
                Item::Impl(methods) => {
                    let of = place.inside(&type_name(&methods.self_ty), &methods.attrs);
                    for item in &methods.items {
                        if let ImplItem::Fn(method) = item {
                            let place = of.inside(&method.sig.ident.to_string(), &method.attrs);
                            self.function(&place, &method.attrs, &method.block);
                        }
                    }
                }
                Item::Macro(called) => self.hidden(&called.mac, place),
                _ => {}
            }
        }
    }

    fn module(&mut self, module: &ItemMod, place: &Place) {
        let name = module.ident.to_string();
        let mut inside = place.inside(&name, &module.attrs);
        if let Some((_, items)) = &module.content {
            inside.children.push(&name);
            self.items(items, &inside);
            return;
        }
        if let Some(path) = path_of(&module.attrs) {
            inside.file = place.file.parent().unwrap().join(path);
            inside.children = inside.file.parent().unwrap().to_owned();
        } else if place.children.join(format!("{name}.rs")).exists() {
            inside.file = place.children.join(format!("{name}.rs"));
            inside.children = place.children.join(&name);
        } else {
            inside.children = place.children.join(&name);
            inside.file = inside.children.join("mod.rs");
        }
        self.file(&inside);
    }

    fn function(&mut self, place: &Place, attributes: &[Attribute], body: &Block) {
        let mut seen = Body::default();
        seen.visit_block(body);
        let expects = attributes.iter().any(panics_as_expected);
        self.found.push(Function {
            path: place.module.clone(),
            is_test: attributes.iter().any(is_test),
            asserts: seen.asserts || expects,
            calls: seen.calls,
            faults: place.faults.clone(),
        });
    }

    /// A macro can hold tests that are not seen here.
    fn hidden(&mut self, called: &Macro, place: &Place) {
        let tokens = called.tokens.to_string();
        if tokens.split_whitespace().any(|word| word == "fn") {
            self.found.push(Function {
                path: format!("{}::{}!", place.module, last_name(&called.path)),
                is_test: true,
                asserts: true,
                calls: BTreeSet::new(),
                faults: vec!["is a macro with functions in it, which nobody looks into".into()],
            });
        }
    }
}

fn type_name(of: &syn::Type) -> String {
    match of {
        syn::Type::Path(named) => last_name(&named.path),
        _ => "_".to_owned(),
    }
}

fn last_name(path: &syn::Path) -> String {
    path.segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

fn path_of(attributes: &[Attribute]) -> Option<String> {
    let path = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("path"))?;
    let Meta::NameValue(pair) = &path.meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn is_test(attribute: &Attribute) -> bool {
    last_name(attribute.path()) == "test"
}

/// `#[should_panic(expected = "…")]`.
fn panics_as_expected(attribute: &Attribute) -> bool {
    let list = attribute.meta.require_list();
    attribute.path().is_ident("should_panic")
        && list.is_ok_and(|list| list.tokens.to_string().starts_with("expected"))
}

/// What about the attributes may keep a test from running, or from saying anything.
fn faults(attributes: &[Attribute]) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("ignore") {
            found.push("is ignored".into());
        } else if path.is_ident("cfg_attr") {
            found.push("has attributes that depend on the build".into());
        } else if path.is_ident("should_panic") && !panics_as_expected(attribute) {
            found.push("may panic for any reason".into());
        } else if path.is_ident("cfg") {
            let condition = attribute
                .meta
                .require_list()
                .map(|list| list.tokens.to_string());
            if !condition.is_ok_and(|condition| condition == "test") {
                found.push("is not in every build".into());
            }
        }
    }
    found
}

/// What a body does.
#[derive(Default)]
struct Body {
    asserts: bool,
    calls: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Body {
    fn visit_macro(&mut self, called: &'ast Macro) {
        let sides = match &*last_name(&called.path) {
            "assert" => 1,
            "assert_eq" | "assert_ne" => 2,
            _ => return,
        };
        let arguments = called.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        // What cannot be read is no plain constant.
        let says_something = arguments.map_or(true, |arguments| {
            let sides: Vec<_> = arguments.iter().take(sides).collect();
            let differ = sides.first() != sides.last() || sides.len() == 1;
            differ && sides.iter().any(|side| is_computed(side))
        });
        self.asserts |= says_something;
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(function) = &*call.func {
            self.calls.insert(last_name(&function.path));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.calls.insert(call.method.to_string());
        visit::visit_expr_method_call(self, call);
    }

    /// A function inside a function is not called by standing there.
    fn visit_item(&mut self, _: &'ast Item) {}
}

/// Whether anything but literals is in the expression.
fn is_computed(expression: &Expr) -> bool {
    struct Names(bool);
    impl<'ast> Visit<'ast> for Names {
        fn visit_path(&mut self, _: &'ast syn::Path) {
            self.0 = true;
        }
    }
    let mut names = Names(false);
    names.visit_expr(expression);
    names.0
}

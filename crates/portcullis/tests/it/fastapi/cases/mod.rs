//! What is asked of both sides. A case says only what is sent: what is expected is that both agree.

mod api_key;
mod basic;
mod bearer;
mod composition;
mod digest;
mod form;

use super::wire::Request;

/// A request, by name.
pub(super) struct Case {
    /// `route: what is sent`.
    pub(super) name: String,
    pub(super) request: Request,
}

pub(super) fn all() -> Vec<Case> {
    let mut all = Vec::new();
    all.extend(api_key::cases());
    all.extend(basic::cases());
    all.extend(bearer::cases());
    all.extend(composition::cases());
    all.extend(digest::cases());
    all.extend(form::cases());
    all
}

/// What is sent, by name, and the `Authorization` headers that it is.
type Sent = (&'static str, &'static [&'static [u8]]);

/// Each of `sent` to each of the routes.
fn authorization(routes: &[&str], sent: &[Sent]) -> Vec<Case> {
    let mut cases = Vec::new();
    for route in routes {
        for (what, values) in sent {
            let request = Request::get(&format!("/{route}"));
            cases.push(Case {
                name: format!("{route}: {what}"),
                request: values.iter().fold(request, |request, value| {
                    request.header("authorization", value)
                }),
            });
        }
    }
    cases
}

//! What a developer tests their own API with.

mod acting;
mod effects;
mod enforcer;
mod every_pair;
mod inputs;
mod kept_sessions;
mod lies;
mod refusals;
mod true_apps;
mod twin;

use axum::Router;
use portcullis::testing::{CheckFailed, DifferenceKind, Differences, DocumentCheck, Report};

/// A check that must find something.
pub(crate) async fn differences(check: &DocumentCheck, app: Router) -> Differences {
    match check.run(app).await {
        Err(CheckFailed::Differs(differences)) => differences,
        Err(other) => panic!("{other}"),
        Ok(report) => panic!("nothing was found: {report}"),
    }
}

/// The kinds of what it finds, each once, in order; empty when it passes.
pub(crate) async fn kinds(check: &DocumentCheck, app: Router) -> Vec<DifferenceKind> {
    match check.run(app).await {
        Err(CheckFailed::Differs(differences)) => {
            let mut kinds: Vec<_> = differences.iter().map(|one| one.kind).collect();
            kinds.dedup();
            kinds
        }
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}

/// A check that must pass.
pub(crate) async fn passes(check: &DocumentCheck, app: Router) -> Report {
    check.run(app).await.unwrap()
}

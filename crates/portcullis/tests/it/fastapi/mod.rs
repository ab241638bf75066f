//! Portcullis beside a pinned, live FastAPI: they agree, but for what is listed.
//!
//! Each case is a request that both sides get, byte for byte, or a place in their documents.

mod app;
mod cases;
mod compare;
mod differences;
mod document;
mod live;
mod told;
mod tutorial;
mod wire;

use std::future::ready;
use std::net::SocketAddr;

use app::Portcullis;
pub(crate) use app::compared;
use compare::{Seen, problems};
use live::FastApi;
use serde_json::{Value, json};
use tutorial::Side;
use wire::{Answer, Request};

/// FastAPI's own suite has 260 tests of its security module.
const AT_LEAST: usize = 250;

fn document(address: SocketAddr, target: &str) -> Value {
    let answer = Request::get(target).send(address);
    assert_eq!(answer.status, Some(200), "{target}: {answer}");
    answer.body
}

/// Where FastAPI writes a wrong document, ours does not start.
fn defects(fastapi: SocketAddr) -> Vec<Seen> {
    let ours = [
        ("name_twice", app::name_twice()),
        ("undeclared", app::undeclared()),
        ("never_together", app::never_together()),
        ("never_reached", app::never_reached()),
    ];
    let seen = ours.into_iter().map(|(name, ours)| {
        let fastapi = document(fastapi, &format!("/{name}/openapi.json"));
        let shown = |document: &Value| {
            json!({
                "schemes": document::schemes(document),
                "security": document["paths"]["/a"]["get"]["security"],
            })
        };
        Seen {
            case: format!("document: {name}"),
            fastapi: Answer::told(shown(&fastapi)),
            ours: Answer::told(match ours {
                Ok(ours) => shown(&ours),
                Err(error) => error.to_string().into(),
            }),
        }
    });
    seen.collect()
}

#[test]
fn both_answer_alike_but_for_what_is_listed() {
    let fastapi = FastApi::start();
    let ours = Portcullis::start(ready(app::compared()));
    let lessons = Portcullis::start(app::tutorial::app());
    let mut seen: Vec<Seen> = cases::all()
        .into_iter()
        .map(|case| Seen {
            fastapi: case.request.send(fastapi.address),
            ours: case.request.send(ours.address),
            case: case.name,
        })
        .collect();
    let [theirs, mine] = [fastapi.address, ours.address].map(|at| document(at, "/openapi.json"));
    seen.extend(document::seen(&theirs, &mine));
    seen.extend(defects(fastapi.address));
    let theirs = Side {
        address: fastapi.address,
        mounted: "/tutorial",
    };
    let mine = Side {
        address: lessons.address,
        mounted: "",
    };
    seen.extend(tutorial::seen(theirs, mine));
    println!("{} cases", seen.len());
    let problems = problems(&seen, &differences::all());
    assert!(
        problems.is_empty(),
        "{} of {} cases:\n{}",
        problems.len(),
        seen.len(),
        problems.join("\n")
    );
    assert!(seen.len() >= AT_LEAST, "only {} cases", seen.len());
}

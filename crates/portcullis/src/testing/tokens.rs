//! The bearer tokens of an operation's calls.

use std::cell::RefCell;

use super::document::Asked;
use super::given::{Given, GivenByScheme};

/// Each is made once for one plan, so that two ways to the same call are seen to be one.
#[derive(Default)]
pub(super) struct Tokens {
    made: Vec<(Asked, String)>,
    /// What a plan asked for, and was not there yet.
    lacking: RefCell<Vec<Asked>>,
}

impl Tokens {
    /// The token, or what stands for it until it is made.
    pub(super) fn get(&self, asked: &Asked) -> String {
        let mut made = self.made.iter();
        if let Some((_, token)) = made.find(|(other, _)| other == asked) {
            return token.clone();
        }
        let mut lacking = self.lacking.borrow_mut();
        if !lacking.contains(asked) {
            lacking.push(asked.clone());
        }
        format!("{} {}", asked.scheme, asked.scopes.join(" "))
    }

    /// Makes what was lacking; `false` when nothing was.
    pub(super) async fn make(&mut self, given: &GivenByScheme) -> bool {
        let lacking = self.lacking.take();
        let any = !lacking.is_empty();
        for asked in lacking {
            if let Some(Given::Token(make)) = given.get(&asked.scheme) {
                let token = make(&asked.scopes).await;
                self.made.push((asked, token));
            }
        }
        any
    }
}

//! The guide: short pages, each of them true and run as a test.
//!
//! | page | for |
//! |---|---|
//! | [`quickstart`] | an API with users, in one file |
//! | [`tutorial`] | the same in nine steps, from a token in a header to users in a database |
//! | [`own_schemes`] | every scheme, how they are composed, refusals and dependencies of your own |
//! | [`own_user_model`] | users that lie in a table of yours |
//! | [`testing`] | tests of your own API |
//! | [`from_fastapi`] | their line and ours, and every difference that is meant |
//! | [`when_it_does_not_compile`] | what the compiler says, and what is meant |
//! | [`threats`] | what is attacked, and what is done about it |

pub mod from_fastapi;
pub mod own_schemes;
pub mod own_user_model;
pub mod quickstart;
pub mod testing;
pub mod threats;
pub mod tutorial;
pub mod when_it_does_not_compile;

//! The guide: short pages, each of them true and run as a test.
//!
//! | page | for |
//! |---|---|
//! | [`quickstart`] | an API with users, in one file |
//! | [`own_user_model`] | users that lie in a table of yours |
//! | [`threats`] | what is attacked, and what is done about it |

pub mod own_user_model;
pub mod quickstart;
pub mod threats;

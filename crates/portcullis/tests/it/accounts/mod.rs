//! Accounts over HTTP: one file for each address, and one for each thing that holds for all of them.

mod administration;
mod authorization;
mod bodies;
mod delivery;
mod document;
mod email_change;
mod email_verification;
mod house;
mod invitations;
mod mass_assignment;
mod me;
mod own_password;
mod password_recovery;
mod races;
mod slow_body;
mod store_away;
mod user;
mod users;
mod users_list;

pub(crate) use house::{AccountHouse, NEW_PASSWORD, PASSWORD};

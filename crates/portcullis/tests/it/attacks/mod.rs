//! Attacks from the catalogue, one test for each row; a group of rows to each folder.

mod accounts;
mod passwords;

//! Attacks from the catalogue, one test for each row.

mod accounts;

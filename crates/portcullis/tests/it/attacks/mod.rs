//! The catalogue of attacks, a group of rows to each folder.

mod passwords;

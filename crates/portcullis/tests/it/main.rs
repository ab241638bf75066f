//! The library as a developer uses it: over HTTP, by its public names alone.

mod architecture;
mod examples;
mod extract;
mod fixture;
mod openapi;
mod scheme;
mod token;

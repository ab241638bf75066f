//! The library as a developer uses it: over HTTP, by its public names alone.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod asvs;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod client;
#[cfg(test)]
mod compile;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod cross_use;
#[cfg(test)]
mod enumeration;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod extract;
#[cfg(test)]
mod fastapi;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod nist;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod people;
#[cfg(test)]
mod rfc;
#[cfg(test)]
mod scheme;
mod sealing_key_file;
#[cfg(test)]
mod signing_keys;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod token;
#[cfg(test)]
mod users;
#[cfg(test)]
mod verify;

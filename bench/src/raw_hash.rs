//! The yardstick `raw hash`: Argon2id with its memory reused, and no server.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use argon2::Block;

use crate::statistics::rate;
use crate::{interrupt, users};

/// Hashes per second on this thread.
pub(crate) fn one_thread(length: Duration) -> anyhow::Result<f64> {
    interrupt::check()?;
    let argon2 = users::argon2id()?;
    let mut memory = vec![Block::default(); argon2.params().block_count()];
    let mut output = [0; 32];
    let begun = Instant::now();
    let mut hashes = 0;
    while begun.elapsed() < length {
        argon2
            .hash_password_into_with_memory(
                black_box(users::PASSWORD.as_bytes()),
                b"sixteen bytes ..",
                &mut output,
                &mut memory,
            )
            .context("cannot hash")?;
        black_box(&output);
        hashes += 1;
    }
    Ok(rate(hashes, begun.elapsed()))
}

/// Hashes per second on that many threads at once. Where this is less than
/// one thread's × threads, the cores stand in each other's way, and no
/// server's logins can reach what P3 divides by.
pub(crate) fn threads(count: usize, length: Duration) -> anyhow::Result<f64> {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..count)
            .map(|_| scope.spawn(|| one_thread(length)))
            .collect();
        let mut total = 0.0;
        for worker in workers {
            total += worker.join().map_err(|_| anyhow!("a thread panicked"))??;
        }
        Ok(total)
    })
}

//! One thread for all curve arithmetic of the node.
//!
//! Another crate of the build may switch on threads inside arkworks. In here
//! there is one, so verification takes the time that its gas was measured at,
//! and leaves the other cores to the rest of the node.

use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::OnceLock;

static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

/// Runs a computation on the thread.
///
/// Where the operating system refuses one, it runs on the caller's: results are
/// the same.
pub fn run<T: Send>(computation: impl FnOnce() -> T + Send) -> T {
    let pool = POOL.get_or_init(|| {
        ThreadPoolBuilder::new()
            .num_threads(1)
            .thread_name(|_| "lattice-verify".into())
            .build()
            .inspect_err(|error| {
                log::warn!(target: super::LOG_TARGET, "verification has no thread of its own: {error}");
            })
            .ok()
    });
    match pool {
        Some(pool) => pool.install(computation),
        None => computation(),
    }
}

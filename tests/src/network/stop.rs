//! An end from outside that leaves nothing behind.

use anyhow::{bail, Result};
use std::future::Future;
use tokio::signal::unix::{signal, SignalKind};

/// Does some work, and drops it, with everything that it has started, when this process is interrupted
/// (SIGINT) or told to end (SIGTERM).
///
/// # Errors
/// That of the work, or that it was stopped.
pub async fn unless_stopped<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let name = tokio::select! {
        done = work => return done,
        _ = interrupt.recv() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
    };
    bail!("stopped by {name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;
    use std::cell::Cell;

    /// Says that it was dropped.
    struct Started<'a>(&'a Cell<bool>);

    impl Drop for Started<'_> {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }

    #[tokio::test]
    async fn a_signal_drops_what_was_started() {
        for name in ["INT", "TERM"] {
            let ended = Cell::new(false);
            let work = async {
                let _started = Started(&ended);
                crate::process::signal(std::process::id(), name)?;
                std::future::pending::<Result<()>>().await
            };
            let stopped = unless_stopped(work).await.expect_err("it was told to stop");
            assert_eq!(stopped.to_string(), format!("stopped by SIG{name}"));
            assert!(ended.get());
        }
    }

    #[tokio::test]
    async fn work_that_ends_by_itself_says_what_it_found() {
        let found = unless_stopped(async { Ok(7) }).await.expect("it found it");
        assert_eq!(found, 7);
        let failed = unless_stopped(async { Err::<(), _>(anyhow!("no disk")) }).await;
        assert!(failed.is_err());
    }
}

//! The signal to stop, and the time that work under way has after it.

use crate::http::Pulse;
use std::{future::Future, pin::pin, time::Duration};
use tokio::{
    sync::watch,
    time::{interval, sleep, Interval, MissedTickBehavior},
};

/// How often the worker shows that it is alive.
const TURN: Duration = Duration::from_secs(1);

/// Waits for the signal to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Whoever could have said stop is gone as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// When the worker is to show that it is alive.
pub(crate) fn turns() -> Interval {
    let mut turns = interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    turns
}

/// Waits for work to end, no longer than a patience, and shows meanwhile that the worker is alive;
/// whether it has ended.
pub(crate) async fn ends_within(
    patience: Duration,
    pulse: &Pulse,
    work: impl Future<Output = ()>,
) -> bool {
    let mut work = pin!(work);
    let mut patience = pin!(sleep(patience));
    let mut turns = turns();
    loop {
        tokio::select! {
            () = &mut work => return true,
            () = &mut patience => return false,
            _ = turns.tick() => pulse.turn(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;

    const SHORT: Duration = Duration::from_millis(50);
    /// Longer than what is waited for takes.
    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn work_that_ends_is_awaited_and_the_worker_seen_to_be_alive() {
        let pulse = Pulse::default();
        let seen = async {
            while !pulse.turned_within(LONG) {
                sleep(Duration::from_millis(1)).await;
            }
        };
        assert!(ends_within(LONG, &pulse, seen).await);
        assert!(pulse.turned_within(LONG));
    }

    #[tokio::test]
    async fn work_that_does_not_end_is_left_when_the_time_is_over() {
        assert!(!ends_within(SHORT, &Pulse::default(), pending()).await);
    }

    #[tokio::test]
    async fn a_signal_is_heard_also_by_who_listens_later_and_so_is_the_end_of_who_gives_it() {
        let (stop, mut heard) = watch::channel(false);
        let mut late = stop.subscribe();
        let early = tokio::time::timeout(SHORT, stopped(&mut heard)).await;
        assert!(early.is_err());
        stop.send_replace(true);
        stopped(&mut heard).await;
        stopped(&mut late).await;
        let (gone, mut orphaned) = watch::channel(false);
        drop(gone);
        stopped(&mut orphaned).await;
    }
}

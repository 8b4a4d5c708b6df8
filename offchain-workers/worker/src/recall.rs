//! Work that may be called off before it is done.

use std::future;
use tokio::sync::watch;

/// Calls work off. Dropping it calls nothing off.
#[derive(Debug)]
pub struct Recall(watch::Sender<bool>);

impl Recall {
    /// Nobody wants the work any more.
    pub fn call_off(&self) {
        self.0.send_replace(true);
    }
}

/// Says whether work is still wanted.
#[derive(Clone, Debug)]
pub struct Wanted(watch::Receiver<bool>);

impl Wanted {
    /// Work that nobody calls off.
    pub fn always() -> Self {
        recallable().1
    }

    /// Whether it is still wanted.
    pub fn holds(&self) -> bool {
        !*self.0.borrow()
    }

    /// Ends when the work is called off.
    pub async fn called_off(&mut self) {
        let nobody_can = self.0.wait_for(|off| *off).await.is_err();
        if nobody_can {
            future::pending::<()>().await;
        }
    }
}

/// Work that is wanted until it is called off.
pub fn recallable() -> (Recall, Wanted) {
    let (recall, wanted) = watch::channel(false);
    (Recall(recall), Wanted(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SHORT: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn work_is_wanted_until_it_is_called_off() {
        let (recall, mut wanted) = recallable();
        assert!(wanted.holds());
        let waiting = tokio::time::timeout(SHORT, wanted.called_off()).await;
        assert!(waiting.is_err());
        recall.call_off();
        assert!(!wanted.holds());
        wanted.called_off().await;
        // Also for whoever asks later, and when the caller is gone.
        drop(recall);
        let mut late = wanted.clone();
        late.called_off().await;
    }

    #[tokio::test]
    async fn work_stays_wanted_when_nobody_can_call_it_off() {
        let mut wanted = Wanted::always();
        let waiting = tokio::time::timeout(SHORT, wanted.called_off()).await;
        assert!(waiting.is_err() && wanted.holds());
    }
}

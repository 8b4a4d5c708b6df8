//! An extrinsic on its way, as those see it who have a result on it.

use lattice_chain_client::{Block, Error, Event, H256};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Where an extrinsic came down.
#[derive(Clone, Debug)]
pub enum Landing {
    /// In a best block, with these events.
    Included { block: Block, events: Arc<[Event]> },
    /// In a block, and the chain refused it as a whole.
    Failed(Arc<Error>),
    /// Out of sight: it has to be looked for.
    Lost,
}

/// An extrinsic that the pool took.
#[derive(Clone, Debug)]
pub struct Flight {
    /// Its hash.
    pub hash: H256,
    pub(super) landing: watch::Receiver<Option<Landing>>,
}

impl Flight {
    /// Waits until it is known where it came down.
    pub async fn landing(mut self) -> Landing {
        match self.landing.wait_for(Option::is_some).await {
            Ok(landing) => landing.clone().unwrap_or(Landing::Lost),
            Err(_) => Landing::Lost,
        }
    }

    pub(super) fn has_landed(&self) -> bool {
        self.landing.borrow().is_some()
    }
}

/// A result that is on its way.
#[derive(Clone, Debug)]
pub struct Boarded {
    /// The extrinsic that carries it.
    pub flight: Flight,
    /// For how long it waited for others before.
    pub waited: Duration,
}

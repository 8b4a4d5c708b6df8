//! The chain, as updates of the state.
//!
//! What is asked for each block is bounded: so many blocks, models and providers and no more.

use super::state::{
    BestBlock, Ended, ModelRow, Moment, Outcome, ProviderRow, Tables, Update, WINDOW,
};
use lattice_chain_client::{
    Balance, Block, BlockNumber, Client, Ending, Event, Head, Price, RequestId, Result, Sighting,
};
use std::collections::VecDeque;
use tokio::sync::mpsc;

/// Models that are read at most, the newest ones.
const MODELS: u32 = 100;
/// Models that are asked for at a time. Each comes with its manifest.
const MODEL_PAGE: u32 = 25;
/// Providers that are read at most.
const PROVIDERS: usize = 100;
/// Blocks that are read at most when several joined the best chain at once.
const CATCH_UP: usize = WINDOW;
/// Blocks after which the tables are read again though no event told of a change.
const TABLES_AGE: BlockNumber = 20;

/// Reads the blocks of the best chain, each one once.
pub struct Watch {
    client: Client,
    /// Blocks of the best chain that were told, oldest first, at most [`CATCH_UP`].
    told: VecDeque<Block>,
    /// Head at which the tables were read last.
    tables_at: Option<BlockNumber>,
}

impl Watch {
    /// Nothing was told yet.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            told: VecDeque::new(),
            tables_at: None,
        }
    }

    /// What is new with a best block: the blocks that joined the chain with it, oldest first, and
    /// the tables if they may have changed. After an error nothing counts as told.
    pub async fn best(&mut self, head: Block) -> Result<Vec<Update>> {
        let untold = self.untold(head).await?;
        let Some(first) = untold.front() else {
            return Ok(Vec::new());
        };
        let follows = self
            .told
            .back()
            .is_some_and(|last| last.number.checked_add(1) == Some(first.number));
        let recent = self
            .tables_at
            .is_some_and(|at| head.number.abs_diff(at) < TABLES_AGE);
        let mut changed = !(follows && recent);

        let mut updates = Vec::new();
        for &block in &untold {
            let events = self.client.events_at(block.hash).await?;
            changed |= events.iter().any(changes_tables);
            updates.push(Update::Best(BestBlock {
                at: self.moment(block).await?,
                events: events.len(),
                endings: endings(block.number, &events),
            }));
        }
        if changed {
            updates.push(Update::Tables(self.tables(head).await?));
            self.tables_at = Some(head.number);
        }
        for block in untold {
            self.remember(block);
        }
        Ok(updates)
    }

    /// A block that is final.
    pub async fn finalized(&self, block: Block) -> Result<Update> {
        Ok(Update::Finalized(self.moment(block).await?))
    }

    /// The blocks after the last one that was told up to a head, oldest first. What was before the
    /// first head is not made up for.
    async fn untold(&self, head: Block) -> Result<VecDeque<Block>> {
        let mut untold = VecDeque::new();
        let mut block = head;
        while !self.told.contains(&block) && untold.len() < CATCH_UP {
            untold.push_front(block);
            if self.told.is_empty() {
                break;
            }
            let Some(number) = block.number.checked_sub(1) else {
                break;
            };
            let Some(hash) = self.client.block_hash(number).await? else {
                break;
            };
            block = Block { number, hash };
        }
        Ok(untold)
    }

    fn remember(&mut self, block: Block) {
        self.told.retain(|told| told.number < block.number);
        if self.told.len() >= CATCH_UP {
            self.told.pop_front();
        }
        self.told.push_back(block);
    }

    async fn moment(&self, block: Block) -> Result<Moment> {
        Ok(Moment {
            number: block.number,
            hash: block.hash,
            timestamp: self.client.at(block.hash).timestamp().await?,
        })
    }

    async fn tables(&self, head: Block) -> Result<Tables> {
        let view = self.client.at(head.hash);
        let model_count = view.model_count().await?;
        let mut models = Vec::new();
        let mut start = model_count.saturating_sub(MODELS);
        while start < model_count {
            let page = view.models(start, MODEL_PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            start = last.index.saturating_add(1);
            models.extend(page.iter().map(ModelRow::from));
        }

        let mut accounts = view.provider_accounts(PROVIDERS.saturating_add(1)).await?;
        let more_providers = accounts.len() > PROVIDERS;
        accounts.truncate(PROVIDERS);
        let providers = view.providers(&accounts).await?;
        Ok(Tables {
            models,
            model_count,
            providers: providers.iter().map(ProviderRow::from).collect(),
            more_providers,
        })
    }
}

/// Tells what happens on the chain until nobody listens. While the node is away it tells so and
/// waits; the connection is made again in the background, with growing pauses.
///
/// # Errors
/// When going on is pointless: another chain answers at the URL, or another runtime.
pub async fn follow(client: &Client, updates: &mpsc::Sender<Update>) -> Result<()> {
    let mut watch = Watch::new(client.clone());
    let mut best = client.heads(Head::Best);
    let mut finalized = client.heads(Head::Finalized);
    loop {
        let told = tokio::select! {
            Some(head) = best.next() => match head? {
                Sighting::Block(block) => watch.best(block).await,
                Sighting::Lost => {
                    let reason = format!("the connection to {} was lost", client.url());
                    Ok(vec![Update::Trouble(reason)])
                }
            },
            Some(head) = finalized.next() => match head? {
                Sighting::Block(block) => watch.finalized(block).await.map(|update| vec![update]),
                // The other stream tells.
                Sighting::Lost => Ok(Vec::new()),
            },
            else => return Ok(()),
        };
        let told = match told {
            Ok(told) => told,
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => vec![Update::Trouble(error.to_string())],
        };
        for update in told {
            if updates.send(update).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// Whether an event may change what the tables show.
fn changes_tables(event: &Event) -> bool {
    !matches!(event, Event::FeePaid { .. } | Event::Other { .. })
}

/// The requests that a block's events ended, and the attempts that others follow.
pub fn endings(block: BlockNumber, events: &[Event]) -> Vec<Ended> {
    let waits = |request: RequestId| {
        let waiting =
            |event: &Event| matches!(event, Event::Waiting { request: r, .. } if *r == request);
        events.iter().any(waiting)
    };
    let ended = events.iter().filter_map(|event| ending(block, event));
    ended
        .map(|ended| Ended {
            goes_on: waits(ended.request),
            ..ended
        })
        .collect()
}

/// The request that an event ended, if nothing follows.
fn ending(block: BlockNumber, event: &Event) -> Option<Ended> {
    let (request, outcome, provider, price, slashed) = match event {
        Event::Settled {
            request,
            provider,
            price,
            ..
        }
        | Event::OptimisticSettled {
            request,
            provider,
            price,
            ..
        } => (
            request,
            Outcome::Settled,
            Some(provider),
            Some(sum(price)),
            0,
        ),
        Event::Rejected {
            request,
            provider,
            slashed,
            ..
        } => (
            request,
            Outcome::ProofRejected,
            Some(provider),
            None,
            *slashed,
        ),
        Event::Expired {
            request,
            provider,
            slashed,
            ..
        }
        | Event::OptimisticExpired {
            request,
            provider,
            slashed,
            ..
        } => (request, Outcome::Expired, Some(provider), None, *slashed),
        Event::NotAccepted {
            request, provider, ..
        } => (request, Outcome::NotAccepted, Some(provider), None, 0),
        Event::Cancelled { request, .. } => (request, Outcome::Cancelled, None, None, 0),
        Event::Unserved { request, .. } => (request, Outcome::Unserved, None, None, 0),
        Event::Answered {
            request, royalty, ..
        } => (request, Outcome::Answered, None, Some(*royalty), 0),
        Event::OptimisticRefuted {
            request,
            provider,
            slashed,
            ..
        } => (request, Outcome::Refuted, Some(provider), None, *slashed),
        Event::ReplicationConcluded {
            request,
            ending,
            agreed,
            price,
        } => match ending {
            Ending::Settled => (
                request,
                Outcome::Settled,
                agreed.first(),
                Some(sum(price)),
                0,
            ),
            // What each replica lost is in events of its own.
            Ending::Refuted => (request, Outcome::Refuted, None, None, 0),
            Ending::NoQuorum => (request, Outcome::NoQuorum, None, None, 0),
            _ => (request, Outcome::Unserved, None, None, 0),
        },
        _ => return None,
    };
    Some(Ended {
        block,
        request: *request,
        outcome,
        provider: provider.copied(),
        price,
        goes_on: false,
        slashed,
    })
}

/// Everything that a requester pays, in planck.
fn sum(price: &Price<Balance>) -> Balance {
    price
        .compute
        .saturating_add(price.royalty)
        .saturating_add(price.fee)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::AccountId;

    const REQUESTER: AccountId = AccountId([1; 32]);
    const PROVIDER: AccountId = AccountId([2; 32]);

    #[test]
    fn a_settlement_tells_the_whole_price() {
        let event = Event::Settled {
            request: 3,
            requester: REQUESTER,
            provider: PROVIDER,
            gas_used: 1,
            price: Price {
                compute: 100,
                royalty: 20,
                fee: 3,
            },
        };
        let ended = ending(9, &event).expect("the request ended");
        assert_eq!(ended.outcome, Outcome::Settled);
        assert_eq!(ended.provider, Some(PROVIDER));
        assert_eq!((ended.block, ended.request), (9, 3));
        assert_eq!((ended.price, ended.slashed), (Some(123), 0));
    }

    #[test]
    fn an_expiry_tells_what_the_provider_lost() {
        let event = Event::Expired {
            request: 4,
            requester: REQUESTER,
            provider: PROVIDER,
            slashed: 50,
        };
        let ended = ending(9, &event).expect("the request ended");
        assert_eq!(ended.outcome, Outcome::Expired);
        assert_eq!((ended.price, ended.slashed), (None, 50));
    }

    #[test]
    fn requests_of_other_tiers_end_too() {
        let price = Price {
            compute: 100,
            royalty: 20,
            fee: 3,
        };
        let concluded = |ending| Event::ReplicationConcluded {
            request: 5,
            ending,
            agreed: vec![PROVIDER],
            price,
        };
        let settled = ending(9, &concluded(Ending::Settled)).expect("the request ended");
        assert_eq!(
            (settled.outcome, settled.price),
            (Outcome::Settled, Some(123))
        );
        assert_eq!(settled.provider, Some(PROVIDER));
        let split = ending(9, &concluded(Ending::NoQuorum)).expect("the request ended");
        assert_eq!((split.outcome, split.price), (Outcome::NoQuorum, None));
        let refuted = Event::OptimisticRefuted {
            request: 6,
            dispute: 1,
            requester: REQUESTER,
            provider: PROVIDER,
            challenger: REQUESTER,
            slashed: 50,
            reward: 20,
        };
        let refuted = ending(9, &refuted).expect("the request ended");
        assert_eq!((refuted.outcome, refuted.slashed), (Outcome::Refuted, 50));
    }

    #[test]
    fn an_attempt_that_another_follows_refunds_nobody() {
        let rejected = |request| Event::Rejected {
            request,
            requester: REQUESTER,
            provider: PROVIDER,
            slashed: 50,
        };
        let waiting = Event::Waiting {
            request: 4,
            attempts_left: 1,
        };
        let ended = endings(9, &[rejected(4), waiting, rejected(5)]);
        let told: Vec<_> = ended.iter().map(|one| (one.request, one.goes_on)).collect();
        assert_eq!(told, [(4, true), (5, false)]);
    }

    #[test]
    fn fees_and_the_system_change_no_table_and_end_nothing() {
        let other = Event::Other {
            pallet: "System".to_owned(),
            name: "ExtrinsicSuccess".to_owned(),
        };
        let heartbeat = Event::Heartbeat { provider: PROVIDER };
        assert!(!changes_tables(&other) && changes_tables(&heartbeat));
        assert_eq!(ending(9, &other), None);
        assert_eq!(ending(9, &heartbeat), None);
    }
}

//! Signing, submitting, and learning what became of an extrinsic.

use crate::{
    client::in_time, view::STORAGE, AccountId, AuthorizedCall, Balance, Block, BlockNumber, Call,
    ChannelId, Client, Config, DisputeId, Error, Event, ModelIndex, ProgramEvent, RequestId,
    Result, Signer, H256,
};
use std::sync::Arc;
use subxt::{
    client::{OnlineClientAtBlock, OnlineClientAtBlockImpl},
    config::DefaultExtrinsicParamsBuilder,
    transactions::{
        SubmittableTransaction, TransactionInBlock, TransactionProgress, TransactionStatus,
    },
};
use tokio::sync::OwnedMutexGuard;

type AtBlock = OnlineClientAtBlockImpl<Config>;
pub(crate) type Transaction = SubmittableTransaction<Config, AtBlock>;

/// Blocks for which a signed extrinsic can be included. After them it is
/// void, so that a lost one cannot turn up much later.
pub const MORTALITY: u32 = 64;
/// The finalized block may lag the best one by this much before extrinsics
/// are anchored to the best block instead, which a reorganisation may void.
const MAX_FINALITY_LAG: u32 = 16;
/// Attempts to submit when another process uses the same account's nonces.
const NONCE_ATTEMPTS: usize = 4;

/// A signed extrinsic that was not submitted yet.
///
/// It holds the account's next nonce: until it is submitted or dropped, other
/// submissions for the account from this client wait.
pub struct Prepared {
    transaction: Transaction,
    nonce: u64,
    signed_at: BlockNumber,
    client: Client,
    _turn: OwnedMutexGuard<()>,
}

impl Prepared {
    /// The signed bytes, which [`Client::resubmit`] takes at any later time.
    pub fn bytes(&self) -> &[u8] {
        self.transaction.encoded()
    }

    /// Hash of the extrinsic.
    pub fn hash(&self) -> H256 {
        self.transaction.hash()
    }

    /// The account's nonce that it uses up.
    pub fn nonce(&self) -> u64 {
        self.nonce
    }

    /// Best block when it was signed. [`MORTALITY`] blocks later it is void.
    pub fn signed_at(&self) -> BlockNumber {
        self.signed_at
    }

    /// Hands the extrinsic to the node's pool.
    pub async fn submit(self) -> Result<Submission> {
        Submission::start(&self.client, &self.transaction).await
    }
}

/// A call that carries its account's signature, not submitted yet.
///
/// It has no nonce: nothing waits for it, and no other extrinsic makes it void.
pub struct Authorized {
    transaction: Transaction,
    made_at: BlockNumber,
    client: Client,
}

impl Authorized {
    /// The bytes, which [`Client::resubmit`] takes at any later time.
    pub fn bytes(&self) -> &[u8] {
        self.transaction.encoded()
    }

    /// Hash of the extrinsic.
    pub fn hash(&self) -> H256 {
        self.transaction.hash()
    }

    /// Best block when it was made.
    pub fn made_at(&self) -> BlockNumber {
        self.made_at
    }

    /// Hands the extrinsic to the node's pool.
    pub async fn submit(self) -> Result<Submission> {
        Submission::start(&self.client, &self.transaction).await
    }
}

impl Client {
    /// Makes a transaction of a call that carries its account's signature, without submitting it.
    pub async fn authorize(&self, signer: &Signer, call: &AuthorizedCall) -> Result<Authorized> {
        let moment = self.moment().await?;
        let transactions = moment.state.transactions();
        Ok(Authorized {
            transaction: call.transaction(&transactions, &self.genesis(), signer)?,
            made_at: moment.best.number,
            client: self.clone(),
        })
    }

    /// Blocks of an epoch, in each of which one heartbeat costs nothing.
    pub async fn heartbeat_epoch(&self) -> Result<BlockNumber> {
        let epoch = subxt::dynamic::constant::<BlockNumber>("ComputeProviders", "HeartbeatEpoch");
        Ok(self.moment().await?.state.constants().entry(epoch)?)
    }

    /// Signs a call with the account's next nonce, without submitting it.
    pub async fn prepare(&self, signer: &Signer, call: &Call) -> Result<Prepared> {
        let moment = self.moment().await?;
        let turn = self.nonce_lock(signer.account()).lock_owned().await;
        let nonce = self.next_nonce(&signer.account()).await?;
        Ok(Prepared {
            transaction: self.sign(signer, call, nonce, &moment)?,
            nonce,
            signed_at: moment.best.number,
            client: self.clone(),
            _turn: turn,
        })
    }

    /// Signs a call with a nonce that the caller counts, without asking the node for the next one and
    /// without submitting it.
    pub async fn prepare_with_nonce(
        &self,
        signer: &Signer,
        call: &Call,
        nonce: u64,
    ) -> Result<Prepared> {
        let moment = self.moment().await?;
        let turn = self.nonce_lock(signer.account()).lock_owned().await;
        Ok(Prepared {
            transaction: self.sign(signer, call, nonce, &moment)?,
            nonce,
            signed_at: moment.best.number,
            client: self.clone(),
            _turn: turn,
        })
    }

    /// Signs a call and hands it to the node's pool.
    ///
    /// Several extrinsics of one account may be on their way at the same time.
    pub async fn submit(&self, signer: &Signer, call: &Call) -> Result<Submission> {
        let mut attempt = 1;
        loop {
            match self.prepare(signer, call).await?.submit().await {
                Err(Error::Pool(refusal))
                    if attempt < NONCE_ATTEMPTS
                        && (refusal.is_stale() || refusal.is_nonce_taken()) =>
                {
                    tracing::debug!(%refusal, attempt, "nonce was taken meanwhile");
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    /// Submits a call and waits until it is in a best block and succeeded.
    pub async fn submit_and_wait(&self, signer: &Signer, call: &Call) -> Result<Included> {
        self.submit(signer, call).await?.in_block().await
    }

    /// Submits a call and waits until it is finalized and succeeded.
    pub async fn submit_and_finalize(&self, signer: &Signer, call: &Call) -> Result<Included> {
        self.submit(signer, call).await?.finalized().await
    }

    /// Hands signed bytes to the pool again. Safe at any time: a nonce is used once, and what an
    /// authorized call is about is over when it was included.
    pub async fn resubmit(&self, bytes: Vec<u8>) -> Result<Submission> {
        let moment = self.moment().await?;
        let transaction = moment.state.transactions().from_bytes(bytes);
        Submission::start(self, &transaction).await
    }

    /// What a call would cost as an extrinsic, in planck, tip excluded.
    pub async fn fee(&self, signer: &Signer, call: &Call) -> Result<Balance> {
        let nonce = self.next_nonce(&signer.account()).await?;
        let transaction = self.sign(signer, call, nonce, &*self.moment().await?)?;
        in_time("state_call", transaction.partial_fee_estimate()).await
    }

    /// The nonce after all extrinsics of the account in blocks and in the pool.
    pub async fn next_nonce(&self, account: &AccountId) -> Result<u64> {
        self.patiently(
            "system_accountNextIndex",
            self.inner.legacy.system_account_next_index(account),
        )
        .await
    }

    /// Events of the chain's own pallets, and the names of all others, in a block.
    pub async fn events_at(&self, block: H256) -> Result<Vec<Event>> {
        let state = self.state_at(self.block(block).await?).await?;
        let events = in_time(STORAGE, state.events().fetch()).await?;
        let read = events.iter().map(|event| Event::read(&event?)).collect();
        read
    }

    fn sign(
        &self,
        signer: &Signer,
        call: &Call,
        nonce: u64,
        moment: &Moment,
    ) -> Result<Transaction> {
        let params = DefaultExtrinsicParamsBuilder::<Config>::new()
            .nonce(nonce)
            .mortal_from_unchecked(
                u64::from(MORTALITY),
                u64::from(moment.anchor.number),
                moment.anchor.hash,
            )
            .build();
        call.sign(&moment.state.transactions(), params, signer)
    }

    /// The present moment. Extrinsics signed at one block share it: each request
    /// to the node that is saved counts when many results are on their way.
    async fn moment(&self) -> Result<Arc<Moment>> {
        let mut last = self.inner.moment.lock().await;
        let best = self.best_block().await?;
        if let Some(moment) = last.as_ref().filter(|moment| moment.best == best) {
            return Ok(moment.clone());
        }
        let finalized = self.finalized_block().await?;
        let lag = best.number.saturating_sub(finalized.number);
        let moment = Arc::new(Moment {
            best,
            anchor: if lag > MAX_FINALITY_LAG {
                best
            } else {
                finalized
            },
            state: self.state_at(best).await?,
        });
        *last = Some(moment.clone());
        Ok(moment)
    }
}

/// What signing needs to know of the chain at a best block.
pub(crate) struct Moment {
    best: Block,
    /// The block from which an extrinsic's life is counted.
    anchor: Block,
    state: OnlineClientAtBlock<Config>,
}

/// An extrinsic in the pool.
#[derive(Debug)]
pub struct Submission {
    progress: TransactionProgress<Config, AtBlock>,
    client: Client,
}

impl Submission {
    async fn start(client: &Client, transaction: &Transaction) -> Result<Self> {
        let hash = transaction.hash();
        let handed_in = in_time(
            "author_submitAndWatchExtrinsic",
            transaction.submit_and_watch(),
        );
        Ok(Self {
            // It may be in the pool, or wait for the connection.
            progress: handed_in.await.map_err(|error| out_of_sight(hash, error))?,
            client: client.clone(),
        })
    }

    /// Hash of the extrinsic.
    pub fn hash(&self) -> H256 {
        self.progress.extrinsic_hash()
    }

    /// Waits until the extrinsic is in a best block. An error of its dispatch
    /// is [`Error::Dispatch`].
    pub async fn in_block(&mut self) -> Result<Included> {
        self.wait(false).await
    }

    /// Waits until the extrinsic is in a finalized block.
    pub async fn finalized(mut self) -> Result<Included> {
        self.wait(true).await
    }

    async fn wait(&mut self, for_finality: bool) -> Result<Included> {
        let hash = self.hash();
        let included = self.watch(for_finality).await;
        included.map_err(|error| match error {
            // The node has lost the block that it told of, or not told what was in it.
            Error::UnknownBlock(_) | Error::Refused { .. } | Error::Subxt(_) => {
                lost_sight(hash, error)
            }
            error => out_of_sight(hash, error),
        })
    }

    async fn watch(&mut self, for_finality: bool) -> Result<Included> {
        let not_included = |reason: String, hash| Err(Error::NotIncluded { hash, reason });
        let hash = self.hash();
        while let Some(status) = self.progress.next().await {
            match status? {
                TransactionStatus::InBestBlock(place) if !for_finality => {
                    return included(&self.client, &place).await;
                }
                TransactionStatus::InFinalizedBlock(place) => {
                    return included(&self.client, &place).await;
                }
                TransactionStatus::Error { message }
                | TransactionStatus::Invalid { message }
                | TransactionStatus::Dropped { message } => return not_included(message, hash),
                TransactionStatus::InBestBlock(_)
                | TransactionStatus::Validated
                | TransactionStatus::Broadcasted
                | TransactionStatus::NoLongerInBestBlock => {}
            }
        }
        Err(lost_sight(hash, "the node stopped telling of it"))
    }
}

/// The error of an extrinsic that was handed in, which is more than an answer that is missing when the
/// node could not be reached: whoever repeats the call may do twice what it does.
fn out_of_sight(hash: H256, error: Error) -> Error {
    match error.is_transient() {
        true => lost_sight(hash, error),
        false => error,
    }
}

fn lost_sight(hash: H256, reason: impl ToString) -> Error {
    Error::OutOfSight {
        hash,
        reason: reason.to_string(),
    }
}

/// Reads what an extrinsic did in a block.
async fn included(
    client: &Client,
    place: &TransactionInBlock<Config, AtBlock>,
) -> Result<Included> {
    let block = client.block(place.block_hash()).await?;
    let events = in_time(STORAGE, place.wait_for_success()).await?;
    let events = events
        .iter()
        .map(|event| Event::read(&event?))
        .collect::<Result<Vec<_>>>()?;
    Ok(Included {
        block,
        extrinsic: place.extrinsic_hash(),
        events,
    })
}

/// An extrinsic that is in a block and succeeded.
#[derive(Clone, Debug)]
pub struct Included {
    pub block: Block,
    /// Hash of the extrinsic.
    pub extrinsic: H256,
    /// What it caused, in order.
    pub events: Vec<Event>,
}

impl Included {
    /// The fee that was paid, in planck.
    pub fn fee(&self) -> Option<Balance> {
        self.events.iter().find_map(|event| match event {
            Event::FeePaid { amount, .. } => Some(*amount),
            _ => None,
        })
    }

    /// The request that the extrinsic opened, of any tier, or that the chain answered at once.
    pub fn request(&self) -> Option<RequestId> {
        self.events.iter().find_map(|event| match event {
            Event::Requested { request, .. }
            | Event::Answered { request, .. }
            | Event::Ordered { request, .. }
            | Event::PrivateAssigned { request, .. } => Some(*request),
            _ => None,
        })
    }

    /// The dispute that the extrinsic, a challenge, opened.
    pub fn dispute(&self) -> Option<DisputeId> {
        self.events.iter().find_map(|event| match event {
            Event::ResultChallenged { dispute, .. } => Some(*dispute),
            _ => None,
        })
    }

    /// The program that the extrinsic made.
    pub fn program(&self) -> Option<AccountId> {
        self.events.iter().find_map(|event| match event {
            Event::Program(ProgramEvent::Instantiated { program, .. }) => Some(*program),
            _ => None,
        })
    }

    /// The channel that the extrinsic opened.
    pub fn channel(&self) -> Option<ChannelId> {
        self.events.iter().find_map(|event| match event {
            Event::ChannelOpened { channel, .. } => Some(*channel),
            _ => None,
        })
    }

    /// The registration that the extrinsic made.
    pub fn model(&self) -> Option<ModelIndex> {
        self.events.iter().find_map(|event| match event {
            Event::ModelRegistered { model, .. } => Some(*model),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_was_lost_after_it_was_given_an_extrinsic_leaves_open_what_became_of_it() {
        let hash = H256::repeat_byte(7);
        let lost = out_of_sight(hash, Error::Disconnected("reset".to_owned()));
        let text = lost.to_string();
        assert!(matches!(lost, Error::OutOfSight { hash: told, .. } if told == hash));
        assert!(lost.is_transient());
        for part in ["0x0707", "reset", "before you repeat it"] {
            assert!(text.contains(part), "{text}");
        }
        // What the chain has said is known.
        let void = Error::NotIncluded {
            hash,
            reason: "usurped".to_owned(),
        };
        assert!(matches!(
            out_of_sight(hash, void),
            Error::NotIncluded { .. }
        ));
    }
}

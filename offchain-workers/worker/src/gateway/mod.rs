//! A gateway for payment channels: inferences over HTTP, paid by vouchers.
//!
//! ```text
//! request ─▶ check ─▶ execute ─▶ prove ─▶ ledger ─▶ answer
//!              │      (the pools of assigned requests)  (voucher and answer, on disk)
//!              └─▶ the last request again: its stored answer
//! best block ─▶ redeem: what vouchers are worth, when a channel closes or much is outstanding
//! ```
//!
//! * [`check`]: whether a request is served, as a pure function;
//! * [`ledger`]: vouchers and answers on disk, written before an answer is given;
//! * [`routes`]: the HTTP interface;
//! * [`redeem`]: bringing vouchers to the chain.
//!
//! What the provider risks is one inference: the next one is served only for a voucher that pays
//! for all before it. What the client risks is the price of one as well: it signs for the next one
//! only after it has verified the last.
//!
//! Everything a stranger can make the worker do is bounded: the length of a request by the largest
//! model, requests at the same time by [`MAX_IN_FLIGHT`], inferences of a channel to one at a time,
//! and of all channels to [`MAX_PROVING`], so that assigned requests, which are due, do not wait long. HTTP is plain; TLS, and limits per address,
//! are matters of the proxy in front.

pub mod check;
pub mod ledger;
pub mod redeem;
pub mod routes;
#[cfg(test)]
mod testing;

pub use ledger::{Ledger, LedgerError};
pub use redeem::Redeemer;
pub use routes::serve;

use crate::{
    metrics::Metrics,
    models::{Library, Mismatch},
    pipeline::{Pipeline, PipelineError, Work},
};
use axum::http::StatusCode;
use check::{judge, Asked, Refusal, Terms, Verdict};
use lattice_chain_client::{AccountId, Balance, Channel, ChannelId, Client, Error};
use ledger::{Answer, Tab};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

/// Requests that are looked at or served at the same time.
pub const MAX_IN_FLIGHT: usize = 64;
/// Inferences in the pools at the same time: few, since assigned requests wait behind them, and their
/// lateness is slashed.
pub const MAX_PROVING: usize = 2;

/// Why a request over HTTP has no answer.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    #[error("{0}")]
    Malformed(String),
    #[error("channel {0} does not exist at the best block, or is closed")]
    Unknown(ChannelId),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("an inference of channel {0} is under way; repeat the request in a moment")]
    Busy(ChannelId),
    #[error("too many requests are being served; repeat the request in a moment")]
    Overloaded,
    #[error("this worker cannot ask the chain now: {0}")]
    Chain(#[from] Error),
    #[error("this worker cannot serve the channel's model: {0}")]
    Mismatch(#[from] Mismatch),
    #[error("the inference failed: {0}")]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("the inference was interrupted; repeat the request")]
    Interrupted,
}

impl GatewayError {
    /// The status with which it is answered.
    pub fn status(&self) -> StatusCode {
        match self {
            GatewayError::Malformed(_) => StatusCode::BAD_REQUEST,
            GatewayError::Unknown(_) => StatusCode::NOT_FOUND,
            GatewayError::Refused(refusal) => refusal.status(),
            GatewayError::Busy(_) => StatusCode::TOO_MANY_REQUESTS,
            GatewayError::Overloaded
            | GatewayError::Chain(_)
            | GatewayError::Mismatch(_)
            | GatewayError::Interrupted => StatusCode::SERVICE_UNAVAILABLE,
            GatewayError::Pipeline(_) | GatewayError::Ledger(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}

/// What a gateway says of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub channel: ChannelId,
    /// Inferences that were answered: the sequence of the next one.
    pub served: u64,
    /// What the latest voucher is for, in planck.
    pub cumulative: Balance,
    /// What one inference costs in all, in planck.
    pub unit_price: Balance,
}

/// What every request shares.
#[derive(Debug)]
pub struct Gateway {
    account: AccountId,
    client: Client,
    library: Library,
    pipeline: Pipeline,
    ledger: Arc<Ledger>,
    metrics: Metrics,
    in_flight: Semaphore,
    proving: Semaphore,
    /// Channels with an inference under way.
    busy: Mutex<BTreeSet<ChannelId>>,
}

impl Gateway {
    /// A gateway of this provider with nothing under way.
    pub fn new(
        account: AccountId,
        client: Client,
        library: Library,
        pipeline: Pipeline,
        ledger: Arc<Ledger>,
        metrics: Metrics,
    ) -> Self {
        Self {
            account,
            client,
            library,
            pipeline,
            ledger,
            metrics,
            in_flight: Semaphore::new(MAX_IN_FLIGHT),
            proving: Semaphore::new(MAX_PROVING),
            busy: Mutex::default(),
        }
    }

    /// Elements of the longest input of a model that is served.
    pub fn longest_input(&self) -> usize {
        let lengths = self.library.iter().map(|served| served.model.input_len());
        lengths.max().unwrap_or(0)
    }

    /// Waits until nothing is looked at or served.
    pub async fn idle(&self) {
        // It is never closed.
        let _all = self.in_flight.acquire_many(MAX_IN_FLIGHT as u32).await;
    }

    /// What this worker has of a channel.
    ///
    /// # Errors
    /// It is not open, or for another provider.
    pub async fn standing(&self, id: ChannelId) -> Result<Standing, GatewayError> {
        let _slot = self
            .in_flight
            .try_acquire()
            .map_err(|_| GatewayError::Overloaded)?;
        let channel = self.channel(id).await?;
        if channel.provider != self.account {
            return Err(GatewayError::Refused(Refusal::NotMine {
                channel: id,
                provider: channel.provider,
            }));
        }
        let tab = self.tab(&channel)?;
        Ok(Standing {
            channel: id,
            served: check::served(&channel, tab.as_ref()),
            cumulative: tab.map_or(channel.redeemed, |tab| tab.cumulative),
            unit_price: check::price_of(&channel, 1),
        })
    }

    /// Serves an inference, or answers the last one again. What is returned is on disk.
    ///
    /// # Errors
    /// Nothing was stored then, and the same request may be made again.
    pub async fn infer(&self, id: ChannelId, asked: Asked) -> Result<Answer, GatewayError> {
        let _slot = self
            .in_flight
            .try_acquire()
            .map_err(|_| GatewayError::Overloaded)?;
        let channel = self.channel(id).await?;
        let served = self
            .library
            .find_key(&channel.vk_id, &channel.model_hash)
            .map_err(|error| match channel.provider == self.account {
                true => GatewayError::Mismatch(error),
                false => GatewayError::Refused(Refusal::NotMine {
                    channel: id,
                    provider: channel.provider,
                }),
            })?;
        let genesis = self.client.genesis();
        let terms = Terms {
            genesis: &genesis,
            provider: &self.account,
            channel: &channel,
            final_deposit: self.final_deposit(&channel).await?,
            input_len: served.model.input_len(),
            input_range: served.model.input_range(),
        };
        // Before the turn, which so nobody takes but who can sign for the payer; and after it, since
        // another inference may have ended meanwhile.
        judge(&terms, self.tab(&channel)?.as_ref(), &asked)?;
        let _turn = self.turn(id)?;
        let tab = self.tab(&channel)?;
        if let Verdict::Repeat(answer) = judge(&terms, tab.as_ref(), &asked)? {
            tracing::info!(channel = id, sequence = answer.sequence, "answered again");
            return Ok(*answer);
        }
        let _place = self
            .proving
            .try_acquire()
            .map_err(|_| GatewayError::Overloaded)?;
        let sequence = asked.sequence;
        let work = Work::of_channel(id, sequence, &asked.input, &served, &self.account, &genesis)?;
        let answer = self.pipeline.answer(served, work).await?;
        let tab = Tab {
            payer: channel.payer,
            opened_at: channel.opened_at,
            cumulative: asked.cumulative,
            signature: asked.signature,
            redeemed: channel.redeemed,
            last: Answer {
                sequence,
                input: asked.input,
                output: answer.output,
                proof: answer.proof,
            },
        };
        self.ledger.record(id, &tab)?;
        self.metrics.channel_inferences.inc();
        tracing::info!(
            channel = id,
            sequence,
            cumulative = tab.cumulative,
            execution_us = answer.execution.as_micros(),
            proving_ms = answer.proving.as_millis(),
            "voucher stored"
        );
        Ok(tab.last)
    }

    /// A channel at the best block.
    async fn channel(&self, id: ChannelId) -> Result<Channel, GatewayError> {
        let channel = self.client.best().channel(id).await?;
        channel.ok_or(GatewayError::Unknown(id))
    }

    /// What this worker has of this very channel.
    fn tab(&self, channel: &Channel) -> Result<Option<Tab>, LedgerError> {
        let tab = self.ledger.tab(channel.channel)?;
        Ok(tab.filter(|tab| tab.is_of(channel)))
    }

    /// The deposit of a channel as far as it is final; `None` while its opening is not: until then a
    /// reorganisation may give its number to another one, for which its vouchers would be good as well.
    async fn final_deposit(&self, channel: &Channel) -> Result<Option<Balance>, GatewayError> {
        let finalized = self.client.finalized_block().await?;
        let known = self
            .client
            .at(finalized.hash)
            .channel(channel.channel)
            .await?;
        Ok(known
            .filter(|known| known.payer == channel.payer && known.opened_at == channel.opened_at)
            .map(|known| known.deposit))
    }

    fn turn(&self, channel: ChannelId) -> Result<Turn<'_>, GatewayError> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.insert(channel) {
            Ok(Turn {
                busy: &self.busy,
                channel,
            })
        } else {
            Err(GatewayError::Busy(channel))
        }
    }
}

/// The one inference of a channel that is under way; ends when dropped.
struct Turn<'a> {
    busy: &'a Mutex<BTreeSet<ChannelId>>,
    channel: ChannelId,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // A set of numbers is valid whatever its holder was doing.
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&self.channel);
    }
}

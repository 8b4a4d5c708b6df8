//! The requester's side: hands an input to the provider that was assigned, and fetches the output.
//!
//! Nothing that a provider says is believed: a receipt must be signed by the account that the chain
//! names, and an output must give the commitment that the chain has of it.

use super::wire::{collect_message, PrivateRequest, PrivateResponse, RefusalCode};
use crate::network::NetworkHandle;
use futures::future::BoxFuture;
use lattice_chain_client::{is_signed_by, receipt_message, AccountId, RequestId, Signer};
use lattice_verifier::{commitment::commit_output, FieldBytes};
use libp2p::PeerId;
use std::{fmt, time::Duration};
use tokio::time::Instant;
use zeroize::Zeroize;

/// Pause before a provider is asked again, at first.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest one.
const MAX_PAUSE: Duration = Duration::from_secs(3);

/// There was no answer, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unanswered(pub String);

/// A connection over which a provider can be asked.
pub trait Ask: Send + Sync {
    /// The identity under which the provider knows this end.
    fn own_peer(&self) -> PeerId;

    /// Asks once.
    fn ask(
        &self,
        peer: PeerId,
        request: PrivateRequest,
    ) -> BoxFuture<'_, Result<PrivateResponse, Unanswered>>;
}

impl Ask for NetworkHandle {
    fn own_peer(&self) -> PeerId {
        self.local_peer()
    }

    fn ask(
        &self,
        peer: PeerId,
        request: PrivateRequest,
    ) -> BoxFuture<'_, Result<PrivateResponse, Unanswered>> {
        Box::pin(async move {
            let answer = self.ask_private(peer, request).await;
            answer.map_err(|error| Unanswered(error.to_string()))
        })
    }
}

/// With whom a requester deals, about what, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// Hash of the chain's first block.
    pub genesis: &'a [u8; 32],
    pub request: RequestId,
    /// The account that the chain assigned the request to.
    pub provider: &'a AccountId,
    /// Its node.
    pub peer: PeerId,
    /// How long it is asked again.
    pub patience: Duration,
}

/// An output that gives the commitment on the chain. It is erased from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Collection {
    pub output: Vec<i32>,
    pub blinding: FieldBytes,
}

impl Drop for Collection {
    fn drop(&mut self) {
        self.output.zeroize();
        self.blinding.zeroize();
    }
}

impl fmt::Debug for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Collection({} elements)", self.output.len())
    }
}

/// Why an input was not taken, or no output came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    #[error("the provider refuses: {0}")]
    Refused(RefusalCode),
    #[error("the provider has no output yet")]
    Pending,
    #[error("the provider's receipt is not signed by its account")]
    FalseReceipt,
    #[error("the provider's output is not the one that the chain has the commitment of")]
    FalseOutput,
    #[error("the provider answers another question than was asked")]
    OtherAnswer,
    #[error("no answer from the provider: {0}")]
    Unanswered(Unanswered),
}

/// Hands over an input with its blinding, of the request with this context; the provider's receipt,
/// which is its own.
///
/// # Errors
/// [`Undelivered`]; what may pass is tried again until the patience is over.
pub async fn deliver(
    line: &impl Ask,
    with: &Exchange<'_>,
    context: &FieldBytes,
    input: &[i8],
    blinding: &FieldBytes,
) -> Result<[u8; 64], Undelivered> {
    let message = receipt_message(with.genesis, with.request, context);
    let asked = || PrivateRequest::Deliver {
        request: with.request,
        input: input.to_vec(),
        blinding: *blinding,
    };
    with.ask(line, asked, |response| match response {
        PrivateResponse::Receipt { signature } => {
            match is_signed_by(with.provider, &message[..], &signature) {
                true => Ok(signature),
                false => Err(Undelivered::FalseReceipt),
            }
        }
        other => Err(unusable(other)),
    })
    .await
}

/// Fetches an output that the chain has this commitment of.
///
/// # Errors
/// [`Undelivered`]; what may pass is tried again until the patience is over.
pub async fn collect(
    line: &impl Ask,
    with: &Exchange<'_>,
    signer: &Signer,
    output_commitment: &FieldBytes,
) -> Result<Collection, Undelivered> {
    let message = collect_message(with.genesis, with.request, &with.peer, &line.own_peer());
    let signature = signer.sign_bytes(&message);
    let asked = || PrivateRequest::Collect {
        request: with.request,
        signature,
    };
    with.ask(line, asked, |response| match response {
        PrivateResponse::Output { output, blinding } => {
            let collection = Collection { output, blinding };
            match commit_output(&collection.output, &collection.blinding) {
                Ok(commitment) if commitment == *output_commitment => Ok(collection),
                Ok(_) | Err(_) => Err(Undelivered::FalseOutput),
            }
        }
        other => Err(unusable(other)),
    })
    .await
}

/// What an answer that is not the wanted one means.
fn unusable(response: PrivateResponse) -> Undelivered {
    match response {
        PrivateResponse::Refused(code) => Undelivered::Refused(code),
        PrivateResponse::Pending => Undelivered::Pending,
        PrivateResponse::Receipt { .. } | PrivateResponse::Output { .. } => {
            Undelivered::OtherAnswer
        }
    }
}

impl Undelivered {
    /// Whether the same question may have another answer in a moment.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused(code) => code.is_passing(),
            Self::Pending | Self::Unanswered(_) => true,
            Self::FalseReceipt | Self::FalseOutput | Self::OtherAnswer => false,
        }
    }
}

impl Exchange<'_> {
    /// Asks until there is an answer that does not pass, or no patience left.
    async fn ask<T>(
        &self,
        line: &impl Ask,
        asked: impl Fn() -> PrivateRequest,
        read: impl Fn(PrivateResponse) -> Result<T, Undelivered>,
    ) -> Result<T, Undelivered> {
        let until = Instant::now() + self.patience;
        let mut pause = FIRST_PAUSE;
        loop {
            let answer = tokio::time::timeout_at(until, line.ask(self.peer, asked())).await;
            let outcome = match answer {
                Ok(Ok(response)) => read(response),
                Ok(Err(unanswered)) => Err(Undelivered::Unanswered(unanswered)),
                Err(_) => Err(Undelivered::Unanswered(Unanswered(format!(
                    "not within {} s",
                    self.patience.as_secs()
                )))),
            };
            match outcome {
                Err(error) if error.is_passing() && Instant::now() + pause < until => {
                    tokio::time::sleep(pause).await;
                    pause = pause.saturating_mul(2).min(MAX_PAUSE);
                }
                other => return other,
            }
        }
    }
}

#[cfg(test)]
mod tests;

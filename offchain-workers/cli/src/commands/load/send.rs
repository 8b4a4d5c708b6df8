//! Signing requests and handing them to the node, one account after its own order.

use super::inputs::Inputs;
use super::ledger::{lock, Pending, Shared};
use crate::output::hex;
use lattice_chain_client::{
    Balance, BlockNumber, Call, Client, Error, ModelIndex, PoolRejection, RequestOptions, Result,
    Signer, Verification,
};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, Semaphore};

/// Requests that are signed and sent at the same time, of all accounts.
pub const AT_ONCE: usize = 64;
/// Pause before a request is signed again for which the node gave no answer.
const PAUSE: Duration = Duration::from_millis(500);
/// How often a request is signed again that the node failed to help with though it answered: a block
/// may have left the chain in between.
const TRIES: usize = 10;
/// The pool is full, or the extrinsic is too cheap for it now.
const POOL_IS_FULL: i32 = 1016;

/// What all requests of a run say.
#[derive(Clone, Debug)]
pub struct Request {
    pub model: ModelIndex,
    pub inputs: Inputs,
    pub max_price: Balance,
    pub deadline: BlockNumber,
    pub verification: Verification,
    pub options: RequestOptions,
}

impl Request {
    /// The call for a request.
    pub fn call(&self, request: usize) -> Call {
        Call::RequestInference {
            model: self.model,
            input: self.inputs.of(request),
            max_price: self.max_price,
            deadline: self.deadline,
            verification: self.verification,
            options: Box::new(self.options.clone()),
        }
    }
}

/// What the senders of all accounts share.
pub struct Context {
    pub client: Client,
    pub ledger: Shared,
    pub request: Request,
    pub started: Instant,
    pub permits: Semaphore,
    /// Nothing more is to be sent.
    pub over: AtomicBool,
}

/// Sends the requests of one account.
pub struct Sender {
    pub context: Arc<Context>,
    pub signer: Signer,
    /// Its number in the ledger.
    pub account: usize,
    /// Of its next extrinsic, once it is known.
    pub nonce: Option<u64>,
}

/// What a node says to an extrinsic.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    /// It has it, had it, or may have it: blocks will tell, and if not, it is offered again.
    Taken,
    /// It will never take it.
    Refused(String),
}

impl Sender {
    /// Sends requests as they become due, until no more follow.
    pub async fn run(mut self, mut due: mpsc::UnboundedReceiver<usize>) {
        let context = Arc::clone(&self.context);
        while let Some(sample) = due.recv().await {
            // It is never closed.
            let Ok(_permit) = context.permits.acquire().await else {
                return;
            };
            self.send(sample).await;
        }
    }

    async fn send(&mut self, sample: usize) {
        let context = Arc::clone(&self.context);
        let mut failed = 0;
        loop {
            if lock(&context.ledger).is_retired(self.account) {
                let reason = "an earlier extrinsic of the account is void";
                return self.give_up(sample, reason);
            }
            match self.sign(sample).await {
                Ok((bytes, signed_at, nonce)) => {
                    return self.offer(sample, bytes, signed_at, nonce).await;
                }
                Err(error) => {
                    failed += usize::from(!error.is_transient());
                    let over = context.over.load(Ordering::Relaxed);
                    if over || error.is_fatal() || failed >= TRIES {
                        return self.give_up(sample, &error.to_string());
                    }
                    tracing::debug!(%error, "cannot sign yet");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn sign(&self, sample: usize) -> Result<(Vec<u8>, BlockNumber, u64)> {
        let Context {
            client, request, ..
        } = &*self.context;
        let nonce = match self.nonce {
            Some(nonce) => nonce,
            None => client.next_nonce(&self.signer.account()).await?,
        };
        let call = request.call(sample);
        let prepared = client
            .prepare_with_nonce(&self.signer, &call, nonce)
            .await?;
        Ok((prepared.bytes().to_vec(), prepared.signed_at(), nonce))
    }

    async fn offer(&mut self, sample: usize, bytes: Vec<u8>, signed_at: BlockNumber, nonce: u64) {
        let pending = Pending {
            sample,
            bytes: Arc::from(bytes.as_slice()),
            signed_at,
            offered_at: signed_at,
        };
        // Before the node has it: a block may be quicker than the node's answer.
        lock(&self.context.ledger).offer(self.account, pending);
        match hand_in(&self.context.client, &bytes).await {
            Verdict::Taken => self.nonce = Some(nonce.saturating_add(1)),
            Verdict::Refused(reason) => {
                self.nonce = Some(nonce);
                self.give_up(sample, &reason);
            }
        }
    }

    fn give_up(&self, sample: usize, reason: &str) {
        let at = self.context.started.elapsed();
        lock(&self.context.ledger).not_taken(self.account, sample, reason, at);
    }
}

/// Hands an extrinsic to the node's pool, again or for the first time.
pub async fn offer_again(client: &Client, bytes: &[u8]) {
    if let Verdict::Refused(reason) = hand_in(client, bytes).await {
        tracing::debug!(%reason, "the pool does not take an extrinsic again");
    }
}

async fn hand_in(client: &Client, bytes: &[u8]) -> Verdict {
    // Blocks tell what becomes of it, so that nothing has to be watched.
    let answer = client
        .rpc("author_submitExtrinsic", vec![json!(hex(bytes))])
        .await;
    match answer {
        Ok(_) => Verdict::Taken,
        Err(error) => judge(&error),
    }
}

fn judge(error: &Error) -> Verdict {
    let Error::Refused { code, message, .. } = error else {
        return Verdict::Taken;
    };
    let rejection = PoolRejection {
        code: *code,
        message: message.clone(),
        detail: Some(message.clone()),
    };
    let may_be_there = rejection.is_already_imported()
        || rejection.is_banned()
        || rejection.is_stale()
        || rejection.is_nonce_taken()
        || *code == POOL_IS_FULL;
    match may_be_there {
        true => Verdict::Taken,
        false => Verdict::Refused(format!("{message} (code {code})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: i32, message: &str) -> Error {
        Error::Refused {
            method: "author_submitExtrinsic".into(),
            code,
            message: message.into(),
        }
    }

    #[test]
    fn an_extrinsic_that_the_pool_may_have_is_waited_for() {
        for error in [
            refused(1013, "Transaction Already Imported"),
            refused(1012, "Transaction is temporarily banned"),
            refused(1014, "Priority is too low"),
            refused(1010, "Invalid Transaction: Transaction is outdated"),
            refused(1016, "Immediately Dropped"),
            Error::Disconnected("reset".into()),
        ] {
            assert_eq!(judge(&error), Verdict::Taken, "{error}");
        }
    }

    #[test]
    fn an_extrinsic_that_is_never_taken_gives_its_nonce_back() {
        let text = "Invalid Transaction: Inability to pay some fees";
        let refused = judge(&refused(1010, text));
        assert_eq!(refused, Verdict::Refused(format!("{text} (code 1010)")));
    }
}

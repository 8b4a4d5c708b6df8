//! A private request, from its number to its end.

use super::line::Line;
use super::plan::{next_move, progress, Known, Move};
use super::state::{Collected, State, Store};
use super::DealArgs;
use crate::failure::is_transient;
use crate::output::hex;
use anyhow::{bail, ensure, Context};
use indicatif::ProgressBar;
use lattice_chain_client::{
    is_signed_by, receipt_message, submit::MORTALITY, AccountId, BlockNumber, Call, Client, Ending,
    Private, PrivateCall, Record, RequestId, Signer, H256,
};
use lattice_p2p::private::{collect, deliver, Collection, Exchange, Undelivered};
use lattice_verifier::FieldBytes;
use std::io::{BufRead, IsTerminal, Write};
use std::time::Duration;

/// How long a provider is asked before the chain is looked at again.
const PATIENCE: Duration = Duration::from_secs(6);
/// Deadline work may lag in a full block; after this many more, something is wrong.
const GRACE: BlockNumber = 50;

/// How a request ended.
#[derive(Debug)]
pub struct Ended {
    pub record: Record,
    /// The output, from the chain or from the provider; `None` if there is none, or it did not come.
    pub integers: Option<Vec<i32>>,
}

/// Everything that it takes to go on with a request.
pub struct Session<'a> {
    pub client: &'a Client,
    pub signer: &'a Signer,
    pub request: RequestId,
    pub store: &'a Store,
    pub state: State,
    pub deal: DealArgs,
    /// Whether the user can be asked.
    pub can_ask: bool,
    pub spinner: ProgressBar,
    line: Option<Line>,
    known: Known,
    /// Context of the request that this is known of.
    context: Option<H256>,
    /// What the chain refused last, and why.
    refused: Option<(Move, String)>,
    /// What was said last.
    said: String,
}

impl<'a> Session<'a> {
    /// Of a request whose number is known.
    pub fn new(
        (client, signer): (&'a Client, &'a Signer),
        request: RequestId,
        (store, state): (&'a Store, State),
        deal: DealArgs,
        can_ask: bool,
        spinner: ProgressBar,
    ) -> Self {
        Self {
            client,
            signer,
            request,
            store,
            known: Known {
                may_open: deal.open.then_some(true),
                ..Known::default()
            },
            state,
            deal,
            can_ask,
            spinner,
            line: None,
            context: None,
            refused: None,
            said: String::new(),
        }
    }

    /// What is known of the request.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Does what is to be done until the request has ended.
    pub async fn run(&mut self) -> anyhow::Result<Ended> {
        let ended = self.follow().await;
        if let Some(line) = self.line.take() {
            line.close().await;
        }
        ended
    }

    async fn follow(&mut self) -> anyhow::Result<Ended> {
        let mut blocks = self.client.best_blocks();
        while let Some(block) = blocks.next().await {
            match block {
                Ok(_) => {}
                Err(error) if error.is_fatal() => return Err(error.into()),
                // The stream reconnects by itself.
                Err(_) => continue,
            }
            match self.look().await {
                Ok(Some(record)) => return self.end(record).await,
                Ok(None) => {}
                Err(error) if is_transient(&error) => {
                    self.say(&format!("the node is not reached: {error:#}"));
                }
                Err(error) => return Err(error),
            }
        }
        bail!("the node ended the subscription to blocks")
    }

    /// Looks at the chain's best block, which may be later than the one that was announced, and makes
    /// the next move; the record of a request that has ended.
    async fn look(&mut self) -> anyhow::Result<Option<Record>> {
        let request = self.request;
        let block = self.client.best_block().await?;
        let view = self.client.at(block.hash);
        let commitment = self.state.commitment()?;
        if let Some(record) = view.record(request).await? {
            self.is_ours(&record.input_commitment, &commitment)?;
            return Ok(Some(record));
        }
        let Some(open) = view.private_request(request).await? else {
            let lost_at = self.state.sent_after.saturating_add(MORTALITY + GRACE);
            ensure!(
                block.number <= lost_at,
                "request {request} is neither open nor ended in block {}; a reorganisation may have \
                 taken it back. Its state is in {}",
                block.number,
                self.store.path().display()
            );
            return Ok(None);
        };
        self.is_ours(&open.input_commitment, &commitment)?;
        let provider = Some(open.provider.to_string());
        if self.state.provider != provider {
            self.state.provider = provider;
            self.store.save(&self.state)?;
        }
        self.spinner
            .set_message(format!("request {request}: {}", progress(&open)));
        if self.context.replace(open.context) != Some(open.context) {
            // After a reorganisation it may be another provider's, which has refused nothing.
            self.known = self.known.of_another();
            self.refused = None;
        }
        self.known.has_receipt = self.has_receipt(&open)?;
        self.known.has_output = self.state.collected.is_some();
        let next = next_move(&open, block.number, &self.known);
        self.make(next, &open).await?;
        Ok(None)
    }

    /// After a reorganisation the number may be another request's.
    fn is_ours(&self, found: &H256, commitment: &FieldBytes) -> anyhow::Result<()> {
        ensure!(
            found.0 == *commitment,
            "request {} is about another input now, as a reorganisation numbered it anew; go on with \
             `lattice private resume {}`",
            self.request,
            self.state.input_commitment
        );
        Ok(())
    }

    /// Whether there is a receipt for what is open. After a reorganisation the one on disk may be another
    /// provider's, or of other terms: then the input is delivered again.
    fn has_receipt(&self, open: &Private) -> anyhow::Result<bool> {
        let message = receipt_message(&self.client.genesis(), self.request, &open.context.0);
        let receipt = self.state.receipt()?;
        Ok(receipt.is_some_and(|receipt| is_signed_by(&open.provider, &message, &receipt)))
    }

    async fn make(&mut self, next: Move, open: &Private) -> anyhow::Result<()> {
        let (request, context) = (self.request, open.context);
        let call = match next {
            Move::Wait => return Ok(()),
            Move::Deliver => return self.deliver(open).await,
            Move::Collect => return self.collect(open).await,
            Move::AskToOpen => {
                self.known.may_open = Some(self.may_open(open)?);
                return Ok(());
            }
            Move::Refute => PrivateCall::RefuteClaim {
                request,
                signature: self.state.receipt()?.context("there is no receipt")?,
            },
            Move::Open => PrivateCall::OpenInput {
                request,
                input: self.state.input.clone(),
                blinding: H256(self.state.blinding()?),
            },
            Move::Force => PrivateCall::ForcePosting { request, context },
            Move::Acknowledge => PrivateCall::Acknowledge { request, context },
        };
        let call = Call::Private(call);
        match self.client.submit_and_wait(self.signer, &call).await {
            Ok(_) => self.refused = None,
            // What was called for may have happened meanwhile; that the chain shows.
            Err(error) if error.dispatch().is_some() => {
                if let Some((before, reason)) = &self.refused {
                    ensure!(*before != next, "the chain refuses twice: {reason}");
                }
                self.refused = Some((next, error.to_string()));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Hands the input over, and keeps the receipt.
    async fn deliver(&mut self, open: &Private) -> anyhow::Result<()> {
        let blinding = self.state.blinding()?;
        let genesis = self.client.genesis();
        let Some(with) = self.exchange(&genesis, &open.provider).await else {
            return Ok(());
        };
        let Some(line) = &self.line else {
            return Ok(());
        };
        let input = &self.state.input;
        let receipt = deliver(line.handle(), &with, &open.context.0, input, &blinding).await;
        match receipt {
            Ok(receipt) => {
                self.state.receipt = Some(hex(receipt));
                self.store.save(&self.state)?;
            }
            Err(error) => {
                self.say(&format!("the input is not delivered: {error}"));
                self.known.is_refused = !error.is_passing();
            }
        }
        Ok(())
    }

    /// Fetches the output, and keeps it before anybody is told.
    async fn collect(&mut self, open: &Private) -> anyhow::Result<()> {
        let Some(commitment) = open.output_commitment else {
            return Ok(());
        };
        match self.fetch(&open.provider, &commitment.0).await {
            Some(Ok(collection)) => self.keep(&collection)?,
            Some(Err(error)) => {
                self.say(&format!("the output is not collected: {error}"));
                self.known.is_withheld = !error.is_passing();
            }
            None => {}
        }
        Ok(())
    }

    fn keep(&mut self, collection: &Collection) -> anyhow::Result<()> {
        self.state.collected = Some(Collected {
            output: collection.output.clone(),
            blinding: hex(collection.blinding),
        });
        self.store.save(&self.state)
    }

    async fn fetch(
        &mut self,
        provider: &AccountId,
        commitment: &FieldBytes,
    ) -> Option<Result<Collection, Undelivered>> {
        let genesis = self.client.genesis();
        let with = self.exchange(&genesis, provider).await?;
        let line = self.line.as_ref()?;
        Some(collect(line.handle(), &with, self.signer, commitment).await)
    }

    /// Whom to ask; `None` if the provider's node is not found, which is said.
    async fn exchange<'e>(
        &mut self,
        genesis: &'e [u8; 32],
        provider: &'e AccountId,
    ) -> Option<Exchange<'e>> {
        match self.find(provider).await {
            Ok(peer) => Some(Exchange {
                genesis,
                request: self.request,
                provider,
                peer,
                patience: PATIENCE,
            }),
            Err(error) => {
                self.say(&format!("the provider's node is not reached: {error:#}"));
                None
            }
        }
    }

    async fn find(&mut self, provider: &AccountId) -> anyhow::Result<lattice_p2p::private::PeerId> {
        let line = match self.line.take() {
            Some(line) => line,
            None => Line::open(self.client, self.signer, &self.deal).await?,
        };
        self.line.insert(line).find(self.client, provider).await
    }

    /// What is left to do about a request that has ended.
    async fn end(&mut self, record: Record) -> anyhow::Result<Ended> {
        if record.ending == Ending::Settled
            && record.output.is_empty()
            && self.state.collected.is_none()
        {
            if let Some(commitment) = record.output_commitment {
                self.spinner.set_message("fetching the output");
                match self.fetch(&record.provider, &commitment.0).await {
                    Some(Ok(collection)) => self.keep(&collection)?,
                    Some(Err(error)) => self.say(&format!("the output is not collected: {error}")),
                    None => {}
                }
            }
        }
        let integers = match record.output.is_empty() {
            true => self.state.collected.as_ref().map(|it| it.output.clone()),
            false => Some(record.output.clone()),
        };
        Ok(Ended { record, integers })
    }

    /// Whether the input may be put on the chain, by the user's word.
    fn may_open(&mut self, open: &Private) -> anyhow::Result<bool> {
        let request = self.request;
        let story = format!(
            "The provider says that it has no valid input for request {request}, and has given no \
             receipt. Unless the input is put on the chain, where everybody can read it, the request \
             ends, and a part of the price and the fee go to the treasury."
        );
        let is_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        if !(self.can_ask && is_terminal) {
            let until = progress(open);
            self.say(&format!(
                "{story} To open it: lattice private resume {request} --open ({until})"
            ));
            return Ok(false);
        }
        self.spinner.suspend(|| {
            let mut err = std::io::stderr().lock();
            write!(err, "{story}\nPut the input on the chain? [y/N] ")?;
            err.flush()?;
            let mut answer = String::new();
            std::io::stdin().lock().read_line(&mut answer)?;
            Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
        })
    }

    /// A line on standard error, for people; not the same one twice in a row.
    fn say(&mut self, text: &str) {
        if self.said == text {
            return;
        }
        self.said = text.to_owned();
        self.spinner.suspend(|| {
            // Nobody may be reading.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        });
    }
}

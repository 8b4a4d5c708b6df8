//! Reads at a block, over the runtime API `LatticeApi` and the account state.

mod ceremonies;
mod programs;

pub use programs::request_json;

use crate::{
    generated, AccountBalance, AccountId, Assignment, Block, BlockNumber, Client, DirectRecord,
    Error, Model, ModelIndex, Provider, Quote, QuoteError, Record, RequestId, Result, Verification,
    H256,
};
use codec::{DecodeAll, Encode};
use lattice_primitives::api::MAX_PAGE;

/// Reads at one block, or at the best block of the moment.
#[derive(Clone, Debug)]
pub struct View {
    client: Client,
    at: Option<H256>,
}

impl View {
    pub(crate) fn new(client: Client, at: Option<H256>) -> Self {
        Self { client, at }
    }

    /// One registration.
    pub async fn model(&self, index: ModelIndex) -> Result<Option<Model>> {
        self.call("LatticeApi_model", &index).await
    }

    /// Registrations with index ≥ `start`, ascending, at most 100.
    pub async fn models(&self, start: ModelIndex, limit: u32) -> Result<Vec<Model>> {
        self.call("LatticeApi_models", &(start, limit)).await
    }

    /// Every registration, page by page.
    pub async fn all_models(&self) -> Result<Vec<Model>> {
        let mut all: Vec<Model> = Vec::new();
        let mut start = Some(0);
        while let Some(from) = start {
            let page = self.models(from, MAX_PAGE).await?;
            start = page.last().and_then(|model| model.index.checked_add(1));
            all.extend(page);
        }
        Ok(all)
    }

    /// One provider.
    pub async fn provider(&self, account: &AccountId) -> Result<Option<Provider>> {
        self.call("LatticeApi_provider", account).await
    }

    /// Providers with an offer for a model, cheapest first, at most 100.
    pub async fn providers_of(&self, model: ModelIndex, limit: u32) -> Result<Vec<Provider>> {
        self.call("LatticeApi_providers_of", &(model, limit)).await
    }

    /// What a request would cost now, and who would serve it. A refusal is
    /// [`Error::Quote`]; `deadline` is in blocks from now.
    pub async fn quote(
        &self,
        model: ModelIndex,
        deadline: BlockNumber,
        verification: Verification,
    ) -> Result<Quote> {
        let answer: std::result::Result<Quote, QuoteError> = self
            .call("LatticeApi_quote", &(model, deadline, verification))
            .await?;
        answer.map_err(Error::Quote)
    }

    /// An open request.
    pub async fn assignment(&self, request: RequestId) -> Result<Option<Assignment>> {
        self.call("LatticeApi_assignment", &request).await
    }

    /// Open requests of a provider with number ≥ `start`, ascending, at most 100.
    pub async fn assignments(
        &self,
        provider: &AccountId,
        start: RequestId,
        limit: u32,
    ) -> Result<Vec<Assignment>> {
        self.call("LatticeApi_assignments", &(provider, start, limit))
            .await
    }

    /// Every open request of a provider, page by page.
    pub async fn all_assignments(&self, provider: &AccountId) -> Result<Vec<Assignment>> {
        let mut all: Vec<Assignment> = Vec::new();
        let mut start = Some(0);
        while let Some(from) = start {
            let page = self.assignments(provider, from, MAX_PAGE).await?;
            // A page that is not full is the last one; most providers need one.
            let full = page.len() >= MAX_PAGE as usize;
            start = page
                .last()
                .filter(|_| full)
                .and_then(|assignment| assignment.request.checked_add(1));
            all.extend(page);
        }
        Ok(all)
    }

    /// What an ended request left.
    pub async fn record(&self, request: RequestId) -> Result<Option<Record>> {
        self.call("LatticeApi_execution_record", &request).await
    }

    /// What a request left that the chain answered itself.
    pub async fn direct_record(&self, request: RequestId) -> Result<Option<DirectRecord>> {
        self.call("LatticeApi_direct_record", &request).await
    }

    /// Records in which an account was requester or provider, with number
    /// ≥ `start`, ascending, at most 100.
    pub async fn records_of(
        &self,
        account: &AccountId,
        start: RequestId,
        limit: u32,
    ) -> Result<Vec<Record>> {
        self.call("LatticeApi_executions_by_account", &(account, start, limit))
            .await
    }

    /// Nonce of the next extrinsic that this block's state would accept.
    pub async fn nonce(&self, account: &AccountId) -> Result<u32> {
        self.call("AccountNonceApi_account_nonce", account).await
    }

    /// What an account has; an account that does not exist has nothing.
    pub async fn balance(&self, account: &AccountId) -> Result<AccountBalance> {
        let state = self.client.state_at(self.block().await?).await?;
        let info = state
            .storage()
            .try_fetch(generated::storage().system().account(), (*account,))
            .await?;
        let Some(info) = info else {
            return Ok(AccountBalance::default());
        };
        let data = info.decode()?.data;
        Ok(AccountBalance {
            free: data.free,
            held: data.reserved,
            frozen: data.frozen,
        })
    }

    /// The block that is read.
    async fn block(&self) -> Result<Block> {
        match self.at {
            Some(hash) => self.client.block(hash).await,
            None => self.client.best_block().await,
        }
    }

    /// One function of the runtime API, arguments and answer in SCALE.
    pub async fn call<Answer: DecodeAll>(
        &self,
        function: &str,
        arguments: &impl Encode,
    ) -> Result<Answer> {
        let arguments = arguments.encode();
        let bytes = self
            .client
            .patiently(
                function,
                self.client
                    .inner
                    .legacy
                    .state_call(function, Some(&arguments), self.at),
            )
            .await?;
        decode(function, &bytes)
    }
}

/// Decodes an answer; bytes left over mean that the runtime is another one.
fn decode<T: DecodeAll>(what: &str, bytes: &[u8]) -> Result<T> {
    T::decode_all(&mut &*bytes).map_err(|error| Error::Decode {
        what: format!("the answer of {what}"),
        reason: error.to_string(),
    })
}

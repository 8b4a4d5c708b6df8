//! Reads at a block, over the runtime API `LatticeApi` and the account state.

mod ceremonies;
mod channels;
mod private;
mod programs;
mod subscriptions;
mod tiers;
mod weights;

pub use programs::request_json;

use crate::{
    client::in_time, generated, AccountBalance, AccountId, Assignment, Block, BlockNumber, Client,
    Config, DirectRecord, Error, Ineligible, Model, ModelIndex, Provider, Quote, QuoteError,
    Record, RequestId, Result, Selection, Verification, H256,
};
use codec::{DecodeAll, Encode};
use futures::{future, stream, FutureExt, StreamExt, TryStreamExt};
use lattice_primitives::api::MAX_PAGE;
use subxt::client::OnlineClientAtBlock;

/// Providers that are asked for at the same time.
const CONCURRENT_READS: usize = 16;

/// The node's methods by which subxt reads.
pub(crate) const STORAGE: &str = "state_getStorage";
const KEYS: &str = "state_getKeysPaged";

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

    /// Number of registrations; their indices are all smaller.
    pub async fn model_count(&self) -> Result<ModelIndex> {
        let state = self.state().await?;
        let next = generated::storage().model_registry().next_index();
        let count = in_time(STORAGE, state.storage().fetch(next, ())).await?;
        Ok(count.decode()?)
    }

    /// One provider.
    pub async fn provider(&self, account: &AccountId) -> Result<Option<Provider>> {
        self.call("LatticeApi_provider", account).await
    }

    /// Accounts of registered providers, at most `limit`, in an order that changes
    /// only as providers come and go.
    pub async fn provider_accounts(&self, limit: usize) -> Result<Vec<AccountId>> {
        let state = self.state().await?;
        // Only keys are read, so that the shape of the values does not matter.
        let providers = generated::storage()
            .compute_providers()
            .providers()
            .unvalidated();
        let mut entries = in_time(KEYS, state.storage().iter(providers, ())).await?;
        let mut accounts = Vec::new();
        while accounts.len() < limit {
            let next = entries.next().map(Option::transpose);
            let Some(entry) = in_time(KEYS, next).await? else {
                break;
            };
            let (account,) = entry.key()?.decode()?;
            accounts.push(account);
        }
        Ok(accounts)
    }

    /// The providers with these accounts, in their order; an account that is no
    /// provider's is left out.
    pub async fn providers(&self, accounts: &[AccountId]) -> Result<Vec<Provider>> {
        stream::iter(accounts)
            .map(|account| self.provider(account))
            .buffered(CONCURRENT_READS)
            .try_filter_map(|provider| future::ready(Ok(provider)))
            .try_collect()
            .await
    }

    /// Providers with an offer for a model, cheapest first, at most 100.
    pub async fn providers_of(&self, model: ModelIndex, limit: u32) -> Result<Vec<Provider>> {
        self.call("LatticeApi_providers_of", &(model, limit)).await
    }

    /// What a request would cost now, who would serve it, and why no other. A refusal is
    /// [`Error::Quote`]; `deadline` is in blocks from now.
    pub async fn quote(
        &self,
        model: ModelIndex,
        deadline: BlockNumber,
        verification: Verification,
        selection: &Selection,
    ) -> Result<Quote> {
        let terms = (model, deadline, verification, selection);
        let answer: std::result::Result<Quote, QuoteError> =
            self.call("LatticeApi_quote", &terms).await?;
        answer.map_err(Error::Quote)
    }

    /// Why none of the providers with an offer for a model would be given such a request.
    pub async fn ineligible(
        &self,
        model: ModelIndex,
        deadline: BlockNumber,
        selection: &Selection,
    ) -> Result<Vec<(AccountId, Ineligible)>> {
        self.call("LatticeApi_ineligible", &(model, deadline, selection))
            .await
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
        let state = self.state().await?;
        let place = generated::storage().system().account();
        let storage = state.storage();
        let info = storage.try_fetch(place, (*account,));
        let Some(info) = in_time(STORAGE, info).await? else {
            return Ok(AccountBalance::default());
        };
        let data = info.decode()?.data;
        Ok(AccountBalance {
            free: data.free,
            held: data.reserved,
            frozen: data.frozen,
        })
    }

    /// Time of the block by its author's clock, in milliseconds since 1970; `None`
    /// for the genesis block, which has none.
    pub async fn timestamp(&self) -> Result<Option<u64>> {
        let state = self.state().await?;
        let now = generated::storage().timestamp().now();
        let now = in_time(STORAGE, state.storage().fetch(now, ())).await?;
        let now = now.decode()?;
        Ok(Some(now).filter(|&now| now > 0))
    }

    /// State and metadata of the block that is read.
    async fn state(&self) -> Result<OnlineClientAtBlock<Config>> {
        self.client.state_at(self.block().await?).await
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

/// The number from which the next page goes on; none after a page that is not full.
fn next_page<Row>(page: &[Row], number: impl Fn(&Row) -> u64) -> Option<u64> {
    let full = page.len() >= MAX_PAGE as usize;
    page.last()
        .filter(|_| full)
        .and_then(|last| number(last).checked_add(1))
}

/// Decodes an answer; bytes left over mean that the runtime is another one.
fn decode<T: DecodeAll>(what: &str, bytes: &[u8]) -> Result<T> {
    T::decode_all(&mut &*bytes).map_err(|error| Error::Decode {
        what: format!("the answer of {what}"),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_page_is_followed_by_another() {
        let rows = |count: u64| (0..count).map(|row| row * 2).collect::<Vec<u64>>();
        let full = u64::from(MAX_PAGE);
        assert_eq!(next_page(&rows(0), |row| *row), None);
        assert_eq!(next_page(&rows(full - 1), |row| *row), None);
        assert_eq!(next_page(&rows(full), |row| *row), Some(full * 2 - 1));
        assert_eq!(next_page(&[u64::MAX; MAX_PAGE as usize], |row| *row), None);
    }
}

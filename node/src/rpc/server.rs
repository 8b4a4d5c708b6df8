//! The answers of the `lattice_*` methods: each is one call of the runtime API.

mod tiers;

use super::{
    api::LatticeApiServer,
    error::Error,
    json::{
        read_request, Assignment, Ceremony, Channel, Contribution, DirectRecord, DryRun,
        ExecutionRecord, Model, Program, ProgramRecord, ProgramTrace, Provider, Quote, Selection,
    },
    number::U64,
    texts::MetadataTexts,
};
use crate::service::FullClient;
use jsonrpsee::core::RpcResult;
use lattice_primitives::{
    api::{LatticeApi as _, MAX_PAGE},
    ModelIndex, QuoteError, Verification,
};
use lattice_runtime::{AccountId, BlockNumber, Hash};
use serde_json::Value;
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_core::{Bytes, H256};
use std::sync::Arc;

/// Answers from the state of a full node.
#[derive(Clone)]
pub struct Lattice {
    client: Arc<FullClient>,
}

impl Lattice {
    /// Answers from what `client` knows.
    pub fn new(client: Arc<FullClient>) -> Self {
        Self { client }
    }

    /// The block to ask: `at` when it is known, the best one when none was named.
    fn block(&self, at: Option<Hash>) -> Result<Hash, Error> {
        match at {
            None => Ok(self.client.info().best_hash),
            Some(hash) => match self.client.header(hash) {
                Ok(Some(_)) => Ok(hash),
                Ok(None) => Err(Error::UnknownBlock(hash)),
                Err(cause) => Err(runtime(hash)(cause)),
            },
        }
    }

    /// The texts of the runtime's errors at a block.
    fn texts(&self, at: Hash) -> MetadataTexts<'_, FullClient> {
        MetadataTexts {
            client: &self.client,
            at,
        }
    }
}

/// Turns what the client says into an error that names the block.
fn runtime<E: std::fmt::Display>(at: Hash) -> impl Fn(E) -> Error {
    move |cause| Error::Runtime {
        at,
        cause: cause.to_string(),
    }
}

/// Checks that a page has a size that the chain hands out.
fn page(limit: u32) -> Result<u32, Error> {
    if (1..=MAX_PAGE).contains(&limit) {
        Ok(limit)
    } else {
        Err(Error::Limit(limit))
    }
}

/// Rows of the runtime API as rows of JSON.
fn rows<Row, Json: From<Row>>(rows: Vec<Row>) -> Vec<Json> {
    rows.into_iter().map(Json::from).collect()
}

impl LatticeApiServer for Lattice {
    fn model(&self, index: ModelIndex, at: Option<Hash>) -> RpcResult<Option<Model>> {
        let at = self.block(at)?;
        let model = self
            .client
            .runtime_api()
            .model(at, index)
            .map_err(runtime::<ApiError>(at))?;
        Ok(model.map(Model::from))
    }

    fn models(&self, start: ModelIndex, limit: u32, at: Option<Hash>) -> RpcResult<Vec<Model>> {
        let (limit, at) = (page(limit)?, self.block(at)?);
        let models = self
            .client
            .runtime_api()
            .models(at, start, limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(models.into_iter().map(Model::without_manifest).collect())
    }

    fn provider(&self, account: AccountId, at: Option<Hash>) -> RpcResult<Option<Provider>> {
        let at = self.block(at)?;
        let provider = self
            .client
            .runtime_api()
            .provider(at, account)
            .map_err(runtime::<ApiError>(at))?;
        Ok(provider.map(Provider::from))
    }

    fn providers_of(
        &self,
        model: ModelIndex,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Provider>> {
        let (limit, at) = (page(limit)?, self.block(at)?);
        let providers = self
            .client
            .runtime_api()
            .providers_of(at, model, limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(providers))
    }

    fn quote(
        &self,
        model: ModelIndex,
        deadline: BlockNumber,
        verification: Option<Verification>,
        selection: Option<Selection>,
        at: Option<Hash>,
    ) -> RpcResult<Quote> {
        let at = self.block(at)?;
        let verification = verification.unwrap_or(Verification::Proven);
        let selection: lattice_primitives::Selection<AccountId> = selection
            .unwrap_or_default()
            .try_into()
            .map_err(Error::Selection)?;
        let api = self.client.runtime_api();
        let quote = api
            .quote(at, model, deadline, verification, selection.clone())
            .map_err(runtime::<ApiError>(at))?;
        let reason = match quote {
            Ok(quote) => return Ok(quote.into()),
            Err(reason) => reason,
        };
        let ineligible = match reason {
            QuoteError::NoProvider | QuoteError::TooFewProviders => api
                .ineligible(at, model, deadline, selection)
                .map_err(runtime::<ApiError>(at))?,
            _ => Vec::new(),
        };
        Err(Error::NoQuote {
            model,
            deadline,
            verification,
            reason,
            ineligible,
        }
        .into())
    }

    fn assignment(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<Assignment>> {
        let at = self.block(at)?;
        let assignment = self
            .client
            .runtime_api()
            .assignment(at, request.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(assignment.map(Assignment::from))
    }

    fn assignments(
        &self,
        provider: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Assignment>> {
        let (limit, at) = (page(limit)?, self.block(at)?);
        let assignments = self
            .client
            .runtime_api()
            .assignments(at, provider, start.0, limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(assignments))
    }

    fn execution_record(
        &self,
        request: U64,
        at: Option<Hash>,
    ) -> RpcResult<Option<ExecutionRecord>> {
        let at = self.block(at)?;
        let record = self
            .client
            .runtime_api()
            .execution_record(at, request.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(record.map(ExecutionRecord::from))
    }

    fn executions_by_account(
        &self,
        account: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<ExecutionRecord>> {
        let (limit, at) = (page(limit)?, self.block(at)?);
        let records = self
            .client
            .runtime_api()
            .executions_by_account(at, account, start.0, limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(records))
    }

    fn direct_record(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<DirectRecord>> {
        let at = self.block(at)?;
        let record = self
            .client
            .runtime_api()
            .direct_record(at, request.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(record.map(DirectRecord::from))
    }

    fn dry_run(
        &self,
        origin: AccountId,
        request: Value,
        gas_limit: Option<U64>,
        at: Option<Hash>,
    ) -> RpcResult<DryRun> {
        let request = read_request(request).map_err(Error::from)?;
        let at = self.block(at)?;
        let run = self
            .client
            .runtime_api()
            .dry_run(at, origin, request, gas_limit.map(|gas| gas.0))
            .map_err(runtime::<ApiError>(at))?;
        Ok(DryRun::new(run, &self.texts(at)))
    }

    fn trace(
        &self,
        origin: AccountId,
        request: Value,
        gas_limit: Option<U64>,
        at: Option<Hash>,
    ) -> RpcResult<ProgramTrace> {
        let request = read_request(request).map_err(Error::from)?;
        let at = self.block(at)?;
        let trace = self
            .client
            .runtime_api()
            .trace(at, origin, request, gas_limit.map(|gas| gas.0))
            .map_err(runtime::<ApiError>(at))?;
        Ok(ProgramTrace::new(trace, &self.texts(at)))
    }

    fn program(&self, account: AccountId, at: Option<Hash>) -> RpcResult<Option<Program>> {
        let at = self.block(at)?;
        let program = self
            .client
            .runtime_api()
            .program(at, account)
            .map_err(runtime::<ApiError>(at))?;
        Ok(program.map(Program::from))
    }

    fn program_storage(
        &self,
        account: AccountId,
        key: Bytes,
        at: Option<Hash>,
    ) -> RpcResult<Option<Bytes>> {
        let at = self.block(at)?;
        let value = self
            .client
            .runtime_api()
            .program_storage(at, account, key.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(value.map(Bytes))
    }

    fn program_records(
        &self,
        author: AccountId,
        at: Option<Hash>,
    ) -> RpcResult<Vec<ProgramRecord>> {
        let at = self.block(at)?;
        let records = self
            .client
            .runtime_api()
            .program_records(at, author)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(records))
    }

    fn ceremony(&self, ceremony: U64, at: Option<Hash>) -> RpcResult<Option<Ceremony>> {
        let at = self.block(at)?;
        let ceremony = self
            .client
            .runtime_api()
            .ceremony(at, ceremony.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(ceremony.map(Ceremony::from))
    }

    fn ceremony_of(&self, model: ModelIndex, at: Option<Hash>) -> RpcResult<Option<Ceremony>> {
        let at = self.block(at)?;
        let ceremony = self
            .client
            .runtime_api()
            .ceremony_of(at, model)
            .map_err(runtime::<ApiError>(at))?;
        Ok(ceremony.map(Ceremony::from))
    }

    fn ceremony_contributions(
        &self,
        ceremony: U64,
        start: Option<u32>,
        limit: Option<u32>,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Contribution>> {
        let (limit, at) = (page(limit.unwrap_or(MAX_PAGE))?, self.block(at)?);
        let contributions = self
            .client
            .runtime_api()
            .ceremony_contributions(at, ceremony.0, start.unwrap_or(0), limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(contributions))
    }

    fn phase1_id(&self, at: Option<Hash>) -> RpcResult<Option<H256>> {
        let at = self.block(at)?;
        let id = self
            .client
            .runtime_api()
            .phase1_id(at)
            .map_err(runtime::<ApiError>(at))?;
        Ok(id)
    }

    fn channel(&self, channel: U64, at: Option<Hash>) -> RpcResult<Option<Channel>> {
        let at = self.block(at)?;
        let channel = self
            .client
            .runtime_api()
            .channel(at, channel.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(channel.map(Channel::from))
    }

    fn channels_of(
        &self,
        account: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Channel>> {
        let (limit, at) = (page(limit)?, self.block(at)?);
        let channels = self
            .client
            .runtime_api()
            .channels_of(at, account, start.0, limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(channels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_to_a_hundred_rows() {
        assert!(page(1).is_ok());
        assert!(page(MAX_PAGE).is_ok());
        assert!(matches!(page(0), Err(Error::Limit(0))));
        assert!(matches!(page(MAX_PAGE + 1), Err(Error::Limit(101))));
    }
}

//! The `lattice_*` methods and their parameters.
//!
//! Every method takes, last, an optional block hash `at`; without it the best
//! block is asked. A thing that is not there is `null`; a question that cannot
//! be answered is an error that names the parameter.

use super::{
    json::{Assignment, ExecutionRecord, Model, Provider, Quote},
    number::U64,
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use lattice_primitives::{ModelIndex, Verification};
use lattice_runtime::{AccountId, BlockNumber, Hash};

/// Reads models, providers, requests and execution records.
#[rpc(server, namespace = "lattice")]
pub trait LatticeApi {
    /// One registration, with its manifest.
    #[method(name = "model")]
    fn model(&self, index: ModelIndex, at: Option<Hash>) -> RpcResult<Option<Model>>;

    /// Registrations with index ≥ `start`, ascending, without their manifests.
    #[method(name = "models")]
    fn models(&self, start: ModelIndex, limit: u32, at: Option<Hash>) -> RpcResult<Vec<Model>>;

    /// One provider.
    #[method(name = "provider")]
    fn provider(&self, account: AccountId, at: Option<Hash>) -> RpcResult<Option<Provider>>;

    /// Providers with an offer for a model, cheapest first.
    #[method(name = "providersOf")]
    fn providers_of(
        &self,
        model: ModelIndex,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Provider>>;

    /// What a request would cost now and who would serve it. `deadline` is in
    /// blocks from now; `verification` is `Proven` when it is not given.
    #[method(name = "quote")]
    fn quote(
        &self,
        model: ModelIndex,
        deadline: BlockNumber,
        verification: Option<Verification>,
        at: Option<Hash>,
    ) -> RpcResult<Quote>;

    /// An open request.
    #[method(name = "assignment")]
    fn assignment(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<Assignment>>;

    /// Open requests of a provider with number ≥ `start`, oldest first.
    #[method(name = "assignments")]
    fn assignments(
        &self,
        provider: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Assignment>>;

    /// What an ended request left; `null` while it is open.
    #[method(name = "executionRecord")]
    fn execution_record(
        &self,
        request: U64,
        at: Option<Hash>,
    ) -> RpcResult<Option<ExecutionRecord>>;

    /// Records in which an account was requester or provider, with number ≥
    /// `start`, ascending.
    #[method(name = "executionsByAccount")]
    fn executions_by_account(
        &self,
        account: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<ExecutionRecord>>;
}

//! The `lattice_*` methods and their parameters.
//!
//! Every method takes, last, an optional block hash `at`; without it the best
//! block is asked. A thing that is not there is `null`; a question that cannot
//! be answered is an error that names the parameter.

mod tiers;

pub use tiers::TiersApiServer;

use super::{
    json::{
        Assignment, Ceremony, Channel, Contribution, DirectRecord, DryRun, ExecutionRecord, Model,
        Program, ProgramRecord, ProgramTrace, Provider, Quote, Selection,
    },
    number::U64,
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use lattice_primitives::{ModelIndex, Verification};
use lattice_runtime::{AccountId, BlockNumber, Hash};
use serde_json::Value;
use sp_core::{Bytes, H256};

/// Reads models, providers, requests, execution records, programs, ceremonies and channels, and
/// tries runs.
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

    /// What a request would cost now, who would serve it, and why no other. `deadline` is
    /// in blocks from now; `verification` is `Proven` when it is not given, or
    /// `{"Replicated": {"n": 3, "k": 2}}`, `{"Optimistic": {"window": 100, "bond": "…"}}`;
    /// `selection` names a provider, prefers one, or excludes some.
    #[method(name = "quote")]
    fn quote(
        &self,
        model: ModelIndex,
        deadline: BlockNumber,
        verification: Option<Verification>,
        selection: Option<Selection>,
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

    /// What a request left that the chain answered itself.
    #[method(name = "directRecord")]
    fn direct_record(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<DirectRecord>>;

    /// What an instantiation, a call or bytecode would do now. `request` is
    /// `{"instantiate": …}`, `{"call": …}` or `{"execute": …}` with the fields of
    /// the extrinsic; without a `gas_limit` the run may use what an extrinsic may
    /// use at most.
    #[method(name = "dryRun", blocking)]
    fn dry_run(
        &self,
        origin: AccountId,
        request: Value,
        gas_limit: Option<U64>,
        at: Option<Hash>,
    ) -> RpcResult<DryRun>;

    /// A dry run with the gas of each instruction or import.
    #[method(name = "trace", blocking)]
    fn trace(
        &self,
        origin: AccountId,
        request: Value,
        gas_limit: Option<U64>,
        at: Option<Hash>,
    ) -> RpcResult<ProgramTrace>;

    /// One program.
    #[method(name = "program")]
    fn program(&self, account: AccountId, at: Option<Hash>) -> RpcResult<Option<Program>>;

    /// The value that a program stores under a key.
    #[method(name = "programStorage")]
    fn program_storage(
        &self,
        account: AccountId,
        key: Bytes,
        at: Option<Hash>,
    ) -> RpcResult<Option<Bytes>>;

    /// The latest results that a program, or an account by bytecode, committed,
    /// oldest first.
    #[method(name = "programRecords")]
    fn program_records(&self, author: AccountId, at: Option<Hash>)
        -> RpcResult<Vec<ProgramRecord>>;

    /// One set-up ceremony, open or finalized.
    #[method(name = "ceremony")]
    fn ceremony(&self, ceremony: U64, at: Option<Hash>) -> RpcResult<Option<Ceremony>>;

    /// The set-up ceremony of a registration.
    #[method(name = "ceremonyOf")]
    fn ceremony_of(&self, model: ModelIndex, at: Option<Hash>) -> RpcResult<Option<Ceremony>>;

    /// Contributions of a ceremony with index ≥ `start`, in order; all that a ceremony
    /// can have without `start` and `limit`.
    #[method(name = "ceremonyContributions")]
    fn ceremony_contributions(
        &self,
        ceremony: U64,
        start: Option<u32>,
        limit: Option<u32>,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Contribution>>;

    /// Identity of the phase 1 from which new ceremonies start; `null` where the chain
    /// pins none.
    #[method(name = "phase1Id")]
    fn phase1_id(&self, at: Option<Hash>) -> RpcResult<Option<H256>>;

    /// An open payment channel.
    #[method(name = "channel")]
    fn channel(&self, channel: U64, at: Option<Hash>) -> RpcResult<Option<Channel>>;

    /// Open payment channels in which an account is payer or provider, with number ≥
    /// `start`, ascending.
    #[method(name = "channelsOf")]
    fn channels_of(
        &self,
        account: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Channel>>;
}

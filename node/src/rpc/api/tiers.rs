//! The methods about optimistic, replicated and private requests, disputes and subscriptions.

use crate::rpc::{
    json::{Dispute, Optimistic, Plan, PrivateRequest, Replicated, Subscription},
    number::U64,
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use lattice_runtime::{AccountId, Hash};

/// Reads open requests of the tiers that other pallets settle, disputes about results, plans and
/// subscriptions.
#[rpc(server, namespace = "lattice")]
pub trait TiersApi {
    /// An open optimistic request.
    #[method(name = "optimistic")]
    fn optimistic(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<Optimistic>>;

    /// Optimistic requests whose posted result is not final, with number ≥ `start`, ascending.
    #[method(name = "posted")]
    fn posted(&self, start: U64, limit: u32, at: Option<Hash>) -> RpcResult<Vec<Optimistic>>;

    /// An open replicated request.
    #[method(name = "replicated")]
    fn replicated(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<Replicated>>;

    /// An open private request.
    #[method(name = "privateRequest")]
    fn private_request(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<PrivateRequest>>;

    /// Open private requests of a provider with number ≥ `start`, oldest first.
    #[method(name = "privateAssignments")]
    fn private_assignments(
        &self,
        provider: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<PrivateRequest>>;

    /// An open dispute.
    #[method(name = "dispute")]
    fn dispute(&self, dispute: U64, at: Option<Hash>) -> RpcResult<Option<Dispute>>;

    /// Open disputes in which an account is challenger or defender, with number ≥ `start`,
    /// ascending.
    #[method(name = "disputesOf")]
    fn disputes_of(
        &self,
        account: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Dispute>>;

    /// A provider's plan for requests that are paid in advance.
    #[method(name = "plan")]
    fn plan(&self, plan: U64, at: Option<Hash>) -> RpcResult<Option<Plan>>;

    /// The plans of a provider, in the order of their numbers.
    #[method(name = "plansOf")]
    fn plans_of(&self, provider: AccountId, at: Option<Hash>) -> RpcResult<Vec<Plan>>;

    /// An open subscription.
    #[method(name = "subscription")]
    fn subscription(&self, subscription: U64, at: Option<Hash>) -> RpcResult<Option<Subscription>>;

    /// Open subscriptions in which an account is subscriber or provider, with number ≥ `start`,
    /// ascending.
    #[method(name = "subscriptionsOf")]
    fn subscriptions_of(
        &self,
        account: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Subscription>>;
}

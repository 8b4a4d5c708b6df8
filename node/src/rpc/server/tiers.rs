//! Optimistic, replicated and private requests, disputes and subscriptions.

use super::{page, rows, runtime, Lattice};
use crate::rpc::{
    api::TiersApiServer,
    json::{Dispute, Optimistic, Plan, PrivateRequest, Replicated, Subscription},
    number::U64,
};
use jsonrpsee::core::RpcResult;
use lattice_primitives::api::LatticeApi as _;
use lattice_runtime::{AccountId, Hash};
use sp_api::{ApiError, ProvideRuntimeApi};

impl TiersApiServer for Lattice {
    fn optimistic(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<Optimistic>> {
        let at = self.block(at)?;
        let open = self
            .client
            .runtime_api()
            .optimistic(at, request.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(open.map(Optimistic::from))
    }

    fn posted(&self, start: U64, limit: u32, at: Option<Hash>) -> RpcResult<Vec<Optimistic>> {
        let (limit, at) = (page(limit)?, self.block(at)?);
        let posted = self
            .client
            .runtime_api()
            .posted(at, start.0, limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(posted))
    }

    fn replicated(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<Replicated>> {
        let at = self.block(at)?;
        let open = self
            .client
            .runtime_api()
            .replicated(at, request.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(open.map(Replicated::from))
    }

    fn private_request(&self, request: U64, at: Option<Hash>) -> RpcResult<Option<PrivateRequest>> {
        let at = self.block(at)?;
        let open = self
            .client
            .runtime_api()
            .private_request(at, request.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(open.map(PrivateRequest::from))
    }

    fn private_assignments(
        &self,
        provider: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<PrivateRequest>> {
        let (limit, at) = (page(limit)?, self.block(at)?);
        let assigned = self
            .client
            .runtime_api()
            .private_assignments(at, provider, start.0, limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(assigned))
    }

    fn dispute(&self, dispute: U64, at: Option<Hash>) -> RpcResult<Option<Dispute>> {
        let at = self.block(at)?;
        let open = self
            .client
            .runtime_api()
            .dispute(at, dispute.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(open.map(Dispute::from))
    }

    fn disputes_of(
        &self,
        account: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Dispute>> {
        let (limit, at) = (page(limit)?, self.block(at)?);
        let disputes = self
            .client
            .runtime_api()
            .disputes_of(at, account, start.0, limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(disputes))
    }

    fn plan(&self, plan: U64, at: Option<Hash>) -> RpcResult<Option<Plan>> {
        let at = self.block(at)?;
        let plan = self
            .client
            .runtime_api()
            .plan(at, plan.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(plan.map(Plan::from))
    }

    fn plans_of(&self, provider: AccountId, at: Option<Hash>) -> RpcResult<Vec<Plan>> {
        let at = self.block(at)?;
        let plans = self
            .client
            .runtime_api()
            .plans_of(at, provider)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(plans))
    }

    fn subscription(&self, subscription: U64, at: Option<Hash>) -> RpcResult<Option<Subscription>> {
        let at = self.block(at)?;
        let open = self
            .client
            .runtime_api()
            .subscription(at, subscription.0)
            .map_err(runtime::<ApiError>(at))?;
        Ok(open.map(Subscription::from))
    }

    fn subscriptions_of(
        &self,
        account: AccountId,
        start: U64,
        limit: u32,
        at: Option<Hash>,
    ) -> RpcResult<Vec<Subscription>> {
        let (limit, at) = (page(limit)?, self.block(at)?);
        let subscriptions = self
            .client
            .runtime_api()
            .subscriptions_of(at, account, start.0, limit)
            .map_err(runtime::<ApiError>(at))?;
        Ok(rows(subscriptions))
    }
}

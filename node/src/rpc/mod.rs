//! JSON-RPC: Substrate's standard methods, and `lattice_*` over the runtime API.
//!
//! * [`api`]: the methods and their parameters;
//! * [`server`]: their answers, each one call of the runtime API;
//! * [`json`]: the shapes of the answers;
//! * [`texts`]: names and texts of the runtime's errors;
//! * [`number`]: 64- and 128-bit integers, which JSON's readers would round;
//! * [`error`]: what is said when a question cannot be answered.

mod api;
mod error;
mod json;
mod number;
mod server;
mod texts;

use crate::service::{FullClient, Pool};
use api::{LatticeApiServer, TiersApiServer};
use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// The methods beside those that every Substrate node serves.
///
/// # Errors
/// When two methods have one name.
pub fn create_full(
    client: Arc<FullClient>,
    pool: Arc<Pool>,
) -> Result<RpcModule<()>, jsonrpsee::core::RegisterMethodError> {
    let mut module = RpcModule::new(());
    module.merge(System::new(client.clone(), pool).into_rpc())?;
    module.merge(TransactionPayment::new(client.clone()).into_rpc())?;
    let lattice = server::Lattice::new(client);
    module.merge(LatticeApiServer::into_rpc(lattice.clone()))?;
    module.merge(TiersApiServer::into_rpc(lattice))?;
    Ok(module)
}

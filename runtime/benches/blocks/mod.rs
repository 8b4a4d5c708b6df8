//! A block, filled with signed extrinsics by the runtime's Wasm with the node's host functions, as a
//! node does that authors it, over storage in memory: the database's share of the weight is charged
//! and hardly used.

use codec::{Decode, Encode};
use lattice_host::LatticeHostFunctions;
use lattice_runtime::{
    AccountId, Header, RuntimeCall, RuntimeGenesisConfig, SignedPayload, System, TxExtension,
    UncheckedExtrinsic, WASM_BINARY,
};
use sc_executor::WasmExecutor;
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};
use sp_core::{sr25519, Pair, H256};
use sp_io::TestExternalities;
use sp_runtime::{
    generic::Era, traits::Header as _, transaction_validity::InvalidTransaction,
    transaction_validity::TransactionValidityError, ApplyExtrinsicResult, BuildStorage,
};
use std::time::{Duration, Instant};

type Executor = WasmExecutor<(sp_io::SubstrateHostFunctions, LatticeHostFunctions)>;

/// What a block took in.
#[derive(Clone, Copy, Debug)]
pub struct Filled {
    /// Extrinsics.
    pub calls: u32,
    /// Of all of them, in picoseconds.
    pub weight: u64,
    pub took: Duration,
}

/// The state of block 1 of a chain that takes development keys and has nothing else in its genesis.
pub fn chain() -> TestExternalities {
    let mut genesis = RuntimeGenesisConfig::default();
    genesis.ceremonies.allow_dev_setup = true;
    let storage = genesis.build_storage().expect("the genesis builds");
    let mut state = TestExternalities::new(storage);
    state.execute_with(|| System::set_block_number(1));
    state
}

/// Fills block 2 with what `next` gives until it takes no more, or there is no more.
pub fn fill(
    state: &mut TestExternalities,
    mut next: impl FnMut(u32) -> Option<UncheckedExtrinsic>,
) -> Filled {
    state.commit_all().expect("no transaction is open");
    let executor = Executor::builder().build();
    let code = WrappedRuntimeCode(WASM_BINARY.expect("the runtime was built").into());
    let code = RuntimeCode {
        code_fetcher: &code,
        heap_pages: None,
        hash: vec![1],
    };
    let enter = |state: &mut TestExternalities, method: &str, data: &[u8]| {
        let mut ext = state.ext();
        let (reply, _) = executor.call(
            &mut ext,
            &code,
            method,
            data,
            CallContext::Onchain { import: false },
        );
        reply.unwrap_or_else(|error| panic!("{method}: {error}"))
    };
    let header = Header::new(
        2,
        Default::default(),
        Default::default(),
        H256::zero(),
        Default::default(),
    );
    enter(state, "Core_initialize_block", &header.encode());
    let weight = |state: &mut TestExternalities| {
        state.execute_with(|| System::block_weight().total().ref_time())
    };
    let before = weight(state);
    let mut took = Duration::ZERO;
    let mut calls = 0;
    while let Some(extrinsic) = state.execute_with(|| next(calls)) {
        let extrinsic = extrinsic.encode();
        let start = Instant::now();
        let reply = enter(state, "BlockBuilder_apply_extrinsic", &extrinsic);
        let elapsed = start.elapsed();
        match ApplyExtrinsicResult::decode(&mut reply.as_slice()).expect("a result") {
            Ok(dispatched) => dispatched.expect("the call is dispatched"),
            Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => break,
            Err(error) => panic!("extrinsic {calls}: {error:?}"),
        }
        took += elapsed;
        calls += 1;
    }
    Filled {
        calls,
        weight: weight(state) - before,
        took,
    }
}

/// A call, signed by this pair.
pub fn signed(pair: &sr25519::Pair, call: RuntimeCall, nonce: u32) -> UncheckedExtrinsic {
    let extension: TxExtension = (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
        frame_system::WeightReclaim::new(),
    );
    let payload = SignedPayload::new(call, extension).expect("the chain has a genesis");
    let signature = payload.using_encoded(|bytes| pair.sign(bytes));
    let (call, extension, _) = payload.deconstruct();
    let account = AccountId::from(pair.public());
    UncheckedExtrinsic::new_signed(call, account.into(), signature.into(), extension)
}

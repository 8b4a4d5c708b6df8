//! What the chain may say, for tests that need no chain: each changes what it is about.

use crate::{
    AccountId, BlockNumber, Ending, Hardware, Interface, KeyInfo, Model, ModelState, Optimistic,
    OptimisticStatus, Price, ProofBytes, ProofVersion, Provider, Record, Setup, Verification, H256,
};

/// A provider that has registered, and offers nothing yet.
pub fn provider(account: AccountId, endpoints: &[&str]) -> Provider {
    Provider {
        account,
        stake: 0,
        locked: 0,
        pending: 0,
        unbonding: Vec::new(),
        hardware: Hardware::default(),
        endpoints: endpoints
            .iter()
            .map(|endpoint| endpoint.as_bytes().to_vec())
            .collect(),
        capacity: 1,
        slots: 1,
        paused: false,
        running: 0,
        offers: Vec::new(),
        settled: 0,
        late: 0,
        rejected: 0,
        not_accepted: 0,
        disputed: 0,
        reputation: 500_000,
        registered_at: 0,
        last_heartbeat: 0,
    }
}

/// The first registration: of this model for digits of 8 × 8 pixels, with keys of this name and hash.
pub fn registration(model_hash: H256, vk_id: H256, proving_key_hash: H256) -> Model {
    Model {
        index: 0,
        owner: AccountId([1; 32]),
        name: b"digits".to_vec(),
        version: 1,
        model_hash,
        byte_size: 0,
        requirements: Default::default(),
        pricing: Default::default(),
        interface: Interface {
            input_len: 64,
            input_lo: 0,
            input_hi: 16,
            output_len: 10,
        },
        execution_gas: 0,
        manifest: Vec::new(),
        key: Some(KeyInfo {
            vk_id,
            setup: Setup::Dev,
            circuit_version: 1,
            phase1_id: H256::zero(),
            proving_key_hash,
            verifying_key: Vec::new(),
            proof_version: ProofVersion::Groth16,
        }),
        stored: None,
        state_hash: None,
        parent: None,
        state: ModelState::Active,
        providers: 0,
        created_at: 0,
        total_executions: 0,
    }
}

/// What is left of request 7, which settled by a proof with an output on the chain.
pub fn record() -> Record {
    Record {
        request: 7,
        requester: AccountId([1; 32]),
        provider: AccountId([2; 32]),
        model: 3,
        model_hash: H256([3; 32]),
        vk_id: H256([8; 32]),
        context: H256([6; 32]),
        input_commitment: H256([4; 32]),
        output_commitment: Some(H256([9; 32])),
        output: vec![1],
        proof: Some(ProofBytes::Groth16([0; 128])),
        gas_used: 1,
        price: Price::default(),
        verification: Verification::Proven,
        agreed: Vec::new(),
        ending: Ending::Settled,
        failed: Vec::new(),
        requested_at: 5,
        ended_at: 6,
    }
}

/// Request 7, for a result that may be challenged within 100 blocks.
pub fn optimistic(status: OptimisticStatus<AccountId, BlockNumber>) -> Optimistic {
    Optimistic {
        request: 7,
        requester: AccountId([1; 32]),
        provider: AccountId([2; 32]),
        model: 3,
        model_hash: H256([3; 32]),
        input: vec![1],
        input_commitment: H256([4; 32]),
        content: H256([5; 32]),
        context: H256([6; 32]),
        price: Price::default(),
        collateral: 0,
        bond: 50,
        window: 100,
        requested_at: 10,
        deadline: 30,
        attempts_left: 0,
        failed: Vec::new(),
        status,
    }
}

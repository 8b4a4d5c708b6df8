//! The calls of the tiers beside proofs, with the weights of their benchmarks.

use super::calls::{DisputeWeights, OptimisticWeights, ReplicationWeights};
use frame_support::weights::Weight;
use lattice_runtime::RuntimeCall;
use pallet_disputes::{Node, OutputLink};
use sp_core::H256;

pub fn calls() -> Vec<(RuntimeCall, Weight)> {
    let mut calls = dispute_calls();
    calls.extend(optimistic_calls());
    calls.extend(replication_calls());
    calls
}

fn link() -> OutputLink {
    OutputLink {
        siblings: Default::default(),
    }
}

fn dispute_calls() -> Vec<(RuntimeCall, Weight)> {
    use pallet_disputes::{Call, WeightInfo as _};
    let (dispute, child) = (0, 0);
    let reveal = Call::reveal {
        dispute,
        node: Node::Leaf(Default::default()),
    };
    let defend = Call::defend {
        dispute,
        opening: Default::default(),
    };
    [
        (reveal, DisputeWeights::reveal()),
        (Call::choose { dispute, child }, DisputeWeights::choose()),
        (defend, DisputeWeights::defend(0)),
        (Call::expire { dispute }, DisputeWeights::expire()),
    ]
    .map(|(call, weight)| (RuntimeCall::from(call), weight))
    .into()
}

fn optimistic_calls() -> Vec<(RuntimeCall, Weight)> {
    use pallet_optimistic::{Call, WeightInfo as _};
    let request = 0;
    let post_result = Call::post_result {
        request,
        context: H256::zero(),
        output: Default::default(),
        trace_root: H256::zero(),
        link: link(),
    };
    let challenge = Call::challenge {
        request,
        trace_root: H256::zero(),
    };
    [
        (post_result, OptimisticWeights::post_result(0)),
        (challenge, OptimisticWeights::challenge()),
        (Call::finalize { request }, OptimisticWeights::settle(0)),
    ]
    .map(|(call, weight)| (RuntimeCall::from(call), weight))
    .into()
}

fn replication_calls() -> Vec<(RuntimeCall, Weight)> {
    use pallet_replication::{Call, WeightInfo as _};
    let request = 0;
    let commit = Call::commit {
        request,
        commitment: H256::zero(),
    };
    let reveal = Call::reveal {
        request,
        output: Default::default(),
        trace_root: H256::zero(),
        salt: [0; 32],
    };
    let appeal_with_proof = Call::appeal_with_proof {
        request,
        proof: [0; 128].into(),
    };
    let appeal_by_dispute = Call::appeal_by_dispute {
        request,
        link: link(),
    };
    [
        (commit, ReplicationWeights::commit()),
        (reveal, ReplicationWeights::reveal(0)),
        (appeal_with_proof, ReplicationWeights::appeal_with_proof()),
        (appeal_by_dispute, ReplicationWeights::appeal_by_dispute()),
        (Call::advance { request }, ReplicationWeights::advance()),
    ]
    .map(|(call, weight)| (RuntimeCall::from(call), weight))
    .into()
}

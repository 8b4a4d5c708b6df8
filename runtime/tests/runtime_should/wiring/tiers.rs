//! The calls of the tiers beside proofs, with the weights of their benchmarks.

use super::calls::{DisputeWeights, OptimisticWeights, PrivateWeights, ReplicationWeights};
use frame_support::weights::Weight;
use lattice_primitives::{InputClaim, Selection, Verification};
use lattice_runtime::RuntimeCall;
use pallet_disputes::{Node, OutputLink};
use sp_core::H256;
use sp_runtime::MultiSignature;

pub fn calls() -> Vec<(RuntimeCall, Weight)> {
    let mut calls = dispute_calls();
    calls.extend(optimistic_calls());
    calls.extend(replication_calls());
    calls.extend(private_calls());
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

fn private_calls() -> Vec<(RuntimeCall, Weight)> {
    use pallet_private_requests::{Call, PrivateOutput, WeightInfo as _};
    let request = 0;
    let ask = Call::request_private {
        model: 0,
        input_commitment: H256::zero(),
        max_price: 1,
        deadline: 20,
        verification: Verification::Proven,
        output_private: true,
        selection: Selection::default(),
    };
    let submit = Call::submit_private {
        request,
        context: H256::zero(),
        output: PrivateOutput::Posted(vec![0; 10].try_into().expect("short enough")),
        proof: [0; 128].into(),
    };
    let post_output = Call::post_output {
        request,
        output: vec![0; 10].try_into().expect("short enough"),
        blinding: H256::zero(),
    };
    let context = H256::zero();
    let claim = Call::claim {
        request,
        context,
        claim: InputClaim::NotReceived,
    };
    let acknowledge = Call::acknowledge { request, context };
    let force_posting = Call::force_posting { request, context };
    let open_input = Call::open_input {
        request,
        input: vec![0; 64].try_into().expect("short enough"),
        blinding: H256::zero(),
    };
    let refute_claim = Call::refute_claim {
        request,
        signature: MultiSignature::Sr25519([0; 64].into()),
    };
    let settled = PrivateWeights::settle_private().max(PrivateWeights::deliver_private());
    let expired = PrivateWeights::expire_late()
        .max(PrivateWeights::expire_unopened())
        .max(PrivateWeights::expire_delivered())
        .max(PrivateWeights::expire_withheld());
    [
        // Before it runs, it weighs its worst case.
        (ask, PrivateWeights::request_private(64)),
        (submit, PrivateWeights::submit_private(10).max(settled)),
        (acknowledge, PrivateWeights::acknowledge()),
        (force_posting, PrivateWeights::force_posting()),
        (post_output, PrivateWeights::post_output(10)),
        (claim, PrivateWeights::claim()),
        (open_input, PrivateWeights::open_input(64)),
        (refute_claim, PrivateWeights::refute_claim()),
        (Call::expire_private { request }, expired),
    ]
    .map(|(call, weight)| (RuntimeCall::from(call), weight))
    .into()
}

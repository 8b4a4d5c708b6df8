//! Requests of a small chain, and traces of honest providers and others.

use super::seals::Seal;
use lattice_chain_client::{
    AccountId, BlockNumber, DisputeId, Failure, Optimistic, OptimisticStatus, Price, ReplicaState,
    Replicated, ReplicatedPhase, H256,
};
use lattice_primitives::ReplicaInfo;
use lattice_tensor::{evaluate, trace, Model, Trace};
use lattice_trace::{Commitment, Position};

pub const GENESIS: [u8; 32] = [7; 32];
/// Who watches and challenges.
pub const ALICE: AccountId = AccountId([1; 32]);
/// The provider.
pub const BOB: AccountId = AccountId([2; 32]);
/// Another one.
pub const CHARLIE: AccountId = AccountId([3; 32]);
/// The best block.
pub const NOW: BlockNumber = 100;

fn optimistic(status: OptimisticStatus<AccountId, BlockNumber>) -> Optimistic {
    Optimistic {
        request: 4,
        requester: ALICE,
        provider: BOB,
        model: 0,
        model_hash: H256::zero(),
        input: Vec::new(),
        input_commitment: H256::zero(),
        content: H256::zero(),
        context: H256::zero(),
        price: Price::default(),
        collateral: 50,
        bond: 50,
        window: 10,
        requested_at: NOW - 2,
        deadline: NOW + 8,
        attempts_left: 0,
        failed: Vec::new(),
        status,
    }
}

/// An optimistic request that Bob is to answer.
pub fn assigned() -> Optimistic {
    optimistic(OptimisticStatus::Assigned)
}

/// One that Bob has failed, and that waits for its next provider.
pub fn waiting() -> Optimistic {
    Optimistic {
        attempts_left: 1,
        failed: vec![(BOB, Failure::Late)],
        ..optimistic(OptimisticStatus::Waiting { since: NOW })
    }
}

/// One that Bob has answered, with these challenges.
pub fn posted(challenges: Vec<(AccountId, DisputeId)>) -> Optimistic {
    optimistic(OptimisticStatus::Posted {
        output: vec![1],
        trace_root: H256::repeat_byte(1),
        posted_at: NOW,
        final_at: NOW + 10,
        challenges,
    })
}

/// A replicated request in this phase, of which Bob, in this state, and Charlie are replicas.
pub fn replicated(phase: ReplicatedPhase<BlockNumber>, bob: ReplicaState) -> Replicated {
    let replica = |provider, state| ReplicaInfo {
        provider,
        compute: 1,
        fee: 1,
        collateral: 20,
        state,
    };
    Replicated {
        request: 4,
        requester: ALICE,
        model: 0,
        model_hash: H256::zero(),
        vk_id: None,
        input: Vec::new(),
        input_commitment: H256::zero(),
        content: H256::repeat_byte(1),
        n: 2,
        k: 2,
        deadline: 10,
        escrow: 10,
        royalty: 1,
        phase,
        replicas: vec![replica(CHARLIE, ReplicaState::Drawn), replica(BOB, bob)],
        requested_at: NOW - 2,
    }
}

/// A seal of which everything is this byte.
pub fn seal(byte: u8) -> Seal {
    Seal {
        content: [byte; 32],
        requested_at: 40,
        output: vec![byte.into(), -1],
        trace_root: [byte; 32],
        salt: [byte; 32],
        commitment: [byte; 32],
    }
}

/// An honest trace.
pub fn trace_of(model: &Model, input: &[i32]) -> Commitment {
    let trace = trace(model, input).expect("the input fits");
    Commitment::new(model, trace).expect("a trace of the model")
}

/// The same with another element, and, if wanted, with all that follows from it.
pub fn altered(
    model: &Model,
    honest: &Commitment,
    position: Position,
    consistently: bool,
) -> Commitment {
    let index = |x| usize::try_from(x).expect("a small number");
    let (op, element) = (index(position.op), index(position.element));
    let mut values = honest.trace().values.clone();
    values[op + 1][element] ^= 1;
    if consistently {
        for next in op + 1..model.ops().len() {
            if let Ok(result) = evaluate(model, next, &values[..=next]) {
                values[next + 1] = result;
            }
        }
    }
    Commitment::new(model, Trace { values }).expect("of the model's form")
}

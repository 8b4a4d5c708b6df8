//! What requesters and replicas do, and what is seen of it.

use super::*;
use crate::tests::fixture::Said;
use pallet_inference::types::ExecutionRecordOf;

/// ALICE's call for model 0.
pub fn ask_with(
    n: u8,
    k: u8,
    max_price: Balance,
    selection: Selection<AccountId>,
) -> DispatchResultWithPostInfo {
    ask_for(0, n, k, max_price, selection)
}

/// ALICE's call.
pub fn ask_for(
    model: ModelIndex,
    n: u8,
    k: u8,
    max_price: Balance,
    selection: Selection<AccountId>,
) -> DispatchResultWithPostInfo {
    Inference::request_inference_with(
        origin(&ALICE),
        model,
        BoundedVec::truncate_from(served().input()),
        max_price,
        WINDOW,
        Verification::Replicated { n, k },
        RequestOptions {
            selection,
            ..Default::default()
        },
    )
}

/// ALICE asks model 0; the request waits.
pub fn asked(n: u8, k: u8) -> RequestId {
    let id = pallet_inference::NextRequest::<Test>::get();
    assert_ok!(ask_with(n, k, MOST, Selection::default()));
    id
}

/// ALICE asks model 0, and the next block draws the replicas.
pub fn drawn(n: u8, k: u8) -> RequestId {
    let id = asked(n, k);
    pass(1);
    id
}

pub fn stored(id: RequestId) -> Request<Test> {
    Requests::<Test>::get(id).expect("the request is open")
}

/// The replicas of a request, in the order of the lot.
pub fn replicas(id: RequestId) -> Vec<AccountId> {
    let request = stored(id);
    request
        .replicas
        .iter()
        .map(|one| one.provider.clone())
        .collect()
}

/// As [`replicas`], where it is known how many they are.
pub fn team<const N: usize>(id: RequestId) -> [AccountId; N] {
    replicas(id).try_into().expect("so many are drawn")
}

pub fn record(id: RequestId) -> ExecutionRecordOf<Test> {
    Inference::execution_record(id).expect("the request has ended")
}

/// The salt of all commitments.
pub const SALT: [u8; 32] = [42; 32];

/// What a provider commits with to a result.
pub fn commitment(who: &AccountId, id: RequestId, said: &Said) -> H256 {
    ReplicaContent {
        genesis: Replication::genesis(),
        request: id,
        provider: who,
        trace_root: said.trace_root,
        output: &said.output,
        salt: SALT,
    }
    .commitment()
}

pub fn commit(who: &AccountId, id: RequestId, said: &Said) -> DispatchResult {
    Replication::commit(origin(who), id, commitment(who, id, said))
}

pub fn reveal(who: &AccountId, id: RequestId, said: &Said) -> DispatchResultWithPostInfo {
    Replication::reveal(
        origin(who),
        id,
        BoundedVec::truncate_from(said.output.clone()),
        said.trace_root,
        SALT,
    )
}

/// The same result, so many times.
pub fn same(count: usize, said: &Said) -> Vec<Said> {
    vec![said.clone(); count]
}

/// All replicas commit, each to what it is given, in the order of the lot.
pub fn all_commit(id: RequestId, said: &[Said]) {
    for (who, said) in replicas(id).iter().zip(said) {
        assert_ok!(commit(who, id, said));
    }
}

/// All replicas commit and then reveal, in the order of the lot; who they are.
pub fn all_say(id: RequestId, said: &[Said]) -> Vec<AccountId> {
    let replicas = replicas(id);
    assert_eq!(replicas.len(), said.len());
    all_commit(id, said);
    for (who, said) in replicas.iter().zip(said) {
        assert_ok!(reveal(who, id, said));
    }
    replicas
}

/// A request whose first replicas say one thing and the others another; who they are.
pub fn split(first: (usize, Said), others: (usize, Said)) -> (RequestId, Vec<AccountId>) {
    let (n, k) = (first.0 + others.0, first.0.max(others.0));
    let few = |count: usize| u8::try_from(count).expect("few replicas");
    let id = drawn(few(n), few(k));
    let said = [same(first.0, &first.1), same(others.0, &others.1)].concat();
    (id, all_say(id, &said))
}

/// The proof of the honest output for a replica's request.
pub fn proof(who: &AccountId, id: RequestId) -> ProofBytes {
    let request = stored(id);
    let context = <Inference as pallet_inference::Ledger<AccountId, Balance, u64>>::context(
        id,
        &request.content,
        who,
        &request.model_hash,
    );
    served().prove(&context)
}

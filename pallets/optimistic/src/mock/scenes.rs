//! What happens in most tests: requests, results, challenges, disputes.

use super::*;
use lattice_host::trace::Commitment;
use pallet_disputes::Turn;

/// What ALICE would pay at most.
pub const MOST: Balance = TOTAL * 10;

/// ALICE's call for model 0, with a sufficient price.
pub fn ask_with(window: u64, bond: Balance) -> DispatchResultWithPostInfo {
    Inference::request_inference(
        origin(&ALICE),
        0,
        BoundedVec::truncate_from(served().input(11)),
        MOST,
        DEADLINE,
        Verification::Optimistic {
            window: u32::try_from(window).expect("windows are short"),
            bond,
        },
    )
}

/// The same of anybody, with options.
pub fn ask_by(
    who: &AccountId,
    max_price: Balance,
    options: RequestOptions<AccountId, u64>,
) -> DispatchResultWithPostInfo {
    Inference::request_inference_with(
        origin(who),
        0,
        BoundedVec::truncate_from(served().input(11)),
        max_price,
        DEADLINE,
        Verification::Optimistic {
            window: u32::try_from(WINDOW).expect("windows are short"),
            bond: BOND,
        },
        options,
    )
}

/// So many providers may try.
pub fn options(attempts: u32) -> RequestOptions<AccountId, u64> {
    RequestOptions {
        attempts,
        ..Default::default()
    }
}

/// ALICE asks model 0; the number of her request.
pub fn asked() -> RequestId {
    let request = pallet_inference::NextRequest::<Test>::get();
    assert_ok!(ask_with(WINDOW, BOND));
    request
}

pub fn info(request: RequestId) -> Info {
    Optimistic::optimistic(request).expect("the request is open")
}

pub fn record(request: RequestId) -> ExecutionRecord<AccountId, Balance, u64> {
    Inference::execution_record(request).expect("the request has ended")
}

pub fn is_open(request: RequestId) -> bool {
    Requests::<Test>::contains_key(request)
}

/// What an honest provider commits to for a request.
pub fn honest(request: RequestId) -> Commitment {
    served().commit(&info(request).input)
}

/// Post the output of what a provider commits to.
pub fn post(who: &AccountId, request: RequestId, commitment: &Commitment) -> DispatchResult {
    Optimistic::post_result(
        origin(who),
        request,
        info(request).context,
        BoundedVec::truncate_from(commitment.trace().output().to_vec()),
        H256(commitment.root()),
        commitment.output_link(),
    )
}

/// ALICE asks, and BOB posts the honest result.
pub fn posted() -> (RequestId, Commitment) {
    let request = asked();
    let commitment = honest(request);
    assert_ok!(post(&BOB, request, &commitment));
    (request, commitment)
}

/// ALICE asks, and BOB posts a result that is false from an element of the second layer on.
pub fn lied() -> (RequestId, Commitment) {
    let request = asked();
    let commitment = served().altered(&honest(request), 2, 1, true);
    assert_ok!(post(&BOB, request, &commitment));
    (request, commitment)
}

/// Challenge the result of a request, if there is one.
pub fn challenge(who: &AccountId, request: RequestId) -> DispatchResult {
    let open = Optimistic::optimistic(request).map(|open| open.status);
    let root = match open {
        Some(OptimisticStatus::Posted { trace_root, .. }) => trace_root,
        _ => H256::zero(),
    };
    Optimistic::challenge(origin(who), request, root)
}

/// Challenge a result; the dispute about it.
pub fn challenged(who: &AccountId, request: RequestId) -> DisputeId {
    let dispute = pallet_disputes::NextDispute::<Test>::get();
    assert_ok!(challenge(who, request));
    dispute
}

/// BOB answers in a dispute from what he committed to.
pub fn answer(posted: &Commitment, dispute: DisputeId) -> DispatchResult {
    match turn(dispute) {
        Turn::Reveal { walk } => {
            let node = posted.reveal(&walk).expect("the tree has the place");
            Disputes::reveal(origin(&BOB), dispute, node)
        }
        Turn::Defend { position, .. } => {
            let opening = posted.open(&served().model, position);
            let opening = opening.expect("the tree has the element").encode();
            let opening = BoundedVec::try_from(opening).expect("it is short enough");
            Disputes::defend(origin(&BOB), dispute, opening)
        }
        Turn::Choose { .. } => panic!("it is the challenger's turn"),
    }
}

pub fn turn(dispute: DisputeId) -> Turn {
    let open = pallet_disputes::Disputes::<Test>::get(dispute);
    open.expect("the dispute is open").turn
}

pub fn is_disputed(dispute: DisputeId) -> bool {
    pallet_disputes::Disputes::<Test>::contains_key(dispute)
}

/// Play a dispute to its end, without a block in between: BOB answers from what he committed to,
/// and the challenger chooses by what it thinks is the honest trace.
pub fn play(posted: &Commitment, challenger: &AccountId, own: &Commitment, dispute: DisputeId) {
    while is_disputed(dispute) {
        match turn(dispute) {
            Turn::Choose { walk, node } => {
                let child = own.first_difference(&walk, &node).unwrap_or(0);
                assert_ok!(Disputes::choose(origin(challenger), dispute, child));
            }
            _ => {
                assert_ok!(answer(posted, dispute));
            }
        }
    }
}

//! What happens in most tests: requests, results, claims.

use super::*;
use frame::deps::sp_runtime::MultiSignature;

/// What ALICE would pay at most.
pub const MOST: Balance = TOTAL * 10;
/// The blinding of ALICE's inputs.
pub const INPUT_BLINDING: H256 = H256([7; 32]);
/// The blinding of private outputs.
pub const OUTPUT_BLINDING: H256 = H256([11; 32]);

/// The context of no request.
pub const OTHER_CONTEXT: H256 = H256([13; 32]);

/// ALICE's input.
pub fn input() -> Vec<i8> {
    served().input(11)
}

/// The commitment to an input of the model, with ALICE's blinding.
pub fn commitment_to(input: &[i8]) -> H256 {
    lattice_host::commit_input_with(input, 0, 16, &INPUT_BLINDING.0)
        .map(H256)
        .expect("the input is the model's")
}

/// The commitment to an output, with the blinding of private ones.
pub fn committed(output: &[i32]) -> H256 {
    lattice_host::commit_output_with(output, &OUTPUT_BLINDING.0)
        .map(H256)
        .expect("there is an output")
}

/// A request of somebody for model 0.
pub fn ask_by(
    who: &AccountId,
    input_commitment: H256,
    max_price: Balance,
    deadline: u64,
    output_private: bool,
) -> DispatchResultWithPostInfo {
    PrivateRequests::request_private(
        origin(who),
        0,
        input_commitment,
        max_price,
        deadline,
        Verification::Proven,
        output_private,
        Selection::default(),
    )
}

/// ALICE asks model 0; the number of her request.
pub fn asked(output_private: bool) -> RequestId {
    let request = pallet_inference::NextRequest::<Test>::get();
    let commitment = commitment_to(&input());
    assert_ok!(ask_by(&ALICE, commitment, MOST, DEADLINE, output_private));
    request
}

pub fn info(request: RequestId) -> Info {
    PrivateRequests::private_request(request).expect("the request is open")
}

pub fn record(request: RequestId) -> ExecutionRecord<AccountId, Balance, u64> {
    Inference::execution_record(request).expect("the request has ended")
}

pub fn is_open(request: RequestId) -> bool {
    Requests::<Test>::contains_key(request)
}

/// The blinding of a request's output.
pub fn blinding_of(request: RequestId) -> H256 {
    match info(request).output_private {
        true => OUTPUT_BLINDING,
        false => H256::zero(),
    }
}

/// The honest answer to one of ALICE's requests.
pub fn answer(request: RequestId) -> (Vec<i32>, ProofBytes) {
    let context = info(request).context;
    served().prove_blinded(&input(), &context, &INPUT_BLINDING, &blinding_of(request))
}

/// An output in the form that a request wants.
pub fn form(request: RequestId, output: &[i32]) -> PrivateOutput<Test> {
    match info(request).output_private {
        true => PrivateOutput::Committed(committed(output)),
        false => posted(output),
    }
}

pub fn posted(output: &[i32]) -> PrivateOutput<Test> {
    PrivateOutput::Posted(BoundedVec::truncate_from(output.to_vec()))
}

pub fn submit(
    who: &AccountId,
    request: RequestId,
    output: PrivateOutput<Test>,
    proof: ProofBytes,
) -> DispatchResult {
    let context = info(request).context;
    PrivateRequests::submit_private(origin(who), request, context, output, proof)
}

/// BOB submits the honest result of a request; its output.
pub fn answered(request: RequestId) -> Vec<i32> {
    let (output, proof) = answer(request);
    assert_ok!(submit(&bob(), request, form(request, &output), proof));
    output
}

/// ALICE wants a private output, and BOB has proven it; request and output.
pub fn delivered() -> (RequestId, Vec<i32>) {
    let request = asked(true);
    let output = answered(request);
    (request, output)
}

/// The same, and ALICE makes BOB post it.
pub fn forced() -> (RequestId, Vec<i32>) {
    let (request, output) = delivered();
    assert_ok!(force(&ALICE, request));
    (request, output)
}

pub fn post(
    who: &AccountId,
    request: RequestId,
    output: &[i32],
    blinding: H256,
) -> DispatchResultWithPostInfo {
    let output = BoundedVec::truncate_from(output.to_vec());
    PrivateRequests::post_output(origin(who), request, output, blinding)
}

/// The context of a request, or another one if it is not open.
pub fn context_of(request: RequestId) -> H256 {
    Requests::<Test>::get(request).map_or(OTHER_CONTEXT, |open| open.context)
}

pub fn acknowledge(who: &AccountId, request: RequestId) -> DispatchResultWithPostInfo {
    PrivateRequests::acknowledge(origin(who), request, context_of(request))
}

pub fn force(who: &AccountId, request: RequestId) -> DispatchResult {
    PrivateRequests::force_posting(origin(who), request, context_of(request))
}

pub fn claim(who: &AccountId, request: RequestId, claim: InputClaim) -> DispatchResult {
    PrivateRequests::claim(origin(who), request, context_of(request), claim)
}

/// ALICE asks, and BOB says that he has no input.
pub fn claimed(what: InputClaim) -> RequestId {
    let request = asked(false);
    assert_ok!(claim(&bob(), request, what));
    request
}

pub fn open(who: &AccountId, request: RequestId, input: &[i8], blinding: H256) -> DispatchResult {
    let input = BoundedVec::truncate_from(input.to_vec());
    PrivateRequests::open_input(origin(who), request, input, blinding)
}

/// A receipt of a seed's key for the input of a request with this context.
pub fn receipt(seed: [u8; 32], request: RequestId, context: H256) -> MultiSignature {
    let genesis = System::block_hash(0).0;
    sign(seed, &receipt_message(&genesis, request, &context.0))
}

pub fn refute(who: &AccountId, request: RequestId, receipt: MultiSignature) -> DispatchResult {
    PrivateRequests::refute_claim(origin(who), request, receipt)
}

/// Have the chain do what is due.
pub fn expire(request: RequestId) -> DispatchResultWithPostInfo {
    PrivateRequests::expire_private(origin(&EVE), request)
}

/// What ALICE and BOB have, BOB's stake, and what the treasury and the model's owner have.
pub fn purses() -> [Balance; 5] {
    [
        free(&ALICE),
        free(&bob()),
        stake(&bob()),
        free(&TREASURY),
        free(&CAROL),
    ]
}

/// What [`purses`] have after a settlement.
pub fn after_settling(before: [Balance; 5]) -> [Balance; 5] {
    let [alice, bob, stake, treasury, carol] = before;
    [
        alice - TOTAL,
        bob + PRICE,
        stake,
        treasury + FEE,
        carol + ROYALTY,
    ]
}

/// What [`purses`] have after a fine of BOB's for lateness, with ALICE refunded.
pub fn after_a_fine(before: [Balance; 5]) -> [Balance; 5] {
    let [alice, bob, stake, treasury, carol] = before;
    [alice, bob, stake - LATE_SLASH, treasury + LATE_SLASH, carol]
}

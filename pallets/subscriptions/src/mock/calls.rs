//! What the tests do and read.

use crate::mock::*;
use crate::tests::fixture::served;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;
use pallet_inference::Subscriptions as _;

/// Every pallet's invariants, and no hold without a reason on record.
pub fn check_everything() {
    assert_ok!(ModelRegistry::check_invariants());
    assert_ok!(ComputeProviders::check_invariants());
    assert_ok!(Inference::check_invariants());
    assert_ok!(Prepaid::check_invariants());
    for who in [ALICE, BOB, CAROL, DAVE, EVE] {
        let left: Balance = Subscriptions::<Test>::iter_values()
            .filter(|open| open.subscriber == who)
            .map(|open| open.left())
            .sum();
        assert_eq!(held(&who), left);
        let open: Balance = pallet_inference::Requests::<Test>::iter_values()
            .filter(|request| request.requester == who)
            .map(|request| request.escrow)
            .sum();
        assert_eq!(escrowed(&who), open);
    }
}

pub fn origin(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

pub fn free(who: &AccountId) -> Balance {
    Balances::free_balance(who)
}

/// On hold for subscriptions.
pub fn held(who: &AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::Prepaid.into(), who)
}

/// On hold for requests.
pub fn escrowed(who: &AccountId) -> Balance {
    Balances::balance_on_hold(&pallet_inference::HoldReason::Escrow.into(), who)
}

/// CAROL registers a model; all of them have the same content.
pub fn register_model() -> ModelIndex {
    lattice_testing::register_model::<Test>(&served().manifest, ROYALTY)
}

/// Give a model the key of the fixture, which can be registered once on a chain.
pub fn register_key(index: ModelIndex) {
    let key = &served().verifying_key;
    lattice_testing::register_key::<Test>(index, key, Setup::Dev, H256::zero());
}

/// Register as a provider if need be, and offer to serve a model.
pub fn serve(who: AccountId, model: ModelIndex, price: Balance) {
    let offer = lattice_primitives::Offer::per_inference(price, 2);
    lattice_testing::serve::<Test>(&who, model, offer);
}

pub fn pause(who: &AccountId, paused: bool) {
    assert_ok!(ComputeProviders::set_paused(origin(who), paused));
}

/// A plan of model 0.
pub fn set_plan(who: &AccountId, period: u64, quota: u32, price: Balance) -> DispatchResult {
    Prepaid::set_plan(origin(who), 0, period, quota, price)
}

/// ALICE's call, for plan 0.
pub fn subscribe(periods: u32, max_total: Balance) -> DispatchResult {
    Prepaid::subscribe(origin(&ALICE), 0, periods, max_total)
}

/// ALICE subscribes to plan 0.
pub fn subscribed() -> SubscriptionId {
    let subscription = NextSubscription::<Test>::get();
    assert_ok!(subscribe(PERIODS, PREPAID));
    subscription
}

pub fn stored(subscription: SubscriptionId) -> Subscription<Test> {
    Subscriptions::<Test>::get(subscription).expect("the subscription is open")
}

/// ALICE draws as the inference pallet does for her request of model 0.
pub fn draw(
    subscription: SubscriptionId,
) -> Result<pallet_inference::Drawn<AccountId, Balance>, DispatchError> {
    Prepaid::draw(subscription, &ALICE, 0)
}

/// ALICE draws so often, and keeps what is released.
pub fn drawn(subscription: SubscriptionId, times: u32) {
    for _ in 0..times {
        assert_ok!(draw(subscription));
    }
}

/// A failure is noted as the inference pallet does it.
pub fn fails(subscription: SubscriptionId) {
    Prepaid::note_failure(subscription);
}

/// An input that the model admits.
pub fn input() -> Vec<i8> {
    served().input(11)
}

/// What a request says that a subscription pays for.
pub fn options(subscription: SubscriptionId) -> RequestOptions<AccountId, u64> {
    RequestOptions {
        subscription: Some(subscription),
        ..Default::default()
    }
}

/// A request of model 0 with a sufficient price.
pub fn ask_with(
    who: &AccountId,
    verification: Verification,
    options: RequestOptions<AccountId, u64>,
) -> DispatchResultWithPostInfo {
    Inference::request_inference_with(
        origin(who),
        0,
        BoundedVec::truncate_from(input()),
        UNIT * 10,
        DEADLINE,
        verification,
        options,
    )
}

/// A request that a subscription pays for.
pub fn ask(who: &AccountId, subscription: SubscriptionId) -> DispatchResultWithPostInfo {
    ask_with(who, Verification::Proven, options(subscription))
}

/// ALICE asks; what her provider sees of it.
pub fn asked(subscription: SubscriptionId) -> Assignment<AccountId, Balance, u64> {
    let id = pallet_inference::NextRequest::<Test>::get();
    assert_ok!(ask(&ALICE, subscription));
    Inference::assignment(id).expect("the request is open")
}

/// The provider answers an assignment with a real proof, for its output with `flip` in its first
/// element.
pub fn answer(
    assignment: &Assignment<AccountId, Balance, u64>,
    flip: i32,
) -> DispatchResultWithPostInfo {
    let (mut output, proof) = served().prove(&assignment.input, &assignment.context);
    output[0] ^= flip;
    Inference::submit_result(
        origin(&assignment.provider),
        assignment.request,
        assignment.context,
        BoundedVec::truncate_from(output),
        proof,
    )
}

/// Go on block by block, with the deadline work of each.
pub fn run_to(block: u64) {
    while System::block_number() < block {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        Inference::on_poll(next, &mut WeightMeter::new());
        Prepaid::on_poll(next, &mut WeightMeter::new());
    }
}

/// Go to a block without the work of those before it.
pub fn jump_to(block: u64) {
    System::set_block_number(block);
}

/// The settlements of periods so far: first, number, paid, refunded.
pub fn settlements(of: SubscriptionId) -> Vec<(u32, u32, Balance, Balance)> {
    events()
        .into_iter()
        .filter_map(|event| match event {
            Event::PeriodsSettled {
                subscription,
                first,
                count,
                paid,
                refunded,
            } if subscription == of => Some((first, count, paid, refunded)),
            _ => None,
        })
        .collect()
}

/// How a subscription ended: what was drawn, paid and refunded.
pub fn ended(of: SubscriptionId) -> Option<(SubscriptionEnd, Balance, Balance, Balance)> {
    events().into_iter().find_map(|event| match event {
        Event::Ended {
            subscription,
            reason,
            drawn,
            paid,
            refunded,
            ..
        } if subscription == of => Some((reason, drawn, paid, refunded)),
        _ => None,
    })
}

/// The pallet's events so far.
pub fn events() -> Vec<Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Prepaid(event) => Some(event),
            _ => None,
        })
        .collect()
}

//! Where all money is: what is on hold for a reason is what the pallets say they hold for it, and what
//! is gone was burnt.

use lattice_runtime::{AccountId, Balance, Runtime, RuntimeEvent, RuntimeHoldReason, System};
use std::collections::BTreeMap;

/// What is on hold for each reason that a market has, all accounts together, by the name of pallet and
/// reason.
///
/// Each pallet's own invariants look at the accounts that it knows; this finds what was forgotten on
/// hold for one that no pallet knows any more.
fn held() -> BTreeMap<String, Balance> {
    let mut sums = BTreeMap::new();
    for (_, holds) in pallet_balances::Holds::<Runtime>::iter() {
        for hold in holds {
            *sums.entry(name(&hold.id)).or_default() += hold.amount;
        }
    }
    sums
}

fn name(reason: &RuntimeHoldReason) -> String {
    format!("{reason:?}")
}

/// What the pallets say that they hold.
fn said() -> BTreeMap<String, Balance> {
    let stakes: Balance = pallet_compute_providers::Providers::<Runtime>::iter_values()
        .map(|provider| provider.stake)
        .sum();
    let unbonding: Balance = pallet_compute_providers::Unbondings::<Runtime>::iter_values()
        .flatten()
        .map(|chunk| chunk.amount)
        .sum();
    let escrows: Balance = pallet_inference::Requests::<Runtime>::iter_values()
        .map(|request| request.escrow)
        .sum();
    let optimistic = || pallet_optimistic::Requests::<Runtime>::iter_values();
    let posted: Balance = optimistic().map(|request| request.escrow).sum();
    let bonds: Balance = optimistic()
        .map(|request| {
            let challenges = request.challenges().len();
            request.bond * Balance::try_from(challenges).expect("few")
        })
        .sum();
    let private: Balance = pallet_private_requests::Requests::<Runtime>::iter_values()
        .map(|request| request.escrow)
        .sum();
    let replicated: Balance = pallet_replication::Requests::<Runtime>::iter_values()
        .map(|request| request.escrow)
        .sum();
    let prepaid: Balance = pallet_subscriptions::Subscriptions::<Runtime>::iter_values()
        .map(|subscription| subscription.left())
        .sum();
    let channels: Balance = pallet_payment_channels::Channels::<Runtime>::iter_values()
        .map(|channel| channel.left())
        .sum();
    let all = [
        (
            pallet_compute_providers::HoldReason::Stake.into(),
            stakes + unbonding,
        ),
        (pallet_inference::HoldReason::Escrow.into(), escrows),
        (pallet_optimistic::HoldReason::Escrow.into(), posted),
        (pallet_optimistic::HoldReason::Bond.into(), bonds),
        (pallet_private_requests::HoldReason::Escrow.into(), private),
        (pallet_replication::HoldReason::Escrow.into(), replicated),
        (pallet_subscriptions::HoldReason::Prepaid.into(), prepaid),
        (
            pallet_payment_channels::HoldReason::Channel.into(),
            channels,
        ),
    ];
    all.into_iter()
        .map(|(reason, sum): (RuntimeHoldReason, Balance)| (name(&reason), sum))
        .collect()
}

/// Assignments and locked collateral of every provider, as the pallets of the tiers say.
fn assigned() -> BTreeMap<AccountId, (u32, Balance)> {
    let mut loads = BTreeMap::<AccountId, (u32, Balance)>::new();
    let mut add = |provider: AccountId, collateral: Balance| {
        let (running, locked) = loads.entry(provider).or_default();
        *running += 1;
        *locked += collateral;
    };
    for request in pallet_inference::Requests::<Runtime>::iter_values() {
        if request.has_provider() {
            add(request.provider, request.collateral);
        }
    }
    for request in pallet_optimistic::Requests::<Runtime>::iter_values() {
        if request.has_provider() {
            add(request.provider, request.collateral);
        }
    }
    for request in pallet_private_requests::Requests::<Runtime>::iter_values() {
        add(request.provider, request.collateral);
    }
    for request in pallet_replication::Requests::<Runtime>::iter_values() {
        for replica in request.replicas {
            if replica.is_bound() {
                add(replica.provider, replica.collateral);
            }
        }
    }
    loads
}

/// No more and no less is on hold than the pallets say, and of the stakes locked.
pub fn check() {
    let mut assigned = assigned();
    for (account, provider) in pallet_compute_providers::Providers::<Runtime>::iter() {
        let load = assigned.remove(&account).unwrap_or_default();
        assert_eq!(
            (provider.running, provider.locked),
            load,
            "load of {account}"
        );
    }
    assert!(assigned.is_empty(), "assigned to nobody: {assigned:?}");
    let held = held();
    for (reason, sum) in said() {
        let on_hold = held.get(&reason).copied().unwrap_or_default();
        assert_eq!(on_hold, sum, "on hold as {reason}");
    }
}

/// What the events since the last call of this say that was burnt.
pub fn burnt() -> Balance {
    let events = System::read_events_no_consensus();
    let sum = events
        .map(|record| match record.event {
            RuntimeEvent::Balances(
                pallet_balances::Event::BurnedHeld { amount, .. }
                | pallet_balances::Event::Burned { amount, .. }
                | pallet_balances::Event::DustLost { amount, .. },
            ) => amount,
            _ => 0,
        })
        .sum();
    System::reset_events();
    sum
}

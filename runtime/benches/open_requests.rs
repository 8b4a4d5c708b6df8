//! What a block costs while many requests are open.
//!
//! ```sh
//! cargo bench --profile release -p lattice-runtime --bench open_requests
//! ```
//!
//! One true request is copied so many times, into every map that lists it, and a block of new requests
//! is filled beside them: first while nothing is due, then while all of them are overdue at once. See
//! [`blocks`] for how a block is filled.

mod blocks;
#[path = "../tests/fixture/mod.rs"]
mod fixture;

use fixture::{endow, provide, Fixture};
use frame_support::BoundedVec;
use lattice_primitives::{RequestId, Verification};
use lattice_runtime::configs::lattice::TreasuryAccount;
use lattice_runtime::{AccountId, Runtime, RuntimeCall, UNIT};
use pallet_inference::{AssignedTo, Call, Due, NextDue, NextRequest, OrderedId, Requests};
use sp_core::{sr25519, Pair};
use sp_keyring::Sr25519Keyring;

/// New requests in the measured block.
const NEW: u32 = 16;

fn main() {
    println!(
        "{:<10} {:>12} {:>10} {:>10} {:>12} {:>10} {:>10}",
        "open", "", "weight ms", "took ms", "all overdue", "weight ms", "took ms"
    );
    for open in [1_000, 10_000, 100_000] {
        let quiet = measure(open, false);
        let overdue = measure(open, true);
        println!(
            "{open:<10} {:>12} {:>10.2} {:>10.2} {:>12} {:>10.2} {:>10.2}",
            "",
            quiet.weight as f64 / 1e9,
            quiet.took.as_secs_f64() * 1e3,
            "",
            overdue.weight as f64 / 1e9,
            overdue.took.as_secs_f64() * 1e3,
        );
    }
}

/// A block of new requests beside `open` others, all of which are overdue or none.
fn measure(open: u64, overdue: bool) -> blocks::Filled {
    let pair = sr25519::Pair::from_string("//requester", None).expect("a derivation");
    let fixture = Fixture::new();
    let mut state = blocks::chain();
    state.execute_with(|| {
        let requester = AccountId::from(pair.public());
        let owner = Sr25519Keyring::Bob.to_account_id();
        let provider = Sr25519Keyring::Charlie.to_account_id();
        for account in [&requester, &owner, &provider, &TreasuryAccount::get()] {
            endow(account);
        }
        fixture.register(&owner);
        provide(&provider, 100_000 * UNIT, 64);
        // Another one, for the new requests.
        let other = Sr25519Keyring::Dave.to_account_id();
        endow(&other);
        provide(&other, 100_000 * UNIT, 64);
        let first = fixture.ask(&requester, &provider);
        copy(first, open, overdue);
    });
    let filled = blocks::fill(&mut state, |calls| {
        (calls < NEW).then(|| {
            let call = Call::request_inference {
                model: 0,
                input: BoundedVec::truncate_from(fixture.input.clone()),
                max_price: 10 * UNIT,
                deadline: 100,
                verification: Verification::Proven,
            };
            blocks::signed(&pair, RuntimeCall::Inference(call), calls)
        })
    });
    // A new provider is given sixteen at the same time, and the other one may be overdue with all.
    assert_eq!(filled.calls, NEW);
    filled
}

/// Copies a request until there are `open`, due in block 1 or long after.
fn copy(first: RequestId, open: u64, overdue: bool) {
    let mut request = Requests::<Runtime>::get(first).expect("it is open");
    let old = request.due();
    if overdue {
        request.deadline = 1;
    }
    Due::<Runtime>::remove(old, OrderedId::from(first));
    for id in first..first + open {
        let ordered = OrderedId::from(id);
        AssignedTo::<Runtime>::insert(&request.provider, ordered, ());
        Due::<Runtime>::insert(request.due(), ordered, ());
        Requests::<Runtime>::insert(id, &request);
    }
    NextRequest::<Runtime>::put(first + open);
    NextDue::<Runtime>::put(1);
}

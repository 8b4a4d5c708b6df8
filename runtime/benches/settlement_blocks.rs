//! Blocks of nothing but settlements: how many of them a block takes, and how long it takes for them.
//!
//! ```sh
//! cargo bench --profile release -p lattice-runtime --bench settlement_blocks
//! ```
//!
//! Every request is settled on a true proof, first with an extrinsic each, then 64 in a batch; see
//! [`blocks`] for how a block is filled, and [`fixture`] for the proof.

mod blocks;
#[path = "../tests/fixture/mod.rs"]
mod fixture;

use fixture::{endow, provide, Fixture};
use frame_support::BoundedVec;
use lattice_primitives::Ending;
use lattice_runtime::configs::lattice::TreasuryAccount;
use lattice_runtime::{
    AccountId, ComputeProviders, Runtime, RuntimeCall, MILLISECS_PER_BLOCK, UNIT,
};
use pallet_compute_providers::Market;
use pallet_inference::{Call, Records, ResultSubmission};
use sp_core::{sr25519, Pair};
use sp_keyring::Sr25519Keyring;

/// Providers, and requests that each of them has.
const PROVIDERS: usize = 24;
const EACH: u32 = 64;

/// A request's true result, and which provider submits it.
struct Answer {
    provider: usize,
    submission: ResultSubmission<Runtime>,
}

fn main() {
    println!(
        "{:<28} {:>11} {:>11} {:>9} {:>9}",
        "a block of", "settlements", "per second", "weight ms", "took ms"
    );
    report("results, one by one", 1);
    report("results, 64 in a batch", EACH as usize);
}

/// Fills a block with extrinsics of so many results each.
fn report(name: &str, together: usize) {
    let pairs: Vec<sr25519::Pair> = (0..PROVIDERS).map(provider_pair).collect();
    let mut state = blocks::chain();
    let answers = state.execute_with(|| prepare(&pairs));
    let mut nonces = [0u32; PROVIDERS];
    let mut left = answers.chunks(together);
    let filled = blocks::fill(&mut state, |_| {
        let answers = left.next()?;
        let who = answers.first()?.provider;
        let nonce = nonces.get_mut(who)?;
        let extrinsic = blocks::signed(pairs.get(who)?, call(answers), *nonce);
        *nonce += 1;
        Some(extrinsic)
    });
    let settled = state.execute_with(|| {
        Records::<Runtime>::iter_values()
            .filter(|record| record.ending == Ending::Settled)
            .count()
    });
    assert_eq!(settled, filled.calls as usize * together, "each is settled");
    assert!(settled < answers.len(), "the block was not filled");
    println!(
        "{name:<28} {settled:>11} {:>11.0} {:>9.1} {:>9.1}",
        settled as f64 * 1e3 / MILLISECS_PER_BLOCK as f64,
        filled.weight as f64 / 1e9,
        filled.took.as_secs_f64() * 1e3,
    );
}

fn call(answers: &[Answer]) -> RuntimeCall {
    RuntimeCall::Inference(match answers {
        [answer] => {
            let result = &answer.submission;
            Call::submit_result {
                request: result.request,
                context: result.context,
                output: result.output.clone(),
                proof: result.proof,
            }
        }
        many => Call::submit_results {
            results: BoundedVec::truncate_from(
                many.iter()
                    .map(|answer| answer.submission.clone())
                    .collect(),
            ),
        },
    })
}

fn provider_pair(index: usize) -> sr25519::Pair {
    sr25519::Pair::from_string(&format!("//provider//{index}"), None).expect("a derivation")
}

/// A served model with as many open requests as all providers take; those of one provider stand
/// together.
fn prepare(pairs: &[sr25519::Pair]) -> Vec<Answer> {
    let fixture = Fixture::new();
    let requester = Sr25519Keyring::Alice.to_account_id();
    let owner = Sr25519Keyring::Bob.to_account_id();
    for account in [&requester, &owner, &TreasuryAccount::get()] {
        endow(account);
    }
    fixture.register(&owner);
    let mut answers = Vec::new();
    for (provider, pair) in pairs.iter().enumerate() {
        let account = AccountId::from(pair.public());
        endow(&account);
        provide(&account, 100_000 * UNIT, EACH);
        // With a past, since a new provider is not given so many.
        for requester in 0..EACH {
            let requester = AccountId::new([u8::try_from(requester).expect("few"); 32]);
            <ComputeProviders as Market<_, _, _>>::settle(&account, 0, 0, &requester, UNIT);
        }
        for _ in 0..EACH {
            answers.push(Answer {
                provider,
                submission: fixture.result(fixture.ask(&requester, &account)),
            });
        }
    }
    answers
}

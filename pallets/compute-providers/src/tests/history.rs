//! Random histories: whatever happens in whatever order, holds and issuance add up.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{Hardware, SlashCause};
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ACCOUNTS: [AccountId; 3] = [ALICE, BOB, CAROL];

/// One random call or assignment event. Refusals are part of the history.
fn step(rng: &mut ChaCha8Rng, open: &mut Vec<(AccountId, Balance)>) {
    let who = ACCOUNTS[rng.next_u32() as usize % ACCOUNTS.len()];
    let model = rng.next_u32() % 4;
    let amount = Balance::from(rng.next_u32() % 5_000);
    match rng.next_u32() % 12 {
        0 | 1 => drop(ComputeProviders::register(
            origin(who),
            amount,
            Hardware::default(),
            Default::default(),
            rng.next_u32() % 8,
        )),
        2 => drop(ComputeProviders::top_up(origin(who), amount)),
        3 => drop(ComputeProviders::unbond(origin(who), amount)),
        4 => drop(ComputeProviders::withdraw_unbonded(origin(who))),
        5 => drop(ComputeProviders::set_offer(origin(who), model, amount, 1)),
        6 => drop(ComputeProviders::remove_offer(origin(who), model)),
        7 => drop(ComputeProviders::deregister(origin(who))),
        8 | 9 => {
            if let Some(choice) = ComputeProviders::cheapest(model, 9, |price| price.checked_add(7))
            {
                let collateral = choice.price + 7;
                assert_ok!(ComputeProviders::assign(&choice.provider, collateral));
                open.push((choice.provider, collateral));
            }
        }
        _ if open.is_empty() => {}
        10 => {
            let (provider, collateral) = open.swap_remove(rng.next_u32() as usize % open.len());
            ComputeProviders::settle(&provider, collateral);
        }
        _ => {
            let (provider, collateral) = open.swap_remove(rng.next_u32() as usize % open.len());
            let taken =
                ComputeProviders::slash(&provider, collateral, collateral, SlashCause::FalseProof);
            assert_eq!(taken, collateral);
        }
    }
    System::set_block_number(System::block_number() + u64::from(rng.next_u32() % 4));
}

#[test]
fn holds_and_issuance_add_up_after_every_step() {
    for seed in 0..8 {
        new_test_ext().execute_with(|| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut open = Vec::new();
            let issuance = Balances::total_issuance();
            for _ in 0..400 {
                frame::deps::frame_support::storage::with_storage_layer(|| {
                    step(&mut rng, &mut open);
                    Ok::<_, DispatchError>(())
                })
                .expect("the step ends");
                assert_eq!(Balances::total_issuance(), issuance);
                assert_ok!(ComputeProviders::check_invariants());
                for who in ACCOUNTS {
                    let locked: Balance = open
                        .iter()
                        .filter(|(provider, _)| *provider == who)
                        .map(|(_, collateral)| collateral)
                        .sum();
                    let load = ComputeProviders::load(&who).unwrap_or_default();
                    assert_eq!(load.1, locked);
                    let others = ComputeProviders::provider_info(&who).is_none()
                        && !Unbondings::<Test>::contains_key(who);
                    assert!(!others || staked(who) == 0);
                }
            }
        });
    }
}

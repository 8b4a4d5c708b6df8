//! Random histories: whatever happens in whatever order, holds and issuance add up.

use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::{Failure, Hardware, Price, Selection};
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ACCOUNTS: [AccountId; 3] = [ALICE, BOB, CAROL];

/// One random call or assignment event. Refusals are part of the history.
fn step(rng: &mut ChaCha8Rng, open: &mut Vec<(AccountId, u32, Balance)>) {
    let who = ACCOUNTS[rng.next_u32() as usize % ACCOUNTS.len()];
    let model = rng.next_u32() % 4;
    let amount = Balance::from(rng.next_u32() % 5_000);
    match rng.next_u32() % 13 {
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
            let selection = Selection::default();
            let demand = Demand {
                model,
                service: Service::Proven,
                deadline: 9,
                limit: Balance::MAX,
                selection: &selection,
                failed: &[],
            };
            let field = ComputeProviders::field(&demand, |compute| {
                let price = Price {
                    compute,
                    ..Default::default()
                };
                Some(Bill {
                    price,
                    total: compute,
                    collateral: compute.checked_add(7)?,
                })
            });
            if let Some(best) = field.eligible.first() {
                let collateral = best.bill.collateral;
                assert_ok!(ComputeProviders::assign(&best.provider, model, collateral));
                open.push((best.provider, model, collateral));
            }
        }
        12 => drop(ComputeProviders::set_paused(origin(who), amount % 3 == 0)),
        _ if open.is_empty() => {}
        10 => {
            let (provider, model, collateral) =
                open.swap_remove(rng.next_u32() as usize % open.len());
            ComputeProviders::settle(&provider, model, collateral, &77, amount);
        }
        _ => {
            let (provider, model, collateral) =
                open.swap_remove(rng.next_u32() as usize % open.len());
            let failures = Failure::ALL;
            let failure = failures[rng.next_u32() as usize % failures.len()];
            let taken = ComputeProviders::fail(
                &provider,
                model,
                collateral,
                Fine::to_treasury(collateral),
                failure,
                amount,
            );
            assert_eq!(taken, collateral);
        }
    }
    let now = System::block_number() + u64::from(rng.next_u32() % 4);
    System::set_block_number(now);
    ComputeProviders::on_poll(now, &mut WeightMeter::new());
    if amount % 11 == 0 {
        let first = FirstSlash::<Test>::get();
        let _ = ComputeProviders::veto_slash(RuntimeOrigin::root(), first);
    }
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
                        .filter(|(provider, _, _)| *provider == who)
                        .map(|(_, _, collateral)| collateral)
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

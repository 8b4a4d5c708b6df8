use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{Failure, Hardware, Ineligible, Preference, Price, Score, Selection};

/// Three providers with offers for model 0 at 50, 60 and 70, and equal stakes.
fn three_providers() {
    for (who, price) in [(ALICE, 50), (BOB, 60), (CAROL, 70)] {
        provider(who, 2_000);
        assert_ok!(ComputeProviders::set_offer(origin(who), 0, price, 5));
    }
}

/// What a request for model 0 asks for, if nothing else is said.
struct Asked {
    deadline: u64,
    limit: Balance,
    collateral: Balance,
    selection: Selection<AccountId>,
    failed: Vec<(AccountId, Failure)>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            deadline: 5,
            limit: 1_000,
            collateral: 100,
            selection: Selection::default(),
            failed: Vec::new(),
        }
    }
}

fn field(asked: &Asked) -> Field<AccountId, Balance> {
    let demand = Demand {
        model: 0,
        service: Service::Proven,
        deadline: asked.deadline,
        limit: asked.limit,
        selection: &asked.selection,
        failed: &asked.failed,
    };
    ComputeProviders::field(&demand, |compute| {
        Some(Bill {
            price: Price {
                compute,
                royalty: 0,
                fee: 0,
            },
            total: compute,
            collateral: asked.collateral,
        })
    })
}

/// The eligible providers, best first.
fn ranking(asked: &Asked) -> Vec<AccountId> {
    let eligible = field(asked).eligible;
    eligible.into_iter().map(|one| one.provider).collect()
}

/// Weights of one component alone.
fn by(price: u32, capacity: u32, reputation: u32, stake: u32) {
    Selecting::set(SelectionWeights {
        price,
        capacity,
        reputation,
        stake,
        residency: 0,
    });
}

#[test]
fn an_offer_has_a_capacity_of_its_own() {
    on_a_fresh_chain(|| {
        three_providers();
        let offer = lattice_primitives::Offer {
            capacity: Some(1),
            ..lattice_primitives::Offer::per_inference(50, 5)
        };
        assert_ok!(ComputeProviders::set_offer_with(origin(ALICE), 0, offer));
        assert_ok!(ComputeProviders::set_offer(origin(ALICE), 1, 50, 5));
        // Work on another model does not count.
        assert_ok!(ComputeProviders::assign(&ALICE, 1, 100));
        assert!(ranking(&Asked::default()).contains(&ALICE));
        assert_ok!(ComputeProviders::assign(&ALICE, 0, 100));
        let ineligible = field(&Asked::default()).ineligible;
        assert_eq!(ineligible, [(ALICE, Ineligible::OfferAtCapacity)]);
        ComputeProviders::release(&ALICE, 0, 100);
        assert!(ranking(&Asked::default()).contains(&ALICE));
    });
}

mod prefers {
    use super::*;

    #[test]
    fn who_has_the_model_in_memory_among_equals() {
        on_a_fresh_chain(|| {
            for who in [ALICE, BOB, CAROL] {
                provider(who, 2_000);
                assert_ok!(ComputeProviders::set_offer(origin(who), 0, 50, 5));
            }
            for who in [BOB, CAROL] {
                assert_ok!(ComputeProviders::set_residency(origin(who), 0, true));
                assert_eq!(ranking(&Asked::default())[0], who);
                assert_ok!(ComputeProviders::set_residency(origin(who), 0, false));
            }
        });
    }

    #[test]
    fn a_lower_price() {
        on_a_fresh_chain(|| {
            three_providers();
            assert_eq!(ranking(&Asked::default()), [ALICE, BOB, CAROL]);
        });
    }

    #[test]
    fn free_slots() {
        on_a_fresh_chain(|| {
            by(0, 1, 0, 0);
            three_providers();
            assert_ok!(ComputeProviders::assign(&ALICE, 0, 1));
            assert_ok!(ComputeProviders::assign(&ALICE, 0, 1));
            assert_ok!(ComputeProviders::assign(&BOB, 0, 1));
            assert_eq!(ranking(&Asked::default()), [CAROL, BOB, ALICE]);
        });
    }

    #[test]
    fn a_better_reputation() {
        on_a_fresh_chain(|| {
            by(0, 0, 1, 0);
            three_providers();
            ComputeProviders::settle(&CAROL, 0, 0, &77, 100);
            ComputeProviders::fail(&ALICE, 0, 0, Fine::to_treasury(0), Failure::Late, 10);
            assert_eq!(ranking(&Asked::default()), [CAROL, BOB, ALICE]);
        });
    }

    #[test]
    fn more_unlocked_stake() {
        on_a_fresh_chain(|| {
            by(0, 0, 0, 1);
            three_providers();
            assert_ok!(ComputeProviders::top_up(origin(BOB), 1_000));
            assert_ok!(ComputeProviders::assign(&CAROL, 0, 1));
            assert_eq!(ranking(&Asked::default()), [BOB, ALICE, CAROL]);
        });
    }

    #[test]
    fn what_outweighs_the_rest() {
        on_a_fresh_chain(|| {
            three_providers();
            // A little cheaper, and much less trusted.
            assert_ok!(ComputeProviders::set_offer(origin(ALICE), 0, 59, 5));
            for _ in 0..10 {
                ComputeProviders::fail(&ALICE, 0, 0, Fine::to_treasury(0), Failure::Late, 1);
            }
            assert_eq!(ranking(&Asked::default())[0], BOB);
            // For half of the price they do.
            assert_ok!(ComputeProviders::set_offer(origin(ALICE), 0, 25, 5));
            assert_eq!(ranking(&Asked::default())[0], ALICE);
        });
    }

    #[test]
    fn whom_the_requester_prefers_whatever_its_score() {
        on_a_fresh_chain(|| {
            three_providers();
            let mut asked = Asked::default();
            asked.selection.preference = Preference::Prefer(CAROL);
            assert_eq!(ranking(&asked), [CAROL, ALICE, BOB]);
            asked.deadline = 4;
            assert!(ranking(&asked).is_empty());
            asked.deadline = 5;
            assert_ok!(ComputeProviders::set_paused(origin(CAROL), true));
            assert_eq!(ranking(&asked), [ALICE, BOB]);
        });
    }
}

#[test]
fn scores_are_parts_of_the_best_and_their_mean_is_weighted() {
    on_a_fresh_chain(|| {
        three_providers();
        assert_ok!(ComputeProviders::top_up(origin(ALICE), 2_000));
        assert_ok!(ComputeProviders::assign(&BOB, 0, 1_000));
        let field = field(&Asked::default());
        let score = |who| {
            let mut eligible = field.eligible.iter();
            eligible.find(|one| one.provider == who).unwrap().score
        };
        assert_eq!(
            score(ALICE),
            Score {
                price: 1_000_000,
                capacity: 1_000_000,
                reputation: 500_000,
                stake: 1_000_000,
                residency: 0,
                total: 850_000,
            }
        );
        assert_eq!(
            score(BOB),
            Score {
                price: 833_333,
                capacity: 750_000,
                reputation: 500_000,
                stake: 250_000,
                residency: 0,
                // (60 · 833,333 + 5 · 750,000 + 20 · 500,000 + 10 · 250,000) / 100
                total: 662_499,
            }
        );
        assert_eq!(field.inspected(), 3);
    });
}

#[test]
fn a_price_of_nothing_is_the_best_and_no_division() {
    on_a_fresh_chain(|| {
        three_providers();
        assert_ok!(ComputeProviders::set_offer(origin(CAROL), 0, 0, 5));
        let eligible = field(&Asked::default()).eligible;
        let prices: Vec<_> = eligible.iter().map(|one| one.score.price).collect();
        assert_eq!(prices, [1_000_000, 0, 0]);
        assert_eq!(eligible[0].provider, CAROL);
    });
}

#[test]
fn ties_go_by_the_parent_blocks_hash() {
    on_a_fresh_chain(|| {
        for who in [ALICE, BOB, CAROL] {
            provider(who, 2_000);
            assert_ok!(ComputeProviders::set_offer(origin(who), 0, 50, 5));
        }
        let mut first = std::collections::BTreeSet::new();
        for block in 0..30u8 {
            System::set_parent_hash(H256::repeat_byte(block));
            let lot = |who: &AccountId| (H256::repeat_byte(block), who).using_encoded(blake2_256);
            let expected = [ALICE, BOB, CAROL].into_iter().min_by_key(lot);
            let ranking = ranking(&Asked::default());
            assert_eq!(ranking.first().copied(), expected);
            assert_eq!(ranking.len(), 3);
            first.extend(expected);
        }
        assert_eq!(first.len(), 3, "each comes first after some block");
    });
}

mod passes_over;

mod a_capacity {
    use super::*;

    #[test]
    fn demands_stake_for_each_slot() {
        on_a_fresh_chain(|| {
            let register = |stake, capacity| {
                ComputeProviders::register(
                    origin(ALICE),
                    stake,
                    Hardware::default(),
                    Default::default(),
                    capacity,
                )
            };
            let demanded = 6 * STAKE_PER_SLOT;
            assert_noop!(register(demanded - 1, 6), Error::<Test>::StakeTooLow);
            assert_ok!(register(demanded, 6));
            let update = |capacity| {
                ComputeProviders::update_profile(
                    origin(ALICE),
                    Hardware::default(),
                    Default::default(),
                    capacity,
                )
            };
            assert_noop!(update(7), Error::<Test>::StakeTooLow);
            assert_noop!(
                ComputeProviders::unbond(origin(ALICE), 1),
                Error::<Test>::StakeTooLow
            );
            assert_ok!(update(5));
            assert_ok!(ComputeProviders::unbond(origin(ALICE), STAKE_PER_SLOT));
        });
    }

    #[test]
    fn of_a_new_account_is_used_in_part_until_it_has_earned_more() {
        on_a_fresh_chain(|| {
            assert_ok!(ComputeProviders::register(
                origin(ALICE),
                8 * STAKE_PER_SLOT,
                Hardware::default(),
                Default::default(),
                8
            ));
            let slots = || ComputeProviders::provider_info(&ALICE).unwrap().slots;
            assert_eq!(slots(), NEWCOMER_SLOTS);
            ComputeProviders::settle(&ALICE, 0, 0, &77, FEES_PER_SLOT - 1);
            assert_eq!(slots(), NEWCOMER_SLOTS);
            ComputeProviders::settle(&ALICE, 0, 0, &77, 1);
            assert_eq!(slots(), NEWCOMER_SLOTS + 1);
            for requester in 78..90 {
                ComputeProviders::settle(&ALICE, 0, 0, &requester, MAX_FEES_PER_REQUESTER);
            }
            assert_eq!(slots(), 8);
        });
    }
}

//! How the largest stake and price compare with the smallest ones.

use super::*;
use lattice_primitives::{Price, Score, Selection};

/// The scores of ALICE, who asks for as much and has as much at stake as can be written down, and of
/// BOB, who asks for 1 and has 1 that is unlocked; best first.
fn scores(weights: SelectionWeights) -> Vec<(AccountId, Score)> {
    Selecting::set(weights);
    for (who, price) in [(ALICE, Balance::MAX), (BOB, 1)] {
        provider(who, MIN_STAKE);
        assert_ok!(ComputeProviders::set_offer(origin(who), 0, price, 5));
    }
    Providers::<Test>::mutate_extant(ALICE, |alice| alice.stake = Balance::MAX);
    assert_ok!(ComputeProviders::assign(&BOB, 0, MIN_STAKE - 1));
    let selection = Selection::default();
    let demand = Demand {
        model: 0,
        service: Service::Proven,
        deadline: 5,
        limit: Balance::MAX,
        selection: &selection,
        failed: &[],
    };
    let field = ComputeProviders::field(&demand, |compute| {
        Some(Bill {
            price: Price {
                compute,
                royalty: 0,
                fee: 0,
            },
            total: compute,
            collateral: 1,
        })
    });
    assert!(field.ineligible.is_empty());
    let eligible = field.eligible.into_iter();
    eligible.map(|one| (one.provider, one.score)).collect()
}

/// ALICE's score and BOB's, but for the total.
const SCORES: [Score; 2] = [
    Score {
        price: 0,
        capacity: 1_000_000,
        reputation: 500_000,
        stake: 1_000_000,
        residency: 0,
        total: 0,
    },
    Score {
        price: 1_000_000,
        capacity: 750_000,
        reputation: 500_000,
        stake: 0,
        residency: 0,
        total: 0,
    },
];

#[test]
fn is_compared_with_the_smallest_one() {
    // No invariants after this: ALICE's stake is not on hold.
    new_test_ext().execute_with(|| {
        let [alice, bob] = SCORES;
        let found = scores(SelectionWeights {
            price: 60,
            capacity: 5,
            reputation: 20,
            stake: 10,
            residency: 5,
        });
        let expected = [
            (
                BOB,
                Score {
                    total: 737_500,
                    ..bob
                },
            ),
            (
                ALICE,
                Score {
                    total: 250_000,
                    ..alice
                },
            ),
        ];
        assert_eq!(found, expected);
    });
}

#[test]
fn is_weighed_by_the_largest_weights() {
    new_test_ext().execute_with(|| {
        let [alice, bob] = SCORES;
        let found = scores(SelectionWeights {
            price: u32::MAX,
            capacity: u32::MAX,
            reputation: u32::MAX,
            stake: u32::MAX,
            residency: u32::MAX,
        });
        let expected = [
            (
                ALICE,
                Score {
                    total: 500_000,
                    ..alice
                },
            ),
            (
                BOB,
                Score {
                    total: 450_000,
                    ..bob
                },
            ),
        ];
        assert_eq!(found, expected);
    });
}

//! What a request costs in the end is never more than what was quoted, whoever serves it.

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// A model and its providers, whose terms change at random.
struct Market {
    rng: ChaCha20Rng,
    /// Those that are there when a quote is asked for. FRED comes after it.
    providers: Vec<AccountId>,
}

impl Market {
    fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound
    }

    fn input(&mut self) -> Vec<i8> {
        served(0).input(self.rng.next_u64())
    }

    /// A provider asks another price, part of it by gas.
    fn asks(&mut self, who: &AccountId) {
        let offer = Offer {
            per_million_gas: Balance::from(1 + self.below(1_000_000)),
            ..Offer::per_inference(Balance::from(self.below(50_000)), 2)
        };
        assert_ok!(ComputeProviders::set_offer_with(origin(who), 0, offer));
    }

    fn changes_the_royalty(&mut self) {
        let royalty = Balance::from(self.below(10_000));
        let pricing = Pricing { royalty };
        assert_ok!(ModelRegistry::update_pricing(origin(&CAROL), 0, pricing));
    }

    fn changes(&mut self) {
        for who in self.providers.clone() {
            self.asks(&who);
        }
        self.changes_the_royalty();
    }

    /// What is quoted on other terms than before, without FRED.
    fn quotes(&mut self) -> Quote<AccountId, Balance> {
        assert_ok!(ComputeProviders::remove_offer(origin(&fred()), 0));
        self.changes();
        let quote = quote();
        assert_eq!(quote.ranking.len(), self.providers.len());
        quote
    }
}

/// Run a test where two or three providers serve model 0, and FRED.
fn on_a_market(seed: u64, test: impl FnOnce(&mut Market)) {
    on_a_serving_chain(|| {
        let mut providers = vec![BOB, DAVE];
        if seed % 2 == 1 {
            providers.push(erin());
        }
        for who in &providers {
            serve(who.clone(), 0, PRICE);
        }
        serve(fred(), 0, PRICE);
        test(&mut Market {
            rng: ChaCha20Rng::seed_from_u64(seed),
            providers,
        });
    });
}

fn quote() -> Quote<AccountId, Balance> {
    Inference::quote(0, 10, Verification::Proven, &Selection::default())
        .expect("the model is served")
}

/// ALICE asks model 0.
fn asked(input: Vec<i8>, max_price: Balance, attempts: u32) -> RequestId {
    let id = NextRequest::<Test>::get();
    let options = RequestOptions {
        attempts,
        ..Default::default()
    };
    assert_ok!(Inference::request_inference_with(
        origin(&ALICE),
        0,
        BoundedVec::truncate_from(input),
        max_price,
        10,
        Verification::Proven,
        options,
    ));
    id
}

fn assignment(id: RequestId) -> Assignment<AccountId, Balance, u64> {
    Inference::assignment(id).expect("the request is open")
}

fn record(id: RequestId) -> types::ExecutionRecordOf<Test> {
    Inference::execution_record(id).expect("the request has ended")
}

/// The provider of a request answers it, and everybody gets its part; what they get in sum.
fn settles(id: RequestId) -> Balance {
    let open = assignment(id);
    let payees = [open.provider.clone(), CAROL, TREASURY];
    let before = payees.each_ref().map(free);
    let (output, proof) = answer(0, &open);
    assert_ok!(submit(&open.provider, id, open.context, output, proof));
    let record = record(id);
    assert_eq!(record.ending, Ending::Settled);
    assert_eq!((&record.provider, record.price), (&payees[0], open.price));
    let Price {
        compute,
        royalty,
        fee,
    } = record.price;
    let [provider, owner, treasury] = before;
    assert_eq!(
        payees.each_ref().map(free),
        [provider + compute, owner + royalty, treasury + fee]
    );
    record.price.total().expect("it was held")
}

#[test]
fn is_what_was_quoted_or_less_whatever_changes_meanwhile() {
    let (mut equal, mut lower) = (0, 0);
    for seed in 0..4 {
        on_a_market(seed, |market| {
            for round in 0..5 {
                let quote = market.quotes();
                // FRED comes before the request does, every other time with a better offer.
                market.asks(&fred());
                if round % 2 == 1 {
                    serve(fred(), 0, quote.price.compute / 2);
                }
                let before = free(&ALICE);
                let id = asked(market.input(), quote.total, 1);
                let held = escrowed(&ALICE);
                assert_eq!(free(&ALICE), before - held);
                // What is asked from now on is no part of this bill.
                market.changes();
                market.asks(&fred());
                let paid = settles(id);
                assert_eq!(paid, held);
                assert_eq!((free(&ALICE), escrowed(&ALICE)), (before - paid, 0));
                assert!(paid <= quote.total, "{paid} of {}", quote.total);
                equal += u32::from(paid == quote.total);
                lower += u32::from(paid < quote.total);
            }
        });
    }
    assert!(equal > 0 && lower > 0, "{equal} equal, {lower} lower");
}

#[test]
fn of_whoever_serves_in_the_end_is_within_the_upper_bound() {
    let mut dearer = 0;
    for seed in 0..4 {
        on_a_market(seed, |market| {
            let attempts: u32 = market.providers.len().try_into().expect("few providers");
            for _ in 0..4 {
                let quote = market.quotes();
                market.asks(&fred());
                let before = free(&ALICE);
                let id = asked(market.input(), quote.upper_bound, attempts);
                assert_eq!(escrowed(&ALICE), quote.upper_bound);
                let first = assignment(id);
                // The next ones are paid the royalty that was asked when the request was made.
                market.changes_the_royalty();
                let mut late = Vec::new();
                for _ in 0..=market.below(attempts - 1) {
                    let open = assignment(id);
                    run_to(open.deadline + 2);
                    late.push((open.provider, Failure::Late));
                    check_everything();
                }
                let last = assignment(id);
                assert!(late.iter().all(|(who, _)| *who != last.provider));
                let paid = settles(id);
                assert_eq!((free(&ALICE), escrowed(&ALICE)), (before - paid, 0));
                let most = quote.upper_bound;
                assert!(paid <= most, "{paid} of {most}");
                assert_eq!(record(id).failed, late);
                assert_eq!(last.price.royalty, first.price.royalty);
                dearer += u32::from(last.price.compute > first.price.compute);
            }
        });
    }
    assert!(dearer > 0, "nobody dearer ever served");
}

#[test]
fn of_the_last_and_dearest_provider_is_the_upper_bound() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE + 100);
        serve(erin(), 0, PRICE + 200);
        let quote = quote();
        // Its price, 5 % of it, and the royalty.
        assert_eq!(quote.upper_bound, 300 + 15 + ROYALTY);
        let id = asked(input(), quote.upper_bound, 3);
        for who in [BOB, DAVE] {
            let open = assignment(id);
            assert_eq!(open.provider, who);
            run_to(open.deadline + 2);
        }
        assert_eq!(assignment(id).provider, erin());
        assert_eq!(settles(id), quote.upper_bound);
        assert_eq!(free(&ALICE), ENDOWMENT - quote.upper_bound);
        assert_eq!(escrowed(&ALICE), 0);
    });
}

#[test]
fn by_gas_is_held_paid_and_refunded_to_the_planck() {
    on_a_serving_chain(|| {
        let offer = Offer {
            per_million_gas: 1_000_003,
            ..Offer::per_inference(PRICE, 2)
        };
        assert_ok!(ComputeProviders::set_offer_with(origin(&BOB), 0, offer));
        let quote = quote();
        // A planck for each gas, and one for the part of three that is left, rounded up.
        let gas = Balance::from(quote.execution_gas);
        assert!((1..333_333).contains(&gas), "{gas} gas");
        let compute = PRICE + gas + 1;
        let price = Price {
            compute,
            royalty: ROYALTY,
            fee: compute.div_ceil(20),
        };
        let total = price.compute + price.royalty + price.fee;
        assert_eq!(quote.price, price);
        assert_eq!((quote.total, quote.upper_bound), (total, total));

        let settled = asked(input(), total, 1);
        assert_eq!((escrowed(&ALICE), free(&ALICE)), (total, ENDOWMENT - total));
        let before = free(&BOB);
        assert_eq!(settles(settled), total);
        assert_eq!(free(&BOB), before + compute);
        assert_eq!((escrowed(&ALICE), free(&ALICE)), (0, ENDOWMENT - total));

        let late = asked(input(), total, 1);
        assert_eq!(
            (escrowed(&ALICE), free(&ALICE)),
            (total, ENDOWMENT - 2 * total)
        );
        run_to(assignment(late).deadline + 1);
        assert_eq!(record(late).ending, Ending::Expired);
        assert_eq!((escrowed(&ALICE), free(&ALICE)), (0, ENDOWMENT - total));
        // One hundredth of the collateral that such a price demands.
        assert_eq!(stake(&BOB), STAKE - (200 + 10 * compute) / 100);
        assert_eq!(free(&BOB), before + compute);
    });
}

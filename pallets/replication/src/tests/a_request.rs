use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

fn excluding(excluded: &[AccountId]) -> Selection<AccountId> {
    Selection {
        preference: Preference::Best,
        excluded: BoundedVec::truncate_from(excluded.to_vec()),
    }
}

fn preferring(preference: Preference<AccountId>) -> Selection<AccountId> {
    Selection {
        preference,
        excluded: Default::default(),
    }
}

#[test]
fn holds_all_that_it_may_cost_and_waits() {
    on_a_serving_chain(|| {
        let id = asked(3, 2);
        assert_eq!(escrowed(&ALICE), MOST);
        assert_eq!(free(&ALICE), ENDOWMENT - MOST);
        let request = stored(id);
        assert_eq!(request.stage, Stage::Waiting { since: 1 });
        assert_eq!((request.n, request.k), (3, 2));
        assert_eq!((request.owner, request.royalty), (CAROL, ROYALTY));
        assert!(request.replicas.is_empty());
        let key = ModelRegistry::model_info(0).and_then(|info| info.key);
        assert_eq!(request.vk_id, key.map(|key| key.vk_id));
    });
}

#[test]
fn freezes_royalty_owner_and_key() {
    on_a_serving_chain(|| {
        let id = asked(3, 2);
        let pricing = Pricing { royalty: 999 };
        assert_ok!(ModelRegistry::update_pricing(origin(&CAROL), 0, pricing));
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, EVE));
        pass(1);
        let before = free(&CAROL);
        all_say(id, &same(3, &served().right()));
        assert_eq!(record(id).price.royalty, ROYALTY);
        assert_eq!(free(&CAROL), before + ROYALTY);
    });
}

#[test]
fn of_a_model_without_a_key_is_taken() {
    on_a_serving_chain(|| {
        let model = register_model();
        for who in PROVIDERS.iter().take(3) {
            serve_model(who, model, PRICE);
        }
        assert_ok!(ask_for(model, 3, 2, MOST, Selection::default()));
        assert_eq!(stored(0).vk_id, None);
    });
}

#[test]
fn may_have_any_number_of_replicas_with_more_than_half_as_quorum() {
    on_a_serving_chain(|| {
        for n in 2..=7 {
            for k in n / 2 + 1..=n {
                assert_ok!(ask_with(n, k, MOST, Selection::default()));
            }
        }
    });
}

#[test]
fn costs_no_more_than_its_maximum_whoever_is_drawn() {
    const PRICES: [Balance; 7] = [0, 7, 33, 90, 100, 160, 211];
    on_a_chain_with(0, || {
        for (who, price) in PROVIDERS.iter().zip(PRICES) {
            serve(who, price);
        }
        let mut made = 0;
        for n in [2u8, 3, 5, 7] {
            for max_price in (0..1_600).step_by(37) {
                let id = pallet_inference::NextRequest::<Test>::get();
                let fits = ask_with(n, n, max_price, Selection::default()).is_ok();
                let times = Balance::from(n);
                let eligible = PRICES.iter().filter(|price| {
                    let bill = **price + (**price).div_ceil(20) + ROYALTY;
                    times * bill <= max_price + (times - 1) * ROYALTY
                });
                assert_eq!(fits, eligible.count() >= usize::from(n));
                if !fits {
                    continue;
                }
                made += 1;
                pass(1);
                let request = stored(id);
                let asked = request.replicas.iter().map(|one| one.compute + one.fee);
                assert!(asked.sum::<Balance>() + ROYALTY <= max_price);
                check_everything();
            }
        }
        assert!(made > 50, "too few requests are made: {made}");
    });
}

#[test]
fn cannot_be_taken_back_in_any_phase() {
    on_a_serving_chain(|| {
        // Nobody reads a result from the pool and takes the request back.
        let is_refused = |id: RequestId| {
            assert_noop!(
                Inference::cancel(origin(&ALICE), id),
                pallet_inference::Error::<Test>::UnknownRequest
            );
            assert_eq!(escrowed(&ALICE), MOST);
        };
        let said = [served().right(), served().right(), served().wrong(1)];
        let id = asked(3, 2);
        assert!(matches!(stored(id).stage, Stage::Waiting { .. }));
        is_refused(id);
        pass(1);
        assert!(matches!(stored(id).stage, Stage::Committing { .. }));
        is_refused(id);
        all_commit(id, &said);
        assert!(matches!(stored(id).stage, Stage::Revealing { .. }));
        is_refused(id);
        let replicas = replicas(id);
        for (who, said) in replicas.iter().zip(&said) {
            assert_ok!(reveal(who, id, said));
        }
        assert!(matches!(stored(id).stage, Stage::Appealing { .. }));
        is_refused(id);
        pass(APPEAL + 1);
        let record = record(id);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!(record.agreed, replicas[..2]);
        // Two prices with their fees, and the royalty.
        assert_eq!(wealth(&ALICE), ENDOWMENT - 2 * (PRICE + FEE) - ROYALTY);
        assert_noop!(
            Inference::cancel(origin(&ALICE), id),
            pallet_inference::Error::<Test>::RequestNotOpen
        );
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn with_numbers_that_are_no_quorum() {
        on_a_serving_chain(|| {
            for (n, k) in [
                (0, 0),
                (1, 1),
                (2, 1),
                (3, 1),
                (3, 4),
                (4, 2),
                (6, 3),
                (7, 3),
                (8, 5),
                (255, 200),
            ] {
                assert_err_ignore_postinfo!(
                    ask_with(n, k, MOST, Selection::default()),
                    Error::<Test>::InvalidTier
                );
            }
        });
    }

    #[test]
    fn when_it_names_or_prefers_a_provider() {
        on_a_serving_chain(|| {
            let [wanted, ..] = PROVIDERS;
            for preference in [
                Preference::Prefer(wanted.clone()),
                Preference::Only(wanted.clone()),
            ] {
                assert_err_ignore_postinfo!(
                    ask_with(3, 2, MOST, preferring(preference)),
                    Error::<Test>::ReplicasNotNamed
                );
            }
        });
    }

    #[test]
    fn where_too_few_serve_the_model() {
        on_a_chain_with(3, || {
            assert_err_ignore_postinfo!(
                ask_with(4, 3, MOST, Selection::default()),
                Error::<Test>::TooFewProviders
            );
            assert_ok!(ask_with(3, 2, MOST, Selection::default()));
        });
    }

    #[test]
    fn where_too_few_are_left_of_those_it_excludes() {
        on_a_chain_with(4, || {
            assert_err_ignore_postinfo!(
                ask_with(3, 2, MOST, excluding(&PROVIDERS[..2])),
                Error::<Test>::TooFewProviders
            );
            assert_ok!(ask_with(3, 2, MOST, excluding(&PROVIDERS[..1])));
        });
    }

    #[test]
    fn where_too_few_are_within_its_price() {
        on_a_serving_chain(|| {
            // Three bills, in which the royalty is once.
            let enough = 3 * (PRICE + FEE) + ROYALTY;
            assert_err_ignore_postinfo!(
                ask_with(3, 2, enough - 1, Selection::default()),
                Error::<Test>::TooFewProviders
            );
            assert_ok!(ask_with(3, 2, enough, Selection::default()));
        });
    }

    #[test]
    fn without_funds_for_its_maximum() {
        on_a_serving_chain(|| {
            assert_err_ignore_postinfo!(
                ask_with(3, 2, ENDOWMENT, Selection::default()),
                TokenError::FundsUnavailable
            );
        });
    }

    #[test]
    fn with_attempts_or_a_time_to_accept() {
        on_a_serving_chain(|| {
            let ask = |options| {
                Inference::request_inference_with(
                    origin(&ALICE),
                    0,
                    BoundedVec::truncate_from(served().input()),
                    MOST,
                    WINDOW,
                    Verification::Replicated { n: 3, k: 2 },
                    options,
                )
            };
            assert_err_ignore_postinfo!(
                ask(RequestOptions {
                    attempts: 2,
                    ..Default::default()
                }),
                pallet_inference::Error::<Test>::InvalidAttempts
            );
            assert_err_ignore_postinfo!(
                ask(RequestOptions {
                    accept_within: Some(3),
                    ..Default::default()
                }),
                pallet_inference::Error::<Test>::InvalidAcceptDeadline
            );
        });
    }
}

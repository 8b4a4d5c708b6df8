use super::fixture::{served, Said};
use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::*;

fn right() -> Said {
    served().right()
}

/// Three replicas that have committed to these results.
fn committed(said: &[Said; 3]) -> (RequestId, [AccountId; 3]) {
    let id = drawn(3, 2);
    all_commit(id, said);
    (id, team(id))
}

#[test]
fn that_all_agree_on_settles_at_once() {
    on_a_serving_chain(|| {
        let id = drawn(3, 2);
        let replicas = all_say(id, &same(3, &right()));
        let price = Price {
            compute: 3 * PRICE,
            royalty: ROYALTY,
            fee: 3 * FEE,
        };
        let total = 3 * (PRICE + FEE) + ROYALTY;
        assert_eq!((wealth(&ALICE), escrowed(&ALICE)), (ENDOWMENT - total, 0));
        assert_eq!(free(&TREASURY), EXISTENTIAL_DEPOSIT + 3 * FEE);
        for who in &replicas {
            assert_eq!(wealth(who), ENDOWMENT + PRICE);
            let info = ComputeProviders::provider_info(who).unwrap();
            assert_eq!((info.running, info.settled), (0, 1));
        }
        let record = record(id);
        assert_eq!((record.ending, record.price), (Ending::Settled, price));
        assert_eq!(record.output, right().output);
        assert_eq!(record.verification, Verification::Replicated { n: 3, k: 2 });
        assert_eq!(
            (&record.provider, &record.requester),
            (&replicas[0], &ALICE)
        );
        assert_eq!(record.agreed, replicas);
        assert!(record.failed.is_empty());
        assert_eq!((record.requested_at, record.ended_at), (1, 2));
        let model = ModelRegistry::model_info(0).unwrap();
        assert_eq!(model.total_executions, 1);
        // Everybody finds it.
        for who in replicas.iter().chain([&ALICE]) {
            assert_eq!(Inference::executions_by_account(who, 0, 10).len(), 1);
        }
        System::assert_has_event(
            Event::Concluded {
                request: id,
                ending: Ending::Settled,
                agreed: replicas,
                price,
            }
            .into(),
        );
    });
}

#[test]
fn pays_each_its_own_price_and_the_royalty_once() {
    on_a_chain_with(0, || {
        let prices = [40, 100, 260];
        for (who, price) in PROVIDERS.iter().zip(prices) {
            serve(who, price);
        }
        let (owner, treasury) = (wealth(&CAROL), free(&TREASURY));
        let id = drawn(3, 3);
        all_say(id, &same(3, &right()));
        for (who, price) in PROVIDERS.iter().zip(prices) {
            assert_eq!(wealth(who), ENDOWMENT + price);
        }
        assert_eq!(wealth(&CAROL), owner + ROYALTY);
        assert_eq!(free(&TREASURY), treasury + 2 + 5 + 13);
        assert_eq!(wealth(&ALICE), ENDOWMENT - 400 - 20 - ROYALTY);
    });
}

#[test]
fn that_is_not_shown_costs_its_replica_as_much_as_being_outvoted() {
    on_a_serving_chain(|| {
        let (id, [one, silent, other]) = committed(&[right(), right(), right()]);
        assert_ok!(reveal(&one, id, &right()));
        assert_ok!(reveal(&other, id, &right()));
        pass(REVEAL);
        assert!(Requests::<Test>::contains_key(id));
        pass(1);
        let record = record(id);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!(record.agreed, [one, other]);
        assert_eq!(record.failed, [(silent.clone(), Failure::Late)]);
        assert_eq!(wealth(&silent), ENDOWMENT - OUTVOTED_SLASH);
        assert_eq!(wealth(&ALICE), ENDOWMENT - 2 * (PRICE + FEE) - ROYALTY);
    });
}

#[test]
fn that_too_few_agree_on_refunds_and_fines_nobody() {
    on_a_serving_chain(|| {
        let id = drawn(3, 2);
        let said = [right(), served().wrong(1), served().wrong(2)];
        let replicas = all_say(id, &said);
        // Nobody proves its own.
        let until = System::block_number() + APPEAL;
        assert_eq!(stored(id).stage, Stage::Appealing { until });
        pass(APPEAL + 1);
        let record = record(id);
        assert_eq!(record.ending, Ending::NoQuorum);
        assert_eq!(record.ending.fault(), Some(Fault::Network));
        assert_eq!((record.agreed.len(), record.failed.len()), (0, 0));
        assert!(record.output.is_empty());
        assert_eq!(record.price, Price::default());
        assert_eq!(free(&ALICE), ENDOWMENT);
        for who in &replicas {
            assert_eq!(wealth(who), ENDOWMENT);
            let info = ComputeProviders::provider_info(who).unwrap();
            assert_eq!((info.running, info.settled, info.disputed), (0, 0, 0));
        }
        assert_eq!(ModelRegistry::model_info(0).unwrap().total_executions, 0);
    });
}

#[test]
fn is_another_one_with_another_trace() {
    on_a_serving_chain(|| {
        let id = drawn(2, 2);
        let other = served().right_over_a_false_trace();
        assert_eq!(other.output, right().output);
        all_say(id, &[right(), other]);
        pass(APPEAL + 1);
        assert_eq!(record(id).ending, Ending::NoQuorum);
    });
}

#[test]
fn that_few_show_has_no_quorum() {
    on_a_serving_chain(|| {
        let (id, [one, two, three]) = committed(&[right(), right(), right()]);
        assert_ok!(reveal(&two, id, &right()));
        pass(REVEAL + 1 + APPEAL + 1);
        let record = record(id);
        assert_eq!(record.ending, Ending::NoQuorum);
        assert_eq!(
            record.failed,
            [(one, Failure::Late), (three, Failure::Late)]
        );
        assert_eq!(wealth(&two), ENDOWMENT);
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn that_is_outvoted_is_fined_when_the_time_to_appeal_is_over() {
    on_a_serving_chain(|| {
        SlashDelay::set(5);
        let (id, replicas) = split((2, right()), (1, served().wrong(1)));
        let outvoted = &replicas[2];
        let until = System::block_number() + APPEAL;
        assert_eq!(stored(id).stage, Stage::Appealing { until });
        run_to(until);
        assert!(Requests::<Test>::contains_key(id));
        check_everything();
        pass(1);
        let record = record(id);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!(record.agreed, replicas[..2]);
        assert_eq!(record.failed, [(outvoted.clone(), Failure::Outvoted)]);
        // Not at once: there may be a veto.
        let info = ComputeProviders::provider_info(outvoted).unwrap();
        assert_eq!((info.pending, info.disputed), (OUTVOTED_SLASH, 1));
        assert_eq!(wealth(outvoted), ENDOWMENT);
        assert_eq!(wealth(&ALICE), ENDOWMENT - 2 * (PRICE + FEE) - ROYALTY);
        pass(5);
        assert_eq!(wealth(outvoted), ENDOWMENT - OUTVOTED_SLASH);
        assert_eq!(
            free(&TREASURY),
            EXISTENTIAL_DEPOSIT + 2 * FEE + OUTVOTED_SLASH
        );
    });
}

#[test]
fn that_is_outvoted_costs_nothing_after_a_veto() {
    on_a_serving_chain(|| {
        SlashDelay::set(5);
        let (_, replicas) = split((2, right()), (1, served().wrong(1)));
        pass(APPEAL + 1);
        assert_ok!(ComputeProviders::veto_slash(RuntimeOrigin::root(), 0));
        pass(10);
        assert_eq!(wealth(&replicas[2]), ENDOWMENT);
    });
}

#[test]
fn of_replicas_that_collude_settles_where_nobody_appeals() {
    // What the tier trusts: that not so many of them collude, or that an honest one appeals.
    on_a_serving_chain(|| {
        let (id, replicas) = split((2, served().wrong(1)), (1, right()));
        pass(APPEAL + 1);
        let record = record(id);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!(record.output, served().wrong(1).output);
        assert_eq!(record.failed, [(replicas[2].clone(), Failure::Outvoted)]);
    });
}

#[test]
fn weighs_more_for_whoever_has_it_tallied() {
    on_a_serving_chain(|| {
        let (id, [one, two, three]) = committed(&[right(), right(), right()]);
        let weights = [one, two, three].map(|who| {
            let info = reveal(&who, id, &right()).expect("it is in time");
            info.actual_weight.expect("it says what it took")
        });
        assert_eq!(weights[0], weights[1]);
        assert!(weights[2].all_gt(weights[0]));
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn while_somebody_may_still_commit() {
        on_a_serving_chain(|| {
            let id = drawn(3, 2);
            let [one, two, _] = team(id);
            assert_ok!(commit(&one, id, &right()));
            assert_ok!(commit(&two, id, &right()));
            assert_err_ignore_postinfo!(reveal(&one, id, &right()), Error::<Test>::NotRevealing);
            // Nor where the time to commit is over, and the chain has not come to that.
            System::set_block_number(3 + WINDOW);
            assert_err_ignore_postinfo!(reveal(&one, id, &right()), Error::<Test>::NotRevealing);
            assert_ok!(Replication::advance(origin(&EVE), id));
            assert_ok!(reveal(&one, id, &right()));
        });
    }

    #[test]
    fn when_it_is_late() {
        on_a_serving_chain(|| {
            let (id, [one, two, three]) = committed(&[right(), right(), right()]);
            assert_ok!(reveal(&one, id, &right()));
            System::set_block_number(2 + REVEAL);
            assert_ok!(reveal(&two, id, &right()));
            System::set_block_number(3 + REVEAL);
            assert_err_ignore_postinfo!(
                reveal(&three, id, &right()),
                Error::<Test>::RevealTimeOver
            );
            Replication::on_poll(3 + REVEAL, &mut WeightMeter::new());
            assert_err_ignore_postinfo!(
                reveal(&three, id, &right()),
                Error::<Test>::UnknownRequest
            );
            assert_eq!(record(id).failed, [(three, Failure::Late)]);
        });
    }

    #[test]
    fn where_the_chain_has_not_begun() {
        on_a_serving_chain(|| {
            let id = asked(3, 2);
            assert_err_ignore_postinfo!(
                reveal(&PROVIDERS[0], id, &right()),
                Error::<Test>::NotRevealing
            );
        });
    }

    #[test]
    fn when_it_is_not_what_was_committed_to() {
        on_a_serving_chain(|| {
            let (id, [one, ..]) = committed(&[right(), right(), right()]);
            let mut others = [right(), right(), served().wrong(1)];
            others[0].trace_root = H256::repeat_byte(1);
            others[1].output[0] ^= 1;
            for said in &others {
                assert_err_ignore_postinfo!(
                    reveal(&one, id, said),
                    Error::<Test>::CommitmentMismatch
                );
            }
            assert_err_ignore_postinfo!(
                Replication::reveal(
                    origin(&one),
                    id,
                    BoundedVec::truncate_from(right().output),
                    right().trace_root,
                    [0; 32],
                ),
                Error::<Test>::CommitmentMismatch
            );
            assert_ok!(reveal(&one, id, &right()));
        });
    }

    #[test]
    fn when_it_was_committed_to_for_another_request() {
        on_a_serving_chain(|| {
            let (first, second) = (asked(7, 4), asked(7, 4));
            pass(1);
            for who in &PROVIDERS {
                let elsewhere = commitment(who, first, &right());
                assert_ok!(Replication::commit(origin(who), second, elsewhere));
            }
            assert_err_ignore_postinfo!(
                reveal(&PROVIDERS[0], second, &right()),
                Error::<Test>::CommitmentMismatch
            );
        });
    }

    #[test]
    fn of_the_wrong_length() {
        on_a_serving_chain(|| {
            let mut long = right();
            long.output.push(0);
            let mut short = right();
            short.output.truncate(1);
            let (id, [one, two, _]) = committed(&[long.clone(), short.clone(), right()]);
            for (who, said) in [(&one, &long), (&two, &short)] {
                assert_err_ignore_postinfo!(
                    reveal(who, id, said),
                    Error::<Test>::WrongOutputLength
                );
            }
        });
    }

    #[test]
    fn twice() {
        on_a_serving_chain(|| {
            let (id, [one, ..]) = committed(&[right(), right(), right()]);
            assert_ok!(reveal(&one, id, &right()));
            assert_err_ignore_postinfo!(reveal(&one, id, &right()), Error::<Test>::AlreadyRevealed);
        });
    }

    #[test]
    fn to_whoever_was_not_drawn() {
        on_a_serving_chain(|| {
            let (id, drawn) = committed(&[right(), right(), right()]);
            for who in PROVIDERS.iter().filter(|who| !drawn.contains(who)) {
                assert_err_ignore_postinfo!(reveal(who, id, &right()), Error::<Test>::NotReplica);
            }
        });
    }
}

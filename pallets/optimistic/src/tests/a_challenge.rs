use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::{Commitment, Position};
use lattice_primitives::*;
use pallet_disputes::Turn;

/// Half of what is lost, rounded down.
const REWARD: Balance = COLLATERAL / 2;
const TO_PROVIDER: Balance = BOND / 2;

/// EVE challenges what BOB posted, and leads him to its end honestly.
fn eve_is_honest(request: RequestId, posted: &Commitment) -> DisputeId {
    let own = honest(request);
    let dispute = challenged(&EVE, request);
    play(posted, &EVE, &own, dispute);
    dispute
}

/// EVE takes something false for true.
fn eve_errs(request: RequestId, posted: &Commitment) -> DisputeId {
    let own = served().altered(posted, 1, 65, true);
    let dispute = challenged(&EVE, request);
    play(posted, &EVE, &own, dispute);
    dispute
}

/// The request ended in EVE's favour: everybody has what they should.
fn is_refuted(request: RequestId, dispute: DisputeId, issuance: Balance) {
    assert!(!is_open(request));
    assert_eq!(free(&ALICE), ENDOWMENT);
    assert_eq!(stake(&BOB), STAKE - COLLATERAL);
    assert_eq!((free(&EVE), bonded(&EVE)), (ENDOWMENT + REWARD, 0));
    assert_eq!(Balances::total_issuance(), issuance - COLLATERAL + REWARD);
    let bob = ComputeProviders::provider_info(&BOB).expect("he is registered");
    assert_eq!((bob.running, bob.locked, bob.disputed), (0, 0, 1));
    let record = record(request);
    assert_eq!(record.ending, Ending::Refuted);
    assert_eq!(record.ending.fault(), Some(Fault::Provider));
    assert_eq!(record.failed, [(BOB, Failure::Refuted)]);
    System::assert_has_event(
        Event::Refuted {
            request,
            dispute,
            requester: ALICE,
            provider: BOB,
            challenger: EVE,
            slashed: COLLATERAL,
            reward: REWARD,
        }
        .into(),
    );
}

/// EVE's bond is lost, the result stands and is settled after another window.
fn is_upheld(request: RequestId, dispute: DisputeId, issuance: Balance, bob: Balance) {
    let final_at = System::block_number() + WINDOW;
    assert_eq!((free(&EVE), bonded(&EVE)), (ENDOWMENT - BOND, 0));
    assert_eq!(free(&BOB), bob + TO_PROVIDER);
    assert_eq!(Balances::total_issuance(), issuance - BOND + TO_PROVIDER);
    System::assert_has_event(
        Event::Upheld {
            request,
            dispute,
            challenger: EVE,
            rewarded: TO_PROVIDER,
            burnt: BOND - TO_PROVIDER,
            final_at,
        }
        .into(),
    );
    run_to(final_at);
    assert!(is_open(request));
    run_to(final_at + 1);
    assert_eq!(record(request).ending, Ending::Settled);
    assert_eq!(free(&BOB), bob + TO_PROVIDER + PRICE);
    assert_eq!(stake(&BOB), STAKE);
}

#[test]
fn holds_the_bond_and_opens_a_dispute() {
    on_a_serving_chain(|| {
        let (request, commitment) = posted();
        let dispute = challenged(&EVE, request);
        assert_eq!((free(&EVE), bonded(&EVE)), (ENDOWMENT - BOND, BOND));
        let open = Disputes::dispute(dispute).expect("the dispute is open");
        assert_eq!((open.request, open.model), (request, 0));
        assert_eq!((open.challenger, open.defenders), (EVE, vec![BOB]));
        assert_eq!(open.trace_root, H256(commitment.root()));
        let OptimisticStatus::Posted { challenges, .. } = info(request).status else {
            panic!("the result is posted");
        };
        assert_eq!(challenges, [(EVE, dispute)]);
        System::assert_last_event(
            Event::Challenged {
                request,
                challenger: EVE,
                dispute,
                bond: BOND,
            }
            .into(),
        );
    });
}

#[test]
fn of_a_false_result_wins_a_part_of_the_collateral() {
    on_a_serving_chain(|| {
        let issuance = Balances::total_issuance();
        let (request, commitment) = lied();
        let dispute = eve_is_honest(request, &commitment);
        is_refuted(request, dispute, issuance);
    });
}

#[test]
fn of_a_true_trace_with_a_false_output_wins_at_that_element() {
    on_a_serving_chain(|| {
        let issuance = Balances::total_issuance();
        let request = asked();
        let own = honest(request);
        let last = served().last_op();
        let commitment = served().altered(&own, last, 2, false);
        assert_ok!(post(&BOB, request, &commitment));
        let dispute = challenged(&EVE, request);
        loop {
            match turn(dispute) {
                Turn::Choose { walk, node } => {
                    let child = own.first_difference(&walk, &node).expect("they differ");
                    assert_ok!(Disputes::choose(origin(&EVE), dispute, child));
                }
                Turn::Reveal { .. } => {
                    assert_ok!(answer(&commitment, dispute));
                }
                Turn::Defend { position, value } => {
                    assert_eq!(position, Position::new(last, 2));
                    assert_eq!(own.element(position).map(|own| own + 1), Some(value));
                    break;
                }
            }
        }
        // He may show how it is made, which convicts him, or be silent.
        assert_ok!(answer(&commitment, dispute));
        is_refuted(request, dispute, issuance);
    });
}

#[test]
fn of_any_single_false_element_is_won() {
    on_a_serving_chain(|| {
        for (op, element) in [(0, 0), (0, 69), (1, 64), (2, 7), (3, 0), (4, 1)] {
            let request = asked();
            let commitment = served().altered(&honest(request), op, element, false);
            // The output is not always touched: the trace is false all the same.
            assert_ok!(post(&BOB, request, &commitment));
            eve_is_honest(request, &commitment);
            assert_eq!(record(request).ending, Ending::Refuted);
        }
    });
}

#[test]
fn of_a_true_result_loses_the_bond() {
    on_a_serving_chain(|| {
        let issuance = Balances::total_issuance();
        let bob = free(&BOB);
        let (request, commitment) = posted();
        pass(4);
        let dispute = eve_errs(request, &commitment);
        is_upheld(request, dispute, issuance, bob);
    });
}

#[test]
fn that_the_provider_does_not_answer_is_won() {
    on_a_serving_chain(|| {
        let issuance = Balances::total_issuance();
        // Even if the result is true: whoever posts must answer.
        let (request, _) = posted();
        let dispute = challenged(&EVE, request);
        run_to(1 + TURN);
        assert!(is_open(request));
        run_to(2 + TURN);
        is_refuted(request, dispute, issuance);
    });
}

#[test]
fn that_the_challenger_does_not_go_on_with_is_lost() {
    on_a_serving_chain(|| {
        let issuance = Balances::total_issuance();
        let bob = free(&BOB);
        let (request, commitment) = lied();
        let dispute = challenged(&EVE, request);
        assert_ok!(answer(&commitment, dispute));
        run_to(2 + TURN);
        is_upheld(request, dispute, issuance, bob);
    });
}

/// He can show the honest nodes to nobody: they are not under his root.
#[test]
fn is_not_answered_by_a_node_that_does_not_fit() {
    on_a_serving_chain(|| {
        let (request, _) = lied();
        let dispute = challenged(&EVE, request);
        assert_noop!(
            answer(&honest(request), dispute),
            pallet_disputes::Error::<Test>::WrongNode
        );
        run_to(2 + TURN);
        assert_eq!(record(request).ending, Ending::Refuted);
    });
}

#[test]
fn that_wins_ends_the_others_and_gives_their_bonds_back() {
    on_a_serving_chain(|| {
        let issuance = Balances::total_issuance();
        let (request, commitment) = lied();
        let others = [challenged(&FRANK, request), challenged(&CAROL, request)];
        assert_eq!((bonded(&FRANK), bonded(&CAROL)), (BOND, BOND));
        let carol = free(&CAROL) + BOND;
        let dispute = eve_is_honest(request, &commitment);
        is_refuted(request, dispute, issuance);
        assert_eq!((bonded(&FRANK), bonded(&CAROL)), (0, 0));
        assert_eq!((free(&FRANK), free(&CAROL)), (ENDOWMENT, carol));
        for other in others {
            assert!(!is_disputed(other));
        }
        // Nothing comes of them later.
        pass(3 * TURN);
        assert_eq!(stake(&BOB), STAKE - COLLATERAL);
    });
}

#[test]
fn that_is_silenced_with_others_is_decided_once() {
    on_a_serving_chain(|| {
        let (request, _) = posted();
        for who in [EVE, FRANK, CAROL] {
            challenged(&who, request);
        }
        // BOB misses all three turns, which end in one block.
        run_to(2 + TURN);
        assert_eq!(record(request).ending, Ending::Refuted);
        assert_eq!(stake(&BOB), STAKE - COLLATERAL);
        assert_eq!(free(&EVE), ENDOWMENT + REWARD);
        assert_eq!(free(&FRANK), ENDOWMENT);
    });
}

#[test]
fn takes_the_whole_collateral_where_it_is_the_bond() {
    on_a_serving_chain(|| {
        let bond = 4 * COLLATERAL;
        assert_ok!(ask_with(WINDOW, bond));
        let commitment = served().altered(&honest(0), 0, 0, true);
        assert_ok!(post(&BOB, 0, &commitment));
        eve_is_honest(0, &commitment);
        assert_eq!(stake(&BOB), STAKE - bond);
        assert_eq!(free(&EVE), ENDOWMENT + bond / 2);
    });
}

#[test]
fn cannot_be_hidden_from_by_unbonding() {
    on_a_serving_chain(|| {
        let (request, commitment) = lied();
        assert_noop!(
            ComputeProviders::unbond(origin(&BOB), STAKE - COLLATERAL + 1),
            pallet_compute_providers::Error::<Test>::StakeLocked
        );
        assert_ok!(ComputeProviders::unbond(origin(&BOB), STAKE - COLLATERAL));
        assert_err_ignore_postinfo!(
            ComputeProviders::deregister(origin(&BOB)),
            pallet_compute_providers::Error::<Test>::AssignmentsRunning
        );
        eve_is_honest(request, &commitment);
        assert_eq!(stake(&BOB), 0);
        assert_eq!(free(&EVE), ENDOWMENT + REWARD);
    });
}

/// As every slash but that for a false proof.
#[test]
fn pays_its_reward_when_the_slash_is_applied() {
    on_a_serving_chain(|| {
        SlashDelay::set(20);
        let (request, commitment) = lied();
        eve_is_honest(request, &commitment);
        assert_eq!(record(request).ending, Ending::Refuted);
        assert_eq!((free(&EVE), bonded(&EVE)), (ENDOWMENT, 0));
        assert_eq!(free(&ALICE), ENDOWMENT);
        let bob = ComputeProviders::provider_info(&BOB).expect("he is registered");
        assert_eq!((bob.stake, bob.pending), (STAKE, COLLATERAL));
        pass(20);
        assert_eq!(free(&EVE), ENDOWMENT + REWARD);
        assert_eq!(stake(&BOB), STAKE - COLLATERAL);
    });
}

#[test]
fn may_be_the_requesters() {
    on_a_serving_chain(|| {
        let (request, commitment) = lied();
        let own = honest(request);
        let dispute = challenged(&ALICE, request);
        play(&commitment, &ALICE, &own, dispute);
        assert_eq!(free(&ALICE), ENDOWMENT + REWARD);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn before_there_is_a_result() {
        on_a_serving_chain(|| {
            let request = asked();
            assert_noop!(challenge(&EVE, request), Error::<Test>::NothingPosted);
        });
    }

    #[test]
    fn to_the_provider() {
        on_a_serving_chain(|| {
            let (request, _) = posted();
            assert_noop!(
                challenge(&BOB, request),
                Error::<Test>::ChallengerIsProvider
            );
        });
    }

    #[test]
    fn without_the_bond() {
        on_a_serving_chain(|| {
            let (request, _) = posted();
            assert_noop!(
                challenge(&AccountId::new([55; 32]), request),
                TokenError::FundsUnavailable
            );
            assert_ok!(Balances::transfer_allow_death(
                origin(&EVE),
                CAROL,
                ENDOWMENT - BOND
            ));
            // What is left would be less than an account needs.
            assert!(challenge(&EVE, request).is_err());
        });
    }

    #[test]
    fn after_the_window() {
        on_a_serving_chain(|| {
            let (request, _) = posted();
            // The deadline work has not come to it yet.
            System::set_block_number(2 + WINDOW);
            assert_noop!(challenge(&EVE, request), Error::<Test>::WindowPassed);
            System::set_block_number(1 + WINDOW);
            assert_ok!(challenge(&EVE, request));
        });
    }

    #[test]
    fn to_an_account_that_has_one() {
        on_a_serving_chain(|| {
            let (request, commitment) = posted();
            challenged(&EVE, request);
            assert_noop!(challenge(&EVE, request), Error::<Test>::AlreadyChallenging);
            // Another result, or the same one when hers is over, is another matter.
            let (other, _) = posted();
            assert_ok!(challenge(&EVE, other));
            assert_ok!(answer(&commitment, 0));
            run_to(System::block_number() + TURN + 1);
            assert!(!is_disputed(0));
            assert_ok!(challenge(&EVE, request));
        });
    }

    #[test]
    fn where_as_many_run_as_there_may_be() {
        on_a_serving_chain(|| {
            let (request, _) = posted();
            for index in 0..MAX_CHALLENGES {
                let who = AccountId::new([100 + index as u8; 32]);
                assert_ok!(Balances::force_set_balance(
                    RuntimeOrigin::root(),
                    who.clone(),
                    10 * BOND
                ));
                assert_ok!(challenge(&who, request));
            }
            assert_noop!(challenge(&EVE, request), Error::<Test>::TooManyChallenges);
        });
    }

    #[test]
    fn of_another_result_than_the_posted_one() {
        on_a_serving_chain(|| {
            let (request, posted) = posted();
            let other = H256(served().altered(&posted, 2, 1, true).root());
            assert_noop!(
                Optimistic::challenge(origin(&EVE), request, other),
                Error::<Test>::OtherResult
            );
        });
    }

    #[test]
    fn of_a_request_that_is_not_open() {
        on_a_serving_chain(|| {
            assert_noop!(challenge(&EVE, 7), Error::<Test>::UnknownRequest);
            let (request, _) = posted();
            pass(WINDOW + 1);
            assert_noop!(challenge(&EVE, request), Error::<Test>::UnknownRequest);
        });
    }
}

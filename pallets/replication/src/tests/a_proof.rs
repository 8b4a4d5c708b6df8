use super::fixture::{served, Said};
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

fn right() -> Said {
    served().right()
}

fn wrong() -> Said {
    served().wrong(1)
}

fn appeal(who: &AccountId, id: RequestId, proof: ProofBytes) -> DispatchResult {
    Replication::appeal_with_proof(origin(who), id, proof)
}

#[test]
fn shows_that_a_dissenter_is_right() {
    on_a_serving_chain(|| {
        let issuance = Balances::total_issuance();
        let (owner, treasury) = (wealth(&CAROL), wealth(&TREASURY));
        let (id, replicas) = split((2, wrong()), (1, right()));
        let [first, second, dissenter] = team(id);
        pass(APPEAL);
        assert_ok!(appeal(&dissenter, id, proof(&dissenter, id)));

        let record = record(id);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!(record.output, right().output);
        assert_eq!(record.provider, dissenter);
        assert_eq!(record.agreed, std::slice::from_ref(&dissenter));
        assert_eq!(
            record.failed,
            [
                (first.clone(), Failure::Outvoted),
                (second.clone(), Failure::Outvoted)
            ]
        );
        let price = Price {
            compute: PRICE,
            royalty: ROYALTY,
            fee: FEE,
        };
        assert_eq!(record.price, price);
        // Everybody's money.
        assert_eq!(wealth(&ALICE), ENDOWMENT - PRICE - ROYALTY - FEE);
        assert_eq!(escrowed(&ALICE), 0);
        assert_eq!(wealth(&dissenter), ENDOWMENT + PRICE);
        for liar in [&first, &second] {
            assert_eq!(wealth(liar), ENDOWMENT - OUTVOTED_SLASH);
        }
        assert_eq!(wealth(&CAROL), owner + ROYALTY);
        assert_eq!(wealth(&TREASURY), treasury + FEE + 2 * OUTVOTED_SLASH);
        for who in PROVIDERS.iter().filter(|who| !replicas.contains(who)) {
            assert_eq!(wealth(who), ENDOWMENT);
        }
        assert_eq!(Balances::total_issuance(), issuance);
        System::assert_has_event(
            Event::Proved {
                request: id,
                provider: dissenter,
                output_hash: H256(right().output.using_encoded(blake2_256)),
            }
            .into(),
        );
    });
}

#[test]
fn costs_the_majority_no_more_than_a_vote_and_that_when_no_veto_comes() {
    on_a_serving_chain(|| {
        SlashDelay::set(5);
        let (id, _) = split((2, wrong()), (1, right()));
        let [first, second, dissenter] = team(id);
        assert_ok!(appeal(&dissenter, id, proof(&dissenter, id)));
        assert_eq!(wealth(&dissenter), ENDOWMENT + PRICE);
        for liar in [&first, &second] {
            let info = ComputeProviders::provider_info(liar).unwrap();
            assert_eq!((info.pending, info.locked), (OUTVOTED_SLASH, 0));
        }
        pass(6);
        assert_eq!(wealth(&dissenter), ENDOWMENT + PRICE);
        for liar in [&first, &second] {
            assert_eq!(wealth(liar), ENDOWMENT - OUTVOTED_SLASH);
        }
    });
}

#[test]
fn pays_all_who_have_found_the_same() {
    on_a_serving_chain(|| {
        let (id, replicas) = split((3, wrong()), (2, right()));
        assert_ok!(appeal(&replicas[4], id, proof(&replicas[4], id)));
        assert_eq!(record(id).agreed, replicas[3..]);
        assert_eq!(wealth(&replicas[3]), ENDOWMENT + PRICE);
        assert_eq!(wealth(&replicas[4]), ENDOWMENT + PRICE);
        assert_eq!(wealth(&ALICE), ENDOWMENT - 2 * (PRICE + FEE) - ROYALTY);
    });
}

#[test]
fn settles_where_there_is_no_quorum() {
    on_a_serving_chain(|| {
        // A requester's own replica would show something else, to read the result for nothing.
        let id = drawn(2, 2);
        let replicas = all_say(id, &[wrong(), right()]);
        assert_noop!(
            Replication::appeal_by_dispute(origin(&replicas[1]), id, served().link()),
            Error::<Test>::NoQuorum
        );
        assert_ok!(appeal(&replicas[1], id, proof(&replicas[1], id)));
        let record = record(id);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!(record.agreed, replicas[1..]);
        assert_eq!(wealth(&replicas[0]), ENDOWMENT - OUTVOTED_SLASH);
        assert_eq!(wealth(&ALICE), ENDOWMENT - PRICE - FEE - ROYALTY);
    });
}

#[test]
fn cannot_be_waited_for_where_the_model_has_no_key() {
    on_a_serving_chain(|| {
        let model = register_model();
        for who in PROVIDERS.iter().take(3) {
            serve_model(who, model, PRICE);
        }
        // So that one alone cannot prevent a quorum.
        assert_noop!(
            ask_for(model, 3, 3, MOST, Selection::default()),
            Error::<Test>::InvalidTier
        );
        assert_ok!(ask_for(model, 3, 2, MOST, Selection::default()));
        pass(1);
        all_say(0, &[right(), wrong(), served().wrong(2)]);
        assert_eq!(record(0).ending, Ending::NoQuorum);
    });
}

#[test]
fn outvotes_whoever_has_found_anything_else() {
    on_a_serving_chain(|| {
        let id = drawn(5, 3);
        let said = [
            same(3, &wrong()),
            same(1, &right()),
            same(1, &served().wrong(2)),
        ];
        let replicas = all_say(id, &said.concat());
        assert_ok!(appeal(&replicas[3], id, proof(&replicas[3], id)));
        let record = record(id);
        assert_eq!(record.failed.len(), 4);
        assert!(record
            .failed
            .iter()
            .all(|(_, how)| *how == Failure::Outvoted));
        assert_eq!(wealth(&replicas[4]), ENDOWMENT - OUTVOTED_SLASH);
        assert_eq!(wealth(&replicas[3]), ENDOWMENT + PRICE);
    });
}

#[test]
fn of_an_output_that_the_majority_has_too_refutes_nobody() {
    on_a_serving_chain(|| {
        // The same output over another trace: what is proven is the output.
        let (id, replicas) = split((2, right()), (1, served().right_over_a_false_trace()));
        assert_ok!(appeal(&replicas[2], id, proof(&replicas[2], id)));
        let record = record(id);
        assert_eq!(record.agreed, replicas);
        assert!(record.failed.is_empty());
        for who in &replicas {
            assert_eq!(wealth(who), ENDOWMENT + PRICE);
        }
    });
}

#[test]
fn ends_the_disputes_that_run() {
    on_a_serving_chain(|| {
        let (id, replicas) = split((3, wrong()), (2, right()));
        for who in &replicas[3..] {
            assert_ok!(Replication::appeal_by_dispute(
                origin(who),
                id,
                served().link()
            ));
        }
        assert_eq!(Disputes::disputes_of(&replicas[0], 0, 10).len(), 2);
        assert_ok!(appeal(&replicas[3], id, proof(&replicas[3], id)));
        assert!(Disputes::disputes_of(&replicas[0], 0, 10).is_empty());
        assert_eq!(record(id).agreed, replicas[3..]);
        pass(TURN + 2);
        assert_eq!(wealth(&replicas[0]), ENDOWMENT - OUTVOTED_SLASH);
    });
}

#[test]
fn is_rejected_when_it_is_false_and_changes_nothing() {
    on_a_serving_chain(|| {
        let (id, _) = split((2, right()), (1, wrong()));
        let [first, _, dissenter] = team(id);
        // Of the honest output, which is not the one that the dissenter has shown.
        let honest = proof(&dissenter, id);
        assert_noop!(appeal(&dissenter, id, honest), Error::<Test>::ProofRejected);
        // It may go on trying.
        assert_noop!(
            appeal(&dissenter, id, proof(&first, id)),
            Error::<Test>::ProofRejected
        );
        pass(APPEAL + 1);
        assert_eq!(record(id).output, right().output);
        assert_eq!(wealth(&dissenter), ENDOWMENT - OUTVOTED_SLASH);
    });
}

#[test]
fn of_another_replica_is_rejected() {
    on_a_serving_chain(|| {
        let (id, replicas) = split((3, wrong()), (2, right()));
        let stolen = proof(&replicas[3], id);
        assert_noop!(
            appeal(&replicas[4], id, stolen),
            Error::<Test>::ProofRejected
        );
        assert_ok!(appeal(&replicas[3], id, stolen));
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_the_majority_and_to_strangers() {
        on_a_serving_chain(|| {
            let (id, _) = split((2, wrong()), (1, right()));
            let [first, _, dissenter] = team(id);
            let proof = proof(&dissenter, id);
            assert_noop!(appeal(&first, id, proof), Error::<Test>::NotDissenter);
            assert_noop!(appeal(&EVE, id, proof), Error::<Test>::NotReplica);
            assert_noop!(
                appeal(&dissenter, id + 1, proof),
                Error::<Test>::UnknownRequest
            );
        });
    }

    #[test]
    fn to_whoever_was_late() {
        on_a_serving_chain(|| {
            let id = drawn(5, 3);
            let [one, two, three, dissenter, silent] = team(id);
            let said = [same(3, &wrong()), same(1, &right())].concat();
            all_commit(id, &said);
            pass(WINDOW + 1);
            for who in [&one, &two, &three] {
                assert_ok!(reveal(who, id, &wrong()));
            }
            assert_ok!(reveal(&dissenter, id, &right()));
            assert_noop!(
                appeal(&silent, id, proof(&silent, id)),
                Error::<Test>::NotDissenter
            );
        });
    }

    #[test]
    fn before_and_after_its_time() {
        on_a_serving_chain(|| {
            let id = drawn(3, 2);
            let [first, second, dissenter] = team(id);
            let proof = proof(&dissenter, id);
            assert_noop!(appeal(&dissenter, id, proof), Error::<Test>::NotAppealing);
            all_commit(id, &[wrong(), wrong(), right()]);
            assert_noop!(appeal(&dissenter, id, proof), Error::<Test>::NotAppealing);
            for (who, said) in [(&first, wrong()), (&second, wrong()), (&dissenter, right())] {
                assert_ok!(reveal(who, id, &said));
            }
            let until = System::block_number() + APPEAL;
            System::set_block_number(until + 1);
            assert_noop!(appeal(&dissenter, id, proof), Error::<Test>::AppealTimeOver);
            System::set_block_number(until);
            assert_ok!(appeal(&dissenter, id, proof));
        });
    }

    #[test]
    fn when_it_is_malformed() {
        on_a_serving_chain(|| {
            let (id, _) = split((2, wrong()), (1, right()));
            let [_, _, dissenter] = team(id);
            let mut malformed = proof(&dissenter, id);
            malformed.as_mut_slice()[..32].fill(0xff);
            assert_noop!(
                appeal(&dissenter, id, malformed),
                Error::<Test>::MalformedProof
            );
        });
    }

    #[test]
    fn where_the_model_had_no_key() {
        on_a_serving_chain(|| {
            let model = register_model();
            for who in PROVIDERS.iter().take(3) {
                serve_model(who, model, PRICE);
            }
            assert_ok!(ask_for(model, 3, 2, MOST, Selection::default()));
            pass(1);
            all_say(0, &[wrong(), wrong(), right()]);
            let [_, _, dissenter] = team(0);
            assert_noop!(
                appeal(&dissenter, 0, proof(&dissenter, 0)),
                Error::<Test>::NoVerifyingKey
            );
        });
    }
}

use super::fixture::{served, Said};
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::{Commitment, OutputLink};
use lattice_primitives::*;
use pallet_disputes::{Court, Dispute, Turn, Verdicts};

fn right() -> Said {
    served().right()
}

fn wrong() -> Said {
    served().wrong(1)
}

fn appeal(who: &AccountId, id: RequestId) -> DispatchResult {
    Replication::appeal_by_dispute(origin(who), id, served().link())
}

/// A replica appeals; the number of its dispute.
fn disputed(who: &AccountId, id: RequestId) -> DisputeId {
    assert_ok!(appeal(who, id));
    match stored(id).replica(who).map(|replica| replica.progress) {
        Some(Progress::Revealed {
            appeal: ReplicaAppeal::Disputed(dispute),
            ..
        }) => dispute,
        other => panic!("it has no dispute: {other:?}"),
    }
}

fn is_open(dispute: DisputeId) -> bool {
    <Disputes as Court<AccountId>>::is_open(dispute)
}

fn dispute(dispute: DisputeId) -> Dispute<Test> {
    pallet_disputes::Disputes::<Test>::get(dispute).expect("the dispute is open")
}

/// A defender answers with what is under the root that it has shown.
fn answer(who: &AccountId, id: DisputeId, held: &Commitment) -> DispatchResult {
    match dispute(id).turn {
        Turn::Reveal { walk } => {
            let node = held.reveal(&walk).expect("the tree has the place");
            Disputes::reveal(origin(who), id, node)
        }
        Turn::Defend { position, .. } => {
            let opening = held.open(&served().model, position);
            let opening = opening.expect("the tree has the element").encode();
            let opening = BoundedVec::try_from(opening).expect("it is short enough");
            Disputes::defend(origin(who), id, opening)
        }
        Turn::Choose { .. } => panic!("it is the challenger's turn"),
    }
}

/// Play a dispute to its end, in which everybody answers in time. Where the challenger's trace is no
/// other one, it names the first child.
fn play(
    id: DisputeId,
    defender: &AccountId,
    defended: &Commitment,
    challenger: &AccountId,
    held: &Commitment,
) {
    while is_open(id) {
        match dispute(id).turn {
            Turn::Choose { walk, node } => {
                let child = held.first_difference(&walk, &node).unwrap_or(0);
                assert_ok!(Disputes::choose(origin(challenger), id, child));
            }
            _ => {
                assert_ok!(answer(defender, id, defended));
            }
        }
        check_everything();
    }
}

/// The majority is refuted: the requester has its money back, and nobody is paid.
fn is_refuted(id: RequestId, majority: &[AccountId], winner: &AccountId) {
    let record = record(id);
    assert_eq!(record.ending, Ending::Refuted);
    assert_eq!(record.ending.fault(), Some(Fault::Provider));
    assert!(record.agreed.is_empty() && record.output.is_empty());
    let refuted: Vec<_> = majority
        .iter()
        .map(|who| (who.clone(), Failure::Refuted))
        .collect();
    assert_eq!(record.failed, refuted);
    assert_eq!(wealth(&ALICE), ENDOWMENT);
    for who in majority {
        assert_eq!(wealth(who), ENDOWMENT - COLLATERAL);
    }
    let rewards = REWARD * majority.len() as Balance;
    assert_eq!(wealth(winner), ENDOWMENT + rewards);
    assert_eq!(wealth(&TREASURY), EXISTENTIAL_DEPOSIT);
}

#[test]
fn that_the_majority_does_not_answer_refutes_it() {
    on_a_serving_chain(|| {
        let issuance = Balances::total_issuance();
        let (id, replicas) = split((2, wrong()), (1, right()));
        let dispute = disputed(&replicas[2], id);
        System::assert_last_event(
            Event::Disputed {
                request: id,
                challenger: replicas[2].clone(),
                dispute,
            }
            .into(),
        );
        pass(TURN);
        assert!(is_open(dispute));
        check_everything();
        pass(1);
        is_refuted(id, &replicas[..2], &replicas[2]);
        assert_eq!(
            Balances::total_issuance(),
            issuance - 2 * (COLLATERAL - REWARD)
        );
    });
}

#[test]
fn that_is_played_to_its_end_refutes_a_false_majority() {
    on_a_serving_chain(|| {
        let (id, replicas) = split((2, wrong()), (1, right()));
        let [first, _, dissenter] = team(id);
        let dispute = disputed(&dissenter, id);
        play(
            dispute,
            &first,
            &served().off_by(1),
            &dissenter,
            &served().honest(),
        );
        is_refuted(id, &replicas[..2], &dissenter);
    });
}

#[test]
fn that_is_played_to_its_end_upholds_a_true_majority() {
    on_a_serving_chain(|| {
        let (id, replicas) = split((2, right()), (1, wrong()));
        let [_, second, dissenter] = team(id);
        let dispute = disputed(&dissenter, id);
        play(
            dispute,
            &second,
            &served().honest(),
            &dissenter,
            &served().off_by(1),
        );
        System::assert_has_event(
            Event::AppealLost {
                request: id,
                challenger: dissenter.clone(),
            }
            .into(),
        );
        // It may not appeal again, and the window is no longer than it was.
        assert_noop!(appeal(&dissenter, id), Error::<Test>::AppealLost);
        assert_noop!(
            Replication::appeal_with_proof(origin(&dissenter), id, proof(&dissenter, id)),
            Error::<Test>::AppealLost
        );
        run_to(3 + APPEAL);
        let record = record(id);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!(record.agreed, replicas[..2]);
        // The dispute's bond is all of its collateral.
        assert_eq!(record.failed, [(dissenter.clone(), Failure::Refuted)]);
        assert_eq!(wealth(&dissenter), ENDOWMENT - COLLATERAL);
        assert_eq!(
            wealth(&TREASURY),
            EXISTENTIAL_DEPOSIT + 2 * FEE + COLLATERAL
        );
    });
}

#[test]
fn that_the_challenger_leaves_is_lost() {
    on_a_serving_chain(|| {
        let (id, _) = split((2, right()), (1, wrong()));
        let [first, _, dissenter] = team(id);
        let dispute = disputed(&dissenter, id);
        assert_ok!(answer(&first, dispute, &served().honest()));
        pass(TURN + 1);
        assert!(!is_open(dispute));
        run_to(3 + APPEAL);
        assert_eq!(record(id).failed, [(dissenter, Failure::Refuted)]);
    });
}

#[test]
fn that_is_lost_is_not_forgiven_by_the_proof_of_another() {
    on_a_serving_chain(|| {
        // Two that agree with the majority but for their traces could have disputes judged for nothing.
        let (id, _) = split((3, right()), (2, served().right_over_a_false_trace()));
        let [first, second, third, loser, prover] = team(id);
        let dispute = disputed(&loser, id);
        assert_ok!(answer(&first, dispute, &served().honest()));
        pass(TURN + 1);
        assert_ok!(Replication::appeal_with_proof(
            origin(&prover),
            id,
            proof(&prover, id)
        ));
        let record = record(id);
        assert_eq!(record.agreed, [first, second, third, prover]);
        assert_eq!(record.failed, [(loser, Failure::Refuted)]);
    });
}

#[test]
fn may_be_about_the_trace_of_a_right_output() {
    on_a_serving_chain(|| {
        // What is paid for is a trace that can be disputed, and this one cannot be defended.
        let (id, replicas) = split((2, served().right_over_a_false_trace()), (1, right()));
        disputed(&replicas[2], id);
        pass(TURN + 1);
        is_refuted(id, &replicas[..2], &replicas[2]);
    });
}

#[test]
fn that_outlasts_the_window_keeps_the_request_open() {
    on_a_serving_chain(|| {
        let (id, replicas) = split((2, right()), (1, wrong()));
        let [first, _, dissenter] = team(id);
        run_to(2 + APPEAL);
        let dispute = disputed(&dissenter, id);
        assert_ok!(answer(&first, dispute, &served().honest()));
        pass(3);
        assert!(is_open(dispute));
        assert_eq!(Due::<Test>::iter().count(), 0);
        check_everything();
        assert_err_ignore_postinfo!(
            Replication::advance(origin(&EVE), id),
            Error::<Test>::DisputeRunning
        );
        // The end of the dispute settles it.
        pass(TURN - 2);
        assert!(!is_open(dispute));
        let record = record(id);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!(record.agreed, replicas[..2]);
    });
}

#[test]
fn that_one_dissenter_loses_on_purpose_does_not_stop_another() {
    on_a_serving_chain(|| {
        let id = drawn(5, 3);
        let said = [
            same(3, &wrong()),
            same(1, &served().wrong(2)),
            same(1, &right()),
        ];
        let replicas = all_say(id, &said.concat());
        let [first, _, _, accomplice, honest] = team(id);
        let sham = disputed(&accomplice, id);
        let dispute = disputed(&honest, id);
        play(
            sham,
            &first,
            &served().off_by(1),
            &accomplice,
            &served().off_by(1),
        );
        assert!(is_open(dispute));
        check_everything();
        play(
            dispute,
            &first,
            &served().off_by(1),
            &honest,
            &served().honest(),
        );
        is_refuted(id, &replicas[..3], &honest);
        // What the accomplice found, nobody has judged.
        assert_eq!(wealth(&accomplice), ENDOWMENT);
    });
}

#[test]
fn that_is_won_ends_the_others() {
    on_a_serving_chain(|| {
        let (id, replicas) = split((3, wrong()), (2, right()));
        let disputes = [disputed(&replicas[3], id), disputed(&replicas[4], id)];
        pass(1);
        play(
            disputes[1],
            &replicas[0],
            &served().off_by(1),
            &replicas[4],
            &served().honest(),
        );
        assert!(!is_open(disputes[0]));
        is_refuted(id, &replicas[..3], &replicas[4]);
        assert_eq!(wealth(&replicas[3]), ENDOWMENT);
        pass(TURN + 2);
        is_refuted(id, &replicas[..3], &replicas[4]);
    });
}

#[test]
fn is_not_needed_where_the_honest_root_is_beside_another_output() {
    on_a_serving_chain(|| {
        let false_claim = served().wrong_beside_the_honest_root();
        let (id, replicas) = split((2, false_claim), (1, right()));
        assert_noop!(
            Replication::appeal_by_dispute(origin(&replicas[2]), id, OutputLink::default()),
            Error::<Test>::OutputNotInTrace
        );
        assert_ok!(appeal(&replicas[2], id));
        is_refuted(id, &replicas[..2], &replicas[2]);
    });
}

#[test]
fn is_told_of_requests_that_are_not_here_and_does_nothing() {
    on_a_serving_chain(|| {
        let (id, replicas) = split((2, wrong()), (1, right()));
        let dispute = disputed(&replicas[2], id);
        for (dispute, request, challenger) in [
            (dispute, id + 1, &replicas[2]),
            (dispute + 1, id, &replicas[2]),
            (dispute, id, &replicas[0]),
            (dispute, id, &EVE),
        ] {
            let verdict = Verdict::Refuted(Cause::Silence);
            assert_storage_noop!(<Replication as Verdicts<AccountId>>::decided(
                dispute, request, challenger, verdict
            ));
        }
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_the_majority_and_to_strangers() {
        on_a_serving_chain(|| {
            let (id, replicas) = split((2, wrong()), (1, right()));
            for who in &replicas[..2] {
                assert_noop!(appeal(who, id), Error::<Test>::NotDissenter);
            }
            assert_noop!(appeal(&ALICE, id), Error::<Test>::NotReplica);
        });
    }

    #[test]
    fn twice() {
        on_a_serving_chain(|| {
            let (id, replicas) = split((2, wrong()), (1, right()));
            disputed(&replicas[2], id);
            assert_noop!(appeal(&replicas[2], id), Error::<Test>::AlreadyAppealed);
        });
    }

    #[test]
    fn when_its_time_is_over() {
        on_a_serving_chain(|| {
            let (id, replicas) = split((2, wrong()), (1, right()));
            System::set_block_number(3 + APPEAL);
            assert_noop!(appeal(&replicas[2], id), Error::<Test>::AppealTimeOver);
        });
    }

    #[test]
    fn to_a_false_output_beside_the_honest_root() {
        on_a_serving_chain(|| {
            let false_claim = served().wrong_beside_the_honest_root();
            let (id, replicas) = split((2, right()), (1, false_claim));
            assert_noop!(appeal(&replicas[2], id), Error::<Test>::OutputNotInTrace);
        });
    }
}

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

#[test]
fn of_everyone_begins_the_reveal_at_once() {
    on_a_serving_chain(|| {
        let id = drawn(3, 2);
        let right = served().right();
        let replicas = replicas(id);
        pass(3);
        for who in &replicas[..2] {
            assert_ok!(commit(who, id, &right));
            assert!(matches!(stored(id).stage, Stage::Committing { .. }));
        }
        assert_ok!(commit(&replicas[2], id, &right));
        let until = System::block_number() + REVEAL;
        assert_eq!(stored(id).stage, Stage::Revealing { until });
        System::assert_last_event(Event::RevealBegun { request: id, until }.into());
    });
}

#[test]
fn that_is_missing_at_the_deadline_costs_its_replica_little() {
    on_a_serving_chain(|| {
        let id = drawn(3, 2);
        let right = served().right();
        let [one, silent, other] = team(id);
        assert_ok!(commit(&one, id, &right));
        assert_ok!(commit(&other, id, &right));
        run_to(2 + WINDOW);
        assert!(matches!(stored(id).stage, Stage::Committing { .. }));
        pass(1);
        let until = System::block_number() + REVEAL;
        assert_eq!(stored(id).stage, Stage::Revealing { until });
        assert_eq!(wealth(&silent), ENDOWMENT - LATE_SLASH);
        System::assert_has_event(
            Event::Failed {
                request: id,
                provider: silent.clone(),
                failure: Failure::Late,
                slashed: LATE_SLASH,
            }
            .into(),
        );
        // It has no part any more, and is free to go.
        assert_eq!(ComputeProviders::provider_info(&silent).unwrap().running, 0);
        check_everything();
        assert_err_ignore_postinfo!(reveal(&silent, id, &right), Error::<Test>::NotCommitted);
        assert_ok!(reveal(&one, id, &right));
        assert_ok!(reveal(&other, id, &right));
        let record = record(id);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!(record.agreed, [one, other]);
        assert_eq!(record.failed, [(silent, Failure::Late)]);
    });
}

#[test]
fn of_fewer_than_a_quorum_ends_the_request() {
    on_a_serving_chain(|| {
        let id = drawn(5, 3);
        let replicas = replicas(id);
        for who in &replicas[..2] {
            assert_ok!(commit(who, id, &served().right()));
        }
        run_to(3 + WINDOW);
        let record = record(id);
        assert_eq!(record.ending, Ending::NoQuorum);
        assert_eq!(record.failed.len(), 3);
        assert_eq!(free(&ALICE), ENDOWMENT);
        for who in &replicas[..2] {
            assert_eq!(wealth(who), ENDOWMENT);
        }
        for who in &replicas[2..] {
            assert_eq!(wealth(who), ENDOWMENT - LATE_SLASH);
        }
    });
}

#[test]
fn shows_that_its_provider_is_alive() {
    on_a_serving_chain(|| {
        let id = drawn(2, 2);
        let who = &replicas(id)[0];
        pass(4);
        assert_ok!(commit(who, id, &served().right()));
        let info = ComputeProviders::provider_info(who).unwrap();
        assert_eq!(info.last_heartbeat, System::block_number());
    });
}

#[test]
fn of_another_replica_is_worth_nothing() {
    on_a_serving_chain(|| {
        let id = drawn(3, 2);
        let right = served().right();
        let [first, copier, other] = team(id);
        let copied = commitment(&first, id, &right);
        assert_ok!(Replication::commit(origin(&first), id, copied));
        assert_ok!(Replication::commit(origin(&copier), id, copied));
        assert_ok!(commit(&other, id, &right));
        // Result and salt are known, now that the first has shown them, and are of no use.
        assert_ok!(reveal(&first, id, &right));
        assert_err_ignore_postinfo!(
            reveal(&copier, id, &right),
            Error::<Test>::CommitmentMismatch
        );
        assert_ok!(reveal(&other, id, &right));
        pass(REVEAL + 1);
        let record = record(id);
        assert_eq!(record.agreed, [first, other]);
        assert_eq!(record.failed, [(copier.clone(), Failure::Late)]);
        assert_eq!(wealth(&copier), ENDOWMENT - OUTVOTED_SLASH);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_whoever_was_not_drawn() {
        on_a_serving_chain(|| {
            let id = drawn(3, 2);
            let drawn = replicas(id);
            let others = PROVIDERS.iter().filter(|who| !drawn.contains(who));
            for who in others.chain([&ALICE, &EVE]) {
                assert_noop!(
                    commit(who, id, &served().right()),
                    Error::<Test>::NotReplica
                );
            }
        });
    }

    #[test]
    fn when_another_was_made() {
        on_a_serving_chain(|| {
            let id = drawn(3, 2);
            let who = &replicas(id)[0];
            assert_ok!(commit(who, id, &served().right()));
            for said in [served().right(), served().wrong(1)] {
                assert_noop!(commit(who, id, &said), Error::<Test>::AlreadyCommitted);
            }
        });
    }

    #[test]
    fn before_the_draw_and_after_the_deadline() {
        on_a_serving_chain(|| {
            let id = asked(3, 2);
            let right = served().right();
            assert_noop!(
                commit(&PROVIDERS[0], id, &right),
                Error::<Test>::NotCommitting
            );
            pass(1);
            let who = &replicas(id)[0];
            // Not even where the chain has not come to the deadline's work.
            System::set_block_number(3 + WINDOW);
            assert_noop!(commit(who, id, &right), Error::<Test>::CommitTimeOver);
            System::set_block_number(2 + WINDOW);
            assert_ok!(commit(who, id, &right));
        });
    }

    #[test]
    fn while_results_are_shown() {
        on_a_serving_chain(|| {
            let id = drawn(3, 2);
            let replicas = replicas(id);
            let right = served().right();
            for who in &replicas[..2] {
                assert_ok!(commit(who, id, &right));
            }
            pass(WINDOW + 1);
            assert_noop!(
                commit(&replicas[2], id, &right),
                Error::<Test>::NotCommitting
            );
        });
    }

    #[test]
    fn for_a_request_that_is_not_there() {
        on_a_serving_chain(|| {
            assert_noop!(
                commit(&PROVIDERS[0], 7, &served().right()),
                Error::<Test>::UnknownRequest
            );
        });
    }
}

//! Its provider accepts, and then nothing follows.

use super::*;

/// The provider of a request accepts, and does nothing more; the last block in which it could.
fn stalls(id: RequestId) -> u64 {
    let offered = assignment(id);
    assert_ok!(Inference::accept(origin(&offered.provider), id));
    let bound = assignment(id);
    assert_eq!(bound.status, RequestStatus::Assigned);
    // The time to accept lapses, and the provider stays bound.
    run_to(bound.deadline);
    assert_eq!(assignment(id), bound);
    bound.deadline
}

#[test]
fn is_passed_on_and_settled_by_the_next_provider() {
    with_two_providers(|| {
        asked(offered(2));
        let treasury = free(&TREASURY);
        let deadline = stalls(0);
        assert_eq!(stake(&BOB), STAKE);

        run_to(deadline + 1);
        // Late, as if there had been nothing to accept.
        assert_eq!(stake(&BOB), STAKE - LATE_SLASH);
        assert_eq!(free(&TREASURY), treasury + LATE_SLASH);
        System::assert_has_event(
            Event::Expired {
                request: 0,
                requester: ALICE,
                provider: BOB,
                slashed: LATE_SLASH,
            }
            .into(),
        );
        let bob = ComputeProviders::provider_info(&BOB).unwrap();
        assert_eq!((bob.late, bob.not_accepted), (1, 0));
        assert_eq!((bob.running, bob.locked), (0, 0));
        let waiting = RequestStatus::Waiting {
            since: deadline + 1,
        };
        assert_eq!(assignment(0).status, waiting);
        assert_eq!(escrowed(&ALICE), MOST);
        assert_noop!(
            Inference::accept(origin(&BOB), 0),
            Error::<Test>::NotAssignedProvider
        );
        check_everything();

        run_to(deadline + 2);
        let second = assignment(0);
        assert_eq!((&second.provider, second.attempts_left), (&DAVE, 0));
        let accept_by = deadline + 4;
        assert_eq!(second.status, RequestStatus::Offered { accept_by });
        assert_ok!(Inference::accept(origin(&DAVE), 0));
        let before = free(&DAVE);
        settles(&assignment(0));
        assert_eq!(free(&DAVE), before + DEARER);
        assert_eq!(
            (free(&ALICE), escrowed(&ALICE)),
            (ENDOWMENT - DEARER_TOTAL, 0)
        );
        let record = record(0);
        assert_eq!(record.provider, DAVE);
        assert_eq!(record.failed, [(BOB, Failure::Late)]);
    });
}

#[test]
fn at_every_provider_is_refunded() {
    with_two_providers(|| {
        asked(offered(2));
        let deadline = stalls(0);
        run_to(deadline + 2);
        let deadline = stalls(0);
        run_to(deadline + 1);
        let record = record(0);
        assert_eq!(record.ending, Ending::Expired);
        assert_eq!(record.failed, [(BOB, Failure::Late), (DAVE, Failure::Late)]);
        assert_eq!((free(&ALICE), escrowed(&ALICE)), (ENDOWMENT, 0));
        assert_eq!(stake(&BOB), STAKE - LATE_SLASH);
        // One hundredth of what DAVE's price demands.
        assert_eq!(stake(&DAVE), STAKE - (200 + 10 * DEARER) / 100);
    });
}

use crate::mock::*;
use crate::reputation::weight_of;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Failure;

/// In parts per million.
fn reputation(who: AccountId) -> u32 {
    ComputeProviders::provider_info(&who).unwrap().reputation
}

/// `(earned + neutral / 2) / (earned + lost + neutral)`.
fn expected(earned: u128, lost: u128) -> u32 {
    let good = earned + NEUTRAL_FEES / 2;
    u32::try_from(good * 1_000_000 / (earned + lost + NEUTRAL_FEES)).unwrap()
}

#[test]
fn begins_in_the_middle() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        assert_eq!(reputation(ALICE), 500_000);
    });
}

#[test]
fn grows_with_the_fees_that_were_paid() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        ComputeProviders::settle(&ALICE, 0, 0, &77, 100);
        assert_eq!(reputation(ALICE), expected(100, 0));
        ComputeProviders::settle(&ALICE, 0, 0, &78, 400);
        assert_eq!(reputation(ALICE), expected(500, 0));
    });
}

#[test]
fn falls_with_every_failure_and_most_with_a_false_proof() {
    on_a_fresh_chain(|| {
        let mut before = 500_000;
        for failure in [Failure::NotAccepted, Failure::Late, Failure::FalseProof] {
            provider(ALICE, 2_000);
            ComputeProviders::fail(&ALICE, 0, 0, Fine::to_treasury(0), failure, 7);
            // So many hundredths of what is neutral are more than so many fees.
            let lost = NEUTRAL_FEES * u128::from(weight_of(failure)) / 100;
            assert_eq!(reputation(ALICE), expected(0, lost));
            assert!(reputation(ALICE) < before);
            before = reputation(ALICE);
            assert_ok!(ComputeProviders::deregister(origin(ALICE)));
            Retired::<Test>::remove(ALICE);
        }
        provider(ALICE, 2_000);
        ComputeProviders::fail(&ALICE, 0, 0, Fine::to_treasury(0), Failure::Late, 50);
        assert_eq!(reputation(ALICE), expected(0, 50 * 10));
    });
}

#[test]
fn counts_no_more_of_one_requester_than_its_cap() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        for _ in 0..100 {
            ComputeProviders::settle(&ALICE, 0, 0, &77, 50);
        }
        assert_eq!(reputation(ALICE), expected(MAX_FEES_PER_REQUESTER, 0));
        assert_eq!(stored(ALICE).reputation.settled, 100);
        // Another one adds to it, and so does the same one to another provider.
        ComputeProviders::settle(&ALICE, 0, 0, &78, 50);
        assert_eq!(reputation(ALICE), expected(MAX_FEES_PER_REQUESTER + 50, 0));
        provider(BOB, 2_000);
        ComputeProviders::settle(&BOB, 0, 0, &77, 50);
        assert_eq!(reputation(BOB), expected(50, 0));
    });
}

#[test]
fn costs_its_price_in_fees_to_fake() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        // ALICE asks herself, from as many accounts as it takes.
        let mut paid = 0;
        for requester in 100.. {
            if reputation(ALICE) >= 900_000 {
                break;
            }
            ComputeProviders::settle(&ALICE, 0, 0, &requester, MAX_FEES_PER_REQUESTER);
            paid += MAX_FEES_PER_REQUESTER;
        }
        // neutral · (r − 1/2) / (1 − r)
        assert!(paid >= NEUTRAL_FEES * 4, "{paid}");
    });
}

#[test]
fn fades_to_the_middle() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        ComputeProviders::settle(&ALICE, 0, 0, &77, 400);
        ComputeProviders::fail(&ALICE, 0, 0, Fine::to_treasury(0), Failure::Late, 80);
        assert_eq!(reputation(ALICE), expected(400, 800));
        System::set_block_number(EPOCH);
        assert_eq!(reputation(ALICE), expected(400, 800));
        System::set_block_number(1 + EPOCH);
        assert_eq!(reputation(ALICE), expected(200, 400));
        System::set_block_number(1 + 3 * EPOCH);
        assert_eq!(reputation(ALICE), expected(50, 100));
        System::set_block_number(1 + 1_000 * EPOCH);
        assert_eq!(reputation(ALICE), 500_000);
    });
}

#[test]
fn fades_alike_however_often_it_changes() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        provider(BOB, 2_000);
        for who in [ALICE, BOB] {
            ComputeProviders::settle(&who, 0, 0, &77, 512);
        }
        // Changes of nothing, in the midst of epochs.
        for block in (30..5 * EPOCH).step_by(70) {
            System::set_block_number(block);
            ComputeProviders::settle(&BOB, 0, 0, &78, 0);
        }
        System::set_block_number(1 + 5 * EPOCH);
        assert_eq!(reputation(ALICE), expected(16, 0));
        assert_eq!(reputation(BOB), reputation(ALICE));
    });
}

#[test]
fn makes_room_for_a_requester_as_it_fades() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        ComputeProviders::settle(&ALICE, 0, 0, &77, 10_000);
        System::set_block_number(1 + EPOCH);
        assert_eq!(reputation(ALICE), expected(MAX_FEES_PER_REQUESTER / 2, 0));
        ComputeProviders::settle(&ALICE, 0, 0, &77, 10_000);
        assert_eq!(reputation(ALICE), expected(MAX_FEES_PER_REQUESTER, 0));
    });
}

#[test]
fn is_not_reset_by_leaving_and_coming_back() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        ComputeProviders::fail(&ALICE, 0, 0, Fine::to_treasury(0), Failure::FalseProof, 10);
        let before = reputation(ALICE);
        assert!(before < 500_000);
        assert_ok!(ComputeProviders::deregister(origin(ALICE)));
        assert!(Retired::<Test>::contains_key(ALICE));
        provider(ALICE, 2_000);
        assert_eq!(reputation(ALICE), before);
        assert_eq!(stored(ALICE).reputation.rejected, 1);
        assert!(!Retired::<Test>::contains_key(ALICE));
    });
}

#[test]
fn of_an_account_that_never_worked_is_not_kept() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        assert_ok!(ComputeProviders::deregister(origin(ALICE)));
        assert!(!Retired::<Test>::contains_key(ALICE));
    });
}

#[test]
fn holds_at_the_extremes() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        ComputeProviders::fail(
            &ALICE,
            0,
            0,
            Fine::to_treasury(0),
            Failure::FalseProof,
            Balance::MAX,
        );
        assert_eq!(reputation(ALICE), 0);
        ComputeProviders::fail(
            &ALICE,
            0,
            0,
            Fine::to_treasury(0),
            Failure::FalseProof,
            Balance::MAX,
        );
        ComputeProviders::settle(&ALICE, 0, 0, &77, Balance::MAX);
        System::set_block_number(u64::MAX);
        assert_eq!(reputation(ALICE), 500_000);
    });
}

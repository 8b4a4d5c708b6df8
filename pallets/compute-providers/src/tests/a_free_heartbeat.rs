//! One in every epoch, signed by the provider and by nobody else.

use crate::mock::*;
use crate::*;
use frame::deps::sp_runtime::testing::TestSignature;
use frame::testing_prelude::*;
use lattice_primitives::{heartbeat_message, NotAuthorized};

/// An account's signature of a heartbeat.
fn signed(who: AccountId, epoch: u64) -> TestSignature {
    let genesis = ComputeProviders::genesis();
    sign(who, &heartbeat_message(&genesis, &who, &epoch))
}

fn call(provider: AccountId, epoch: u64, signature: TestSignature) -> Call<Test> {
    Call::heartbeat_authorized {
        provider,
        epoch,
        signature,
    }
}

/// What the pool, the author of a block and whoever imports it are told.
fn authorize(call: &Call<Test>) -> Result<ValidTransaction, InvalidTransaction> {
    let answers = [
        TransactionSource::External,
        TransactionSource::Local,
        TransactionSource::InBlock,
    ]
    .map(|source| {
        call.authorize(source)
            .expect("it is one that is authorized")
    });
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    match answers[0].clone() {
        Ok((validity, unspent)) => {
            assert_eq!(unspent, Weight::zero());
            Ok(validity)
        }
        Err(TransactionValidityError::Invalid(reason)) => Err(reason),
        Err(other) => panic!("{other:?}"),
    }
}

/// Validated and dispatched, as a block does it.
fn apply(call: Call<Test>) -> Result<(), InvalidTransaction> {
    authorize(&call)?;
    let origin = frame_system::RawOrigin::Authorized.into();
    assert_ok!(RuntimeCall::from(call).dispatch(origin));
    Ok(())
}

/// The first block of an epoch.
fn begin(epoch: u64) {
    System::set_block_number(epoch * HEARTBEAT_EPOCH);
}

#[test]
fn is_a_sign_of_life() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        begin(3);
        assert_eq!(apply(call(ALICE, 3, signed(ALICE, 3))), Ok(()));
        assert_eq!(stored(ALICE).last_heartbeat, 3 * HEARTBEAT_EPOCH);
        System::assert_last_event(Event::Heartbeat { provider: ALICE }.into());
    });
}

#[test]
fn excludes_any_other_of_its_provider_and_epoch_from_the_pool() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        provider(BOB, MIN_STAKE);
        begin(3);
        System::set_block_number(3 * HEARTBEAT_EPOCH + 10);
        let validity = authorize(&call(ALICE, 3, signed(ALICE, 3))).unwrap();
        assert_eq!(validity.provides.len(), 1);
        assert!(validity.requires.is_empty() && validity.propagate);
        // To the end of the next epoch.
        assert_eq!(validity.longevity, 2 * HEARTBEAT_EPOCH - 10);
        let bobs = authorize(&call(BOB, 3, signed(BOB, 3))).unwrap();
        let earlier = authorize(&call(ALICE, 2, signed(ALICE, 2))).unwrap();
        assert_ne!(validity.provides, bobs.provides);
        assert_ne!(validity.provides, earlier.provides);
        let again = authorize(&call(ALICE, 3, signed(ALICE, 3))).unwrap();
        assert_eq!(validity, again);
    });
}

#[test]
fn counts_once_however_often_it_is_handed_in() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        begin(3);
        let heartbeat = call(ALICE, 3, signed(ALICE, 3));
        assert_eq!(apply(heartbeat.clone()), Ok(()));
        for block in [1, HEARTBEAT_EPOCH / 2, HEARTBEAT_EPOCH, 5 * HEARTBEAT_EPOCH] {
            System::set_block_number(3 * HEARTBEAT_EPOCH + block);
            assert_eq!(
                authorize(&heartbeat),
                Err(InvalidTransaction::Stale),
                "{block}"
            );
        }
    });
}

#[test]
fn may_come_an_epoch_late_and_counts_for_both_then() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        begin(4);
        assert_eq!(apply(call(ALICE, 3, signed(ALICE, 3))), Ok(()));
        // It shows that the provider is alive in epoch 4.
        let next = call(ALICE, 4, signed(ALICE, 4));
        assert_eq!(authorize(&next), Err(InvalidTransaction::Stale));
        begin(5);
        assert_eq!(apply(call(ALICE, 5, signed(ALICE, 5))), Ok(()));
    });
}

#[test]
fn of_every_epoch_keeps_a_provider_alive() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        for epoch in 1..20 {
            // Sometimes as late as can be.
            System::set_block_number(epoch * HEARTBEAT_EPOCH + 99 * (epoch % 5));
            let silence = System::block_number() - stored(ALICE).last_heartbeat;
            assert!(silence <= HEARTBEAT_TIMEOUT, "{silence}");
            assert_eq!(apply(call(ALICE, epoch, signed(ALICE, epoch))), Ok(()));
        }
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn with_the_signature_of_another() {
        on_a_fresh_chain(|| {
            provider(ALICE, MIN_STAKE);
            provider(BOB, MIN_STAKE);
            begin(3);
            let message = heartbeat_message(&ComputeProviders::genesis(), &ALICE, &3u64);
            for signature in [signed(BOB, 3), sign(BOB, &message), signed(ALICE, 2)] {
                let forged = call(ALICE, 3, signature);
                assert_eq!(authorize(&forged), Err(InvalidTransaction::BadProof));
            }
        });
    }

    #[test]
    fn of_another_chain() {
        on_a_fresh_chain(|| {
            provider(ALICE, MIN_STAKE);
            begin(3);
            let message = heartbeat_message(&[0xfe; 32], &ALICE, &3u64);
            let foreign = call(ALICE, 3, sign(ALICE, &message));
            assert_eq!(authorize(&foreign), Err(InvalidTransaction::BadProof));
        });
    }

    #[test]
    fn of_an_epoch_that_is_past_or_to_come() {
        on_a_fresh_chain(|| {
            provider(ALICE, MIN_STAKE);
            begin(4);
            for (epoch, reason) in [
                (0, InvalidTransaction::Stale),
                (2, InvalidTransaction::Stale),
                (5, InvalidTransaction::Future),
                (u64::MAX, InvalidTransaction::Future),
            ] {
                let other = call(ALICE, epoch, signed(ALICE, epoch));
                assert_eq!(authorize(&other), Err(reason), "{epoch}");
            }
        });
    }

    #[test]
    fn of_who_has_shown_otherwise_that_it_is_alive() {
        on_a_fresh_chain(|| {
            begin(3);
            provider(ALICE, MIN_STAKE);
            let heartbeat = call(ALICE, 3, signed(ALICE, 3));
            // It has registered in this epoch.
            assert_eq!(authorize(&heartbeat), Err(InvalidTransaction::Stale));
            begin(4);
            assert_ok!(ComputeProviders::heartbeat(origin(ALICE)));
            let heartbeat = call(ALICE, 4, signed(ALICE, 4));
            assert_eq!(authorize(&heartbeat), Err(InvalidTransaction::Stale));
            begin(5);
            ComputeProviders::accept(&ALICE);
            let heartbeat = call(ALICE, 5, signed(ALICE, 5));
            assert_eq!(authorize(&heartbeat), Err(InvalidTransaction::Stale));
        });
    }

    #[test]
    fn of_who_is_no_provider() {
        on_a_fresh_chain(|| {
            begin(3);
            let nobodys = call(ALICE, 3, signed(ALICE, 3));
            let reason = NotAuthorized::NotRegistered.into();
            assert_eq!(authorize(&nobodys), Err(reason));
        });
    }

    #[test]
    fn as_a_call_that_nobody_has_authorized() {
        on_a_fresh_chain(|| {
            provider(ALICE, MIN_STAKE);
            begin(3);
            for origin in [origin(ALICE), RuntimeOrigin::none(), RuntimeOrigin::root()] {
                assert_noop!(
                    ComputeProviders::heartbeat_authorized(origin, ALICE, 3, signed(ALICE, 3)),
                    DispatchError::BadOrigin
                );
            }
        });
    }

    #[test]
    fn in_the_first_epoch_of_a_chain() {
        on_a_fresh_chain(|| {
            provider(ALICE, MIN_STAKE);
            let first = call(ALICE, 0, signed(ALICE, 0));
            assert_eq!(authorize(&first), Err(InvalidTransaction::Stale));
        });
    }
}

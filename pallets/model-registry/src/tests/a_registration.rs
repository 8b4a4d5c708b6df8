use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{Interface, ModelState, Pricing};

#[test]
fn is_what_its_manifest_says() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        let summary = *fixture().model.summary();
        let info = ModelRegistry::model_info(0).unwrap();
        assert_eq!(info.model_hash, H256(summary.id.0));
        assert_eq!(info.byte_size, summary.weight_bytes);
        assert_eq!(
            info.interface,
            Interface {
                input_len: 4,
                input_lo: 0,
                input_hi: 16,
                output_len: 3
            }
        );
        assert_eq!(info.manifest, fixture().manifest);
        assert_eq!((info.name, info.version), (b"digits".to_vec(), 1));
        assert_eq!(info.state, ModelState::Active);
        assert_eq!(info.key, None);
        assert_eq!(info.created_at, 1);
    });
}

#[test]
fn holds_a_deposit_by_its_length() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        let bytes = (fixture().manifest.len() + "digits".len()) as Balance;
        let deposit = DEPOSIT_BASE + DEPOSIT_PER_BYTE * bytes;
        assert_eq!(held(ALICE), deposit);
        System::assert_last_event(
            Event::Registered {
                model: 0,
                owner: ALICE,
                model_hash: H256(fixture().model.id().0),
                deposit,
            }
            .into(),
        );
    });
}

#[test]
fn reserves_nothing_for_its_content() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_ok!(register(BOB, "digits", 1));
        assert_ok!(register(ALICE, "digits", 2));
        assert_eq!(NextIndex::<Test>::get(), 3);
    });
}

#[test]
fn follows_a_parent_of_the_same_owner() {
    on_a_fresh_chain(|| {
        let manifest = || fixture().manifest.clone();
        assert_ok!(register(ALICE, "digits", 1));
        assert_ok!(register_manifest(ALICE, "digits", 2, manifest(), Some(0)));
        assert_eq!(ModelRegistry::model_info(1).unwrap().parent, Some(0));
        assert_noop!(
            register_manifest(BOB, "digits", 3, manifest(), Some(0)),
            Error::<Test>::ParentNotOwned
        );
        assert_noop!(
            register_manifest(ALICE, "digits", 3, manifest(), Some(9)),
            Error::<Test>::UnknownParent
        );
    });
}

#[test]
fn changes_its_price_for_its_owner_only() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        let pricing = Pricing { royalty: 77 };
        assert_ok!(ModelRegistry::update_pricing(origin(ALICE), 0, pricing));
        assert_eq!(ModelRegistry::model_info(0).unwrap().pricing, pricing);
        assert_noop!(
            ModelRegistry::update_pricing(origin(BOB), 0, pricing),
            Error::<Test>::NotOwner
        );
        assert_noop!(
            ModelRegistry::update_pricing(origin(ALICE), 1, pricing),
            Error::<Test>::UnknownModel
        );
    });
}

#[test]
fn closes_for_good() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_noop!(
            ModelRegistry::deprecate(origin(BOB), 0),
            Error::<Test>::NotOwner
        );
        assert_ok!(ModelRegistry::deprecate(origin(ALICE), 0));
        assert_eq!(
            <ModelRegistry as Registry<_, _>>::state(0),
            Some(ModelState::Deprecated)
        );
        assert_noop!(
            ModelRegistry::deprecate(origin(ALICE), 0),
            Error::<Test>::AlreadyDeprecated
        );
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn under_a_name_and_version_that_are_taken() {
        on_a_fresh_chain(|| {
            assert_ok!(register(ALICE, "digits", 1));
            assert_noop!(register(ALICE, "digits", 1), Error::<Test>::NameTaken);
        });
    }

    #[test]
    fn under_a_name_that_is_empty_or_not_text() {
        on_a_fresh_chain(|| {
            assert_noop!(register(ALICE, "", 1), Error::<Test>::InvalidName);
            assert_noop!(
                register(ALICE, "dig\u{1b}[2Jits", 1),
                Error::<Test>::InvalidName
            );
        });
    }

    #[test]
    fn with_a_manifest_that_is_cut_or_too_long() {
        on_a_fresh_chain(|| {
            let manifest = &fixture().manifest;
            for length in 0..manifest.len() {
                assert_noop!(
                    register_manifest(ALICE, "digits", 1, manifest[..length].to_vec(), None),
                    Error::<Test>::InvalidManifest
                );
            }
            let mut longer = manifest.clone();
            longer.push(0);
            assert_noop!(
                register_manifest(ALICE, "digits", 1, longer, None),
                Error::<Test>::InvalidManifest
            );
        });
    }

    #[test]
    fn without_funds_for_the_deposit() {
        on_a_fresh_chain(|| {
            assert_noop!(register(77, "digits", 1), TokenError::FundsUnavailable);
        });
    }
}

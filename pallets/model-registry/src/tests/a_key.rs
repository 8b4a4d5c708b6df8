use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{ProofVersion, Setup};

#[test]
fn makes_a_registration_servable() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_ok!(register_key(ALICE, 0, 0));
        let key = ModelRegistry::model_info(0).unwrap().key.unwrap();
        let vk_id = H256(lattice_host::vk_id(
            &fixture().model.id(),
            lattice_host::CIRCUIT_VERSION,
            &[0; 32],
            &fixture().keys[0],
        ));
        assert_eq!(key.vk_id, vk_id);
        assert_eq!(key.verifying_key, fixture().keys[0]);
        let servable = <ModelRegistry as Registry<_, _>>::servable(0).unwrap();
        assert_eq!(servable.key, Some((vk_id, Setup::Dev)));
        System::assert_last_event(
            Event::KeyRegistered {
                model: 0,
                vk_id,
                setup: Setup::Dev,
            }
            .into(),
        );
    });
}

#[test]
fn lies_where_the_host_is_told_to_look() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_ok!(register_key(ALICE, 0, 0));
        let vk_id = Keys::<Test>::get(0).unwrap().vk_id;
        let location = <ModelRegistry as Registry<_, _>>::prepared_key_location(&vk_id);
        let stored: Option<Vec<u8>> = frame::deps::frame_support::storage::unhashed::get(&location);
        let report = lattice_host::validate_key(&fixture().keys[0]).unwrap();
        assert_eq!(stored, Some(report.prepared));
    });
}

#[test]
fn may_be_one_of_committed_proofs() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        let committed = lattice_verifier::testing::Trapdoors::new(1).key().encode();
        let cut = committed[..lattice_host::KEY_LEN].to_vec();
        assert_noop!(
            key_call(ALICE, 0, cut, Setup::Dev, H256::zero()),
            Error::<Test>::InvalidVerifyingKey
        );
        assert_ok!(key_call(
            ALICE,
            0,
            committed.clone(),
            Setup::Dev,
            H256::zero()
        ));
        let key = ModelRegistry::model_info(0).unwrap().key.unwrap();
        assert_eq!(key.verifying_key, committed);
        assert_eq!(key.proof_version, ProofVersion::Committed);
        let prepared = VerifyingKeys::<Test>::get(key.vk_id).unwrap();
        assert_eq!(prepared.len(), ProofVersion::Committed.prepared_len());
        assert_ok!(register(BOB, "plain", 1));
        assert_ok!(register_key(BOB, 1, 0));
        let key = ModelRegistry::model_info(1).unwrap().key.unwrap();
        assert_eq!(key.proof_version, ProofVersion::Groth16);
    });
}

#[test]
fn adds_to_the_deposit() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        let before = held(ALICE);
        assert_ok!(register_key(ALICE, 0, 0));
        let prepared = VerifyingKeys::<Test>::iter_values().next().unwrap().len();
        let bytes = (fixture().keys[0].len() + prepared) as Balance;
        assert_eq!(held(ALICE), before + DEPOSIT_PER_BYTE * bytes);
    });
}

#[test]
fn of_a_ceremony_is_accepted_when_it_is_attested() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        let key = fixture().keys[0].clone();
        assert_noop!(
            key_call(ALICE, 0, key.clone(), Setup::Ceremony, H256::repeat_byte(1)),
            Error::<Test>::CeremonyNotAttested
        );
        assert_ok!(register(BOB, "copy", 1));
        assert_noop!(
            key_call(BOB, 1, key.clone(), Setup::Ceremony, CEREMONY),
            Error::<Test>::CeremonyNotAttested
        );
        assert_ok!(key_call(ALICE, 0, key, Setup::Ceremony, CEREMONY));
    });
}

#[test]
fn that_was_copied_and_registered_first_does_not_block_its_owner() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_ok!(register(BOB, "copy", 1));
        assert_ok!(register_key(BOB, 1, 0));
        assert_ok!(register_key(ALICE, 0, 0));
        assert_eq!(VerifyingKeys::<Test>::iter_keys().count(), 1);
    });
    // Nor when the copy says something else of its origin.
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_ok!(register(BOB, "copy", 1));
        assert_ok!(register_key(BOB, 1, 0));
        let key = fixture().keys[0].clone();
        assert_ok!(key_call(ALICE, 0, key, Setup::Ceremony, CEREMONY));
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn when_the_registration_has_one() {
        on_a_fresh_chain(|| {
            assert_ok!(register(ALICE, "digits", 1));
            assert_ok!(register_key(ALICE, 0, 0));
            assert_noop!(
                register_key(ALICE, 0, 1),
                Error::<Test>::KeyAlreadyRegistered
            );
        });
    }

    #[test]
    fn when_its_delta_is_registered_for_other_weights() {
        on_a_fresh_chain(|| {
            assert_ok!(register(ALICE, "digits", 1));
            assert_ok!(register_key(ALICE, 0, 0));
            let range = lattice_tensor::Range { lo: 0, hi: 16 };
            let other = lattice_tensor::testing::random_mlp(8, &[4, 3], range);
            let manifest = other.manifest().encode();
            assert_ok!(register_manifest(BOB, "other", 1, manifest, None));
            assert_noop!(
                register_key(BOB, 1, 0),
                Error::<Test>::TrapdoorAlreadyRegistered
            );
            assert_ok!(register_key(BOB, 1, 1));
        });
    }

    #[test]
    fn from_anyone_but_the_owner() {
        on_a_fresh_chain(|| {
            assert_ok!(register(ALICE, "digits", 1));
            assert_noop!(register_key(BOB, 0, 0), Error::<Test>::NotOwner);
            assert_noop!(register_key(ALICE, 1, 0), Error::<Test>::UnknownModel);
        });
    }

    #[test]
    fn when_any_byte_is_missing_or_wrong() {
        on_a_fresh_chain(|| {
            assert_ok!(register(ALICE, "digits", 1));
            let key = &fixture().keys[0];
            let cut = key[..key.len() - 1].to_vec();
            assert_noop!(
                key_call(ALICE, 0, cut, Setup::Dev, H256::zero()),
                Error::<Test>::InvalidVerifyingKey
            );
            // The first byte of every part: α, β, γ, δ, the count, and each point.
            for at in [0, 32, 96, 160, 224, 232, 264, 296, 328] {
                let mut zeroed = key.clone();
                let end = if at == 224 {
                    232
                } else {
                    (at + 32).min(key.len())
                };
                zeroed[at..end].fill(0xff);
                assert_noop!(
                    key_call(ALICE, 0, zeroed, Setup::Dev, H256::zero()),
                    Error::<Test>::InvalidVerifyingKey
                );
            }
        });
    }

    #[test]
    fn when_gamma_and_delta_are_one() {
        on_a_fresh_chain(|| {
            assert_ok!(register(ALICE, "digits", 1));
            let mut key = fixture().keys[0].clone();
            key.copy_within(96..160, 160);
            assert_noop!(
                key_call(ALICE, 0, key, Setup::Dev, H256::zero()),
                Error::<Test>::InvalidVerifyingKey
            );
        });
    }

    #[test]
    fn from_a_development_setup_where_the_chain_says_so() {
        on_a_fresh_chain(|| {
            assert_ok!(register(ALICE, "digits", 1));
            AllowDevSetup::set(false);
            assert_noop!(register_key(ALICE, 0, 0), Error::<Test>::DevSetupNotAllowed);
            AllowDevSetup::set(true);
            assert_noop!(
                key_call(ALICE, 0, fixture().keys[0].clone(), Setup::Dev, CEREMONY),
                Error::<Test>::DevSetupNamesPhase1
            );
        });
    }

    #[test]
    fn for_a_circuit_version_that_the_chain_does_not_know() {
        on_a_fresh_chain(|| {
            assert_ok!(register(ALICE, "digits", 1));
            assert_noop!(
                ModelRegistry::register_key(
                    origin(ALICE),
                    0,
                    BoundedVec::truncate_from(fixture().keys[0].clone()),
                    Setup::Dev,
                    lattice_host::CIRCUIT_VERSION + 1,
                    H256::zero(),
                    H256::zero(),
                ),
                Error::<Test>::UnsupportedCircuitVersion
            );
        });
    }
}

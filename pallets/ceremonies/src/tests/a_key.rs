use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Setup;
use pallet_model_registry::{Keys, Registry};

/// A ceremony with three contributors besides the opener, its window over.
fn complete() -> Party {
    let mut party = Party::open(0);
    for who in [&ALICE, &BOB, &CAROL] {
        assert_ok!(party.contribute(who));
    }
    pass(WINDOW);
    party
}

#[test]
fn is_assembled_by_the_chain_and_registered_as_of_a_ceremony() {
    on_a_fresh_chain(|| {
        let party = complete();
        assert_ok!(party.finalize(&OWNER));

        let key = Keys::<Test>::get(party.model).unwrap();
        assert_eq!(key.verifying_key.to_vec(), party.key());
        assert_eq!(key.setup, Setup::Ceremony);
        assert_eq!(key.phase1_id, H256(phase1().id()));
        assert_eq!(key.proving_key_hash, PROVING_KEY);
        let vk_id = H256(lattice_host::vk_id(
            &model(0).id(),
            lattice_host::CIRCUIT_VERSION,
            &phase1().id(),
            &party.key(),
        ));
        let servable = <ModelRegistry as Registry<_, _>>::servable(party.model).unwrap();
        assert_eq!(servable.key, Some((vk_id, Setup::Ceremony)));
        System::assert_last_event(
            Event::Finalized {
                ceremony: 0,
                model: party.model,
                vk_id,
                proving_key_hash: PROVING_KEY,
            }
            .into(),
        );
    });
}

#[test]
fn sets_all_bonds_free_and_leaves_the_transcript() {
    on_a_fresh_chain(|| {
        let party = complete();
        assert_ok!(party.finalize(&OWNER));
        for who in &ACCOUNTS {
            assert_eq!(held(HoldReason::OpeningBond, who), 0);
            assert_eq!(held(HoldReason::ContributionBond, who), 0);
        }
        assert!(held(HoldReason::TranscriptDeposit, &OWNER) > 0);
        for who in [&ALICE, &BOB, &CAROL] {
            assert_eq!(Balances::free_balance(who), ENDOWMENT);
        }
        let info = CeremoniesPallet::ceremony_of(party.model).unwrap();
        let outcome = info.outcome.unwrap();
        assert_eq!(outcome.verifying_key, party.key());
        assert_eq!(outcome.proving_key_hash, PROVING_KEY);
        assert_eq!(CeremoniesPallet::contributions(0, 0, 10).len(), 3);
    });
}

#[test]
fn waits_for_three_contributors_besides_the_opener() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for who in [&OWNER, &ALICE, &BOB] {
            assert_ok!(party.contribute(who));
        }
        pass(WINDOW);
        assert_noop!(party.finalize(&OWNER), Error::<Test>::TooFewContributors);
        assert_ok!(party.contribute(&CAROL));
        pass(WINDOW);
        assert_ok!(party.finalize(&OWNER));
    });
}

#[test]
fn does_not_count_the_owner_either_when_the_registration_changed_hands() {
    on_a_fresh_chain(|| {
        let party = complete();
        assert_ok!(ModelRegistry::transfer(origin(&OWNER), party.model, CAROL));
        assert_noop!(party.finalize(&OWNER), Error::<Test>::NotOwner);
        assert_noop!(party.finalize(&CAROL), Error::<Test>::TooFewContributors);
        let mut party = party;
        assert_ok!(party.contribute(&DAVE));
        pass(WINDOW);
        assert_ok!(party.finalize(&CAROL));
        assert!(held(HoldReason::TranscriptDeposit, &CAROL) > 0);
        assert_eq!(held(HoldReason::OpeningBond, &OWNER), 0);
    });
}

#[test]
fn waits_until_the_last_change_can_no_longer_be_challenged() {
    on_a_fresh_chain(|| {
        let mut party = complete();
        assert_ok!(party.plant(&DAVE));
        assert_noop!(party.finalize(&OWNER), Error::<Test>::WindowOpen);
        pass(WINDOW - 1);
        assert_noop!(party.finalize(&OWNER), Error::<Test>::WindowOpen);
        assert_ok!(party.challenge(&ALICE, 3, 2));
        pass(1);
        assert_noop!(party.finalize(&OWNER), Error::<Test>::WindowOpen);
        pass(WINDOW - 1);
        assert_ok!(party.finalize(&OWNER));
    });
}

#[test]
fn is_the_owners_to_make_once() {
    on_a_fresh_chain(|| {
        let party = complete();
        assert_noop!(party.finalize(&ALICE), Error::<Test>::NotOwner);
        assert_ok!(party.finalize(&OWNER));
        assert_noop!(party.finalize(&OWNER), Error::<Test>::AlreadyFinalized);
        assert_noop!(
            CeremoniesPallet::open(origin(&OWNER), party.model, start(0)),
            Error::<Test>::KeyAlreadyRegistered
        );
    });
}

#[test]
fn of_colluders_whose_secrets_cancel_is_refused_and_the_ceremony_goes_on() {
    use ark_bn254::Fr;
    use ark_ff::One;
    use lattice_host::ceremony::Trapdoor;
    // What the colluders make of δ and ε: one of them γ, β or the other one.
    type Goal = fn(Factors) -> Factors;
    let goals: [(Trapdoor, Goal); 4] = [
        (Trapdoor::Delta, |t| Factors { x: Fr::one(), ..t }),
        (Trapdoor::Epsilon, |t| Factors { e: -Fr::one(), ..t }),
        (Trapdoor::Epsilon, |t| Factors { e: t.x, ..t }),
        (Trapdoor::Epsilon, |t| {
            let e = Fr::from(13u64);
            Factors { e, ..t }
        }),
    ];
    on_a_fresh_chain(|| {
        for (seed, (trapdoor, goal)) in (7..).zip(goals) {
            if !trapdoors().any(|t| t == trapdoor) {
                continue;
            }
            let mut party = Party::open(0);
            for who in [&ALICE, &BOB] {
                assert_ok!(party.contribute(who));
            }
            let changed = party.bulk().after(Factors::of(seed));
            let mut end = changed.clone();
            end.trapdoors = goal(changed.trapdoors);
            let factors = party.bulk().factors_to(&end);
            assert_ok!(party.leave(&CAROL, party.bulk().after(factors)));
            pass(WINDOW);
            assert_noop!(
                party.finalize(&OWNER),
                pallet_model_registry::Error::<Test>::InvalidVerifyingKey
            );
            assert_ok!(party.contribute(&DAVE));
            pass(WINDOW);
            assert_ok!(party.finalize(&OWNER));
        }
    });
}

#[test]
fn is_as_long_as_the_version_of_its_proofs_says() {
    on_a_fresh_chain(|| {
        let party = complete();
        assert_ok!(party.finalize(&OWNER));
        let key = Keys::<Test>::get(party.model).unwrap();
        assert_eq!(key.verifying_key.len(), version().key_len());
    });
}

#[test]
fn whose_delta_was_copied_is_made_anew_by_one_more_contribution() {
    on_a_fresh_chain(|| {
        let mut party = complete();
        // A development chain takes the copy, for another model.
        DevSetupAllowed::<Test>::put(true);
        let copy = register(&DAVE, 1);
        assert_ok!(ModelRegistry::register_key(
            origin(&DAVE),
            copy,
            BoundedVec::truncate_from(party.key()),
            Setup::Dev,
            lattice_host::CIRCUIT_VERSION,
            H256::zero(),
            PROVING_KEY,
        ));
        assert_noop!(
            party.finalize(&OWNER),
            pallet_model_registry::Error::<Test>::TrapdoorAlreadyRegistered
        );
        assert_ok!(party.contribute(&OWNER));
        pass(WINDOW);
        assert_ok!(party.finalize(&OWNER));
    });
}

#[test]
fn that_no_ceremony_made_is_not_attested() {
    on_a_fresh_chain(|| {
        let party = complete();
        let register_key = |who, model| {
            ModelRegistry::register_key(
                origin(who),
                model,
                BoundedVec::truncate_from(party.key()),
                Setup::Ceremony,
                lattice_host::CIRCUIT_VERSION,
                H256(phase1().id()),
                PROVING_KEY,
            )
        };
        // Not before finalization, and not for another registration of the same model.
        let refused = pallet_model_registry::Error::<Test>::CeremonyNotAttested;
        assert_noop!(register_key(&OWNER, party.model), refused);
        let same = register(&OWNER, 0);
        assert_ok!(party.finalize(&OWNER));
        let refused = pallet_model_registry::Error::<Test>::CeremonyNotAttested;
        assert_noop!(register_key(&OWNER, same), refused);
    });
}

#[test]
fn costs_the_weight_of_the_contributions_that_there_are() {
    on_a_fresh_chain(|| {
        let party = complete();
        let done = party.finalize(&OWNER).unwrap();
        assert_eq!(
            done.actual_weight,
            Some(<Test as Config>::WeightInfo::finalize(3))
        );
    });
}

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Setup;

#[test]
fn begins_a_ceremony_at_the_generators() {
    on_a_fresh_chain(|| {
        let party = Party::open(0);
        let info = CeremoniesPallet::ceremony_info(party.ceremony).unwrap();
        assert_eq!(info.start, start(0));
        assert_eq!(info.state, start(0).state());
        assert_eq!(
            info.state.delta,
            lattice_host::ceremony::TrapdoorPoints::START
        );
        assert_eq!(info.transcript, transcript_of(0, &start(0)));
        assert_eq!(held(HoldReason::OpeningBond, &OWNER), OPENING_BOND);
        System::assert_last_event(
            Event::Opened {
                ceremony: 0,
                model: party.model,
                opener: OWNER,
                phase1_id: H256(phase1().id()),
                transcript: transcript_of(0, &start(0)),
            }
            .into(),
        );
    });
}

#[test]
fn is_another_transcript_for_each_ceremony() {
    on_a_fresh_chain(|| {
        let first = Party::open(0);
        assert_ok!(CeremoniesPallet::close(origin(&OWNER), first.ceremony));
        assert_ok!(CeremoniesPallet::open(
            origin(&OWNER),
            first.model,
            start(0)
        ));
        assert_eq!(NextCeremony::<Test>::get(), 2);
        let info = CeremoniesPallet::ceremony_info(1).unwrap();
        assert_eq!(info.transcript, transcript_of(1, &start(0)));
        assert_ne!(info.transcript, transcript_of(0, &start(0)));
    });
}

#[test]
fn is_the_owners_to_give_for_a_registration_that_takes_requests_and_has_no_key() {
    on_a_fresh_chain(|| {
        let model = register(&OWNER, 0);
        let open = |who| CeremoniesPallet::open(origin(who), model, start(0));
        assert_noop!(open(&ALICE), Error::<Test>::NotOwner);
        assert_noop!(
            CeremoniesPallet::open(origin(&OWNER), 7, start(0)),
            Error::<Test>::UnknownModel
        );
        assert_ok!(open(&OWNER));
        assert_noop!(open(&OWNER), Error::<Test>::CeremonyRunning);
        assert_ok!(CeremoniesPallet::close(origin(&OWNER), 0));

        DevSetupAllowed::<Test>::put(true);
        let key = start(0).assemble_key(&Bulk::start(version()).after(Factors::of(3)).state());
        assert_ok!(ModelRegistry::register_key(
            origin(&OWNER),
            model,
            BoundedVec::truncate_from(key.clone()),
            Setup::Dev,
            lattice_host::CIRCUIT_VERSION,
            H256::zero(),
            PROVING_KEY,
        ));
        assert_noop!(open(&OWNER), Error::<Test>::KeyAlreadyRegistered);

        let closed = register(&OWNER, 0);
        assert_ok!(ModelRegistry::deprecate(origin(&OWNER), closed));
        assert_noop!(
            CeremoniesPallet::open(origin(&OWNER), closed, start(0)),
            Error::<Test>::ModelDeprecated
        );
    });
}

#[test]
fn needs_a_phase_1_that_the_chain_pins() {
    on_a_fresh_chain(|| {
        let model = register(&OWNER, 0);
        let mut other = start(0);
        other.phase1.points[0] ^= 1;
        let open = |start| CeremoniesPallet::open(origin(&OWNER), model, start);
        assert_noop!(open(other), Error::<Test>::OtherPhase1);
        assert_ok!(CeremoniesPallet::pin_phase1(
            RuntimeOrigin::root(),
            H256(other.phase1.id())
        ));
        assert_noop!(open(start(0)), Error::<Test>::OtherPhase1);
        assert_ok!(open(other));
    });
}

#[test]
fn is_refused_where_no_phase_1_is_pinned() {
    chain_of(&GenesisConfig::default()).execute_with(|| {
        let model = register(&OWNER, 0);
        assert_noop!(
            CeremoniesPallet::open(origin(&OWNER), model, start(0)),
            Error::<Test>::NoPhase1
        );
        assert_noop!(
            CeremoniesPallet::pin_phase1(origin(&OWNER), H256(phase1().id())),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn needs_a_bond() {
    on_a_fresh_chain(|| {
        let model = register(&OWNER, 0);
        let free = Balances::free_balance(&OWNER) - EXISTENTIAL_DEPOSIT - OPENING_BOND + 1;
        assert_ok!(Balances::transfer_allow_death(origin(&OWNER), BOB, free));
        let opened = CeremoniesPallet::open(origin(&OWNER), model, start(0));
        assert!(opened.is_err());
        assert_eq!(CeremonyOf::<Test>::get(model), None);
    });
}

mod is_refused {
    use super::*;
    use ark_bn254::Fr;
    use ark_ff::One;
    use lattice_host::ceremony::{CommitmentStart, Start};

    fn refused(edit: impl Fn(&mut Start), error: Error<Test>) {
        let error = DispatchError::from(error);
        on_a_fresh_chain(|| {
            let model = register(&OWNER, 0);
            let mut start = start(0);
            edit(&mut start);
            // Whatever phase 1 it names, so that its points are looked at.
            Phase1Id::<Test>::put(H256(start.phase1.id()));
            assert_noop!(CeremoniesPallet::open(origin(&OWNER), model, start), error);
        });
    }

    /// What a ceremony of committed proofs has besides, edited.
    fn refused_commitment(edit: impl Fn(&mut CommitmentStart), error: Error<Test>) {
        let error = DispatchError::from(error);
        on_a_fresh_chain(|| {
            let model = register(&OWNER, 0);
            let mut start = start(0);
            let Some(commitment) = &mut start.commitment else {
                return;
            };
            edit(commitment);
            assert_noop!(CeremoniesPallet::open(origin(&OWNER), model, start), error);
        });
    }

    #[test]
    fn for_another_model_or_version_of_the_circuit() {
        refused(|start| start.model = model(1).id(), Error::OtherModel);
        refused(
            |start| start.circuit_version += 1,
            Error::UnsupportedCircuitVersion,
        );
    }

    #[test]
    fn with_a_malformed_point() {
        refused(|s| s.phase1.alpha_g1 = [0xff; 32], Error::MalformedPoint);
        refused(|s| s.phase1.beta_g2[0] ^= 1, Error::MalformedPoint);
        refused(|s| s.gamma_abc[3] = [0xff; 32], Error::MalformedPoint);
        refused_commitment(|c| c.gamma_abc = [0xff; 32], Error::MalformedPoint);
        // The identity.
        refused(
            |s| {
                s.gamma_abc[1] = [0; 32];
                s.gamma_abc[1][31] = 0x40;
            },
            Error::MalformedPoint,
        );
    }

    #[test]
    fn on_a_phase_1_that_is_untouched_or_inconsistent() {
        refused(
            |s| {
                (s.phase1.beta_g1, s.phase1.beta_g2) =
                    (array(&g1(Fr::one())), array(&g2(Fr::one())))
            },
            Error::UntouchedPhase1,
        );
        refused(
            |s| s.phase1.beta_g2 = array(&g2(Fr::from(14u64))),
            Error::InconsistentPhase1,
        );
    }

    #[test]
    fn with_counts_that_no_circuit_has() {
        refused(|s| s.h_count = 8, Error::InvalidCounts);
        refused(|s| s.l_count = 0, Error::InvalidCounts);
        refused(|s| s.h_count = 31, Error::InvalidCounts);
        refused_commitment(|c| c.count = 0, Error::InvalidCounts);
        refused_commitment(|c| c.count = 8, Error::InvalidCounts);
    }
}

use crate::mock::*;
use frame::testing_prelude::*;
use lattice_primitives::CeremonyInfo;

#[test]
fn a_ceremony_says_where_it_stands() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        pass(4);
        assert_ok!(party.contribute(&ALICE));
        let expected = CeremonyInfo {
            ceremony: 0,
            model: party.model,
            opener: OWNER,
            bond: OPENING_BOND,
            start: start(0),
            phase1_id: H256(phase1().id()),
            state: party.bulk().state(),
            transcript: party.details().transcript,
            contributions: 1,
            contributors: 1,
            required: 3,
            opened_at: 1,
            changed_at: 5,
            final_from: 5 + WINDOW,
            closable_from: 5 + WINDOW + ABANDONED,
            outcome: None,
        };
        assert_eq!(CeremoniesPallet::ceremony_info(0), Some(expected.clone()));
        assert_eq!(CeremoniesPallet::ceremony_of(party.model), Some(expected));
        assert_eq!(CeremoniesPallet::ceremony_info(1), None);
        assert_eq!(CeremoniesPallet::ceremony_of(party.model + 1), None);
    });
}

#[test]
fn contributions_come_in_pages() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for who in [&ALICE, &BOB, &CAROL] {
            assert_ok!(party.contribute(who));
        }
        let indices = |start, limit| -> Vec<u32> {
            let rows = CeremoniesPallet::contributions(0, start, limit);
            rows.into_iter().map(|row| row.index).collect()
        };
        assert_eq!(indices(0, 2), [0, 1]);
        assert_eq!(indices(2, 100), [2]);
        assert_eq!(indices(3, 100), [0; 0]);
        assert_eq!(indices(u32::MAX, u32::MAX), [0; 0]);
        assert!(CeremoniesPallet::contributions(1, 0, 10).is_empty());
        let bob = &CeremoniesPallet::contributions(0, 1, 1)[0];
        assert_eq!(bob.contributor, BOB);
        assert_eq!(bob.contribution.state(), party.bulks[2].state());
        assert_eq!(bob.bond, CONTRIBUTION_BOND);
    });
}

/// What a client that knows the records alone recomputes.
#[test]
fn a_transcript_is_recomputed_from_its_records() {
    use lattice_host::ceremony::{next_transcript, Binding};
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for who in [&ALICE, &BOB, &CAROL] {
            assert_ok!(party.contribute(who));
        }
        let info = CeremoniesPallet::ceremony_info(0).unwrap();
        let genesis = System::block_hash(0).0;
        let mut transcript = transcript_of(0, &info.start).0;
        for row in CeremoniesPallet::contributions(0, 0, 100) {
            let account: &[u8; 32] = row.contributor.as_ref();
            let binding = Binding::new(genesis, 0, row.index, transcript, account);
            transcript = next_transcript(&binding, &row.contribution);
            assert_eq!(row.transcript.0, transcript);
        }
        assert_eq!(info.transcript.0, transcript);
    });
}

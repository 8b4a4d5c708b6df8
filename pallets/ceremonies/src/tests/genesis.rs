use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Setup;

/// A key of a development setup, on a chain of this genesis.
fn register_dev_key(genesis: &GenesisConfig<Test>) -> DispatchResult {
    chain_of(genesis).execute_with(|| {
        let model = register(&OWNER, 0);
        let after = Bulk::start(version()).after(Factors::of(3));
        ModelRegistry::register_key(
            origin(&OWNER),
            model,
            BoundedVec::truncate_from(start(0).assemble_key(&after.state())),
            Setup::Dev,
            lattice_host::CIRCUIT_VERSION,
            H256::zero(),
            PROVING_KEY,
        )
    })
}

#[test]
fn of_a_development_chain_takes_keys_of_a_development_setup() {
    let development = GenesisConfig {
        allow_dev_setup: true,
        ..Default::default()
    };
    assert_ok!(register_dev_key(&development));
}

#[test]
fn of_any_other_chain_refuses_keys_of_a_development_setup() {
    assert_eq!(
        register_dev_key(&GenesisConfig::default()),
        Err(pallet_model_registry::Error::<Test>::DevSetupNotAllowed.into())
    );
}

#[test]
fn may_pin_a_phase_1_and_set_the_challenge_window() {
    chain_of(&GenesisConfig::default()).execute_with(|| {
        assert_eq!(Phase1Id::<Test>::get(), None);
        assert_eq!(Window::<Test>::get(), WINDOW);
    });
    let genesis = GenesisConfig {
        phase1_id: Some(H256(phase1().id())),
        challenge_window: Some(2),
        ..Default::default()
    };
    chain_of(&genesis).execute_with(|| {
        let mut party = Party::open(0);
        for who in [&ALICE, &BOB, &CAROL] {
            assert_ok!(party.contribute(who));
        }
        pass(1);
        assert_noop!(party.finalize(&OWNER), Error::<Test>::WindowOpen);
        pass(1);
        assert_ok!(party.finalize(&OWNER));
    });
}

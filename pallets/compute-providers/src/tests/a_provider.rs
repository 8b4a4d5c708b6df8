use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Hardware;

#[test]
fn can_register_with_the_minimum_stake() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        assert_eq!(stored(ALICE).stake, MIN_STAKE);
        assert_eq!(staked(ALICE), MIN_STAKE);
        System::assert_last_event(
            Event::Registered {
                provider: ALICE,
                stake: MIN_STAKE,
            }
            .into(),
        );
    });
}

#[test]
fn is_seen_as_it_registered() {
    on_a_fresh_chain(|| {
        let hardware = Hardware {
            cpu_cores: 8,
            memory_mib: 16_384,
            accelerators: 1,
            accelerator_memory_mib: 80_000,
        };
        let endpoints = vec![b"/dns/a.example/tcp/1".to_vec()];
        assert_ok!(ComputeProviders::register(
            origin(ALICE),
            5_000,
            hardware,
            BoundedVec::truncate_from(vec![BoundedVec::truncate_from(endpoints[0].clone())]),
            3
        ));
        assert_ok!(ComputeProviders::set_offer(origin(ALICE), 2, 70, 5));
        System::set_block_number(4);
        assert_ok!(ComputeProviders::heartbeat(origin(ALICE)));
        let info = ComputeProviders::provider_info(&ALICE).unwrap();
        assert_eq!(info.hardware, hardware);
        assert_eq!(info.endpoints, endpoints);
        assert_eq!((info.stake, info.locked), (5_000, 0));
        assert_eq!((info.capacity, info.running), (3, 0));
        assert_eq!((info.registered_at, info.last_heartbeat), (1, 4));
        assert_eq!(info.offers.len(), 1);
        assert_eq!(ComputeProviders::provider_info(&BOB), None);
    });
}

#[test]
fn changes_its_profile() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        let hardware = Hardware {
            cpu_cores: 64,
            ..Default::default()
        };
        assert_ok!(ComputeProviders::update_profile(
            origin(ALICE),
            hardware,
            Default::default(),
            0
        ));
        assert_eq!(stored(ALICE).hardware, hardware);
        assert_eq!(stored(ALICE).capacity, 0);
    });
}

#[test]
fn tops_up_its_stake() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        assert_ok!(ComputeProviders::top_up(origin(ALICE), 500));
        assert_eq!(stored(ALICE).stake, MIN_STAKE + 500);
        assert_eq!(staked(ALICE), MIN_STAKE + 500);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn below_the_minimum_stake() {
        on_a_fresh_chain(|| {
            assert_noop!(
                ComputeProviders::register(
                    origin(ALICE),
                    MIN_STAKE - 1,
                    Hardware::default(),
                    Default::default(),
                    1
                ),
                Error::<Test>::StakeTooLow
            );
        });
    }

    #[test]
    fn with_a_stake_that_it_does_not_have() {
        on_a_fresh_chain(|| {
            assert_noop!(
                ComputeProviders::register(
                    origin(ALICE),
                    ENDOWMENT,
                    Hardware::default(),
                    Default::default(),
                    1
                ),
                TokenError::FundsUnavailable
            );
        });
    }

    #[test]
    fn twice() {
        on_a_fresh_chain(|| {
            provider(ALICE, MIN_STAKE);
            assert_noop!(
                ComputeProviders::register(
                    origin(ALICE),
                    MIN_STAKE,
                    Hardware::default(),
                    Default::default(),
                    1
                ),
                Error::<Test>::AlreadyRegistered
            );
        });
    }

    #[test]
    fn with_more_slots_than_the_chain_allows() {
        on_a_fresh_chain(|| {
            assert_noop!(
                ComputeProviders::register(
                    origin(ALICE),
                    MIN_STAKE,
                    Hardware::default(),
                    Default::default(),
                    9
                ),
                Error::<Test>::CapacityTooLarge
            );
        });
    }

    #[test]
    fn with_an_endpoint_that_is_empty_or_not_text() {
        on_a_fresh_chain(|| {
            for endpoint in [vec![], vec![0xff, 0xfe]] {
                let endpoints =
                    BoundedVec::truncate_from(vec![BoundedVec::truncate_from(endpoint)]);
                assert_noop!(
                    ComputeProviders::register(
                        origin(ALICE),
                        MIN_STAKE,
                        Hardware::default(),
                        endpoints,
                        1
                    ),
                    Error::<Test>::InvalidEndpoint
                );
            }
        });
    }

    #[test]
    fn any_call_of_providers_when_it_is_none() {
        on_a_fresh_chain(|| {
            let who = || origin(BOB);
            let refusal = Error::<Test>::NotRegistered;
            assert_noop!(ComputeProviders::top_up(who(), 1), refusal);
            let refusal = Error::<Test>::NotRegistered;
            assert_noop!(ComputeProviders::unbond(who(), 1), refusal);
            let refusal = Error::<Test>::NotRegistered;
            assert_noop!(ComputeProviders::heartbeat(who()), refusal);
            let refusal = Error::<Test>::NotRegistered;
            assert_noop!(ComputeProviders::set_offer(who(), 0, 1, 1), refusal);
            let refusal = Error::<Test>::NotRegistered;
            assert_noop!(ComputeProviders::remove_offer(who(), 0), refusal);
            assert_err_ignore_postinfo!(
                ComputeProviders::deregister(who()),
                Error::<Test>::NotRegistered
            );
        });
    }
}

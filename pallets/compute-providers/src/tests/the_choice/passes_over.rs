use super::*;

/// ALICE is not eligible for this reason, and the others are.
fn alone(asked: &Asked, reason: Ineligible) {
    let field = field(asked);
    assert_eq!(field.ineligible, [(ALICE, reason)]);
    assert_eq!(field.eligible.len(), 2);
}

#[test]
fn whom_the_requester_excludes() {
    on_a_fresh_chain(|| {
        three_providers();
        let mut asked = Asked::default();
        asked.selection.excluded = vec![ALICE].try_into().unwrap();
        alone(&asked, Ineligible::Excluded);
    });
}

#[test]
fn everyone_but_the_one_that_is_named() {
    on_a_fresh_chain(|| {
        three_providers();
        let mut asked = Asked::default();
        asked.selection.preference = Preference::Only(BOB);
        assert_eq!(ranking(&asked), [BOB]);
        let reasons = field(&asked).ineligible;
        assert_eq!(
            reasons,
            [(ALICE, Ineligible::NotNamed), (CAROL, Ineligible::NotNamed)]
        );
    });
}

#[test]
fn whoever_failed_before() {
    on_a_fresh_chain(|| {
        three_providers();
        let asked = Asked {
            failed: vec![(ALICE, Failure::NotAccepted)],
            ..Default::default()
        };
        alone(&asked, Ineligible::FailedBefore);
    });
}

#[test]
fn whoever_needs_more_time() {
    on_a_fresh_chain(|| {
        three_providers();
        assert_ok!(ComputeProviders::set_offer(origin(ALICE), 0, 50, 6));
        alone(&Asked::default(), Ineligible::DeadlineTooShort);
    });
}

#[test]
fn whoever_is_too_dear() {
    on_a_fresh_chain(|| {
        three_providers();
        assert_ok!(ComputeProviders::set_offer(origin(ALICE), 0, 71, 5));
        let asked = Asked {
            limit: 70,
            ..Default::default()
        };
        alone(&asked, Ineligible::PriceTooHigh);
    });
}

#[test]
fn a_bill_that_overflows() {
    on_a_fresh_chain(|| {
        three_providers();
        let asked = Asked::default();
        let demand = Demand {
            model: 0,
            service: Service::Proven,
            deadline: 5,
            limit: 1_000,
            selection: &asked.selection,
            failed: &[],
        };
        let reasons = ComputeProviders::field(&demand, |_| None).ineligible;
        assert_eq!(reasons.len(), 3);
        assert!(reasons
            .iter()
            .all(|(_, why)| *why == Ineligible::PriceOverflow));
    });
}

#[test]
fn the_paused_until_it_resumes() {
    on_a_fresh_chain(|| {
        three_providers();
        assert_ok!(ComputeProviders::set_paused(origin(ALICE), true));
        System::assert_last_event(Event::Paused { provider: ALICE }.into());
        alone(&Asked::default(), Ineligible::Paused);
        assert_ok!(ComputeProviders::set_paused(origin(ALICE), false));
        System::assert_last_event(Event::Resumed { provider: ALICE }.into());
        assert_eq!(ranking(&Asked::default()).len(), 3);
    });
}

#[test]
fn the_silent_until_they_show_life() {
    on_a_fresh_chain(|| {
        three_providers();
        System::set_block_number(1 + HEARTBEAT_TIMEOUT);
        assert_eq!(ranking(&Asked::default()).len(), 3);
        assert_ok!(ComputeProviders::heartbeat(origin(BOB)));
        ComputeProviders::settle(&CAROL, 0, 0, &77, 1);
        System::set_block_number(2 + HEARTBEAT_TIMEOUT);
        alone(&Asked::default(), Ineligible::Offline);
        ComputeProviders::accept(&ALICE);
        assert_eq!(ranking(&Asked::default()).len(), 3);
    });
}

#[test]
fn the_busy() {
    on_a_fresh_chain(|| {
        three_providers();
        for _ in 0..4 {
            assert_eq!(ranking(&Asked::default()).len(), 3);
            assert_ok!(ComputeProviders::assign(&ALICE, 0, 1));
        }
        alone(&Asked::default(), Ineligible::AtCapacity);
    });
}

#[test]
fn whom_a_slash_left_with_less_than_its_capacity_demands() {
    on_a_fresh_chain(|| {
        three_providers();
        assert_ok!(ComputeProviders::assign(&ALICE, 0, 1_001));
        ComputeProviders::fail(
            &ALICE,
            0,
            1_001,
            Fine::to_treasury(1_001),
            Failure::FalseProof,
            1,
        );
        assert_eq!(stored(ALICE).stake, 999);
        alone(&Asked::default(), Ineligible::StakeTooLow);
        assert_ok!(ComputeProviders::top_up(origin(ALICE), 1));
        alone(&Asked::default(), Ineligible::Disreputable);
    });
}

#[test]
fn whoever_has_failed_too_much_unless_it_is_wanted() {
    on_a_fresh_chain(|| {
        three_providers();
        // Nothing is cheaper.
        assert_ok!(ComputeProviders::set_offer(origin(ALICE), 0, 0, 5));
        for _ in 0..15 {
            assert_eq!(ranking(&Asked::default())[0], ALICE);
            ComputeProviders::fail(&ALICE, 0, 0, Fine::to_treasury(0), Failure::Late, 1);
        }
        ComputeProviders::fail(&ALICE, 0, 0, Fine::to_treasury(0), Failure::Late, 1);
        alone(&Asked::default(), Ineligible::Disreputable);
        for preference in [Preference::Prefer(ALICE), Preference::Only(ALICE)] {
            let mut asked = Asked::default();
            asked.selection.preference = preference;
            assert_eq!(ranking(&asked)[0], ALICE);
        }
        // It fades.
        System::set_block_number(1 + EPOCH);
        assert_eq!(ranking(&Asked::default())[0], ALICE);
    });
}

#[test]
fn whoever_cannot_cover_the_collateral() {
    on_a_fresh_chain(|| {
        three_providers();
        assert_ok!(ComputeProviders::assign(&ALICE, 0, 1_901));
        alone(&Asked::default(), Ineligible::StakeLocked);
        let less = Asked {
            collateral: 99,
            ..Default::default()
        };
        assert_eq!(ranking(&less).len(), 3);
    });
}

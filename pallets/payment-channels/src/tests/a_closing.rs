use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

fn close(who: &AccountId, channel: u64) -> DispatchResult {
    PaymentChannels::close(origin(who), channel)
}

fn withdraw(who: &AccountId, channel: u64) -> DispatchResult {
    PaymentChannels::withdraw(origin(who), channel)
}

/// Nothing is left of it.
fn is_gone(channel: u64) {
    assert!(!Channels::<Test>::contains_key(channel));
    for who in [alice(), BOB] {
        assert_eq!(ChannelsOf::<Test>::iter_key_prefix(&who).count(), 0);
    }
}

#[test]
fn by_the_provider_gives_back_the_rest_at_once() {
    on_a_serving_chain(|| {
        let before = free(&alice());
        let channel = opened();
        assert_ok!(redeem(channel, TOTAL));
        assert_ok!(close(&BOB, channel));
        assert_eq!(free(&alice()), before - TOTAL);
        assert_eq!(held(&alice()), 0);
        is_gone(channel);
        System::assert_last_event(
            Event::Closed {
                channel,
                refunded: DEPOSIT - TOTAL,
            }
            .into(),
        );
    });
}

#[test]
fn by_the_payer_leaves_the_provider_time() {
    on_a_serving_chain(|| {
        let before = free(&alice());
        let channel = opened();
        assert_ok!(close(&alice(), channel));
        let withdrawable_at = 1 + GRACE;
        System::assert_last_event(
            Event::Closing {
                channel,
                withdrawable_at,
            }
            .into(),
        );
        assert_eq!(stored(channel).closing, Some(withdrawable_at));
        assert_eq!(held(&alice()), DEPOSIT);
        for _ in 0..GRACE {
            assert_noop!(
                withdraw(&alice(), channel),
                Error::<Test>::GracePeriodRunning
            );
            pass(1);
        }
        assert_ok!(withdraw(&alice(), channel));
        assert_eq!(free(&alice()), before);
        is_gone(channel);
        System::assert_last_event(
            Event::Closed {
                channel,
                refunded: DEPOSIT,
            }
            .into(),
        );
    });
}

#[test]
fn begins_once() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(close(&alice(), channel));
        pass(5);
        assert_noop!(close(&alice(), channel), Error::<Test>::AlreadyClosing);
        assert_eq!(stored(channel).closing, Some(1 + GRACE));
    });
}

#[test]
fn that_has_begun_can_be_finished_by_the_provider() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(close(&alice(), channel));
        assert_ok!(redeem(channel, TOTAL));
        assert_ok!(close(&BOB, channel));
        assert_eq!(held(&alice()), 0);
        is_gone(channel);
    });
}

#[test]
fn can_be_finished_by_anyone_and_pays_the_payer() {
    on_a_serving_chain(|| {
        let channel = opened();
        let before = free(&alice());
        assert_ok!(close(&alice(), channel));
        pass(GRACE);
        assert_ok!(withdraw(&eve(), channel));
        assert_eq!(free(&alice()), before + DEPOSIT);
        assert_eq!(free(&eve()), ENDOWMENT);
        is_gone(channel);
    });
}

#[test]
fn of_a_channel_that_is_spent_gives_back_nothing() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(redeem(channel, DEPOSIT));
        assert_ok!(close(&BOB, channel));
        System::assert_last_event(
            Event::Closed {
                channel,
                refunded: 0,
            }
            .into(),
        );
        is_gone(channel);
    });
}

#[test]
fn of_one_channel_never_touches_anothers_hold() {
    on_a_serving_chain(|| {
        let (first, second) = (opened(), opened());
        assert_ok!(redeem(second, TOTAL));
        assert_ok!(close(&BOB, first));
        assert_eq!(held(&alice()), DEPOSIT - TOTAL);
        assert_ok!(redeem(second, DEPOSIT));
        assert_eq!(held(&alice()), 0);
    });
}

#[test]
fn gives_the_number_to_no_other_channel() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(close(&BOB, channel));
        let next = opened();
        assert_eq!(next, channel + 1);
        // What was signed for the old one is nothing now.
        assert_noop!(redeem(channel, TOTAL), Error::<Test>::UnknownChannel);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_strangers() {
        on_a_serving_chain(|| {
            let channel = opened();
            for who in [eve(), CAROL, DAVE] {
                assert_noop!(close(&who, channel), Error::<Test>::NotParty);
            }
        });
    }

    #[test]
    fn of_a_channel_that_is_not_there() {
        on_a_serving_chain(|| {
            assert_noop!(close(&alice(), 0), Error::<Test>::UnknownChannel);
            assert_noop!(withdraw(&alice(), 0), Error::<Test>::UnknownChannel);
        });
    }

    #[test]
    fn before_it_has_begun() {
        on_a_serving_chain(|| {
            let channel = opened();
            pass(100);
            assert_noop!(withdraw(&alice(), channel), Error::<Test>::NotClosing);
        });
    }

    #[test]
    fn twice() {
        on_a_serving_chain(|| {
            let channel = opened();
            assert_ok!(close(&alice(), channel));
            pass(GRACE);
            assert_ok!(withdraw(&alice(), channel));
            assert_noop!(withdraw(&alice(), channel), Error::<Test>::UnknownChannel);
        });
    }

    #[test]
    fn where_the_grace_period_ends_after_the_last_block() {
        on_a_serving_chain(|| {
            let channel = opened();
            System::set_block_number(u64::MAX);
            assert_noop!(close(&alice(), channel), ArithmeticError::Overflow);
        });
    }
}

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

fn top_up(channel: u64, amount: Balance) -> DispatchResult {
    PaymentChannels::top_up(origin(&alice()), channel, amount)
}

#[test]
fn holds_more_for_the_same_channel() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(redeem(channel, DEPOSIT));
        assert_ok!(top_up(channel, 1_000));
        assert_eq!(held(&alice()), 1_000);
        let after = stored(channel);
        assert_eq!(after.deposit, DEPOSIT + 1_000);
        assert_eq!(after.redeemed, DEPOSIT);
        System::assert_last_event(
            Event::ToppedUp {
                channel,
                amount: 1_000,
                deposit: DEPOSIT + 1_000,
            }
            .into(),
        );
        assert_ok!(redeem(channel, DEPOSIT + 1_000));
        assert_eq!(held(&alice()), 0);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn for_a_channel_that_is_not_there() {
        on_a_serving_chain(|| {
            assert_noop!(top_up(0, 1), Error::<Test>::UnknownChannel);
        });
    }

    #[test]
    fn from_anyone_but_the_payer() {
        on_a_serving_chain(|| {
            let channel = opened();
            for who in [BOB, eve()] {
                assert_noop!(
                    PaymentChannels::top_up(origin(&who), channel, 1),
                    Error::<Test>::NotPayer
                );
            }
        });
    }

    #[test]
    fn while_the_channel_is_closing() {
        on_a_serving_chain(|| {
            let channel = opened();
            assert_ok!(PaymentChannels::close(origin(&alice()), channel));
            assert_noop!(top_up(channel, 1), Error::<Test>::AlreadyClosing);
        });
    }

    #[test]
    fn of_nothing() {
        on_a_serving_chain(|| {
            let channel = opened();
            assert_noop!(top_up(channel, 0), Error::<Test>::AmountZero);
        });
    }

    #[test]
    fn when_the_payer_cannot_pay() {
        on_a_serving_chain(|| {
            let channel = opened();
            assert_noop!(top_up(channel, ENDOWMENT), TokenError::FundsUnavailable);
        });
    }

    #[test]
    fn when_the_deposit_cannot_be_written_down() {
        on_a_serving_chain(|| {
            let channel = opened();
            assert_noop!(top_up(channel, Balance::MAX), ArithmeticError::Overflow);
        });
    }
}

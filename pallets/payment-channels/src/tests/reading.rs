use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{api::MAX_PAGE, ChannelId};

fn ids(account: &AccountId, start: ChannelId, limit: u32) -> Vec<ChannelId> {
    PaymentChannels::channels_of(account, start, limit)
        .into_iter()
        .map(|info| info.channel)
        .collect()
}

#[test]
fn says_everything_of_a_channel() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(redeem(channel, TOTAL));
        assert_ok!(PaymentChannels::close(origin(&alice()), channel));
        let info = PaymentChannels::channel(channel).expect("the channel is open");
        let stored = stored(channel);
        let model = ModelRegistry::model_info(0).expect("it is registered");
        assert_eq!(info.channel, channel);
        assert_eq!((info.payer, info.provider), (alice(), BOB));
        assert_eq!((info.model, info.model_hash), (0, model.model_hash));
        assert_eq!((info.vk_id, info.price), (stored.vk_id, stored.price));
        assert_eq!((info.deposit, info.redeemed), (DEPOSIT, TOTAL));
        assert_eq!((info.opened_at, info.closing), (1, Some(1 + GRACE)));
        assert_eq!(PaymentChannels::channel(channel + 1), None);
    });
}

#[test]
fn lists_the_channels_of_both_parties_in_their_order() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE);
        for _ in 0..3 {
            opened();
            assert_ok!(PaymentChannels::open(
                origin(&alice()),
                0,
                DAVE,
                DEPOSIT,
                TOTAL
            ));
        }
        assert_eq!(ids(&alice(), 0, 100), [0, 1, 2, 3, 4, 5]);
        assert_eq!(ids(&BOB, 0, 100), [0, 2, 4]);
        assert_eq!(ids(&DAVE, 0, 100), [1, 3, 5]);
        assert!(ids(&eve(), 0, 100).is_empty());
        assert_eq!(ids(&alice(), 3, 2), [3, 4]);
        assert_eq!(ids(&BOB, 1, 1), [2]);
        assert!(ids(&alice(), 6, 100).is_empty());
        assert!(ids(&alice(), ChannelId::MAX, 100).is_empty());
        assert!(ids(&alice(), 0, 0).is_empty());
        assert_ok!(PaymentChannels::close(origin(&BOB), 2));
        assert_eq!(ids(&alice(), 1, 3), [1, 3, 4]);
        assert_eq!(ids(&BOB, 0, 100), [0, 4]);
    });
}

#[test]
fn hands_out_a_page_at_most() {
    on_a_serving_chain(|| {
        for _ in 0..MAX_PAGE + 5 {
            assert_ok!(open_with(TOTAL, TOTAL));
        }
        // Beyond one byte, where a little-endian key would be in another order.
        NextChannel::<Test>::put(256);
        assert_ok!(open_with(TOTAL, TOTAL));
        let first = ids(&BOB, 0, u32::MAX);
        assert_eq!(first, (0..u64::from(MAX_PAGE)).collect::<Vec<_>>());
        assert_eq!(ids(&BOB, 104, u32::MAX), [104, 256]);
    });
}

use crate::mock::*;
use crate::vouchers::Shares;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Price;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

fn balances() -> [Balance; 3] {
    [free(&BOB), free(&CAROL), free(&TREASURY)]
}

#[test]
fn pays_provider_owner_and_treasury_in_the_proportions_of_the_price() {
    on_a_serving_chain(|| {
        let channel = opened();
        let [bob, carol, treasury] = balances();
        assert_ok!(redeem(channel, 3 * TOTAL));
        assert_eq!(
            balances(),
            [bob + 3 * PRICE, carol + 3 * ROYALTY, treasury + 3 * FEE]
        );
        assert_eq!(held(&alice()), DEPOSIT - 3 * TOTAL);
        assert_eq!(stored(channel).redeemed, 3 * TOTAL);
        System::assert_last_event(
            Event::Redeemed {
                channel,
                amount: 3 * TOTAL,
                cumulative: 3 * TOTAL,
            }
            .into(),
        );
    });
}

#[test]
fn pays_what_was_not_redeemed_before() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(redeem(channel, 3 * TOTAL));
        let [bob, carol, treasury] = balances();
        assert_ok!(redeem(channel, 5 * TOTAL));
        assert_eq!(
            balances(),
            [bob + 2 * PRICE, carol + 2 * ROYALTY, treasury + 2 * FEE]
        );
        System::assert_last_event(
            Event::Redeemed {
                channel,
                amount: 2 * TOTAL,
                cumulative: 5 * TOTAL,
            }
            .into(),
        );
    });
}

#[test]
fn gives_the_rest_to_the_provider_where_the_price_does_not_divide_it() {
    on_a_serving_chain(|| {
        let channel = opened();
        let [bob, carol, treasury] = balances();
        // 20/125 of 1,000 - 1, and 5/125 of it: 159.84 and 39.96.
        assert_ok!(redeem(channel, 999));
        assert_eq!(
            balances(),
            [bob + 999 - 159 - 39, carol + 159, treasury + 39]
        );
    });
}

#[test]
fn goes_on_when_the_provider_serves_no_more() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
        assert_ok!(ComputeProviders::deregister(origin(&BOB)));
        let before = free(&BOB);
        assert_ok!(redeem(channel, TOTAL));
        assert_eq!(free(&BOB), before + PRICE);
    });
}

#[test]
fn is_the_providers_alone() {
    on_a_serving_chain(|| {
        let channel = opened();
        for who in [alice(), eve(), DAVE] {
            let signature = signed(channel, TOTAL);
            assert_noop!(
                PaymentChannels::redeem(origin(&who), channel, TOTAL, signature),
                Error::<Test>::NotProvider
            );
        }
    });
}

#[test]
fn needs_an_open_channel() {
    on_a_serving_chain(|| {
        assert_noop!(redeem(0, TOTAL), Error::<Test>::UnknownChannel);
        let channel = opened();
        assert_ok!(PaymentChannels::close(origin(&BOB), channel));
        assert_noop!(redeem(channel, TOTAL), Error::<Test>::UnknownChannel);
    });
}

#[test]
fn is_possible_until_the_payer_has_taken_back_what_is_left() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(PaymentChannels::close(origin(&alice()), channel));
        assert_ok!(redeem(channel, TOTAL));
        pass(GRACE - 1);
        assert_ok!(redeem(channel, 2 * TOTAL));
        pass(100);
        assert_ok!(redeem(channel, 3 * TOTAL));
        assert_ok!(PaymentChannels::withdraw(origin(&alice()), channel));
        assert_noop!(redeem(channel, 4 * TOTAL), Error::<Test>::UnknownChannel);
    });
}

mod shares {
    use super::*;

    fn price(compute: Balance, royalty: Balance, fee: Balance) -> Price<Balance> {
        Price {
            compute,
            royalty,
            fee,
        }
    }

    fn shares(amount: Balance, price: Price<Balance>) -> Shares<Balance> {
        let shares = PaymentChannels::shares(amount, &price);
        let sum = shares.provider.checked_add(shares.royalty);
        let sum = sum.and_then(|sum| sum.checked_add(shares.fee));
        assert_eq!(sum, Some(amount), "{amount} at {price:?}");
        shares
    }

    #[test]
    fn of_the_price_are_the_price() {
        let shares = shares(125, price(100, 20, 5));
        assert_eq!((shares.provider, shares.royalty, shares.fee), (100, 20, 5));
    }

    #[test]
    fn are_exact_at_the_largest_amounts() {
        const MAX: Balance = Balance::MAX;
        let half = MAX / 2;
        let all = shares(MAX, price(1, half, half));
        assert_eq!((all.provider, all.royalty, all.fee), (1, half, half));
        let all = shares(MAX, price(0, MAX, 0));
        assert_eq!((all.provider, all.royalty, all.fee), (0, MAX, 0));
        let all = shares(MAX, price(MAX - 2, 1, 1));
        assert_eq!((all.provider, all.royalty, all.fee), (MAX - 2, 1, 1));
        let least = shares(1, price(MAX - 2, 1, 1));
        assert_eq!((least.provider, least.royalty, least.fee), (1, 0, 0));
    }

    #[test]
    fn of_what_costs_nothing_are_the_providers() {
        let all = shares(7, price(0, 0, 0));
        assert_eq!((all.provider, all.royalty, all.fee), (7, 0, 0));
    }

    #[test]
    fn add_up_to_any_amount_at_any_price() {
        /// Products of these do not overflow.
        const SMALL: Balance = 1 << 60;
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let mut number = move || {
            let wide = (Balance::from(rng.next_u64()) << 64) | Balance::from(rng.next_u64());
            // A third of the range, so that a price does not overflow; of every size.
            (wide >> (rng.next_u32() % 128)) / 3
        };
        for _ in 0..10_000 {
            let price = price(number(), number(), number());
            let (amount, total) = (number(), price.total().expect("thirds"));
            let shares = shares(amount, price);
            // Rounded down, and by less than one.
            if total > 0 && amount < SMALL && total < SMALL {
                assert_eq!(shares.royalty, amount * price.royalty / total);
                assert_eq!(shares.fee, amount * price.fee / total);
            }
        }
    }
}

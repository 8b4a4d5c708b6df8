use crate::mock::*;
use crate::*;
use frame::deps::sp_core::{ecdsa, ed25519, Pair};
use frame::deps::sp_runtime::{
    traits::{IdentifyAccount, Verify},
    MultiSignature, MultiSigner,
};
use frame::testing_prelude::*;
use lattice_primitives::{ChannelId, Voucher};

/// BOB submits this signature for this amount.
fn submit(channel: ChannelId, cumulative: Balance, signature: MultiSignature) -> DispatchResult {
    PaymentChannels::redeem(origin(&BOB), channel, cumulative, signature)
}

/// A voucher of ALICE's that is not quite the one which is redeemed.
fn is_refused(channel: ChannelId, voucher: &Voucher<AccountId, Balance>) {
    for bytes in [voucher.bytes(), voucher.wrapped_bytes()] {
        assert_noop!(
            submit(channel, TOTAL, sign(ALICE, &bytes)),
            Error::<Test>::InvalidSignature
        );
    }
}

#[test]
fn is_good_plain_and_as_wallets_wrap_it() {
    on_a_serving_chain(|| {
        let channel = opened();
        let plain = voucher(channel, TOTAL).bytes();
        assert_ok!(submit(channel, TOTAL, sign(ALICE, &plain)));
        let wrapped = voucher(channel, 2 * TOTAL).wrapped_bytes();
        assert_ok!(submit(channel, 2 * TOTAL, sign(ALICE, &wrapped)));
        assert_eq!(stored(channel).redeemed, 2 * TOTAL);
    });
}

#[test]
fn can_be_signed_in_every_scheme_that_the_chain_knows() {
    fn pays<P: Pair>(key: P)
    where
        MultiSigner: From<P::Public>,
        MultiSignature: From<P::Signature>,
    {
        on_a_serving_chain(|| {
            let payer = MultiSigner::from(key.public()).into_account();
            assert_ok!(Balances::force_set_balance(
                RuntimeOrigin::root(),
                payer.clone(),
                ENDOWMENT
            ));
            assert_ok!(PaymentChannels::open(
                origin(&payer),
                0,
                BOB,
                DEPOSIT,
                TOTAL
            ));
            let signature = key.sign(&voucher(0, TOTAL).bytes());
            let signature = MultiSignature::from(signature);
            assert!(signature.verify(&voucher(0, TOTAL).bytes()[..], &payer));
            assert_ok!(submit(0, TOTAL, signature));
        });
    }
    pays(ed25519::Pair::from_seed(&[7; 32]));
    pays(ecdsa::Pair::from_seed(&[7; 32]));
}

#[test]
fn cannot_be_redeemed_twice() {
    on_a_serving_chain(|| {
        let channel = opened();
        let signature = signed(channel, TOTAL);
        assert_ok!(submit(channel, TOTAL, signature.clone()));
        assert_noop!(
            submit(channel, TOTAL, signature),
            Error::<Test>::NothingToRedeem
        );
    });
}

#[test]
fn is_worth_nothing_beside_a_later_one() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_ok!(redeem(channel, 3 * TOTAL));
        for earlier in [0, TOTAL, 2 * TOTAL, 3 * TOTAL] {
            assert_noop!(redeem(channel, earlier), Error::<Test>::NothingToRedeem);
        }
        assert_ok!(redeem(channel, 3 * TOTAL + 1));
    });
}

#[test]
fn for_nothing_is_refused() {
    on_a_serving_chain(|| {
        let channel = opened();
        assert_noop!(redeem(channel, 0), Error::<Test>::NothingToRedeem);
    });
}

#[test]
fn over_the_hold_is_refused() {
    on_a_serving_chain(|| {
        let channel = opened();
        for cumulative in [DEPOSIT + 1, Balance::MAX] {
            assert_noop!(
                redeem(channel, cumulative),
                Error::<Test>::VoucherAboveDeposit
            );
        }
        assert_ok!(redeem(channel, DEPOSIT));
        // Also when others of the payer's channels would cover it.
        opened();
        assert_noop!(
            redeem(channel, DEPOSIT + 1),
            Error::<Test>::VoucherAboveDeposit
        );
    });
}

#[test]
fn of_another_channel_is_refused() {
    on_a_serving_chain(|| {
        let (first, second) = (opened(), opened());
        is_refused(second, &voucher(first, TOTAL));
    });
}

#[test]
fn for_another_provider_is_refused() {
    on_a_serving_chain(|| {
        let channel = opened();
        let genesis = PaymentChannels::genesis();
        is_refused(channel, &Voucher::new(genesis, channel, DAVE, TOTAL));
    });
}

#[test]
fn of_another_chain_is_refused() {
    on_a_serving_chain(|| {
        let channel = opened();
        let genesis = H256::repeat_byte(0xfe);
        assert_ne!(genesis, PaymentChannels::genesis());
        is_refused(channel, &Voucher::new(genesis, channel, BOB, TOTAL));
    });
}

#[test]
fn for_another_amount_is_refused() {
    on_a_serving_chain(|| {
        let channel = opened();
        is_refused(channel, &voucher(channel, TOTAL - 1));
    });
}

#[test]
fn of_another_payer_is_refused() {
    on_a_serving_chain(|| {
        let channel = opened();
        let voucher = voucher(channel, TOTAL);
        for bytes in [voucher.bytes(), voucher.wrapped_bytes()] {
            assert_noop!(
                submit(channel, TOTAL, sign(EVE, &bytes)),
                Error::<Test>::InvalidSignature
            );
        }
    });
}

#[test]
fn wrapped_otherwise_is_refused() {
    on_a_serving_chain(|| {
        let channel = opened();
        let bytes = voucher(channel, TOTAL).bytes();
        for message in [
            [b"<Bytes>".as_slice(), &bytes].concat(),
            [bytes.as_slice(), b"</Bytes>"].concat(),
            voucher(channel, TOTAL).wrapped_bytes()[1..].to_vec(),
            [b"<Bytes><Bytes>".as_slice(), &bytes, b"</Bytes></Bytes>"].concat(),
            bytes[16..].to_vec(),
            Vec::new(),
        ] {
            assert_noop!(
                submit(channel, TOTAL, sign(ALICE, &message)),
                Error::<Test>::InvalidSignature
            );
        }
    });
}

#[test]
fn with_a_broken_signature_is_refused() {
    on_a_serving_chain(|| {
        let channel = opened();
        let MultiSignature::Sr25519(good) = signed(channel, TOTAL) else {
            panic!("ALICE's key is of sr25519");
        };
        for broken in [
            MultiSignature::Sr25519(Default::default()),
            MultiSignature::Ed25519(Default::default()),
            MultiSignature::Ecdsa(Default::default()),
            MultiSignature::Ed25519(ed25519::Signature::from_raw(good.0)),
        ] {
            assert_noop!(
                submit(channel, TOTAL, broken),
                Error::<Test>::InvalidSignature
            );
        }
    });
}

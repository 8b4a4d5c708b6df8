use super::super::testing::{alice, channel, input, tab, BOB, UNIT};
use super::*;
use lattice_chain_client::Signer;

const GENESIS: [u8; 32] = [6; 32];

fn terms(channel: &Channel) -> Terms<'_> {
    Terms {
        genesis: &GENESIS,
        provider: &BOB,
        channel,
        final_deposit: Some(channel.deposit),
        input_len: 4,
        input_range: Range { lo: 0, hi: 16 },
    }
}

fn voucher(cumulative: Balance) -> Voucher {
    Voucher::new(H256(GENESIS), 7, BOB, cumulative)
}

/// The honest request of an inference.
fn asked(sequence: u64) -> Asked {
    let cumulative = UNIT * u128::from(sequence + 1);
    Asked {
        sequence,
        input: input(sequence),
        cumulative,
        signature: alice().sign_bytes(&voucher(cumulative).bytes()),
    }
}

/// Another amount, with a signature that fits it.
fn paying(sequence: u64, cumulative: Balance) -> Asked {
    Asked {
        cumulative,
        signature: alice().sign_bytes(&voucher(cumulative).bytes()),
        ..asked(sequence)
    }
}

#[test]
fn the_first_inference_and_each_next_one_are_served() {
    let channel = channel();
    assert_eq!(judge(&terms(&channel), None, &asked(0)), Ok(Verdict::Serve));
    for sequence in 1..10 {
        let tab = tab(sequence - 1);
        assert_eq!(
            judge(&terms(&channel), Some(&tab), &asked(sequence)),
            Ok(Verdict::Serve),
            "{sequence}"
        );
    }
}

#[test]
fn a_wallet_may_wrap_the_voucher() {
    let mut wrapped = asked(0);
    wrapped.signature = alice().sign_bytes(&voucher(UNIT).wrapped_bytes());
    assert_eq!(
        judge(&terms(&channel()), None, &wrapped),
        Ok(Verdict::Serve)
    );
}

#[test]
fn the_last_inference_again_gets_the_stored_answer_even_while_the_channel_closes() {
    let mut channel = channel();
    let tab = tab(3);
    let repeat = Ok(Verdict::Repeat(Box::new(tab.last.clone())));
    assert_eq!(judge(&terms(&channel), Some(&tab), &asked(3)), repeat);
    channel.closing = Some(90);
    assert_eq!(judge(&terms(&channel), Some(&tab), &asked(3)), repeat);
}

#[test]
fn a_worker_that_lost_its_ledger_goes_on_where_the_chain_has_paid() {
    let mut channel = channel();
    channel.redeemed = 4 * UNIT;
    assert_eq!(served(&channel, None), 4);
    assert_eq!(served(&channel, Some(&tab(6))), 7);
    assert_eq!(judge(&terms(&channel), None, &asked(4)), Ok(Verdict::Serve));
}

mod refuse {
    use super::*;

    fn refusal(channel: &Channel, tab: Option<&Tab>, asked: &Asked) -> Refusal {
        judge(&terms(channel), tab, asked).expect_err("is refused")
    }

    #[test]
    fn a_channel_of_another_provider() {
        let mut channel = channel();
        channel.provider = AccountId([3; 32]);
        let refused = refusal(&channel, None, &asked(0));
        assert!(matches!(refused, Refusal::NotMine { channel: 7, .. }));
        assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_channel_that_a_reorganisation_could_still_take_away() {
        let channel = channel();
        let mut terms = terms(&channel);
        terms.final_deposit = None;
        assert_eq!(judge(&terms, None, &asked(0)), Err(Refusal::NotFinal(7)));
    }

    #[test]
    fn anything_new_in_a_channel_that_closes() {
        let mut channel = channel();
        channel.closing = Some(90);
        let closing = Refusal::Closing { channel: 7, at: 90 };
        assert_eq!(refusal(&channel, None, &asked(0)), closing);
        assert_eq!(refusal(&channel, Some(&tab(0)), &asked(1)), closing);
        assert_eq!(closing.status(), StatusCode::CONFLICT);
    }

    #[test]
    fn an_input_of_another_length_or_out_of_range() {
        let mut short = asked(0);
        short.input.pop();
        let refused = refusal(&channel(), None, &short);
        let expected = Refusal::InputLength {
            found: 3,
            expected: 4,
        };
        assert_eq!(refused, expected);
        for value in [-1, 17] {
            let mut outside = asked(0);
            outside.input[2] = value;
            let refused = refusal(&channel(), None, &outside);
            assert!(
                refused
                    .to_string()
                    .starts_with(&format!("input element 2 is {value},")),
                "{refused}"
            );
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
        }
    }

    #[test]
    fn an_inference_out_of_turn() {
        for (found, tab, next) in [(1, None, 0), (5, Some(tab(2)), 3), (1, Some(tab(2)), 3)] {
            let refused = refusal(&channel(), tab.as_ref(), &asked(found));
            assert_eq!(refused, Refusal::Sequence { found, next });
            assert_eq!(refused.status(), StatusCode::CONFLICT);
        }
    }

    #[test]
    fn another_input_under_the_number_of_the_last_one() {
        let mut other = asked(2);
        other.input[3] = 5;
        let refused = refusal(&channel(), Some(&tab(2)), &other);
        assert_eq!(refused, Refusal::OtherInput(2));
    }

    #[test]
    fn a_voucher_for_too_little_or_too_much() {
        for found in [0, 2 * UNIT, 3 * UNIT - 1, 3 * UNIT + 1] {
            let refused = refusal(&channel(), Some(&tab(1)), &paying(2, found));
            let expected = Refusal::Amount {
                sequence: 2,
                found,
                due: 3 * UNIT,
            };
            assert_eq!(refused, expected);
            assert_eq!(refused.status(), StatusCode::PAYMENT_REQUIRED);
        }
    }

    #[test]
    fn a_voucher_above_the_deposit() {
        let refused = refusal(&channel(), Some(&tab(9)), &asked(10));
        let expected = Refusal::Deposit {
            cumulative: 11 * UNIT,
            deposit: 10 * UNIT,
        };
        assert_eq!(refused, expected);
        assert_eq!(refused.status(), StatusCode::PAYMENT_REQUIRED);
    }

    #[test]
    fn a_signature_of_someone_else_or_of_another_voucher_even_for_a_repeat() {
        let bob = Signer::from_dev_seed("//Bob").expect("a development account");
        let signatures = [
            bob.sign_bytes(&voucher(UNIT).bytes()),
            alice().sign_bytes(&voucher(2 * UNIT).bytes()),
            alice().sign_bytes(&Voucher::new(H256(GENESIS), 8, BOB, UNIT).bytes()),
            alice().sign_bytes(&Voucher::new(H256::zero(), 7, BOB, UNIT).bytes()),
            [0; 64],
        ];
        for signature in signatures {
            let mut forged = asked(0);
            forged.signature = signature;
            for tab in [None, Some(tab(0))] {
                let refused = refusal(&channel(), tab.as_ref(), &forged);
                assert!(matches!(refused, Refusal::Signature { .. }), "{refused}");
                assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
            }
        }
    }
}

//! Random histories: whatever happens in whatever order, the holds are what the channels
//! say, and no token is made or lost.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{ChannelId, Pricing, Voucher};
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeMap;

/// What can happen, and does in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Open,
    TopUp,
    Redeem,
    CloseAsPayer,
    CloseAsProvider,
    Withdraw,
    Replay,
    Forge,
}

struct History {
    rng: ChaCha20Rng,
    /// The largest voucher of each channel that was redeemed.
    redeemed: BTreeMap<ChannelId, Balance>,
    succeeded: BTreeMap<Step, u32>,
}

impl History {
    fn below(&mut self, bound: u64) -> u64 {
        self.rng.next_u64() % bound
    }

    fn payer(&mut self) -> [u8; 32] {
        [ALICE, EVE][self.below(2) as usize]
    }

    /// A channel that is open, mostly.
    fn channel(&mut self) -> ChannelId {
        let open: Vec<ChannelId> = Channels::<Test>::iter_keys().collect();
        match open.len() {
            0 => self.below(10),
            count => open[self.below(count as u64) as usize],
        }
    }

    fn note(&mut self, step: Step, result: DispatchResult) -> bool {
        if result.is_ok() {
            *self.succeeded.entry(step).or_default() += 1;
        }
        result.is_ok()
    }

    /// The parties of a channel, and a voucher of it that its payer signed.
    fn voucher(&mut self, channel: ChannelId) -> Option<(AccountId, Balance, [u8; 32])> {
        let open = Channels::<Test>::get(channel)?;
        let seed = if open.payer == alice() { ALICE } else { EVE };
        // Of any amount, above the deposit as well.
        let bound = u64::try_from(open.deposit).expect("small") + 50;
        let cumulative = Balance::from(self.below(bound));
        Some((open.provider, cumulative, seed))
    }

    fn redeem(
        &mut self,
        channel: ChannelId,
        provider: &AccountId,
        cumulative: Balance,
        seed: [u8; 32],
    ) -> DispatchResult {
        let genesis = PaymentChannels::genesis();
        let voucher = Voucher::new(genesis, channel, provider.clone(), cumulative);
        let bytes = match self.below(2) {
            0 => voucher.bytes(),
            _ => voucher.wrapped_bytes(),
        };
        PaymentChannels::redeem(origin(provider), channel, cumulative, sign(seed, &bytes))
    }

    /// One random call. Refusals are part of the history.
    fn step(&mut self) {
        let channel = self.channel();
        match self.below(16) {
            0..=2 => {
                let payer = payer(self.payer());
                let provider = [BOB, DAVE, payer.clone()][self.below(3) as usize].clone();
                let deposit = self.below(5_000).into();
                let result = PaymentChannels::open(origin(&payer), 0, provider, deposit, 2 * TOTAL);
                self.note(Step::Open, result);
            }
            3 => {
                let payer = payer(self.payer());
                let amount = self.below(2_000).into();
                let result = PaymentChannels::top_up(origin(&payer), channel, amount);
                self.note(Step::TopUp, result);
            }
            4..=7 => {
                let Some((provider, cumulative, seed)) = self.voucher(channel) else {
                    return;
                };
                let result = self.redeem(channel, &provider, cumulative, seed);
                if self.note(Step::Redeem, result) {
                    let before = self.redeemed.insert(channel, cumulative);
                    assert!(before < Some(cumulative), "redeemed again");
                }
            }
            8 => {
                let Some((provider, ..)) = self.voucher(channel) else {
                    return;
                };
                let Some(&redeemed) = self.redeemed.get(&channel) else {
                    return;
                };
                for seed in [ALICE, EVE] {
                    let result = self.redeem(channel, &provider, redeemed, seed);
                    self.note(Step::Replay, result);
                }
            }
            9 => {
                // Signed by the other payer.
                let Some((provider, cumulative, seed)) = self.voucher(channel) else {
                    return;
                };
                let other = if seed == ALICE { EVE } else { ALICE };
                let result = self.redeem(channel, &provider, cumulative, other);
                self.note(Step::Forge, result);
            }
            10 => {
                let payer = payer(self.payer());
                let result = PaymentChannels::close(origin(&payer), channel);
                self.note(Step::CloseAsPayer, result);
            }
            11 if self.below(3) == 0 => {
                let provider = [BOB, DAVE][self.below(2) as usize].clone();
                let result = PaymentChannels::close(origin(&provider), channel);
                self.note(Step::CloseAsProvider, result);
            }
            12 => {
                let result = PaymentChannels::withdraw(origin(&CAROL), channel);
                self.note(Step::Withdraw, result);
            }
            13 => {
                let price = self.below(200).into();
                let provider = [BOB, DAVE][self.below(2) as usize].clone();
                let _ = ComputeProviders::set_offer(origin(&provider), 0, price, 2);
                let paused = self.below(4) == 0;
                let _ = ComputeProviders::set_paused(origin(&provider), paused);
            }
            14 => {
                let royalty = self.below(50).into();
                let _ = ModelRegistry::update_pricing(origin(&CAROL), 0, Pricing { royalty });
            }
            _ => pass(self.below(4)),
        }
    }
}

#[test]
fn holds_and_issuance_add_up_after_every_step() {
    let mut succeeded = BTreeMap::<Step, u32>::new();
    for seed in 0..4 {
        on_a_serving_chain(|| {
            serve(DAVE, 0, PRICE + 50);
            let issuance = Balances::total_issuance();
            let mut history = History {
                rng: ChaCha20Rng::seed_from_u64(seed),
                redeemed: BTreeMap::new(),
                succeeded: BTreeMap::new(),
            };
            for _ in 0..400 {
                history.step();
                assert_eq!(Balances::total_issuance(), issuance);
                check_everything();
                for (channel, open) in Channels::<Test>::iter() {
                    let redeemed = history.redeemed.get(&channel).copied().unwrap_or(0);
                    assert_eq!(open.redeemed, redeemed);
                }
            }
            // Every channel can be ended, and then nothing is on hold.
            for (channel, open) in Channels::<Test>::iter().collect::<Vec<_>>() {
                assert_ok!(PaymentChannels::close(origin(&open.provider), channel));
            }
            assert_eq!((held(&alice()), held(&eve())), (0, 0));
            assert_eq!(ChannelsOf::<Test>::iter_keys().count(), 0);
            assert_eq!(Balances::total_issuance(), issuance);
            for (step, count) in history.succeeded {
                *succeeded.entry(step).or_default() += count;
            }
        });
    }
    for step in [
        Step::Open,
        Step::TopUp,
        Step::Redeem,
        Step::CloseAsPayer,
        Step::CloseAsProvider,
        Step::Withdraw,
    ] {
        assert!(succeeded.contains_key(&step), "{step:?} never succeeds");
    }
    for step in [Step::Replay, Step::Forge] {
        assert!(!succeeded.contains_key(&step), "{step:?} succeeds");
    }
}

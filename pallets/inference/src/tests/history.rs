//! Random histories: whatever happens in whatever order, the holds are what the pallets
//! say, and no token is made or lost.

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

struct History {
    rng: ChaCha20Rng,
    endings: [u32; Ending::ALL.len()],
}

impl History {
    fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound
    }

    fn provider(&mut self) -> AccountId {
        [BOB, DAVE][self.below(2) as usize].clone()
    }

    /// One random call. Refusals are part of the history.
    fn step(&mut self) {
        match self.below(20) {
            0..=3 => {
                let who = [ALICE, CAROL][self.below(2) as usize].clone();
                let excluded = match self.below(6) {
                    0 => vec![self.provider()],
                    _ => Vec::new(),
                };
                let preference = match self.below(6) {
                    0 => Preference::Prefer(self.provider()),
                    1 => Preference::Only(self.provider()),
                    _ => Preference::Best,
                };
                let options = RequestOptions {
                    selection: Selection {
                        preference,
                        excluded: excluded.try_into().expect("few enough"),
                    },
                    attempts: [1, 1, 2, 3, 0][self.below(5) as usize],
                    accept_within: (self.below(2) == 0).then(|| u64::from(1 + self.below(3))),
                    subscription: None,
                };
                let _ = Inference::request_inference_with(
                    origin(&who),
                    self.below(2),
                    BoundedVec::truncate_from(served(0).input(self.rng.next_u64())),
                    Balance::from(self.below(1_000)),
                    u64::from(self.below(8)),
                    Verification::Proven,
                    options,
                );
            }
            4 => self.submit(false),
            5 => self.submit_some(),
            6 => self.submit(true),
            7 => {
                let price = self.below(300).into();
                let model = self.below(2);
                let _ = ComputeProviders::set_offer(origin(&self.provider()), model, price, 2);
            }
            8 => {
                let amount = self.below(2_000_000).into();
                let _ = ComputeProviders::unbond(origin(&self.provider()), amount);
            }
            9 => {
                let _ = ComputeProviders::withdraw_unbonded(origin(&self.provider()));
                let amount = self.below(2_000_000).into();
                let _ = ComputeProviders::top_up(origin(&self.provider()), amount);
            }
            10 => {
                let royalty = self.below(50).into();
                let _ = ModelRegistry::update_pricing(
                    origin(&CAROL),
                    self.below(2),
                    Pricing { royalty },
                );
            }
            11 => {
                let provider = self.provider();
                if let Some(open) = Inference::assignments(&provider, 0, 1).first() {
                    let _ = Inference::accept(origin(&provider), open.request);
                }
            }
            12 => {
                let open: Vec<_> = Requests::<Test>::iter().collect();
                for (id, request) in open {
                    let _ = Inference::cancel(origin(&request.requester), id);
                }
            }
            13 => {
                let paused = self.below(3) == 0;
                let _ = ComputeProviders::set_paused(origin(&self.provider()), paused);
            }
            _ => run_to(System::block_number() + u64::from(self.below(3))),
        }
    }

    /// Answer a provider's first assignments in one batch, some of them falsely, one twice.
    fn submit_some(&mut self) {
        let provider = self.provider();
        let open = Inference::assignments(&provider, 0, 1 + self.below(4));
        let mut results: Vec<_> = open
            .iter()
            .flat_map(|assignment| {
                honest(assignment.model as usize, std::slice::from_ref(assignment))
            })
            .collect();
        let Some(again) = results.first().cloned() else {
            return;
        };
        for result in &mut results {
            if self.below(4) == 0 {
                result.output[0] ^= 1;
            }
        }
        results.push(again);
        assert_ok!(submit_batch(&provider, results));
    }

    /// Answer a random assignment, honestly or with one output changed.
    fn submit(&mut self, falsely: bool) {
        let provider = self.provider();
        let open = Inference::assignments(&provider, 0, 100);
        let Some(assignment) = open.get(self.rng.next_u32() as usize % open.len().max(1)) else {
            return;
        };
        let (mut output, proof) = answer(assignment.model as usize, assignment);
        if falsely {
            output[0] ^= 1;
        }
        assert_ok!(submit(
            &provider,
            assignment.request,
            assignment.context,
            output,
            proof
        ));
    }
}

#[test]
fn holds_and_issuance_add_up_after_every_step() {
    let mut all = [0; Ending::ALL.len()];
    for seed in 0..4 {
        on_a_serving_chain(|| {
            register_model(1, ROYALTY);
            serve(DAVE, 0, PRICE + 50);
            serve(DAVE, 1, PRICE);
            let issuance = Balances::total_issuance();
            let mut history = History {
                rng: ChaCha20Rng::seed_from_u64(seed),
                endings: [0; Ending::ALL.len()],
            };
            for _ in 0..250 {
                history.step();
                assert_eq!(Balances::total_issuance(), issuance);
                check_everything();
            }
            run_to(System::block_number() + 40);
            assert_eq!((escrowed(&ALICE), escrowed(&CAROL)), (0, 0));
            for record in Records::<Test>::iter_values() {
                history.endings[record.ending as usize] += 1;
            }
            for (sum, count) in all.iter_mut().zip(history.endings) {
                *sum += count;
            }
        });
    }
    // The others are those of other tiers.
    for ending in Ending::ALL {
        let occurs = all[ending as usize] > 0;
        let is_ours = !matches!(
            ending,
            Ending::NoQuorum
                | Ending::Refuted
                | Ending::InputNotOpened
                | Ending::FalseClaim
                | Ending::OutputWithheld
        );
        assert_eq!(occurs, is_ours, "{ending:?} among {all:?}");
    }
}

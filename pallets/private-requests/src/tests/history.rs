//! Random histories: whatever happens in whatever order, the holds are what the pallets say, and no
//! token is made or lost.

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// The seeds of the inputs that are asked about.
const INPUTS: u64 = 3;

struct History {
    rng: ChaCha20Rng,
    endings: [u32; Ending::ALL.len()],
}

impl History {
    fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound
    }

    fn pick<T: Clone>(&mut self, some: &[T]) -> Option<T> {
        let count = u32::try_from(some.len()).expect("few");
        (count > 0).then(|| some[self.below(count) as usize].clone())
    }

    fn anyone(&mut self) -> AccountId {
        self.pick(&[ALICE, CAROL, EVE, bob(), dave()])
            .expect("somebody")
    }

    fn provider(&mut self) -> AccountId {
        self.pick(&[bob(), dave()]).expect("two")
    }

    /// An open request of some kind, and what its requester committed to.
    fn some(
        &mut self,
        is_of: impl Fn(&Request<Test>) -> bool,
    ) -> Option<(RequestId, Request<Test>, Vec<i8>)> {
        let open: Vec<(RequestId, Request<Test>)> = Requests::<Test>::iter()
            .filter(|(_, request)| is_of(request))
            .collect();
        let (id, request) = self.pick(&open)?;
        let mut inputs = (0..INPUTS).map(|seed| served().input(seed));
        let input = inputs.find(|input| commitment_to(input) == request.input_commitment);
        Some((id, request, input.expect("all are of these")))
    }

    /// Who may, mostly.
    fn mostly(&mut self, who: &AccountId) -> AccountId {
        match self.below(8) {
            0 => self.anyone(),
            _ => who.clone(),
        }
    }

    /// One random step. Refusals are part of the history.
    fn step(&mut self) {
        match self.below(22) {
            0..=3 => self.ask(),
            4..=6 => self.submit(),
            7 | 8 => self.claim(),
            9 | 10 => self.answer_claim(),
            11..=13 => self.see_to_the_output(),
            14 => {
                let price = self.below(300).into();
                let offer = lattice_primitives::Offer::per_inference(price, 2);
                let provider = origin(&self.provider());
                let _ = ComputeProviders::set_offer_with(provider, 0, offer);
            }
            15 => {
                let provider = self.provider();
                let amount = self.below(2_000_000).into();
                let _ = ComputeProviders::unbond(origin(&provider), amount);
                let _ = ComputeProviders::withdraw_unbonded(origin(&provider));
                let amount = self.below(2_000_000).into();
                let _ = ComputeProviders::top_up(origin(&provider), amount);
            }
            16 => {
                let royalty = self.below(50).into();
                let _ = ModelRegistry::update_pricing(origin(&CAROL), 0, Pricing { royalty });
            }
            17 => {
                let _ = expire(u64::from(self.below(80)));
            }
            _ => pass(u64::from(self.below(4))),
        }
    }

    fn ask(&mut self) {
        let who = self.pick(&[ALICE, CAROL]).expect("two");
        let input = served().input(u64::from(self.below(INPUTS as u32)));
        let _ = ask_by(
            &who,
            commitment_to(&input),
            Balance::from(self.below(1_000)),
            u64::from(self.below(14)),
            self.below(3) > 0,
        );
    }

    /// The provider of a request submits a result: true, false, or in the other form.
    fn submit(&mut self) {
        let Some((id, request, input)) = self.some(|_| true) else {
            return;
        };
        let is_private = match self.below(8) {
            0 => !request.output_private,
            _ => request.output_private,
        };
        let blinding = match is_private {
            true => OUTPUT_BLINDING,
            false => H256::zero(),
        };
        let (mut output, proof) =
            served().prove_blinded(&input, &request.context, &INPUT_BLINDING, &blinding);
        if self.below(4) == 0 {
            output[0] ^= 1;
        }
        let output = match is_private {
            true => PrivateOutput::Committed(committed(&output)),
            false => posted(&output),
        };
        let who = self.mostly(&request.provider);
        let _ = submit(&who, id, output, proof);
    }

    fn claim(&mut self) {
        if let Some((id, request, _)) = self.some(|_| true) {
            let what = [InputClaim::NotReceived, InputClaim::Invalid][self.below(2) as usize];
            let _ = claim(&self.mostly(&request.provider), id, what);
        }
    }

    /// The requester opens the input, or another one, or shows a receipt that is good or not.
    fn answer_claim(&mut self) {
        let is_claimed =
            |request: &Request<Test>| matches!(request.status, PrivateStatus::Claimed { .. });
        let Some((id, request, input)) = self.some(is_claimed) else {
            return;
        };
        let who = self.mostly(&request.requester);
        match self.below(4) {
            0 => {
                let other = served().input(u64::from(self.below(INPUTS as u32)));
                let _ = open(&who, id, &other, INPUT_BLINDING);
            }
            1 => {
                let is_bobs = (request.provider == bob()) != (self.below(4) == 0);
                let seed = if is_bobs { BOB } else { DAVE };
                let _ = refute(&who, id, receipt(seed, id, request.context));
            }
            _ => {
                let _ = open(&who, id, &input, INPUT_BLINDING);
            }
        }
    }

    /// Somebody acknowledges an output, wants it posted, or posts it or another one.
    fn see_to_the_output(&mut self) {
        let Some((id, request, _)) = self.some(|request| !request.is_owed()) else {
            return;
        };
        let who = self.mostly(&request.requester);
        match self.below(6) {
            0 => {
                let _ = acknowledge(&who, id);
            }
            1..=3 => {
                let _ = force(&who, id);
            }
            4 => {
                let inputs = (0..INPUTS).map(|seed| served().input(seed));
                for input in inputs {
                    let input: Vec<i32> = input.into_iter().map(i32::from).collect();
                    let output = lattice_tensor::execute(&served().model, &input);
                    let output = output.expect("the input is admissible");
                    // One of them is the one.
                    let _ = post(&request.provider, id, &output, OUTPUT_BLINDING);
                }
            }
            // Silence is an answer, too.
            _ => {}
        }
    }
}

#[test]
fn holds_and_issuance_add_up_after_every_step() {
    let mut all = [0; Ending::ALL.len()];
    for seed in 0..4 {
        on_a_serving_chain(|| {
            serve(dave(), 0, PRICE + 50);
            let issuance = Balances::total_issuance();
            let mut history = History {
                rng: ChaCha20Rng::seed_from_u64(seed),
                endings: [0; Ending::ALL.len()],
            };
            for _ in 0..400 {
                history.step();
                assert_eq!(Balances::total_issuance(), issuance);
                check_everything();
            }
            // Everything ends, and then nothing is on hold.
            pass(60);
            assert_eq!(Requests::<Test>::iter_keys().count(), 0);
            assert_eq!(Inputs::<Test>::iter_keys().count(), 0);
            for who in [ALICE, CAROL] {
                assert_eq!(escrowed(&who), 0);
            }
            for record in pallet_inference::Records::<Test>::iter_values() {
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
        let is_ours = matches!(
            ending,
            Ending::Settled
                | Ending::ProofRejected
                | Ending::Expired
                | Ending::InputNotOpened
                | Ending::FalseClaim
                | Ending::OutputWithheld
        );
        assert_eq!(occurs, is_ours, "{ending:?} among {all:?}");
    }
}

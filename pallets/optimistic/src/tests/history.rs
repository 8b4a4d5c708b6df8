//! Random histories: whatever happens in whatever order, the holds are what the pallets say,
//! nothing is made, and nothing is lost but what is burnt.

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::Commitment;
use lattice_primitives::*;
use pallet_disputes::Turn;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeMap;

/// What was posted for a request, what should have been, and what somebody who errs thinks of it.
struct Side {
    honest: Commitment,
    posted: Commitment,
    mistaken: Commitment,
}

impl Side {
    fn is_true(&self) -> bool {
        self.posted.root() == self.honest.root()
    }
}

struct History {
    rng: ChaCha20Rng,
    sides: BTreeMap<RequestId, Side>,
    burnt: Balance,
    endings: [u32; Ending::ALL.len()],
    /// Upheld and refuted.
    verdicts: [u32; 2],
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
        self.pick(&[ALICE, BOB, CAROL, DAVE, EVE, FRANK])
            .expect("somebody")
    }

    /// One random step. Refusals are part of the history.
    fn step(&mut self) {
        match self.below(24) {
            0..=2 => self.ask(),
            3..=5 => self.post(),
            6..=8 => {
                let open: Vec<RequestId> = Requests::<Test>::iter_keys().collect();
                if let Some(request) = self.pick(&open) {
                    let _ = challenge(&self.anyone(), request);
                }
            }
            9 => {
                let price = self.below(300).into();
                let provider = self.pick(&[BOB, DAVE]).expect("two");
                let _ = ComputeProviders::set_offer_with(
                    origin(&provider),
                    0,
                    lattice_primitives::Offer::in_every_tier(price, 2),
                );
            }
            10 => {
                let provider = self.pick(&[BOB, DAVE]).expect("two");
                let amount = self.below(2_000_000).into();
                let _ = ComputeProviders::unbond(origin(&provider), amount);
                let _ = ComputeProviders::withdraw_unbonded(origin(&provider));
                let amount = self.below(2_000_000).into();
                let _ = ComputeProviders::top_up(origin(&provider), amount);
            }
            11 => {
                let royalty = self.below(50).into();
                let _ = ModelRegistry::update_pricing(origin(&CAROL), 0, Pricing { royalty });
            }
            12 => {
                let request = u64::from(self.below(60));
                let _ = Optimistic::finalize(origin(&EVE), request);
                let _ = Disputes::expire(origin(&EVE), request);
            }
            13 => pass(u64::from(self.below(TURN as u32 + 2))),
            _ => self.move_on(),
        }
        self.note();
    }

    fn ask(&mut self) {
        let who = self.pick(&[ALICE, CAROL]).expect("two");
        let window = 4 + self.below(8);
        let bond = Balance::from(self.below(3_000));
        let options = options(1 + self.below(3));
        let _ = Inference::request_inference_with(
            origin(&who),
            0,
            BoundedVec::truncate_from(served().input(self.rng.next_u64())),
            Balance::from(self.below(1_000)),
            u64::from(self.below(10)),
            Verification::Optimistic { window, bond },
            options,
        );
    }

    /// The provider of a request posts a result: true, false, or in the name of another.
    fn post(&mut self) {
        let open: Vec<(RequestId, Request<Test>)> = Requests::<Test>::iter()
            .filter(|(_, request)| request.posted.is_none())
            .collect();
        let Some((id, request)) = self.pick(&open) else {
            return;
        };
        let honest = served().commit(&request.input);
        let (op, element) = [(0, 69), (1, 3), (2, 7), (3, 0), (4, 2)][self.below(5) as usize];
        let posted = match self.below(3) {
            0 => served().altered(&honest, op, element, self.below(2) == 0),
            _ => honest.clone(),
        };
        let mistaken = served().altered(&honest, self.below(5) as usize, 1, true);
        let who = match self.below(8) {
            0 => self.anyone(),
            _ => request.provider,
        };
        if post(&who, id, &posted).is_ok() {
            let side = Side {
                honest,
                posted,
                mistaken,
            };
            self.sides.insert(id, side);
        }
    }

    /// A party of a random dispute takes its turn, honestly or not; mostly.
    fn move_on(&mut self) {
        let open: Vec<DisputeId> = pallet_disputes::Disputes::<Test>::iter_keys().collect();
        let Some(dispute) = self.pick(&open) else {
            return;
        };
        let open = pallet_disputes::Disputes::<Test>::get(dispute).expect("it is open");
        let provider = open.defenders[0].clone();
        // Who challenges what is true errs; of the others some do.
        let errs = self.below(4) == 0;
        let side = &self.sides[&open.request];
        let own = match side.is_true() || errs {
            true => &side.mistaken,
            false => &side.honest,
        };
        match open.turn {
            Turn::Reveal { walk } => {
                let node = side.posted.reveal(&walk).expect("the tree has the place");
                assert_ok!(Disputes::reveal(origin(&provider), dispute, node));
            }
            Turn::Choose { walk, node } => {
                let child = own.first_difference(&walk, &node).unwrap_or(0);
                let _ = Disputes::choose(origin(&open.challenger), dispute, child);
            }
            Turn::Defend { position, .. } => {
                let opening = side.posted.open(&served().model, position);
                let opening = opening.expect("the tree has the element").encode();
                let opening = BoundedVec::try_from(opening).expect("it is short enough");
                let defended = Disputes::defend(origin(&provider), dispute, opening);
                assert!(defended.is_ok() || !side.is_true());
            }
        }
    }

    /// What the events say that was burnt and decided.
    fn note(&mut self) {
        for record in System::events() {
            let RuntimeEvent::Optimistic(event) = record.event else {
                continue;
            };
            match event {
                Event::Upheld { burnt, .. } => {
                    self.burnt += burnt;
                    self.verdicts[0] += 1;
                }
                Event::Refuted {
                    slashed, reward, ..
                } => {
                    self.burnt += slashed - reward;
                    self.verdicts[1] += 1;
                }
                _ => {}
            }
        }
        System::reset_events();
    }
}

#[test]
fn holds_and_issuance_add_up_after_every_step() {
    let mut all = [0; Ending::ALL.len()];
    let mut verdicts = [0; 2];
    for seed in 0..4 {
        on_a_serving_chain(|| {
            serve(DAVE, 0, PRICE + 50);
            let issuance = Balances::total_issuance();
            let mut history = History {
                rng: ChaCha20Rng::seed_from_u64(seed),
                sides: BTreeMap::new(),
                burnt: 0,
                endings: [0; Ending::ALL.len()],
                verdicts: [0; 2],
            };
            for _ in 0..400 {
                history.step();
                assert_eq!(Balances::total_issuance(), issuance - history.burnt);
                check_everything();
            }
            // Everything ends, and then nothing is on hold.
            pass(100);
            history.note();
            assert_eq!(Requests::<Test>::iter_keys().count(), 0);
            assert_eq!(Balances::total_issuance(), issuance - history.burnt);
            for who in ACCOUNTS {
                assert_eq!((escrowed(&who), bonded(&who)), (0, 0));
            }
            for record in pallet_inference::Records::<Test>::iter_values() {
                history.endings[record.ending as usize] += 1;
            }
            for (sum, count) in all.iter_mut().zip(history.endings) {
                *sum += count;
            }
            for (sum, count) in verdicts.iter_mut().zip(history.verdicts) {
                *sum += count;
            }
        });
    }
    for ending in [
        Ending::Settled,
        Ending::Expired,
        Ending::Refuted,
        Ending::Unserved,
    ] {
        assert!(all[ending as usize] > 0, "{ending:?} never occurs");
    }
    assert!(
        verdicts.iter().all(|count| *count > 0),
        "both verdicts occur: {verdicts:?}"
    );
}

//! Random histories: whatever happens in whatever order, the holds are what the subscriptions say, no
//! token is made or lost, and what ended has paid and given back what was prepaid.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeMap;

/// What can happen, and does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Publish,
    Remove,
    Subscribe,
    Ask,
    Prove,
    Lie,
    Accept,
    Settle,
    Cancel,
    Terminate,
    Report,
}

const STEPS: [Step; 11] = [
    Step::Publish,
    Step::Remove,
    Step::Subscribe,
    Step::Ask,
    Step::Prove,
    Step::Lie,
    Step::Accept,
    Step::Settle,
    Step::Cancel,
    Step::Terminate,
    Step::Report,
];

struct History {
    rng: ChaCha20Rng,
    succeeded: BTreeMap<Step, u32>,
}

impl History {
    fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound
    }

    fn one_of<Item: Clone>(&mut self, items: &[Item]) -> Option<Item> {
        let count = u32::try_from(items.len()).expect("few");
        if count == 0 {
            return None;
        }
        let index = usize::try_from(self.below(count)).expect("small");
        items.get(index).cloned()
    }

    fn provider(&mut self) -> AccountId {
        [BOB, DAVE][self.below(2) as usize].clone()
    }

    /// A subscription that is open, mostly, with its parties.
    fn subscription(&mut self) -> (SubscriptionId, AccountId, AccountId) {
        let open: Vec<_> = Subscriptions::<Test>::iter()
            .map(|(id, open)| (id, open.subscriber, open.provider))
            .collect();
        let some = self.one_of(&open);
        some.unwrap_or_else(|| (u64::from(self.below(10)), ALICE, BOB))
    }

    fn note(&mut self, step: Step, succeeded: bool) {
        if succeeded {
            *self.succeeded.entry(step).or_default() += 1;
        }
    }

    fn publish(&mut self) {
        let provider = self.provider();
        let period = u64::from(1 + self.below(9));
        let (quota, price) = (self.below(4), Balance::from(self.below(900)));
        let result = set_plan(&provider, period, quota, price);
        self.note(Step::Publish, result.is_ok());
    }

    fn remove(&mut self) {
        let plans: Vec<PlanId> = Plans::<Test>::iter_keys().collect();
        let Some(plan) = self.one_of(&plans) else {
            return;
        };
        let who = self.provider();
        let result = Prepaid::remove_plan(origin(&who), plan);
        self.note(Step::Remove, result.is_ok());
    }

    fn subscribe(&mut self) {
        let plans: Vec<PlanId> = Plans::<Test>::iter_keys().collect();
        let plan = self.one_of(&plans).unwrap_or(0);
        let who = [ALICE, EVE, BOB][self.below(3) as usize].clone();
        let (periods, most) = (self.below(5), Balance::from(self.below(20_000)));
        let result = Prepaid::subscribe(origin(&who), plan, periods, most);
        self.note(Step::Subscribe, result.is_ok());
    }

    fn ask(&mut self) {
        let (id, subscriber, _) = self.subscription();
        let who = match self.below(6) {
            0 => EVE,
            _ => subscriber,
        };
        let mut options = options(id);
        options.attempts = [1, 1, 1, 2][self.below(4) as usize];
        options.accept_within = [None, Some(2)][self.below(2) as usize];
        let result = Inference::request_inference_with(
            origin(&who),
            0,
            BoundedVec::truncate_from(input()),
            Balance::from(self.below(2_000)),
            u64::from(2 + self.below(6)),
            Verification::Proven,
            options,
        );
        self.note(Step::Ask, result.is_ok());
    }

    fn answer(&mut self, step: Step, flip: i32) {
        let provider = self.provider();
        let open = Inference::assignments(&provider, 0, 100);
        let Some(assignment) = self.one_of(&open) else {
            return;
        };
        let result = answer(&assignment, flip);
        self.note(step, result.is_ok());
    }

    fn accept(&mut self) {
        let provider = self.provider();
        let open = Inference::assignments(&provider, 0, 100);
        let Some(assignment) = self.one_of(&open) else {
            return;
        };
        let result = Inference::accept(origin(&provider), assignment.request);
        self.note(Step::Accept, result.is_ok());
    }

    /// The market changes.
    fn stir(&mut self) {
        let provider = self.provider();
        match self.below(6) {
            0 => {
                let _ = ComputeProviders::remove_offer(origin(&provider), 0);
            }
            1 | 2 => {
                let price = self.below(300).into();
                let _ = ComputeProviders::set_offer(origin(&provider), 0, price, 2);
            }
            3 => {
                let royalty = self.below(50).into();
                let _ = ModelRegistry::update_pricing(origin(&CAROL), 0, Pricing { royalty });
            }
            _ => {
                let paused = self.below(3) == 0;
                let _ = ComputeProviders::set_paused(origin(&provider), paused);
            }
        }
    }

    /// One random call. Refusals are part of the history.
    fn step(&mut self) {
        match self.below(26) {
            0 | 1 => self.publish(),
            2 => self.remove(),
            3..=5 => self.subscribe(),
            6..=10 => self.ask(),
            11 | 12 => self.answer(Step::Prove, 0),
            13 => self.answer(Step::Lie, 1),
            14 => self.accept(),
            15 => {
                let (id, ..) = self.subscription();
                let result = Prepaid::settle_period(origin(&CAROL), id);
                self.note(Step::Settle, result.is_ok());
            }
            16 => {
                let (id, subscriber, _) = self.subscription();
                let result = Prepaid::cancel(origin(&subscriber), id);
                self.note(Step::Cancel, result.is_ok());
            }
            17 if self.below(3) == 0 => {
                let (id, _, provider) = self.subscription();
                let result = Prepaid::terminate(origin(&provider), id);
                self.note(Step::Terminate, result.is_ok());
            }
            18 => {
                let (id, subscriber, _) = self.subscription();
                let result = Prepaid::report_absence(origin(&subscriber), id);
                self.note(Step::Report, result.is_ok());
            }
            19..=21 => self.stir(),
            // A chain that is behind.
            22 => jump_to(System::block_number() + u64::from(self.below(12))),
            _ => run_to(System::block_number() + u64::from(self.below(4))),
        }
    }
}

/// What was prepaid with each subscription, by the events.
fn prepaid() -> BTreeMap<SubscriptionId, Balance> {
    events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Subscribed {
                subscription,
                prepaid,
                ..
            } => Some((subscription, prepaid)),
            _ => None,
        })
        .collect()
}

#[test]
fn holds_and_issuance_add_up_after_every_step() {
    let mut succeeded = BTreeMap::<Step, u32>::new();
    for seed in 0..5 {
        on_a_serving_chain(|| {
            serve(DAVE, 0, PRICE + 50);
            let issuance = Balances::total_issuance();
            let mut history = History {
                rng: ChaCha20Rng::seed_from_u64(seed),
                succeeded: BTreeMap::new(),
            };
            for _ in 0..300 {
                history.step();
                assert_eq!(Balances::total_issuance(), issuance);
                check_everything();
            }
            // No period is longer than ten blocks, no subscription has more than four.
            run_to(System::block_number() + 60);
            assert_eq!(Subscriptions::<Test>::iter().count(), 0);
            for who in [ALICE, BOB, CAROL, DAVE, EVE] {
                assert_eq!((held(&who), escrowed(&who)), (0, 0));
            }
            assert_eq!(Balances::total_issuance(), issuance);
            for (subscription, prepaid) in prepaid() {
                let (_, drawn, paid, refunded) = ended(subscription).expect("it has ended");
                assert_eq!(drawn + paid + refunded, prepaid);
            }
            for (step, count) in history.succeeded {
                *succeeded.entry(step).or_default() += count;
            }
        });
    }
    for step in STEPS {
        assert!(succeeded.contains_key(&step), "{step:?} never succeeds");
    }
}

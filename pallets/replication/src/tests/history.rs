//! Random histories: whatever happens in whatever order, the holds are what the pallets say, no token
//! is made, and none is lost but what is burnt.

use super::fixture::{served, Said};
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use pallet_disputes::Turn;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::collections::{BTreeMap, BTreeSet};

struct History {
    rng: ChaCha20Rng,
    /// What each replica has committed to.
    said: BTreeMap<(RequestId, AccountId), Said>,
    endings: BTreeMap<String, u32>,
    failures: BTreeMap<String, u32>,
    counted: BTreeSet<RequestId>,
}

impl History {
    fn new(seed: u64) -> Self {
        Self {
            rng: ChaCha20Rng::seed_from_u64(seed),
            said: BTreeMap::new(),
            endings: BTreeMap::new(),
            failures: BTreeMap::new(),
            counted: BTreeSet::new(),
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.rng.next_u32()).expect("32 bits are a size") % bound
    }

    fn provider(&mut self) -> AccountId {
        PROVIDERS[self.below(PROVIDERS.len())].clone()
    }

    /// A replica of an open request that is so far, if there is one; or now and then any replica.
    fn replica(
        &mut self,
        is_so_far: impl Fn(&Stage<u64>, &Progress) -> bool,
    ) -> Option<(RequestId, AccountId)> {
        let anyone = self.below(8) == 0;
        let mut found: Vec<_> = Requests::<Test>::iter()
            .flat_map(|(id, request)| {
                let replicas = request.replicas.into_iter();
                replicas.map(move |replica| (id, request.stage, replica))
            })
            .filter(|(_, stage, replica)| anyone || is_so_far(stage, &replica.progress))
            .map(|(id, _, replica)| (id, replica.provider))
            .collect();
        found.sort_unstable();
        let count = found.len();
        (count != 0).then(|| found.swap_remove(self.below(count)))
    }

    /// One that may have something to appeal against.
    fn revealed(&mut self) -> Option<(RequestId, AccountId)> {
        self.replica(|stage, progress| {
            matches!(stage, Stage::Appealing { .. })
                && matches!(progress, Progress::Revealed { .. })
        })
    }

    /// Mostly the truth, or the lie that others tell, too.
    fn finding(&mut self) -> Said {
        match self.below(10) {
            0..=4 => served().right(),
            5..=7 => served().wrong(1),
            8 => served().wrong(2),
            _ => served().wrong_beside_the_honest_root(),
        }
    }

    /// One random call. Refusals are part of the history.
    fn step(&mut self) {
        match self.below(24) {
            0..=1 => {
                let (n, k) =
                    [(2, 2), (3, 2), (3, 3), (4, 3), (5, 3), (7, 4), (3, 1)][self.below(7)];
                let max_price = [300, 700, MOST][self.below(3)];
                let excluded = match self.below(4) {
                    0 => vec![self.provider()],
                    _ => Vec::new(),
                };
                let selection = Selection {
                    preference: Preference::Best,
                    excluded: BoundedVec::truncate_from(excluded),
                };
                let _ = ask_with(n, k, max_price, selection);
            }
            2..=8 => {
                let drawn = self.replica(|_, progress| *progress == Progress::Drawn);
                if let Some((id, who)) = drawn {
                    let said = self.finding();
                    if commit(&who, id, &said).is_ok() {
                        let before = self.said.insert((id, who), said);
                        assert_eq!(before, None, "a commitment was changed");
                    }
                }
            }
            9..=15 => {
                let committed = self.replica(|stage, progress| {
                    matches!(stage, Stage::Revealing { .. })
                        && matches!(progress, Progress::Committed(_))
                });
                if let Some((id, who)) = committed {
                    let said = self.said.get(&(id, who.clone())).cloned();
                    let said = said.unwrap_or_else(|| served().right());
                    let _ = reveal(&who, id, &said);
                }
            }
            16 => {
                if let Some((id, who)) = self.revealed() {
                    let _ = Replication::appeal_by_dispute(origin(&who), id, served().link());
                }
            }
            17 if self.below(4) == 0 => {
                if let Some((id, who)) = self.revealed() {
                    let proof = proof(&who, id);
                    let _ = Replication::appeal_with_proof(origin(&who), id, proof);
                }
            }
            18..=19 => self.answer(),
            20 => {
                let provider = self.provider();
                let price = Balance::try_from(self.below(200)).expect("it is small");
                let _ = ComputeProviders::set_offer_with(
                    origin(&provider),
                    0,
                    lattice_primitives::Offer::in_every_tier(price, 2),
                );
                let paused = self.below(4) == 0;
                let _ = ComputeProviders::set_paused(origin(&provider), paused);
            }
            21 if self.below(6) == 0 => {
                // Nobody is there for a block.
                for who in &PROVIDERS {
                    let _ = ComputeProviders::set_paused(origin(who), true);
                }
                pass(1);
                for who in &PROVIDERS {
                    let _ = ComputeProviders::set_paused(origin(who), false);
                }
            }
            21 => {
                let provider = self.provider();
                let amount = Balance::try_from(self.below(2_000_000)).expect("it is small");
                let _ = ComputeProviders::unbond(origin(&provider), amount);
                let _ = ComputeProviders::withdraw_unbonded(origin(&provider));
                let _ = ComputeProviders::top_up(origin(&provider), amount);
            }
            22 => {
                if let Some((id, _)) = self.replica(|_, _| true) {
                    let _ = Replication::advance(origin(&EVE), id);
                }
            }
            _ => pass(self.rng.next_u64() % 4),
        }
    }

    /// Take the turn of a dispute with the trace behind what was said, if there is one.
    fn answer(&mut self) {
        let open: Vec<DisputeId> = pallet_disputes::Disputes::<Test>::iter_keys().collect();
        if open.is_empty() {
            return;
        }
        let id = open[self.below(open.len())];
        let dispute = pallet_disputes::Disputes::<Test>::get(id).expect("it is open");
        let held = [1, 2]
            .map(|error| served().off_by(error))
            .into_iter()
            .find(|held| H256(held.root()) == dispute.trace_root)
            .unwrap_or_else(|| served().honest());
        match dispute.turn {
            Turn::Reveal { walk } => {
                if let Some(node) = held.reveal(&walk) {
                    let _ = Disputes::reveal(origin(&dispute.defenders[0]), id, node);
                }
            }
            Turn::Choose { walk, node } => {
                let child = served().honest().first_difference(&walk, &node);
                let _ = Disputes::choose(origin(&dispute.challenger), id, child.unwrap_or(0));
            }
            Turn::Defend { position, .. } => {
                let opening = held.open(&served().model, position);
                let opening = opening.expect("the tree has the element").encode();
                let opening = BoundedVec::truncate_from(opening);
                let _ = Disputes::defend(origin(&dispute.defenders[0]), id, opening);
            }
        }
    }

    /// What has ended since the last time, and that it ended within its numbers.
    fn count(&mut self) {
        for id in 0..pallet_inference::NextRequest::<Test>::get() {
            let Some(record) = Inference::execution_record(id) else {
                continue;
            };
            if !self.counted.insert(id) {
                continue;
            }
            assert!(!Requests::<Test>::contains_key(id));
            let is_settled = record.ending == Ending::Settled;
            assert_eq!(record.agreed.is_empty(), !is_settled);
            assert_eq!(record.output.is_empty(), !is_settled);
            assert_eq!(record.price == Price::default(), !is_settled);
            *self
                .endings
                .entry(format!("{:?}", record.ending))
                .or_default() += 1;
            for (_, failure) in record.failed {
                *self.failures.entry(format!("{failure:?}")).or_default() += 1;
            }
        }
    }
}

/// What all accounts have in sum.
fn everything() -> Balance {
    [ALICE, CAROL, EVE, TREASURY]
        .iter()
        .chain(&PROVIDERS)
        .map(wealth)
        .sum()
}

#[test]
fn holds_and_issuance_add_up_after_every_step() {
    let mut endings = BTreeSet::new();
    let mut failures = BTreeSet::new();
    for seed in 0..4 {
        on_a_serving_chain(|| {
            SlashDelay::set(3);
            let mut history = History::new(seed);
            let mut issuance = Balances::total_issuance();
            for _ in 0..600 {
                history.step();
                check_everything();
                history.count();
                assert_eq!(Balances::total_issuance(), everything());
                assert!(Balances::total_issuance() <= issuance, "tokens were made");
                issuance = Balances::total_issuance();
            }
            // Everything ends by itself, and then nothing is on hold.
            pass(WINDOW + REVEAL + APPEAL + 2 * TURN + 10);
            history.count();
            assert_eq!(Requests::<Test>::iter_keys().count(), 0);
            assert_eq!(escrowed(&ALICE), 0);
            endings.extend(history.endings.into_keys());
            failures.extend(history.failures.into_keys());
        });
    }
    for ending in [
        Ending::Settled,
        Ending::Unserved,
        Ending::NoQuorum,
        Ending::Refuted,
    ] {
        assert!(
            endings.contains(&format!("{ending:?}")),
            "{ending:?} never occurs"
        );
    }
    for failure in [Failure::Late, Failure::Outvoted, Failure::Refuted] {
        assert!(
            failures.contains(&format!("{failure:?}")),
            "{failure:?} never occurs"
        );
    }
}

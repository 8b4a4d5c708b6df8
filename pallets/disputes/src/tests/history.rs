//! Random histories: whatever is done in whatever order, every dispute ends, as it should, and
//! leaves nothing.

use super::fixture::Case;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::Commitment;
use lattice_primitives::*;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeMap;

/// What BOB posted in a dispute, and whether it is true.
struct Side<'a> {
    case: &'a Case,
    posted: Commitment,
    is_true: bool,
    /// Moves after which everybody is silent.
    moves_left: u32,
}

struct History<'a> {
    rng: ChaCha20Rng,
    cases: &'a [Case],
    sides: BTreeMap<DisputeId, Side<'a>>,
    /// By outcome: refuted or not, checked or not.
    decided: [[u32; 2]; 2],
}

impl<'a> History<'a> {
    fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound
    }

    fn open(&mut self) {
        let model = self.below(u32::try_from(self.cases.len()).expect("few"));
        let cases = self.cases;
        let case = &cases[model as usize];
        let is_true = self.below(2) == 0;
        let posted = match is_true {
            true => case.honest.clone(),
            false => {
                let positions = case.positions();
                let index = self.below(u32::try_from(positions.len()).expect("few"));
                let position = positions[index as usize];
                let consistently = self.below(2) == 0;
                case.off_by_one(position.op, position.element, consistently)
            }
        };
        let mut claim = claim(case, &posted);
        claim.model = model;
        let dispute = open(claim).expect("the claim is in order");
        let side = Side {
            case,
            posted,
            is_true,
            moves_left: self.below(12),
        };
        self.sides.insert(dispute, side);
    }

    /// A party of a random dispute does what it should, or something else.
    fn take_turn(&mut self) {
        let open: Vec<DisputeId> = Disputes::<Test>::iter_keys().collect();
        if open.is_empty() {
            return;
        }
        let count = u32::try_from(open.len()).expect("few");
        let dispute = open[self.below(count) as usize];
        let errs = self.below(8) == 0;
        let random = self.rng.next_u32();
        let side = self.sides.get_mut(&dispute).expect("it was opened here");
        if side.moves_left == 0 {
            return;
        }
        side.moves_left -= 1;
        let turn = stored(dispute).turn;
        match turn {
            Turn::Choose { walk, node } => {
                let child = side.case.honest.first_difference(&walk, &node);
                // One more than there are, at times.
                let count = match &node {
                    Node::Branch(children) => children.len(),
                    Node::Leaf(elements) => elements.len(),
                };
                let child = match child {
                    Some(child) if !errs => child,
                    _ => (random as usize % (count + 1)) as u8,
                };
                let _ = PalletDisputes::choose(origin(&ALICE), dispute, child);
            }
            Turn::Reveal { walk } if errs => {
                let other = side.case.off_by_one(0, 0, false);
                let node = other.reveal(&walk).expect("the tree has the place");
                let _ = PalletDisputes::reveal(origin(&BOB), dispute, node);
            }
            Turn::Defend { .. } if errs => {
                let opening = BoundedVec::truncate_from(vec![0; (random % 100) as usize]);
                let _ = PalletDisputes::defend(origin(&BOB), dispute, opening);
            }
            _ => {
                let answered = answer(side.case, &side.posted, dispute);
                // A challenger that errs may lead to operands of a false trace that nobody can
                // open.
                assert!(answered.is_ok() || !side.is_true);
            }
        }
    }

    fn step(&mut self) {
        match self.below(12) {
            0 | 1 => self.open(),
            2 => pass(u64::from(self.below(TURN as u32))),
            3 => {
                let dispute = u64::from(self.below(40));
                let _ = PalletDisputes::expire(origin(&CAROL), dispute);
            }
            4 if self.below(4) == 0 => {
                let dispute = u64::from(self.below(40));
                <PalletDisputes as Court<AccountId>>::close(dispute);
            }
            _ => self.take_turn(),
        }
        self.note();
    }

    /// What is decided by a check is decided as it should.
    fn note(&mut self) {
        for (dispute, request, challenger, verdict) in told() {
            assert_eq!((request, challenger), (REQUEST, ALICE));
            let side = self.sides.remove(&dispute).expect("decided once");
            let (refuted, cause) = match verdict {
                Verdict::Refuted(cause) => (true, cause),
                Verdict::Upheld(cause) => (false, cause),
            };
            if verdict == Verdict::Refuted(Cause::Checked) {
                assert!(!side.is_true, "a true result is refuted by a check");
            }
            self.decided[usize::from(refuted)][usize::from(cause == Cause::Checked)] += 1;
        }
    }
}

#[test]
fn end_every_dispute_and_leave_nothing() {
    let cases = [Case::smallest(), Case::perceptron(), Case::graph(3)];
    let registered: Vec<&Case> = cases.iter().collect();
    let mut all = [[0u32; 2]; 2];
    for seed in 0..4 {
        on_a_chain_with(&registered, || {
            let mut history = History {
                rng: ChaCha20Rng::seed_from_u64(seed),
                cases: &cases,
                sides: BTreeMap::new(),
                decided: [[0; 2]; 2],
            };
            for _ in 0..500 {
                history.step();
                assert_ok!(PalletDisputes::check_invariants());
            }
            pass(2 * TURN);
            history.note();
            assert_eq!(Disputes::<Test>::iter_keys().count(), 0);
            let counts = history.decided.iter().flatten();
            for (sum, count) in all.iter_mut().flatten().zip(counts) {
                *sum += *count;
            }
        });
    }
    assert!(
        all.iter().flatten().all(|count| *count > 0),
        "every outcome occurs: {all:?}"
    );
}

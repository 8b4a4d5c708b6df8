//! Random histories: whatever happens in whatever order, bonds and issuance add up.

use crate::mock::*;
use frame::testing_prelude::*;
use rand_chacha::rand_core::RngCore;
use rand_chacha::ChaCha20Rng;

/// What clients know while the chain runs: the bulk of every state that stands.
struct World {
    rng: ChaCha20Rng,
    parties: Vec<Party>,
    /// The planted contributions of each party, by index.
    planted: Vec<Vec<u32>>,
    /// Challenges that were upheld.
    slashed: u32,
    finalized: u32,
}

impl World {
    fn pick(&mut self, count: usize) -> usize {
        self.rng.next_u32() as usize % count.max(1)
    }

    fn who(&mut self) -> AccountId {
        let which = self.pick(ACCOUNTS.len());
        ACCOUNTS[which].clone()
    }

    /// Forget what the chain discarded.
    fn follow(&mut self, which: usize) {
        let party = &mut self.parties[which];
        match crate::Ceremonies::<Test>::get(party.ceremony) {
            Some(details) => {
                party.bulks.truncate(details.contributions as usize + 1);
                self.planted[which].retain(|index| *index < details.contributions);
            }
            None => {
                self.parties.remove(which);
                self.planted.remove(which);
            }
        }
    }

    /// One random step. Refusals are part of the history.
    fn step(&mut self) -> bool {
        pass(u64::from(self.rng.next_u32() % 4));
        if self.parties.is_empty() || self.rng.next_u32().is_multiple_of(32) {
            let which = self.pick(2);
            self.parties.push(Party::open(which));
            self.planted.push(vec![]);
            return true;
        }
        // Mostly the last one, so that some ceremonies come to an end.
        let which = match self.rng.next_u32() % 4 {
            0 => self.pick(self.parties.len()),
            _ => self.parties.len() - 1,
        };
        let who = self.who();
        let done = match self.rng.next_u32() % 40 {
            0..=19 => self.contribute(which, &who),
            20..=25 => self.challenge(which, &who),
            26..=35 => {
                pass(u64::from(self.rng.next_u32()) % (2 * WINDOW));
                let party = &self.parties[which];
                let owner = pallet_model_registry::Models::<Test>::get(party.model)
                    .expect("registrations stay")
                    .owner;
                let by = if self.rng.next_u32().is_multiple_of(4) {
                    who
                } else {
                    owner
                };
                let done = party.finalize(&by).is_ok();
                self.finalized += u32::from(done);
                done
            }
            36 => {
                let (from, slash) = (
                    self.rng.next_u32() % 4,
                    self.rng.next_u32().is_multiple_of(2),
                );
                let ceremony = self.parties[which].ceremony;
                CeremoniesPallet::discard(RuntimeOrigin::root(), ceremony, from, slash).is_ok()
            }
            37 => {
                let slash = self.rng.next_u32().is_multiple_of(2);
                let ceremony = self.parties[which].ceremony;
                CeremoniesPallet::abort(RuntimeOrigin::root(), ceremony, slash).is_ok()
            }
            38 => {
                let model = self.parties[which].model;
                ModelRegistry::transfer(origin(&OWNER), model, who).is_ok()
            }
            _ => {
                pass(u64::from(self.rng.next_u32()) % (2 * ABANDONED));
                let ceremony = self.parties[which].ceremony;
                CeremoniesPallet::close(origin(&who), ceremony).is_ok()
            }
        };
        self.follow(which);
        done
    }

    fn contribute(&mut self, which: usize, who: &AccountId) -> bool {
        let planted = self.rng.next_u32().is_multiple_of(4);
        let seed = u64::from(self.rng.next_u32());
        let party = &mut self.parties[which];
        let index = party.details().contributions;
        let mut after = party.bulk().after(Factors::of(seed));
        if planted {
            after = after.planted(planted_query(), 2);
        }
        let done = party.leave(who, after).is_ok();
        if done && planted {
            self.planted[which].push(index);
        }
        done
    }

    /// Challenge any contribution: upheld exactly if it is a planted one.
    fn challenge(&mut self, which: usize, who: &AccountId) -> bool {
        let details = self.parties[which].details();
        if details.contributions == 0 {
            return false;
        }
        let index = self.rng.next_u32() % details.contributions;
        let done = self.parties[which].challenge(who, index, 2);
        let expected = details.outcome.is_none() && self.planted[which].contains(&index);
        assert_eq!(done.is_ok(), expected, "{done:?}");
        self.slashed += u32::from(expected);
        expected
    }
}

#[test]
fn bonds_and_issuance_add_up_after_every_step() {
    let (mut slashed, mut finalized) = (0, 0);
    for seed in 0..2 {
        on_a_fresh_chain(|| {
            let mut world = World {
                rng: rng(seed),
                parties: vec![],
                planted: vec![],
                slashed: 0,
                finalized: 0,
            };
            let issuance = Balances::total_issuance();
            let mut accepted = 0;
            for _ in 0..250 {
                accepted += u32::from(world.step());
                assert_eq!(Balances::total_issuance(), issuance);
                assert_ok!(CeremoniesPallet::check_invariants());
            }
            assert_ok!(ModelRegistry::check_invariants());
            assert!(accepted > 30, "the history is of refusals only");
            slashed += world.slashed;
            finalized += world.finalized;
        });
    }
    assert!(slashed > 2 && finalized > 2, "{slashed} and {finalized}");
}

//! Histories of the tiers beside proofs: replicas that agree or do not, results that stand or are
//! challenged, disputes that are played or not, subscriptions that are used, left and ended.

use super::History;
use crate::fixture::provide_model;
use codec::Encode;
use frame_support::BoundedVec;
use lattice_host::trace::Commitment;
use lattice_primitives::{Offer, ReplicaContent, RequestId, RequestOptions, Verification};
use lattice_runtime::{
    AccountId, ComputeProviders, Disputes, ModelRegistry, Optimistic, PrivateRequests, Replication,
    Runtime, RuntimeCall, RuntimeOrigin, Subscriptions, System, UNIT,
};
use lattice_tensor::testing::{random_input, random_mlp};
use lattice_tensor::{Model, Range, Trace};
use pallet_disputes::Turn;
use sp_core::H256;

/// A model whose traces are known: an honest one, and one that is false from some element on.
pub struct Traced {
    model: Model,
    pub input: Vec<i8>,
    commitments: [Commitment; 2],
}

/// The registration of the traced model; the fixture's is the first one.
pub const MODEL: u32 = 1;

impl Traced {
    pub fn new() -> Self {
        let model = random_mlp(5, &[6, 70, 3], Range { lo: 0, hi: 16 });
        let wide = random_input(3, &model);
        let honest = lattice_tensor::trace(&model, &wide).expect("the input is admissible");
        let mut values = honest.values.clone();
        let last = values.len() - 1;
        values[last][1] = values[last][1].wrapping_add(1);
        let commit = |trace| Commitment::new(&model, trace).expect("the trace is the model's");
        let commitments = [commit(honest), commit(Trace { values })];
        let input = wide.iter().map(|x| i8::try_from(*x).expect("i8")).collect();
        Self {
            model,
            input,
            commitments,
        }
    }

    /// Registers it, and lets providers serve it.
    pub fn register(&self, owner: &AccountId, providers: &[AccountId]) {
        ModelRegistry::register(
            RuntimeOrigin::signed(owner.clone()),
            BoundedVec::truncate_from(b"traced".to_vec()),
            1,
            BoundedVec::truncate_from(self.model.manifest().encode()),
            Default::default(),
            Default::default(),
            None,
        )
        .expect("the manifest registers");
        for provider in providers {
            provide_model(provider, MODEL, UNIT);
        }
    }

    fn content<'a>(
        &'a self,
        request: RequestId,
        provider: &'a AccountId,
        which: usize,
    ) -> ReplicaContent<'a, AccountId> {
        let commitment = &self.commitments[which];
        ReplicaContent {
            genesis: System::block_hash(0),
            request,
            provider,
            trace_root: H256(commitment.root()),
            output: commitment.trace().output(),
            salt: [7; 32],
        }
    }
}

impl History {
    /// A tier beside proofs.
    pub(super) fn tier(&mut self) -> Verification {
        match self.below(2) {
            // Of these some are none.
            0 => Verification::Replicated {
                n: [2, 3, 3, 3, 4][self.below(5) as usize],
                k: 2,
            },
            _ => Verification::Optimistic {
                window: 8 + self.below(6),
                bond: self.amount() / 8,
            },
        }
    }

    /// What a request of that tier may say: in some of them several providers may try.
    pub(super) fn options_of(
        &mut self,
        verification: Verification,
    ) -> RequestOptions<AccountId, u32> {
        RequestOptions {
            attempts: match verification {
                Verification::Optimistic { .. } => [1, 1, 1, 2, 3][self.below(5) as usize],
                _ => 1,
            },
            ..Default::default()
        }
    }

    /// Everybody who is to move in a tier does, or some do, or does it wrong.
    pub(super) fn play_tiers(&mut self) {
        if self.below(3) == 0 {
            self.mend();
        }
        self.play_replicas();
        self.play_optimists();
        self.play_disputes();
    }

    /// Lets four of the six accounts be providers of both models again, whatever has become of them.
    /// What was held against them is forgotten, or nobody would be asked after the first few lies.
    fn mend(&mut self) {
        let accounts = self.accounts.clone();
        for account in accounts.iter().take(4) {
            let origin = RuntimeOrigin::signed(account.clone());
            let _ = ComputeProviders::register(
                origin.clone(),
                1_000 * UNIT,
                Default::default(),
                Default::default(),
                8,
            );
            let _ = ComputeProviders::set_paused(origin.clone(), false);
            pallet_compute_providers::Providers::<Runtime>::mutate_extant(account, |provider| {
                provider.reputation = pallet_compute_providers::Reputation::neutral();
            });
            for model in [0, MODEL] {
                let offer = Offer::in_every_tier(UNIT, 1);
                let _ = ComputeProviders::set_offer_with(origin.clone(), model, offer);
            }
        }
    }

    /// Which trace an account holds: most are honest.
    fn trace_of(&mut self) -> usize {
        usize::from(self.below(4) == 0)
    }

    fn play_replicas(&mut self) {
        let open: Vec<_> = pallet_replication::Requests::<Runtime>::iter_keys().collect();
        for request in open {
            let Some(info) = Replication::replicated(request) else {
                continue;
            };
            for replica in info.replicas {
                let who = replica.provider;
                let origin = RuntimeOrigin::signed(who.clone());
                let which = self.trace_of();
                if self.below(3) == 0 {
                    continue;
                }
                let traced = &self.traced;
                let content = traced.content(request, &who, which);
                let _ = Replication::commit(origin.clone(), request, content.commitment());
                // It is one of these if it is any.
                for which in 0..2 {
                    let content = traced.content(request, &who, which);
                    let output = BoundedVec::truncate_from(content.output.to_vec());
                    let _ = Replication::reveal(
                        origin.clone(),
                        request,
                        output,
                        content.trace_root,
                        content.salt,
                    );
                    let link = traced.commitments[which].output_link();
                    let _ = Replication::appeal_by_dispute(origin.clone(), request, link);
                }
            }
        }
    }

    fn play_optimists(&mut self) {
        let open: Vec<_> = pallet_optimistic::Requests::<Runtime>::iter_keys().collect();
        for request in open {
            let Some(info) = Optimistic::optimistic(request) else {
                continue;
            };
            let which = self.trace_of();
            let commitment = &self.traced.commitments[which];
            let _ = Optimistic::post_result(
                RuntimeOrigin::signed(info.provider),
                request,
                info.context,
                BoundedVec::truncate_from(commitment.trace().output().to_vec()),
                H256(commitment.root()),
                commitment.output_link(),
            );
            if self.below(3) == 0 {
                let root = H256(self.traced.commitments[self.trace_of()].root());
                let challenger = RuntimeOrigin::signed(self.account());
                let _ = Optimistic::challenge(challenger, request, root);
            }
        }
    }

    /// Somebody has the chain do what is due for every open request and dispute, if it is.
    pub(super) fn hasten(&mut self) {
        let somebody = || RuntimeOrigin::signed(AccountId::new([99; 32]));
        let optimistic: Vec<_> = pallet_optimistic::Requests::<Runtime>::iter_keys().collect();
        for request in optimistic {
            let _ = Optimistic::finalize(somebody(), request);
        }
        let replicated: Vec<_> = pallet_replication::Requests::<Runtime>::iter_keys().collect();
        for request in replicated {
            let _ = Replication::advance(somebody(), request);
        }
        let disputes: Vec<_> = pallet_disputes::Disputes::<Runtime>::iter_keys().collect();
        for dispute in disputes {
            let _ = Disputes::expire(somebody(), dispute);
        }
        let private: Vec<_> = pallet_private_requests::Requests::<Runtime>::iter_keys().collect();
        for request in private {
            let _ = PrivateRequests::expire_private(somebody(), request);
        }
    }

    fn play_disputes(&mut self) {
        let open: Vec<_> = pallet_disputes::Disputes::<Runtime>::iter().collect();
        for (id, dispute) in open {
            // Some are silent.
            if self.below(5) == 0 {
                continue;
            }
            let root = dispute.trace_root;
            let mut commitments = self.traced.commitments.iter();
            let Some(defended) = commitments.find(|one| H256(one.root()) == root) else {
                continue;
            };
            let challenger = RuntimeOrigin::signed(dispute.challenger.clone());
            let defender = dispute.defenders.first().expect("there is one").clone();
            let defender = RuntimeOrigin::signed(defender);
            match dispute.turn {
                Turn::Reveal { walk } => {
                    let node = defended.reveal(&walk).expect("the tree has the place");
                    let _ = Disputes::reveal(defender, id, node);
                }
                Turn::Choose { walk, node } => {
                    let honest = &self.traced.commitments[0];
                    let child = honest.first_difference(&walk, &node).unwrap_or(0);
                    let _ = Disputes::choose(challenger, id, child);
                }
                Turn::Defend { position, .. } => {
                    let opening = defended.open(&self.traced.model, position);
                    let opening = opening.expect("the tree has the element").encode();
                    let _ = Disputes::defend(defender, id, BoundedVec::truncate_from(opening));
                }
            }
        }
    }

    pub(super) fn of_subscriptions(&mut self) -> RuntimeCall {
        use pallet_subscriptions::Call;
        let subscription = u64::from(self.below(6));
        RuntimeCall::Subscriptions(match self.below(8) {
            0 => Call::set_plan {
                model: self.below(2),
                period: 200 + self.below(3),
                quota: self.below(5),
                price: self.amount() / 50,
            },
            1 | 2 => Call::subscribe {
                plan: self.below(4).into(),
                periods: self.below(4),
                max_total: self.amount(),
            },
            3 => Call::settle_period { subscription },
            4 => Call::cancel { subscription },
            5 => Call::terminate { subscription },
            6 => Call::report_absence { subscription },
            _ => Call::remove_plan {
                plan: self.below(4).into(),
            },
        })
    }

    /// What every pallet of a tier says of itself.
    pub(super) fn check_tiers() {
        for (pallet, checked) in [
            ("disputes", Disputes::check_invariants()),
            ("optimistic", Optimistic::check_invariants()),
            ("replication", Replication::check_invariants()),
            ("subscriptions", Subscriptions::check_invariants()),
        ] {
            assert_eq!(checked, Ok(()), "{pallet}");
        }
    }
}

//! What is stored of an open replicated request.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_primitives::{ModelIndex, ReplicaAppeal, MAX_EXCLUDED, MAX_REPLICAS};

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// An open request: everything that its end needs, but for its input and the outputs.
#[stored]
pub struct Request<T: Config> {
    pub requester: T::AccountId,
    /// Receives the royalty: the model's owner when the request was made.
    pub owner: T::AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// The verifying key that the model had when the request was made.
    pub vk_id: Option<H256>,
    pub input_commitment: H256,
    /// Hash of what the requester signed for.
    pub content: H256,
    pub output_len: u32,
    /// Replicas that run the model.
    pub n: u8,
    /// Equal results that settle.
    pub k: u8,
    /// Paid once, to the owner.
    pub royalty: BalanceOf<T>,
    /// On hold: most that the requester pays.
    pub escrow: BalanceOf<T>,
    /// Blocks in which the replicas are to commit.
    pub window: BlockNumberFor<T>,
    /// Never these.
    pub excluded: BoundedVec<T::AccountId, ConstU32<MAX_EXCLUDED>>,
    pub requested_at: BlockNumberFor<T>,
    pub stage: Stage<BlockNumberFor<T>>,
    /// In the order of the lot; empty until they are drawn.
    pub replicas: BoundedVec<Replica<T>, ConstU32<MAX_REPLICAS>>,
}

/// How far a request is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum Stage<BlockNumber> {
    /// Made in this block; a later one draws the replicas.
    Waiting { since: BlockNumber },
    /// The replicas commit.
    Committing { until: BlockNumber },
    /// Those that have committed show their results.
    Revealing { until: BlockNumber },
    /// Enough agree, and the others may appeal.
    Appealing { until: BlockNumber },
}

impl<BlockNumber: Copy> Stage<BlockNumber> {
    /// The last block before the chain takes the request on.
    pub fn due(&self) -> BlockNumber {
        match *self {
            Self::Waiting { since } => since,
            Self::Committing { until } | Self::Revealing { until } | Self::Appealing { until } => {
                until
            }
        }
    }
}

/// One of the providers that were drawn.
#[stored]
pub struct Replica<T: Config> {
    pub provider: T::AccountId,
    /// Paid to it if it is right.
    pub compute: BalanceOf<T>,
    /// Paid to the treasury then.
    pub fee: BalanceOf<T>,
    /// Locked of its stake, until the request ends or it is late.
    pub collateral: BalanceOf<T>,
    pub progress: Progress,
}

/// What a replica has done so far.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum Progress {
    /// Nothing yet.
    Drawn,
    /// Committed to a result.
    Committed(H256),
    /// Shown its result.
    Revealed {
        finding: Finding,
        appeal: ReplicaAppeal,
    },
    /// Not in time; it has been fined, and its collateral is free.
    Late,
}

/// A result, as far as results are compared.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Finding {
    /// Blake2-256 of the SCALE encoding of the output.
    pub output_hash: H256,
    /// Merkle root over the outputs of all layers.
    pub trace_root: H256,
}

impl<T: Config> Request<T> {
    /// The replica that a provider is, if it was drawn.
    pub fn replica(&self, who: &T::AccountId) -> Option<&Replica<T>> {
        self.replicas.iter().find(|one| one.provider == *who)
    }

    /// As [`Request::replica`], to be changed.
    pub fn replica_mut(&mut self, who: &T::AccountId) -> Option<&mut Replica<T>> {
        self.replicas.iter_mut().find(|one| one.provider == *who)
    }

    /// How many replicas have got so far.
    pub fn count(&self, so_far: impl Fn(&Progress) -> bool) -> usize {
        let replicas = self.replicas.iter();
        replicas.filter(|one| so_far(&one.progress)).count()
    }

    /// The result that at least `k` replicas have shown. As that is more than half of them, there
    /// is one at most.
    pub fn majority(&self) -> Option<Finding> {
        let findings = || self.replicas.iter().filter_map(Replica::finding);
        let quorum = usize::from(self.k);
        findings().find(|finding| findings().filter(|other| other == finding).count() >= quorum)
    }

    /// Whether a dispute of it is open.
    pub fn is_disputed(&self) -> bool {
        let is_open = |progress: &Progress| {
            matches!(
                progress,
                Progress::Revealed {
                    appeal: ReplicaAppeal::Disputed(_),
                    ..
                }
            )
        };
        self.count(is_open) != 0
    }
}

impl<T: Config> Replica<T> {
    /// The result that it has shown.
    pub fn finding(&self) -> Option<Finding> {
        match self.progress {
            Progress::Revealed { finding, .. } => Some(finding),
            Progress::Drawn | Progress::Committed(_) | Progress::Late => None,
        }
    }

    /// Whether it has lost a dispute about the majority's result: it was silent, or its own trace is
    /// none.
    pub fn lost_appeal(&self) -> bool {
        matches!(
            self.progress,
            Progress::Revealed {
                appeal: ReplicaAppeal::Lost,
                ..
            }
        )
    }

    /// Whether its collateral is locked.
    pub fn is_bound(&self) -> bool {
        self.progress != Progress::Late
    }
}

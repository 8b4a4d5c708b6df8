//! What the chain says of a provider.

use crate::{Gas, ModelIndex};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::traits::{Bounded, UniqueSaturatedFrom, UniqueSaturatedInto, Zero};

/// What a provider says of its machine.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub struct Hardware {
    pub cpu_cores: u16,
    pub memory_mib: u32,
    /// Number of accelerators; zero on a CPU-only machine.
    pub accelerators: u16,
    /// Memory of the smallest accelerator, in MiB.
    pub accelerator_memory_mib: u32,
}

/// What a provider asks for results that may be challenged, and the most that it agrees to.
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
    Serialize,
    Deserialize,
)]
pub struct OptimisticOffer<Balance> {
    /// Price per inference, in planck, in place of that for a proven one.
    pub price: Balance,
    /// Longest window for challenges, in blocks: for so long the collateral is bound.
    pub max_window: u32,
    /// Highest bond, in planck.
    pub max_bond: Balance,
}

/// What a provider asks for serving one model.
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
    Serialize,
    Deserialize,
)]
pub struct Offer<Balance, BlockNumber> {
    /// Price per proven inference, in planck, royalty and protocol fee not included.
    pub price: Balance,
    /// What is added, in every tier, for every million gas of one execution of the model, in planck.
    pub per_million_gas: Balance,
    /// The shortest deadline this provider accepts, in blocks.
    pub min_deadline: BlockNumber,
    /// Assignments of this model that it takes at the same time; `None`: as many as it has slots.
    pub capacity: Option<u32>,
    /// Whether the model is in the provider's memory, as the provider says. It is preferred then; who
    /// says so and is late all the same pays for it with stake and reputation.
    pub resident: bool,
    /// For optimistic requests; `None`: it takes none. Nobody serves a tier that it has not offered.
    pub optimistic: Option<OptimisticOffer<Balance>>,
    /// Price per inference as one of several replicas, in planck; `None`: it is none.
    pub replicated: Option<Balance>,
}

impl<Balance: Zero, BlockNumber> Offer<Balance, BlockNumber> {
    /// A price per proven inference, and nothing else.
    pub fn per_inference(price: Balance, min_deadline: BlockNumber) -> Self {
        Self {
            price,
            per_million_gas: Zero::zero(),
            min_deadline,
            capacity: None,
            resident: false,
            optimistic: None,
            replicated: None,
        }
    }
}

impl<Balance: Bounded + Copy + Zero, BlockNumber> Offer<Balance, BlockNumber> {
    /// The same price in every tier, whatever the window and bond.
    pub fn in_every_tier(price: Balance, min_deadline: BlockNumber) -> Self {
        Self {
            optimistic: Some(OptimisticOffer {
                price,
                max_window: u32::MAX,
                max_bond: Balance::max_value(),
            }),
            replicated: Some(price),
            ..Self::per_inference(price, min_deadline)
        }
    }
}

impl<Balance, BlockNumber> Offer<Balance, BlockNumber>
where
    Balance: Copy + UniqueSaturatedInto<u128> + UniqueSaturatedFrom<u128>,
{
    /// What it asks for one inference of a model whose execution takes so much gas:
    /// `price + ⌈per_million_gas · gas / 10^6⌉`, in planck, or the most that can be written down.
    pub fn asked(&self, gas: Gas) -> Balance {
        let price: u128 = self.price.unique_saturated_into();
        let per_million: u128 = self.per_million_gas.unique_saturated_into();
        let units = per_million.checked_mul(gas.into());
        let asked = units
            .map(|units| units.div_ceil(1_000_000))
            .and_then(|units| units.checked_add(price));
        Balance::unique_saturated_from(asked.unwrap_or(u128::MAX))
    }
}

/// How a provider failed an assignment.
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
    Serialize,
    Deserialize,
)]
pub enum Failure {
    /// A proof that the chain rejected.
    FalseProof,
    /// No result before the deadline.
    Late,
    /// Not accepted in the time that the requester gave for it.
    NotAccepted,
    /// A result that was challenged and could not be defended before the chain.
    Refuted,
    /// A replica's result that differs from the one that settled, and was not shown to be right.
    Outvoted,
    /// It said that it had no input, and had signed for it.
    FalseClaim,
    /// A private output that it did not post when it was made to.
    OutputWithheld,
}

impl Failure {
    /// Every failure.
    pub const ALL: [Self; 7] = [
        Self::FalseProof,
        Self::Late,
        Self::NotAccepted,
        Self::Refuted,
        Self::Outvoted,
        Self::FalseClaim,
        Self::OutputWithheld,
    ];
}

/// A provider, as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ProviderInfo<AccountId, Balance, BlockNumber> {
    pub account: AccountId,
    /// Stake on hold and not unbonding, in planck.
    pub stake: Balance,
    /// Part of the stake locked as collateral of running assignments.
    pub locked: Balance,
    /// Part of the stake that slashes will take unless they are vetoed.
    pub pending: Balance,
    /// Unbonding amounts and the block from which each may be withdrawn.
    pub unbonding: Vec<(Balance, BlockNumber)>,
    pub hardware: Hardware,
    /// Multiaddresses or URLs, UTF-8.
    pub endpoints: Vec<Vec<u8>>,
    /// Assignments it would take at the same time.
    pub capacity: u32,
    /// Assignments it is given at the same time: its capacity, or less while it is new.
    pub slots: u32,
    /// Whether it takes no new assignments for now.
    pub paused: bool,
    /// Assignments running now.
    pub running: u32,
    pub offers: Vec<(ModelIndex, Offer<Balance, BlockNumber>)>,
    pub settled: u64,
    pub late: u64,
    pub rejected: u64,
    /// Assignments that it did not accept in time.
    pub not_accepted: u64,
    /// Assignments whose result lost a dispute or a vote, or whose claim to have no input was false.
    pub disputed: u64,
    /// What its work so far says of it, in parts per million; 500,000 for a new account.
    pub reputation: u32,
    pub registered_at: BlockNumber,
    pub last_heartbeat: BlockNumber,
}

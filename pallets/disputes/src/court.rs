//! What other pallets see of disputes, and what this one asks of them.
//!
//! A pallet that has results to dispute, a consumer, opens disputes with [`Court`] and is told by
//! [`Verdicts`] how each was decided. Money is the consumer's: it puts a challenger's bond on hold
//! before it opens a dispute, and gives it to whom it belongs after.

use alloc::vec::Vec;
use frame::prelude::*;
use lattice_host::trace::{Layout, OutputLink};
use lattice_primitives::{DisputeId, ModelIndex, QuoteError, RequestId, Verdict};
use pallet_model_registry::Registry;

use crate::types::Defenders;

/// A result that is challenged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<AccountId> {
    pub request: RequestId,
    pub model: ModelIndex,
    /// As the request has it: the model takes it.
    pub input: Vec<i8>,
    /// Root of the tree over all operators' results, as the defenders posted it.
    pub trace_root: H256,
    /// At least one account. Any of them may answer, and all of them lose if none does.
    pub defenders: Defenders<AccountId>,
    /// None of the defenders.
    pub challenger: AccountId,
}

/// Why results of a model cannot be disputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CourtError {
    /// No model has this index.
    UnknownModel,
    /// The model has an operator whose one element takes more bytes to check than the chain takes.
    NotDisputable,
}

impl From<CourtError> for QuoteError {
    fn from(error: CourtError) -> Self {
        match error {
            CourtError::UnknownModel => Self::UnknownModel,
            CourtError::NotDisputable => Self::NotDisputable,
        }
    }
}

/// Where disputes are decided.
pub trait Court<AccountId> {
    /// Most weight of [`Court::layout`].
    fn layout_weight() -> Weight;

    /// The shape of the tree over a model's results.
    ///
    /// # Errors
    /// Results of this model cannot be disputed.
    fn layout(model: ModelIndex) -> Result<Layout, CourtError>;

    /// Most weight of [`Court::is_last_value`] for an output of so many elements.
    fn is_last_value_weight(output_len: u32) -> Weight;

    /// Whether an output is the result of the last operator under a root.
    ///
    /// # Errors
    /// Those of [`Court::layout`].
    fn is_last_value(
        model: ModelIndex,
        trace_root: H256,
        output: &[i32],
        link: &OutputLink,
    ) -> Result<bool, CourtError>;

    /// Most weight of [`Court::open`].
    fn open_weight() -> Weight;

    /// Open a dispute; it is a defender's turn.
    ///
    /// # Errors
    /// Those of [`Court::layout`], or the claim is not as [`Claim`] says. Nothing changes then, if
    /// the caller rolls back.
    fn open(claim: Claim<AccountId>) -> Result<DisputeId, DispatchError>;

    /// Most weight of [`Court::close`].
    fn close_weight() -> Weight;

    /// End a dispute without a verdict, because it does not matter any more. One that is not open
    /// stays as it is.
    fn close(dispute: DisputeId);

    /// Whether a dispute is open.
    fn is_open(dispute: DisputeId) -> bool;
}

/// Who is told how disputes were decided.
pub trait Verdicts<AccountId> {
    /// Most weight of [`Verdicts::decided`].
    fn weight() -> Weight;

    /// A dispute was decided, and is not open any more. Whoever did not open it does nothing.
    ///
    /// May close other disputes. Cannot fail.
    fn decided(dispute: DisputeId, request: RequestId, challenger: &AccountId, verdict: Verdict);
}

/// Nobody.
impl<AccountId> Verdicts<AccountId> for () {
    fn weight() -> Weight {
        Weight::zero()
    }

    fn decided(_: DisputeId, _: RequestId, _: &AccountId, _: Verdict) {}
}

/// Both: each knows its own.
impl<AccountId, A: Verdicts<AccountId>, B: Verdicts<AccountId>> Verdicts<AccountId> for (A, B) {
    fn weight() -> Weight {
        A::weight().saturating_add(B::weight())
    }

    fn decided(dispute: DisputeId, request: RequestId, challenger: &AccountId, verdict: Verdict) {
        A::decided(dispute, request, challenger, verdict);
        B::decided(dispute, request, challenger, verdict);
    }
}

/// Where a model's manifest is.
pub trait Manifests {
    /// The canonical SCALE manifest of a registration.
    fn manifest(model: ModelIndex) -> Option<Vec<u8>>;
}

impl<T: pallet_model_registry::Config> Manifests for pallet_model_registry::Pallet<T> {
    fn manifest(model: ModelIndex) -> Option<Vec<u8>> {
        <Self as Registry<T::AccountId, pallet_model_registry::BalanceOf<T>>>::manifest(model)
    }
}

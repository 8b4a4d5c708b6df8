//! What the node checks, in this pallet's errors.

use crate::*;
use alloc::vec::Vec;
use lattice_host::trace::{Position, StepError, WalkError};
use lattice_host::StepCheck;
use lattice_primitives::ModelIndex;

impl<T: Config> Pallet<T> {
    /// The shape of the tree over a model's results, if its worst opening is short enough.
    pub(crate) fn layout_of(model: ModelIndex) -> Result<Layout, CourtError> {
        let manifest = T::Registry::manifest(model).ok_or(CourtError::UnknownModel)?;
        lattice_host::trace_layout(&manifest).map_err(|error| {
            log::debug!(target: "runtime::disputes", "model {model} is not disputable: {error}");
            CourtError::NotDisputable
        })
    }

    /// What the element at a position is, given that its operands are those opened.
    pub(crate) fn recompute(
        dispute: &Dispute<T>,
        input: Vec<i8>,
        position: Position,
        opening: OpeningBytes,
    ) -> Result<i32, Error<T>> {
        let manifest = T::Registry::manifest(dispute.model).ok_or(Error::CheckFailed)?;
        let check = StepCheck {
            manifest,
            root: dispute.trace_root.0,
            input,
            position,
            opening: opening.into_inner(),
        };
        match lattice_host::check_step(&check) {
            Ok(Ok(element)) => Ok(element),
            Ok(Err(error)) => {
                log::debug!(target: "runtime::disputes", "an opening is refused: {error}");
                Err(error.into())
            }
            Err(error) => {
                log::error!(target: "runtime::disputes", "no element is checked: {error}");
                Err(Error::CheckFailed)
            }
        }
    }
}

impl<T> From<StepError> for Error<T> {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Encoding | StepError::Count { .. } => Self::MalformedOpening,
            StepError::TraceRoot => Self::WrongOperands,
            StepError::WeightRoot => Self::WrongWeights,
            StepError::NotQuantized { .. } => Self::OperandOutOfRange,
            // Model, input and position were checked when the dispute was opened and led here.
            StepError::Manifest
            | StepError::InputLength { .. }
            | StepError::InputRange { .. }
            | StepError::Position
            | StepError::TooLarge => Self::CheckFailed,
        }
    }
}

impl<T> From<WalkError> for Error<T> {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Kind => Self::OtherKindOfNode,
            WalkError::Count { .. } => Self::WrongNodeLength,
            WalkError::Hash => Self::WrongNode,
            WalkError::Child { .. } => Self::UnknownChild,
            // A walk stays in the layout that it began in.
            WalkError::Place => Self::CheckFailed,
        }
    }
}

impl<T> From<CourtError> for Error<T> {
    fn from(error: CourtError) -> Self {
        match error {
            CourtError::UnknownModel => Self::UnknownModel,
            CourtError::NotDisputable => Self::NotDisputable,
        }
    }
}

//! Trained states that leave the host.

use crate::types::{TrainedState, MAX_STATE_BYTES};

/// The states if they are wanted; their bytes and the limit if they are too many.
pub fn kept(wanted: bool, states: Vec<TrainedState>) -> Result<Vec<TrainedState>, (u64, u64)> {
    if !wanted {
        return Ok(Vec::new());
    }
    let limit = u64::from(MAX_STATE_BYTES);
    let bytes = states
        .iter()
        .flat_map(|state| [state.model.len(), state.parameters.len()])
        .fold(0u64, |sum, length| {
            sum.saturating_add(u64::try_from(length).unwrap_or(u64::MAX))
        });
    if bytes > limit {
        return Err((bytes, limit));
    }
    Ok(states)
}

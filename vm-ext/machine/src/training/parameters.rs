//! The parameters of a state: made of a model, quantized, encoded, hashed.

use super::plan::{Layer, Plan};
use super::{round, TrainingFault};
use alloc::{vec, vec::Vec};
use blake2::{
    digest::{consts::U32, Digest},
    Blake2b,
};
use lattice_tensor::{weights::weight_root, Manifest, Model, TensorData, TensorId};

/// What the bytes of a state are hashed under.
const STATE: &[u8] = b"lattice/state/1";

/// Parameters that are hashed at once: 4 KiB.
const HASHED_AT_ONCE: usize = 1024;

/// Bytes of one parameter.
pub const PARAMETER_BYTES: u64 = 4;

/// One i32 for each element of each tensor of a model: weights Q16, biases Q24.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    pub(super) tensors: Vec<Vec<i32>>,
}

impl Parameters {
    /// The parameters that a model starts with, exactly.
    ///
    /// # Errors
    /// [`TrainingFault::Parameter`] for a bias that leaves 32 bits.
    pub fn of(model: &Model, plan: &Plan) -> Result<Self, TrainingFault> {
        let mut tensors: Vec<Vec<i32>> = vec![Vec::new(); model.tensors().len()];
        for layer in plan.layers() {
            let weights = model.weight(layer.weight);
            let shifted = by_row(weights, layer.columns, &layer.weight_shifts)
                // At most 127 << 22: see the bounds of the shifts.
                .map(|(weight, shift)| i32::from(*weight).wrapping_shl(shift.into()));
            put(&mut tensors, layer.weight, shifted.collect());
            if let Some(bias) = layer.bias {
                let values =
                    model
                        .bias(bias)
                        .iter()
                        .zip(&layer.bias_shifts)
                        .map(|(value, shift)| {
                            i32::try_from(i64::from(*value).wrapping_shl((*shift).into())).ok()
                        });
                // One that does not fit ends the list, which is then too short.
                let values: Vec<_> = values.map_while(|value| value).collect();
                if values.len() < model.bias(bias).len() {
                    let before = tensors
                        .iter()
                        .map(Vec::len)
                        .fold(values.len(), usize::saturating_add);
                    return Err(TrainingFault::Parameter {
                        parameter: u32::try_from(before).unwrap_or(u32::MAX),
                    });
                }
                put(&mut tensors, bias, values);
            }
        }
        Ok(Parameters { tensors })
    }

    /// The model of these parameters: the graph of `model`, and the parameters
    /// rounded to its weights and biases.
    ///
    /// # Errors
    /// [`TrainingFault::Refused`].
    pub fn quantize(&self, model: &Model, plan: &Plan) -> Result<Model, TrainingFault> {
        let tensors = self.quantized(plan);
        let manifest = Manifest {
            weight_root: weight_root(&tensors),
            ..model.manifest().clone()
        };
        Model::new(manifest, tensors).map_err(|_| TrainingFault::Refused)
    }

    /// The parameters rounded to weights and biases.
    pub(crate) fn quantized(&self, plan: &Plan) -> Vec<TensorData> {
        let mut tensors = vec![TensorData::I8(Vec::new()); self.tensors.len()];
        for layer in plan.layers() {
            let weights = by_row(
                self.tensor(layer.weight),
                layer.columns,
                &layer.weight_shifts,
            )
            .map(|(weight, shift)| {
                let rounded = round(i64::from(*weight), shift).clamp(-127, 127);
                i8::try_from(rounded).unwrap_or(i8::MAX)
            });
            put(
                &mut tensors,
                layer.weight,
                TensorData::I8(weights.collect()),
            );
            if let Some(bias) = layer.bias {
                let values = self.tensor(bias).iter().zip(&layer.bias_shifts);
                let values = values.map(|(value, shift)| {
                    // A shift of at least one, so it fits.
                    i32::try_from(round(i64::from(*value), *shift)).unwrap_or(i32::MAX)
                });
                put(&mut tensors, bias, TensorData::I32(values.collect()));
            }
        }
        tensors
    }

    /// Elements of a tensor, empty for an id that the model does not have.
    pub(super) fn tensor(&self, tensor: TensorId) -> &[i32] {
        self.tensors
            .get(usize::from(tensor))
            .map_or(&[], Vec::as_slice)
    }

    /// Number of parameters of a model.
    pub fn count(model: &Model) -> u64 {
        Self::count_of(model.manifest())
    }

    /// Number of parameters of the models of a manifest.
    pub fn count_of(manifest: &Manifest) -> u64 {
        manifest.tensors.iter().fold(0, |sum: u64, decl| {
            sum.saturating_add(u64::try_from(decl.shape.len()).unwrap_or(u64::MAX))
        })
    }

    /// The canonical encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for tensor in &self.tensors {
            extend(&mut bytes, tensor);
        }
        bytes
    }

    /// Reads the canonical encoding of the parameters of a model; none if there
    /// are more or fewer bytes.
    pub fn decode(model: &Model, bytes: &[u8]) -> Option<Self> {
        let expected = Self::count(model).checked_mul(PARAMETER_BYTES)?;
        if u64::try_from(bytes.len()).ok()? != expected {
            return None;
        }
        let mut parameters = bytes
            .chunks_exact(4)
            .filter_map(|bytes| bytes.try_into().ok().map(i32::from_le_bytes));
        let tensors = model
            .tensors()
            .iter()
            .map(|tensor| parameters.by_ref().take(tensor.len()).collect())
            .collect();
        Some(Parameters { tensors })
    }

    /// The hash of the state of these parameters, whose quantization is `model`.
    pub fn state_hash(&self, model: &Model) -> [u8; 32] {
        let mut hasher = Blake2b::<U32>::new();
        hasher.update(STATE);
        hasher.update(model.id().0);
        // Piece by piece, as the whole may be many megabytes.
        let mut bytes = Vec::new();
        for tensor in &self.tensors {
            for part in tensor.chunks(HASHED_AT_ONCE) {
                bytes.clear();
                extend(&mut bytes, part);
                hasher.update(&bytes);
            }
        }
        hasher.finalize().into()
    }
}

/// Appends parameters, little-endian.
fn extend(bytes: &mut Vec<u8>, parameters: &[i32]) {
    bytes.reserve(parameters.len().saturating_mul(4));
    for parameter in parameters {
        bytes.extend_from_slice(&parameter.to_le_bytes());
    }
}

/// Each element with the shift of its row.
fn by_row<'a, T>(
    elements: &'a [T],
    columns: usize,
    shifts: &'a [u8],
) -> impl Iterator<Item = (&'a T, u8)> {
    elements
        .chunks(columns.max(1))
        .zip(shifts)
        .flat_map(|(row, shift)| row.iter().map(|element| (element, *shift)))
}

fn put<T>(tensors: &mut [T], tensor: TensorId, value: T) {
    if let Some(place) = tensors.get_mut(usize::from(tensor)) {
        *place = value;
    }
}

impl Layer {
    /// The layer's weights of one output channel after another.
    pub(super) fn rows<'a>(&self, parameters: &'a Parameters) -> core::slice::ChunksExact<'a, i32> {
        parameters
            .tensor(self.weight)
            .chunks_exact(self.columns.max(1))
    }
}

//! A model as a handle holds it: what it runs, and the state that it is trained on.

use crate::memory::length;
use crate::outcome::TrainedState;
use crate::training::{Parameters, Plan, PARAMETER_BYTES};
use lattice_isa::{operand::element_count, Handle, ModelHash};
use lattice_tensor::{Model, Op};

/// A loaded model and its state.
pub struct LoadedModel {
    model: Model,
    base: ModelHash,
    manifest_bytes: u64,
    // Without those of the parameters.
    resident: u64,
    volume: Volume,
    parameters: Option<Parameters>,
    trained: bool,
}

impl LoadedModel {
    /// A model whose encoded manifest has `manifest_bytes`, and which takes
    /// `resident` bytes of memory.
    pub fn new(model: Model, manifest_bytes: u64, resident: u64) -> Self {
        LoadedModel {
            base: model.id().0,
            volume: Volume::of(&model),
            model,
            manifest_bytes,
            resident,
            parameters: None,
            trained: false,
        }
    }

    /// The model with the parameters that a stored state has; none unless they
    /// are of this model and quantize to exactly its tensors.
    pub fn with_parameters(mut self, bytes: &[u8]) -> Option<Self> {
        let plan = Plan::new(&self.model).ok()?;
        let parameters = Parameters::decode(&self.model, bytes)?;
        if parameters.quantized(&plan) != self.model.tensors() {
            return None;
        }
        self.parameters = Some(parameters);
        Some(self)
    }

    /// The model that runs: as loaded, or the quantization of the state.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What an execution costs beside what the summary says.
    pub fn volume(&self) -> Volume {
        self.volume
    }

    /// The hash under which the model was loaded.
    pub fn base(&self) -> ModelHash {
        self.base
    }

    /// The state's parameters; none as long as nothing trained the model.
    pub fn parameters(&self) -> Option<&Parameters> {
        self.parameters.as_ref()
    }

    /// Bytes of the encoded manifest.
    pub fn manifest_bytes(&self) -> u64 {
        self.manifest_bytes
    }

    /// Bytes that the parameters of a state take, whether there is one or not.
    pub fn parameter_bytes(&self) -> u64 {
        Parameters::count(&self.model).saturating_mul(PARAMETER_BYTES)
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> u64 {
        let parameters = match self.parameters {
            Some(_) => self.parameter_bytes(),
            None => 0,
        };
        self.resident.saturating_add(parameters)
    }

    /// The hash of the state: the model's id, or that of the trained state.
    pub fn state_hash(&self) -> [u8; 32] {
        match &self.parameters {
            None => self.model.id().0,
            Some(parameters) => parameters.state_hash(&self.model),
        }
    }

    /// Goes on to the next state.
    pub fn train(&mut self, model: Model, parameters: Parameters) {
        self.model = model;
        self.parameters = Some(parameters);
        self.trained = true;
    }

    /// What a run that trained the model leaves of it.
    pub fn trained_state(&self, handle: Handle) -> Option<TrainedState> {
        let parameters = self.parameters.as_ref().filter(|_| self.trained)?;
        Some(TrainedState {
            handle,
            base: self.base,
            model: self.model.to_blob(),
            parameters: parameters.encode(),
            state: parameters.state_hash(&self.model),
        })
    }
}

/// Sizes of an execution that a [`lattice_tensor::ModelSummary`] does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Elements that are sums of products: results of dense layers.
    pub sums: u64,
    /// The same for convolutions.
    pub window_sums: u64,
    /// Rows of the windows of convolutions, over all input channels, and of pools.
    pub window_rows: u64,
}

impl Volume {
    fn of(model: &Model) -> Self {
        let mut volume = Volume::default();
        for (op, result) in model.ops().iter().zip(1u16..) {
            let elements = element_count(model.shape(result));
            let height = |kernel: [u8; 2]| u64::from(kernel[0]);
            let (sums, window_sums, rows) = match op {
                Op::Linear { .. } => (elements, 0, 0),
                Op::Conv2d(conv) => {
                    let weight = model.manifest().tensors.get(usize::from(conv.weight));
                    let kernel = weight.and_then(|weight| weight.shape.dims().get(2).copied());
                    let windows = length(model.shape(result).channel_len());
                    let rows = length(model.shape(conv.input).channels())
                        .saturating_mul(windows)
                        .saturating_mul(kernel.map_or(0, u64::from));
                    (0, elements, rows)
                }
                Op::MaxPool2d(pool) => (0, 0, elements.saturating_mul(height(pool.kernel))),
                Op::AvgPool2d(pool) => (0, 0, elements.saturating_mul(height(pool.kernel))),
                Op::GlobalAvgPool(pool) => {
                    let image = model.shape(pool.input);
                    let height = image.dims().get(1).copied().map_or(0, u64::from);
                    (0, 0, elements.saturating_mul(height))
                }
                _ => (0, 0, 0),
            };
            volume.sums = volume.sums.saturating_add(sums);
            volume.window_sums = volume.window_sums.saturating_add(window_sums);
            volume.window_rows = volume.window_rows.saturating_add(rows);
        }
        volume
    }
}

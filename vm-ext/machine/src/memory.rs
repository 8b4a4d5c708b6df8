//! Handles, tensors, and the bytes that they take.

pub use crate::loaded::LoadedModel;
use crate::outcome::TrainedState;
use crate::training::Parameters;
use alloc::{boxed::Box, vec::Vec};
use lattice_isa::{operand::element_count, Handle, Limits, Trap};
use lattice_tensor::{Model, ModelSummary, Shape};

/// Bytes charged for a handle itself, whatever it stands for.
pub const HANDLE_BYTES: u64 = 64;

/// A tensor of 32-bit integers, last axis fastest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    shape: Shape,
    elements: Vec<i32>,
}

impl Tensor {
    /// A tensor, if there are as many elements as the shape has.
    ///
    /// # Errors
    /// [`Trap::ElementCount`] otherwise.
    pub fn new(shape: Shape, elements: Vec<i32>) -> Result<Self, Trap> {
        let expected = element_count(&shape);
        let given = length(elements.len());
        if expected == given {
            Ok(Tensor { shape, elements })
        } else {
            Err(Trap::ElementCount { expected, given })
        }
    }

    /// Extent along each axis.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The elements, last axis fastest.
    pub fn elements(&self) -> &[i32] {
        &self.elements
    }

    /// Memory that a tensor of this many elements takes, in bytes.
    pub const fn bytes(elements: u64) -> u64 {
        elements.saturating_mul(4).saturating_add(HANDLE_BYTES)
    }
}

/// Memory that a loaded model takes, in bytes: its encoding and its decoded
/// weights, and an interval for each element of each value.
pub fn model_bytes(blob_bytes: u64, summary: &ModelSummary) -> u64 {
    blob_bytes
        .saturating_mul(2)
        .saturating_add(summary.activations.saturating_mul(16))
        .saturating_add(HANDLE_BYTES)
}

/// A length as it is counted in gas, limits and memory.
pub fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

enum Slot {
    Freed,
    Model(Box<LoadedModel>),
    Tensor(Tensor),
}

/// What the handles of a run stand for.
pub struct Memory {
    // The position is the handle; a freed slot stays, so none is given out twice.
    slots: Vec<Slot>,
    live: u16,
    bytes: u64,
    limits: Limits,
}

impl Memory {
    /// Nothing, within limits.
    pub const fn new(limits: Limits) -> Self {
        Memory {
            slots: Vec::new(),
            live: 0,
            bytes: 0,
            limits,
        }
    }

    /// Bytes of all that is live.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Checks that `extra` bytes of working space fit beside what is live.
    ///
    /// # Errors
    /// [`Trap::MemoryLimit`].
    pub fn fits(&self, extra: u64) -> Result<(), Trap> {
        let needed = self.bytes.saturating_add(extra);
        let limit = self.limits.memory_bytes;
        if needed > limit {
            return Err(Trap::MemoryLimit { needed, limit });
        }
        Ok(())
    }

    /// Checks that another handle fits.
    ///
    /// # Errors
    /// [`Trap::HandleLimit`].
    pub fn admits_handle(&self) -> Result<(), Trap> {
        let limit = self.limits.live_handles;
        let numbers_left = u16::try_from(self.slots.len()).is_ok();
        if self.live >= limit || !numbers_left {
            return Err(Trap::HandleLimit { limit });
        }
        Ok(())
    }

    /// Checks that a tensor of this many elements, and `working` bytes while it
    /// is made, fit.
    ///
    /// # Errors
    /// [`Trap::TensorLimit`], [`Trap::HandleLimit`], [`Trap::MemoryLimit`].
    pub fn admits_tensor(&self, elements: u64, working: u64) -> Result<(), Trap> {
        let limit = self.limits.tensor_elements;
        if elements > limit {
            return Err(Trap::TensorLimit { elements, limit });
        }
        self.admits_handle()?;
        self.fits(Tensor::bytes(elements).saturating_add(working))
    }

    /// Gives a tensor the next handle.
    ///
    /// # Errors
    /// As [`Memory::admits_tensor`].
    pub fn add_tensor(&mut self, tensor: Tensor) -> Result<Handle, Trap> {
        let elements = length(tensor.elements.len());
        self.admits_tensor(elements, 0)?;
        self.add(Slot::Tensor(tensor), Tensor::bytes(elements))
    }

    /// Gives a model the next handle.
    ///
    /// # Errors
    /// [`Trap::HandleLimit`], [`Trap::MemoryLimit`].
    pub fn add_model(&mut self, model: LoadedModel) -> Result<Handle, Trap> {
        self.admits_handle()?;
        let bytes = model.bytes();
        self.fits(bytes)?;
        self.add(Slot::Model(Box::new(model)), bytes)
    }

    fn add(&mut self, slot: Slot, bytes: u64) -> Result<Handle, Trap> {
        let number = u16::try_from(self.slots.len()).map_err(|_| Trap::HandleLimit {
            limit: self.limits.live_handles,
        })?;
        self.slots.push(slot);
        self.live = self.live.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(Handle(number))
    }

    fn slot(&self, handle: Handle) -> Result<&Slot, Trap> {
        match self.slots.get(usize::from(handle.0)) {
            None | Some(Slot::Freed) => Err(Trap::UnknownHandle(handle)),
            Some(slot) => Ok(slot),
        }
    }

    /// What a handle loaded, with its state.
    ///
    /// # Errors
    /// [`Trap::UnknownHandle`], [`Trap::NotAModel`].
    pub fn loaded(&self, handle: Handle) -> Result<&LoadedModel, Trap> {
        match self.slot(handle)? {
            Slot::Model(model) => Ok(model),
            _ => Err(Trap::NotAModel(handle)),
        }
    }

    /// The model that a handle runs.
    ///
    /// # Errors
    /// As [`Memory::loaded`].
    pub fn model(&self, handle: Handle) -> Result<&Model, Trap> {
        self.loaded(handle).map(LoadedModel::model)
    }

    /// Gives a model's handle its next state.
    ///
    /// # Errors
    /// As [`Memory::loaded`]; [`Trap::MemoryLimit`].
    pub fn replace_state(
        &mut self,
        handle: Handle,
        model: Model,
        parameters: Parameters,
    ) -> Result<(), Trap> {
        let loaded = self.loaded(handle)?;
        let extra = match loaded.parameters() {
            Some(_) => 0,
            None => loaded.parameter_bytes(),
        };
        self.fits(extra)?;
        if let Some(Slot::Model(loaded)) = self.slots.get_mut(usize::from(handle.0)) {
            loaded.train(model, parameters);
            self.bytes = self.bytes.saturating_add(extra);
        }
        Ok(())
    }

    /// The tensor of a handle.
    ///
    /// # Errors
    /// [`Trap::UnknownHandle`], [`Trap::NotATensor`].
    pub fn tensor(&self, handle: Handle) -> Result<&Tensor, Trap> {
        match self.slot(handle)? {
            Slot::Tensor(tensor) => Ok(tensor),
            _ => Err(Trap::NotATensor(handle)),
        }
    }

    /// Frees a model and the memory that it takes.
    ///
    /// # Errors
    /// As [`Memory::loaded`].
    pub fn free_model(&mut self, handle: Handle) -> Result<(), Trap> {
        let bytes = self.loaded(handle)?.bytes();
        self.free(handle, bytes)
    }

    /// Frees a tensor and the memory that it takes.
    ///
    /// # Errors
    /// As [`Memory::tensor`].
    pub fn free_tensor(&mut self, handle: Handle) -> Result<(), Trap> {
        let bytes = Tensor::bytes(length(self.tensor(handle)?.elements.len()));
        self.free(handle, bytes)
    }

    fn free(&mut self, handle: Handle, bytes: u64) -> Result<(), Trap> {
        let slot = self
            .slots
            .get_mut(usize::from(handle.0))
            .ok_or(Trap::UnknownHandle(handle))?;
        *slot = Slot::Freed;
        self.bytes = self.bytes.saturating_sub(bytes);
        self.live = self.live.saturating_sub(1);
        Ok(())
    }

    /// All tensors, and the states of all models that were trained, in the order
    /// of their handles.
    pub fn into_values(self) -> (Vec<(Handle, Tensor)>, Vec<TrainedState>) {
        let mut tensors = Vec::new();
        let mut states = Vec::new();
        for (number, slot) in (0..=u16::MAX).zip(self.slots) {
            let handle = Handle(number);
            match slot {
                Slot::Freed => {}
                Slot::Tensor(tensor) => tensors.push((handle, tensor)),
                Slot::Model(model) => states.extend(model.trained_state(handle)),
            }
        }
        (tensors, states)
    }
}

//! Models.

use crate::{abi, ModelHash, Tensor};

/// A loaded model. It is unloaded, and its memory free again, when it is dropped.
#[derive(Debug)]
pub struct Model {
    handle: abi::Handle,
}

impl Model {
    /// Loads a model that is stored on chain (`LOAD_MODEL`).
    ///
    /// It must be in the call's access list; the chain ends the call if it is
    /// not, or if its bytes do not hash to `hash`. Gas is charged per byte.
    pub fn load(hash: &ModelHash) -> Self {
        Model {
            handle: abi::load_model(hash),
        }
    }

    /// Runs the model (`EXEC_MODEL`).
    ///
    /// The input has the model's input shape, and each element lies in its
    /// declared range; the chain ends the call if not.
    pub fn execute(&self, input: &Tensor) -> Tensor {
        Tensor::from_handle(abi::exec_model(self.handle, input.handle()))
    }

    /// One integer step of stochastic gradient descent (`TRAIN_MODEL`): one input
    /// and one target per row, learning rate 2^-`rate_shift`.
    ///
    /// The step changes the loaded model; [`Model::keep`] makes it last.
    pub fn train(&mut self, batch: &Tensor, targets: &Tensor, rate_shift: u8) {
        abi::train_model(
            self.handle,
            batch.handle(),
            targets.handle(),
            u32::from(rate_shift),
        );
    }

    /// The hash of the model's present state (`HASH_MODEL`); of a model that was
    /// not trained it is the hash under which it was loaded.
    pub fn hash(&self) -> [u8; 32] {
        abi::hash_model(self.handle)
    }

    /// Leaves the model loaded until the call ends, where its trained state is
    /// among what the call leaves behind.
    pub fn keep(self) {
        core::mem::forget(self);
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        abi::unload_model(self.handle);
    }
}

//! The gas schedule: 1 gas is 1 picosecond of reference time.
//!
//! A charge has two parts, and both are taken before what they pay for:
//! the **base** of the opcode, before its operands are looked at, and the
//! **work**, as soon as shapes and lengths are known and before the action.
//! Neither depends on the value of an element, on a clock or on the backend.
//!
//! ```text
//! charge = base(opcode) + work(shapes, lengths)
//! ```
//!
//! The figures beside the constants are the fastest of 60 to 100 samples on the
//! reference machine (two cores, one used), from `cargo bench -p lattice-machine
//! --bench gas` and, for `VERIFY_PROOF`, `cargo bench -p lattice-host --bench
//! verify`. A constant is at least 1.3 times its figure.

use crate::Opcode;

/// An amount of gas, in picoseconds of reference time.
pub type Gas = u64;

/// The prices of one version of the machine. They never change; a change is a
/// new version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GasSchedule {
    /// Reading an instruction and looking up its handles; part of every base.
    pub step: Gas,
    /// Finding a model and reading its bytes.
    pub load_model_base: Gas,
    /// Hashing and checking a model, per byte of its encoding.
    pub load_model_byte: Gas,
    /// Decoding a manifest and checking its graph, per byte of the manifest. An
    /// operator may be as short as three bytes.
    pub load_model_manifest_byte: Gas,
    /// Bounding one element of a model's values by interval arithmetic.
    pub load_model_activation: Gas,
    /// Freeing a model.
    pub unload_model_base: Gas,
    /// Starting an execution.
    pub exec_model_base: Gas,
    /// One operator of a model, whatever it does.
    pub exec_model_operator: Gas,
    /// One multiply-accumulate of a model.
    pub exec_model_mac: Gas,
    /// One element of an input or of an op's result.
    pub exec_model_activation: Gas,
    /// Making a tensor.
    pub tensor_new_base: Gas,
    /// One element of a new tensor.
    pub tensor_new_element: Gas,
    /// Starting a sum.
    pub tensor_add_base: Gas,
    /// One element of a sum.
    pub tensor_add_element: Gas,
    /// Starting a product.
    pub tensor_mul_base: Gas,
    /// One multiply-accumulate of a product.
    pub tensor_mul_mac: Gas,
    /// One element of a product's result.
    pub tensor_mul_element: Gas,
    /// Reading a cold prepared key, decoding it and the proof, and the pairings.
    pub verify_proof_base: Gas,
    /// One public input: a scalar multiplication.
    pub verify_proof_input: Gas,
    /// Starting the hash of a model's state.
    pub hash_model_base: Gas,
    /// One byte of a model's state.
    pub hash_model_byte: Gas,
    /// A journal entry of `COMMIT_RESULT`.
    pub commit_result_base: Gas,
}

/// What an instruction is about to do, by shapes and lengths alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Read and hash a model of this many bytes.
    LoadModel { bytes: u64 },
    /// Decode and check a manifest of this many bytes.
    DecodeManifest { bytes: u64 },
    /// Bound this many value elements of a model by interval arithmetic.
    BoundModel { activations: u64 },
    /// Run a model with this many operators, multiply-accumulates and value
    /// elements.
    ExecModel {
        operators: u64,
        multiply_accumulates: u64,
        activations: u64,
    },
    /// Make a tensor of this many elements.
    TensorNew { elements: u64 },
    /// Add two tensors of this many elements.
    TensorAdd { elements: u64 },
    /// Multiply `[rows, inner]` by `[inner, columns]`.
    TensorMul { rows: u64, inner: u64, columns: u64 },
    /// Verify a proof with this many public inputs.
    VerifyProof { inputs: u64 },
    /// Hash a model state of this many bytes.
    HashModel { bytes: u64 },
}

impl GasSchedule {
    /// The schedule of version 1; beside each constant its measurement.
    pub const V1: GasSchedule = GasSchedule {
        step: 100_000,                     // COMMIT_RESULT whole: 5.5 ns
        load_model_base: 100_000_000,      // not measured: one cold read of the database
        load_model_byte: 8_000,            // 1.6 MB of weights: 3.4 ns; 100 kB: 2.6 ns
        load_model_manifest_byte: 250_000, // 4000 operators of 3 bytes: 121 ns
        load_model_activation: 20_000,     // within the figure above
        unload_model_base: 1_000_000,      // not measured: freeing a few allocations
        exec_model_base: 1_000_000,        // MLP 64-32-10 whole: 0.8 us
        exec_model_operator: 200_000,      // ReLU of one element: 29 ns
        exec_model_mac: 500,               // MLP 512-1024-1024-10: 0.14 ns
        exec_model_activation: 10_000,     // 63 layers of 16: 7 ns, operators included
        tensor_new_base: 200_000,          // not measured alone: one allocation
        tensor_new_element: 1_000,         // 0.08 ns in cache
        tensor_add_base: 200_000,          // one element: 97 ns, step included
        tensor_add_element: 2_000,         // 0.86 ns
        tensor_mul_base: 500_000,          // as a sum, and two shapes more
        tensor_mul_mac: 2_000,             // 128x128x128, 1x4096x256, 256x4096x1: 0.85 ns
        tensor_mul_element: 5_000,         // 512x1x512: 2.5 ns, its product included
        verify_proof_base: 1_700_000_000,  // settlement with a cold key: 1.46 ms,
        verify_proof_input: 100_000_000,   // its three inputs included
        hash_model_base: 1_000_000,        // not measured: nothing is hashed yet
        hash_model_byte: 3_000,            // Blake2-256: part of LOAD_MODEL's 3.4 ns
        commit_result_base: 200_000,       // 5.5 ns, step included
    };

    /// The part of the charge that is due before the operands are looked at.
    pub const fn base(&self, opcode: Opcode) -> Gas {
        let own = match opcode {
            Opcode::LoadModel => self.load_model_base,
            Opcode::UnloadModel => self.unload_model_base,
            Opcode::ExecModel => self.exec_model_base,
            Opcode::TensorNew => self.tensor_new_base,
            Opcode::TensorAdd => self.tensor_add_base,
            Opcode::TensorMul => self.tensor_mul_base,
            Opcode::VerifyProof => self.verify_proof_base,
            Opcode::HashModel => self.hash_model_base,
            Opcode::CommitResult => self.commit_result_base,
            // They trap: the step is all they use.
            Opcode::TrainModel | Opcode::TensorConv | Opcode::TensorPool => 0,
        };
        self.step.saturating_add(own)
    }

    /// The part of the charge that shapes and lengths decide.
    pub const fn work(&self, work: Work) -> Gas {
        match work {
            Work::LoadModel { bytes } => self.load_model_byte.saturating_mul(bytes),
            Work::DecodeManifest { bytes } => self.load_model_manifest_byte.saturating_mul(bytes),
            Work::BoundModel { activations } => {
                self.load_model_activation.saturating_mul(activations)
            }
            Work::ExecModel {
                operators,
                multiply_accumulates,
                activations,
            } => self
                .exec_model_operator
                .saturating_mul(operators)
                .saturating_add(self.exec_model_mac.saturating_mul(multiply_accumulates))
                .saturating_add(self.exec_model_activation.saturating_mul(activations)),
            Work::TensorNew { elements } => self.tensor_new_element.saturating_mul(elements),
            Work::TensorAdd { elements } => self.tensor_add_element.saturating_mul(elements),
            Work::TensorMul {
                rows,
                inner,
                columns,
            } => {
                let elements = rows.saturating_mul(columns);
                self.tensor_mul_mac
                    .saturating_mul(elements.saturating_mul(inner))
                    .saturating_add(self.tensor_mul_element.saturating_mul(elements))
            }
            Work::VerifyProof { inputs } => self.verify_proof_input.saturating_mul(inputs),
            Work::HashModel { bytes } => self.hash_model_byte.saturating_mul(bytes),
        }
    }

    /// What a settlement costs: `VERIFY_PROOF` with three public inputs, then
    /// `COMMIT_RESULT`.
    pub const fn settlement(&self) -> Gas {
        self.base(Opcode::VerifyProof)
            .saturating_add(self.work(Work::VerifyProof { inputs: 3 }))
            .saturating_add(self.base(Opcode::CommitResult))
    }
}

impl Default for GasSchedule {
    fn default() -> Self {
        Self::V1
    }
}

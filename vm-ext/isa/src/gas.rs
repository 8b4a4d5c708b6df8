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
//! The figures beside the constants are the fastest of up to 100 runs on the
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
    /// Finding a model and reading its manifest.
    pub load_model_base: Gas,
    /// Asking for the next piece of a model's bytes.
    pub load_model_chunk: Gas,
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
    /// One row of a window of a convolution or pooling.
    pub exec_model_window_row: Gas,
    /// One element that a window of a convolution or pooling covers.
    pub exec_model_window: Gas,
    /// One element of the result of a dense layer or convolution: a sum.
    pub exec_model_sum: Gas,
    /// One element of the input or of another operator's result.
    pub exec_model_activation: Gas,
    /// Starting a step of training.
    pub train_model_base: Gas,
    /// One operator of a model, for one row of the batch.
    pub train_model_operator: Gas,
    /// One multiply-accumulate of a model, for one row: its share of the forward
    /// pass, of the backward pass and of the gradient.
    pub train_model_mac: Gas,
    /// One value element of a model, for one row, in both directions.
    pub train_model_activation: Gas,
    /// One parameter: making its state, its update, its quantization, its hash.
    pub train_model_parameter: Gas,
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
    /// Starting a convolution.
    pub tensor_conv_base: Gas,
    /// One element of a convolution's result.
    pub tensor_conv_element: Gas,
    /// One window, over all channels of a group.
    pub tensor_conv_window: Gas,
    /// One element that a window gathers from the input.
    pub tensor_conv_gather: Gas,
    /// One multiply-accumulate of a convolution.
    pub tensor_conv_mac: Gas,
    /// Starting a pooling.
    pub tensor_pool_base: Gas,
    /// One element of a pooling's result.
    pub tensor_pool_element: Gas,
    /// One row of a window.
    pub tensor_pool_row: Gas,
    /// One element of a window.
    pub tensor_pool_read: Gas,
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
    /// Hash and check this many bytes of a model.
    LoadModel { bytes: u64 },
    /// Ask for the next piece of a model's bytes.
    LoadChunk,
    /// Decode and check a manifest of this many bytes.
    DecodeManifest { bytes: u64 },
    /// Bound this many value elements of a model by interval arithmetic.
    BoundModel { activations: u64 },
    /// Run a model with this many operators, multiply-accumulates, rows of windows,
    /// elements that windows cover, elements that are sums of products, and other
    /// elements, those of the input among them.
    ExecModel {
        operators: u64,
        multiply_accumulates: u64,
        window_rows: u64,
        window_elements: u64,
        sums: u64,
        activations: u64,
    },
    /// One step of training: a batch of this many rows on a model with this many
    /// operators, multiply-accumulates, value elements and parameters.
    TrainModel {
        rows: u64,
        operators: u64,
        multiply_accumulates: u64,
        activations: u64,
        parameters: u64,
    },
    /// Make a tensor of this many elements.
    TensorNew { elements: u64 },
    /// Add two tensors of this many elements.
    TensorAdd { elements: u64 },
    /// Multiply `[rows, inner]` by `[inner, columns]`.
    TensorMul { rows: u64, inner: u64, columns: u64 },
    /// Convolve: elements of the result, windows (one per place and group),
    /// elements that they cover over all channels of the input, and
    /// multiply-accumulates, with the border counted.
    TensorConv {
        elements: u64,
        windows: u64,
        gathered: u64,
        multiply_accumulates: u64,
    },
    /// Pool: elements of the result, rows of their windows, and elements of their
    /// windows, with the border counted.
    TensorPool {
        elements: u64,
        rows: u64,
        reads: u64,
    },
    /// Verify a proof with this many public inputs.
    VerifyProof { inputs: u64 },
    /// Hash a model state of this many bytes.
    HashModel { bytes: u64 },
}

impl GasSchedule {
    /// The schedule of version 1; beside each constant its measurement.
    pub const V1: GasSchedule = GasSchedule {
        step: 100_000,                     // COMMIT_RESULT whole: 30 ns
        load_model_base: 100_000_000,      // not measured: one cold read of the database
        load_model_chunk: 50_000_000,      // not measured: one cold read of 64 KiB
        load_model_byte: 5_000,            // 1.6 MB of weights: 2.3 ns, freeing included
        load_model_manifest_byte: 150_000, // 4000 operators of 3 bytes: 89 ns, freeing included
        load_model_activation: 10_000,     // within the figure above
        unload_model_base: 1_000_000,      // lookups only: LOAD_MODEL has paid for the freeing
        exec_model_base: 150_000,          // MLP 64-32-10 whole: 0.9 us
        exec_model_operator: 37_000,       // ReLU of one element: 28 ns
        exec_model_mac: 160,               // MLP 512-1024-1024-10: 0.12 ns
        exec_model_window_row: 1_700,      // average of 16x1: 1.3 ns
        exec_model_window: 190,            // one filter of 32x32: 0.14 ns
        exec_model_sum: 12_000,            // 63 layers of 16: 9.2 ns
        exec_model_activation: 2_800,      // MLP 784-128-10: 2.1 ns
        train_model_base: 2_000_000,       // one weight, one row, whole: 3.8 us
        train_model_operator: 70_000,      // 4096 rows of one neuron: 50 ns
        train_model_mac: 1_600,            // MLP 64-32-10, per row: 1.1 ns
        train_model_activation: 9_000,     // 63 layers of 16: 6.5 ns
        train_model_parameter: 32_000,     // MLP 512-1024-1024-10: 19 to 25 ns, fresh memory
        tensor_new_base: 200_000,          // one element: 60 ns, step included
        tensor_new_element: 500,           // 0.09 ns
        tensor_add_base: 200_000,          // one element: 70 ns, step included
        tensor_add_element: 1_200,         // 0.88 ns
        tensor_mul_base: 200_000,          // one element: 80 ns, step included
        tensor_mul_mac: 850,               // 128x128x128, 1x4096x256, 256x4096x1: 0.63 ns
        tensor_mul_element: 2_200,         // 512x1x512: 2.0 ns, its product included
        tensor_conv_base: 200_000,         // one element: 130 ns, step included
        tensor_conv_element: 6_000,        // 512 filters of one weight: 4.4 ns
        tensor_conv_window: 17_000,        // 256x256 windows of one element: 13 ns
        tensor_conv_gather: 500,           // 64 channels apart, 3x3: 0.33 ns
        tensor_conv_mac: 800,              // 64 channels to 64, 1x1; 16 to 32, 3x3: 0.6 ns
        tensor_pool_base: 200_000,         // one element: 130 ns, step included
        tensor_pool_element: 5_000,        // 256x256 windows of one element: 3.6 ns
        tensor_pool_row: 2_500,            // windows of 16x1, average: 1.5 to 1.9 ns
        tensor_pool_read: 200,             // windows of 255x255: 0.14 ns
        verify_proof_base: 1_700_000_000,  // settlement with a cold key: 1.46 ms,
        verify_proof_input: 100_000_000,   // its three inputs included
        hash_model_base: 500_000,          // one parameter: 250 ns, step included
        hash_model_byte: 1_500,            // MLP 784-128-10, 512-1024-1024-10: 1.12 ns
        commit_result_base: 200_000,       // 30 ns, step included
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
            Opcode::TrainModel => self.train_model_base,
            Opcode::TensorConv => self.tensor_conv_base,
            Opcode::TensorPool => self.tensor_pool_base,
        };
        self.step.saturating_add(own)
    }

    /// The part of the charge that shapes and lengths decide.
    pub const fn work(&self, work: Work) -> Gas {
        match work {
            Work::LoadModel { bytes } => self.load_model_byte.saturating_mul(bytes),
            Work::LoadChunk => self.load_model_chunk,
            Work::DecodeManifest { bytes } => self.load_model_manifest_byte.saturating_mul(bytes),
            Work::BoundModel { activations } => {
                self.load_model_activation.saturating_mul(activations)
            }
            Work::ExecModel {
                operators,
                multiply_accumulates,
                window_rows,
                window_elements,
                sums,
                activations,
            } => self
                .exec_model_operator
                .saturating_mul(operators)
                .saturating_add(self.exec_model_mac.saturating_mul(multiply_accumulates))
                .saturating_add(self.exec_model_window_row.saturating_mul(window_rows))
                .saturating_add(self.exec_model_window.saturating_mul(window_elements))
                .saturating_add(self.exec_model_sum.saturating_mul(sums))
                .saturating_add(self.exec_model_activation.saturating_mul(activations)),
            Work::TrainModel {
                rows,
                operators,
                multiply_accumulates,
                activations,
                parameters,
            } => self
                .train_model_operator
                .saturating_mul(operators)
                .saturating_add(self.train_model_mac.saturating_mul(multiply_accumulates))
                .saturating_add(self.train_model_activation.saturating_mul(activations))
                .saturating_mul(rows)
                .saturating_add(self.train_model_parameter.saturating_mul(parameters)),
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
            Work::TensorConv {
                elements,
                windows,
                gathered,
                multiply_accumulates,
            } => self
                .tensor_conv_element
                .saturating_mul(elements)
                .saturating_add(self.tensor_conv_window.saturating_mul(windows))
                .saturating_add(self.tensor_conv_gather.saturating_mul(gathered))
                .saturating_add(self.tensor_conv_mac.saturating_mul(multiply_accumulates)),
            Work::TensorPool {
                elements,
                rows,
                reads,
            } => self
                .tensor_pool_element
                .saturating_mul(elements)
                .saturating_add(self.tensor_pool_row.saturating_mul(rows))
                .saturating_add(self.tensor_pool_read.saturating_mul(reads)),
            Work::VerifyProof { inputs } => self.verify_proof_input.saturating_mul(inputs),
            Work::HashModel { bytes } => self.hash_model_byte.saturating_mul(bytes),
        }
    }

    /// Whether the charge of an opcode has a part that shapes and lengths decide;
    /// the base of the others pays for all that they do.
    pub const fn has_work(opcode: Opcode) -> bool {
        !matches!(opcode, Opcode::UnloadModel | Opcode::CommitResult)
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

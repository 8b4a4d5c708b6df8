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
//! The constants of version 1 are fitted by `scripts/fit-gas.py` to the fastest of up to
//! 100 runs of each case of `cargo bench -p lattice-machine --bench gas` on the reference
//! machine (two cores, one used): no case is charged less than its time, and no network
//! as people use them much more. Whether that is so where the runtime calls the host is
//! what the `opcode_*` benchmarks of pallet-ai-programs measure and one of its tests
//! compares; `cargo bench -p lattice-runtime --bench opcode_blocks` fills blocks.

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
    /// One element of the result of a dense layer: a sum.
    pub exec_model_sum: Gas,
    /// One element of the result of a convolution: a sum.
    pub exec_model_window_sum: Gas,
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
    /// A proof's commitment: decoding it and the key's ε, the challenge and its scalar
    /// multiplication, one more pairing.
    pub verify_proof_commitment: Gas,
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
    /// elements that windows cover, elements that are sums of dense layers and of
    /// convolutions, and other elements, those of the input among them.
    ExecModel {
        operators: u64,
        multiply_accumulates: u64,
        window_rows: u64,
        window_elements: u64,
        sums: u64,
        window_sums: u64,
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
    /// Verify a proof with this many public inputs, and with a commitment or without.
    VerifyProof { inputs: u64, commitment: bool },
    /// Hash a model state of this many bytes.
    HashModel { bytes: u64 },
}

impl GasSchedule {
    /// The schedule of version 1; beside each constant the cases that it was fitted to most.
    pub const V1: GasSchedule = GasSchedule {
        step: 50_000,                         // COMMIT_RESULT whole: 30 ns
        load_model_base: 50_000_000, // not measured alone: cold reads of registration and manifest
        load_model_chunk: 50_000_000, // not measured alone: a cold read of 64 KiB
        load_model_byte: 2_300,      // MLP 512-1024-1024-10, freeing included
        load_model_manifest_byte: 90_000, // 4001 operators of 3 bytes, freeing included
        load_model_activation: 1_100, // 101 operators on 4096 elements
        unload_model_base: 500_000,  // 0.1 to 0.4 us: LOAD_MODEL has paid for the freeing
        exec_model_base: 60_000,     // one weight, whole: 150 ns
        exec_model_operator: 38_000, // 63 layers of 16; 4001 operators: 29 ns
        exec_model_mac: 140,         // MLP 784-128-10, 512-1024-1024-10
        exec_model_window_row: 3_200, // 64 channels apart, 3x3
        exec_model_window: 75,       // one filter of 32x32
        exec_model_sum: 11_000,      // 63 layers of 16, their requantization included
        exec_model_window_sum: 4_400, // 128x128 windows of one weight
        exec_model_activation: 95,   // 101 operators on 4096 elements
        train_model_base: 3_800_000, // one weight, one row, whole: 3.8 us
        train_model_operator: 32_000, // 4096 rows of one neuron
        train_model_mac: 430,        // MLP 784-128-10, 8 rows
        train_model_activation: 13_000, // 63 layers of 16, 16 rows
        train_model_parameter: 14_000, // MLP 512-1024-1024-10
        tensor_new_base: 20_000,     // one element: 60 ns, step included
        tensor_new_element: 90,      // 2^20 elements
        tensor_add_base: 70_000,     // 64 elements: 200 ns, step included
        tensor_add_element: 1_300,   // 2^20 elements: 0.95 to 1.2 ns
        tensor_mul_base: 45_000,     // one element: 80 ns, step included
        tensor_mul_mac: 670,         // 1x4096x256, 128x128x128
        tensor_mul_element: 1_900,   // 8x8x8, 512x1x512
        tensor_conv_base: 85_000,    // one element: 150 ns, step included
        tensor_conv_element: 3_600,  // 512 filters of one weight
        tensor_conv_window: 15_000,  // 256x256 windows of one element
        tensor_conv_gather: 400,     // 64 channels apart, 3x3
        tensor_conv_mac: 570,        // 16 channels to 32, 3x3; 64 to 64, 1x1
        tensor_pool_base: 80_000,    // one element: 130 ns, step included
        tensor_pool_element: 3_700,  // 256x256 windows of one element, average
        tensor_pool_row: 1_550,      // windows of 16x1, average
        tensor_pool_read: 155,       // windows of 64 and of 255x255, average
        verify_proof_base: 1_350_000_000, // settlement with a cold key: 1.46 ms,
        verify_proof_input: 90_000_000, // its three inputs included (lattice-host, bench verify)
        verify_proof_commitment: 340_000_000, // the same with a committed proof: 0.30 ms more
        hash_model_base: 180_000,    // one parameter: 230 ns, step included
        hash_model_byte: 1_200,      // MLP 512-1024-1024-10: 1.11 ns
        commit_result_base: 50_000,  // 30 ns, step included
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
                window_sums,
                activations,
            } => self
                .exec_model_operator
                .saturating_mul(operators)
                .saturating_add(self.exec_model_mac.saturating_mul(multiply_accumulates))
                .saturating_add(self.exec_model_window_row.saturating_mul(window_rows))
                .saturating_add(self.exec_model_window.saturating_mul(window_elements))
                .saturating_add(self.exec_model_sum.saturating_mul(sums))
                .saturating_add(self.exec_model_window_sum.saturating_mul(window_sums))
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
            Work::VerifyProof { inputs, commitment } => {
                let inputs = self.verify_proof_input.saturating_mul(inputs);
                match commitment {
                    true => inputs.saturating_add(self.verify_proof_commitment),
                    false => inputs,
                }
            }
            Work::HashModel { bytes } => self.hash_model_byte.saturating_mul(bytes),
        }
    }

    /// Whether the charge of an opcode has a part that shapes and lengths decide;
    /// the base of the others pays for all that they do.
    pub const fn has_work(opcode: Opcode) -> bool {
        !matches!(opcode, Opcode::UnloadModel | Opcode::CommitResult)
    }

    /// What a settlement costs: `VERIFY_PROOF` with three public inputs, of a proof with a
    /// commitment or without, then `COMMIT_RESULT`.
    pub const fn settlement(&self, commitment: bool) -> Gas {
        let inputs = 3;
        self.base(Opcode::VerifyProof)
            .saturating_add(self.work(Work::VerifyProof { inputs, commitment }))
            .saturating_add(self.base(Opcode::CommitResult))
    }
}

impl Default for GasSchedule {
    fn default() -> Self {
        Self::V1
    }
}

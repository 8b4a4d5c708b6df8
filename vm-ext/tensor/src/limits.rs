//! Limits of specification version 1.
//!
//! They are part of the semantics: a model over a limit is not a model, on any
//! machine. Each keeps the work and the memory of a checker proportional to
//! the bytes that it was given.

/// The specification version that this crate implements.
pub const SPEC_VERSION: u16 = 1;

/// Longest SCALE-encoded manifest, in bytes.
pub const MAX_MANIFEST_BYTES: usize = 65_536;

/// Most operators in a graph.
pub const MAX_OPS: usize = 4_096;

/// Most tensors in a manifest.
pub const MAX_TENSORS: usize = 4_096;

/// Longest tensor name, in bytes.
pub const MAX_NAME_BYTES: usize = 64;

/// Highest rank of a shape.
pub const MAX_RANK: usize = 4;

/// Most elements of one shape.
pub const MAX_ELEMENTS: u32 = 1 << 24;

/// Most elements of all values of a graph together, the input included. A
/// trace holds all of them, 4 bytes each.
pub const MAX_ACTIVATIONS: u64 = 1 << 24;

/// Most channels of all values of a graph together. The bounds hold an
/// interval of 16 bytes for each.
pub const MAX_CHANNELS: u64 = 1 << 22;

/// Most bytes of all tensors together.
pub const MAX_WEIGHT_BYTES: u64 = 1 << 30;

/// Most inputs of a `Concat`.
pub const MAX_CONCAT_INPUTS: usize = 64;

/// Largest shift of `Requantize` (the smallest is 1), of `Add` and of averages
/// (the smallest is 0).
pub const MAX_SHIFT: u8 = 24;

/// Largest magnitude of quantized weights, inputs and activations.
pub const MAX_QUANTIZED: i8 = 127;

/// f32 adds integers exactly, in any order, while Σ|x·w| + |b| stays under this.
pub const EXACT_F32: i64 = 1 << 24;

/// Every accumulator, with its rounding term, stays under this in magnitude,
/// in any order of summation; else the model is refused with the channel named.
pub const MAX_ACCUMULATOR: i64 = 1 << 30;

/// Columns of one slice of a matrix whose channels do not all stay under
/// [`EXACT_F32`]: the most that do for any weights, as 1040 · 127² < 2^24.
pub const SLICE_COLUMNS: usize = 1_040;

/// The longest a scale's exponent goes, either way.
pub const MAX_SCALE_EXPONENT: i16 = 256;

//! The example programs of the SDK, compiled to WebAssembly as a user would
//! compile them, for tests of whatever runs programs.

/// The code of `examples/digit-lottery`.
pub const DIGIT_LOTTERY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/digit_lottery.wasm"));

/// The code of `examples/proof-gate`.
pub const PROOF_GATE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/proof_gate.wasm"));

/// The code of `examples/tour`.
pub const TOUR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tour.wasm"));

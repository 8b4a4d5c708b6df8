//! The instructions, one file per family.
//!
//! When a function here is called, the base of its opcode is already charged.

pub mod convolution;
pub mod model;
pub mod pooling;
pub mod proof;
pub mod tensor;
pub mod training;

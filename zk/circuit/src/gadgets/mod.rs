//! The gadgets, one file each: plan, rows, witness, the soundness argument, the constraint count.
//!
//! A gadget is planned once per model. Its `enforce` writes rows and allocates variables; its
//! `assign` writes values and row evaluations in the same order.

pub mod arg_max;
pub mod average;
pub mod commitment;
pub mod context;
pub mod convolution;
pub mod graph;
pub mod lookup;
pub mod maximum;
pub mod pool;
pub mod poseidon;
pub mod range;
pub mod saturate;

//! The quantized model of Lattice, specification version 1.
//!
//! A model is an integer program: a list of [`Op`]s over i8 weights and i32
//! values, with one meaning. This crate is that meaning. Everything else
//! (the burn executor, the circuit, the virtual machine) agrees with it bit
//! for bit.
//!
//! | where | what |
//! |---|---|
//! | [`Shape`], [`Range`], [`Clamp`], [`Scale`], [`Interval`] | the small types |
//! | [`Op`] (`ops/`) | one file per operator: shape rule, bounds rule, evaluation, tests |
//! | [`Windows`], [`Placement`] | the geometry that convolution and pooling share |
//! | [`Patches`] | a convolution as a matrix product |
//! | [`Manifest`] | the canonical description; its Blake2-256 is the [`ModelId`] |
//! | [`weights`] | the Merkle root that binds the tensors to the manifest |
//! | [`Model`] | manifest and tensors, checked; always valid once it exists |
//! | [`ModelBuilder`] | makes models, for the importer and for tests |
//! | [`execute`], [`trace`] | the reference executor |
//! | [`dot`], [`shifted_sum`], [`requantize`], [`arg_max`], [`Average::of`] | what one element of a result is made by |
//! | [`mod@file`] (feature `std`) | safetensors files |
//! | `testing` (feature `testing`) | deterministic random models and inputs |
//! | [`limits`] | every limit of the specification, with its reason |
//!
//! # Why no overflow can happen
//!
//! [`Model::new`] carries an [`Interval`] per channel through the graph and
//! refuses a model (naming op and channel) in which an accumulator could reach
//! 2^30 in magnitude, in any order of summation. Inputs are checked against
//! their declared range before execution, so inside the operators 32 bits
//! always suffice.

#![cfg_attr(not(feature = "std"), no_std)]
#![warn(missing_docs)]

extern crate alloc;

mod blob;
mod builder;
mod error;
mod graph;
mod hash;
mod interval;
mod manifest;
mod model;
mod ops;
mod quantization;
mod reference;
mod shape;

#[cfg(feature = "std")]
pub mod file;
pub mod limits;
#[cfg(feature = "testing")]
pub mod testing;
pub mod weights;

pub use builder::ModelBuilder;
pub use error::{ExecError, ModelError};
pub use interval::Interval;
pub use manifest::{DType, InputDecl, Manifest, ModelId, ModelSummary, TensorDecl};
pub use model::{Model, TensorData};
pub use ops::{
    arg_max, dot, requantize, shifted_sum, Average, AvgPool2d, Conv2d, Direction, GlobalAvgPool,
    MaxPool2d, Op, Overlap, Patches, Placement, Reach, TensorId, ValueId, WindowError, Windows,
    Windows1d,
};
pub use quantization::{Clamp, Range, Scale};
pub use reference::{evaluate, execute, trace, Trace};
pub use shape::Shape;

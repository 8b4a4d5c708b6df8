//! Disputes about an execution, decided by recomputing one element.
//!
//! A provider posts an output and a root over its trace: over the results of all
//! operators, element by element. A challenger who has the honest trace walks down
//! the provider's tree: the provider reveals a node's children, the challenger
//! names the first one that differs from its own. At the bottom is one element of
//! one operator's result. The provider then opens what that element is made of: the
//! operands, under its own root, and the weights, under the root in the manifest.
//! The chain computes the element and compares.
//!
//! | where | what |
//! |---|---|
//! | [`Layout`] (`layout.rs`) | lengths of all results: the shape of the tree |
//! | `hash.rs`, `tree.rs` | the hashes, and which nodes a tree has |
//! | [`Node`] (`node.rs`) | what is revealed |
//! | [`Walk`] (`walk.rs`) | the way down: what is expected, revealed, chosen |
//! | [`OutputLink`] (`link.rs`) | that a posted output is the last result under a root |
//! | [`Commitment`] (`commitment.rs`) | what provider and challenger hold of a trace |
//! | [`Opening`] (`opening.rs`) | operands and weights of an element, with their hashes |
//! | `plan.rs` | which leaves an element is made of, and their verification |
//! | [`check`] (`element/`) | one element of each operator, by the tensor crate's rules |
//! | [`worst_opening`] (`worst.rs`) | how long the openings of a model can become |
//! | [`WalkError`], [`StepError`], [`LayoutError`] (`error.rs`) | why a move is refused |
//!
//! # The tree
//! An element is an i32, little-endian; a result's elements are row-major. With `H` =
//! Blake2-256 and a tag in front for each kind of hash,
//!
//! ```text
//! leaf   = H(LEAF ‖ 64 elements, the last leaf shorter)
//! branch = H(BRANCH ‖ 2 to 16 children)
//! value  = H(VALUE ‖ index of the operator (u32 LE) ‖ number of elements (u32 LE) ‖ tree(leaves))
//! root   = H(ROOT ‖ number of operators (u32 LE) ‖ tree(values))
//! ```
//!
//! `tree` joins 16 neighbours at a time, level by level; a group of one moves up as
//! it is. The input is on chain and not in the tree. `value` and `root` are wrapped
//! around the top of their tree and cost no turn of their own.
//!
//! # Why a false output loses
//! 1. *One tree, one trace.* Kind and size of each node that is revealed follow from
//!    the [`Layout`], which the chain derives from the manifest, and never from who
//!    reveals it; hashes of different kinds have different tags. So under one root a
//!    place has at most one content (or Blake2 has a collision), and the content at
//!    all places together, where there is any, is one trace in the form of the model.
//! 2. *The output is in it.* [`check_output`] holds the posted output against the last
//!    value under the root when it is posted. A false output is a difference.
//! 3. *The first difference is false by itself.* Children are in the order of operators
//!    and elements. An honest challenger always takes the first child that differs
//!    from its own; all hashes left of it are its own. So the walk ends at the first
//!    element that differs, or at a node that the provider cannot reveal, which is its
//!    loss. All operands come from results before this one, so they are the honest ones
//!    (point 1), the weights are those of the manifest by their root, the input is the
//!    chain's: every opening that verifies gives the honest element, which is not the
//!    committed one.
//! 4. *A true trace wins.* Whatever children a challenger names, the provider can reveal
//!    them, and at the bottom the opening gives the committed element: [`check`] has the
//!    rules that made the trace, and a challenger never claims a value.
//!
//! An opening has no choices: which leaves and hashes it has, in which order, follows
//! from model and element. More, fewer or other ones are errors.

#![cfg_attr(not(feature = "std"), no_std)]
#![warn(missing_docs)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

extern crate alloc;

mod commitment;
mod element;
mod error;
mod hash;
mod layout;
mod link;
mod node;
mod opening;
mod plan;
mod tree;
mod walk;
mod worst;

pub use commitment::Commitment;
pub use error::{LayoutError, Part, StepError, WalkError};
pub use hash::Hash;
pub use layout::{Layout, MAX_VALUES};
pub use link::{check_output, OutputLink, MAX_LINK};
pub use node::{Expected, Node};
pub use opening::{check, Opening};
pub use tree::ARITY;
pub use walk::{Place, Position, Step, Walk};
pub use worst::worst_opening;

/// Elements of a leaf; the last one of a result may have fewer.
pub const LEAF_ELEMENTS: usize = 64;

/// Longest encoded [`Opening`], in bytes. A model that may need longer ones is not
/// for disputes.
pub const MAX_OPENING_BYTES: u32 = 262_144;

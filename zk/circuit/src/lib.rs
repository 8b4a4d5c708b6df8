//! From a quantized model to a rank-1 constraint system over the BN254 scalar field.
//!
//! ```text
//! Model ──▶ Circuit::build ──▶ R1cs (rows a, b, c)  ──▶ key generation (Synthesizer)
//!                        └──▶ Plan ──(Trace)──▶ Assignment ──▶ prover
//! ```
//!
//! | module | what |
//! |---|---|
//! | [`circuit`] | [`Circuit::build`] |
//! | [`budget`] | how much a circuit may take to write down |
//! | [`plan`] | [`Plan`]: the witness pass |
//! | [`gadgets`] | one file per gadget: rows, witness, soundness argument, constraint count |
//! | `builder` | rows under construction, with what every variable can reach |
//! | `lowering` | one operation after another: elements, rows, steps of the witness pass |
//! | `fusion` | which pools come before the saturations whose results they read |
//! | `step` | the steps of the witness pass |
//! | [`combination`] | linear combinations over the field and over the integers |
//! | [`r1cs`] | the sparse matrices |
//! | [`key`] | [`ProvingKey`]: the points of a set-up |
//! | [`origin`] | which gadget a row belongs to |
//! | [`witness`] | [`Assignment`]: the values and the evaluated rows |
//! | [`synthesizer`] | adapter to arkworks' generator |
//!
//! # What an operation costs
//! With [`RangeChecks::Bits`], a row per bit:
//!
//! | operation | gadget | constraints |
//! |---|---|---|
//! | Linear, Conv2d, Add, Flatten, Reshape, Concat | [`gadgets::graph`], [`gadgets::convolution`] | 0 |
//! | Requantize, per element that both clamps can act on | [`gadgets::saturate`] | `n + ⌈log2 R⌉ + k + 3`, `R = hi − lo + 1`, `2^k ≥` how many times `R` it can lie outside |
//! | Requantize (upper clamp cannot act), ReLU (`n = 0`), per element | [`gadgets::saturate`] | `n + h + 2`, `2^h ≥` what it can lie on either side of `lo` |
//! | MaxPool2d, per comparison | [`gadgets::maximum`] | `j + 1`, `j` the bit length of the largest difference |
//! | MaxPool2d, per window of `k` elements of its own | [`gadgets::pool`] | `k − 1` comparisons; overlapping windows share theirs |
//! | AvgPool2d, GlobalAvgPool, per window | [`gadgets::average`] | `n + ⌈log2(results)⌉` for `Σ·m >> n` in lowest terms, 0 if `n = 0` |
//! | ArgMax of `k` elements | [`gadgets::arg_max`] | `k − 1` meetings of `j + 1`, `j + 2` or `j + 3` |
//! | input of range `lo..=hi`, per element | [`gadgets::range`] | `⌈log2(hi − lo + 1)⌉` |
//! | commitment to `e` packed elements, blinding included | [`gadgets::poseidon`] | `612·⌈e/16⌉`, less 3 for each unused lane |
//! | context | [`gadgets::context`] | 1 |
//!
//! With [`RangeChecks::Lookups`], a row per lookup of a digit of `N` bits
//! ([`gadgets::lookup`], [`gadgets::saturate::looked_up`]):
//!
//! | operation | constraints |
//! |---|---|
//! | Requantize, per element that the upper clamp can act on | 3, a lookup per digit of what lies beyond the clamps, and one, two or three for the remainder |
//! | Requantize (upper clamp cannot act), ReLU, per element | 2, a lookup per digit, and those for the remainder |
//! | MaxPool2d, per comparison | 1 and a lookup per digit |
//! | AvgPool2d, GlobalAvgPool, per window | a lookup per digit of the result, and those for the remainder |
//! | input, per element | 1 |
//! | tables | the entries, `2^N` and `hi − lo + 1` of each clamp and of the input, and 1 each |
//!
//! Nothing is spent where the bounds decide a result. The
//! bounds are those of each element, not of its channel: fewer terms at a border mean fewer bits,
//! and in a difference of neighbours what they share cancels.
//!
//! # What a satisfied circuit says
//! There are an input in the declared range and two blindings such that the input and the model's
//! output on it have the committed values, in the context of the statement. The model's weights
//! are coefficients: another model is another circuit.
//!
//! # What keeps it cheap
//! * Linear layers are combinations and cost no rows. Every row is a booleanity, a product, the
//!   choice of a maximum, a lookup, an entry of its table or an S-box.
//! * A maximum over requantized elements is taken before the requantization, which then happens
//!   once per window (LeNet-5 with bell-shaped weights: 129,136 rows, which fit a domain of 2^17).
//! * No row exists only to name a value: the lowest bit of a decomposition and the last S-box of
//!   a commitment are combinations.
//! * Witness values are bits and small non-negative numbers, except in Poseidon and for the inverses of
//!   lookups, of which there are as many different ones as entries.
//! * [`Assignment`] carries `⟨a, z⟩` and `⟨b, z⟩`, computed from the trace: the prover multiplies
//!   no matrix, however dense the layers.
//!
//! A circuit with lookups has a fourth public input, a challenge that is a hash of a commitment to the
//! model's columns ([`R1cs::committed`]); what it says holds but for a negligible chance over it.
//!
//! There are no hints: every witness variable is determined by the input and the blindings (the
//! range check's overlapping bit patterns aside, see [`gadgets::range`]).

pub mod budget;
mod builder;
pub mod circuit;
pub mod combination;
pub mod error;
mod fusion;
pub mod gadgets;
pub mod key;
mod lowering;
pub mod origin;
pub mod plan;
pub mod r1cs;
mod step;
pub mod synthesizer;
pub mod witness;

#[cfg(test)]
mod tests;

pub use budget::MAX_TERMS;
pub use circuit::{Circuit, RangeChecks};
pub use error::{AssignError, CircuitError};
pub use key::{CommitmentKey, ProvingKey};
pub use origin::Origin;
pub use plan::Plan;
pub use r1cs::{R1cs, Side};
pub use synthesizer::Synthesizer;
pub use witness::{Assignment, Inverses};

//! Keys for a model's circuit: how they are made, stored, named and exchanged.
//!
//! | module | what |
//! |---|---|
//! | [`dev`] | [`dev_setup`]: one party makes the key and could forge; development chains only |
//! | [`encoding`] | the bytes of a proving key, strict, and their hash |
//! | [`files`] | [`KeyFiles`]: a folder with `proving.key`, `verifying.key` and `key.json` |
//! | [`phase1`] | powers of τ: snarkjs' `.ptau` files, checked completely; contributions of one's own |
//! | [`phase2`] | a model's keys by many parties, none of whom is trusted: start, contribute, check, finish |
//! | [`points`] | many points from their bytes, checked |
//! | [`snarkjs`] | verifying keys, proofs and public inputs in snarkjs' JSON |
//! | [`scale`] | many points times scalars, fast |
//! | [`error`] | what can be wrong with them |

pub mod dev;
pub mod encoding;
pub mod error;
pub mod files;
mod knowledge;
mod output;
pub mod phase1;
pub mod phase2;
pub mod points;
pub mod scale;
pub mod snarkjs;

pub use dev::{dev_setup, Keys};
pub use encoding::{decode_proving_key, encode_proving_key, hash_bytes};
pub use error::{Phase1Error, Phase2Error, SetupError};
pub use files::{KeyFiles, KeyNames, SetupKind, PROVING_KEY_FILE};

//! Keys for a model's circuit: how they are made, stored and named.
//!
//! | module | what |
//! |---|---|
//! | [`dev`] | [`dev_setup`]: one party makes the key and could forge; development chains only |
//! | [`encoding`] | the bytes of a proving key, strict, and their hash |
//! | [`files`] | [`KeyFiles`]: a folder with `proving.key`, `verifying.key` and `key.json` |
//! | [`error`] | what can be wrong with them |

pub mod dev;
pub mod encoding;
pub mod error;
pub mod files;

pub use dev::{dev_setup, Keys};
pub use encoding::{decode_proving_key, encode_proving_key, hash_bytes};
pub use error::SetupError;
pub use files::{KeyFiles, SetupKind};

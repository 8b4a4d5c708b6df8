//! What each pallet is given.
//!
//! * [`system`]: block limits, database weights, the clock of blocks;
//! * [`consensus`]: timestamp, Aura, GRANDPA;
//! * [`money`]: balances, transaction fees, sudo;
//! * [`lattice`]: model registry, compute providers, inference;
//! * [`programs`]: programs on chain;
//! * [`ceremonies`]: set-up ceremonies;
//! * [`tiers`]: disputes, optimistic and replicated requests;
//! * [`private`]: private requests;
//! * [`channels`]: payment channels;
//! * [`subscriptions`]: requests that are paid in advance.

pub mod ceremonies;
pub mod channels;
pub mod consensus;
pub mod lattice;
pub mod money;
pub mod private;
pub mod programs;
pub mod subscriptions;
pub mod system;
pub mod tiers;

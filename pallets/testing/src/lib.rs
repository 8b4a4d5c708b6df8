//! # The test market
//!
//! Pallets around inference are tested on a whole chain: balances, models, providers, programs and
//! inference. That market is described here, once; a pallet's own mock says what it adds, and what
//! it wants otherwise. For tests alone: nothing of this is in a runtime.
//!
//! * [`market!`] writes how the market's pallets are configured;
//! * the constants below are its amounts and limits, by which tests know what they expect;
//! * [`chain_with`], [`register_model`], [`register_key`] and [`serve`] are what happens before a
//!   test; [`account_of`] and [`sign`] are keys at hand;
//! * [`doomed_owner`] and [`fill`] make accounts that a payment cannot be credited to;
//! * `Served` (feature `proving`) is a real model with a key, and proves results of it.

mod market;
mod money;
#[cfg(feature = "proving")]
mod served;
mod setting;

pub use money::{dies, doomed_owner, fill, CRUMB};
#[cfg(feature = "proving")]
pub use served::Served;
pub use setting::{account_of, chain_with, register_key, register_model, serve, sign};

/// An account of the chain.
pub type AccountId = frame::deps::sp_runtime::AccountId32;
/// An amount of its token, in planck.
pub type Balance = u128;

/// Owns the models.
pub const CAROL: AccountId = AccountId::new([3; 32]);
/// Receives fees and slashes.
pub const TREASURY: AccountId = AccountId::new([9; 32]);

/// What everybody has at first, but the treasury.
pub const ENDOWMENT: Balance = 1_000_000_000;
/// The least that an account can have; all that the treasury has at first.
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
/// What providers register with.
pub const STAKE: Balance = 10_000_000;

/// What providers ask for one inference, if a test does not say otherwise.
pub const PRICE: Balance = 100;
/// What CAROL asks for it.
pub const ROYALTY: Balance = 20;
/// What the treasury gets of it: 5 % of the price.
pub const FEE: Balance = 5;
/// What it costs.
pub const TOTAL: Balance = PRICE + ROYALTY + FEE;

/// The collateral of an attempt at [`PRICE`]: the least one, and what the price demands.
pub const COLLATERAL: Balance = 200 + 10 * PRICE;
/// What being late costs of it.
pub const LATE_SLASH: Balance = COLLATERAL / 100;

/// Longest deadline of a request, in blocks.
pub const MAX_DEADLINE: u64 = 50;
/// Most providers that try one request.
pub const MAX_ATTEMPTS: u32 = 4;
/// Gas that a settlement, or an answer by the chain itself, may take.
pub const GAS_LIMIT: u64 = 10_000_000_000;

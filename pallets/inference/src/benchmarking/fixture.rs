//! True results for benchmarks, of this pallet's requests and of others'.
//!
//! [`settlement`] is what a provider proves of the first request of a chain. The proof's context depends
//! on genesis hash, request number, accounts and the request's content; all of them are fixed here, and
//! [`fix_genesis`] gives a chain its part. The proofs of [`batch`] are of the same input and output under
//! one context, [`CONTEXT`], which requests are given in place of their own: what is verified does not
//! depend on whose context it is. The files are written by the ignored test
//! `regenerate_the_benchmarks_data`.

use alloc::vec::Vec;
use frame::benchmarking::prelude::*;
use lattice_primitives::ProofBytes;

/// What was asked of the fixture's model, and its answer.
#[derive(Decode)]
pub struct Settlement {
    /// What the model was run on.
    pub input: Vec<i8>,
    /// Its logits.
    pub output: Vec<i32>,
    /// That they are.
    pub proof: ProofBytes,
}

/// The answer to the first request of a chain.
pub fn settlement() -> Settlement {
    Settlement::decode(&mut &include_bytes!("settlement.scale")[..])
        .expect("the fixture is of this type")
}

/// Keys of the fixture's circuit, each with a proof under [`CONTEXT`].
pub fn batch() -> Vec<(Vec<u8>, ProofBytes)> {
    Decode::decode(&mut &include_bytes!("batch.scale")[..]).expect("the fixture is of this type")
}

/// The context of the proofs of [`batch`].
pub const CONTEXT: H256 = H256::repeat_byte(1);

/// The requester of [`settlement`]: an account of 32 such bytes.
pub const REQUESTER: u8 = 1;
/// The provider of [`settlement`].
pub const PROVIDER: u8 = 2;
/// The owner of its model.
pub const OWNER: u8 = 3;

/// `max_price` of [`settlement`], in planck: enough for any price.
pub const MAX_PRICE: u64 = 1_000_000_000_000_000;
/// `deadline` of [`settlement`], in blocks.
pub const DEADLINE: u32 = 10;

/// Give the chain the genesis hash of [`settlement`].
pub fn fix_genesis<T: frame_system::Config>() {
    let hash = T::Hash::decode(&mut TrailingZeroInput::new(&[69; 32]))
        .expect("a hash decodes from any bytes");
    frame_system::BlockHash::<T>::insert(BlockNumberFor::<T>::zero(), hash);
}

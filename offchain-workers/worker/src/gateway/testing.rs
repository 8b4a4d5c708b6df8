//! A channel of a hundred planck for each inference, and what a worker has of it.

use super::ledger::{Answer, Tab};
use lattice_chain_client::{AccountId, Channel, Price, Signer, H256};

/// The provider.
pub const BOB: AccountId = AccountId([2; 32]);
/// What one inference costs, in planck.
pub const UNIT: u128 = 100;

/// The payer.
pub fn alice() -> Signer {
    Signer::from_dev_seed("//Alice").expect("a development account")
}

/// Channel 7, good for ten inferences.
pub fn channel() -> Channel {
    Channel {
        channel: 7,
        payer: alice().account(),
        provider: BOB,
        model: 0,
        model_hash: H256::zero(),
        vk_id: H256::zero(),
        price: Price {
            compute: 93,
            royalty: 5,
            fee: 2,
        },
        deposit: 10 * UNIT,
        redeemed: 0,
        opened_at: 40,
        closing: None,
    }
}

/// The input of an inference.
pub fn input(sequence: u64) -> Vec<i32> {
    vec![0, 16, i32::try_from(sequence).expect("a small number"), 3]
}

/// What a worker has of channel 7 after it answered this inference.
pub fn tab(sequence: u64) -> Tab {
    Tab {
        payer: alice().account(),
        opened_at: 40,
        cumulative: UNIT * u128::from(sequence + 1),
        signature: [4; 64],
        redeemed: 0,
        last: Answer {
            sequence,
            input: input(sequence),
            output: vec![-5, 12],
            proof: [9; 128].into(),
        },
    }
}

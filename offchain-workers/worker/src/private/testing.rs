//! Private requests of a small chain, and what a provider has kept of them.

use lattice_chain_client::{
    AccountId, BlockNumber, OpenedInput, Price, Private, PrivateStatus, H256,
};
use lattice_p2p::private::{Answer, Kept, Payload};

/// The requester.
pub const ALICE: AccountId = AccountId([1; 32]);
/// The provider.
pub const BOB: AccountId = AccountId([2; 32]);
/// The best block, in which the request was seen first.
pub const NOW: BlockNumber = 100;

fn private(status: PrivateStatus<BlockNumber>) -> Private {
    Private {
        request: 4,
        requester: ALICE,
        provider: BOB,
        model: 0,
        model_hash: H256::zero(),
        vk_id: H256::zero(),
        input_commitment: H256::repeat_byte(1),
        content: H256::zero(),
        context: H256::repeat_byte(2),
        output_private: true,
        price: Price::default(),
        deadline: NOW + 20,
        status,
        opened: None,
        output_commitment: None,
    }
}

/// One that Bob is to answer.
pub fn assigned() -> Private {
    private(PrivateStatus::Assigned)
}

/// One whose input Alice has opened on the chain.
pub fn opened() -> Private {
    Private {
        opened: Some(OpenedInput {
            input: payload().input.clone(),
            blinding: H256(payload().blinding),
        }),
        ..assigned()
    }
}

/// One whose proof the chain has accepted.
pub fn delivered() -> Private {
    private(PrivateStatus::Delivered { final_at: NOW + 30 })
}

/// One whose output Bob is to post.
pub fn forced() -> Private {
    private(PrivateStatus::Forced { post_by: NOW + 5 })
}

/// What Alice delivers.
pub fn payload() -> Payload {
    Payload {
        input: vec![1, 2, 3],
        blinding: [7; 32],
    }
}

/// What Bob keeps of a request that he has seen, and nothing more.
pub fn kept() -> Kept {
    let mut kept = Kept::new(&ALICE);
    kept.seen_at = Some(NOW);
    kept
}

/// The same with a proof.
pub fn answered() -> Kept {
    let mut kept = kept();
    kept.answer = Some(Answer {
        output: vec![4, 5],
        blinding: [8; 32],
        proof: vec![9; 128],
    });
    kept
}

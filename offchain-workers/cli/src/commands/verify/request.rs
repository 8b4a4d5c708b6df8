//! What was asked, read from the block that holds the request.
//!
//! A record keeps commitments; the request's own words (input, limit, deadline) are in its
//! extrinsic, and blocks are kept when state is long pruned. The call's arguments are searched in
//! the extrinsic's bytes, so a request inside a batch or a proxy call is found too. A wrong match
//! does no harm: the caller compares the commitment and the context that follow from it.

use codec::{Compact, Decode, Encode};
use lattice_chain_client::{
    AccountId, Balance, BlockNumber, ModelIndex, RequestContent, Verification, H256,
};
use lattice_tensor::ModelId;
use lattice_verifier::{context, FieldBytes};

/// The arguments of `inference.request_inference`.
#[derive(Clone, Debug, PartialEq, Eq, Decode, Encode)]
pub struct Asked {
    pub model: ModelIndex,
    pub input: Vec<i8>,
    pub max_price: Balance,
    /// Blocks from the request on.
    pub deadline: BlockNumber,
    pub verification: Verification,
}

/// Every place in an extrinsic's bytes that reads as a request of this model.
pub fn candidates(extrinsic: &[u8], model: ModelIndex, input_len: u32) -> Vec<Asked> {
    let marker = (model, Compact(input_len)).encode();
    places(extrinsic, &marker)
        .filter_map(|mut place| Asked::decode(&mut place).ok())
        .collect()
}

/// An extrinsic's bytes from each place on at which these stand, which are some.
pub fn places<'a>(extrinsic: &'a [u8], marker: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + 'a {
    extrinsic
        .windows(marker.len())
        .enumerate()
        .filter(move |(_, window)| *window == marker)
        .filter_map(move |(at, _)| extrinsic.get(at..))
}

impl Asked {
    /// Hash of what the requester signed for.
    pub fn content(&self, requester: &AccountId, input_commitment: &H256) -> [u8; 32] {
        RequestContent {
            requester,
            model: self.model,
            input_commitment: input_commitment.0.into(),
            max_price: self.max_price,
            deadline: self.deadline.into(),
            verification: self.verification,
        }
        .hash()
    }

    /// The context that a proof for this request must carry.
    pub fn context(
        &self,
        genesis: &[u8; 32],
        request: u64,
        requester: &AccountId,
        provider: &AccountId,
        model: &ModelId,
        input_commitment: &H256,
    ) -> FieldBytes {
        let content = self.content(requester, input_commitment);
        context(genesis, request, &content, &provider.0, model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        Asked {
            model: 3,
            input: vec![0, 16, 7, -1],
            max_price: 5_000_000_000_000,
            deadline: 20,
            verification: Verification::Proven,
        }
    }

    #[test]
    fn a_request_is_found_in_the_middle_of_an_extrinsic() {
        let mut extrinsic = vec![0x84, 0, 3, 0, 0];
        extrinsic.extend(asked().encode());
        extrinsic.extend([9; 12]);
        assert_eq!(candidates(&extrinsic, 3, 4), [asked()]);
        assert_eq!(candidates(&extrinsic, 4, 4), []);
        assert_eq!(candidates(&extrinsic, 3, 5), []);
    }

    #[test]
    fn a_cut_extrinsic_holds_no_request() {
        let bytes = asked().encode();
        assert_eq!(candidates(&bytes[..bytes.len() - 1], 3, 4), []);
        assert_eq!(candidates(&[], 3, 4), []);
    }

    #[test]
    fn every_argument_changes_the_content() {
        let requester = AccountId([1; 32]);
        let commitment = H256([2; 32]);
        let original = asked().content(&requester, &commitment);
        let changed = [
            Asked {
                model: 4,
                ..asked()
            },
            Asked {
                max_price: 1,
                ..asked()
            },
            Asked {
                deadline: 21,
                ..asked()
            },
            Asked {
                verification: Verification::ProvenByCeremony,
                ..asked()
            },
        ];
        for asked in changed {
            assert_ne!(asked.content(&requester, &commitment), original);
        }
        assert_ne!(asked().content(&AccountId([3; 32]), &commitment), original);
        assert_ne!(asked().content(&requester, &H256([3; 32])), original);
    }
}

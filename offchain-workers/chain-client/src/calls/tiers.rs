//! Calls on optimistic and replicated requests and on disputes, whose fields are encoded by name.

use super::{named::fields, signing::Signing};
use crate::{submit::Transaction, DisputeId, Node, OutputLink, RequestId, H256};
use subxt::{
    ext::scale_encode::{EncodeAsFields, EncodeAsType},
    utils::Static,
};

// The derived code says `Result` and means the standard one, so that of this crate is not imported.

fields! {
    PostOptimistic {
        request: RequestId,
        context: H256,
        output: Vec<i32>,
        trace_root: H256,
        link: Static<OutputLink>,
    }
    ChallengeResult { request: RequestId, trace_root: H256 }
    RevealNode { dispute: DisputeId, node: Static<Node> }
    ChooseChild { dispute: DisputeId, child: u8 }
    Defend { dispute: DisputeId, opening: Vec<u8> }
    OfDispute { dispute: DisputeId }
    CommitReplica { request: RequestId, commitment: H256 }
    RevealReplica {
        request: RequestId,
        output: Vec<i32>,
        trace_root: H256,
        salt: [u8; 32],
    }
    AppealWithProof { request: RequestId, proof: Vec<u8> }
    AppealByDispute { request: RequestId, link: Static<OutputLink> }
}

impl Signing<'_> {
    /// Signs a call of the optimistic tier.
    pub(super) fn of_optimistic(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("Optimistic", call, fields))
    }

    /// Signs a call of the replicated tier.
    pub(super) fn of_replication(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("Replication", call, fields))
    }

    /// Signs a call of the disputes' pallet.
    pub(super) fn of_disputes(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("Disputes", call, fields))
    }
}

#[cfg(test)]
mod tests {
    use super::super::named::OfRequest;
    use super::*;
    use crate::{testing::encode_call as encode, ProofBytes};
    use codec::Encode;

    fn link() -> OutputLink {
        OutputLink {
            siblings: vec![[1u8; 32], [2; 32]].try_into().expect("few enough"),
        }
    }

    #[test]
    fn calls_on_optimistic_requests_are_those_of_the_chain() {
        let (context, trace_root) = (H256::repeat_byte(3), H256::repeat_byte(4));
        let post = PostOptimistic {
            request: 7,
            context,
            output: vec![-3, 4],
            trace_root,
            link: Static(link()),
        };
        let expected = (7u64, context, vec![-3i32, 4], trace_root, link()).encode();
        assert_eq!(encode("Optimistic", "post_result", post), expected);
        let challenge = ChallengeResult {
            request: 7,
            trace_root,
        };
        let bytes = encode("Optimistic", "challenge", challenge);
        assert_eq!(bytes, (7u64, trace_root).encode());
        let bytes = encode("Optimistic", "finalize", OfRequest { request: 7 });
        assert_eq!(bytes, 7u64.encode());
    }

    #[test]
    fn moves_of_a_dispute_are_those_of_the_chain() {
        let children = vec![[5u8; 32], [6; 32]].try_into().expect("few enough");
        let elements = vec![-1i32, 2].try_into().expect("few enough");
        for node in [Node::Branch(children), Node::Leaf(elements)] {
            let reveal = RevealNode {
                dispute: 8,
                node: Static(node.clone()),
            };
            let bytes = encode("Disputes", "reveal", reveal);
            assert_eq!(bytes, (8u64, node).encode());
        }
        let choose = ChooseChild {
            dispute: 8,
            child: 15,
        };
        assert_eq!(encode("Disputes", "choose", choose), (8u64, 15u8).encode());
        let defend = Defend {
            dispute: 8,
            opening: vec![1, 2, 3],
        };
        let expected = (8u64, vec![1u8, 2, 3]).encode();
        assert_eq!(encode("Disputes", "defend", defend), expected);
        let bytes = encode("Disputes", "expire", OfDispute { dispute: 8 });
        assert_eq!(bytes, 8u64.encode());
    }

    #[test]
    fn calls_of_replicas_are_those_of_the_chain() {
        let root = H256::repeat_byte(4);
        let commit = CommitReplica {
            request: 7,
            commitment: root,
        };
        let bytes = encode("Replication", "commit", commit);
        assert_eq!(bytes, (7u64, root).encode());
        let reveal = RevealReplica {
            request: 7,
            output: vec![-3, 4],
            trace_root: root,
            salt: [9; 32],
        };
        let expected = (7u64, vec![-3i32, 4], root, [9u8; 32]).encode();
        assert_eq!(encode("Replication", "reveal", reveal), expected);
        let proof = ProofBytes::from([5; 128]);
        let appeal = AppealWithProof {
            request: 7,
            proof: proof.as_slice().to_vec(),
        };
        let bytes = encode("Replication", "appeal_with_proof", appeal);
        assert_eq!(bytes, (7u64, proof).encode());
        let appeal = AppealByDispute {
            request: 7,
            link: Static(link()),
        };
        let bytes = encode("Replication", "appeal_by_dispute", appeal);
        assert_eq!(bytes, (7u64, link()).encode());
        let bytes = encode("Replication", "advance", OfRequest { request: 7 });
        assert_eq!(bytes, 7u64.encode());
    }
}

//! Calls on private requests, whose fields are encoded by name.

use super::{
    named::{fields, OfRequest},
    signing::Signing,
};
use crate::{
    submit::Transaction, Balance, BlockNumber, InputClaim, ModelIndex, ProofBytes, RequestId,
    Selection, Verification, H256,
};
use subxt::{
    ext::scale_encode::{EncodeAsFields, EncodeAsType},
    utils::{MultiSignature, Static},
};

// The derived code says `Result` and means the standard one, so that of this crate is not imported.

/// What a provider shows of the output of a private request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateOutput {
    /// The output itself, which the chain commits to without blinding.
    Posted(Vec<i32>),
    /// Its commitment, with a blinding that only the requester is told.
    Committed(H256),
}

/// A call on private requests. Amounts are in planck, deadlines in blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateCall {
    /// Ask for one inference whose input stays off the chain.
    Request {
        model: ModelIndex,
        /// Of the input, with a blinding that nobody can guess.
        input_commitment: H256,
        max_price: Balance,
        /// In blocks from now.
        deadline: BlockNumber,
        /// A tier that is settled on a proof.
        verification: Verification,
        /// Whether the output stays off the chain as well.
        output_private: bool,
        selection: Selection,
    },
    /// Show the result of an assigned request, with its proof.
    Submit {
        request: RequestId,
        /// The request's context, repeated.
        context: H256,
        output: PrivateOutput,
        proof: ProofBytes,
    },
    /// As the requester, settle a request whose output was collected.
    Acknowledge {
        request: RequestId,
        /// The request's context, repeated.
        context: H256,
    },
    /// As the requester, have an output posted that cannot be collected.
    ForcePosting {
        request: RequestId,
        /// The request's context, repeated: an output that was posted is public for good.
        context: H256,
    },
    /// Post the output whose commitment is on the chain, as its requester wants it.
    PostOutput {
        request: RequestId,
        output: Vec<i32>,
        /// Of its commitment.
        blinding: H256,
    },
    /// As the provider, say that there is no valid input.
    Claim {
        request: RequestId,
        /// The request's context, repeated.
        context: H256,
        claim: InputClaim,
    },
    /// As the requester, put an input on the chain that the provider says it has not.
    OpenInput {
        request: RequestId,
        input: Vec<i8>,
        /// Of its commitment.
        blinding: H256,
    },
    /// As the requester, show the provider's receipt for an input that it says it has not.
    RefuteClaim {
        request: RequestId,
        /// The provider's, sr25519.
        signature: [u8; 64],
    },
    /// Do what is due for a request whose deadline or window has passed.
    Expire { request: RequestId },
}

fields! {
    RequestPrivate {
        model: ModelIndex,
        input_commitment: H256,
        max_price: Balance,
        deadline: BlockNumber,
        verification: Static<Verification>,
        output_private: bool,
        selection: Static<Selection>,
    }
    SubmitPrivate { request: RequestId, context: H256, output: Output, proof: Vec<u8> }
    PostOutput { request: RequestId, output: Vec<i32>, blinding: H256 }
    OfContext { request: RequestId, context: H256 }
    ClaimInput { request: RequestId, context: H256, claim: Static<InputClaim> }
    OpenInput { request: RequestId, input: Vec<i8>, blinding: H256 }
    RefuteClaim { request: RequestId, signature: MultiSignature }
}

/// An output as the chain takes it.
#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(super) enum Output {
    Posted(Vec<i32>),
    Committed(H256),
}

impl From<PrivateOutput> for Output {
    fn from(output: PrivateOutput) -> Self {
        match output {
            PrivateOutput::Posted(output) => Self::Posted(output),
            PrivateOutput::Committed(commitment) => Self::Committed(commitment),
        }
    }
}

impl RefuteClaim {
    pub(super) fn new(request: RequestId, signature: [u8; 64]) -> Self {
        let signature = MultiSignature::Sr25519(signature);
        Self { request, signature }
    }
}

impl Signing<'_> {
    /// Signs a call on private requests.
    pub(super) fn private(self, call: PrivateCall) -> crate::Result<Transaction> {
        match call {
            PrivateCall::Request {
                model,
                input_commitment,
                max_price,
                deadline,
                verification,
                output_private,
                selection,
            } => {
                let fields = RequestPrivate {
                    model,
                    input_commitment,
                    max_price,
                    deadline,
                    verification: Static(verification),
                    output_private,
                    selection: Static(selection),
                };
                self.of_private("request_private", fields)
            }
            PrivateCall::Submit {
                request,
                context,
                output,
                proof,
            } => {
                let fields = SubmitPrivate {
                    request,
                    context,
                    output: output.into(),
                    proof: proof.as_slice().to_vec(),
                };
                self.of_private("submit_private", fields)
            }
            PrivateCall::Acknowledge { request, context } => {
                self.of_private("acknowledge", OfContext { request, context })
            }
            PrivateCall::ForcePosting { request, context } => {
                self.of_private("force_posting", OfContext { request, context })
            }
            PrivateCall::PostOutput {
                request,
                output,
                blinding,
            } => {
                let fields = PostOutput {
                    request,
                    output,
                    blinding,
                };
                self.of_private("post_output", fields)
            }
            PrivateCall::Claim {
                request,
                context,
                claim,
            } => {
                let fields = ClaimInput {
                    request,
                    context,
                    claim: Static(claim),
                };
                self.of_private("claim", fields)
            }
            PrivateCall::OpenInput {
                request,
                input,
                blinding,
            } => {
                let fields = OpenInput {
                    request,
                    input,
                    blinding,
                };
                self.of_private("open_input", fields)
            }
            PrivateCall::RefuteClaim { request, signature } => {
                self.of_private("refute_claim", RefuteClaim::new(request, signature))
            }
            PrivateCall::Expire { request } => {
                self.of_private("expire_private", OfRequest { request })
            }
        }
    }

    fn of_private(self, call: &str, fields: impl EncodeAsFields) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("PrivateRequests", call, fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing::encode_call as encode, AccountId, Preference};
    use codec::Encode;

    const PALLET: &str = "PrivateRequests";

    #[test]
    fn a_private_request_is_that_of_the_chain() {
        let commitment = H256::repeat_byte(4);
        let selection = Selection {
            preference: Preference::Only(AccountId([2; 32])),
            ..Selection::default()
        };
        let fields = RequestPrivate {
            model: 3,
            input_commitment: commitment,
            max_price: 6,
            deadline: 7,
            verification: Static(Verification::Proven),
            output_private: true,
            selection: Static(selection.clone()),
        };
        let verification = Verification::Proven;
        let expected = (3u32, commitment, 6u128, 7u32, verification, true, selection);
        assert_eq!(encode(PALLET, "request_private", fields), expected.encode());
    }

    #[test]
    fn results_are_posted_or_committed_to() {
        let (context, proof) = (H256::repeat_byte(3), ProofBytes::from([5; 128]));
        let submit = |output: PrivateOutput| SubmitPrivate {
            request: 7,
            context,
            output: output.into(),
            proof: proof.as_slice().to_vec(),
        };
        let bytes = encode(
            PALLET,
            "submit_private",
            submit(PrivateOutput::Posted(vec![-3, 4])),
        );
        let expected = (7u64, context, 0u8, vec![-3i32, 4], proof).encode();
        assert_eq!(bytes, expected);
        let commitment = H256::repeat_byte(9);
        let bytes = encode(
            PALLET,
            "submit_private",
            submit(PrivateOutput::Committed(commitment)),
        );
        let expected = (7u64, context, 1u8, commitment, proof).encode();
        assert_eq!(bytes, expected);
    }

    #[test]
    fn the_other_calls_are_those_of_the_chain() {
        let (blinding, context) = (H256::repeat_byte(8), H256::repeat_byte(3));
        let post = PostOutput {
            request: 7,
            output: vec![-3, 4],
            blinding,
        };
        let expected = (7u64, vec![-3i32, 4], blinding).encode();
        assert_eq!(encode(PALLET, "post_output", post), expected);
        for claim in [InputClaim::NotReceived, InputClaim::Invalid] {
            let fields = ClaimInput {
                request: 7,
                context,
                claim: Static(claim),
            };
            let expected = (7u64, context, claim).encode();
            assert_eq!(encode(PALLET, "claim", fields), expected);
        }
        let open = OpenInput {
            request: 7,
            input: vec![-3, 4],
            blinding,
        };
        let expected = (7u64, vec![-3i8, 4], blinding).encode();
        assert_eq!(encode(PALLET, "open_input", open), expected);
        let bytes = encode(PALLET, "refute_claim", RefuteClaim::new(7, [5; 64]));
        // The second variant of the runtime's signature is sr25519.
        assert_eq!(bytes, (7u64, 1u8, [5u8; 64]).encode());
        for call in ["acknowledge", "force_posting"] {
            let fields = OfContext {
                request: 7,
                context,
            };
            let bytes = encode(PALLET, call, fields);
            assert_eq!(bytes, (7u64, context).encode(), "{call}");
        }
        let bytes = encode(PALLET, "expire_private", OfRequest { request: 7 });
        assert_eq!(bytes, 7u64.encode());
    }
}

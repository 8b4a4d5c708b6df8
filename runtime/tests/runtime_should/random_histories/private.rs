//! Histories of private requests: inputs that providers say they do not have, that are opened or not, and
//! receipts that belie them; outputs that are acknowledged, posted, or withheld.
//!
//! The fixture's proof has no blindings, so that requests have none either, and the proof's context is given
//! them in place of their own.

use super::History;
use crate::fixture::CONTEXT;
use frame_support::BoundedVec;
use lattice_primitives::{
    receipt_message, InputClaim, PrivateStatus, RequestId, Selection, Verification,
};
use lattice_runtime::{PrivateRequests, Runtime, RuntimeOrigin, System};
use pallet_private_requests::{PrivateOutput, Request, Requests};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::MultiSignature;

impl History {
    /// Somebody asks, and everybody who is to move in a private request does, or some do, or does it
    /// wrong.
    pub(super) fn play_private(&mut self) {
        let requester = RuntimeOrigin::signed(self.account());
        let commitment = lattice_host::commit_input(&self.fixture.input, 0, 16);
        let _ = PrivateRequests::request_private(
            requester,
            0,
            H256(commitment.expect("the input is the model's")),
            self.amount(),
            2 + self.below(10),
            Verification::Proven,
            self.below(3) > 0,
            Selection::default(),
        );
        let open: Vec<_> = Requests::<Runtime>::iter().collect();
        for (id, request) in open {
            // Some are silent.
            if self.below(3) == 0 {
                continue;
            }
            match request.status {
                PrivateStatus::Assigned => self.serve_or_claim(id, &request),
                PrivateStatus::Claimed { .. } => self.answer_claim(id, &request),
                PrivateStatus::Delivered { .. } | PrivateStatus::Forced { .. } => {
                    self.see_to_the_output(id, &request);
                }
            }
        }
    }

    /// The provider proves the result, or something else, or says that it has no input.
    fn serve_or_claim(&mut self, id: RequestId, request: &Request<Runtime>) {
        let provider = RuntimeOrigin::signed(request.provider.clone());
        if self.below(2) == 0 {
            let claim = [InputClaim::NotReceived, InputClaim::Invalid][self.below(2) as usize];
            let _ = PrivateRequests::claim(provider, id, request.context, claim);
            return;
        }
        Requests::<Runtime>::mutate_extant(id, |open| open.context = CONTEXT);
        let mut output = self.fixture.output.clone();
        if self.below(4) == 0 {
            output[0] ^= 1;
        }
        let output = match request.output_private {
            true => {
                let commitment = lattice_host::commit_output(&output);
                PrivateOutput::Committed(H256(commitment.expect("there is an output")))
            }
            false => PrivateOutput::Posted(BoundedVec::truncate_from(output)),
        };
        let proof = self.fixture.proof;
        let _ = PrivateRequests::submit_private(provider, id, CONTEXT, output, proof);
    }

    /// The requester opens the input, or shows a receipt.
    fn answer_claim(&mut self, id: RequestId, request: &Request<Runtime>) {
        let requester = RuntimeOrigin::signed(request.requester.clone());
        if self.below(2) == 0 {
            let input = BoundedVec::truncate_from(self.fixture.input.clone());
            let _ = PrivateRequests::open_input(requester, id, input, H256::zero());
            return;
        }
        let genesis = System::block_hash(0).0;
        let message = receipt_message(&genesis, id, &request.context.0);
        let signer = match self.below(4) {
            0 => Sr25519Keyring::Ferdie,
            _ => Sr25519Keyring::from_account_id(&request.provider).expect("all are of it"),
        };
        let receipt = MultiSignature::Sr25519(signer.sign(&message));
        let _ = PrivateRequests::refute_claim(requester, id, receipt);
    }

    /// The requester acknowledges the output, or wants it posted; the provider posts it, or another one.
    fn see_to_the_output(&mut self, id: RequestId, request: &Request<Runtime>) {
        let requester = RuntimeOrigin::signed(request.requester.clone());
        let _ = match self.below(6) {
            0 => PrivateRequests::acknowledge(requester, id, request.context).is_ok(),
            1..=3 => PrivateRequests::force_posting(requester, id, request.context).is_ok(),
            _ => {
                let provider = RuntimeOrigin::signed(request.provider.clone());
                let mut output = self.fixture.output.clone();
                output[0] ^= i32::from(self.below(2) == 0);
                let output = BoundedVec::truncate_from(output);
                PrivateRequests::post_output(provider, id, output, H256::zero()).is_ok()
            }
        };
    }

    /// What the pallet says of itself.
    pub(super) fn check_private() {
        assert_eq!(PrivateRequests::check_invariants(), Ok(()), "private");
    }
}

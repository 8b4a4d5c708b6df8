//! Proof gate: accepts a result only with a valid execution proof, keeps it, and
//! commits it.
//!
//! A gate is opened for one verifying key. Whoever brings a proof under that key
//! has shown that the key's model maps an input with this commitment to an output
//! with that one, in this context; the gate takes each context once. It shows how
//! other programs' rules can stand behind a proof.
//!
//! In polkadot.js, with `Failure` as in [`lattice_guest::Failure`]:
//!
//! ```json
//! {
//!   "KeyId": "[u8; 32]",
//!   "Submission": { "inputs": "[[u8; 32]; 3]", "proof": "Bytes" },
//!   "Message": { "_enum": { "Submit": "Submission", "Query": "[u8; 32]" } },
//!   "Accepted": { "inputCommitment": "[u8; 32]", "outputCommitment": "[u8; 32]", "submitter": "AccountId32", "block": "u64" },
//!   "Reply": "Option<Accepted>",
//!   "Event": "([u8; 32], Accepted)",
//!   "Error": { "_enum": { "FalseProof": "Null", "AcceptedBefore": "Null", "NotPayable": "u128", "NotOpen": "Null" } },
//!   "Failure": { "_enum": { "Input": "Null", "Storage": "Null", "Panic": "Text", "Program": "Error" } }
//! }
//! ```

#![cfg_attr(target_arch = "wasm32", no_std)]
#![deny(clippy::arithmetic_side_effects)]

use codec::{Decode, Encode};
use lattice_guest::storage::{Map, Value};
use lattice_guest::{account, context, proof, AccountId, Balance, KeyId, ProofBytes, PublicInput};

/// What a caller may ask for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Message {
    /// Submits a proven result.
    #[codec(index = 0)]
    Submit {
        /// The context, the input commitment and the output commitment.
        inputs: [PublicInput; 3],
        /// The proof of these inputs under the gate's key.
        proof: ProofBytes,
    },
    /// Asks what was accepted in a context.
    #[codec(index = 1)]
    Query {
        /// The first public input of a submission.
        context: PublicInput,
    },
}

/// A result that the gate took; with its context before it, also the event.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Accepted {
    /// The second public input.
    pub input_commitment: PublicInput,
    /// The third public input.
    pub output_commitment: PublicInput,
    /// Who brought it.
    pub submitter: AccountId,
    /// When.
    pub block: u64,
}

/// What the gate has in the message's context.
pub type Reply = Option<Accepted>;

/// Why the gate refuses.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Error {
    /// The proof does not prove these inputs under the gate's key.
    #[codec(index = 0)]
    FalseProof,
    /// A result was accepted in this context before.
    #[codec(index = 1)]
    AcceptedBefore,
    /// Money was sent, and the gate could never give it back.
    #[codec(index = 2)]
    NotPayable { given: Balance },
    /// The gate has no key.
    #[codec(index = 3)]
    NotOpen,
}

/// The verifying key.
const KEY: Value<KeyId> = Value::new(b"key");

/// What was accepted, by context.
const ACCEPTED: Map<PublicInput, Accepted> = Map::new(b"accepted/");

/// Opens the gate for a verifying key.
fn open(key: KeyId) -> Result<(), Error> {
    KEY.set(&key);
    Ok(())
}

fn handle(message: Message) -> Result<Reply, Error> {
    let given = context::value();
    if given > 0 {
        return Err(Error::NotPayable { given });
    }
    match message {
        Message::Submit { inputs, proof } => submit(&inputs, &proof).map(Some),
        Message::Query { context } => Ok(ACCEPTED.get(&context)),
    }
}

fn submit(inputs: &[PublicInput; 3], proof: &[u8]) -> Result<Accepted, Error> {
    let [context, input_commitment, output_commitment] = *inputs;
    // Before the verification, which costs much more.
    if ACCEPTED.contains(&context) {
        return Err(Error::AcceptedBefore);
    }
    let key = KEY.get().ok_or(Error::NotOpen)?;
    if !proof::verify(&key, inputs, proof) {
        return Err(Error::FalseProof);
    }
    let accepted = Accepted {
        input_commitment,
        output_commitment,
        submitter: context::caller(),
        block: context::block_number(),
    };
    ACCEPTED.set(&context, &accepted);
    proof::commit_result(&context, &output_commitment);
    account::emit(&(context, &accepted));
    Ok(accepted)
}

lattice_guest::entry!(instantiate: open, call: handle);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_submission_is_its_inputs_and_its_proof() {
        let encoded = Message::Submit {
            inputs: [[1; 32], [2; 32], [3; 32]],
            proof: vec![4; 128],
        }
        .encode();
        // The proof's length takes two bytes.
        assert_eq!(encoded.len(), 1 + 3 * 32 + 2 + 128);
        assert_eq!((encoded[0], encoded[33], encoded[99]), (0, 2, 4));
    }
}

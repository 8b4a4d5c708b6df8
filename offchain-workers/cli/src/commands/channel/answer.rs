//! Whether the answer of a gateway is proven: what `lattice verify` checks of a record, without one.

use super::super::verify::reference::{Check, Reference, NO_BLINDING};
use lattice_chain_client::{channel_content, Channel, Model as Registration, ProofBytes, H256};
use lattice_tensor::Manifest;
use lattice_verifier::{commit_input, commit_output, context, Statement};

/// Everything that the checks look at. Nothing of it but output and proof comes from the gateway.
#[derive(Clone, Copy)]
pub struct Answered<'a> {
    pub genesis: &'a [u8; 32],
    pub channel: &'a Channel,
    pub model: &'a Registration,
    /// The registration's manifest; its hash is that of the registration.
    pub manifest: &'a Manifest,
    /// Which inference of the channel, from 0.
    pub sequence: u64,
    pub input: &'a [i32],
    pub output: &'a [i32],
    pub proof: &'a ProofBytes,
}

/// Model and key that a channel was opened for, with the registration that is to have them.
pub fn reference<'a>(
    channel: &'a Channel,
    model: &'a Registration,
    manifest: &'a Manifest,
) -> Reference<'a> {
    Reference {
        model_hash: &channel.model_hash,
        vk_id: &channel.vk_id,
        model,
        manifest,
    }
}

impl Answered<'_> {
    /// All checks. The channel's model and key are those of the registration, and the proof says
    /// that this model gives this output for this very inference.
    pub fn checks(&self) -> Vec<Check> {
        let reference = reference(self.channel, self.model, self.manifest);
        let proof = self
            .statement(&reference)
            .and_then(|statement| reference.proof(&statement, self.proof));
        vec![
            Check::new("model", reference.model_hash()),
            Check::new("key", reference.key_identity()),
            Check::new("proof", proof),
        ]
    }

    /// What the proof must be of.
    fn statement(&self, reference: &Reference<'_>) -> Result<Statement, String> {
        let range = self.manifest.input.range;
        let input_commitment =
            commit_input(self.input, range, &NO_BLINDING).map_err(|e| e.to_string())?;
        let output_commitment =
            commit_output(self.output, &NO_BLINDING).map_err(|e| e.to_string())?;
        let channel = self.channel;
        let content = channel_content(channel.channel, self.sequence, H256(input_commitment));
        let context = context(
            self.genesis,
            channel.channel,
            &content,
            &channel.provider.0,
            &reference.model_id(),
        );
        Ok(Statement {
            context,
            input_commitment,
            output_commitment,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::verify::fixture::tiny;
    use super::*;
    use lattice_chain_client::{AccountId, Price};
    use lattice_tensor::trace;
    use std::sync::OnceLock;

    const GENESIS: [u8; 32] = [7; 32];
    const SEQUENCE: u64 = 4;
    const INPUT: [i32; 4] = [1, 16, 0, 9];

    /// An inference in a channel with everything that the client has of it.
    #[derive(Clone)]
    struct Case {
        channel: Channel,
        registration: Registration,
        sequence: u64,
        input: Vec<i32>,
        output: Vec<i32>,
        proof: ProofBytes,
    }

    /// Made once, since a proof takes a moment.
    fn honest() -> Case {
        static CASE: OnceLock<Case> = OnceLock::new();
        CASE.get_or_init(prove).clone()
    }

    fn prove() -> Case {
        let tiny = tiny();
        let channel = Channel {
            channel: 12,
            payer: AccountId([1; 32]),
            provider: AccountId([2; 32]),
            model: tiny.registration.index,
            model_hash: tiny.registration.model_hash,
            vk_id: tiny.vk_id,
            price: Price::default(),
            deposit: 100,
            redeemed: 0,
            opened_at: 5,
            closing: None,
        };
        let model = &tiny.model;
        let input = commit_input(&INPUT, model.input_range(), &NO_BLINDING).expect("in range");
        let content = channel_content(channel.channel, SEQUENCE, H256(input));
        let context = context(
            &GENESIS,
            channel.channel,
            &content,
            &channel.provider.0,
            &model.id(),
        );
        let run = trace(model, &INPUT).expect("executes");
        let rng = &mut rand::rngs::OsRng;
        let proof = tiny
            .prover
            .prove(&run, &context, &NO_BLINDING, &NO_BLINDING, rng)
            .expect("proves");
        Case {
            channel,
            registration: tiny.registration.clone(),
            sequence: SEQUENCE,
            input: INPUT.to_vec(),
            output: run.output().to_vec(),
            proof: ProofBytes::try_from(&proof.bytes[..]).expect("a proof's length"),
        }
    }

    /// Names of the checks that fail.
    fn failing(case: &Case) -> Vec<&'static str> {
        let answered = Answered {
            genesis: &GENESIS,
            channel: &case.channel,
            model: &case.registration,
            manifest: tiny().model.manifest(),
            sequence: case.sequence,
            input: &case.input,
            output: &case.output,
            proof: &case.proof,
        };
        Check::failing(&answered.checks())
    }

    #[test]
    fn an_honest_answer_passes_every_check() {
        assert_eq!(failing(&honest()), Vec::<&str>::new());
    }

    mod finds {
        use super::*;

        #[test]
        fn a_changed_output() {
            for element in 0..2 {
                let mut case = honest();
                case.output[element] += 1;
                assert_eq!(failing(&case), ["proof"]);
            }
            let mut case = honest();
            case.output.push(0);
            assert_eq!(failing(&case), ["proof"]);
            case.output.clear();
            assert_eq!(failing(&case), ["proof"]);
        }

        #[test]
        fn the_proof_of_another_inference() {
            let mut case = honest();
            case.sequence += 1;
            assert_eq!(failing(&case), ["proof"]);
            let mut case = honest();
            case.input[0] += 1;
            assert_eq!(failing(&case), ["proof"]);
            let mut case = honest();
            case.channel.channel += 1;
            assert_eq!(failing(&case), ["proof"]);
            let mut case = honest();
            case.channel.provider = AccountId([9; 32]);
            assert_eq!(failing(&case), ["proof"]);
        }

        #[test]
        fn a_damaged_proof() {
            let mut case = honest();
            case.proof.as_mut_slice()[0] ^= 1;
            assert_eq!(failing(&case), ["proof"]);
        }

        #[test]
        fn another_model_or_key_than_the_channel_was_opened_for() {
            let mut case = honest();
            case.channel.model_hash = H256::zero();
            assert_eq!(failing(&case), ["model"]);
            let mut case = honest();
            case.channel.vk_id = H256::zero();
            assert_eq!(failing(&case), ["key"]);
            let mut case = honest();
            case.registration.key = None;
            assert_eq!(failing(&case), ["key", "proof"]);
        }
    }
}

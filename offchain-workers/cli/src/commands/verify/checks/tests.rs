use super::super::fixture::tiny;
use super::*;
use lattice_chain_client::{samples, AccountId, ProofBytes, Verification, H256};
use lattice_tensor::trace;
use std::sync::OnceLock;

const GENESIS: [u8; 32] = [7; 32];
const REQUEST: u64 = 12;

/// A settled request with everything that the chain keeps of it.
#[derive(Clone)]
struct Case {
    model: Model,
    registration: Registration,
    record: Record,
    asked: Vec<Asked>,
}

/// Proves one request; made once, since a proof takes a moment.
fn honest() -> Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(prove).clone()
}

fn prove() -> Case {
    let tiny = tiny();
    let model = tiny.model.clone();
    let asked = Asked {
        model: tiny.registration.index,
        input: vec![1, 16, 0, 9],
        max_price: 50,
        deadline: 20,
        verification: Verification::Proven,
    };
    let input: Vec<i32> = asked.input.iter().map(|&x| i32::from(x)).collect();
    let commitment = H256(commit_input(&input, model.input_range(), &NO_BLINDING).unwrap());
    let (requester, provider) = (AccountId([1; 32]), AccountId([2; 32]));
    let context = asked.context(
        &GENESIS,
        REQUEST,
        &requester,
        &provider,
        &model.id(),
        &commitment,
    );
    let run = trace(&model, &input).unwrap();
    let rng = &mut rand::rngs::OsRng;
    let proof = tiny
        .prover
        .prove(&run, &context, &NO_BLINDING, &NO_BLINDING, rng)
        .unwrap();
    Case {
        registration: tiny.registration.clone(),
        record: Record {
            request: REQUEST,
            requester,
            provider,
            model: asked.model,
            model_hash: H256(model.id().0),
            vk_id: tiny.vk_id,
            context: H256(context),
            input_commitment: commitment,
            output_commitment: Some(H256(proof.statement.output_commitment)),
            output: run.output().to_vec(),
            proof: ProofBytes::try_from(&proof.bytes[..]).ok(),
            ..samples::record()
        },
        asked: vec![asked],
        model,
    }
}

/// Names of the checks that fail.
fn failing(case: &Case) -> Vec<&'static str> {
    let evidence = Evidence {
        genesis: GENESIS,
        record: &case.record,
        model: &case.registration,
        manifest: case.model.manifest(),
        asked: &case.asked,
        local: Some(&case.model),
    };
    let checks = evidence.checks();
    assert_eq!(checks.len(), 7);
    Check::failing(&checks)
}

#[test]
fn an_honest_record_passes_every_check() {
    assert_eq!(failing(&honest()), Vec::<&str>::new());
}

/// Names of the checks that fail of a record that has no proof, and no key either.
fn failing_without_proof(mut case: Case) -> Vec<&'static str> {
    case.record.vk_id = H256([0; 32]);
    case.record.proof = None;
    case.registration.key = None;
    let evidence = Evidence {
        genesis: GENESIS,
        record: &case.record,
        model: &case.registration,
        manifest: case.model.manifest(),
        asked: &case.asked,
        local: None,
    };
    Check::failing(&evidence.checks_without_proof(&case.model))
}

#[test]
fn without_a_proof_the_model_is_run_again() {
    assert_eq!(failing_without_proof(honest()), Vec::<&str>::new());
    let mut case = honest();
    case.record.output[0] += 1;
    assert_eq!(failing_without_proof(case), ["output", "execution"]);
    // A false output with a commitment of its own is found out by nothing else.
    let mut case = honest();
    case.record.output[0] += 1;
    let forged = commit_output(&case.record.output, &NO_BLINDING).unwrap();
    case.record.output_commitment = Some(H256(forged));
    assert_eq!(failing_without_proof(case), ["execution"]);
}

mod finds {
    use super::*;

    #[test]
    fn a_changed_output() {
        let mut case = honest();
        case.record.output[0] += 1;
        assert_eq!(failing(&case), ["output", "execution"]);
        // Whoever also fixes the commitment breaks the proof.
        let forged = commit_output(&case.record.output, &NO_BLINDING).unwrap();
        case.record.output_commitment = Some(H256(forged));
        assert_eq!(failing(&case), ["proof", "execution"]);
    }

    #[test]
    fn another_provider_requester_or_request() {
        let mut case = honest();
        case.record.provider = AccountId([9; 32]);
        assert_eq!(failing(&case), ["context"]);
        let mut case = honest();
        case.record.requester = AccountId([9; 32]);
        assert_eq!(failing(&case), ["context"]);
        let mut case = honest();
        case.record.request += 1;
        assert_eq!(failing(&case), ["context"]);
    }

    #[test]
    fn a_context_that_was_changed_along() {
        let mut case = honest();
        case.record.provider = AccountId([9; 32]);
        let context = case.asked[0].context(
            &GENESIS,
            REQUEST,
            &case.record.requester,
            &case.record.provider,
            &case.model.id(),
            &case.record.input_commitment,
        );
        case.record.context = H256(context);
        assert_eq!(failing(&case), ["proof"]);
    }

    #[test]
    fn another_input_in_the_block() {
        let mut case = honest();
        case.asked[0].input[0] += 1;
        assert_eq!(failing(&case), ["input", "context", "execution"]);
        case.asked.clear();
        assert_eq!(failing(&case), ["input", "context", "execution"]);
    }

    #[test]
    fn another_or_a_damaged_key() {
        let mut case = honest();
        case.record.vk_id = H256([0; 32]);
        assert_eq!(failing(&case), ["key"]);
        let mut case = honest();
        if let Some(key) = &mut case.registration.key {
            key.verifying_key[0] ^= 1;
        }
        assert_eq!(failing(&case), ["key", "proof"]);
        case.registration.key = None;
        assert_eq!(failing(&case), ["key", "proof"]);
    }

    #[test]
    fn another_model() {
        let mut case = honest();
        case.record.model_hash = H256([0; 32]);
        assert_eq!(failing(&case), ["model", "execution"]);
    }

    #[test]
    fn a_damaged_or_missing_proof() {
        let mut case = honest();
        if let Some(proof) = &mut case.record.proof {
            proof.as_mut_slice()[0] ^= 1;
        }
        assert_eq!(failing(&case), ["proof"]);
        case.record.proof = None;
        case.record.output_commitment = None;
        assert_eq!(failing(&case), ["output", "proof"]);
    }
}

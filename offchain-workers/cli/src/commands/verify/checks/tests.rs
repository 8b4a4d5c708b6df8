use super::*;
use codec::Encode;
use lattice_chain_client::{
    AccountId, Ending, Interface, KeyInfo, ModelState, Price, Pricing, Requirements, Setup,
    Verification, H256,
};
use lattice_chain_client::{ProofBytes, ProofVersion};
use lattice_circuit::Circuit;
use lattice_prover::Prover;
use lattice_setup::KeyFiles;
use lattice_tensor::{trace, Clamp, ModelBuilder, Range, Scale, Shape};
use std::sync::{Arc, OnceLock};

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

/// Proves one request; made once, since a setup takes a moment.
fn honest() -> Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(prove).clone()
}

fn prove() -> Case {
    let range = Range::new(0, 16).unwrap();
    let model = ModelBuilder::new(Shape::new([4]).unwrap(), range, Scale::ONE)
        .linear("a", vec![3, -1, 2, 5, 1, 1, -4, 2], 2, Some(vec![5, -7]))
        .and_then(|b| b.requantize(vec![1, 2], Clamp::RELU))
        .and_then(|b| b.linear("b", vec![1, -2, 3, 4], 2, None))
        .and_then(|b| b.build(Scale::ONE))
        .unwrap();
    let rng = &mut rand::rngs::OsRng;
    let circuit = Circuit::build(&model).unwrap();
    let keys = lattice_setup::dev_setup(&circuit, rng).unwrap();
    let files = KeyFiles::dev(model.id(), keys).unwrap();
    let asked = Asked {
        model: 3,
        input: vec![1, 16, 0, 9],
        max_price: 50,
        deadline: 20,
        verification: Verification::Proven,
    };
    let input: Vec<i32> = asked.input.iter().map(|&x| i32::from(x)).collect();
    let commitment = H256(commit_input(&input, range, &NO_BLINDING).unwrap());
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
    let prover = Prover::new(Arc::new(model.clone()), files.proving_key).unwrap();
    let proof = prover
        .prove(&run, &context, &NO_BLINDING, &NO_BLINDING, rng)
        .unwrap();
    let model_hash = H256(model.id().0);
    Case {
        registration: Registration {
            index: asked.model,
            owner: AccountId([3; 32]),
            name: b"tiny".to_vec(),
            version: 1,
            model_hash,
            byte_size: 0,
            stored: None,
            state_hash: None,
            requirements: Requirements::default(),
            pricing: Pricing::default(),
            interface: Interface {
                input_len: 4,
                input_lo: 0,
                input_hi: 16,
                output_len: 2,
            },
            manifest: model.manifest().encode(),
            key: Some(KeyInfo {
                vk_id: H256(files.vk_id),
                setup: Setup::Dev,
                circuit_version: files.circuit_version,
                phase1_id: H256(files.phase1_id),
                proving_key_hash: H256(files.proving_key_hash),
                proof_version: ProofVersion::of_key_len(files.verifying_key.len())
                    .expect("it has a key's length"),
                verifying_key: files.verifying_key,
            }),
            parent: None,
            state: ModelState::Active,
            providers: 1,
            created_at: 1,
            total_executions: 1,
        },
        record: Record {
            request: REQUEST,
            requester,
            provider,
            model: asked.model,
            model_hash,
            vk_id: H256(files.vk_id),
            context: H256(context),
            input_commitment: commitment,
            output_commitment: Some(H256(proof.statement.output_commitment)),
            output: run.output().to_vec(),
            proof: ProofBytes::try_from(&proof.bytes[..]).ok(),
            gas_used: 1,
            price: Price::default(),
            ending: Ending::Settled,
            failed: Vec::new(),
            requested_at: 5,
            ended_at: 6,
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
    checks
        .iter()
        .filter(|check| !check.holds)
        .map(|check| check.name)
        .collect()
}

#[test]
fn an_honest_record_passes_every_check() {
    assert_eq!(failing(&honest()), Vec::<&str>::new());
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

use super::super::fixture::tiny;
use super::*;
use lattice_chain_client::{
    samples, AccountId, Model as Registration, Preference, ProofBytes, Selection, H256,
};
use lattice_tensor::trace;
use std::sync::OnceLock;

const GENESIS: [u8; 32] = [7; 32];
const REQUEST: u64 = 12;
const INPUT_BLINDING: FieldBytes = [5; 32];
const OUTPUT_BLINDING: FieldBytes = [6; 32];

/// A settled request with a private output, with everything that chain and requester keep of it.
#[derive(Clone)]
struct Case {
    model: Model,
    registration: Registration,
    record: Record,
    hidden: Hidden,
}

/// Proves one request; made once, since a proof takes a moment.
fn honest() -> Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(prove).clone()
}

fn prove() -> Case {
    let tiny = tiny();
    let model = tiny.model.clone();
    let input = vec![1, 16, 0, 9];
    let input_commitment = commit_input(&input, model.input_range(), &INPUT_BLINDING).unwrap();
    let asked = AskedPrivately {
        model: tiny.registration.index,
        input_commitment,
        max_price: 50,
        deadline: 20,
        verification: Verification::Proven,
        output_private: true,
    };
    let mut record = Record {
        request: REQUEST,
        requester: AccountId([1; 32]),
        provider: AccountId([2; 32]),
        model: asked.model,
        model_hash: H256(model.id().0),
        vk_id: tiny.vk_id,
        input_commitment: H256(input_commitment),
        output_commitment: None,
        output: Vec::new(),
        proof: None,
        ..samples::record()
    };
    let context = asked.context(&GENESIS, &record, &model.id());
    let run = trace(&model, &input).unwrap();
    let rng = &mut rand::rngs::OsRng;
    let proof = tiny
        .prover
        .prove(&run, &context, &INPUT_BLINDING, &OUTPUT_BLINDING, rng)
        .unwrap();
    record.context = H256(context);
    record.output_commitment = Some(H256(proof.statement.output_commitment));
    record.proof = ProofBytes::try_from(&proof.bytes[..]).ok();
    let kept = Kept {
        input,
        blinding: INPUT_BLINDING,
        output: Some((run.output().to_vec(), OUTPUT_BLINDING)),
    };
    Case {
        registration: tiny.registration.clone(),
        record,
        hidden: Hidden {
            asked: vec![asked],
            posted: Vec::new(),
            kept: Some(kept),
        },
        model,
    }
}

/// Names of the checks that are made, and of those that fail.
fn checked(case: &Case) -> (Vec<&'static str>, Vec<&'static str>) {
    let evidence = Evidence {
        genesis: GENESIS,
        record: &case.record,
        model: &case.registration,
        manifest: case.model.manifest(),
        asked: &[],
        local: Some(&case.model),
    };
    assert!(!evidence.has_input());
    let checks = case.hidden.checks(&evidence);
    let names = checks.iter().map(|check| check.name).collect();
    (names, Check::failing(&checks))
}

fn failing(case: &Case) -> Vec<&'static str> {
    checked(case).1
}

fn none() -> Vec<&'static str> {
    Vec::new()
}

#[test]
fn the_requester_sees_what_the_proof_is_about() {
    let case = honest();
    let all = vec![
        "model",
        "key",
        "context",
        "proof",
        "input",
        "output",
        "execution",
    ];
    assert_eq!(checked(&case), (all, none()));
    assert_eq!(case.hidden.private(&case.record), ["input", "output"]);
    assert_eq!(case.hidden.unseen(&case.record), none());
}

#[test]
fn anybody_else_sees_that_it_is_proven_and_nothing_more() {
    let mut case = honest();
    case.hidden.kept = None;
    let some = vec!["model", "key", "context", "proof"];
    assert_eq!(checked(&case), (some, none()));
    assert_eq!(case.hidden.unseen(&case.record), ["input", "output"]);
}

#[test]
fn an_output_that_was_not_collected_is_not_seen() {
    let mut case = honest();
    if let Some(kept) = &mut case.hidden.kept {
        kept.output = None;
    }
    assert_eq!(case.hidden.unseen(&case.record), ["output"]);
    assert_eq!(failing(&case), ["execution"]);
}

#[test]
fn an_output_that_was_posted_later_has_the_blinding_that_was_posted_with_it() {
    let mut case = honest();
    let output = run_output(&case);
    case.record.output = output.clone();
    // The call's arguments, in the middle of an extrinsic.
    let mut extrinsic = vec![4, 0xff];
    extrinsic.extend((REQUEST, &output, OUTPUT_BLINDING).encode());
    assert_eq!(failing(&case), ["output"]);
    case.hidden.posted = posted(&[vec![1, 2], extrinsic.clone()], &case.record);
    assert_eq!(case.hidden.posted, [OUTPUT_BLINDING]);
    assert_eq!(failing(&case), none());
    assert_eq!(case.hidden.private(&case.record), ["input"]);
    extrinsic.pop();
    assert!(posted(&[extrinsic], &case.record).is_empty());
}

fn run_output(case: &Case) -> Vec<i32> {
    let kept = case.hidden.kept.as_ref().expect("it is kept");
    kept.output.as_ref().expect("it was collected").0.clone()
}

#[test]
fn a_private_request_is_found_in_an_extrinsic() {
    let case = honest();
    let selection = Selection {
        preference: Preference::Only(AccountId([2; 32])),
        ..Selection::default()
    };
    let mut extrinsic = vec![0x84, 0, 3, 0, 0];
    extrinsic.extend((&case.hidden.asked[0], selection).encode());
    let found = candidates(&[vec![9; 80], extrinsic.clone()], &case.record);
    assert_eq!(found, case.hidden.asked);
    let mut other = case.record.clone();
    other.model += 1;
    assert!(candidates(&[extrinsic], &other).is_empty());
}

mod finds {
    use super::*;

    #[test]
    fn another_provider_requester_or_request() {
        let mut case = honest();
        case.record.provider = AccountId([9; 32]);
        assert_eq!(failing(&case), ["context"]);
        let mut case = honest();
        case.record.requester = AccountId([9; 32]);
        assert_eq!(failing(&case), ["context"]);
        let mut case = honest();
        case.hidden.asked.clear();
        assert_eq!(failing(&case), ["context"]);
    }

    #[test]
    fn another_commitment() {
        let mut case = honest();
        let other = commit_output(&run_output(&case), &NO_BLINDING).unwrap();
        case.record.output_commitment = Some(H256(other));
        assert_eq!(failing(&case), ["proof", "output"]);
    }

    #[test]
    fn a_state_that_says_something_else() {
        let mut case = honest();
        if let Some(kept) = &mut case.hidden.kept {
            kept.input[0] += 1;
        }
        assert_eq!(failing(&case), ["input", "execution"]);
        let mut case = honest();
        if let Some((output, _)) = case.hidden.kept.as_mut().and_then(|it| it.output.as_mut()) {
            output[0] += 1;
        }
        assert_eq!(failing(&case), ["output", "execution"]);
    }

    #[test]
    fn a_missing_or_damaged_proof() {
        let mut case = honest();
        if let Some(proof) = &mut case.record.proof {
            proof.as_mut_slice()[0] ^= 1;
        }
        assert_eq!(failing(&case), ["proof"]);
        case.record.proof = None;
        assert_eq!(failing(&case), ["proof"]);
    }
}

//! From a private request to a checked proof, with a real model, real keys and burn.

#[allow(dead_code)] // Its assignment is one of another tier.
mod fixture;

use fixture::{served, GENESIS, PROVIDER};
use lattice_chain_client::{AccountId, Price, Private, PrivateStatus, H256};
use lattice_tensor::testing::random_input;
use lattice_verifier::{commit_input, commit_output, FieldBytes};
use lattice_worker::{
    models::Served,
    pipeline::{check, execute, prove, PipelineError, Work, NO_BLINDING},
};

/// Two canonical field elements.
const INPUT_BLINDING: FieldBytes = [7; 32];
const OUTPUT_BLINDING: FieldBytes = [9; 32];

/// A private request of this input, as the chain would make it.
fn private(served: &Served, input: &[i8]) -> Private {
    let model = &served.model;
    let values: Vec<i32> = input.iter().copied().map(i32::from).collect();
    let commitment =
        commit_input(&values, model.input_range(), &INPUT_BLINDING).expect("an input in range");
    let content = [5; 32];
    let context = lattice_verifier::context(&GENESIS, 3, &content, &PROVIDER.0, &model.id());
    Private {
        request: 3,
        requester: AccountId([1; 32]),
        provider: PROVIDER,
        model: 0,
        model_hash: H256(model.id().0),
        vk_id: H256(served.vk_id),
        input_commitment: H256(commitment),
        content: H256(content),
        context: H256(context),
        output_private: true,
        price: Price::default(),
        deadline: 20,
        status: PrivateStatus::Assigned,
        opened: None,
        output_commitment: None,
    }
}

fn input(served: &Served) -> Vec<i8> {
    let values = random_input(3, &served.model);
    let narrow = values.iter().map(|&x| i8::try_from(x).expect("in range"));
    narrow.collect()
}

fn work(served: &Served, open: &Private, input: &[i8]) -> Result<Work, PipelineError> {
    let input = (input, &INPUT_BLINDING);
    Work::of_private(open, served, &PROVIDER, &GENESIS, input, OUTPUT_BLINDING)
}

#[test]
fn prove_what_both_blinded_commitments_are_of() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let served = served(folder.path());
    let input = input(&served);
    let open = private(&served, &input);
    let work = work(&served, &open, &input).expect("fits");
    let trace = execute(&served, &work).expect("executes");
    let proof = prove(&served, &work, &trace).expect("proves");
    check(&work, trace.output(), &proof).expect("is about the request");
    let output = commit_output(trace.output(), &OUTPUT_BLINDING).expect("commits");
    let inputs = [open.context.0, open.input_commitment.0, output];
    let key = served.prover.verifying_key();
    assert_eq!(
        lattice_verifier::verify(key, &inputs, &proof.bytes),
        Ok(true)
    );
    // Of an output that anybody could guess there is no such proof.
    let guessed = commit_output(trace.output(), &NO_BLINDING).expect("commits");
    let inputs = [open.context.0, open.input_commitment.0, guessed];
    assert_eq!(
        lattice_verifier::verify(key, &inputs, &proof.bytes),
        Ok(false)
    );
    let posted = Work {
        output_blinding: NO_BLINDING,
        ..work
    };
    let other = check(&posted, trace.output(), &proof);
    assert!(matches!(other, Err(PipelineError::Statement)));
}

#[test]
fn refuse_to_prove_anything_else_than_what_the_chain_has() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let served = served(folder.path());
    let input = input(&served);
    let open = private(&served, &input);
    let mut other = input.clone();
    other[0] = if other[0] == 0 { 1 } else { 0 };
    assert!(matches!(
        work(&served, &open, &other),
        Err(PipelineError::InputCommitment)
    ));
    other[0] = 17;
    assert!(matches!(
        work(&served, &open, &other),
        Err(PipelineError::Input(_))
    ));
    let elsewhere = Private {
        request: 4,
        ..open.clone()
    };
    assert!(matches!(
        work(&served, &elsewhere, &input),
        Err(PipelineError::Context)
    ));
    let not_mine = Private {
        provider: AccountId([9; 32]),
        ..open
    };
    assert!(matches!(
        work(&served, &not_mine, &input),
        Err(PipelineError::NotMine(_))
    ));
}

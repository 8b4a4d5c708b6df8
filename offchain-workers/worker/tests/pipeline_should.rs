//! From an assignment to a proof, with a real model, real keys and burn.

mod fixture;

use fixture::{assignment, served, GENESIS, PROVIDER};
use lattice_chain_client::{samples, AccountId, Model as Registration, H256};
use lattice_executor::{Device, DeviceChoice};
use lattice_worker::{
    http::{self, Pulse},
    metrics::Metrics,
    models::{Library, Mismatch, ModelError, Served},
    pipeline::{check, execute, prove, Pipeline, PipelineError, Work},
    recall::recallable,
};
use std::{net::SocketAddr, num::NonZeroUsize, path::Path, sync::Arc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_several_assignments_at_the_same_time() {
    let folder = folder();
    let served = Arc::new(served(folder.path()));
    let metrics = Metrics::new().expect("registers");
    let pipeline = Pipeline::new(NonZeroUsize::MIN, metrics.clone()).expect("starts");
    let mut work = Work::of(&assignment(&served), &served, &PROVIDER, &GENESIS).expect("fits");
    let expected = lattice_tensor::execute(&served.model, &work.input).expect("executes");
    let mut tasks = tokio::task::JoinSet::new();
    for request in 0..3u8 {
        work.request = request.into();
        work.context = [request; 32];
        work.context[31] = 0;
        let (pipeline, served, work) = (pipeline.clone(), served.clone(), work.clone());
        tasks.spawn(async move { (work.clone(), pipeline.answer(served, work).await) });
    }
    while let Some(done) = tasks.join_next().await {
        let (work, answer) = done.expect("runs");
        let answer = answer.expect("is answered");
        assert_eq!(answer.output, expected);
        let output = lattice_verifier::commit_output(&answer.output, &[0; 32]).expect("commits");
        let inputs = [work.context, work.input_commitment, output];
        let key = served.prover.verifying_key();
        assert_eq!(
            lattice_verifier::verify(key, &inputs, answer.proof.as_slice()),
            Ok(true)
        );
    }
    let text = metrics.text().expect("encodes");
    assert!(
        text.contains("lattice_worker_proving_seconds_count 3"),
        "{text}"
    );
    assert!(text.contains("lattice_worker_execution_seconds_count 3"));
}

/// On one thread: what is spawned does not run while a future is polled, so that what is called off
/// in the same poll has not been executed.
#[tokio::test]
async fn begin_no_proof_of_what_was_called_off() {
    let folder = folder();
    let served = Arc::new(served(folder.path()));
    let metrics = Metrics::new().expect("registers");
    let pipeline = Pipeline::new(NonZeroUsize::MIN, metrics.clone()).expect("starts");
    let work = Work::of(&assignment(&served), &served, &PROVIDER, &GENESIS).expect("fits");

    // Called off before it was asked for, and while it waits behind another.
    let (recall, wanted) = recallable();
    recall.call_off();
    let answer = pipeline.answer_while(served.clone(), work.clone(), wanted);
    assert!(matches!(answer.await, Err(PipelineError::NotWanted)));
    let (recall, wanted) = recallable();
    let (first, second, ()) = tokio::join!(
        pipeline.answer(served.clone(), work.clone()),
        pipeline.answer_while(served.clone(), work.clone(), wanted),
        async { recall.call_off() },
    );
    first.expect("is answered");
    assert!(matches!(second, Err(PipelineError::NotWanted)));
    // What is still wanted is answered, and nothing else was proven.
    let (_recall, wanted) = recallable();
    let answer = pipeline.answer_while(served, work, wanted).await;
    answer.expect("is answered");
    let text = metrics.text().expect("encodes");
    assert!(
        text.contains("lattice_worker_proving_seconds_count 2"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn execute_without_a_proof_and_hand_out_every_value() {
    let folder = folder();
    let served = Arc::new(served(folder.path()));
    let metrics = Metrics::new().expect("registers");
    let pipeline = Pipeline::new(NonZeroUsize::MIN, metrics.clone()).expect("starts");
    let input = lattice_tensor::testing::random_input(4, &served.model);
    let (trace, _) = pipeline
        .trace(served.clone(), input.clone())
        .await
        .expect("executes");
    let expected = lattice_tensor::trace(&served.model, &input).expect("executes");
    assert_eq!(trace, expected);
    let refused = pipeline.trace(served, input[1..].to_vec()).await;
    assert!(matches!(refused, Err(PipelineError::Execute(_))));
    let text = metrics.text().expect("encodes");
    assert!(text.contains("lattice_worker_execution_seconds_count 1"));
}

#[test]
fn test_a_model_before_it_serves_it_and_find_it_by_its_keys() {
    let folder = folder();
    let served = served(folder.path());
    served.test().expect("passes");
    let library = Library::open(folder.path(), Device::Cpu).expect("opens");
    assert_eq!(library.len(), 1);
    let mut assignment = assignment(&served);
    assert_eq!(library.find(&assignment).expect("is there").name, "digits");

    assignment.model_hash = H256::zero();
    assert!(matches!(
        library.find(&assignment),
        Err(Mismatch::OtherModel { .. })
    ));
    assignment.vk_id = H256::zero();
    assert!(matches!(
        library.find(&assignment),
        Err(Mismatch::UnknownKey(_))
    ));
}

#[tokio::test]
async fn say_on_which_device_the_models_run_and_not_which_was_asked_for() {
    let folder = folder();
    served(folder.path());
    let library = Library::open(folder.path(), DeviceChoice::Auto).expect("opens");
    let model = library.iter().next().expect("a model");
    let device = model.executor.device().to_string();
    assert_eq!(library.devices(), [device.as_str()]);

    let pulse = Pulse::default();
    pulse.beat();
    pulse.serve(library);
    let metrics = Metrics::new().expect("registers");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let (address, _task) = http::serve(any, metrics, pulse).await.expect("listens");
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let request = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.expect("writes");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("reads");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let named = format!("\"device\":\"{device}\"");
    assert!(answer.contains(&named), "{answer}");
}

#[test]
fn serve_a_model_no_longer_that_was_removed_and_count_what_it_ran_on() {
    let folder = folder();
    let model = served(folder.path());
    let metrics = Metrics::new().expect("registers");
    let library = Library::open(folder.path(), Device::Cpu).expect("opens");
    for served in library.iter() {
        served.count_in(&metrics);
    }
    assert_eq!(metrics.models.get(), 1);
    let removed = library.remove(&model.vk_id).expect("it was there");
    metrics.unloaded(removed.executor.device().backend());
    assert!(library.is_empty() && !library.has(&model.vk_id));
    assert!(library.find(&assignment(&model)).is_err());
    assert!(library.remove(&model.vk_id).is_none());
    let text = metrics.text().expect("encodes");
    for line in [
        "lattice_worker_models 0",
        "lattice_worker_device_models{device=\"cpu\"} 0",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} in {text}");
    }
    // Whoever has it works on.
    removed.test().expect("passes");
}

fn registration(served: &Served) -> Registration {
    samples::registration(
        H256(served.model.id().0),
        H256(served.vk_id),
        H256(served.proving_key_hash),
    )
}

#[test]
fn say_when_a_registration_has_other_keys_than_the_disk() {
    let folder = folder();
    let served = served(folder.path());
    let ours = registration(&served);
    assert_eq!(served.objection(&ours), None);

    let mut other = ours.clone();
    other.key.as_mut().expect("a key").proving_key_hash = H256::zero();
    assert!(served
        .objection(&other)
        .expect("objects")
        .contains("proving key"));
    other.key.as_mut().expect("a key").vk_id = H256::zero();
    assert!(served
        .objection(&other)
        .expect("objects")
        .contains("verifying key is"));
    other.key = None;
    assert!(served
        .objection(&other)
        .expect("objects")
        .contains("no verifying key"));
}

mod refuse {
    use super::*;

    #[test]
    fn an_assignment_that_does_not_add_up() {
        let folder = folder();
        let served = served(folder.path());
        let good = assignment(&served);
        Work::of(&good, &served, &PROVIDER, &GENESIS).expect("fits");

        let of = |change: &dyn Fn(&mut lattice_chain_client::Assignment)| {
            let mut assignment = good.clone();
            change(&mut assignment);
            Work::of(&assignment, &served, &PROVIDER, &GENESIS).expect_err("is refused")
        };
        assert!(matches!(
            of(&|a| a.provider = AccountId([9; 32])),
            PipelineError::NotMine(_)
        ));
        assert!(matches!(
            of(&|a| a.context = H256([0xff; 32])),
            PipelineError::Context
        ));
        assert!(matches!(of(&|a| a.request = 1), PipelineError::Context));
        assert!(matches!(
            of(&|a| a.content = H256([6; 32])),
            PipelineError::Context
        ));
        assert!(matches!(
            Work::of(&good, &served, &PROVIDER, &[8; 32]),
            Err(PipelineError::Context)
        ));
        assert!(matches!(
            of(&|a| a.input_commitment = H256::zero()),
            PipelineError::InputCommitment
        ));
        assert!(matches!(
            of(&|a| a.input[0] = if a.input[0] == 3 { 4 } else { 3 }),
            PipelineError::InputCommitment
        ));
        assert!(matches!(of(&|a| a.input[0] = 17), PipelineError::Input(_)));
    }

    #[test]
    fn a_proof_of_another_statement_than_the_chain_will_derive() {
        let folder = folder();
        let served = served(folder.path());
        let work = Work::of(&assignment(&served), &served, &PROVIDER, &GENESIS).expect("fits");
        let trace = execute(&served, &work).expect("executes");
        let proof = prove(&served, &work, &trace).expect("proves");
        check(&work, trace.output(), &proof).expect("is the right one");

        let mut output = trace.output().to_vec();
        output[0] += 1;
        let mut context = work.clone();
        context.context[0] ^= 1;
        let mut input = work.clone();
        input.input_commitment[0] ^= 1;
        for (work, output) in [
            (&work, output.as_slice()),
            (&context, trace.output()),
            (&input, trace.output()),
        ] {
            assert!(matches!(
                check(work, output, &proof),
                Err(PipelineError::Statement)
            ));
        }
    }

    #[test]
    fn keys_of_another_model_and_files_that_were_tampered_with() {
        let folder = folder();
        served(folder.path());
        let load = |path: &Path| Served::load(path, Device::Cpu).expect_err("is refused");
        let path = folder.path().join("digits.lattice");

        let range = lattice_tensor::Range { lo: 0, hi: 16 };
        let other = lattice_tensor::testing::random_mlp(2, &[64, 32, 10], range);
        let good = std::fs::read(&path).expect("reads");
        lattice_tensor::file::write(&path, &other).expect("writes");
        assert!(matches!(load(&path), ModelError::OtherModel { .. }));

        std::fs::write(&path, &good[..good.len() - 1]).expect("writes");
        assert!(matches!(load(&path), ModelError::File { .. }));

        std::fs::write(&path, &good).expect("writes");
        let key = folder.path().join("digits.keys/proving.key");
        let mut bytes = std::fs::read(&key).expect("reads");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&key, bytes).expect("writes");
        assert!(matches!(load(&path), ModelError::Keys { .. }));
    }
}

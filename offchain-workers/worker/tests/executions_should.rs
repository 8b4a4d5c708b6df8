//! Inputs that wait for one model, executed together.
//!
//! On a runtime of one thread tasks run in the order in which they are spawned, so that all inputs of
//! a test wait before the first batch is taken.

mod fixture;

use fixture::{assignment, served, GENESIS, PROVIDER};
use lattice_tensor::testing;
use lattice_worker::{
    metrics::Metrics,
    models::Served,
    pipeline::{Pipeline, PipelineError, Work},
    recall::recallable,
};
use std::{num::NonZeroUsize, sync::Arc};
use tokio::task::JoinSet;

struct Bench {
    _folder: tempfile::TempDir,
    served: Arc<Served>,
    metrics: Metrics,
    pipeline: Pipeline,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metrics = Metrics::new().expect("registers");
    Bench {
        served: Arc::new(served(folder.path())),
        pipeline: Pipeline::new(NonZeroUsize::MIN, metrics.clone()).expect("starts"),
        metrics,
        _folder: folder,
    }
}

impl Bench {
    fn has(&self, line: &str) {
        let text = self.metrics.text().expect("encodes");
        assert!(text.lines().any(|l| l == line), "{line} in {text}");
    }
}

#[tokio::test]
async fn run_what_waits_in_batches_and_give_each_its_own_result() {
    let bench = bench();
    let mut tasks = JoinSet::new();
    for seed in 0..100 {
        let (pipeline, served) = (bench.pipeline.clone(), bench.served.clone());
        tasks.spawn(async move {
            let input = testing::random_input(seed, &served.model);
            let expected = lattice_tensor::trace(&served.model, &input).expect("executes");
            let (trace, _) = pipeline.trace(served, input).await.expect("executes");
            assert_eq!(trace, expected, "{seed}");
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("agrees");
    }
    // 32, 32, 32 and 4.
    bench.has("lattice_worker_execution_batch_count 4");
    bench.has("lattice_worker_execution_batch_sum 100");
    bench.has("lattice_worker_execution_seconds_count 100");
}

#[tokio::test]
async fn begin_at_once_and_alone_when_nothing_else_waits() {
    let bench = bench();
    for seed in 0..3 {
        let input = testing::random_input(seed, &bench.served.model);
        let trace = bench.pipeline.trace(bench.served.clone(), input).await;
        trace.expect("executes");
    }
    bench.has("lattice_worker_execution_batch_bucket{le=\"1\"} 3");
    bench.has("lattice_worker_execution_batch_count 3");
}

#[tokio::test]
async fn leave_out_what_was_called_off_or_given_up_while_it_waited() {
    let bench = bench();
    let assignment = assignment(&bench.served);
    let work = Work::of(&assignment, &bench.served, &PROVIDER, &GENESIS).expect("fits");
    let (recall, wanted) = recallable();
    let spread = || (bench.pipeline.clone(), bench.served.clone(), work.clone());
    let (pipeline, served, work) = spread();
    let kept = tokio::spawn(async move { pipeline.trace(served, work.input).await });
    let (pipeline, served, work) = spread();
    let called_off = tokio::spawn(async move { pipeline.answer_while(served, work, wanted).await });
    let (pipeline, served, work) = spread();
    let given_up = tokio::spawn(async move {
        tokio::select! {
            biased;
            _ = pipeline.trace(served, work.input) => false,
            () = std::future::ready(()) => true,
        }
    });
    tokio::spawn(async move { recall.call_off() });

    kept.await.expect("runs").expect("executes");
    let called_off = called_off.await.expect("runs");
    assert!(matches!(called_off, Err(PipelineError::NotWanted)));
    assert!(given_up.await.expect("runs"), "it waits for its place");
    bench.has("lattice_worker_execution_batch_sum 1");
}

mod refuse {
    use super::*;

    #[tokio::test]
    async fn a_bad_input_alone_among_many() {
        let bench = bench();
        let mut tasks = JoinSet::new();
        for seed in 0..9u64 {
            let (pipeline, served) = (bench.pipeline.clone(), bench.served.clone());
            tasks.spawn(async move {
                let mut input = testing::random_input(seed, &served.model);
                let bad = match seed {
                    3 => input.pop().is_some(),
                    5 => {
                        // The fixture's model takes 0 to 16.
                        input[7] = 17;
                        true
                    }
                    _ => false,
                };
                (bad, pipeline.trace(served, input).await)
            });
        }
        let mut refused = 0;
        while let Some(done) = tasks.join_next().await {
            match done.expect("runs") {
                (true, answer) => {
                    assert!(matches!(answer, Err(PipelineError::Execute(_))));
                    refused += 1;
                }
                (false, answer) => {
                    answer.expect("executes");
                }
            }
        }
        assert_eq!(refused, 2);
        bench.has("lattice_worker_execution_batch_sum 7");
        bench.has("lattice_worker_execution_seconds_count 7");
    }
}

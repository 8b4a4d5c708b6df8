//! `cargo run --release -p lattice-prover --example prove -- SHAPE [keys DIR]`: proofs of one model,
//! with the time of each step and the peak of memory.
//!
//! SHAPE is `lenet5`, `784-128-10`, `1000-1000-1000-1000-1000` or any other perceptron's. With
//! `keys DIR` the keys are written into a folder and nothing is proven; with `DIR` alone they are
//! read from it, so that the peak is that of a prover and not that of the set-up.

use lattice_circuit::Circuit;
use lattice_prover::Prover;
use lattice_setup::{dev_setup, KeyFiles};
use lattice_tensor::{
    testing::{lenet5, Random},
    trace, Model, Range, Trace,
};
use rand::{rngs::StdRng, SeedableRng};
use std::{
    env,
    error::Error,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

#[path = "../benches/common/mod.rs"]
mod common;

fn model(shape: &str) -> Result<Model, Box<dyn Error>> {
    if shape == "lenet5" {
        return Ok(lenet5(7));
    }
    let dims: Vec<u32> = shape.split('-').map(str::parse).collect::<Result<_, _>>()?;
    let hi = if dims[0] == 64 { 16 } else { 127 };
    Ok(common::perceptron(7, &dims, Range { lo: 0, hi }))
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut rng = StdRng::seed_from_u64(1);
    match arguments.as_slice() {
        [shape, "keys", dir] => {
            let model = model(shape)?;
            let circuit = timed("circuit", || Circuit::build(&model))?;
            let keys = timed("keys", || dev_setup(&circuit, &mut rng))?;
            KeyFiles::dev(model.id(), keys)?.write(Path::new(dir))?;
        }
        [shape, dir] => {
            let model = Arc::new(model(shape)?);
            let files = timed("read the keys", || KeyFiles::read(Path::new(dir)))?;
            let prover = timed("prepare", || Prover::new(model.clone(), files.proving_key))?;
            println!("{} constraints", prover.constraints());
            let input = common::image(&mut Random::new(3), &model);
            let trace = trace(&model, &input)?;
            let zero = [0; 32];
            let mut times: Vec<Duration> = Vec::new();
            for _ in 0..11 {
                let start = Instant::now();
                prover.prove(&trace, &zero, &zero, &zero, &mut rng)?;
                times.push(start.elapsed());
            }
            times.sort();
            println!("prove: {:.1?} (median of {})", times[5], times.len());
            for at_once in [1, 2] {
                let seconds = throughput(&prover, &trace, at_once);
                println!(
                    "{at_once} at once: {:.2} proofs/s",
                    12.0 / seconds.as_secs_f64()
                );
            }
        }
        _ => return Err("SHAPE DIR, or SHAPE keys DIR".into()),
    }
    for line in std::fs::read_to_string("/proc/self/status")?.lines() {
        if line.starts_with("VmHWM") || line.starts_with("VmRSS") {
            println!("{line}");
        }
    }
    Ok(())
}

/// What twelve proofs take, so many at a time in the one pool.
fn throughput(prover: &Prover, trace: &Trace, at_once: usize) -> Duration {
    let zero = [0; 32];
    let start = Instant::now();
    std::thread::scope(|scope| {
        for seed in 0..at_once as u64 {
            scope.spawn(move || {
                let mut rng = StdRng::seed_from_u64(seed);
                for _ in 0..12 / at_once {
                    let proof = prover.prove(trace, &zero, &zero, &zero, &mut rng);
                    assert!(proof.is_ok());
                }
            });
        }
    });
    start.elapsed()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.1?}", start.elapsed());
    result
}

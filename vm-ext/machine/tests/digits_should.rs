//! Handwritten digits, learnt by `TRAIN_MODEL` alone.

#[path = "support/npy.rs"]
mod npy;
mod support;

use lattice_isa::{Event, GasSchedule, Handle, Instruction, Limits};
use lattice_machine::TrainedState;
use lattice_tensor::testing::Random;
use lattice_tensor::{Clamp, Model, ModelBuilder, Range, Scale};
use support::*;

const PIXELS: usize = 64;
const DIGITS: usize = 10;
const ROWS: usize = 32;

/// An MLP 64-32-10 that has seen nothing: random weights, no biases.
fn beginner() -> Model {
    let mut random = Random::new(7);
    let mut weights = |count: usize, most: i64| -> Vec<i8> {
        (0..count)
            .map(|_| i8::try_from(random.between(-most, most)).expect("most is small"))
            .collect()
    };
    let (hidden, out) = (weights(32 * PIXELS, 20), weights(DIGITS * 32, 40));
    ModelBuilder::new(shape(&[64]), Range { lo: 0, hi: 16 }, Scale::ONE)
        .linear("hidden", hidden, 32, Some(vec![0; 32]))
        .and_then(|builder| builder.requantize(vec![6; 32], Clamp::RELU))
        .and_then(|builder| builder.linear("out", out, 10, Some(vec![0; 10])))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("an MLP is a model")
}

/// Each batch as two instructions that make its tensors: pixels, and 2^14 (that
/// is 1, see the specification) for the right digit and 0 for the others.
fn batches() -> Vec<[Instruction; 2]> {
    let images = npy::read("train_images.npy");
    let labels = npy::read("train_labels.npy");
    assert_eq!(images.len(), labels.len() * PIXELS);
    images
        .chunks_exact(ROWS * PIXELS)
        .zip(labels.chunks_exact(ROWS))
        .map(|(images, labels)| {
            let mut targets = vec![0; ROWS * DIGITS];
            for (row, label) in labels.iter().enumerate() {
                targets[row * DIGITS + usize::from(*label)] = 1 << 14;
            }
            [
                new(
                    &[32, 64],
                    images.iter().map(|ink| i32::from(*ink)).collect(),
                ),
                new(&[32, 10], targets),
            ]
        })
        .collect()
}

/// The share of the held-out digits that a world's model tells right.
fn accuracy(world: &mut World, model: &Model) -> f64 {
    let images = npy::read("test_images.npy");
    let labels = npy::read("test_labels.npy");
    assert_eq!(labels.len(), 450);
    let mut right = 0;
    // A run has 256 handles at most.
    for (images, labels) in images.chunks(100 * PIXELS).zip(labels.chunks(100)) {
        let mut program = vec![load(model)];
        for (image, number) in images.chunks_exact(PIXELS).zip(0u16..) {
            let pixels = image.iter().map(|ink| i32::from(*ink)).collect();
            program.push(new(&[64], pixels));
            program.push(execute(0, 1 + 2 * number));
        }
        let outcome = run_in(world, Limits::V1, PLENTY, &program);
        assert_eq!(outcome.result, Ok(()));
        // Pairs of picture and logits; `max_by_key` takes the last of equals.
        for (pair, label) in outcome.tensors.chunks_exact(2).zip(labels) {
            let logits = pair[1].1.elements().iter().enumerate().rev();
            let best = logits
                .max_by_key(|(_, logit)| **logit)
                .map(|(digit, _)| digit);
            right += u32::from(best == Some(usize::from(*label)));
        }
    }
    f64::from(right) / labels.len() as f64
}

/// Four times through the training digits, in one program.
fn learn(model: &Model) -> (TrainedState, u64) {
    let batches = batches();
    let mut program = vec![load(model)];
    program.extend(batches.iter().flatten().cloned());
    for _ in 0..4 {
        for batch in 0..u16::try_from(batches.len()).expect("few") {
            program.push(train(0, 1 + 2 * batch, 2 + 2 * batch, 8));
        }
    }
    program.push(hash(0));
    let mut outcome = run_in(&mut World::with(model), Limits::V1, PLENTY, &program);
    assert_eq!(outcome.result, Ok(()));
    let state = outcome.states.remove(0);
    let event = Event::ModelHashed {
        model: model.id().0,
        state: state.state,
    };
    assert_eq!(outcome.journal, [event]);
    assert_eq!((state.handle, state.base), (Handle(0), model.id().0));
    (state, outcome.steps[program.len() - 2].gas)
}

#[test]
fn be_told_apart_after_training_from_scratch() {
    let model = beginner();
    let before = accuracy(&mut World::with(&model), &model);
    assert!(before < 0.3, "{before} before training");
    let (state, gas) = learn(&model);
    let trained = Model::from_blob(&state.model).expect("a trained model is a model");
    // As it is stored: the quantized model, with its state behind it.
    let after = accuracy(&mut World::with_state(&state), &trained);
    println!("held-out digits: {before:.3} before, {after:.3} after; {gas} gas a step of {ROWS}");
    assert!(after >= 0.9, "{after} after training");
    assert!(gas > GasSchedule::V1.train_model_base);
}

#[test]
fn be_told_apart_again_after_training_from_a_perturbed_start() {
    let (state, _) = learn(&beginner());
    let good = Model::from_blob(&state.model).expect("a trained model is a model");
    let tensors = good.tensors().to_vec();
    let mut random = Random::new(11);
    let perturbed: Vec<Vec<i8>> = tensors
        .iter()
        .filter_map(|tensor| match tensor {
            lattice_tensor::TensorData::I8(weights) => Some(weights),
            lattice_tensor::TensorData::I32(_) => None,
        })
        .map(|weights| {
            let noisy = weights.iter().map(|weight| {
                let noise = i8::try_from(random.between(-30, 30)).unwrap_or(0);
                weight.saturating_add(noise).max(-127)
            });
            noisy.collect()
        })
        .collect();
    let [hidden, out] = &perturbed[..] else {
        panic!("two layers");
    };
    let start = ModelBuilder::new(shape(&[64]), Range { lo: 0, hi: 16 }, Scale::ONE)
        .linear("hidden", hidden.clone(), 32, Some(good.bias(1).to_vec()))
        .and_then(|builder| builder.requantize(vec![6; 32], Clamp::RELU))
        .and_then(|builder| builder.linear("out", out.clone(), 10, Some(good.bias(3).to_vec())))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("a perturbed model is a model");
    let before = accuracy(&mut World::with(&start), &start);
    assert!(before < 0.85, "{before} before training");
    let (state, _) = learn(&start);
    let trained = Model::from_blob(&state.model).expect("a trained model is a model");
    let after = accuracy(&mut World::with_state(&state), &trained);
    println!("held-out digits: {before:.3} perturbed, {after:.3} after");
    assert!(after >= 0.9, "{after} after training");
}

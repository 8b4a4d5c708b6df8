//! The burn executor against the reference, on the device that the environment variable
//! LATTICE_TEST_DEVICE names: the processor if there is none. A device that is named and is not
//! there fails every test. `scripts/test-devices.sh` names one.

use lattice_executor::{BurnExecutor, Device, ExecutorError};
use lattice_tensor::{
    execute, testing, trace, ExecError, Model, ModelBuilder, Placement, Range, Scale, Shape,
};
use proptest::prelude::*;
use std::sync::{Arc, OnceLock};

/// The device under test.
fn device() -> Device {
    static DEVICE: OnceLock<Device> = OnceLock::new();
    *DEVICE.get_or_init(|| {
        let name = std::env::var("LATTICE_TEST_DEVICE").unwrap_or_else(|_| "cpu".into());
        let device = name
            .parse::<Device>()
            .unwrap_or_else(|error| panic!("{error}"));
        println!("device under test: {device}");
        device
    })
}

/// Stays on the device: one that fails fails the test.
fn executor(model: Model) -> BurnExecutor {
    let executor = BurnExecutor::on(device(), Arc::new(model));
    executor.unwrap_or_else(|error| panic!("{error}"))
}

/// Random models per property. Each is loaded with its golden vectors, which takes an accelerator
/// some hundred starts of a kernel.
fn cases() -> ProptestConfig {
    ProptestConfig::with_cases(match device() {
        Device::Cpu => 64,
        _ => 16,
    })
}

/// Traces of single inputs and of the batch of them against the reference.
fn check(model: Model, inputs: &[Vec<i32>]) {
    let executor = executor(model);
    let reference: Vec<_> = inputs
        .iter()
        .map(|input| trace(executor.model(), input).unwrap())
        .collect();
    for (input, expected) in inputs.iter().zip(&reference) {
        assert_eq!(&executor.trace(input).unwrap(), expected);
        assert_eq!(executor.execute(input).unwrap(), expected.output());
    }
    let batch: Vec<_> = inputs.iter().map(Vec::as_slice).collect();
    assert_eq!(executor.trace_batch(&batch).unwrap(), reference);
    assert_eq!(executor.device(), device());
}

fn inputs(seed: u64, model: &Model, count: u64) -> Vec<Vec<i32>> {
    (0..count)
        .map(|index| testing::random_input(seed.wrapping_add(index), model))
        .collect()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn agree_with_the_reference_on_perceptrons_bit_by_bit(
        seed in any::<u64>(), dims in prop::collection::vec(1u32..80, 2..6), lo in -127i8..=0, hi in 1i8..=127,
    ) {
        let model = testing::random_mlp(seed, &dims, Range { lo, hi });
        let inputs = inputs(seed, &model, 5);
        check(model, &inputs);
    }

    #[test]
    fn agree_with_the_reference_on_branching_graphs_bit_by_bit(seed in any::<u64>()) {
        let model = testing::random_residual(seed);
        let inputs = inputs(seed, &model, 5);
        check(model, &inputs);
    }

    #[test]
    fn agree_with_the_reference_on_convolutions_bit_by_bit(seed in any::<u64>()) {
        let model = testing::random_convolutional(seed);
        let inputs = inputs(seed, &model, 5);
        check(model, &inputs);
    }
}

#[test]
fn agree_on_lenet5_alone_and_in_batches() {
    let model = testing::lenet5(3);
    let inputs = inputs(7, &model, 9);
    check(model, &inputs);
}

#[test]
fn agree_on_a_convolution_in_groups_that_float32_sums_only_in_slices() {
    // 117 · 3 · 3 columns, 13 of them in the second slice.
    let (depth, out) = (117, 4);
    let weights = |row: usize, column: usize| match row % 4 {
        0 => 127,
        1 => -127,
        _ if column == 0 => -126,
        _ => 127,
    };
    let weights = (0..out).flat_map(|row| (0..depth * 9).map(move |column| weights(row, column)));
    let model = ModelBuilder::new(
        Shape::new([2 * depth as u32, 4, 3]).unwrap(),
        Range { lo: -127, hi: 127 },
        Scale::ONE,
    )
    .conv2d(
        "conv",
        weights.collect(),
        Shape::new([out as u32, depth as u32, 3, 3]).unwrap(),
        Some(vec![1, -1, 0, (1 << 29) - 1]),
        Placement::DENSE.padded(1),
        2,
    )
    .unwrap()
    .build(Scale::ONE)
    .unwrap();
    let elements = model.input_len();
    let mut inputs = inputs(1, &model, 3);
    inputs.extend([vec![127; elements], vec![-127; elements]]);
    check(model, &inputs);
}

#[test]
fn agree_at_the_edge_of_float32_and_beyond_it_in_slices() {
    for columns in [1_039, 1_040, 1_041, 2_080, 3_000] {
        let width = columns as u32;
        // Rows at full scale, alternating, and almost at full scale, which gives odd sums.
        let mut weights = vec![127i8; columns];
        weights.extend((0..columns).map(|column| if column % 2 == 0 { 127 } else { -127 }));
        weights.extend((0..columns).map(|column| if column == 0 { -126 } else { -127 }));
        let model = ModelBuilder::new(
            Shape::new([width]).unwrap(),
            Range { lo: -127, hi: 127 },
            Scale::ONE,
        )
        .linear("fc", weights, 3, Some(vec![1, -1, (1 << 29) - 1]))
        .unwrap()
        .build(Scale::ONE)
        .unwrap();
        let mut inputs = inputs(1, &model, 3);
        inputs.extend([vec![127; columns], vec![-127; columns]]);
        check(model, &inputs);
    }
}

#[test]
fn run_a_model_of_the_shape_of_mnists_in_batches_of_any_size() {
    let model = testing::random_mlp(9, &[784, 128, 10], Range { lo: 0, hi: 127 });
    let inputs = inputs(3, &model, 70);
    check(model, &inputs);
}

#[test]
fn be_shared_between_threads() {
    let executor = executor(testing::random_mlp(
        4,
        &[64, 32, 10],
        Range { lo: 0, hi: 16 },
    ));
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let executor = &executor;
            scope.spawn(move || {
                let input = testing::random_input(seed, executor.model());
                assert_eq!(
                    executor.execute(&input).unwrap(),
                    execute(executor.model(), &input).unwrap()
                );
            });
        }
    });
}

#[test]
fn agree_on_batches_around_the_sizes_of_tiles() {
    let model = testing::random_mlp(11, &[65, 33, 17], Range { lo: -127, hi: 127 });
    let executor = executor(model);
    let inputs = inputs(5, executor.model(), 129);
    let reference: Vec<_> = inputs
        .iter()
        .map(|input| trace(executor.model(), input).unwrap())
        .collect();
    let batch: Vec<_> = inputs.iter().map(Vec::as_slice).collect();
    for size in [1, 2, 7, 8, 9, 31, 32, 33, 63, 64, 65, 127, 128, 129] {
        let found = executor.trace_batch(&batch[..size]).unwrap();
        assert_eq!(found, reference[..size], "{size}");
    }
}

#[test]
fn answer_an_empty_batch_with_nothing() {
    let executor = executor(testing::random_mlp(4, &[3, 2], Range { lo: 0, hi: 16 }));
    assert_eq!(executor.trace_batch(&[]), Ok(Vec::new()));
    assert_eq!(executor.self_test(), Ok(()));
    assert_eq!(executor.device(), device());
}

mod reject {
    use super::*;

    #[test]
    fn inputs_that_the_model_does_not_take() {
        let executor = executor(testing::random_mlp(4, &[3, 2], Range { lo: 0, hi: 16 }));
        let short = ExecError::InputLength {
            expected: 3,
            found: 2,
        };
        let range = ExecError::InputRange {
            index: 1,
            value: 17,
            lo: 0,
            hi: 16,
        };
        assert_eq!(executor.trace(&[0, 0]), Err(ExecutorError::Input(short)));
        assert_eq!(
            executor.execute(&[0, 17, 0]),
            Err(ExecutorError::Input(range))
        );
        assert_eq!(
            executor.trace_batch(&[&[0, 0, 0], &[0, 17, 0]]),
            Err(ExecutorError::BatchInput {
                sample: 1,
                source: range
            })
        );
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn devices_that_were_not_built_in() {
        let model = Arc::new(testing::random_mlp(4, &[3, 2], Range { lo: 0, hi: 16 }));
        assert_eq!(
            BurnExecutor::on(Device::Cuda(1), model)
                .unwrap_err()
                .to_string(),
            "cuda:1 is not in this build; build with `--features cuda`"
        );
    }
}

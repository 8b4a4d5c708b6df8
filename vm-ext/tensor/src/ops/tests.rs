//! What holds for every operator of the list.

use super::*;
use crate::{ModelBuilder, Range, Scale};

const PLACEMENT: Placement = Placement {
    stride: [1, 2],
    padding: [3, 4, 5, 6],
};

/// One of each, in the order of their codes.
fn one_of_each() -> Vec<Op> {
    vec![
        Op::Linear {
            input: 0x0102,
            weight: 3,
            bias: Some(4),
        },
        Op::Conv2d(Conv2d {
            input: 0,
            weight: 0,
            bias: None,
            placement: PLACEMENT,
            groups: 7,
        }),
        Op::MaxPool2d(MaxPool2d {
            input: 0,
            kernel: [9, 10],
            placement: PLACEMENT,
        }),
        Op::AvgPool2d(AvgPool2d {
            input: 0,
            kernel: [9, 10],
            placement: PLACEMENT,
            average: Average {
                multiplier: 11,
                shift: 12,
            },
        }),
        Op::GlobalAvgPool(GlobalAvgPool {
            input: 0,
            average: Average {
                multiplier: 1,
                shift: 2,
            },
        }),
        Op::Add {
            left: 0,
            right: 0,
            left_shift: 1,
            right_shift: 2,
        },
        Op::Requantize {
            input: 0,
            shifts: vec![9],
            clamp: Clamp { lo: -1, hi: 2 },
        },
        Op::Relu { input: 0 },
        Op::Flatten { input: 0 },
        Op::Reshape {
            input: 0,
            shape: Shape::new([1, 1]).unwrap(),
        },
        Op::Concat {
            inputs: vec![0, 0],
            axis: 0,
        },
        Op::ArgMax { input: 0 },
    ]
}

#[test]
fn codes_are_fixed_by_the_list() {
    for (op, code) in one_of_each().iter().zip(0u8..) {
        assert_eq!(op.encode().first(), Some(&code), "{}", op.name());
        assert_eq!(Op::decode(&mut &op.encode()[..]).as_ref(), Ok(op));
    }
    assert!(
        Op::decode(&mut &[12, 0, 0][..]).is_err(),
        "a thirteenth operator belongs into one_of_each"
    );
}

#[test]
fn encodings_are_fixed_to_the_byte() {
    let encoded: Vec<_> = one_of_each().iter().map(Encode::encode).collect();
    let expected: [&[u8]; 12] = [
        &[0, 2, 1, 3, 0, 1, 4, 0],
        &[1, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0],
        &[2, 0, 0, 9, 10, 1, 2, 3, 4, 5, 6],
        &[3, 0, 0, 9, 10, 1, 2, 3, 4, 5, 6, 11, 0, 12],
        &[4, 0, 0, 1, 0, 2],
        &[5, 0, 0, 0, 0, 1, 2],
        &[6, 0, 0, 4, 9, 0xff, 2],
        &[7, 0, 0],
        &[8, 0, 0],
        &[9, 0, 0, 8, 1, 0, 0, 0, 1, 0, 0, 0],
        &[10, 8, 0, 0, 0, 0, 0],
        &[11, 0, 0],
    ];
    assert_eq!(encoded, expected);
}

#[test]
fn every_operator_of_the_list_makes_a_model_that_runs() {
    for op in one_of_each() {
        let name = op.name();
        let image = Shape::new([1, 2, 2]).unwrap();
        let start = |shape| ModelBuilder::new(shape, Range { lo: 0, hi: 1 }, Scale::ONE);
        let vector = || start(Shape::new([4]).unwrap());
        let (kernel, placement) = ([2, 2], Placement::DENSE);
        let builder = match op {
            Op::Linear { .. } => vector().linear("fc", vec![1; 4], 1, Some(vec![0])),
            Op::Conv2d(_) => {
                let shape = Shape::new([1, 1, 2, 2]).unwrap();
                start(image).conv2d("conv", vec![1; 4], shape, None, placement, 1)
            }
            Op::MaxPool2d(_) => start(image).max_pool2d(kernel, placement),
            Op::AvgPool2d(_) => start(image).avg_pool2d(kernel, placement, 1, 2),
            Op::GlobalAvgPool(_) => start(image).global_avg_pool(1, 2),
            Op::Requantize { clamp, .. } => vector().requantize(vec![1; 4], clamp),
            Op::Reshape { input, .. } => vector().push(Op::Reshape {
                input,
                shape: image,
            }),
            other => vector().push(other),
        };
        let model = builder.unwrap().build(Scale::ONE);
        let model = model.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(model.ops()[0].name(), name);
        assert!(crate::execute(&model, &[1; 4]).is_ok(), "{name}");
    }
}

#[test]
fn only_layers_of_weights_have_columns_and_only_windows_have_elements() {
    for seed in 0..20 {
        let model = crate::testing::random_convolutional(seed);
        for (index, op) in model.ops().iter().enumerate() {
            let weighted = matches!(op, Op::Linear { .. } | Op::Conv2d(_));
            assert_eq!(
                model.exact_columns(index).is_some(),
                weighted,
                "{}",
                op.name()
            );
        }
        assert!(model.summary().window_elements > 0);
        assert!(model.summary().multiply_accumulates > 0);
    }
}

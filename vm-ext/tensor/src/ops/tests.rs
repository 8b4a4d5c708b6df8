//! What holds for every operator of the list.

use super::*;
use crate::{InputDecl, Manifest, Range, Scale};

/// One of each, in the order of their codes.
fn one_of_each() -> Vec<Op> {
    vec![
        Op::Linear {
            input: 0x0102,
            weight: 3,
            bias: Some(4),
        },
        Op::Conv2d {
            input: 0,
            weight: 0,
            bias: None,
            stride: [1, 2],
            padding: [3, 4, 5, 6],
            groups: 7,
        },
        Op::MaxPool2d {
            input: 0,
            kernel: [1, 2],
            stride: [3, 4],
            padding: [5, 6, 7, 8],
        },
        Op::AvgPool2d {
            input: 0,
            kernel: [1, 2],
            stride: [3, 4],
            padding: [5, 6, 7, 8],
            multiplier: 9,
            shift: 10,
        },
        Op::GlobalAvgPool {
            input: 0,
            multiplier: 1,
            shift: 2,
        },
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
        &[2, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
        &[3, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 10],
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
fn every_operator_is_either_complete_or_refused_by_name() {
    let unsupported = ["Conv2d", "MaxPool2d", "AvgPool2d", "GlobalAvgPool"];
    for op in one_of_each() {
        let name = op.name();
        let op = match op {
            // Tensors have tests of their own.
            Op::Linear { .. } => continue,
            Op::Conv2d { .. } => Op::MaxPool2d {
                input: 0,
                kernel: [1, 1],
                stride: [1, 1],
                padding: [0; 4],
            },
            other => other,
        };
        let manifest = Manifest {
            spec_version: 1,
            input: InputDecl {
                shape: Shape::new([1]).unwrap(),
                range: Range { lo: 0, hi: 1 },
                scale: Scale::ONE,
            },
            tensors: Vec::new(),
            output_scale: Scale::ONE,
            weight_root: crate::weights::weight_root(&[]),
            ops: vec![op.clone()],
        };
        match Model::new(manifest, Vec::new()) {
            Ok(model) => assert!(crate::execute(&model, &[1]).is_ok(), "{name}"),
            Err(error) => {
                assert_eq!(error, ModelError::UnsupportedOp(op.name()));
                assert!(unsupported.contains(&name), "{name}");
            }
        }
    }
}

#[test]
fn a_convolution_with_its_tensor_is_refused_by_name() {
    let mut builder = crate::ModelBuilder::new(
        Shape::new([1, 3, 3]).unwrap(),
        Range { lo: 0, hi: 1 },
        Scale::ONE,
    );
    let weight = builder
        .tensor(
            "w".into(),
            Shape::new([1, 1, 2, 2]).unwrap(),
            TensorData::I8(vec![1; 4]),
        )
        .unwrap();
    let conv = Op::Conv2d {
        input: 0,
        weight,
        bias: None,
        stride: [1, 1],
        padding: [0; 4],
        groups: 1,
    };
    let error = builder.push(conv).unwrap().build(Scale::ONE).unwrap_err();
    assert_eq!(error, ModelError::UnsupportedOp("Conv2d"));
    assert_eq!(
        error.to_string(),
        "the operator Conv2d is not supported yet"
    );
}

//! Tensors: made, added, multiplied, convolved, pooled.

use super::super::golden::{Case, World};
use super::super::support::*;
use super::{alone, in_world, ramp};
use lattice_isa::{GasSchedule, Opcode, Pooling};

pub fn tensor_new() -> Vec<Case> {
    vec![
        alone("a vector", &[new(&[3], vec![1, i32::MIN, i32::MAX])]),
        alone("rank four", &[ramp(&[2, 1, 3, 2])]),
        in_world(
            "not enough gas",
            &World::default(),
            GasSchedule::V1.base(Opcode::TensorNew) - 1,
            &[ramp(&[100])],
        ),
    ]
}

pub fn tensor_add() -> Vec<Case> {
    vec![
        alone("two matrices", &[ramp(&[2, 2]), ramp(&[2, 2]), add(0, 1)]),
        alone("with itself", &[ramp(&[5]), add(0, 0)]),
        alone(
            "an overflow",
            &[new(&[3], vec![1, i32::MAX, i32::MIN]), add(0, 0)],
        ),
        alone("other shapes", &[ramp(&[4]), ramp(&[2, 2]), add(0, 1)]),
    ]
}

pub fn tensor_mul() -> Vec<Case> {
    vec![
        alone(
            "two matrices",
            &[ramp(&[2, 3]), ramp(&[3, 4]), multiply(0, 1)],
        ),
        alone(
            "a sum that leaves 64 bits on the way and ends within 32",
            &[
                new(&[1, 3], vec![i32::MIN, i32::MIN, 4]),
                new(&[3, 1], vec![i32::MIN, i32::MAX, -(1 << 30)]),
                multiply(0, 1),
            ],
        ),
        alone(
            "an overflow",
            &[
                new(&[2, 1], vec![1, 2]),
                new(&[1, 1], vec![1 << 30]),
                multiply(0, 1),
            ],
        ),
        alone(
            "other shapes",
            &[ramp(&[2, 3]), ramp(&[2, 3]), multiply(0, 1)],
        ),
    ]
}

pub fn tensor_conv() -> Vec<Case> {
    let image = ramp(&[2, 4, 5]);
    vec![
        alone(
            "dense",
            &[
                image.clone(),
                ramp(&[3, 2, 2, 2]),
                convolve(0, 1, [1, 1], [0; 4], 1),
            ],
        ),
        alone(
            "steps and border",
            &[
                image.clone(),
                ramp(&[2, 2, 3, 2]),
                convolve(0, 1, [2, 3], [1, 2, 0, 1], 1),
            ],
        ),
        alone(
            "two groups",
            &[
                image.clone(),
                ramp(&[4, 1, 2, 3]),
                convolve(0, 1, [1, 2], [0, 1, 1, 0], 2),
            ],
        ),
        alone(
            "an overflow",
            &[
                new(&[1, 1, 2], vec![1, i32::MAX]),
                new(&[2, 1, 1, 1], vec![2, 2]),
                convolve(0, 1, [1, 1], [0; 4], 1),
            ],
        ),
        alone(
            "a step of zero",
            &[
                image.clone(),
                ramp(&[1, 2, 1, 1]),
                convolve(0, 1, [0, 1], [0; 4], 1),
            ],
        ),
        alone(
            "groups that do not divide",
            &[
                image.clone(),
                ramp(&[3, 1, 1, 1]),
                convolve(0, 1, [1, 1], [0; 4], 2),
            ],
        ),
        alone(
            "a window that does not fit",
            &[
                image,
                ramp(&[1, 2, 6, 1]),
                convolve(0, 1, [1, 1], [0; 4], 1),
            ],
        ),
    ]
}

pub fn tensor_pool() -> Vec<Case> {
    let image = ramp(&[2, 4, 5]);
    let average = |multiplier, shift| Pooling::Average { multiplier, shift };
    vec![
        alone(
            "maximum",
            &[image.clone(), pool(0, Pooling::Max, [2, 2], [2, 2], [0; 4])],
        ),
        alone(
            "maximum, border ignored",
            &[
                new(&[1, 2, 2], vec![-5, -6, -7, -8]),
                pool(0, Pooling::Max, [2, 2], [1, 1], [1; 4]),
            ],
        ),
        alone(
            "average, rounded down",
            &[
                image.clone(),
                pool(0, average(16_384, 16), [2, 2], [1, 2], [0, 1, 1, 0]),
            ],
        ),
        alone(
            "average with the largest shift",
            &[
                image.clone(),
                pool(0, average(u16::MAX, u8::MAX), [1, 1], [1, 1], [0; 4]),
            ],
        ),
        alone(
            "an overflow",
            &[
                new(&[1, 1, 2], vec![1, i32::MIN]),
                pool(0, average(2, 0), [1, 1], [1, 1], [0; 4]),
            ],
        ),
        alone(
            "nothing but border",
            &[
                image.clone(),
                pool(0, Pooling::Max, [2, 2], [1, 1], [2, 0, 0, 0]),
            ],
        ),
        alone(
            "not an image",
            &[ramp(&[4, 5]), pool(0, Pooling::Max, [1, 1], [1, 1], [0; 4])],
        ),
    ]
}

//! `TENSOR_CONV` and `TENSOR_POOL` against the definitions, element by element.

#[path = "support/naive.rs"]
mod naive;
mod support;

use lattice_isa::{Handle, Instruction, Limits, Opcode, Pooling, Trap, WindowFault};
use naive::{extents, Filters, Image};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use support::*;

/// The result of an instruction that gives handle `handle`, or how it trapped.
fn result(program: &[Instruction], handle: u16) -> Result<(Vec<u32>, Vec<i32>), Trap> {
    let outcome = run(program);
    outcome.result?;
    let (_, tensor) = &outcome.tensors[usize::from(handle)];
    Ok((tensor.shape().dims().to_vec(), tensor.elements().to_vec()))
}

fn element() -> impl Strategy<Value = i32> {
    prop_oneof![4 => -100..100i32, 1 => any::<i32>(), 1 => Just(i32::MIN), 1 => Just(i32::MAX)]
}

fn elements(count: usize, extreme: bool) -> BoxedStrategy<Vec<i32>> {
    if extreme {
        prop::collection::vec(element(), count).boxed()
    } else {
        prop::collection::vec(-1000..1000i32, count).boxed()
    }
}

#[derive(Clone, Debug)]
struct Conv {
    image: [usize; 3],
    weight: [usize; 4],
    stride: [u8; 2],
    padding: [u8; 4],
    groups: u16,
    elements: Vec<i32>,
    weights: Vec<i32>,
}

fn convolution() -> impl Strategy<Value = Conv> {
    let sizes = (
        1u16..4,
        1usize..4,
        1usize..4,
        [1usize..6, 1usize..6],
        [1usize..5, 1usize..5],
    );
    (
        sizes,
        [1u8..4, 1u8..4],
        [0u8..3, 0u8..3, 0u8..3, 0u8..3],
        any::<bool>(),
    )
        .prop_flat_map(
            |((groups, inputs, outputs, [h, w], [kh, kw]), stride, padding, extreme)| {
                let count = usize::from(groups);
                let image = [inputs * count, h, w];
                let weight = [outputs * count, inputs, kh, kw];
                (
                    elements(image.iter().product(), extreme),
                    elements(weight.iter().product(), extreme),
                )
                    .prop_map(move |(elements, weights)| Conv {
                        image,
                        weight,
                        stride,
                        padding,
                        groups,
                        elements,
                        weights,
                    })
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/windows.regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn convolve_as_the_definition_says(conv in convolution()) {
        let program = [
            new(&extents(&conv.image), conv.elements.clone()),
            new(&extents(&conv.weight), conv.weights.clone()),
            convolve(0, 1, conv.stride, conv.padding, conv.groups),
        ];
        let found = result(&program, 2);
        let image = Image { dims: conv.image, elements: &conv.elements };
        let filters = Filters { dims: conv.weight, elements: &conv.weights };
        match naive::convolve(&image, &filters, conv.stride, conv.padding, conv.groups) {
            Some((dims, sums)) => prop_assert_eq!(found, naive::fits(&sums).map(|sums| (dims, sums))),
            None => {
                let larger = matches!(
                    found,
                    Err(Trap::Window { fault: WindowFault::LargerThanInput { .. }, .. })
                );
                prop_assert!(larger, "{:?}", found);
            }
        }
    }

    #[test]
    fn pool_as_the_definition_says(
        (dims, values) in ([1usize..4, 1usize..7, 1usize..7], any::<bool>()).prop_flat_map(
            |(dims, extreme)| (Just(dims), elements(dims.iter().product(), extreme))
        ),
        kernel in [1u8..5, 1u8..5],
        stride in [1u8..4, 1u8..4],
        padding in [0u8..4, 0u8..4, 0u8..4, 0u8..4],
        pooling in prop_oneof![
            Just(Pooling::Max),
            (any::<u16>(), 0u8..40).prop_map(|(multiplier, shift)| Pooling::Average { multiplier, shift }),
            any::<u8>().prop_map(|shift| Pooling::Average { multiplier: 1, shift }),
        ],
    ) {
        let program = [new(&extents(&dims), values.clone()), pool(0, pooling, kernel, stride, padding)];
        let found = result(&program, 1);
        let image = Image { dims, elements: &values };
        let Some((dims, exact, only_padding)) = naive::pool(&image, pooling, kernel, stride, padding) else {
            let larger = matches!(
                found,
                Err(Trap::Window { fault: WindowFault::LargerThanInput { .. }, .. })
            );
            prop_assert!(larger, "{:?}", found);
            return Ok(());
        };
        let expected = if only_padding && pooling == Pooling::Max {
            Err(Trap::Window { opcode: Opcode::TensorPool, fault: WindowFault::OnlyPadding })
        } else {
            naive::fits(&exact).map(|values| (dims, values))
        };
        prop_assert_eq!(found, expected);
    }
}

mod trap {
    use super::*;

    fn conv(image: &[u32], weight: &[u32], last: Instruction) -> Trap {
        let ones = |dims: &[u32]| vec![1; dims.iter().product::<u32>() as usize];
        run(&[new(image, ones(image)), new(weight, ones(weight)), last])
            .result
            .expect_err("must trap")
    }

    fn fault(opcode: Opcode, fault: WindowFault) -> Trap {
        Trap::Window { opcode, fault }
    }

    #[test]
    fn on_windows_that_are_none() {
        let with = |stride, padding, groups| {
            let last = convolve(0, 1, stride, padding, groups);
            conv(&[4, 3, 3], &[2, 4, 2, 2], last)
        };
        let expected = |of| fault(Opcode::TensorConv, of);
        assert_eq!(with([0, 1], [0; 4], 1), expected(WindowFault::ZeroStride));
        assert_eq!(with([1, 0], [0; 4], 1), expected(WindowFault::ZeroStride));
        assert_eq!(with([1, 1], [0; 4], 0), expected(WindowFault::ZeroGroups));
        let uneven = WindowFault::UnevenGroups {
            channels: 2,
            groups: 4,
        };
        assert_eq!(with([1, 1], [0; 4], 4), expected(uneven));
        let of = |kernel, stride| {
            let last = pool(0, Pooling::Max, kernel, stride, [0; 4]);
            run(&[new(&[1, 2, 2], vec![1; 4]), last]).result
        };
        let expected = |of| Err(fault(Opcode::TensorPool, of));
        assert_eq!(of([0, 1], [1, 1]), expected(WindowFault::ZeroKernel));
        assert_eq!(of([1, 0], [1, 1]), expected(WindowFault::ZeroKernel));
        assert_eq!(of([1, 1], [0, 1]), expected(WindowFault::ZeroStride));
        let larger = WindowFault::LargerThanInput {
            kernel: 3,
            padded: 2,
        };
        assert_eq!(of([3, 1], [1, 1]), expected(larger));
    }

    #[test]
    fn on_a_window_larger_than_the_image_with_its_border() {
        let last = |padding| convolve(0, 1, [1, 1], padding, 1);
        let larger = WindowFault::LargerThanInput {
            kernel: 4,
            padded: 3,
        };
        assert_eq!(
            conv(&[1, 2, 2], &[1, 1, 4, 1], last([1, 0, 0, 0])),
            fault(Opcode::TensorConv, larger)
        );
        let ones = [
            new(&[1, 2, 2], vec![1; 4]),
            new(&[1, 1, 4, 1], vec![1; 4]),
            last([1, 0, 1, 0]),
        ];
        assert_eq!(run(&ones).result, Ok(()));
    }

    #[test]
    fn on_shapes_that_do_not_go_together() {
        let last = || convolve(0, 1, [1, 1], [0; 4], 1);
        let mismatch = Trap::ShapeMismatch {
            opcode: Opcode::TensorConv,
            left: Handle(0),
            right: Handle(1),
        };
        assert_eq!(conv(&[2, 3, 3], &[1, 3, 1, 1], last()), mismatch);
        assert_eq!(conv(&[2, 3, 3], &[1, 2, 3], last()), mismatch);
        assert_eq!(
            conv(&[3, 3], &[1, 1, 1, 1], last()),
            fault(Opcode::TensorConv, WindowFault::NotAnImage { rank: 2 })
        );
        let of_matrix = [
            new(&[2, 2], vec![1; 4]),
            pool(0, Pooling::Max, [1, 1], [1, 1], [0; 4]),
        ];
        assert_eq!(
            run(&of_matrix).result,
            Err(fault(
                Opcode::TensorPool,
                WindowFault::NotAnImage { rank: 2 }
            ))
        );
    }

    #[test]
    fn on_a_maximum_of_nothing_but_border() {
        let with = |pooling, padding| {
            let last = pool(0, pooling, [2, 2], [1, 1], padding);
            run(&[new(&[1, 3, 3], vec![1; 9]), last]).result
        };
        let expected = Err(fault(Opcode::TensorPool, WindowFault::OnlyPadding));
        for side in 0..4 {
            let mut padding = [0; 4];
            padding[side] = 1;
            assert_eq!(with(Pooling::Max, padding), Ok(()));
            padding[side] = 2;
            assert_eq!(with(Pooling::Max, padding), expected);
            let average = Pooling::Average {
                multiplier: 1,
                shift: 2,
            };
            assert_eq!(with(average, padding), Ok(()), "zeros have an average");
        }
    }

    #[test]
    fn on_an_overflow_by_its_first_element() {
        // Elements 1 and 3 overflow, and the machine works patch by patch.
        let program = [
            new(&[1, 1, 2], vec![1, i32::MAX]),
            new(&[2, 1, 1, 1], vec![2, 2]),
            convolve(0, 1, [1, 1], [0; 4], 1),
        ];
        assert_eq!(run(&program).result, Err(Trap::Overflow { element: 1 }));
        let program = [
            new(&[1, 1, 3], vec![1, i32::MIN, i32::MAX]),
            pool(
                0,
                Pooling::Average {
                    multiplier: 2,
                    shift: 0,
                },
                [1, 1],
                [1, 1],
                [0; 4],
            ),
        ];
        assert_eq!(run(&program).result, Err(Trap::Overflow { element: 1 }));
    }

    #[test]
    fn on_a_result_over_the_limit_of_a_tensor_before_it_is_made() {
        let limits = Limits {
            tensor_elements: 8,
            ..Limits::V1
        };
        let limit = Trap::TensorLimit {
            elements: 9,
            limit: 8,
        };
        let with = |last| {
            let program = [new(&[1, 1, 1], vec![1]), new(&[1, 1, 1, 1], vec![1]), last];
            run_in(&mut World::default(), limits, PLENTY, &program).result
        };
        assert_eq!(with(convolve(0, 1, [1, 1], [1; 4], 1)), Err(limit));
        let average = Pooling::Average {
            multiplier: 1,
            shift: 0,
        };
        assert_eq!(with(pool(0, average, [1, 1], [1, 1], [1; 4])), Err(limit));
        let huge = convolve(0, 1, [1, 1], [255; 4], 1);
        let elements = Trap::TensorLimit {
            elements: 511 * 511,
            limit: 8,
        };
        assert_eq!(with(huge), Err(elements));
    }
}

#[test]
fn charge_for_windows_by_shapes_alone() {
    let gas = |value: i32| {
        let program = [
            new(&[2, 4, 4], vec![value; 32]),
            new(&[2, 1, 3, 3], vec![value; 18]),
            convolve(0, 1, [1, 1], [1; 4], 2),
            pool(0, Pooling::Max, [2, 2], [2, 2], [0; 4]),
        ];
        let outcome = run(&program);
        assert_eq!(outcome.result, Ok(()));
        outcome.gas_used
    };
    assert_eq!(gas(0), gas(-999));
}

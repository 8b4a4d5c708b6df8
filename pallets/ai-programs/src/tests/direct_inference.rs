use crate::mock::*;
use crate::*;
use lattice_host::Trap;

#[test]
fn is_what_the_reference_executor_computes() {
    on_a_fresh_chain(|| {
        let index = store(&CAROL, model());
        let input = [1i8, 2, 3, 4];
        let (output, gas_used) = AiPrograms::infer(index, &input, GAS).unwrap();
        let expected = lattice_tensor::execute(model(), &input.map(i32::from)).unwrap();
        assert_eq!(output, expected);
        assert!(gas_used > 0);
        assert_eq!(
            AiPrograms::infer(index, &input, gas_used),
            Ok((expected, gas_used))
        );
    });
}

#[test]
fn is_refused_without_the_model_on_chain() {
    on_a_fresh_chain(|| {
        let index = register(&CAROL, model());
        assert_eq!(
            AiPrograms::infer(index, &[0; 4], GAS),
            Err(DirectFault::ModelNotStored)
        );
    });
}

#[test]
fn stops_at_its_gas_limit_and_at_a_bad_input() {
    on_a_fresh_chain(|| {
        let index = store(&CAROL, model());
        let trap = |input: &[i8], gas| match AiPrograms::infer(index, input, gas) {
            Err(DirectFault::Trapped { trap, gas_used }) => {
                assert!(gas_used <= gas);
                trap
            }
            other => panic!("{other:?}"),
        };
        assert!(matches!(trap(&[0; 4], 1_000), Trap::OutOfGas { .. }));
        assert_eq!(
            AiPrograms::infer(index, &[0; 3], GAS),
            Err(DirectFault::InputLength {
                expected: 4,
                given: 3
            })
        );
        assert!(matches!(
            trap(&[0, 0, 17, 0], GAS),
            Trap::InputRange {
                element: 2,
                value: 17
            }
        ));
    });
}

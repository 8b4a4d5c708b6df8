//! Every honest trace is a witness, and the circuit is what its documentation says.

use ark_bn254::Fr;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, OptimizationGoal, SynthesisMode, R1CS_PREDICATE_LABEL,
};
use lattice_tensor::{
    execute,
    testing::{random_graph, random_input, random_mlp},
    trace, Clamp, Interval, ModelBuilder, Scale, Shape,
};
use lattice_verifier::commitment;
use proptest::prelude::*;

use super::*;
use crate::{
    gadgets::{
        commitment as packing, context, lookup::Digits, range as input_range, saturate::Unit,
    },
    AssignError, CircuitError,
};

/// Checks one model on a few inputs, with both kinds of range checks: rows hold, evaluated rows
/// agree, commitments are those of the verifier's crate.
pub(super) fn holds(model: &Model, seeds: std::ops::Range<u64>) -> Result<(), TestCaseError> {
    for checks in KINDS {
        holds_with(model, checks, seeds.clone())?;
    }
    Ok(())
}

fn holds_with(
    model: &Model,
    checks: RangeChecks,
    seeds: std::ops::Range<u64>,
) -> Result<(), TestCaseError> {
    let circuit = build(model, checks);
    for seed in seeds {
        let (trace, assignment) = witness(model, &circuit, seed);
        prop_assert_eq!(violation(&circuit, &assignment.full()), None);
        prop_assert!(evaluated_rows_agree(&circuit, &assignment));
        prop_assert_eq!(assignment.witness.len(), circuit.r1cs().witnesses());
        let input =
            commitment::commit_input(&trace.values[0], model.input_range(), &bytes(1 << 40));
        prop_assert_eq!(Ok(assignment.statement.input_commitment), input);
        let output = commitment::commit_output(trace.output(), &bytes(seed + 3));
        prop_assert_eq!(Ok(assignment.statement.output_commitment), output);
        prop_assert_eq!(assignment.statement.context, bytes(seed + 17));
        let executed = execute(model, &trace.values[0]).expect("in range");
        prop_assert_eq!(executed.as_slice(), trace.output());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_trace_of_a_random_mlp_satisfies_its_circuit(
        seed: u64, inputs in 1u32..40, hidden in 1u32..12, outputs in 1u32..12, lo in -127i8..0, hi in 1i8..=127,
    ) {
        holds(&random_mlp(seed, &[inputs, hidden, hidden, outputs], range(lo, hi)), 0..4)?;
    }

    #[test]
    fn every_trace_of_a_random_graph_of_all_operations_satisfies_its_circuit(seed in 0u64..1 << 40) {
        holds(&random_graph(seed), 0..4)?;
    }
}

#[test]
fn several_blocks_of_the_sponge_satisfy_too() {
    holds(&random_mlp(3, &[700, 2, 130], range(0, 127)), 0..2).expect("holds");
}

#[test]
fn every_kind_of_clamp_satisfies_at_its_ends() {
    for (lo, hi) in [
        (0, 127),
        (-127, 127),
        (-5, 90),
        (0, 1),
        (-127, -1),
        (3, 7),
        (100, 127),
    ] {
        for shift in [1, 3, 6, 9] {
            let model = small(u64::from(shift), &[6, 9, 3], Clamp { lo, hi }, shift);
            holds(&model, 0..12).expect("holds");
        }
    }
}

#[test]
fn the_constraint_count_is_the_sum_of_the_documented_formulas() {
    for seed in 0..40 {
        let model = random_graph(seed);
        for (checks, digits) in KINDS.into_iter().zip([None, Some(Digits::of(&model))]) {
            let circuit = build(&model, checks);
            let (input, output) = (model.input_len(), model.output_len());
            let tables = circuit.plan().lookups.as_ref();
            let expected = context::CONSTRAINTS
                + input * input_range::constraints(&model.input_range(), digits)
                + step_rows(&circuit).into_iter().sum::<usize>()
                + tables.map_or(0, |lookups| lookups.entries() + lookups.sizes.len())
                + packing::input_constraints(&model.input_range(), input)
                + packing::output_constraints(output);
            assert_eq!(circuit.r1cs().constraints(), expected, "{checks:?}");
        }
    }
}

#[test]
fn arkworks_sees_the_same_matrices() {
    for checks in KINDS {
        arkworks_sees_the_matrices_of(checks);
    }
}

fn arkworks_sees_the_matrices_of(checks: RangeChecks) {
    let model = random_mlp(5, &[9, 5, 4], range(0, 16));
    let circuit = build(&model, checks);
    let cs = ConstraintSystem::<Fr>::new_ref();
    cs.set_optimization_goal(OptimizationGoal::Constraints);
    cs.set_mode(SynthesisMode::Setup);
    circuit
        .synthesizer()
        .generate_constraints(cs.clone())
        .expect("set-up mode asks for no values");
    cs.finalize();
    assert_eq!(cs.num_instance_variables(), circuit.r1cs().instances());
    assert_eq!(cs.num_witness_variables(), circuit.r1cs().witnesses());
    assert_eq!(cs.num_constraints(), circuit.r1cs().constraints());
    let matrices = &cs.to_matrices().expect("matrices")[R1CS_PREDICATE_LABEL];
    for (matrix, side) in matrices.iter().zip([Side::A, Side::B, Side::C]) {
        for (row, entries) in matrix.iter().enumerate() {
            let mut entries = entries.clone();
            entries.sort_by_key(|entry| entry.1);
            let own: Vec<_> = circuit.r1cs().row(side, row).collect();
            assert_eq!(entries, own, "{side:?} row {row}");
        }
    }
}

#[test]
fn only_the_linear_layers_are_dense_and_the_second_group_stays_sparse() {
    let model = random_mlp(5, &[64, 32, 10], range(0, 16));
    let circuit = Circuit::build(&model).expect("supported");
    let r1cs = circuit.r1cs();
    assert!(r1cs.density(Side::B) < r1cs.columns() * 4 / 5);
}

#[test]
fn a_relu_of_what_is_never_negative_costs_nothing() {
    let build = |lo| {
        ModelBuilder::new(Shape::new([4]).expect("a shape"), range(lo, 16), Scale::ONE)
            .relu()
            .and_then(|builder| builder.linear("fc", vec![1, -2, 3, 4], 1, None))
            .and_then(|builder| builder.build(Scale::ONE))
            .expect("a valid model")
    };
    let rows = |model: &Model| step_rows(&Circuit::build(model).expect("supported"))[0];
    for lo in [0, 3] {
        let model = build(lo);
        assert_eq!(rows(&model), 0);
        holds(&model, 0..8).expect("holds");
    }
    let model = build(-1);
    assert!(rows(&model) > 0);
    holds(&model, 0..8).expect("holds");
}

#[test]
fn a_small_model_that_would_take_all_memory_is_refused_before_it_does() {
    // Each round doubles the elements, and each has a term for every bit of the input.
    let shape = Shape::new([256]).expect("a shape");
    let mut builder = ModelBuilder::new(shape, range(0, 127), Scale::ONE)
        .linear("fc", vec![1; 256 * 64], 64, None)
        .expect("a valid layer");
    for value in 1..15 {
        builder = builder.concat(vec![value, value], 0).expect("a concat");
    }
    let model = builder.build(Scale::ONE).expect("a valid model");
    let error = Circuit::build(&model).expect_err("too many terms");
    assert!(matches!(
        error,
        CircuitError::TooManyTerms {
            limit: crate::MAX_TERMS,
            ..
        }
    ));
}

#[test]
fn widths_beyond_the_soundness_argument_are_refused() {
    use crate::gadgets::saturate::{Saturation, MAX_WIDTH};
    let spec = Saturation::requantize(1, Clamp::FULL);
    let plan = |lo, hi| Unit::plan(spec, Interval { lo, hi }, None);
    assert!(plan(-(1 << 30), 1 << 30).is_ok());
    let width = plan(-(1 << 50), 1 << 50).expect_err("too wide");
    assert!(width > MAX_WIDTH);
    assert!(plan(i64::MIN, i64::MAX).is_err());
}

#[test]
fn a_model_without_saturation_is_proven_by_its_commitments_alone() {
    let shape = Shape::new([2, 3]).expect("valid");
    let builder = ModelBuilder::new(shape, range(-1, 1), Scale::ONE);
    let builder = builder.flatten().expect("valid");
    holds(&builder.build(Scale::ONE).expect("valid"), 0..3).expect("holds");
}

mod reject {
    use super::*;

    fn setting() -> (Model, Circuit, Trace) {
        let model = small(1, &[4, 3, 2], Clamp::RELU, 3);
        let circuit = Circuit::build(&model).expect("supported");
        let trace = trace(&model, &random_input(2, &model)).expect("in range");
        (model, circuit, trace)
    }

    fn assign(circuit: &Circuit, trace: &Trace) -> Result<(), AssignError> {
        circuit
            .assign(trace, &bytes(1), &bytes(0), &bytes(0))
            .map(|_| ())
    }

    #[test]
    fn a_trace_with_a_wrong_activation() {
        let (_, circuit, mut trace) = setting();
        trace.values[2][1] += 1;
        let error = assign(&circuit, &trace).expect_err("contradiction");
        assert!(matches!(
            error,
            AssignError::TraceMismatch {
                value: 2,
                element: 1,
                ..
            }
        ));
    }

    #[test]
    fn an_input_out_of_range() {
        let (_, circuit, mut trace) = setting();
        for value in [-1, 17] {
            trace.values[0][2] = value;
            let error = assign(&circuit, &trace).expect_err("out of range");
            assert_eq!(
                error,
                AssignError::InputOutOfRange {
                    element: 2,
                    value,
                    lo: 0,
                    hi: 16
                }
            );
        }
    }

    #[test]
    fn an_accumulator_that_the_model_cannot_reach() {
        let (_, circuit, mut trace) = setting();
        trace.values[1][0] = i32::MAX;
        let error = assign(&circuit, &trace).expect_err("out of bounds");
        assert!(matches!(
            error,
            AssignError::OutOfBounds {
                value: 1,
                element: 0,
                ..
            }
        ));
    }

    #[test]
    fn a_trace_of_another_shape() {
        let (_, circuit, mut trace) = setting();
        trace.values[1].pop();
        let error = assign(&circuit, &trace).expect_err("too short");
        assert_eq!(
            error,
            AssignError::ValueLength {
                value: 1,
                expected: 3,
                actual: 2
            }
        );
        trace.values.pop();
        let error = assign(&circuit, &trace).expect_err("too few");
        assert_eq!(
            error,
            AssignError::ValueCount {
                expected: 4,
                actual: 3
            }
        );
        trace.values.clear();
        assert!(assign(&circuit, &trace).is_err());
    }

    #[test]
    fn field_elements_that_are_not_canonical() {
        let (_, circuit, trace) = setting();
        for (position, what) in ["context", "input blinding", "output blinding"]
            .iter()
            .enumerate()
        {
            let mut arguments = [bytes(1); 3];
            arguments[position] = [0xff; 32];
            let [context, input, output] = arguments;
            let error = circuit
                .assign(&trace, &context, &input, &output)
                .expect_err("refused");
            assert_eq!(error, AssignError::NonCanonical { what });
        }
    }
}

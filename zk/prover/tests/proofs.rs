//! Proofs against the chain's own verifier.

use ark_bn254::{Bn254, Fr};
use ark_ff::{BigInteger, Field, PrimeField};
use ark_groth16::{r1cs_to_qap::LibsnarkReduction, r1cs_to_qap::R1CSToQAP};
use ark_poly::GeneralEvaluationDomain;
use lattice_circuit::{Circuit, RangeChecks, Side};
use lattice_prover::{quotient::Quotient, ProveError, Prover, ProverError};
use lattice_setup::{dev_setup, Keys};
use lattice_tensor::{
    testing::{random_graph, random_input, random_mlp},
    trace, Model, ModelBuilder, Range, Scale, Shape, Trace,
};
use lattice_verifier::{field, verify, FieldBytes, PreparedKey, COMMITTED_PROOF_LEN, PROOF_LEN};
use rand::{rngs::StdRng, SeedableRng};
use std::sync::Arc;

const ZERO: FieldBytes = [0; 32];

fn bytes(value: u64) -> FieldBytes {
    field::encode(&Fr::from(value))
}

struct Setting {
    model: Arc<Model>,
    prover: Prover,
    key: PreparedKey,
    rng: StdRng,
}

const KINDS: [RangeChecks; 2] = [RangeChecks::Bits, RangeChecks::Lookups];

/// What a proof takes under a circuit with range checks of a kind.
fn proof_len(checks: RangeChecks) -> usize {
    match checks {
        RangeChecks::Bits => PROOF_LEN,
        RangeChecks::Lookups => COMMITTED_PROOF_LEN,
    }
}

fn circuit(model: &Model, checks: RangeChecks) -> Circuit {
    Circuit::with_range_checks(model, checks).expect("supported")
}

fn keys(model: &Model, seed: u64, checks: RangeChecks) -> Keys {
    let mut rng = StdRng::seed_from_u64(seed);
    dev_setup(&circuit(model, checks), &mut rng).expect("keys")
}

fn setting(model: Model, checks: RangeChecks) -> Setting {
    let keys = keys(&model, 7, checks);
    let circuit = circuit(&model, checks);
    let model = Arc::new(model);
    // The key as a chain keeps it, not the prover's own.
    let stored = lattice_verifier::validate(&keys.verifying_key)
        .expect("a good key")
        .prepared;
    Setting {
        prover: Prover::of_circuit(model.clone(), circuit, keys.proving_key).expect("the key fits"),
        key: PreparedKey::decode(&stored).expect("decodes"),
        rng: StdRng::seed_from_u64(9),
        model,
    }
}

fn mlp(seed: u64) -> Model {
    random_mlp(seed, &[8, 5, 3], Range { lo: 0, hi: 16 })
}

fn execution(model: &Model, seed: u64) -> Trace {
    trace(model, &random_input(seed, model)).expect("in range")
}

/// With δ₁ = O the point A is an unblinded combination of the private witness.
#[test]
fn a_key_that_blinds_nothing_makes_no_prover() {
    let model = mlp(1);
    let identity = ark_bn254::G1Affine::identity();
    for checks in KINDS {
        let honest = keys(&model, 7, checks).proving_key;
        let mut without_delta = honest.clone();
        without_delta.groth16.delta_g1 = identity;
        let mut without_epsilon = honest.clone();
        if let Some(commitment) = &mut without_epsilon.commitment {
            commitment.epsilon_g1 = identity;
        }
        for key in [without_delta, without_epsilon] {
            if key != honest {
                let circuit = circuit(&model, checks);
                let refused = Prover::of_circuit(Arc::new(model.clone()), circuit, key).err();
                assert_eq!(refused, Some(ProverError::Unblinded));
            }
        }
    }
}

#[test]
fn every_execution_has_a_proof_that_the_chain_accepts() {
    for (model, checks) in [mlp(1), random_graph(2), random_graph(3), random_graph(5)]
        .into_iter()
        .flat_map(|model| KINDS.map(|checks| (model.clone(), checks)))
    {
        let Setting {
            model,
            prover,
            key,
            mut rng,
        } = setting(model, checks);
        for seed in 0..5 {
            let trace = execution(&model, seed);
            let proof = prover
                .prove(
                    &trace,
                    &bytes(seed),
                    &bytes(3 * seed),
                    &bytes(5 * seed),
                    &mut rng,
                )
                .expect("a proof");
            assert_eq!(proof.bytes.len(), proof_len(checks));
            assert_eq!(
                verify(&key, &proof.statement.inputs(), &proof.bytes),
                Ok(true)
            );
            let range = model.input_range();
            let input = lattice_verifier::commit_input(&trace.values[0], range, &bytes(3 * seed));
            let output = lattice_verifier::commit_output(trace.output(), &bytes(5 * seed));
            assert_eq!(Ok(proof.statement.input_commitment), input);
            assert_eq!(Ok(proof.statement.output_commitment), output);
        }
    }
}

#[test]
fn the_quotient_is_that_of_arkworks() {
    let model = mlp(3);
    for checks in KINDS {
        let circuit = circuit(&model, checks);
        let mut assignment = circuit
            .assign(&execution(&model, 1), &bytes(4), &ZERO, &bytes(1))
            .expect("a witness");
        circuit
            .plan()
            .respond(&mut assignment, Fr::from(3u64).pow([99u64]));
        let r1cs = circuit.r1cs();
        let matrices: Vec<Vec<Vec<(Fr, usize)>>> = [Side::A, Side::B, Side::C]
            .iter()
            .map(|&side| {
                (0..r1cs.constraints())
                    .map(|row| r1cs.row(side, row).collect())
                    .collect()
            })
            .collect();
        let theirs =
            LibsnarkReduction::witness_map_from_matrices::<Fr, GeneralEvaluationDomain<Fr>>(
                &matrices,
                r1cs.instances(),
                r1cs.constraints(),
                &assignment.full(),
            )
            .expect("a quotient");
        let quotient = Quotient::new(r1cs.constraints() + r1cs.instances()).expect("a domain");
        let mut a = assignment.a.clone();
        a.extend_from_slice(&assignment.instance);
        let ours = quotient.coefficients(a, assignment.b);
        assert_eq!(ours.len(), quotient.size() - 1);
        let theirs: Vec<_> = theirs.iter().map(|value| value.into_bigint()).collect();
        assert_eq!(ours, theirs[..ours.len()]);
        assert!(theirs[ours.len()..]
            .iter()
            .all(|coefficient| coefficient.is_zero()));
    }
}

#[test]
fn two_proofs_of_one_execution_differ_and_both_hold() {
    for checks in KINDS {
        let Setting {
            model,
            prover,
            key,
            mut rng,
        } = setting(mlp(1), checks);
        let trace = execution(&model, 1);
        let mut prove = || {
            prover
                .prove(&trace, &ZERO, &ZERO, &ZERO, &mut rng)
                .expect("a proof")
        };
        let (first, second) = (prove(), prove());
        assert_ne!(first.bytes, second.bytes);
        assert_eq!(first.statement, second.statement);
        assert_eq!(
            verify(&key, &second.statement.inputs(), &first.bytes),
            Ok(true)
        );
    }
}

mod reject {
    use super::*;

    #[test]
    fn a_proof_for_another_context_input_or_output() {
        for checks in KINDS {
            let Setting {
                model,
                prover,
                key,
                mut rng,
            } = setting(mlp(1), checks);
            let trace = execution(&model, 2);
            let proof = prover
                .prove(&trace, &bytes(1), &bytes(2), &bytes(3), &mut rng)
                .expect("a proof");
            for position in 0..3 {
                for other in [bytes(0), bytes(77)] {
                    let mut inputs = proof.statement.inputs();
                    inputs[position] = other;
                    assert_eq!(verify(&key, &inputs, &proof.bytes), Ok(false));
                }
            }
            let mut output = trace.output().to_vec();
            output[0] += 1;
            let mut inputs = proof.statement.inputs();
            inputs[2] = lattice_verifier::commit_output(&output, &bytes(3)).expect("committed");
            assert_eq!(verify(&key, &inputs, &proof.bytes), Ok(false));
        }
    }

    #[test]
    fn a_trace_whose_output_is_not_the_models() {
        for checks in KINDS {
            let Setting {
                model,
                prover,
                mut rng,
                ..
            } = setting(mlp(1), checks);
            let mut trace = execution(&model, 2);
            let last = trace.values.len() - 1;
            trace.values[last][0] += 1;
            let error = prover
                .prove(&trace, &ZERO, &ZERO, &ZERO, &mut rng)
                .expect_err("false");
            assert_eq!(error, ProveError::Unsound);
        }
    }

    #[test]
    fn a_trace_whose_accumulator_is_not_the_models() {
        for checks in KINDS {
            let Setting {
                model,
                prover,
                mut rng,
                ..
            } = setting(mlp(1), checks);
            let mut refused = 0;
            for element in 0..5 {
                let mut trace = execution(&model, 2);
                trace.values[1][element] += 1;
                refused += u32::from(prover.prove(&trace, &ZERO, &ZERO, &ZERO, &mut rng).is_err());
            }
            // An element that the bounds decide is no part of the circuit, and its accumulator no
            // part of the statement.
            assert!(refused >= 4);
        }
    }

    #[test]
    fn a_trace_of_another_model_of_the_same_shape() {
        for checks in KINDS {
            let Setting {
                prover, mut rng, ..
            } = setting(mlp(1), checks);
            let trace = execution(&mlp(2), 2);
            assert!(prover.prove(&trace, &ZERO, &ZERO, &ZERO, &mut rng).is_err());
        }
    }

    #[test]
    fn a_context_that_is_not_canonical() {
        for checks in KINDS {
            let Setting {
                model,
                prover,
                mut rng,
                ..
            } = setting(mlp(1), checks);
            let trace = execution(&model, 2);
            let error = prover
                .prove(&trace, &[0xff; 32], &ZERO, &ZERO, &mut rng)
                .expect_err("not canonical");
            assert!(matches!(error, ProveError::Assign(_)));
        }
    }

    #[test]
    fn a_key_of_another_circuit() {
        let model = Arc::new(mlp(1));
        let other = random_mlp(1, &[8, 6, 3], Range { lo: 0, hi: 16 });
        let error = Prover::new(model, keys(&other, 1, RangeChecks::Bits).proving_key)
            .expect_err("does not fit");
        assert!(matches!(error, ProverError::ForeignKey { .. }));
    }

    #[test]
    fn a_key_with_a_commitment_for_a_circuit_without_and_the_reverse() {
        let model = Arc::new(mlp(1));
        let [bits, lookups] = KINDS;
        for (own, other) in [(bits, lookups), (lookups, bits)] {
            let key = keys(&model, 1, other).proving_key;
            let error = Prover::of_circuit(model.clone(), circuit(&model, own), key);
            assert!(matches!(error, Err(ProverError::ForeignKey { .. })));
        }
    }

    #[test]
    fn a_commitment_of_another_proof_of_the_same_execution() {
        let Setting {
            model,
            prover,
            key,
            mut rng,
        } = setting(mlp(1), RangeChecks::Lookups);
        let trace = execution(&model, 2);
        let mut prove = || {
            let proof = prover.prove(&trace, &ZERO, &ZERO, &ZERO, &mut rng);
            proof.expect("a proof")
        };
        let (first, second) = (prove(), prove());
        let [first, second] = [&first, &second].map(|proof| proof.bytes.split_at(PROOF_LEN));
        // Blinded: the same columns, another point.
        assert_ne!(first.1, second.1);
        let inputs = prove().statement.inputs();
        let swapped = [first.0, second.1].concat();
        assert_eq!(verify(&key, &inputs, &swapped), Ok(false));
    }

    #[test]
    fn a_model_without_a_circuit() {
        // Each round doubles the elements, and each has a term for every bit of the input.
        let shape = Shape::new([256]).expect("a shape");
        let range = Range { lo: 0, hi: 127 };
        let mut builder = ModelBuilder::new(shape, range, Scale::ONE)
            .linear("fc", vec![1; 256 * 64], 64, None)
            .expect("a layer");
        for value in 1..15 {
            builder = builder.concat(vec![value, value], 0).expect("a concat");
        }
        let model = Arc::new(builder.build(Scale::ONE).expect("a model"));
        let key = keys(&mlp(1), 1, RangeChecks::Bits).proving_key;
        let error = Prover::new(model, key).expect_err("too many terms");
        assert!(matches!(error, ProverError::Circuit(_)));
    }

    #[test]
    fn a_proof_under_the_key_of_another_setup() {
        for checks in KINDS {
            let Setting {
                model,
                prover,
                mut rng,
                ..
            } = setting(mlp(1), checks);
            let other = keys(&model, 8, checks).verifying_key;
            let other = lattice_verifier::validate(&other).expect("good").prepared;
            let other = PreparedKey::decode(&other).expect("decodes");
            let proof = prover
                .prove(&execution(&model, 3), &ZERO, &ZERO, &ZERO, &mut rng)
                .expect("a proof");
            assert_eq!(
                verify(&other, &proof.statement.inputs(), &proof.bytes),
                Ok(false)
            );
        }
    }
}

/// arkworks itself accepts the proof, with its own verifier and encoding.
#[test]
fn arkworks_accepts_the_proof() {
    use ark_groth16::{prepare_verifying_key, Groth16, Proof};
    use ark_serialize::CanonicalDeserialize;
    let model = mlp(5);
    let keys = keys(&model, 3, RangeChecks::Bits);
    let key = prepare_verifying_key(&keys.proving_key.groth16.vk);
    let model = Arc::new(model);
    let prover = Prover::new(model.clone(), keys.proving_key).expect("the key fits");
    let mut rng = StdRng::seed_from_u64(4);
    let proof = prover
        .prove(&execution(&model, 1), &bytes(1), &ZERO, &ZERO, &mut rng)
        .expect("a proof");
    let inputs: Vec<Fr> = proof
        .statement
        .inputs()
        .iter()
        .map(|bytes| field::decode(bytes).expect("canonical"))
        .collect();
    let proof = Proof::<Bn254>::deserialize_compressed(&proof.bytes[..]).expect("points");
    assert!(Groth16::<Bn254>::verify_proof(&key, &proof, &inputs).expect("well-formed"));
}

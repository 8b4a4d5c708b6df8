//! The start against arkworks' own reduction, with trapdoors that are known for once.

use ark_bn254::{g1, g2, Bn254, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One};
use ark_groth16::{
    r1cs_to_qap::{LibsnarkReduction, R1CSToQAP},
    Groth16,
};
use ark_poly::GeneralEvaluationDomain;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystem, SynthesisMode};
use lattice_circuit::{Circuit, RangeChecks};
use lattice_tensor::{
    testing::{lenet5, random_mlp},
    Model, Range,
};
use lattice_verifier::{
    ceremony::{check::same_ratio, check_start, testing, Query},
    ProofVersion,
};
use rand::{rngs::StdRng, SeedableRng};
use std::{fs::File, path::Path};

use super::{qap, VerifiedStart};
use crate::{
    dev_setup,
    phase1::{self, ptau, Ptau, Section},
    scale::multiply_each,
};

const TAU: u64 = 1_234_567;
const ALPHA: u64 = 11;
const BETA: u64 = 13;

/// A phase 1 whose secrets are the constants above.
fn known_phase1(path: &Path, power: u8) {
    let [tau, alpha, beta] = [TAU, ALPHA, BETA].map(Fr::from);
    let mut out = File::create(path).expect("a file");
    let io = |error| panic!("{error}");
    let fill = |section: Section, out: &mut dyn std::io::Write| {
        let count = section.count(power) as usize;
        let mut scalar = match section {
            Section::TauG1 | Section::TauG2 => Fr::one(),
            Section::AlphaTauG1 => alpha,
            Section::BetaTauG1 | Section::BetaG2 => beta,
        };
        let scalars: Vec<Fr> = (0..count)
            .map(|_| {
                let this = scalar;
                scalar *= tau;
                this
            })
            .collect();
        let bytes = match section.point_len() {
            64 => ptau::encode(&multiply_each::<g1::Config>(
                &vec![G1Affine::generator(); count],
                &scalars,
            )),
            _ => ptau::encode(&multiply_each::<g2::Config>(
                &vec![G2Affine::generator(); count],
                &scalars,
            )),
        };
        out.write_all(&bytes).expect("written");
        Ok(())
    };
    ptau::write(&mut out, power, fill, io).expect("written");
}

fn model() -> Model {
    random_mlp(1, &[3, 2, 2], Range { lo: 0, hi: 3 })
}

/// A circuit of [`model`] per version of the proofs.
fn circuits() -> [Circuit; 2] {
    [RangeChecks::Bits, RangeChecks::Lookups]
        .map(|checks| Circuit::with_range_checks(&model(), checks).expect("supported"))
}

#[test]
fn a_start_is_arkworks_reduction_in_the_exponent() {
    circuits().iter().for_each(agrees);
}

fn agrees(circuit: &Circuit) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("known.ptau");
    known_phase1(&path, 11);
    let rng = &mut StdRng::seed_from_u64(1);
    let phase1 = phase1::verify(Ptau::open(&path).expect("a file"), rng).expect("good");
    let start = VerifiedStart::compute_of_circuit(&model(), circuit, &phase1, folder.path(), rng);
    let start = start.expect("a start");
    let queries = Query::of(start.record().version());
    // δ = ε = 1 is no key: what they divide is compared as it is before a contribution, the rest after
    // one.
    let mut ceremony = start.ceremony([0; 32], 0);
    let bulk: Vec<_> = queries
        .iter()
        .map(|query| ceremony.bulk(*query).expect("read"))
        .collect();
    let file = super::state_file(folder.path(), 1);
    let contribution = ceremony.contribute(&[1], &file, rng, &[]).expect("made");
    let entry = super::Entry {
        account: vec![1],
        contribution,
    };
    ceremony.accept(entry, &file, rng).expect("honest");
    let keys = ceremony.keys().expect("keys");

    let cs = ConstraintSystem::<Fr>::new_ref();
    cs.set_mode(SynthesisMode::Setup);
    circuit
        .synthesizer()
        .generate_constraints(cs.clone())
        .expect("rows");
    cs.finalize();
    let [tau, alpha, beta] = [TAU, ALPHA, BETA].map(Fr::from);
    let (a, b, c, z, _, size) = LibsnarkReduction::instance_map_with_evaluation::<
        Fr,
        GeneralEvaluationDomain<Fr>,
    >(cs, &tau)
    .expect("a domain");
    let g1 = |scalars: &[Fr]| -> Vec<G1Affine> {
        let one = G1Affine::generator().into_group();
        scalars.iter().map(|s| (one * s).into_affine()).collect()
    };
    let key = &keys.proving_key.groth16;
    assert_eq!(key.a_query, g1(&a));
    assert_eq!(key.b_g1_query, g1(&b));
    let b_g2: Vec<G2Affine> = b
        .iter()
        .map(|s| (G2Affine::generator() * s).into_affine())
        .collect();
    assert_eq!(key.b_g2_query, b_g2);
    let combined: Vec<Fr> = (0..a.len())
        .map(|j| beta * a[j] + alpha * b[j] + c[j])
        .collect();
    let r1cs = circuit.r1cs();
    let (ic, rest) = combined.split_at(r1cs.instances());
    assert_eq!(key.vk.gamma_abc_g1, g1(ic));
    let powers: Vec<Fr> = (0..size as u64 - 1).map(|i| z * tau.pow([i])).collect();
    let h = g1(&powers);
    match r1cs.committed() {
        None => assert_eq!(bulk, [g1(rest), h]),
        Some(columns) => {
            let l = [&combined[ic.len()..columns.start], &combined[columns.end..]].concat();
            assert_eq!(bulk, [g1(&l), h, g1(&combined[columns])]);
        }
    }
    assert_eq!(key.vk.alpha_g1, g1(&[alpha])[0]);
    assert_eq!(key.beta_g1, g1(&[beta])[0]);
    // After the contribution everything is divided by what its trapdoor became.
    let one = G2Affine::generator();
    let mut divided = vec![
        (&key.l_query, key.vk.delta_g2),
        (&key.h_query, key.vk.delta_g2),
    ];
    if let Some(commitment) = &keys.proving_key.commitment {
        assert!(same_ratio(
            (commitment.epsilon_g1, one),
            (G1Affine::generator(), commitment.epsilon_g2)
        ));
        divided.push((&commitment.query, commitment.epsilon_g2));
    }
    assert_eq!(divided.len(), bulk.len());
    for ((points, divisor), before) in divided.into_iter().zip(&bulk) {
        assert_eq!(points.len(), before.len());
        for (point, before) in points.iter().zip(before).step_by(97) {
            assert!(same_ratio((*point, divisor), (*before, one)));
        }
    }
}

/// arkworks' generator with the same randomness knows no ε: what it divides by δ is divided by ε in
/// the commitment's query, and in the same place in L otherwise.
#[test]
fn development_keys_are_arkworks_with_the_committed_columns_apart() {
    for circuit in circuits() {
        let keys = dev_setup(&circuit, &mut StdRng::seed_from_u64(5))
            .expect("keys")
            .proving_key;
        let theirs = Groth16::<Bn254>::generate_random_parameters_with_reduction(
            circuit.synthesizer(),
            &mut StdRng::seed_from_u64(5),
        )
        .expect("a key");
        let mut ours = keys.groth16.clone();
        if let (Some(commitment), Some(columns)) = (&keys.commitment, circuit.r1cs().committed()) {
            let first = columns.start - circuit.r1cs().instances();
            let theirs = &theirs.l_query[first..first + columns.len()];
            assert_eq!(commitment.query.len(), columns.len());
            for (point, of_delta) in commitment.query.iter().zip(theirs) {
                assert!(same_ratio(
                    (*point, commitment.epsilon_g2),
                    (*of_delta, ours.vk.delta_g2)
                ));
            }
            assert!(same_ratio(
                (commitment.epsilon_g1, ours.vk.delta_g2),
                (ours.delta_g1, commitment.epsilon_g2)
            ));
            ours.l_query.splice(first..first, theirs.iter().copied());
        }
        assert_eq!(
            keys.commitment.is_some(),
            circuit.r1cs().committed().is_some()
        );
        assert!(ours == theirs);
    }
}

/// The largest circuit of the repository, by lookups as everyone builds it.
#[test]
fn a_chain_takes_the_counts_of_lenet5() {
    let model = lenet5(1);
    let circuit = Circuit::build(&model).expect("supported");
    let r1cs = circuit.r1cs();
    let committed = r1cs.committed().expect("lookups").len();
    let size = qap::domain_size(r1cs).expect("a domain");
    let mut start = testing::start(model.id(), ProofVersion::Committed);
    start.phase1.power = 28;
    start.h_count = size as u32 - 1;
    start.l_count = (r1cs.witnesses() - committed) as u32;
    start.commitment.as_mut().expect("committed").count = committed as u32;
    assert_eq!(check_start(&start), Ok(()));
}

//! The start against arkworks' own reduction, with trapdoors that are known for once.

use ark_bn254::{g1, g2, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One};
use ark_groth16::r1cs_to_qap::{LibsnarkReduction, R1CSToQAP};
use ark_poly::GeneralEvaluationDomain;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystem, SynthesisMode};
use lattice_circuit::{Circuit, R1cs};
use lattice_tensor::{testing::random_mlp, Range};
use lattice_verifier::ceremony::Query;
use rand::{rngs::StdRng, SeedableRng};
use std::{fs::File, path::Path};

use super::VerifiedStart;
use crate::{
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

#[test]
fn a_start_is_arkworks_reduction_in_the_exponent() {
    let model = random_mlp(1, &[3, 2, 2], Range { lo: 0, hi: 3 });
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("known.ptau");
    known_phase1(&path, 11);
    let rng = &mut StdRng::seed_from_u64(1);
    let phase1 = phase1::verify(Ptau::open(&path).expect("a file"), rng).expect("good");
    let start = VerifiedStart::compute(&model, &phase1, folder.path(), rng).expect("a start");
    // δ = 1 is no key: L and H are compared as they are before a contribution, the rest after one.
    let mut ceremony = start.ceremony([0; 32], 0);
    let [l, h] = Query::ALL.map(|query| ceremony.bulk(query).expect("read"));
    let file = super::state_file(folder.path(), 1);
    let contribution = ceremony.contribute(&[1], &file, rng, &[]).expect("made");
    let entry = super::Entry {
        account: vec![1],
        contribution,
    };
    ceremony.accept(entry, &file, rng).expect("honest");
    let keys = ceremony.keys().expect("keys");

    let circuit = Circuit::build(&model).expect("supported");
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
    let (ic, rest) = combined.split_at(R1cs::STATEMENT);
    assert_eq!(key.vk.gamma_abc_g1, g1(ic));
    assert_eq!(l, g1(rest));
    let powers: Vec<Fr> = (0..size as u64 - 1).map(|i| z * tau.pow([i])).collect();
    assert_eq!(h, g1(&powers));
    assert_eq!(key.vk.alpha_g1, g1(&[alpha])[0]);
    assert_eq!(key.beta_g1, g1(&[beta])[0]);
}

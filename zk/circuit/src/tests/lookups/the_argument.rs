//! The argument itself, at random challenges: what keys and multiplicities can say.

use super::*;

fn setting() -> (Circuit, Vec<Fr>) {
    let model = small(1, &[5, 3, 2], Clamp::RELU, 3);
    let circuit = looked_up(&model);
    let (_, assignment) = witness(&model, &circuit, 3);
    (circuit, assignment.full())
}

#[test]
fn completing_an_honest_witness_changes_nothing() {
    let (circuit, honest) = setting();
    let mut z = honest.clone();
    let start = circuit.r1cs().committed().expect("a commitment").end;
    for row in rows(circuit.r1cs(), |o| {
        matches!(o, Origin::Lookup { .. } | Origin::TableEntry { .. })
    }) {
        let column = circuit.r1cs().row(Side::A, row).next().expect("one").1;
        assert!(column >= start);
        z[column] = Fr::zero();
    }
    complete(&circuit, &mut z);
    assert_eq!(z, honest);
}

/// The witness of a key out of its table.
fn with_a_key_out_of_its_table() -> (Circuit, Vec<Fr>) {
    let (circuit, mut z) = setting();
    let first = circuit.r1cs().committed().expect("a commitment").start;
    // The first input element: its table has 17 entries.
    z[first] = Fr::from(17u64);
    complete(&circuit, &mut z);
    (circuit, z)
}

fn refused_at(circuit: &Circuit, z: &[Fr]) -> bool {
    let r1cs = circuit.r1cs();
    violated(r1cs, z)
        .iter()
        .any(|&row| matches!(r1cs.origin(row), Origin::TableSum { .. }))
}

#[test]
fn a_key_that_is_in_no_table_is_refused_whatever_the_multiplicities() {
    let (circuit, z) = with_a_key_out_of_its_table();
    assert!(refused_at(&circuit, &z));
    let committed = circuit.r1cs().committed().expect("a commitment");
    let entries = circuit.plan().lookups.as_ref().expect("lookups").entries();
    for column in committed.end - entries..committed.end {
        for value in [
            -Fr::one(),
            Fr::zero(),
            Fr::from(5u64),
            Fr::from(1u64) / Fr::from(3u64),
        ] {
            let mut forged = z.clone();
            forged[column] = value;
            complete(&circuit, &mut forged);
            assert!(refused_at(&circuit, &forged));
        }
    }
}

#[test]
fn a_multiplicity_one_off_is_refused() {
    let (circuit, honest) = setting();
    let committed = circuit.r1cs().committed().expect("a commitment");
    let entries = circuit.plan().lookups.as_ref().expect("lookups").entries();
    for column in committed.end - entries..committed.end {
        let mut z = honest.clone();
        z[column] += Fr::one();
        complete(&circuit, &mut z);
        assert!(refused_at(&circuit, &z));
    }
}

/// Why the multiplicities are committed to before the challenge is known.
#[test]
fn multiplicities_that_follow_the_challenge_would_forge() {
    let (circuit, mut z) = with_a_key_out_of_its_table();
    let r1cs = circuit.r1cs();
    for entry in rows(r1cs, |o| matches!(o, Origin::TableEntry { .. })) {
        let share = r1cs.row(Side::A, entry).next().expect("one").1;
        settle(r1cs, &mut z, sum_of(r1cs, share), share);
        let multiplicity = r1cs.row(Side::C, entry).next().expect("one").1;
        z[multiplicity] = z[share] * r1cs.evaluate(Side::B, entry, &z);
    }
    assert!(!refused_at(&circuit, &z));
}

#[test]
fn every_column_of_keys_and_multiplicities_is_committed_to() {
    let (circuit, _) = setting();
    let r1cs = circuit.r1cs();
    let committed = r1cs.committed().expect("a commitment");
    let is_fixed = |column: usize| column == 0 || column == 4 || committed.contains(&column);
    for row in 0..r1cs.constraints() {
        match r1cs.origin(row) {
            Origin::Lookup { .. } => {
                assert!(r1cs.row(Side::B, row).all(|entry| is_fixed(entry.1)));
            }
            Origin::TableEntry { .. } => {
                assert!(r1cs.row(Side::B, row).all(|e| e.1 == 0 || e.1 == 4));
                assert!(r1cs.row(Side::C, row).all(|e| committed.contains(&e.1)));
            }
            _ => {}
        }
    }
}

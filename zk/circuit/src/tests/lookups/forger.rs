//! Who looks for a second witness of a saturation.

use super::*;
use crate::tests::forgery::recompute;

/// A forger of the first element of the first saturation.
pub(super) struct Forger {
    pub(super) circuit: Circuit,
    /// Its variables, in the order of the gadget.
    pub(super) columns: Vec<usize>,
    rows: Vec<usize>,
    pub(super) lookups: Vec<usize>,
    needed: Vec<usize>,
}

impl Forger {
    pub(super) fn new(model: &Model, variables: usize) -> Self {
        let circuit = looked_up(model);
        let r1cs = circuit.r1cs();
        let first = r1cs.committed().expect("a commitment").start + model.input_len();
        let rows = rows(
            r1cs,
            |origin| matches!(*origin, Origin::Saturation { element, .. } if element == 0),
        );
        let lookups = super::rows(r1cs, |origin| {
            matches!(
                *origin,
                Origin::Lookup {
                    op: Some(1),
                    element: 0
                }
            )
        });
        Self {
            columns: (first..first + variables).collect(),
            needed: rows.iter().chain(&lookups).copied().collect(),
            rows,
            lookups,
            circuit,
        }
    }

    /// Tries values of the variables. No other than the honest ones satisfy all rows and lookups;
    /// those that violate one alone, and change the output, show that it is needed.
    pub(super) fn attempt(&mut self, honest: &[Fr], values: &[Fr]) {
        let r1cs = self.circuit.r1cs();
        let mut z = honest.to_vec();
        for (&column, &value) in self.columns.iter().zip(values) {
            z[column] = value;
        }
        let own = self
            .rows
            .iter()
            .copied()
            .filter(|&row| !r1cs.holds(row, &z));
        let out = self.lookups.iter().copied();
        let out = out.filter(|&row| is_out(&self.circuit, row, &z));
        let bad: Vec<usize> = own.chain(out).take(2).collect();
        match bad[..] {
            [] => assert_eq!(z, honest, "a second witness"),
            [row] if self.needed.contains(&row) => {
                let fixed: Vec<usize> = r1cs.committed().expect("one").collect();
                recompute(r1cs, &mut z, 0, &fixed, true);
                complete(&self.circuit, &mut z);
                if z[3] == honest[3] {
                    return;
                }
                if self.lookups.contains(&row) {
                    let sums = rows(r1cs, |o| matches!(o, Origin::TableSum { .. }));
                    let inverse = r1cs.row(Side::A, row).next().expect("one").1;
                    multiplicities(&self.circuit, &mut z);
                    complete(&self.circuit, &mut z);
                    assert!(sums.iter().any(|&sum| !r1cs.holds(sum, &z)));
                    settle(r1cs, &mut z, sum_of(r1cs, inverse), inverse);
                } else {
                    multiplicities(&self.circuit, &mut z);
                    complete(&self.circuit, &mut z);
                }
                assert_eq!(violated(r1cs, &z), [row]);
                self.needed.retain(|&needed| needed != row);
            }
            _ => {}
        }
    }

    pub(super) fn finish(self) {
        let r1cs = self.circuit.r1cs();
        let left = self.needed.iter().map(|&row| r1cs.origin(row).to_string());
        let left: Vec<String> = left.collect();
        assert!(left.is_empty(), "no forgery passes without {left:?}");
    }
}

/// The entry that a lookup asks for, if it is one of its table.
fn entry(circuit: &Circuit, row: usize, z: &[Fr]) -> Option<(usize, u64)> {
    let r1cs = circuit.r1cs();
    let plan = circuit.plan().lookups.as_ref().expect("lookups");
    let first = rows(r1cs, |origin| matches!(origin, Origin::Lookup { .. }))[0];
    let table = usize::from(plan.uses[row - first]);
    let key = r1cs.evaluate(Side::B, row, z) - z[4];
    let size = plan.sizes[table] as u64;
    let start: usize = plan.sizes[..table].iter().sum();
    (0..size)
        .find(|&entry| key == Fr::from(entry))
        .map(|entry| (start + entry as usize, entry))
}

fn is_out(circuit: &Circuit, row: usize, z: &[Fr]) -> bool {
    entry(circuit, row, z).is_none()
}

/// Counts what is looked up.
pub(super) fn multiplicities(circuit: &Circuit, z: &mut [Fr]) {
    let r1cs = circuit.r1cs();
    let entries = circuit.plan().lookups.as_ref().expect("lookups").entries();
    let first = r1cs.committed().expect("a commitment").end - entries;
    z[first..first + entries].fill(Fr::zero());
    for row in rows(r1cs, |origin| matches!(origin, Origin::Lookup { .. })) {
        if let Some((entry, _)) = entry(circuit, row, z) {
            z[first + entry] += Fr::one();
        }
    }
}

/// Inputs that reach both clamps and what is between them.
pub(super) const INPUTS: [[i32; 3]; 6] = [
    [1, 0, 2],
    [-8, 8, -8],
    [8, -8, 8],
    [0, 0, 0],
    [3, 1, -2],
    [-2, 0, 0],
];

/// The witness of an input.
pub(super) fn honest(model: &Model, forger: &Forger, input: &[i32]) -> Vec<Fr> {
    let trace = trace(model, input).expect("in range");
    let circuit = &forger.circuit;
    let mut assignment = circuit
        .assign(&trace, &bytes(5), &bytes(6), &bytes(7))
        .expect("a witness");
    circuit.plan().respond(&mut assignment, challenge(9));
    assignment.full()
}

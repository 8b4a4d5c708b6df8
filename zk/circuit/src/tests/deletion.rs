//! No row is superfluous: for each one, either the witness is no longer locally unique without it,
//! or a forger who is spared it proves a falsehood: an input out of range, or an output that the
//! model does not give.

use ark_bn254::Fr;
use ark_ff::{Field, One, PrimeField, Zero};
use lattice_tensor::{requantize, testing::Random, Clamp, Model, ModelBuilder, Op, Scale, Shape};
use std::collections::BTreeSet;

use super::{bytes, jacobian::eliminate, range, small, witness};
use crate::{
    gadgets::{
        context,
        saturate::{Digit, Gadget, Unit},
    },
    origin::{Origin, SaturationPart},
    step::{Task, Wire},
    witness::Writer,
    Circuit, Plan,
};

/// Values of a graph that a forger has tampered with.
type Values = Vec<Vec<i64>>;

/// Tests every row of a chain of Linear, Requantize and ReLU that ends in a linear layer. Returns
/// how many rows took a forgery.
fn every_row_is_needed(model: &Model) -> usize {
    let circuit = Circuit::build(model).expect("supported");
    let r1cs = circuit.r1cs();
    // A relation between rows may exist at one point by accident (a flag that is zero there), so
    // a row is superfluous for uniqueness only if it is so at every point.
    let mut dispensable: Option<BTreeSet<usize>> = None;
    let mut executions = Vec::new();
    for seed in 0..6 {
        let (trace, assignment) = witness(model, &circuit, seed);
        let elimination = eliminate(r1cs, &assignment.full());
        assert_eq!(elimination.rank, r1cs.witnesses());
        let relations = elimination.relations.iter();
        let here: BTreeSet<usize> = relations.flat_map(|r| r.keys().copied()).collect();
        dispensable = Some(match dispensable {
            Some(so_far) => so_far.intersection(&here).copied().collect(),
            None => here,
        });
        let values = trace.values.iter();
        executions.push(
            values
                .map(|v| v.iter().map(|&x| x.into()).collect())
                .collect(),
        );
    }
    let dispensable = dispensable.expect("there are points");
    for &row in &dispensable {
        let mut random = Random::new(row as u64);
        let found = (0..2000).any(|attempt: usize| {
            let attack = Attack {
                model,
                circuit: &circuit,
                honest: &executions[attempt % executions.len()],
                row,
            };
            attack.run(&mut random).is_some_and(|z| {
                let mut others = (0..r1cs.constraints()).filter(|&other| other != row);
                others.all(|other| r1cs.holds(other, &z)) && !r1cs.holds(row, &z)
            })
        });
        assert!(
            found,
            "no forgery passes without row {row} ({})",
            r1cs.origin(row)
        );
    }
    dispensable.len()
}

/// A forger who need not satisfy one row.
struct Attack<'a> {
    model: &'a Model,
    circuit: &'a Circuit,
    honest: &'a Values,
    row: usize,
}

impl Attack<'_> {
    /// A witness that proves a falsehood, if this attempt finds one.
    fn run(&self, random: &mut Random) -> Option<Vec<Fr>> {
        match *self.circuit.r1cs().origin(self.row) {
            Origin::InputBit { element, bit } => {
                self.forge_input(element as usize, usize::from(bit), random)
            }
            Origin::Saturation { op, element, part } => {
                self.forge_saturation(usize::from(op), element as usize, part, random)
            }
            origin => panic!("row {} ({origin}) is implied by others", self.row),
        }
    }

    /// Gives an input element a value out of its range.
    fn forge_input(&self, element: usize, freed: usize, random: &mut Random) -> Option<Vec<Fr>> {
        let (lo, hi) = (self.model.input_range().lo, self.model.input_range().hi);
        let beyond = random.between(1, 3);
        let value = match random.between(0, 1) {
            0 => i64::from(lo) - beyond,
            _ => i64::from(hi) + beyond,
        };
        let mut values = self.honest.clone();
        values[0][element] = value;
        self.rerun(&mut values, 0);
        let mut writer = Writer::default();
        context::assign(Fr::from(5u64), &mut writer);
        let honest: Vec<i32> = self.honest[0].iter().map(|&x| x as i32).collect();
        self.circuit
            .plan()
            .range
            .assign(&honest, &mut writer)
            .ok()?;
        // The element's other bits stay; the freed one takes the difference.
        let weights: Vec<Fr> = self.input_weights();
        let first = 1 + element * weights.len();
        let others = (0..weights.len()).filter(|&bit| bit != freed);
        let rest = others.fold(Fr::from(value - i64::from(lo)), |rest, bit| {
            rest - weights[bit] * writer.witness[first + bit]
        });
        writer.witness[first + freed] = rest * weights[freed].inverse()?;
        self.finish(writer, &values, None)
    }

    /// Weights of an input element's bits, as the range gadget's documentation has them.
    fn input_weights(&self) -> Vec<Fr> {
        let range = self.model.input_range();
        let width = i64::from(range.hi) - i64::from(range.lo);
        let bits = (width + 1).ilog2();
        let mut weights: Vec<Fr> = (0..bits).map(|bit| Fr::from(1u64 << bit)).collect();
        let last = width - ((1 << bits) - 1);
        if last > 0 {
            weights.push(Fr::from(last));
        }
        weights
    }

    /// Gives an element of a saturation a false result.
    fn forge_saturation(
        &self,
        op: usize,
        element: usize,
        part: SaturationPart,
        random: &mut Random,
    ) -> Option<Vec<Fr>> {
        let plan = self.circuit.plan();
        let (_, source, units) = saturations(plan).find(|step| step.0 == op)?;
        let Unit::Gadget(gadget) = &units[element] else {
            panic!("a constant has no rows, and these circuits have no lookups");
        };
        let number = gadget.number(self.honest[source][element])?;
        let mut bits = gadget.bits(number);
        let mut product = None;
        match part {
            SaturationPart::Digit(digit) => {
                redistribute(gadget, &mut bits, digit.into(), number, random)
            }
            _ => product = Some(Fr::from(random.between(-2, 130))),
        }
        // What the gadget makes of it, without the rest of the circuit.
        let first_row = (0..=self.row)
            .rev()
            .take_while(|&row| {
                matches!(*self.circuit.r1cs().origin(row), Origin::Saturation { op: o, element: e, .. }
                    if usize::from(o) == op && e as usize == element)
            })
            .last()?;
        let forged = product.map(|value| (self.row - first_row, value));
        let mut trial = Writer {
            forged,
            ..Writer::default()
        };
        let result = gadget.assign(&bits, &mut trial);
        let honest = self.honest[op + 1][element];
        let mut values = self.honest.clone();
        let is_last = saturations(plan).last().is_some_and(|last| last.0 == op);
        if !is_last {
            // What follows has range checks of its own, so the lie has to be a small integer.
            values[op + 1][element] = small_integer(result)?;
            self.rerun(&mut values, op + 1);
        }
        if result == Fr::from(honest) {
            return None;
        }
        let mut writer = Writer::default();
        context::assign(Fr::from(5u64), &mut writer);
        let input: Vec<i32> = values[0].iter().map(|&x| x as i32).collect();
        plan.range.assign(&input, &mut writer).ok()?;
        writer.forged = product.map(|value| (self.row, value));
        let z = self.finish(writer, &values, Some((op, element, bits)))?;
        let output: Vec<Fr> = self.honest[values.len() - 1]
            .iter()
            .map(|&y| y.into())
            .collect();
        let truth = self.output_digest(&output, &mut Writer::default());
        (z[3] != truth).then_some(z)
    }

    /// Writes all that follows the input: honestly for the given values, except for one element
    /// whose bits are given.
    fn finish(
        &self,
        mut writer: Writer,
        values: &Values,
        forged: Option<(usize, usize, Vec<Fr>)>,
    ) -> Option<Vec<Fr>> {
        let plan = self.circuit.plan();
        let mut activations = Vec::new();
        for (op, source, units) in saturations(plan) {
            activations.clear();
            for (element, unit) in units.iter().enumerate() {
                activations.push(match unit {
                    Unit::Constant(value) => Fr::from(*value),
                    Unit::Identity => Fr::from(values[source][element]),
                    Unit::LookedUp(_) => panic!("these circuits have no lookups"),
                    Unit::Gadget(gadget) => match &forged {
                        Some((at, position, bits)) if (*at, *position) == (op, element) => {
                            gadget.assign(bits, &mut writer)
                        }
                        _ => {
                            let number = gadget.number(values[source][element])?;
                            gadget.assign(&gadget.bits(number), &mut writer)
                        }
                    },
                });
            }
        }
        let range = self.model.input_range();
        let bits = u32::from(range.hi.abs_diff(range.lo)).ilog2() + 1;
        let digits: Vec<Fr> = values[0]
            .iter()
            .map(|&x| Fr::from(x - i64::from(range.lo)))
            .collect();
        let packed = pack(&digits, bits, Fr::from(6u64));
        let input = plan.input.assign_elements(&packed, &mut writer);
        let output = self.output_digest(&last_layer(self.model, &activations), &mut writer);
        let instance = vec![Fr::one(), Fr::from(5u64), input, output];
        Some(plan.finish(writer, instance, None).full())
    }

    fn output_digest(&self, output: &[Fr], writer: &mut Writer) -> Fr {
        let digits: Vec<Fr> = output.iter().map(|y| *y + Fr::from(1u64 << 31)).collect();
        let packed = pack(&digits, 32, Fr::from(7u64));
        self.circuit.plan().output.assign_elements(&packed, writer)
    }

    /// Recomputes the values of all operations from `first` on.
    fn rerun(&self, values: &mut Values, first: usize) {
        for (op, operation) in self.model.ops().iter().enumerate().skip(first) {
            let input = &values[usize::from(operation.inputs()[0])];
            values[op + 1] = match operation {
                Op::Linear { weight, bias, .. } => self
                    .model
                    .weight(*weight)
                    .chunks(input.len())
                    .enumerate()
                    .map(|(row, weights)| {
                        let bias = bias.map_or(0, |bias| i64::from(self.model.bias(bias)[row]));
                        weights
                            .iter()
                            .zip(input)
                            .fold(bias, |sum, (&w, x)| sum + i64::from(w) * x)
                    })
                    .collect(),
                Op::Requantize { shifts, clamp, .. } => input
                    .iter()
                    .zip(shifts)
                    .map(|(&x, &shift)| requantize(x as i32, shift, *clamp).into())
                    .collect(),
                Op::Relu { .. } => input.iter().map(|&x| x.max(0)).collect(),
                other => panic!("{} is not part of these tests", other.name()),
            };
        }
    }
}

/// The saturations of a chain: operation, source value, units.
fn saturations(plan: &Plan) -> impl Iterator<Item = (usize, usize, &[Unit])> {
    plan.steps
        .iter()
        .map(|step| match (&step.task, step.source) {
            (Task::Saturation(units), Wire::Value(source)) => (step.op, source, units.as_slice()),
            other => panic!("{other:?} is not part of these tests"),
        })
}

/// Packed digits and the blinding.
fn pack(digits: &[Fr], bits: u32, blinding: Fr) -> Vec<Fr> {
    let base = Fr::from(1u64 << bits);
    digits
        .chunks(253 / bits as usize)
        .map(|chunk| {
            chunk
                .iter()
                .rev()
                .fold(Fr::zero(), |sum, digit| sum * base + digit)
        })
        .chain([blinding])
        .collect()
}

/// Random digits, of which the freed one keeps the sum. Sometimes only the high ones move, so
/// that the quotient stays an integer. The flags and what depends on them stay consistent.
fn redistribute(gadget: &Gadget, bits: &mut [Fr], freed: usize, number: i64, random: &mut Random) {
    let digits = gadget.digits();
    let first = random.between(0, bits.len() as i64 - 1) as usize;
    let has = |wanted| digits.iter().any(|&(digit, _)| digit == wanted);
    // Below, within or above the clamps.
    let place = random.between(-1, 1);
    let within = place == 0;
    let mut rest = Fr::from(number);
    for (position, (&(digit, weight), bit)) in digits.iter().zip(bits.iter_mut()).enumerate() {
        if position != freed {
            let random_bit = Fr::from(random.bits() & 1);
            *bit = match digit {
                Digit::Remainder | Digit::Within if position < first => *bit,
                Digit::Remainder | Digit::Within => random_bit,
                Digit::IsWithin => Fr::from(within),
                Digit::IsAbove => Fr::from(place > 0),
                Digit::Coarse if within || (place < 0 && !has(Digit::IsWithin)) => Fr::zero(),
                Digit::Coarse => random_bit,
            };
            rest -= *bit * Fr::from(weight);
        }
    }
    bits[freed] = rest * Fr::from(digits[freed].1).inverse().expect("not zero");
}

/// The integer that a field element stands for, if it is within ±1000.
fn small_integer(value: Fr) -> Option<i64> {
    let shifted = (value + Fr::from(1000u64)).into_bigint();
    let [low, rest @ ..] = shifted.0;
    let is_small = rest.iter().all(|&limb| limb == 0) && low <= 2000;
    is_small.then(|| low as i64 - 1000)
}

/// The last operation, a linear layer, over the field.
fn last_layer(model: &Model, x: &[Fr]) -> Vec<Fr> {
    let Some(Op::Linear { weight, bias, .. }) = model.ops().last() else {
        panic!("the model ends in a linear layer");
    };
    let bias = bias.map(|bias| model.bias(bias));
    model
        .weight(*weight)
        .chunks(x.len())
        .enumerate()
        .map(|(row, weights)| {
            let start = Fr::from(bias.map_or(0, |bias| bias[row]));
            weights
                .iter()
                .zip(x)
                .fold(start, |sum, (&w, x)| sum + Fr::from(w) * x)
        })
        .collect()
}

#[test]
fn every_row_is_needed_under_every_kind_of_clamp() {
    let clamps = [(0, 127), (-127, 127), (-5, 90), (-100, 20), (0, 1), (3, 7)];
    for (seed, (lo, hi)) in (1..).zip(clamps) {
        let forged = every_row_is_needed(&small(seed, &[4, 3, 2], Clamp { lo, hi }, 3));
        assert!(forged > 3 * 8, "the range checks were attacked");
    }
}

#[test]
fn every_row_is_needed_in_two_hidden_layers() {
    assert!(every_row_is_needed(&small(4, &[4, 3, 3, 2], Clamp::RELU, 4)) > 6 * 8);
}

#[test]
fn every_row_is_needed_in_a_rectifier_of_its_own() {
    // The clamp has to act: a quotient that nothing saturates and that is decomposed again has
    // rows of which each follows from all others.
    let clamp = Clamp { lo: -20, hi: 30 };
    let shape = Shape::new([3]).expect("valid");
    let model = ModelBuilder::new(shape, range(-8, 8), Scale::ONE)
        .linear("first", vec![5, -7, 9, -3, 4, 6], 2, None)
        .and_then(|builder| builder.requantize(vec![2, 1], clamp))
        .and_then(|builder| builder.relu())
        .and_then(|builder| builder.linear("second", vec![1, -2, 3, 4], 2, None))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("valid");
    assert!(every_row_is_needed(&model) > 8);
}

#[test]
fn the_forger_is_refused_when_no_row_is_missing() {
    let model = small(1, &[4, 3, 2], Clamp::RELU, 3);
    let circuit = Circuit::build(&model).expect("supported");
    let r1cs = circuit.r1cs();
    let (trace, _) = witness(&model, &circuit, 1);
    let values = trace.values.iter();
    let honest: Values = values
        .map(|v| v.iter().map(|&x| x.into()).collect())
        .collect();
    let mut random = Random::new(1);
    let mut forgeries = 0;
    for row in 0..r1cs.constraints() {
        if matches!(r1cs.origin(row), Origin::Sbox { .. } | Origin::Context) {
            continue;
        }
        let attack = Attack {
            model: &model,
            circuit: &circuit,
            honest: &honest,
            row,
        };
        for _ in 0..20 {
            if let Some(z) = attack.run(&mut random) {
                forgeries += 1;
                assert!(r1cs.first_violation(&z).is_some());
            }
        }
    }
    assert!(forgeries > 100);
    // And the same machinery is able to write an honest witness.
    let honest = circuit
        .assign(&trace, &bytes(5), &bytes(6), &bytes(7))
        .expect("honest");
    assert_eq!(r1cs.first_violation(&honest.full()), None);
}

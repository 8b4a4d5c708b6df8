//! Forgers of circuits with lookups.
//!
//! What a lookup says holds up to a negligible chance over the challenge. So the tests are of two kinds:
//! the argument itself, at random challenges; and the gadgets, with "every key is in its table" taken at
//! its word.

use ark_bn254::Fr;
use ark_ff::{Field, One, Zero};
use lattice_tensor::{trace, Clamp, Model, ModelBuilder, Placement, Scale, Shape};

use super::{
    build, bytes, challenge, forgery::recompute, jacobian::eliminate_with_keys, range, small,
    witness,
};
use crate::{
    builder::Builder,
    combination::Element,
    gadgets::{
        lookup::{Digits, Place},
        saturate::{looked_up::LookedUp, Saturation, Unit},
    },
    origin::Origin,
    r1cs::R1cs,
    step::Task,
    witness::Writer,
    Circuit, CircuitError, RangeChecks, Side,
};

fn looked_up(model: &Model) -> Circuit {
    build(model, RangeChecks::Lookups)
}

/// Rows of a kind.
fn rows(r1cs: &R1cs, is_wanted: impl Fn(&Origin) -> bool) -> Vec<usize> {
    let all = 0..r1cs.constraints();
    all.filter(|&row| is_wanted(r1cs.origin(row))).collect()
}

fn violated(r1cs: &R1cs, z: &[Fr]) -> Vec<usize> {
    let all = 0..r1cs.constraints();
    all.filter(|&row| !r1cs.holds(row, z)).collect()
}

/// Completes a witness whose committed columns may be false: inverses and shares are what their rows
/// say, multiplicities what they are.
fn complete(circuit: &Circuit, z: &mut Vec<Fr>) {
    let r1cs = circuit.r1cs();
    z.resize(r1cs.columns(), Fr::zero());
    for row in 0..r1cs.constraints() {
        let (divisor, dividend) = match r1cs.origin(row) {
            Origin::Lookup { .. } => (r1cs.evaluate(Side::B, row, z), Fr::one()),
            Origin::TableEntry { .. } => (
                r1cs.evaluate(Side::B, row, z),
                r1cs.evaluate(Side::C, row, z),
            ),
            _ => continue,
        };
        let column = r1cs.row(Side::A, row).next().expect("a variable").1;
        z[column] = dividend * divisor.inverse().expect("a random challenge");
    }
}

/// Puts the sum of a table right by way of a variable that stands in it.
fn settle(r1cs: &R1cs, z: &mut [Fr], sum: usize, column: usize) {
    let coefficient = r1cs.row(Side::C, sum).find(|entry| entry.1 == column);
    let coefficient = coefficient.expect("it is in the sum").0;
    let off = r1cs.evaluate(Side::C, sum, z);
    z[column] -= off * coefficient.inverse().expect("one or minus one");
}

/// The sum's row that a lookup's or an entry's variable stands in.
fn sum_of(r1cs: &R1cs, column: usize) -> usize {
    let sums = rows(r1cs, |origin| matches!(origin, Origin::TableSum { .. }));
    let has = |&&row: &&usize| r1cs.row(Side::C, row).any(|entry| entry.1 == column);
    *sums.iter().find(has).expect("in a sum")
}

mod the_argument {
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
}

mod digits {
    use super::*;

    const PLACE: Place = Place {
        op: Some(0),
        element: 0,
    };

    /// Whether all keys of what `write` looks up are in their tables, for a variable `x` and those
    /// that follow it.
    fn accepts(builder: &Builder, z: &[Fr]) -> bool {
        let lookups = builder.lookups.as_ref().expect("lookups");
        lookups.keys().all(|(size, key, factor)| {
            let key = key.scaled(Fr::from(factor));
            let value: Fr = key.terms().iter().map(|&(c, f)| f * z[c as usize]).sum();
            (0..size).any(|entry| value == Fr::from(entry))
        })
    }

    pub(super) fn builder(digits: Digits) -> (Builder, Element) {
        let mut builder = Builder::new(R1cs::with_challenge(), Some(digits));
        let column = builder.variable(1 << 20).expect("room");
        let x = Element::new(vec![(column, 1)], 0).expect("small");
        (builder, x)
    }

    /// Candidates of a digit's variable: small integers and fractions.
    fn candidates() -> Vec<Fr> {
        let integers = -9i64..20;
        integers
            .flat_map(|n| [1u64, 2, 4, 8].map(|d| Fr::from(n) / Fr::from(d)))
            .collect()
    }

    #[test]
    fn an_integer_is_below_a_power_exactly_if_it_is() {
        let digits = Digits::with_bits(2);
        for bits in 1..=4 {
            let (mut builder, x) = builder(digits);
            builder
                .is_below_power(digits, x, bits, PLACE)
                .expect("room");
            assert_eq!(
                builder.lookups.as_ref().expect("lookups").keys().count(),
                digits.power_lookups(bits)
            );
            for value in -40i64..60 {
                let accepted = candidates().into_iter().any(|upper| {
                    let z = [
                        Fr::one(),
                        Fr::zero(),
                        Fr::zero(),
                        Fr::zero(),
                        Fr::zero(),
                        Fr::from(value),
                        upper,
                    ];
                    accepts(&builder, &z)
                });
                assert_eq!(accepted, (0..1 << bits).contains(&value), "{value}, {bits}");
            }
        }
    }

    #[test]
    fn an_integer_is_natural_exactly_if_its_digits_can_say_it() {
        let digits = Digits::with_bits(2);
        for most in [3, 4, 15] {
            let (mut builder, x) = builder(digits);
            builder.is_natural(digits, x, most, PLACE).expect("room");
            let end = digits.radix(most).expect("two digits");
            for value in -40i64..60 {
                let accepted = candidates().into_iter().any(|upper| {
                    let mut z = vec![Fr::zero(); 5];
                    z[0] = Fr::one();
                    z.extend([Fr::from(value), upper]);
                    accepts(&builder, &z)
                });
                assert_eq!(accepted, (0..end).contains(&value));
            }
        }
        assert_eq!(digits.radix(16), None);
    }
}

mod gadgets {
    use super::*;

    /// Linear and Requantize (or ReLU), whose result is the output.
    fn model(shift: u8, clamp: Option<Clamp>) -> Model {
        let shape = Shape::new([3]).expect("a shape");
        let weights = [5, -7, 9, -3, 4, 6];
        let builder = ModelBuilder::new(shape, range(-8, 8), Scale::ONE)
            .linear("first", weights.to_vec(), 2, Some(vec![3, 0]))
            .expect("valid");
        let builder = match clamp {
            Some(clamp) => builder.requantize(vec![shift; 2], clamp),
            None => builder.relu(),
        };
        builder
            .and_then(|builder| builder.build(Scale::ONE))
            .expect("valid")
    }

    /// A forger of the first element of the first saturation.
    struct Forger {
        circuit: Circuit,
        /// Its variables, in the order of the gadget.
        columns: Vec<usize>,
        rows: Vec<usize>,
        lookups: Vec<usize>,
        needed: Vec<usize>,
    }

    impl Forger {
        fn new(model: &Model, variables: usize) -> Self {
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
        fn attempt(&mut self, honest: &[Fr], values: &[Fr]) {
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

        fn finish(self) {
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
    fn multiplicities(circuit: &Circuit, z: &mut [Fr]) {
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

    const INPUTS: [[i32; 3]; 6] = [
        [1, 0, 2],
        [-8, 8, -8],
        [8, -8, 8],
        [0, 0, 0],
        [3, 1, -2],
        [-2, 0, 0],
    ];

    fn honest(model: &Model, forger: &Forger, input: &[i32]) -> Vec<Fr> {
        let trace = trace(model, input).expect("in range");
        let circuit = &forger.circuit;
        let mut assignment = circuit
            .assign(&trace, &bytes(5), &bytes(6), &bytes(7))
            .expect("a witness");
        circuit.plan().respond(&mut assignment, challenge(9));
        assignment.full()
    }

    /// Small integers around zero and around a number.
    fn around(value: Fr) -> impl Iterator<Item = Fr> + Clone {
        let near = (-12i64..=12).map(move |step| value + Fr::from(step));
        near.chain((-30i64..=30).map(Fr::from))
    }

    #[test]
    fn every_row_is_needed_with_both_clamps() {
        for shift in [1, 3] {
            let model = model(shift, Some(Clamp { lo: -4, hi: 5 }));
            let mut forger = Forger::new(&model, 3);
            for input in INPUTS {
                let honest = honest(&model, &forger, &input);
                let [within, excess, above] = [0, 1, 2].map(|i| honest[forger.columns[i]]);
                // What stands between the quotient and the lower clamp.
                let quotient = within + above + above - excess;
                for within in around(quotient) {
                    let forced = [within - quotient, quotient - within].into_iter();
                    for excess in around(excess).chain(forced) {
                        let product = excess * within / Fr::from(9u64);
                        for above in [Fr::zero(), excess, product, Fr::one()] {
                            forger.attempt(&honest, &[within, excess, above]);
                        }
                    }
                }
            }
            forger.finish();
        }
    }

    /// The flag, the number and their product. A flag that is no bit has to be a fraction to keep the
    /// number in its table.
    fn lower(model: &Model, is_shifted: bool) {
        let digits = Digits::of(model);
        let radix = Fr::from(digits.radix(0).expect("one digit"));
        let mut forger = Forger::new(model, if is_shifted { 3 } else { 2 });
        for input in INPUTS {
            let honest = honest(model, &forger, &input);
            let own: Vec<Fr> = forger.columns.iter().map(|&c| honest[c]).collect();
            let (flag, product) = (own[0], own[own.len() - 1]);
            let fractions = (-20i64..20).map(|step| Fr::one() - Fr::from(step) / radix);
            for forged in fractions.chain([Fr::zero(), Fr::one(), Fr::from(2u64)]) {
                if is_shifted {
                    // The number that leaves the quotient as it is, and others.
                    let same = own[1] + radix * (flag - forged);
                    for number in around(same) {
                        for product in [number * forged, product, Fr::one()] {
                            forger.attempt(&honest, &[forged, number, product]);
                        }
                    }
                } else {
                    let row = forger.lookups[0];
                    let mut z = honest.clone();
                    z[forger.columns[0]] = forged;
                    let number = forger.circuit.r1cs().evaluate(Side::B, row, &z) - z[4];
                    for product in [number * forged, product, Fr::one()] {
                        forger.attempt(&honest, &[forged, product]);
                    }
                }
            }
        }
        forger.finish();
    }

    #[test]
    fn every_row_is_needed_with_the_lower_clamp_alone() {
        lower(&model(2, Some(Clamp { lo: 0, hi: 127 })), true);
    }

    #[test]
    fn every_row_is_needed_in_a_rectifier() {
        lower(&model(0, None), false);
    }

    #[test]
    fn every_row_is_needed_without_clamps() {
        let model = model(2, Some(Clamp { lo: -127, hi: 127 }));
        let mut forger = Forger::new(&model, 1);
        for input in INPUTS {
            let honest = honest(&model, &forger, &input);
            for part in around(honest[forger.columns[0]]) {
                for quarter in 0..4u64 {
                    let part = part + Fr::from(quarter) / Fr::from(4u64);
                    forger.attempt(&honest, &[part]);
                }
            }
        }
        forger.finish();
    }

    #[test]
    fn every_row_of_the_tables_is_needed() {
        let model = model(2, Some(Clamp { lo: -127, hi: 127 }));
        let forger = Forger::new(&model, 1);
        let circuit = &forger.circuit;
        let r1cs = circuit.r1cs();
        let honest = honest(&model, &forger, &[1, 0, 2]);
        // A quotient one off, with a remainder that is out of its table.
        let mut z = honest.clone();
        z[forger.columns[0]] += Fr::one();
        let fixed: Vec<usize> = r1cs.committed().expect("one").collect();
        recompute(r1cs, &mut z, 0, &fixed, true);
        assert_ne!(z[3], honest[3]);
        multiplicities(circuit, &mut z);
        complete(circuit, &mut z);
        let [sum] = violated(r1cs, &z)[..] else {
            panic!("one table refuses it");
        };
        // Without the sum nothing is left to refuse it; without an entry its share settles the sum.
        assert!(matches!(r1cs.origin(sum), Origin::TableSum { .. }));
        let mut settled = 0;
        for row in rows(r1cs, |origin| matches!(origin, Origin::TableEntry { .. })) {
            let share = r1cs.row(Side::A, row).next().expect("one").1;
            if sum_of(r1cs, share) == sum {
                let mut forged = z.clone();
                settle(r1cs, &mut forged, sum, share);
                assert_eq!(violated(r1cs, &forged), [row]);
                settled += 1;
            }
        }
        assert_eq!(settled, 1 << Digits::of(&model).bits());
    }

    #[test]
    fn the_plan_covers_every_quotient_at_the_ends_of_two_digits() {
        let digits = Digits::with_bits(2);
        for clamp in [Clamp { lo: -2, hi: 3 }, Clamp::RELU] {
            let spec = Saturation::requantize(2, clamp);
            for (least, most) in [
                (-70, 69),
                (-6, 50),
                (-66, 3),
                (-1, 11),
                (-300, 2),
                (-2, 500),
            ] {
                let of = lattice_tensor::Interval {
                    lo: least,
                    hi: most,
                };
                let Unit::LookedUp(gadget) = Unit::plan(spec, of, Some(digits)).expect("narrow")
                else {
                    continue;
                };
                for value in least..=most {
                    let mut writer = Writer::default();
                    let result = gadget.assign(value, &mut writer);
                    assert_eq!(result, Some(spec.apply(value)));
                    // The same lookups, with the tables that they are of.
                    let (mut builder, x) = super::digits::builder(digits);
                    gadget.enforce(&mut builder, &x, 0, 0).expect("room");
                    let plan = builder.lookups.as_ref().expect("lookups").plan();
                    assert!(plan.entries_of(&writer.keys).is_ok(), "{x:?}");
                }
            }
        }
    }

    /// In a circuit, with honest traces: remainders of two digits, results of a rectifier of two.
    #[test]
    fn numbers_of_two_digits_are_proven() {
        let layer = || {
            let shape = Shape::new([20]).expect("a shape");
            let weights = (0..40).map(|w| (w * 67 % 255 - 127) as i8).collect();
            ModelBuilder::new(shape, range(-127, 127), Scale::ONE)
                .linear("first", weights, 2, Some(vec![9_000, -1]))
                .expect("valid")
        };
        // A flag, a product and two digits; two variables' lookups, two rows and three lookups.
        let clamp = Clamp { lo: -3, hi: 4 };
        for (builder, rows) in [
            (layer().relu(), 4),
            (layer().requantize(vec![14, 15], clamp), 7),
        ] {
            let model = builder
                .and_then(|builder| builder.build(Scale::ONE))
                .expect("valid");
            let circuit = looked_up(&model);
            let Task::Saturation(units) = &circuit.plan().steps[0].task else {
                panic!("a saturation");
            };
            assert_eq!(units[0].constraints(), rows);
            for seed in 0..40 {
                let (_, assignment) = witness(&model, &circuit, seed);
                assert_eq!(circuit.r1cs().first_violation(&assignment.full()), None);
            }
        }
    }

    #[test]
    fn a_lookup_of_what_is_not_committed_to_is_refused() {
        let digits = Digits::with_bits(2);
        let (mut builder, x) = super::digits::builder(digits);
        let place = Place {
            op: None,
            element: 0,
        };
        builder.is_natural(digits, x, 3, place).expect("room");
        let multiplicities = builder.multiplicities().expect("room");
        let (first, end) = (builder.first(), builder.r1cs.columns());
        let lookups = builder.lookups.take().expect("lookups");
        for committed in [first + 1..end, first..end - 1, first..first] {
            let mut r1cs = builder.r1cs.clone();
            r1cs.commit_to(committed).expect("room");
            let refused = lookups.enforce(&mut r1cs, &multiplicities);
            assert!(matches!(refused, Err(CircuitError::Uncommitted { .. })));
        }
        builder.r1cs.commit_to(first..end).expect("room");
        assert_eq!(lookups.enforce(&mut builder.r1cs, &multiplicities), Ok(()));
    }

    #[test]
    fn what_needs_more_than_two_digits_takes_bits() {
        let digits = Digits::with_bits(8);
        let of = lattice_tensor::Interval {
            lo: -(1 << 26),
            hi: 1 << 26,
        };
        let wide = Unit::plan(Saturation::relu(), of, Some(digits)).expect("supported");
        assert!(matches!(wide, Unit::Gadget(_)));
        let narrow = LookedUp::constraints;
        let spec = Saturation::requantize(20, Clamp::RELU);
        let unit = Unit::plan(spec, of, Some(Digits::with_bits(12))).expect("supported");
        let Unit::LookedUp(gadget) = unit else {
            panic!("20 bits of remainder are two digits of twelve");
        };
        // Both clamps cannot act: a flag and a product, a number of one digit, three lookups.
        assert_eq!(narrow(&gadget), 2 + 1 + 3);
    }
}

#[test]
fn the_witness_is_locally_unique_if_every_key_is_in_its_table() {
    let image = ModelBuilder::new(
        Shape::new([1, 3, 3]).expect("valid"),
        range(-9, 9),
        Scale::ONE,
    )
    .max_pool2d([2, 2], Placement::DENSE)
    .and_then(|builder| builder.relu())
    .and_then(|builder| builder.build(Scale::ONE))
    .expect("valid");
    let models = [(0, 127), (-127, 127), (-5, 90), (3, 7)]
        .map(|(lo, hi)| small(2, &[6, 5, 3], Clamp { lo, hi }, 3));
    for model in models.iter().chain([&image]) {
        let circuit = looked_up(model);
        for seed in 0..3 {
            let (_, assignment) = witness(model, &circuit, seed);
            let rank = eliminate_with_keys(circuit.r1cs(), &assignment.full()).rank;
            assert_eq!(rank, circuit.r1cs().witnesses());
        }
    }
}

#[test]
fn a_maximum_that_is_not_the_larger_one_is_refused() {
    let model = ModelBuilder::new(
        Shape::new([1, 1, 2]).expect("valid"),
        range(-9, 6),
        Scale::ONE,
    )
    .max_pool2d([1, 2], Placement::DENSE)
    .and_then(|builder| builder.build(Scale::ONE))
    .expect("valid");
    let circuit = looked_up(&model);
    let r1cs = circuit.r1cs();
    let first = r1cs.committed().expect("a commitment").start;
    for input in [[3, -4], [-4, 3], [6, -9], [5, 5]] {
        let trace = trace(&model, &input).expect("in range");
        let mut assignment = circuit
            .assign(&trace, &bytes(1), &bytes(2), &bytes(3))
            .expect("a witness");
        circuit.plan().respond(&mut assignment, challenge(1));
        let honest = assignment.full();
        // The input's two variables, then the maximum.
        for change in -40i64..=40 {
            let mut z = honest.clone();
            z[first + 2] += Fr::from(change);
            complete(&circuit, &mut z);
            let is_refused = violated(r1cs, &z).iter().any(|&row| {
                matches!(
                    r1cs.origin(row),
                    Origin::Maximum { .. } | Origin::TableSum { .. }
                )
            });
            assert_eq!(is_refused, change != 0);
        }
    }
}

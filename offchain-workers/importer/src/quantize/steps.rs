//! The step of every value: what one integer means in real numbers.
//!
//! A requantized result may have any step, since weights absorb it: the one at which a percentile
//! of its calibration magnitudes lands on 127. Three kinds of operators bind steps together:
//!
//! * what only moves, compares or cuts elements keeps their step: the values form a *class*;
//! * `Add` shifts its operands, so their steps and that of the sum differ by powers of two;
//! * `Concat` needs one step. An operand that nothing else reads is given it at once (the class is
//!   one); any other is requantized to it, by a power of two.
//!
//! Classes that are bound by powers of two form a *group* with a common base; each class takes the
//! least power at which its calibration magnitudes fit, and the base is chosen so that this costs
//! the least resolution.

use super::magnitude::Percentile;
use super::units::Units;
use crate::error::QuantizeError;
use crate::network::{Conv, Network, Op, ValueId};
use crate::samples::Samples;
use std::collections::HashMap;

/// Largest activation, in steps.
const TOP: f64 = 127.0;
/// A class is at most this many powers of two finer than the coarsest of its group: more cannot
/// show in their sum.
const FINEST: i32 = 16;

/// Sets of values, merged step by step.
struct Sets(Vec<usize>);

impl Sets {
    fn new(len: usize) -> Self {
        Sets((0..len).collect())
    }

    fn find(&self, mut member: usize) -> usize {
        while self.0[member] != member {
            member = self.0[member];
        }
        member
    }

    fn merge(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        // The smaller one represents both, so that results do not depend on the order.
        self.0[a.max(b)] = a.min(b);
    }
}

/// The step of each value of the network; raw values and those inside a unit have none that
/// matters.
pub fn of(
    network: &Network,
    units: &Units,
    calibration: &Samples,
    percentile: f64,
    input_step: f64,
) -> Result<Vec<f64>, QuantizeError> {
    if !(percentile > 0.0 && percentile <= 100.0) {
        return Err(QuantizeError::Percentile(percentile));
    }
    let classes = classes(network, units);
    // The step that each class would choose alone.
    let mut wanted: HashMap<usize, f64> = HashMap::new();
    for (value, top) in tops(network, units, calibration, percentile) {
        let step = wanted.entry(classes.find(value)).or_insert(0.0);
        *step = step.max(top / TOP);
    }
    wanted.retain(|_, step| *step > 0.0);
    wanted.insert(classes.find(0), input_step);
    let bonds = bonds(network, units, &classes);
    // A coarser result may make a coarser one necessary behind it, so once per node is enough.
    let mut steps = solve(network, &classes, &bonds, &wanted, input_step);
    for _ in 0..network.nodes.len() {
        if !raise(network, units, &classes, &steps, &mut wanted) {
            break;
        }
        steps = solve(network, &classes, &bonds, &wanted, input_step);
    }
    Ok(steps)
}

/// Classes whose steps differ by powers of two.
struct Bonds {
    groups: Sets,
    /// A class with one that must not be coarser.
    at_least: Vec<(usize, usize)>,
}

fn bonds(network: &Network, units: &Units, classes: &Sets) -> Bonds {
    let mut groups = Sets::new(network.nodes.len() + 1);
    let mut at_least: Vec<(usize, usize)> = Vec::new();
    for (index, node) in network.nodes.iter().enumerate() {
        let result = match (&node.op, units.at(index)) {
            (Op::Add, Some(unit)) if unit.raw => node.inputs[0],
            (Op::Add, Some(unit)) => unit.result,
            (Op::Concat { .. }, _) => index + 1,
            _ => continue,
        };
        let result = classes.find(result);
        for &input in &node.inputs {
            let class = classes.find(input);
            groups.merge(class, result);
            if matches!(node.op, Op::Concat { .. }) {
                at_least.push((result, class));
            }
        }
    }
    Bonds { groups, at_least }
}

/// The step of each value, given what each class wants.
fn solve(
    network: &Network,
    classes: &Sets,
    bonds: &Bonds,
    wanted: &HashMap<usize, f64>,
    input_step: f64,
) -> Vec<f64> {
    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    for value in 0..=network.nodes.len() {
        if classes.find(value) == value {
            let group = bonds.groups.find(value);
            members.entry(group).or_default().push(value);
        }
    }
    let mut steps = vec![1.0; network.nodes.len() + 1];
    for group in members.values() {
        let fixed = Some(classes.find(0)).filter(|input| group.contains(input));
        let base = fixed.map_or_else(|| base(group, wanted), |_| input_step);
        for (class, power) in powers(group, wanted, base, &bonds.at_least, fixed) {
            steps[class] = base * 2f64.powi(power);
        }
    }
    (0..steps.len())
        .map(|value| steps[classes.find(value)])
        .collect()
}

/// Coarsens results that one step of an operand would move by more than half of their range, as
/// where calibration excites a layer hardly at all: no shift would be left for its weights. True if
/// there were any.
fn raise(
    network: &Network,
    units: &Units,
    classes: &Sets,
    steps: &[f64],
    wanted: &mut HashMap<usize, f64>,
) -> bool {
    let mut raised = false;
    for unit in units.iter().filter(|unit| !unit.raw) {
        let node = &network.nodes[unit.source];
        let (Op::Linear(rows) | Op::Conv(Conv { rows, .. })) = &node.op else {
            continue;
        };
        let largest = rows.weights.iter().fold(0f64, |m, w| m.max(w.abs()));
        // A shift by one doubles the weights.
        let least = 2.0 * largest * steps[node.inputs[0]] / TOP;
        if steps[unit.result] < least && classes.find(unit.result) != classes.find(0) {
            // Strictly above, so that rounding does not bring it back.
            let step = wanted.entry(classes.find(unit.result)).or_insert(0.0);
            *step = step.max(least * (1.0 + 1e-6));
            raised = true;
        }
    }
    raised
}

/// For each requantized result, the percentile of its magnitudes over all samples.
fn tops(
    network: &Network,
    units: &Units,
    calibration: &Samples,
    percentile: f64,
) -> Vec<(ValueId, f64)> {
    let mut tops: Vec<(ValueId, Percentile)> = units
        .iter()
        .filter(|unit| !unit.raw)
        .map(|unit| {
            let elements: usize = network.shape(unit.result).iter().product();
            let count = elements * calibration.len();
            (unit.result, Percentile::new(percentile, count))
        })
        .collect();
    for sample in calibration.rows() {
        let values = network.values(sample);
        for (value, percentile) in &mut tops {
            values[*value].iter().for_each(|v| percentile.add(*v));
        }
    }
    tops.iter()
        .map(|(value, percentile)| (*value, percentile.value()))
        .collect()
}

/// Values that share a step whatever it is.
fn classes(network: &Network, units: &Units) -> Sets {
    let mut classes = Sets::new(network.nodes.len() + 1);
    let outside = |index: &usize| !units.hold(*index);
    for index in (0..network.nodes.len()).filter(outside) {
        let node = &network.nodes[index];
        if !matches!(node.op, Op::Concat { .. }) {
            classes.merge(index + 1, node.inputs[0]);
        }
    }
    let readers = network.readers();
    for (index, node) in network.nodes.iter().enumerate() {
        if !matches!(node.op, Op::Concat { .. }) {
            continue;
        }
        for &value in &node.inputs {
            // The input's step is given, and may be none that suits the rest.
            let alone = network.sole_reader(&readers, value).is_some();
            if alone && classes.find(value) != classes.find(0) {
                classes.merge(value, index + 1);
            }
        }
    }
    classes
}

/// Powers of two between two steps, rounded up; equal steps are none apart.
fn power(step: f64, base: f64) -> i32 {
    ((step / base).log2() - 1e-9).ceil() as i32
}

/// The base that costs the least resolution.
fn base(group: &[usize], wanted: &HashMap<usize, f64>) -> f64 {
    let steps: Vec<f64> = group
        .iter()
        .filter_map(|class| wanted.get(class))
        .copied()
        .collect();
    let cost = |base: f64| -> f64 {
        let lost = |step: &f64| f64::from(power(*step, base)) - (step / base).log2();
        steps.iter().map(lost).sum()
    };
    let best = steps
        .iter()
        .copied()
        .min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
    // Values that calibration never excites: any step represents their zeros.
    best.unwrap_or(1.0)
}

/// The power of two of each class.
fn powers(
    group: &[usize],
    wanted: &HashMap<usize, f64>,
    base: f64,
    at_least: &[(usize, usize)],
    fixed: Option<usize>,
) -> HashMap<usize, i32> {
    let known = group
        .iter()
        .filter_map(|class| Some(power(*wanted.get(class)?, base)));
    let coarsest = known.max().unwrap_or(0);
    let mut powers: HashMap<usize, i32> = group
        .iter()
        .map(|class| {
            let own = wanted
                .get(class)
                .map_or(coarsest, |step| power(*step, base));
            let finest = match fixed {
                Some(input) if input == *class => own,
                _ => coarsest - FINEST,
            };
            (*class, own.max(finest))
        })
        .collect();
    // The input is never the result of a Concat, so that its power stays.
    loop {
        let raised = at_least.iter().find_map(|(result, operand)| {
            let (result_power, operand_power) = (powers.get(result)?, powers.get(operand)?);
            (operand_power > result_power).then_some((*result, *operand_power))
        });
        match raised {
            Some((class, power)) => powers.insert(class, power),
            None => return powers,
        };
    }
}

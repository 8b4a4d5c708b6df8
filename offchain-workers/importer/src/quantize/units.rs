//! Which operators of a network become one requantized result.
//!
//! An accumulating operator, a maximum over its accumulators and a clamp end in one `Requantize`:
//! the maximum commutes with the rounding, so that it is taken first and fewer elements are left
//! to round; the clamp is the requantization's own.

use crate::network::{Network, Op, ValueId, Window};

/// An accumulating operator with what its requantization takes in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// The accumulating node.
    pub source: usize,
    /// A maximum over the accumulators.
    pub pool: Option<Window>,
    /// Ends of the result, infinite where it has none.
    pub clamp: (f64, f64),
    /// The value that the unit yields.
    pub result: ValueId,
    /// The result is the network's output, given as raw accumulators.
    pub raw: bool,
}

/// All units, by their first node.
pub struct Units {
    /// For each node the unit that starts there.
    starts: Vec<Option<Unit>>,
    /// The node belongs to a unit.
    inside: Vec<bool>,
}

impl Units {
    /// Finds the units of a network.
    pub fn of(network: &Network) -> Units {
        let readers = network.readers();
        let mut starts = vec![None; network.nodes.len()];
        let mut inside = vec![false; network.nodes.len()];
        for (source, node) in network.nodes.iter().enumerate() {
            if !node.op.accumulates() {
                continue;
            }
            let mut unit = Unit {
                source,
                pool: None,
                clamp: (f64::NEG_INFINITY, f64::INFINITY),
                result: source + 1,
                raw: false,
            };
            inside[source] = true;
            let next = |value| network.sole_reader(&readers, value);
            if let Some(reader) = next(unit.result) {
                if let Op::MaxPool(window) = network.nodes[reader].op {
                    unit.pool = Some(window);
                    unit.result = reader + 1;
                    inside[reader] = true;
                }
            }
            if let Some(reader) = next(unit.result) {
                if let Op::Clamp { lo, hi } = network.nodes[reader].op {
                    unit.clamp = (lo, hi);
                    unit.result = reader + 1;
                    inside[reader] = true;
                }
            }
            // A clamp of raw logits can only be a ReLU.
            let free = unit.clamp == (f64::NEG_INFINITY, f64::INFINITY);
            let relu = unit.clamp == (0.0, f64::INFINITY);
            unit.raw = unit.result == logits(network) && (free || relu);
            starts[source] = Some(unit);
        }
        Units { starts, inside }
    }

    /// The unit that starts at a node.
    pub fn at(&self, node: usize) -> Option<&Unit> {
        self.starts[node].as_ref()
    }

    /// The node belongs to a unit.
    pub fn hold(&self, node: usize) -> bool {
        self.inside[node]
    }

    /// All units in the order of their first nodes.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.starts.iter().flatten()
    }
}

/// The output before it was given its shape.
fn logits(network: &Network) -> ValueId {
    let mut value = network.output;
    while let Some(node) = network.producer(value) {
        match &network.nodes[node] {
            node if node.op == Op::Reshape => value = node.inputs[0],
            _ => break,
        }
    }
    value
}

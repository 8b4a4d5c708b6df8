//! Rewrites that keep the function of a network and make it cheaper to prove.
//!
//! Each rule looks at one node and its neighbours; they are applied until none fits. Every one
//! removes a node, or moves one only towards where another rule waits for it, so that they end.

use super::{Conv, Network, Node, Op, Rows, ValueId};

/// Rewrites around the node of this index, given the readers of each value; false if it does not
/// fit there.
type Rule = fn(&mut Network, usize, &[Vec<usize>]) -> bool;

impl Network {
    /// Applies all rules.
    pub fn simplify(&mut self) {
        const RULES: [Rule; 7] = [
            merge_reshapes,
            fold_affine_into_producer,
            scale_later,
            fold_affine_into_readers,
            fold_padding,
            clamp_earlier,
            clamp_after_max_pool,
        ];
        let apply = |network: &mut Network| {
            (0..network.nodes.len()).any(|index| {
                let readers = network.readers();
                RULES.iter().any(|rule| rule(network, index, &readers))
            })
        };
        self.remove_unused();
        while apply(self) {
            self.remove_unused();
        }
        self.spell_out_affines();
        self.remove_unused();
    }

    /// Lets everything that reads `from` read `to`.
    fn redirect(&mut self, from: ValueId, to: ValueId) {
        for node in &mut self.nodes {
            for value in &mut node.inputs {
                if *value == from {
                    *value = to;
                }
            }
        }
        if self.output == from {
            self.output = to;
        }
    }

    /// The node that defines `value`.
    pub(crate) fn producer(&self, value: ValueId) -> Option<usize> {
        value.checked_sub(1)
    }

    /// Drops nodes that the output does not depend on.
    fn remove_unused(&mut self) {
        let mut used = vec![false; self.nodes.len() + 1];
        used[self.output] = true;
        for (index, node) in self.nodes.iter().enumerate().rev() {
            if used[index + 1] {
                node.inputs.iter().for_each(|&value| used[value] = true);
            }
        }
        let mut renamed = vec![0; used.len()];
        let mut next = 0;
        for value in 1..used.len() {
            next += usize::from(used[value]);
            renamed[value] = next;
        }
        let mut value = 0;
        self.nodes.retain(|_| {
            value += 1;
            used[value]
        });
        for node in &mut self.nodes {
            node.inputs
                .iter_mut()
                .for_each(|value| *value = renamed[*value]);
        }
        self.output = renamed[self.output];
    }

    /// What is left of constant operands and normalizations becomes a convolution of each channel
    /// with one weight.
    fn spell_out_affines(&mut self) {
        let old = std::mem::take(&mut self.nodes);
        let mut renamed = vec![0];
        for mut node in old {
            node.inputs
                .iter_mut()
                .for_each(|value| *value = renamed[*value]);
            if let Op::Affine { scale, offset } = &node.op {
                let conv = Op::Conv(Conv::pointwise(scale, offset));
                let shape = node.shape.clone();
                let image = match shape[..] {
                    [_, _, _] => shape.clone(),
                    _ => vec![shape[0], shape[1..].iter().product(), 1],
                };
                if image != shape {
                    node.inputs = vec![self.push(&node, Op::Reshape, &node.inputs, &image)];
                }
                let mut value = self.push(&node, conv, &node.inputs, &image);
                if image != shape {
                    value = self.push(&node, Op::Reshape, &[value], &shape);
                }
                renamed.push(value);
            } else {
                self.nodes.push(node);
                renamed.push(self.nodes.len());
            }
        }
        self.output = renamed[self.output];
    }

    fn push(&mut self, like: &Node, op: Op, inputs: &[ValueId], shape: &[usize]) -> ValueId {
        self.nodes.push(Node {
            origin: like.origin.clone(),
            op,
            inputs: inputs.to_vec(),
            shape: shape.to_vec(),
        });
        self.nodes.len()
    }

    /// For each value, whether it is never negative whatever the input.
    fn never_negative(&self) -> Vec<bool> {
        let mut known = vec![false];
        for node in &self.nodes {
            let inputs = node.inputs.iter().all(|value| known[*value]);
            known.push(match node.op {
                Op::Clamp { lo, hi } => lo >= 0.0 || (inputs && hi >= 0.0),
                Op::Linear(_) | Op::Conv(_) | Op::Affine { .. } => false,
                Op::MaxPool(_)
                | Op::Average { .. }
                | Op::GlobalAverage
                | Op::Add
                | Op::Concat { .. }
                | Op::Pad(_)
                | Op::Transpose { .. }
                | Op::Reshape => inputs,
            });
        }
        known
    }

    /// Exchanges a node with the one that reads it alone; both keep their place in the order, and
    /// the value between them gets `shape`.
    fn exchange(&mut self, first: usize, second: usize, shape: Vec<usize>) {
        let (head, tail) = self.nodes.split_at_mut(second);
        let (first, second) = (&mut head[first], &mut tail[0]);
        std::mem::swap(&mut first.op, &mut second.op);
        std::mem::swap(&mut first.origin, &mut second.origin);
        first.shape = shape;
    }
}

/// A reshape to the shape that is there, and the first of two in a row.
fn merge_reshapes(network: &mut Network, index: usize, _: &[Vec<usize>]) -> bool {
    let node = &network.nodes[index];
    if node.op != Op::Reshape {
        return false;
    }
    let input = node.inputs[0];
    if network.shape(input) == node.shape {
        network.redirect(index + 1, input);
        return true;
    }
    match network.producer(input).map(|p| &network.nodes[p]) {
        Some(Node {
            op: Op::Reshape,
            inputs,
            ..
        }) => {
            network.nodes[index].inputs = inputs.clone();
            true
        }
        _ => false,
    }
}

/// `a · (W x + b) + c = (a W) x + (a b + c)`, where nothing else reads `W x + b`.
fn fold_affine_into_producer(network: &mut Network, index: usize, readers: &[Vec<usize>]) -> bool {
    let Some((scale, offset)) = affine(&network.nodes[index]) else {
        return false;
    };
    let input = network.nodes[index].inputs[0];
    let Some(producer) = network.producer(input) else {
        return false;
    };
    if network.sole_reader(readers, input).is_none() {
        return false;
    }
    match &mut network.nodes[producer].op {
        Op::Linear(rows) | Op::Conv(Conv { rows, .. }) => {
            for (row, a) in rows.weights.chunks_mut(rows.columns).zip(&scale) {
                row.iter_mut().for_each(|w| *w *= a);
            }
            for ((b, a), c) in rows.bias.iter_mut().zip(&scale).zip(&offset) {
                *b = *b * a + c;
            }
        }
        Op::Affine {
            scale: s,
            offset: o,
        } => {
            for (((s, o), a), c) in s.iter_mut().zip(o).zip(&scale).zip(&offset) {
                (*s, *o) = (*s * a, *o * a + c);
            }
        }
        _ => return false,
    }
    network.redirect(index + 1, input);
    true
}

/// Scale and offset of an affine node.
fn affine(node: &Node) -> Option<(Vec<f64>, Vec<f64>)> {
    match &node.op {
        Op::Affine { scale, offset } => Some((scale.clone(), offset.clone())),
        _ => None,
    }
}

/// The one factor of an affine node that only scales.
fn uniform_scale(op: &Op) -> Option<f64> {
    let Op::Affine { scale, offset } = op else {
        return None;
    };
    let first = *scale.first()?;
    let uniform =
        first > 0.0 && scale.iter().all(|s| *s == first) && offset.iter().all(|o| *o == 0.0);
    uniform.then_some(first)
}

/// A scaling with one positive factor commutes with whatever only moves or compares.
fn scale_later(network: &mut Network, index: usize, readers: &[Vec<usize>]) -> bool {
    let Some(factor) = uniform_scale(&network.nodes[index].op) else {
        return false;
    };
    let Some(reader) = network.sole_reader(readers, index + 1) else {
        return false;
    };
    let moves = matches!(
        network.nodes[reader].op,
        Op::Reshape | Op::Transpose { .. } | Op::Pad(_) | Op::MaxPool(_)
    );
    if moves {
        let shape = network.nodes[reader].shape.clone();
        let channels = shape[0];
        network.exchange(index, reader, shape);
        network.nodes[reader].op = Op::Affine {
            scale: vec![factor; channels],
            offset: vec![0.0; channels],
        };
    }
    moves
}

/// `W (a x + c) + b = (W a) x + (W c + b)`, for a convolution only where no window meets padding
/// or `c` is zero.
fn fold_affine_into_readers(network: &mut Network, index: usize, readers: &[Vec<usize>]) -> bool {
    let Some((scale, offset)) = affine(&network.nodes[index]) else {
        return false;
    };
    let takes = |reader: &usize| match &network.nodes[*reader].op {
        Op::Linear(_) => true,
        Op::Conv(conv) => {
            conv.window.placement.padding == [0; 4] || offset.iter().all(|c| *c == 0.0)
        }
        _ => false,
    };
    let (value, input) = (index + 1, network.nodes[index].inputs[0]);
    if network.output == value || readers[value].is_empty() || !readers[value].iter().all(takes) {
        return false;
    }
    for &reader in &readers[value] {
        match &mut network.nodes[reader].op {
            Op::Linear(rows) => scale_columns(rows, |_, column| (scale[column], offset[column])),
            Op::Conv(conv) => {
                let (outputs, inputs) = (conv.group_outputs(), conv.group_inputs());
                let taps = conv.window.kernel[0] * conv.window.kernel[1];
                scale_columns(&mut conv.rows, |row, column| {
                    let channel = row / outputs * inputs + column / taps;
                    (scale[channel], offset[channel])
                });
            }
            _ => {}
        }
    }
    network.redirect(value, input);
    true
}

/// Scales each weight and adds what it contributes for a constant to the bias.
fn scale_columns(rows: &mut Rows, of: impl Fn(usize, usize) -> (f64, f64)) {
    let weights = rows.weights.chunks_mut(rows.columns);
    for (row, (weights, bias)) in weights.zip(&mut rows.bias).enumerate() {
        for (column, weight) in weights.iter_mut().enumerate() {
            let (scale, offset) = of(row, column);
            *bias += *weight * offset;
            *weight *= scale;
        }
    }
}

/// Zeros around an image belong to the windows that follow, where these see zeros too.
fn fold_padding(network: &mut Network, index: usize, readers: &[Vec<usize>]) -> bool {
    let Op::Pad(padding) = network.nodes[index].op else {
        return false;
    };
    let (value, input) = (index + 1, network.nodes[index].inputs[0]);
    let never_negative = network.never_negative()[input];
    let mut changed = false;
    for &reader in &readers[value] {
        // A pool's window has to meet the image.
        let (window, meets) = match &mut network.nodes[reader].op {
            Op::Conv(conv) => (&mut conv.window, false),
            Op::Average { window, .. } => (window, true),
            // The maximum ignores padding: the same where nothing is below zero.
            Op::MaxPool(window) if never_negative => (window, true),
            _ => continue,
        };
        let mut sums = [0u8; 4];
        let mut fits = true;
        for (side, sum) in sums.iter_mut().enumerate() {
            let total = usize::from(padding[side]) + usize::from(window.placement.padding[side]);
            fits &= total <= 255 && !(meets && total >= window.kernel[side % 2]);
            *sum = u8::try_from(total).unwrap_or(u8::MAX);
        }
        if fits {
            window.placement.padding = sums;
            network.nodes[reader].inputs = vec![input];
            changed = true;
        }
    }
    changed
}

/// A clamp commutes with whatever only moves elements (and keeps padding, if zero stays zero);
/// two in a row are one.
fn clamp_earlier(network: &mut Network, index: usize, readers: &[Vec<usize>]) -> bool {
    let Op::Clamp { lo, hi } = network.nodes[index].op else {
        return false;
    };
    let input = network.nodes[index].inputs[0];
    let Some(first) = network.producer(input) else {
        return false;
    };
    if network.sole_reader(readers, input).is_none() {
        return false;
    }
    match network.nodes[first].op {
        Op::Clamp { lo: l, hi: h } => {
            // The second clamp has the last word where they do not overlap.
            network.nodes[first].op = Op::Clamp {
                lo: l.max(lo).min(hi),
                hi: h.min(hi).max(lo),
            };
            network.redirect(index + 1, input);
        }
        Op::Reshape | Op::Transpose { .. } => {
            let shape = network.shape(network.nodes[first].inputs[0]).to_vec();
            network.exchange(first, index, shape);
        }
        Op::Pad(_) if lo <= 0.0 && hi >= 0.0 => {
            let shape = network.shape(network.nodes[first].inputs[0]).to_vec();
            network.exchange(first, index, shape);
        }
        _ => return false,
    }
    true
}

/// The largest of clamped accumulators is the clamp of the largest: fewer elements are left to
/// requantize.
fn clamp_after_max_pool(network: &mut Network, index: usize, readers: &[Vec<usize>]) -> bool {
    if !matches!(network.nodes[index].op, Op::Clamp { .. }) {
        return false;
    }
    let input = network.nodes[index].inputs[0];
    let accumulates = network
        .producer(input)
        .is_some_and(|producer| network.nodes[producer].op.accumulates());
    if !accumulates || network.sole_reader(readers, input).is_none() {
        return false;
    }
    match network.sole_reader(readers, index + 1) {
        Some(reader) if matches!(network.nodes[reader].op, Op::MaxPool(_)) => {
            let shape = network.nodes[reader].shape.clone();
            network.exchange(index, reader, shape);
            true
        }
        _ => false,
    }
}

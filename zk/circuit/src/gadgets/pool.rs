//! Pools: which elements each window covers, and the tree of maxima over them.
//!
//! A maximum over a window is a tree of [pairs](super::maximum). Windows are pooled along one axis
//! first, then along the other, so overlapping windows share the maxima of their rows (or columns);
//! both orders are planned and the cheaper one is built. Padding is in no tree.
//!
//! The bits of a comparison follow the difference of what is compared, not the elements
//! themselves: neighbouring outputs of a convolution share most of their inputs, and what they
//! share cancels. For maxima over sets `A` and `B`,
//! `max A − max B ≤ max_a min_b (a − b)`, and likewise from below.
//!
//! # Soundness
//! That of the pairs: a tree of maxima is the maximum of its leaves. The bounds on differences
//! hold for all integers that the columns can have, so no honest trace leaves them.
//!
//! # Constraints
//! [`MaxTree::constraints`]: the sum over the pairs; a window of `k` elements that overlaps no other
//! has `k − 1`.

use lattice_tensor::{Interval, Windows, Windows1d};

use super::{
    lookup::Digits,
    maximum::{larger, Comparison, Pair},
};
use crate::{
    builder::{intersection, minus, Builder},
    combination::Element,
    error::CircuitError,
    witness::Writer,
};

/// Most pairs of leaves whose differences are looked at for one comparison.
const MAX_DIFFERENCES: usize = 16;

/// Positions in an image that each window covers, windows row-major.
pub(crate) fn covered(windows: &Windows) -> Vec<Vec<usize>> {
    let mut result = Vec::with_capacity(windows.count());
    for down in 0..windows.rows.count() {
        let row = windows.rows.overlap(down);
        for right in 0..windows.columns.count() {
            let column = windows.columns.overlap(right);
            let positions = (row.image..row.image + row.len).flat_map(|y| {
                (column.image..column.image + column.len)
                    .map(move |x| y * windows.image_width() + x)
            });
            result.push(positions.collect());
        }
    }
    result
}

/// Maxima over the windows of several images, as pairs of operands: an operand below the number
/// of leaves is a leaf, the others are the nodes in their order.
#[derive(Clone, Debug)]
pub struct MaxTree {
    leaves: usize,
    nodes: Vec<Node>,
    outputs: Vec<u32>,
}

/// The larger of two operands.
#[derive(Clone, Copy, Debug)]
struct Node {
    left: u32,
    right: u32,
    pair: Comparison,
}

/// Builds a tree; knows what each operand can be.
struct Planner<'a> {
    leaves: &'a [Interval],
    /// `left − right` of two leaves.
    difference: &'a (dyn Fn(usize, usize) -> Interval + 'a),
    digits: Option<Digits>,
    nodes: Vec<Node>,
    /// For each node what it can be and its leaves.
    known: Vec<(Interval, Vec<u32>)>,
}

impl Planner<'_> {
    fn interval(&self, operand: u32) -> Interval {
        match (operand as usize).checked_sub(self.leaves.len()) {
            None => self.leaves[operand as usize],
            Some(node) => self.known[node].0,
        }
    }

    fn leaves_of(&self, operand: u32) -> Vec<u32> {
        match (operand as usize).checked_sub(self.leaves.len()) {
            None => vec![operand],
            Some(node) => self.known[node].1.clone(),
        }
    }

    /// What `right − left` can be.
    fn difference(&self, left: u32, right: u32) -> Interval {
        let outer = minus(self.interval(right), self.interval(left));
        let (below, above) = (self.leaves_of(left), self.leaves_of(right));
        if below.len() * above.len() > MAX_DIFFERENCES {
            return outer;
        }
        let differences: Vec<Vec<Interval>> = above
            .iter()
            .map(|&r| {
                let of = |&l: &u32| (self.difference)(r as usize, l as usize);
                below.iter().map(of).collect()
            })
            .collect();
        let each_row = differences.iter();
        let hi = each_row.map(|row| row.iter().map(|d| d.hi).min().unwrap_or(i64::MAX));
        // −(max L − max R) ≥ −max_l min_r (l − r) = min_l max_r (r − l).
        let lo = (0..below.len()).map(|l| {
            let column = differences.iter().map(|row| row[l].lo);
            column.max().unwrap_or(i64::MIN)
        });
        intersection(
            outer,
            Interval {
                lo: lo.min().unwrap_or(i64::MIN),
                hi: hi.max().unwrap_or(i64::MAX),
            },
        )
    }

    /// The larger of two operands. The error is the width that would be needed.
    fn join(&mut self, left: u32, right: u32) -> Result<u32, u32> {
        let (a, b) = (self.interval(left), self.interval(right));
        let operand = match Pair::plan(a, b, self.difference(left, right), self.digits)? {
            Pair::First => left,
            Pair::Second => right,
            Pair::Gadget(pair) => {
                self.nodes.push(Node { left, right, pair });
                let mut leaves = self.leaves_of(left);
                leaves.extend(self.leaves_of(right));
                self.known.push((larger(a, b), leaves));
                (self.leaves.len() + self.nodes.len() - 1) as u32
            }
        };
        Ok(operand)
    }

    /// The largest of some operands, at least one.
    fn largest(&mut self, mut operands: Vec<u32>) -> Result<u32, u32> {
        while operands.len() > 1 {
            let mut next = Vec::with_capacity(operands.len().div_ceil(2));
            for pair in operands.chunks(2) {
                next.push(match *pair {
                    [left, right] => self.join(left, right)?,
                    _ => pair[0],
                });
            }
            operands = next;
        }
        Ok(operands[0])
    }

    /// Pools along the axis of distance `step` between neighbours, for each line of the other
    /// axis. The result is indexed `[line][window]`.
    fn lines(&mut self, windows: &Windows1d, lines: &[Vec<u32>]) -> Result<Vec<Vec<u32>>, u32> {
        lines
            .iter()
            .map(|line| {
                (0..windows.count())
                    .map(|index| {
                        let overlap = windows.overlap(index);
                        let covered = &line[overlap.image..][..overlap.len];
                        // A gap between windows leaves elements that nothing reads.
                        self.largest(covered.to_vec())
                    })
                    .collect()
            })
            .collect()
    }
}

fn transposed(lines: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let len = lines.first().map_or(0, Vec::len);
    (0..len)
        .map(|index| lines.iter().map(|line| line[index]).collect())
        .collect()
}

/// Lines that some window covers; the others are emptied, so that nothing is compared on them.
fn read_lines(windows: &Windows1d, lines: usize) -> Vec<bool> {
    let mut read = vec![false; lines];
    for index in 0..windows.count() {
        let overlap = windows.overlap(index);
        read[overlap.image..][..overlap.len].fill(true);
    }
    read
}

impl MaxTree {
    /// Plans the maxima over the windows of images whose elements can be `leaves` and differ by
    /// `difference`. The error is the position of an element and the width that would be
    /// needed.
    pub(crate) fn plan(
        windows: &Windows,
        leaves: &[Interval],
        difference: &dyn Fn(usize, usize) -> Interval,
        digits: Option<Digits>,
    ) -> Result<Self, (usize, u32)> {
        let ordered = |first| Self::ordered(windows, leaves, difference, digits, first);
        let (rows_first, columns_first) = (ordered(true)?, ordered(false)?);
        Ok(if columns_first.constraints() < rows_first.constraints() {
            columns_first
        } else {
            rows_first
        })
    }

    fn ordered(
        windows: &Windows,
        leaves: &[Interval],
        difference: &dyn Fn(usize, usize) -> Interval,
        digits: Option<Digits>,
        rows_first: bool,
    ) -> Result<Self, (usize, u32)> {
        let mut planner = Planner {
            leaves,
            difference,
            digits,
            nodes: Vec::new(),
            known: Vec::new(),
        };
        let (width, len) = (windows.image_width(), windows.image_len().max(1));
        let mut outputs = Vec::new();
        for image in (0..leaves.len()).step_by(len) {
            let rows: Vec<Vec<u32>> = (0..len / width.max(1))
                .map(|y| (0..width).map(|x| (image + y * width + x) as u32).collect())
                .collect();
            let pooled = if rows_first {
                Self::pooled(&mut planner, &windows.columns, &windows.rows, rows)
            } else {
                Self::pooled(
                    &mut planner,
                    &windows.rows,
                    &windows.columns,
                    transposed(&rows),
                )
                .map(|columns| transposed(&columns))
            };
            outputs.extend(
                pooled
                    .map_err(|width| (image, width))?
                    .into_iter()
                    .flatten(),
            );
        }
        Ok(Self {
            leaves: leaves.len(),
            nodes: planner.nodes,
            outputs,
        })
    }

    /// Pools along the lines, then across them; indexed `[across][along]`.
    fn pooled(
        planner: &mut Planner,
        along: &Windows1d,
        across: &Windows1d,
        lines: Vec<Vec<u32>>,
    ) -> Result<Vec<Vec<u32>>, u32> {
        let read = read_lines(across, lines.len());
        let mut first = Vec::with_capacity(lines.len());
        for (line, read) in lines.into_iter().zip(read) {
            first.push(if read {
                planner.lines(along, &[line])?.remove(0)
            } else {
                // In no window, so any operand stands for it.
                vec![line[0]; along.count()]
            });
        }
        let second = planner.lines(across, &transposed(&first))?;
        Ok(transposed(&second))
    }

    /// Constraints of all pairs.
    pub fn constraints(&self) -> usize {
        self.nodes.iter().map(|node| node.pair.constraints()).sum()
    }

    /// What the maxima can be, for leaves that can be `leaves`.
    pub(crate) fn bounds(&self, leaves: &[Interval]) -> Vec<Interval> {
        self.fold(leaves.to_vec(), larger)
    }

    /// Evaluates the tree.
    fn fold<T: Clone>(&self, mut operands: Vec<T>, join: impl Fn(T, T) -> T) -> Vec<T> {
        for node in &self.nodes {
            let [left, right] = [node.left, node.right].map(|o| operands[o as usize].clone());
            operands.push(join(left, right));
        }
        let outputs = self.outputs.iter();
        outputs.map(|&o| operands[o as usize].clone()).collect()
    }

    /// Writes the rows; returns the maxima.
    pub(crate) fn enforce(
        &self,
        builder: &mut Builder,
        elements: &[Element],
        op: u16,
    ) -> Result<Vec<Element>, CircuitError> {
        let mut nodes: Vec<Element> = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let [left, right] =
                [node.left, node.right].map(|operand| self.operand(operand, elements, &nodes));
            let largest = node.pair.enforce(builder, left, right, op, index as u32)?;
            nodes.push(largest);
        }
        let outputs = self.outputs.iter();
        Ok(outputs
            .map(|&operand| self.operand(operand, elements, &nodes).clone())
            .collect())
    }

    fn operand<'a, T>(&self, operand: u32, leaves: &'a [T], nodes: &'a [T]) -> &'a T {
        match (operand as usize).checked_sub(self.leaves) {
            None => &leaves[operand as usize],
            Some(node) => &nodes[node],
        }
    }

    /// Writes the witness; returns the maxima. The error is the position of a leaf that leaves
    /// the planned bounds, or that is compared with one that does.
    pub(crate) fn assign(&self, leaves: &[i64], writer: &mut Writer) -> Result<Vec<i64>, usize> {
        let mut nodes = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let [left, right] =
                [node.left, node.right].map(|operand| *self.operand(operand, leaves, &nodes));
            let largest = node.pair.assign(left, right, writer);
            nodes.push(largest.ok_or_else(|| self.leaf(node.left))?);
        }
        let outputs = self.outputs.iter();
        Ok(outputs
            .map(|&operand| *self.operand(operand, leaves, &nodes))
            .collect())
    }

    /// A leaf under an operand.
    fn leaf(&self, mut operand: u32) -> usize {
        while let Some(node) = (operand as usize).checked_sub(self.leaves) {
            operand = self.nodes[node].left;
        }
        operand as usize
    }
}

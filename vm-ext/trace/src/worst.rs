//! How long the openings of a model can become.
//!
//! An upper bound for each operator, from shapes alone. Its operands are a pattern of
//! equal runs, so that on each level of a tree a known number of nodes is touched at
//! the most. The bytes of an opening grow with each of these numbers: another node on
//! a level is a hash less on that level and at least one more below it. So the bound
//! is what they all come to at their largest.

use crate::element::image;
use crate::layout::size;
use crate::plan::Graph;
use crate::tree::Form;
use crate::{Layout, LayoutError, StepError, LEAF_ELEMENTS, MAX_OPENING_BYTES};
use alloc::{vec, vec::Vec};
use lattice_tensor::weights::LEAF_BYTES;
use lattice_tensor::{Manifest, ModelError, Op, TensorId, ValueId};

/// Bytes of a hash.
const HASH: u64 = 32;

/// Bytes of the lengths in an encoded opening: four of up to four bytes.
const LENGTHS: u64 = 16;

/// An upper bound of the bytes of the openings of all elements of a model.
///
/// The work is linear in the number of operators.
///
/// # Errors
/// [`LayoutError::Manifest`] if the manifest is none of a model, and
/// [`LayoutError::OpeningTooLarge`], with the first such operator, if the bound is
/// over [`MAX_OPENING_BYTES`].
pub fn worst_opening(manifest: &Manifest) -> Result<u64, LayoutError> {
    let shapes = manifest.shapes()?;
    // Never returned: the graph has been checked.
    let inconsistent = || LayoutError::Manifest(ModelError::NoOps);
    let layout = Layout::of_shapes(&shapes).ok_or_else(inconsistent)?;
    let graph = Graph {
        manifest,
        shapes,
        layout,
    };
    let limit = u64::from(MAX_OPENING_BYTES);
    let mut worst = 0;
    for (op, index) in manifest.ops.iter().zip(0u32..) {
        let bytes = opening_bytes(&graph, op).map_err(|_| inconsistent())?;
        if bytes > limit {
            return Err(LayoutError::OpeningTooLarge {
                op: index,
                bytes,
                limit,
            });
        }
        worst = bytes.max(worst);
    }
    Ok(worst)
}

/// The bound for one operator.
pub(crate) fn opening_bytes(graph: &Graph, op: &Op) -> Result<u64, StepError> {
    let operands = operands(graph, op)?;
    let mut bytes = LENGTHS;
    let mut results = 0usize;
    for (value, pattern) in &operands {
        let Some(index) = value.checked_sub(1).map(u32::from) else {
            continue; // The network's input is on chain.
        };
        results = results.saturating_add(1);
        let form = graph.layout.elements(index).ok_or(StepError::Manifest)?;
        let unit = wide(LEAF_ELEMENTS).saturating_mul(4);
        let total = wide(graph.shape(*value)?.len()).saturating_mul(4);
        let tree = tree_bytes(&form, pattern, LEAF_ELEMENTS, unit, total);
        bytes = bytes.saturating_add(tree);
    }
    let few = |count: usize| Pattern {
        len: 1,
        repeats: vec![(count, usize::MAX)],
    };
    let values = graph.layout.values();
    if results > 0 {
        bytes = bytes.saturating_add(tree_bytes(&values, &few(results), 1, 0, 0));
    }
    let tensors = tensors(graph, op)?;
    for (tensor, len) in &tensors {
        let form = graph.tensor_tree(*tensor)?;
        let total = graph.tensor(*tensor)?.byte_len();
        let row = Pattern::run(*len);
        let tree = tree_bytes(&form, &row, LEAF_BYTES, wide(LEAF_BYTES), total);
        bytes = bytes.saturating_add(tree);
    }
    if !tensors.is_empty() {
        let form = graph.tensors_tree();
        let tree = tree_bytes(&form, &few(tensors.len()), 1, 0, 0);
        bytes = bytes.saturating_add(tree);
    }
    Ok(bytes)
}

/// The values that an element is made of, each once, and which of their elements.
///
/// A concatenation reads one of its inputs; it is as all of them are at their worst,
/// so the one with the highest tree stands for them.
fn operands(graph: &Graph, op: &Op) -> Result<Vec<(ValueId, Pattern)>, StepError> {
    let window = |input: ValueId, channels: usize, kernel: [usize; 2]| {
        let [_, height, width] = image(graph.shape(input)?)?.map(size);
        Ok(Pattern {
            len: kernel[1].min(width),
            repeats: vec![
                (kernel[0].min(height), width),
                (channels, height.saturating_mul(width)),
            ],
        })
    };
    let whole = |input: ValueId| Ok(Pattern::run(graph.shape(input)?.len()));
    Ok(match op {
        Op::Linear { input, .. } | Op::ArgMax { input } => vec![(*input, whole(*input)?)],
        Op::Conv2d(conv) => {
            let weight = &graph.tensor(conv.weight)?.shape;
            let &[_, depth, height, width] = weight.dims() else {
                return Err(StepError::Manifest);
            };
            let pattern = window(conv.input, size(depth), [size(height), size(width)])?;
            vec![(conv.input, pattern)]
        }
        Op::MaxPool2d(pool) => {
            let pattern = window(pool.input, 1, pool.kernel.map(usize::from))?;
            vec![(pool.input, pattern)]
        }
        Op::AvgPool2d(pool) => {
            let pattern = window(pool.input, 1, pool.kernel.map(usize::from))?;
            vec![(pool.input, pattern)]
        }
        Op::GlobalAvgPool(pool) => {
            let channel = graph.shape(pool.input)?.channel_len();
            vec![(pool.input, Pattern::run(channel))]
        }
        Op::Add { left, right, .. } if left == right => vec![(*left, Pattern::run(1))],
        Op::Add { left, right, .. } => {
            vec![(*left, Pattern::run(1)), (*right, Pattern::run(1))]
        }
        Op::Requantize { input, .. }
        | Op::Relu { input }
        | Op::Flatten { input }
        | Op::Reshape { input, .. } => vec![(*input, Pattern::run(1))],
        Op::Concat { inputs, .. } => {
            let length = |value: &&ValueId| match value.checked_sub(1) {
                Some(op) => graph.layout.length(op.into()),
                None => None,
            };
            let longest = inputs.iter().max_by_key(length);
            longest
                .map(|value| (*value, Pattern::run(1)))
                .into_iter()
                .collect()
        }
    })
}

/// The tensors that an element is made of, and how many of their bytes, in one run.
fn tensors(graph: &Graph, op: &Op) -> Result<Vec<(TensorId, usize)>, StepError> {
    let ids = op.tensors();
    let Some((weight, bias)) = ids.split_first() else {
        return Ok(Vec::new());
    };
    let row = graph.tensor(*weight)?.shape.channel_len();
    let bias = bias.iter().map(|tensor| (*tensor, 4));
    Ok(core::iter::once((*weight, row)).chain(bias).collect())
}

/// Runs of `len` neighbours, repeated so many times at such a distance, and that again.
struct Pattern {
    len: usize,
    repeats: Vec<(usize, usize)>,
}

impl Pattern {
    /// One run.
    fn run(len: usize) -> Self {
        Self {
            len,
            repeats: Vec::new(),
        }
    }

    /// Most blocks of `span` neighbours that it touches, wherever it lies.
    fn touched(&self, span: usize) -> usize {
        let blocks = |extent: usize| {
            let steps = extent.saturating_sub(1).div_ceil(span.max(1));
            steps.saturating_add(1)
        };
        let (mut touched, mut extent) = (blocks(self.len), self.len);
        for (count, distance) in &self.repeats {
            extent = count
                .saturating_sub(1)
                .saturating_mul(*distance)
                .saturating_add(extent);
            touched = touched.saturating_mul(*count).min(blocks(extent));
        }
        touched
    }
}

/// Most bytes of leaves and hashes for a pattern over a tree whose leaves hold
/// `leaf_len` neighbours, `unit` bytes, and `total` bytes together.
fn tree_bytes(form: &Form, pattern: &Pattern, leaf_len: usize, unit: u64, total: u64) -> u64 {
    let arity = form.join.arity();
    // Of a node's neighbours, from the top down: as many as exist, as the nodes above
    // have, and as the pattern reaches.
    let mut above = 1usize;
    let mut hashes = 0usize;
    for level in (0..form.height()).rev() {
        let span = (0..level).fold(leaf_len, |span, _| span.saturating_mul(arity));
        let children = above.saturating_mul(arity).min(form.count(level));
        let touched = pattern.touched(span).min(children);
        hashes = hashes.saturating_add(children.saturating_sub(touched));
        above = touched;
    }
    // The last leaf may be short; a hash more makes good that its own is left out.
    let leaves = wide(above).saturating_mul(unit);
    let leaves = leaves.min(total.saturating_add(HASH));
    leaves.saturating_add(wide(hashes).saturating_mul(HASH))
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Join;
    use alloc::collections::BTreeSet;
    use proptest::prelude::*;

    #[test]
    fn a_pattern_touches_as_many_blocks_as_its_worst_place() {
        assert_eq!(Pattern::run(1).touched(64), 1);
        assert_eq!(Pattern::run(2).touched(64), 2);
        assert_eq!(Pattern::run(65).touched(64), 2);
        assert_eq!(Pattern::run(66).touched(64), 3);
        let window = |height: usize| Pattern {
            len: 5,
            repeats: vec![(5, 28), (16, 28 * height)],
        };
        // Five rows of 28 are 117 neighbours, which touch three leaves.
        assert_eq!(window(1_000).touched(64), 16 * 3);
        assert_eq!(window(1).touched(64), 1 + (15 * 28 + 116usize).div_ceil(64));
    }

    proptest! {
        #[test]
        fn no_place_of_a_pattern_takes_more_bytes_than_the_bound(
            len in 1usize..200, counts in [1usize..6, 1..6], gaps in [0usize..300, 0..2_000],
            start in 0usize..5_000, rest in 0usize..5_000, weights: bool,
        ) {
            let row = len + gaps[0];
            let image = counts[0] * row + gaps[1];
            let pattern = Pattern {
                len,
                repeats: vec![(counts[0], row), (counts[1], image)],
            };
            let leaf_len = 64;
            let total = start + counts[1] * image + rest;
            let join = if weights { Join::Weights } else { Join::Trace };
            let form = Form::new(join, total.div_ceil(leaf_len));

            let mut leaves = BTreeSet::new();
            for (down, across) in (0..counts[1]).flat_map(|i| (0..counts[0]).map(move |j| (i, j))) {
                let first = start + down * image + across * row;
                leaves.extend((first..first + len).map(|element| element / leaf_len));
            }
            let elements: usize = leaves
                .iter()
                .map(|leaf| (total - leaf * leaf_len).min(leaf_len))
                .sum();
            let bytes = wide(4 * elements) + HASH * wide(form.siblings(leaves).len());
            let bound = tree_bytes(&form, &pattern, leaf_len, 256, wide(4 * total));
            prop_assert!(bytes <= bound, "{} {}", bytes, bound);
        }
    }
}

//! Which leaves an element is made of, and their verification.

use crate::element::{element, Source};
use crate::hash::{leaf_hash, root_hash, value_hash};
use crate::layout::size;
use crate::tree::{Form, Join};
use crate::walk::index_of;
use crate::worst::opening_bytes;
use crate::{Hash, Layout, Opening, Part, Position, StepError, LEAF_ELEMENTS, MAX_OPENING_BYTES};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::{vec, vec::Vec};
use core::ops::RangeInclusive;
use lattice_tensor::weights::{self, LEAF_BYTES};
use lattice_tensor::{Manifest, Op, Shape, TensorData, TensorDecl, TensorId, ValueId};

/// A manifest that has been checked.
pub(crate) struct Graph<'a> {
    pub manifest: &'a Manifest,
    /// Shape of each value, the input first.
    pub shapes: Vec<Shape>,
    pub layout: Layout,
}

impl<'a> Graph<'a> {
    pub fn of(manifest: &'a Manifest) -> Result<Self, StepError> {
        let shapes = manifest.shapes().map_err(|_| StepError::Manifest)?;
        let layout = Layout::of_shapes(&shapes).ok_or(StepError::Manifest)?;
        Ok(Self {
            manifest,
            shapes,
            layout,
        })
    }

    pub fn shape(&self, value: ValueId) -> Result<&Shape, StepError> {
        self.shapes
            .get(usize::from(value))
            .ok_or(StepError::Manifest)
    }

    pub fn tensor(&self, tensor: TensorId) -> Result<&'a TensorDecl, StepError> {
        self.manifest
            .tensors
            .get(usize::from(tensor))
            .ok_or(StepError::Manifest)
    }

    pub fn op(&self, position: Position) -> Result<&'a Op, StepError> {
        let length = self.layout.length(position.op);
        self.manifest
            .ops
            .get(size(position.op))
            .filter(|_| length.is_some_and(|length| position.element < length))
            .ok_or(StepError::Position)
    }

    /// The tree over the leaves of a tensor.
    pub fn tensor_tree(&self, tensor: TensorId) -> Result<Form, StepError> {
        let bytes = usize::try_from(self.tensor(tensor)?.byte_len()).unwrap_or(usize::MAX);
        Ok(Form::new(Join::Weights, bytes.div_ceil(LEAF_BYTES)))
    }

    /// The tree over all tensors.
    pub fn tensors_tree(&self) -> Form {
        Form::new(Join::Weights, self.manifest.tensors.len())
    }

    /// Length and range of the network's input.
    pub fn check_input(&self, input: &[i8]) -> Result<(), StepError> {
        let expected = self.manifest.input.shape.len();
        if input.len() != expected {
            return Err(StepError::InputLength {
                expected: index_of(expected),
                found: index_of(input.len()),
            });
        }
        let range = self.manifest.input.range;
        match input.iter().position(|x| !range.contains((*x).into())) {
            Some(index) => Err(StepError::InputRange {
                index: index_of(index),
            }),
            None => Ok(()),
        }
    }
}

/// The leaves that an element is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Leaves of the results of operators.
    pub values: BTreeMap<u32, BTreeSet<usize>>,
    /// Leaves of tensors.
    pub tensors: BTreeMap<TensorId, BTreeSet<usize>>,
}

/// Lets the element's own rule say what it reads, so that the two cannot disagree:
/// what is read depends on no value.
impl Source for Plan {
    fn values(&mut self, value: ValueId, start: usize, len: usize) -> Result<Vec<i32>, StepError> {
        if let (Some(op), Some(leaves)) = (value.checked_sub(1), leaves(start, len, LEAF_ELEMENTS))
        {
            self.values.entry(op.into()).or_default().extend(leaves);
        }
        Ok(vec![0; len])
    }

    fn bytes(&mut self, tensor: TensorId, start: usize, len: usize) -> Result<Vec<u8>, StepError> {
        if let Some(leaves) = leaves(start, len, LEAF_BYTES) {
            self.tensors.entry(tensor).or_default().extend(leaves);
        }
        Ok(vec![0; len])
    }
}

/// The leaves of `leaf_len` that hold a run; none for an empty run.
fn leaves(start: usize, len: usize, leaf_len: usize) -> Option<RangeInclusive<usize>> {
    let last = start.saturating_add(len.checked_sub(1)?);
    Some(start.checked_div(leaf_len)?..=last.checked_div(leaf_len)?)
}

impl Plan {
    pub fn of(graph: &Graph, position: Position) -> Result<Self, StepError> {
        let op = graph.op(position)?;
        // So that the work is bounded before any of it is done.
        if opening_bytes(graph, op)? > u64::from(MAX_OPENING_BYTES) {
            return Err(StepError::TooLarge);
        }
        let mut plan = Self::default();
        element(graph, position, &mut plan)?;
        Ok(plan)
    }

    /// Verifies an opening of this plan.
    pub fn open<'a>(
        &self,
        graph: &Graph,
        root: &Hash,
        input: &'a [i8],
        opening: &'a Opening,
    ) -> Result<Opened<'a>, StepError> {
        self.check_counts(graph, opening)?;
        let mut opened = Opened {
            input,
            values: BTreeMap::new(),
            tensors: BTreeMap::new(),
        };
        if !self.values.is_empty() {
            let found = self.trace_root(graph, opening, &mut opened);
            if found.is_none_or(|found| found != *root) {
                return Err(StepError::TraceRoot);
            }
        }
        if !self.tensors.is_empty() {
            let found = self.weight_root(graph, opening, &mut opened);
            if found.is_none_or(|found| found != graph.manifest.weight_root) {
                return Err(StepError::WeightRoot);
            }
        }
        Ok(opened)
    }

    /// All parts are as long as the plan says.
    fn check_counts(&self, graph: &Graph, opening: &Opening) -> Result<(), StepError> {
        let (mut elements, mut hashes) = (0usize, 0usize);
        for (op, leaves) in &self.values {
            let form = graph.layout.elements(*op).ok_or(StepError::Manifest)?;
            hashes = hashes.saturating_add(form.siblings(leaves.iter().copied()).len());
            for leaf in leaves {
                elements = elements.saturating_add(graph.layout.leaf_len(*op, *leaf));
            }
        }
        let ops = self.values.keys().map(|op| size(*op));
        hashes = hashes.saturating_add(graph.layout.values().siblings(ops).len());

        let (mut bytes, mut weight_hashes) = (0usize, 0usize);
        for (tensor, leaves) in &self.tensors {
            let form = graph.tensor_tree(*tensor)?;
            let siblings = form.siblings(leaves.iter().copied());
            weight_hashes = weight_hashes.saturating_add(siblings.len());
            for leaf in leaves {
                bytes = bytes.saturating_add(leaf_bytes(graph.tensor(*tensor)?, *leaf));
            }
        }
        let tensors = self.tensors.keys().map(|tensor| usize::from(*tensor));
        let siblings = graph.tensors_tree().siblings(tensors);
        weight_hashes = weight_hashes.saturating_add(siblings.len());

        for (part, expected, found) in [
            (Part::Elements, elements, opening.elements.len()),
            (Part::Hashes, hashes, opening.hashes.len()),
            (Part::Weights, bytes, opening.weights.len()),
            (
                Part::WeightHashes,
                weight_hashes,
                opening.weight_hashes.len(),
            ),
        ] {
            if expected != found {
                return Err(StepError::Count {
                    part,
                    expected: index_of(expected),
                    found: index_of(found),
                });
            }
        }
        Ok(())
    }

    /// The root of the trace over the opened operands.
    fn trace_root<'a>(
        &self,
        graph: &Graph,
        opening: &'a Opening,
        opened: &mut Opened<'a>,
    ) -> Option<Hash> {
        let mut elements = &opening.elements[..];
        let mut hashes = opening.hashes.iter().copied();
        let mut values = Vec::new();
        for (op, leaves) in &self.values {
            let mut known = Vec::new();
            for leaf in leaves {
                let (run, rest) = elements.split_at_checked(graph.layout.leaf_len(*op, *leaf))?;
                elements = rest;
                known.push((*leaf, leaf_hash(run)));
                opened.values.insert((*op, *leaf), run);
            }
            let top = graph.layout.elements(*op)?.fold(known, &mut hashes)?;
            let length = graph.layout.length(*op)?;
            values.push((size(*op), value_hash(*op, length, &top)));
        }
        let top = graph.layout.values().fold(values, &mut hashes)?;
        Some(root_hash(graph.layout.ops(), &top))
    }

    /// The root of the weights over the opened ones.
    fn weight_root<'a>(
        &self,
        graph: &Graph,
        opening: &'a Opening,
        opened: &mut Opened<'a>,
    ) -> Option<Hash> {
        let mut bytes = &opening.weights[..];
        let mut hashes = opening.weight_hashes.iter().copied();
        let mut tensors = Vec::new();
        for (tensor, leaves) in &self.tensors {
            let decl = graph.tensor(*tensor).ok()?;
            let mut known = Vec::new();
            for leaf in leaves {
                let (run, rest) = bytes.split_at_checked(leaf_bytes(decl, *leaf))?;
                bytes = rest;
                known.push((*leaf, weights::leaf_hash(run)));
                opened.tensors.insert((*tensor, *leaf), run);
            }
            let tree = graph.tensor_tree(*tensor).ok()?.fold(known, &mut hashes)?;
            let hash = weights::tensor_over(decl.dtype, decl.byte_len(), &tree);
            tensors.push((usize::from(*tensor), hash));
        }
        let tree = graph.tensors_tree().fold(tensors, &mut hashes)?;
        let count = u32::try_from(graph.manifest.tensors.len()).ok()?;
        Some(weights::root_over(count, &tree))
    }
}

/// Bytes of a leaf of a tensor.
fn leaf_bytes(decl: &TensorDecl, leaf: usize) -> usize {
    let before = leaf.saturating_mul(LEAF_BYTES);
    let bytes = usize::try_from(decl.byte_len()).unwrap_or(usize::MAX);
    bytes.saturating_sub(before).min(LEAF_BYTES)
}

/// Appends the bytes of a leaf of a tensor.
pub(crate) fn extend_leaf(tensor: &TensorData, leaf: usize, bytes: &mut Vec<u8>) {
    fn chunk<T: Clone>(elements: &[T], per_leaf: usize, leaf: usize) -> Vec<T> {
        let chunk = elements.chunks(per_leaf).nth(leaf);
        chunk.unwrap_or_default().to_vec()
    }
    let leaf = match tensor {
        TensorData::I8(elements) => TensorData::I8(chunk(elements, LEAF_BYTES, leaf)),
        TensorData::I32(elements) => TensorData::I32(chunk(elements, LEAF_BYTES / 4, leaf)),
    };
    leaf.extend_bytes(bytes);
}

/// Verified leaves.
pub(crate) struct Opened<'a> {
    input: &'a [i8],
    values: BTreeMap<(u32, usize), &'a [i32]>,
    tensors: BTreeMap<(TensorId, usize), &'a [u8]>,
}

impl Source for Opened<'_> {
    fn values(&mut self, value: ValueId, start: usize, len: usize) -> Result<Vec<i32>, StepError> {
        match value.checked_sub(1) {
            Some(op) => run(start, len, LEAF_ELEMENTS, |leaf| {
                self.values.get(&(op.into(), leaf)).copied()
            }),
            None if len == 0 => Some(Vec::new()),
            None => self
                .input
                .get(start..start.saturating_add(len))
                .map(|input| input.iter().map(|x| i32::from(*x)).collect()),
        }
        .ok_or(StepError::Manifest)
    }

    fn bytes(&mut self, tensor: TensorId, start: usize, len: usize) -> Result<Vec<u8>, StepError> {
        run(start, len, LEAF_BYTES, |leaf| {
            self.tensors.get(&(tensor, leaf)).copied()
        })
        .ok_or(StepError::Manifest)
    }
}

/// A run of elements out of leaves; none if one of them is missing.
fn run<'a, T: Copy + 'a>(
    start: usize,
    len: usize,
    leaf_len: usize,
    get: impl Fn(usize) -> Option<&'a [T]>,
) -> Option<Vec<T>> {
    let mut result = Vec::with_capacity(len);
    let end = start.saturating_add(len);
    for leaf in leaves(start, len, leaf_len).into_iter().flatten() {
        let before = leaf.saturating_mul(leaf_len);
        let from = start.saturating_sub(before);
        let to = end.saturating_sub(before).min(leaf_len);
        result.extend_from_slice(get(leaf)?.get(from..to)?);
    }
    Some(result)
}

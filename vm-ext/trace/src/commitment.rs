//! What a provider, or a challenger, holds of a trace.

use crate::hash::{root_hash, value_hash, Hash};
use crate::layout::size;
use crate::link::elements_tree;
use crate::plan::{Graph, Plan};
use crate::tree::{Join, Spot, Tree};
use crate::walk::{children, index_of, Target};
use crate::{Layout, LayoutError, Node, Opening, OutputLink, Position, StepError, Walk};
use alloc::vec::Vec;
use lattice_tensor::{Model, Trace};

/// All hashes over a trace, with the trace.
#[derive(Clone, Debug)]
pub struct Commitment {
    layout: Layout,
    trace: Trace,
    /// Over the leaves of each result.
    results: Vec<Tree>,
    /// Over the results.
    values: Tree,
}

impl Commitment {
    /// Over a trace of `model`.
    ///
    /// # Errors
    /// [`LayoutError::Trace`] for a trace of another form, and
    /// [`LayoutError::Manifest`], which no [`Model`] gives.
    pub fn new(model: &Model, trace: Trace) -> Result<Self, LayoutError> {
        let layout = Layout::of(model.manifest())?;
        check_form(&layout, &trace)?;
        let results: Vec<_> = trace
            .values
            .iter()
            .skip(1)
            .map(|elements| elements_tree(elements))
            .collect();
        let hashes = results.iter().zip(0u32..).map(|(tree, op)| {
            let length = layout.length(op).unwrap_or(0);
            value_hash(op, length, &tree.top())
        });
        let values = Tree::new(Join::Trace, hashes.collect());
        Ok(Self {
            layout,
            trace,
            results,
            values,
        })
    }

    /// The root, as a provider posts it.
    pub fn root(&self) -> Hash {
        root_hash(self.layout.ops(), &self.values.top())
    }

    /// The layout of the tree.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The trace.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// An element of the trace.
    pub fn element(&self, position: Position) -> Option<i32> {
        let elements = self.result(position.op)?;
        elements.get(size(position.element)).copied()
    }

    /// What goes with the output when it is posted.
    pub fn output_link(&self) -> OutputLink {
        let last = self.layout.ops().saturating_sub(1);
        let siblings = self.values.siblings([size(last)]);
        OutputLink {
            siblings: siblings.try_into().unwrap_or_default(),
        }
    }

    /// The node at the place that a walk has come to, whatever hash the walk
    /// expects there; none if there is no such place.
    pub fn reveal(&self, walk: &Walk) -> Option<Node> {
        let target = walk.target(&self.layout)?;
        match target {
            Target::Values(spot) => Node::branch(self.values.children(spot)?),
            Target::Elements { op, spot } if spot.level == 0 => {
                let elements = self.result(op)?;
                Node::leaf(elements.get(children(&self.layout, target))?)
            }
            Target::Elements { op, spot } => {
                Node::branch(self.results.get(size(op))?.children(spot)?)
            }
        }
    }

    /// The first child or element of a node that is another one here, as an
    /// honest challenger names it; none if they are the same.
    pub fn first_difference(&self, walk: &Walk, revealed: &Node) -> Option<u8> {
        let index = match (self.reveal(walk)?, revealed) {
            (Node::Branch(own), Node::Branch(other)) => first_unequal(&own, other),
            (Node::Leaf(own), Node::Leaf(other)) => first_unequal(&own, other),
            _ => Some(0),
        };
        index.and_then(|index| u8::try_from(index).ok())
    }

    /// What an element is made of.
    ///
    /// # Errors
    /// [`StepError::Position`], [`StepError::TooLarge`], and [`StepError::Manifest`],
    /// which no [`Model`] gives.
    pub fn open(&self, model: &Model, position: Position) -> Result<Opening, StepError> {
        let graph = Graph::of(model.manifest())?;
        let plan = Plan::of(&graph, position)?;
        let mut opening = Opening::default();
        self.open_operands(&plan, &mut opening)
            .ok_or(StepError::Position)?;
        open_weights(model, &plan, &mut opening);
        Ok(opening)
    }

    fn open_operands(&self, plan: &Plan, opening: &mut Opening) -> Option<()> {
        for (op, leaves) in &plan.values {
            let elements = self.result(*op)?;
            for leaf in leaves {
                let spot = Spot {
                    level: 0,
                    index: *leaf,
                };
                let range = children(&self.layout, Target::Elements { op: *op, spot });
                opening.elements.extend_from_slice(elements.get(range)?);
            }
            let tree = self.results.get(size(*op))?;
            opening.hashes.extend(tree.siblings(leaves.iter().copied()));
        }
        let ops = plan.values.keys().map(|op| size(*op));
        opening.hashes.extend(self.values.siblings(ops));
        Some(())
    }

    fn result(&self, op: u32) -> Option<&[i32]> {
        let value = size(op).saturating_add(1);
        self.trace.values.get(value).map(Vec::as_slice)
    }
}

/// The results have the lengths that the layout says.
fn check_form(layout: &Layout, trace: &Trace) -> Result<(), LayoutError> {
    let lengths = trace.values.iter().skip(1).map(Vec::len);
    let fit = (0..layout.ops())
        .zip(lengths.clone())
        .take_while(|(op, length)| layout.length(*op).map(size) == Some(*length))
        .count();
    let (found, expected) = (index_of(fit), layout.ops());
    if found == expected && lengths.count() == fit {
        return Ok(());
    }
    Err(LayoutError::Trace { expected, found })
}

fn first_unequal<T: PartialEq>(own: &[T], other: &[T]) -> Option<usize> {
    own.iter().zip(other).position(|(own, other)| own != other)
}

/// Leaves and hashes of the weights. All tensors are hashed, which is a matter of
/// seconds for the largest model, and only where there is a dispute.
fn open_weights(model: &Model, plan: &Plan, opening: &mut Opening) {
    use lattice_tensor::weights::{leaf_hashes, tensor_hash};
    if plan.tensors.is_empty() {
        return;
    }
    for (id, leaves) in &plan.tensors {
        let Some(tensor) = model.tensors().get(usize::from(*id)) else {
            continue;
        };
        for leaf in leaves {
            crate::plan::extend_leaf(tensor, *leaf, &mut opening.weights);
        }
        let tree = Tree::new(Join::Weights, leaf_hashes(tensor));
        let siblings = tree.siblings(leaves.iter().copied());
        opening.weight_hashes.extend(siblings);
    }
    let hashes = model.tensors().iter().map(tensor_hash).collect();
    let ids = plan.tensors.keys().map(|id| usize::from(*id));
    let siblings = Tree::new(Join::Weights, hashes).siblings(ids);
    opening.weight_hashes.extend(siblings);
}

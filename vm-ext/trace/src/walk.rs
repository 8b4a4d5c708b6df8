//! The way down from a root to one element.

use crate::hash::{root_hash, value_hash, Hash};
use crate::layout::size;
use crate::node::narrow;
use crate::tree::{Form, Spot};
use crate::{Expected, Layout, Node, WalkError, LEAF_ELEMENTS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::Range;
use scale_info::TypeInfo;

/// One element of one operator's result.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Position {
    /// Index of the operator.
    pub op: u32,
    /// Index of the element, row-major.
    pub element: u32,
}

impl Position {
    /// Element `element` of the result of operator `op`, by their indices in memory.
    pub fn new(op: usize, element: usize) -> Self {
        Self {
            op: index_of(op),
            element: index_of(element),
        }
    }
}

/// What is opened next of a tree.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum Place {
    /// The whole trace.
    #[codec(index = 0)]
    Trace,
    /// A branch over results, `level` 1 being the lowest.
    #[codec(index = 1)]
    Values {
        /// Level.
        level: u8,
        /// Index on its level.
        index: u32,
    },
    /// The whole result of an operator.
    #[codec(index = 2)]
    Value {
        /// Index of the operator.
        op: u32,
    },
    /// A node over elements of a result, `level` 0 being the leaves.
    #[codec(index = 3)]
    Elements {
        /// Index of the operator.
        op: u32,
        /// Level.
        level: u8,
        /// Index on its level.
        index: u32,
    },
}

/// Where the choice of a child leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One node further down.
    Down(Walk),
    /// To the bottom.
    Element {
        /// Which element it is.
        position: Position,
        /// What the tree says that it is.
        value: i32,
    },
}

/// What a chain keeps of a dispute: which hash is opened next, and where it is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Walk {
    hash: Hash,
    place: Place,
}

/// A node of one of the two kinds of trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Over results.
    Values(Spot),
    /// Over elements of the result of operator `op`.
    Elements { op: u32, spot: Spot },
}

impl Walk {
    /// At the root of a trace.
    pub const fn start(root: Hash) -> Self {
        Self {
            hash: root,
            place: Place::Trace,
        }
    }

    /// The hash that is opened next.
    pub const fn hash(&self) -> &Hash {
        &self.hash
    }

    /// Where it is.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// What must be revealed next.
    ///
    /// # Errors
    /// [`WalkError::Place`] if the walk is of another layout.
    pub fn expected(&self, layout: &Layout) -> Result<Expected, WalkError> {
        let target = self.target(layout).ok_or(WalkError::Place)?;
        Ok(match (target, children(layout, target)) {
            (Target::Elements { spot, .. }, range) if spot.level == 0 => Expected::Leaf {
                elements: narrow(range.len()),
            },
            (_, range) => Expected::Branch {
                children: narrow(range.len()),
            },
        })
    }

    /// Whether `node` is what is to be revealed: of the form that its place has,
    /// and of the hash that the walk has come to.
    ///
    /// # Errors
    /// Any [`WalkError`] but [`WalkError::Child`].
    pub fn check_reveal(&self, layout: &Layout, node: &Node) -> Result<(), WalkError> {
        let expected = self.expected(layout)?;
        match (expected, node) {
            (Expected::Branch { .. }, Node::Branch(_)) | (Expected::Leaf { .. }, Node::Leaf(_)) => {
            }
            _ => return Err(WalkError::Kind),
        }
        if node.shape() != expected {
            return Err(WalkError::Count {
                expected: expected.count(),
                found: node.shape().count(),
            });
        }
        match self.wrapped(layout, node.hash()) {
            Some(hash) if hash == self.hash => Ok(()),
            Some(_) => Err(WalkError::Hash),
            None => Err(WalkError::Place),
        }
    }

    /// Goes to child or element `index` of a node that was revealed.
    ///
    /// # Errors
    /// Those of [`Walk::check_reveal`], and [`WalkError::Child`].
    pub fn descend(&self, layout: &Layout, node: &Node, index: u8) -> Result<Step, WalkError> {
        self.check_reveal(layout, node)?;
        let missing = WalkError::Child {
            index,
            count: node.shape().count(),
        };
        let target = self.target(layout).ok_or(WalkError::Place)?;
        let mut range = children(layout, target);
        let child = range.nth(usize::from(index)).ok_or(missing)?;
        let index = usize::from(index);
        match node {
            Node::Branch(children) => Ok(Step::Down(Self {
                hash: *children.get(index).ok_or(missing)?,
                place: place_of(layout, target, child).ok_or(WalkError::Place)?,
            })),
            Node::Leaf(elements) => match target {
                Target::Elements { op, .. } => Ok(Step::Element {
                    position: Position {
                        op,
                        element: index_of(child),
                    },
                    value: *elements.get(index).ok_or(missing)?,
                }),
                Target::Values(_) => Err(WalkError::Kind),
            },
        }
    }

    /// The node that is revealed next; none if the layout has no such place.
    pub(crate) fn target(&self, layout: &Layout) -> Option<Target> {
        let values = layout.values();
        let whole = |op: u32| {
            let spot = layout.elements(op)?.top();
            Some(Target::Elements { op, spot })
        };
        match self.place {
            // The tree over one result is that result.
            Place::Trace if values.height() == 0 => whole(0),
            Place::Trace => Some(Target::Values(values.top())),
            Place::Values { level, index } => branch(&values, level, index).map(Target::Values),
            Place::Value { op } => whole(op),
            Place::Elements { op, level, index } => {
                let spot = match level {
                    0 => Spot {
                        level,
                        index: size(index),
                    },
                    _ => branch(&layout.elements(op)?, level, index)?,
                };
                let exists = layout.elements(op)?.contains(spot);
                exists.then_some(Target::Elements { op, spot })
            }
        }
    }

    /// The hash of the place over the hash of its node.
    fn wrapped(&self, layout: &Layout, hash: Hash) -> Option<Hash> {
        let value = |op: u32| Some(value_hash(op, layout.length(op)?, &hash));
        Some(match self.place {
            Place::Trace if layout.ops() == 1 => root_hash(1, &value(0)?),
            Place::Trace => root_hash(layout.ops(), &hash),
            Place::Value { op } => value(op)?,
            Place::Values { .. } | Place::Elements { .. } => hash,
        })
    }
}

/// A branch of more than one child, if there is one.
fn branch(form: &Form, level: u8, index: u32) -> Option<Spot> {
    let spot = Spot {
        level,
        index: size(index),
    };
    let exists = form.contains(spot) && form.children(spot).len() > 1;
    exists.then_some(spot)
}

/// Indices of the children of a node one level below it, or of the elements of a
/// leaf in their result.
pub(crate) fn children(layout: &Layout, target: Target) -> Range<usize> {
    match target {
        Target::Values(spot) => layout.values().children(spot),
        Target::Elements { op, spot } if spot.level == 0 => {
            let start = spot.index.saturating_mul(LEAF_ELEMENTS);
            start..start.saturating_add(layout.leaf_len(op, spot.index))
        }
        Target::Elements { op, spot } => {
            layout.elements(op).map_or(0..0, |form| form.children(spot))
        }
    }
}

/// The place of a child of a branch.
fn place_of(layout: &Layout, parent: Target, index: usize) -> Option<Place> {
    let below = |spot: Spot| {
        let level = spot.level.checked_sub(1)?;
        Some(Spot { level, index })
    };
    Some(match parent {
        Target::Values(spot) => match layout.values().settle(below(spot)?) {
            Spot { level: 0, index } => Place::Value {
                op: index_of(index),
            },
            Spot { level, index } => Place::Values {
                level,
                index: index_of(index),
            },
        },
        Target::Elements { op, spot } => {
            let Spot { level, index } = layout.elements(op)?.settle(below(spot)?);
            Place::Elements {
                op,
                level,
                index: index_of(index),
            }
        }
    })
}

/// An index of at most 2^24.
pub(crate) fn index_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

//! The shape of a tree, and hashes up along it.
//!
//! Neighbours are joined level by level, as many at a time as the tree's arity;
//! the last group of a level may be smaller, and a group of one moves up as it
//! is. So the height is the smallest h with arity^h ≥ leaves, and which nodes
//! exist, and how many children each has, follows from the number of leaves
//! alone. With two at a time this is the tree of RFC 6962, which
//! [`lattice_tensor::weights`] has.

use crate::hash::{branch_hash, Hash};
use alloc::{vec, vec::Vec};
use core::ops::Range;
use lattice_tensor::weights;

/// How many nodes are joined at a time in the tree of a trace.
pub const ARITY: usize = 16;

/// How a level becomes the one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// The trees of a trace.
    Trace,
    /// The trees of a model's weights.
    Weights,
}

impl Join {
    pub const fn arity(self) -> usize {
        match self {
            Self::Trace => ARITY,
            Self::Weights => 2,
        }
    }

    /// The node over a group.
    fn node(self, children: &[Hash]) -> Hash {
        match (self, children) {
            (_, [lone]) => *lone,
            (Self::Weights, [left, right]) => weights::node_hash(left, right),
            _ => branch_hash(children),
        }
    }
}

/// Where a node is: its level, 0 for leaves, and its index on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub level: u8,
    pub index: usize,
}

/// Which nodes a tree has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub join: Join,
    /// Number of leaves, at least one.
    pub leaves: usize,
}

impl Form {
    pub const fn new(join: Join, leaves: usize) -> Self {
        Self { join, leaves }
    }

    /// Nodes on a level.
    pub fn count(&self, level: u8) -> usize {
        (0..level).fold(self.leaves, |count, _| count.div_ceil(self.join.arity()))
    }

    /// The level of the top.
    pub fn height(&self) -> u8 {
        let mut count = self.leaves;
        let mut height = 0u8;
        while count > 1 {
            count = count.div_ceil(self.join.arity());
            height = height.saturating_add(1);
        }
        height
    }

    /// The top.
    pub fn top(&self) -> Spot {
        Spot {
            level: self.height(),
            index: 0,
        }
    }

    /// Whether there is such a node.
    pub fn contains(&self, spot: Spot) -> bool {
        spot.level <= self.height() && spot.index < self.count(spot.level)
    }

    /// Indices of the children of a node, one level below it; none for a leaf.
    pub fn children(&self, spot: Spot) -> Range<usize> {
        let Some(below) = spot.level.checked_sub(1) else {
            return 0..0;
        };
        let start = spot.index.saturating_mul(self.join.arity());
        start
            ..start
                .saturating_add(self.join.arity())
                .min(self.count(below))
    }

    /// The node that a spot stands for: below groups of one, the node itself that
    /// moved up.
    pub fn settle(&self, mut spot: Spot) -> Spot {
        while spot.level > 0 && self.children(spot).len() == 1 {
            spot = Spot {
                level: spot.level.saturating_sub(1),
                index: self.children(spot).start,
            };
        }
        spot
    }

    /// Branches on the way from the top to a leaf.
    pub fn depth(&self, leaf: usize) -> u32 {
        let mut index = leaf;
        let mut depth = 0u32;
        for level in 1..=self.height() {
            index = index.checked_div(self.join.arity()).unwrap_or(0);
            if self.children(Spot { level, index }).len() > 1 {
                depth = depth.saturating_add(1);
            }
        }
        depth
    }

    /// The nodes whose hashes lead from the leaves (ascending) to the top: level by
    /// level, ascending.
    pub fn siblings(&self, leaves: impl IntoIterator<Item = usize>) -> Vec<Spot> {
        let mut known: Vec<usize> = leaves.into_iter().collect();
        let mut siblings = Vec::new();
        for level in 0..self.height() {
            let mut parents = Vec::new();
            for group in self.groups(&known, |index| *index) {
                let parent = self.parent(group.first().copied().unwrap_or(0), level);
                for index in self.children(parent) {
                    if !group.contains(&index) {
                        siblings.push(Spot { level, index });
                    }
                }
                parents.push(parent.index);
            }
            known = parents;
        }
        siblings
    }

    /// The top over leaves (ascending, with their hashes) and the hashes of
    /// [`Form::siblings`], as many of which are taken as belong to it; none if
    /// there are too few of them, or no leaves.
    pub fn fold(
        &self,
        mut known: Vec<(usize, Hash)>,
        siblings: &mut impl Iterator<Item = Hash>,
    ) -> Option<Hash> {
        for level in 0..self.height() {
            let mut parents = Vec::new();
            for group in self.groups(&known, |(index, _)| *index) {
                let parent = self.parent(group.first()?.0, level);
                let mut own = group.iter().peekable();
                let mut children = Vec::with_capacity(self.join.arity());
                for index in self.children(parent) {
                    children.push(match own.next_if(|(known, _)| *known == index) {
                        Some((_, hash)) => *hash,
                        None => siblings.next()?,
                    });
                }
                parents.push((parent.index, self.join.node(&children)));
            }
            known = parents;
        }
        known.first().map(|(_, hash)| *hash)
    }

    /// Runs of nodes that have one parent.
    fn groups<'a, T>(
        &self,
        known: &'a [T],
        index: impl Fn(&T) -> usize + 'a,
    ) -> impl Iterator<Item = &'a [T]> {
        let arity = self.join.arity();
        known.chunk_by(move |a, b| index(a).checked_div(arity) == index(b).checked_div(arity))
    }

    fn parent(&self, index: usize, level: u8) -> Spot {
        Spot {
            level: level.saturating_add(1),
            index: index.checked_div(self.join.arity()).unwrap_or(0),
        }
    }
}

/// All hashes of a tree.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    form: Form,
    /// The leaves first.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    pub fn new(join: Join, leaves: Vec<Hash>) -> Self {
        let form = Form::new(join, leaves.len());
        let mut levels = vec![leaves];
        while let Some(last) = levels.last().filter(|level| level.len() > 1) {
            let next = last
                .chunks(join.arity())
                .map(|group| join.node(group))
                .collect();
            levels.push(next);
        }
        Self { form, levels }
    }

    /// Zero for a tree of nothing, which no trace has.
    pub fn top(&self) -> Hash {
        self.get(self.form.top()).unwrap_or_default()
    }

    pub fn get(&self, spot: Spot) -> Option<Hash> {
        self.level(spot.level)?.get(spot.index).copied()
    }

    /// Hashes of the children of a node.
    pub fn children(&self, spot: Spot) -> Option<&[Hash]> {
        let below = spot.level.checked_sub(1)?;
        self.level(below)?.get(self.form.children(spot))
    }

    /// The hashes of [`Form::siblings`].
    pub fn siblings(&self, leaves: impl IntoIterator<Item = usize>) -> Vec<Hash> {
        let spots = self.form.siblings(leaves);
        spots
            .into_iter()
            .filter_map(|spot| self.get(spot))
            .collect()
    }

    fn level(&self, level: u8) -> Option<&[Hash]> {
        self.levels.get(usize::from(level)).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;
    use proptest::prelude::*;

    fn numbered(count: usize) -> Vec<Hash> {
        (0..i32::try_from(count).unwrap())
            .map(|index| leaf_hash(&[index]))
            .collect()
    }

    #[test]
    fn the_height_is_the_smallest_whose_power_holds_all_leaves() {
        for (leaves, height) in [
            (1, 0),
            (2, 1),
            (16, 1),
            (17, 2),
            (256, 2),
            (257, 3),
            (4_097, 4),
        ] {
            assert_eq!(Form::new(Join::Trace, leaves).height(), height, "{leaves}");
        }
    }

    #[test]
    fn a_lone_node_moves_up_as_it_is() {
        let leaves = numbered(17);
        let tree = Tree::new(Join::Trace, leaves.clone());
        assert_eq!(
            tree.top(),
            branch_hash(&[branch_hash(&leaves[..16]), leaves[16]])
        );
        let form = tree.form;
        let lone = Spot { level: 1, index: 1 };
        assert_eq!(
            form.settle(lone),
            Spot {
                level: 0,
                index: 16
            }
        );
        assert_eq!((form.depth(0), form.depth(16)), (2, 1));
        assert_eq!(Tree::new(Join::Trace, numbered(1)).top(), leaves[0]);
    }

    #[test]
    fn two_at_a_time_it_is_the_tree_of_the_weights() {
        for count in 1..40 {
            let leaves = numbered(count);
            assert_eq!(
                Tree::new(Join::Weights, leaves.clone()).top(),
                weights::tree(leaves)
            );
        }
    }

    proptest! {
        #[test]
        fn any_leaves_and_their_siblings_give_the_top(
            count in 1usize..700, chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
            weights: bool,
        ) {
            let join = if weights { Join::Weights } else { Join::Trace };
            let tree = Tree::new(join, numbered(count));
            let chosen: alloc::collections::BTreeSet<usize> =
                chosen.iter().map(|index| index.index(count)).collect();
            let known: Vec<_> = chosen
                .iter()
                .map(|index| (*index, tree.levels[0][*index]))
                .collect();
            let siblings = tree.siblings(chosen.iter().copied());
            let mut rest = siblings.iter().copied();
            prop_assert_eq!(tree.form.fold(known.clone(), &mut rest), Some(tree.top()));
            prop_assert_eq!(rest.next(), None);

            let mut short = siblings.iter().copied().skip(1);
            if !siblings.is_empty() {
                prop_assert_eq!(tree.form.fold(known, &mut short), None);
            }
        }
    }
}

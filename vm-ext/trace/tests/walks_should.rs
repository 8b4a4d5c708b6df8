//! The tree and the walk down it, for every form that a tree can have.

mod support;

use blake2::{digest::consts::U32, Blake2b, Digest};
use codec::{DecodeAll, Encode, MaxEncodedLen};
use lattice_trace::{
    check_output, Commitment, Expected, Hash, Layout, LayoutError, Node, OutputLink, Place,
    Position, Step, Walk, WalkError,
};
use support::{below, Case};

/// Operators and elements: single ones, full and just overfull groups.
const FORMS: [(usize, u32); 14] = [
    (1, 1),
    (1, 63),
    (1, 64),
    (1, 65),
    (1, 16 * 64),
    (1, 16 * 64 + 1),
    (1, 257 * 64),
    (2, 1),
    (15, 3),
    (16, 65),
    (17, 64),
    (17, 17 * 64),
    (64, 2),
    (257, 1),
];

fn hash(tag: &str, parts: &[&[u8]]) -> Hash {
    let mut hasher = Blake2b::<U32>::new();
    hasher.update(format!("lattice/trace/1/{tag}"));
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// The tree as the documentation writes it, from the top down.
fn tree(leaves: &[Hash]) -> Hash {
    if let [lone] = leaves {
        return *lone;
    }
    let mut share = 1;
    while share * 16 < leaves.len() {
        share *= 16;
    }
    let children: Vec<Hash> = leaves.chunks(share).map(tree).collect();
    hash("branch", &[&children.concat()])
}

fn root(values: &[Vec<i32>]) -> Hash {
    let hashes: Vec<Hash> = values
        .iter()
        .zip(0u32..)
        .map(|(value, op)| {
            let leaf = |elements: &[i32]| {
                let bytes: Vec<u8> = elements.iter().flat_map(|x| x.to_le_bytes()).collect();
                hash("leaf", &[&bytes])
            };
            let leaves: Vec<Hash> = value.chunks(64).map(leaf).collect();
            let length = u32::try_from(value.len()).unwrap().to_le_bytes();
            hash("value", &[&op.to_le_bytes(), &length, &tree(&leaves)])
        })
        .collect();
    let count = u32::try_from(values.len()).unwrap().to_le_bytes();
    hash("root", &[&count, &tree(&hashes)])
}

#[test]
fn start_from_the_root_that_the_documentation_says() {
    for (ops, elements) in FORMS {
        let case = Case::chain(ops, elements);
        assert_eq!(case.honest.root(), root(&case.honest.trace().values[1..]));
    }
    let case = Case::lenet5();
    assert_eq!(case.honest.root(), root(&case.honest.trace().values[1..]));
}

#[test]
fn reach_every_element_in_as_many_rounds_as_the_layout_says() {
    for (ops, elements) in FORMS {
        let case = Case::chain(ops, elements);
        let layout = case.honest.layout();
        let mut longest = 0;
        let last = usize::try_from(elements).unwrap() - 1;
        for op in [0, ops / 2, ops - 1] {
            for element in [0, last / 2, last.min(63), last.min(64), last] {
                let position = Position::new(op, element);
                let end = case.walk_to(position);
                assert_eq!(end.position, position, "{ops} {elements}");
                assert_eq!(Some(end.value), case.honest.element(position));
                longest = longest.max(end.rounds);
            }
        }
        assert_eq!(longest, layout.rounds(), "{ops} {elements}");
    }
}

#[test]
fn be_told_what_is_expected_before_it_is_revealed() {
    let case = Case::chain(17, 65);
    let layout = case.honest.layout();
    let start = Walk::start(case.honest.root());
    assert_eq!(start.expected(layout), Ok(Expected::Branch { children: 2 }));

    let top = case.honest.reveal(&start).unwrap();
    // The last operator is alone in its group and so moved up.
    let Ok(Step::Down(last)) = start.descend(layout, &top, 1) else {
        panic!("a branch");
    };
    assert_eq!(last.place(), Place::Value { op: 16 });
    assert_eq!(last.expected(layout), Ok(Expected::Branch { children: 2 }));
    let value = case.honest.reveal(&last).unwrap();
    let Ok(Step::Down(leaf)) = last.descend(layout, &value, 1) else {
        panic!("a branch");
    };
    assert_eq!(leaf.expected(layout), Ok(Expected::Leaf { elements: 1 }));
    let elements = case.honest.reveal(&leaf).unwrap();
    let value = case.honest.trace().values[17][64];
    assert_eq!(
        leaf.descend(layout, &elements, 0),
        Ok(Step::Element {
            position: Position::new(16, 64),
            value
        })
    );
}

#[test]
fn be_small_and_keep_their_bounds() {
    assert!(Walk::max_encoded_len() <= 48);
    assert!(Node::max_encoded_len() <= 2 + 512);
    for (ops, elements) in FORMS {
        let case = Case::chain(ops, elements);
        let start = Walk::start(case.honest.root());
        assert_eq!(Walk::decode_all(&mut &start.encode()[..]), Ok(start));
        let layout = case.honest.layout().clone();
        assert_eq!(Layout::decode_all(&mut &layout.encode()[..]), Ok(layout));
    }
    let sibling = Node::Branch(vec![[0; 32]; 16].try_into().unwrap());
    assert_eq!(Node::decode_all(&mut &sibling.encode()[..]), Ok(sibling));
    let long = (0u8, vec![[0u8; 32]; 17]).encode();
    assert!(Node::decode_all(&mut &long[..]).is_err());
}

#[test]
fn be_linked_to_their_output_in_every_form() {
    for (ops, elements) in FORMS {
        let case = Case::chain(ops, elements);
        let (layout, root) = (case.honest.layout(), case.honest.root());
        let link = case.honest.output_link();
        let output = case.honest.trace().output();
        assert!(check_output(layout, &root, output, &link), "{ops}");
        assert_eq!(OutputLink::decode_all(&mut &link.encode()[..]), Ok(link));
    }
    let siblings = |ops| Case::chain(ops, 1).honest.output_link().siblings.len();
    assert_eq!([1, 2, 16, 17, 256, 257].map(siblings), [0, 1, 15, 1, 30, 1]);
}

#[test]
fn know_no_difference_where_there_is_none() {
    let case = Case::chain(3, 70);
    let start = Walk::start(case.honest.root());
    let node = case.honest.reveal(&start).unwrap();
    assert_eq!(case.honest.first_difference(&start, &node), None);
}

mod refuse {
    use super::*;
    use lattice_tensor::testing::Random;

    /// Walks a random way down and hands each walk and node to `look`.
    fn down(case: &Case, seed: u64, mut look: impl FnMut(&Walk, &Node)) {
        let mut random = Random::new(seed);
        let layout = case.honest.layout();
        let mut walk = Walk::start(case.honest.root());
        loop {
            let node = case.honest.reveal(&walk).unwrap();
            look(&walk, &node);
            let index = u8::try_from(below(&mut random, len(&node))).unwrap();
            match walk.descend(layout, &node, index) {
                Ok(Step::Down(next)) => walk = next,
                end => return assert!(matches!(end, Ok(Step::Element { .. }))),
            }
        }
    }

    fn len(node: &Node) -> usize {
        match node {
            Node::Branch(children) => children.len(),
            Node::Leaf(elements) => elements.len(),
        }
    }

    fn branch(children: &[Hash]) -> Option<Node> {
        Some(Node::Branch(children.to_vec().try_into().ok()?))
    }

    #[test]
    fn nodes_of_another_kind_count_or_hash() {
        for (ops, elements) in FORMS {
            let case = Case::chain(ops, elements);
            let layout = case.honest.layout();
            down(&case, 1, |walk, node| {
                let check = |node: Node| walk.check_reveal(layout, &node);
                assert_eq!(check(node.clone()), Ok(()));
                match node {
                    Node::Branch(children) => {
                        let mut other = children.clone();
                        other[0][31] ^= 1;
                        assert_eq!(check(Node::Branch(other)), Err(WalkError::Hash));
                        let mut swapped = children.to_vec();
                        swapped.swap(0, 1);
                        if swapped != children.to_vec() {
                            let swapped = branch(&swapped).unwrap();
                            assert_eq!(check(swapped), Err(WalkError::Hash));
                        }
                        let short = branch(&children[1..]).unwrap();
                        assert!(matches!(check(short), Err(WalkError::Count { .. })));
                        // The children's bytes as elements.
                        let words = children.concat();
                        let words = words
                            .chunks(4)
                            .take(64)
                            .map(|word| i32::from_le_bytes(word.try_into().unwrap()));
                        let leaf = Node::Leaf(words.collect::<Vec<_>>().try_into().unwrap());
                        assert_eq!(check(leaf), Err(WalkError::Kind));
                    }
                    Node::Leaf(elements) => {
                        let mut other = elements.clone();
                        other[0] ^= 1;
                        assert_eq!(check(Node::Leaf(other)), Err(WalkError::Hash));
                        let mut long = elements.clone();
                        if long.try_push(0).is_ok() {
                            let expected = u8::try_from(elements.len()).unwrap();
                            let found = expected + 1;
                            let count = WalkError::Count { expected, found };
                            assert_eq!(check(Node::Leaf(long)), Err(count));
                        }
                        let empty = branch(&[]).unwrap();
                        assert_eq!(check(empty), Err(WalkError::Kind));
                    }
                }
                let count = u8::try_from(len(node)).unwrap();
                assert_eq!(
                    walk.descend(layout, node, count),
                    Err(WalkError::Child {
                        index: count,
                        count
                    })
                );
            });
        }
    }

    #[test]
    fn walks_of_another_layout() {
        let (long, short) = (Case::chain(40, 5_000), Case::chain(2, 3));
        let mut refused = 0;
        for seed in 0..20 {
            down(&long, seed, |walk, node| {
                let error = walk.check_reveal(short.honest.layout(), node);
                assert!(error.is_err());
                refused += u32::from(error == Err(WalkError::Place));
                assert!(walk.descend(short.honest.layout(), node, 0).is_err());
            });
        }
        assert!(refused > 20);
    }

    #[test]
    fn roots_without_their_wrapping() {
        // The hash of the top of a tree is neither its value nor its root.
        for (ops, elements) in FORMS {
            let case = Case::chain(ops, elements);
            let layout = case.honest.layout();
            let node = case
                .honest
                .reveal(&Walk::start(case.honest.root()))
                .unwrap();
            let bare = match &node {
                Node::Branch(children) => hash("branch", &[&children.concat()]),
                Node::Leaf(elements) => {
                    let bytes: Vec<u8> = elements.iter().flat_map(|x| x.to_le_bytes()).collect();
                    hash("leaf", &[&bytes])
                }
            };
            let walk = Walk::start(bare);
            assert_eq!(walk.check_reveal(layout, &node), Err(WalkError::Hash));
        }
    }

    #[test]
    fn traces_of_another_form() {
        let case = Case::chain(3, 5);
        let trace = case.honest.trace();
        let found = |edit: fn(&mut Vec<Vec<i32>>)| {
            let mut trace = trace.clone();
            edit(&mut trace.values);
            Commitment::new(&case.model, trace).map(|_| ()).unwrap_err()
        };
        let error = |found| LayoutError::Trace { expected: 3, found };
        assert_eq!(found(|values| values[2].push(0)), error(1));
        assert_eq!(found(|values| values.truncate(3)), error(2));
        assert_eq!(found(|values| values.push(vec![0; 5])), error(3));
    }
}

//! Models with honest traces, and traces that are not.

use lattice_host::trace::{Commitment, Position};
use lattice_tensor::testing::{random_graph, random_input, random_mlp};
use lattice_tensor::{evaluate, trace, Model, Range, Trace};

/// A model, an input, and what is committed to by whoever is honest.
pub struct Case {
    pub model: Model,
    pub input: Vec<i8>,
    pub honest: Commitment,
}

impl Case {
    pub fn new(model: Model, seed: u64) -> Self {
        let input = random_input(seed, &model);
        let honest = trace(&model, &input).expect("the model takes the input");
        let narrow = |x: &i32| i8::try_from(*x).expect("inputs are i8");
        Self {
            input: input.iter().map(narrow).collect(),
            honest: Commitment::new(&model, honest).expect("the trace is the model's"),
            model,
        }
    }

    /// Three layers, the first of which has more elements than a leaf.
    pub fn perceptron() -> Self {
        Self::new(random_mlp(1, &[9, 70, 12, 3], Range { lo: 0, hi: 16 }), 1)
    }

    /// One of graphs that together have every operator.
    pub fn graph(seed: u64) -> Self {
        Self::new(random_graph(seed), seed)
    }

    /// One result of one leaf: the tree has no branch.
    pub fn smallest() -> Self {
        Self::new(random_mlp(3, &[2, 3], Range { lo: 0, hi: 16 }), 3)
    }

    /// What is committed to with one element changed; if `consistently`, the operators behind it
    /// run on what there is then.
    pub fn altered(&self, position: Position, value: i32, consistently: bool) -> Commitment {
        let mut values = self.honest.trace().values.clone();
        let op = usize::try_from(position.op).expect("few operators");
        let element = usize::try_from(position.element).expect("few elements");
        values[op + 1][element] = value;
        if consistently {
            for next in op + 1..self.model.ops().len() {
                // Not where an operand is one that no product takes.
                if let Ok(result) = evaluate(&self.model, next, &values[..=next]) {
                    values[next + 1] = result;
                }
            }
        }
        Commitment::new(&self.model, Trace { values }).expect("the form is the model's")
    }

    /// What is committed to where an element is one more than it should be.
    pub fn off_by_one(&self, op: u32, element: u32, consistently: bool) -> Commitment {
        let position = Position { op, element };
        let value = self.honest.element(position).expect("the model has it");
        self.altered(position, value.wrapping_add(1), consistently)
    }

    /// Every element of every result.
    pub fn positions(&self) -> Vec<Position> {
        let results = self.honest.trace().values.iter().skip(1);
        results
            .enumerate()
            .flat_map(|(op, result)| {
                (0..result.len()).map(move |element| Position::new(op, element))
            })
            .collect()
    }
}

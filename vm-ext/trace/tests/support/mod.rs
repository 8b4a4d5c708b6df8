//! Models, traces and parties of a dispute.

#![allow(dead_code)] // Each test uses a part of it.

use lattice_tensor::testing::{lenet5, random_graph, random_input, random_mlp, Random};
use lattice_tensor::{evaluate, trace, Model, ModelBuilder, Range, Scale, Shape, Trace};
use lattice_trace::{check, Commitment, Opening, Position, Step, StepError, Walk, WalkError};

/// A request and whoever holds a trace for it.
pub struct Case {
    pub model: Model,
    pub input: Vec<i8>,
    pub honest: Commitment,
}

impl Case {
    pub fn new(model: Model, seed: u64) -> Self {
        let input = random_input(seed, &model);
        let trace = trace(&model, &input).expect("the input fits");
        let honest = Commitment::new(&model, trace).expect("a trace of the model");
        let narrow = |x: &i32| i8::try_from(*x).expect("inputs are quantized");
        Self {
            input: input.iter().map(narrow).collect(),
            model,
            honest,
        }
    }

    /// Of one of the random graphs, which together have every operator.
    pub fn graph(seed: u64) -> Self {
        if seed.is_multiple_of(5) {
            let model = random_mlp(seed, &[9, 70, 12, 3], Range { lo: 0, hi: 16 });
            return Self::new(model, seed);
        }
        Self::new(random_graph(seed), seed)
    }

    pub fn lenet5() -> Self {
        Self::new(lenet5(1), 1)
    }

    /// So many operators on so many elements.
    pub fn chain(ops: usize, elements: u32) -> Self {
        let shape = Shape::new([elements]).unwrap();
        let mut builder = ModelBuilder::new(shape, Range { lo: -9, hi: 9 }, Scale::ONE);
        for _ in 0..ops {
            builder = builder.relu().unwrap();
        }
        Self::new(builder.build(Scale::ONE).unwrap(), 7)
    }

    /// What the chain makes of an opening under a root.
    pub fn check(
        &self,
        root: &[u8; 32],
        position: Position,
        opening: &Opening,
    ) -> Result<i32, StepError> {
        check(self.model.manifest(), root, &self.input, position, opening)
    }

    /// A commitment to a trace in which one element is another one; the operators
    /// behind it run on what there is then, or as if nothing had happened.
    pub fn altered(&self, position: Position, value: i32, consistently: bool) -> Commitment {
        let mut values = self.honest.trace().values.clone();
        let op = usize::try_from(position.op).unwrap();
        values[op + 1][usize::try_from(position.element).unwrap()] = value;
        if consistently {
            for next in op + 1..self.model.ops().len() {
                // Not where a value is none that a product takes.
                if let Ok(result) = evaluate(&self.model, next, &values[..=next]) {
                    values[next + 1] = result;
                }
            }
        }
        Commitment::new(&self.model, Trace { values }).expect("of the model's form")
    }

    /// The walk down the honest tree to a position.
    pub fn walk_to(&self, position: Position) -> End {
        let value = self.honest.element(position).expect("is there");
        let other = self.altered(position, value.wrapping_add(1), false);
        challenge(&self.honest, &other)
    }

    pub fn positions(&self) -> Vec<Position> {
        let values = self.honest.trace().values.iter().skip(1);
        values
            .enumerate()
            .flat_map(|(op, value)| (0..value.len()).map(move |element| Position::new(op, element)))
            .collect()
    }

    pub fn random_position(&self, random: &mut Random) -> Position {
        let op = below(random, self.model.ops().len());
        let elements = self.honest.trace().values[op + 1].len();
        Position::new(op, below(random, elements))
    }
}

pub fn below(random: &mut Random, count: usize) -> usize {
    let last = i64::try_from(count).unwrap() - 1;
    usize::try_from(random.between(0, last)).unwrap()
}

/// The end of a walk.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    pub position: Position,
    pub value: i32,
    pub rounds: u32,
}

/// Walks down the asserter's tree, as the chain lets the two do it.
pub fn walk(
    asserter: &Commitment,
    mut choose: impl FnMut(&Walk, &lattice_trace::Node) -> u8,
) -> Result<End, WalkError> {
    let layout = asserter.layout();
    let mut walk = Walk::start(asserter.root());
    let mut rounds = 0;
    loop {
        rounds += 1;
        let node = asserter.reveal(&walk).expect("a place that there is");
        walk.check_reveal(layout, &node)?;
        match walk.descend(layout, &node, choose(&walk, &node))? {
            Step::Down(next) => walk = next,
            Step::Element { position, value } => {
                return Ok(End {
                    position,
                    value,
                    rounds,
                })
            }
        }
    }
}

/// The walk of an honest challenger.
pub fn challenge(asserter: &Commitment, challenger: &Commitment) -> End {
    let choose = |walk: &Walk, node: &lattice_trace::Node| {
        challenger
            .first_difference(walk, node)
            .expect("a tree that differs above differs below")
    };
    walk(asserter, choose).expect("reveals fit")
}

//! A real model, honest traces of it, and traces that are not.

use lattice_host::trace::Commitment;
use lattice_tensor::testing::{random_input, random_mlp};
use lattice_tensor::{evaluate, trace, Model, Range, Trace};
use std::sync::OnceLock;

/// A model that providers serve.
pub struct Served {
    pub model: Model,
}

/// The model of every test.
pub fn served() -> &'static Served {
    static SERVED: OnceLock<Served> = OnceLock::new();
    SERVED.get_or_init(|| Served {
        // Its first results have more elements than a leaf.
        model: random_mlp(5, &[6, 70, 8, 3], Range { lo: 0, hi: 16 }),
    })
}

impl Served {
    /// An admissible input.
    pub fn input(&self, seed: u64) -> Vec<i8> {
        random_input(seed, &self.model)
            .into_iter()
            .map(|x| i8::try_from(x).expect("inputs are i8"))
            .collect()
    }

    /// What an honest provider commits to for an input.
    pub fn commit(&self, input: &[i8]) -> Commitment {
        let input: Vec<i32> = input.iter().map(|x| i32::from(*x)).collect();
        let trace = trace(&self.model, &input).expect("the input is admissible");
        Commitment::new(&self.model, trace).expect("the trace is the model's")
    }

    /// What somebody commits to who makes an element one more than it is; if `consistently`, the
    /// operators behind it run on what there is then.
    pub fn altered(
        &self,
        from: &Commitment,
        op: usize,
        element: usize,
        consistently: bool,
    ) -> Commitment {
        let mut values = from.trace().values.clone();
        values[op + 1][element] = values[op + 1][element].wrapping_add(1);
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

    /// The index of the last operator.
    pub fn last_op(&self) -> usize {
        self.model.ops().len() - 1
    }
}

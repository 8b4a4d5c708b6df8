//! Maxima before saturations, where it is the same function.
//!
//! Requantize and ReLU are monotone and treat all elements of a channel alike, so
//! `max f(x_i) = f(max x_i)` over a window of one channel. If the input of a MaxPool2d is a chain of
//! such operations whose values nothing else reads, the pool may come first: then each window is
//! saturated once and not each of its elements.

use lattice_tensor::{Model, Op, ValueId};

/// A chain of monotone operations and the pool that reads its last value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fusion {
    /// The value that the chain starts from.
    pub(crate) source: ValueId,
    /// Indices of the chain's operations, in order.
    pub(crate) chain: Vec<usize>,
    /// Index of the pool.
    pub(crate) pool: usize,
}

/// How often each value is read; the output counts as read once.
fn readers(model: &Model) -> Vec<usize> {
    let mut readers = vec![0; model.ops().len() + 1];
    for value in model.ops().iter().flat_map(Op::inputs) {
        readers[usize::from(value)] += 1;
    }
    readers[usize::from(model.output())] += 1;
    readers
}

/// All chains that end in a pool, by their first operation.
pub(crate) fn fusions(model: &Model) -> Vec<Option<Fusion>> {
    let (ops, readers) = (model.ops(), readers(model));
    let mut fusions = vec![None; ops.len()];
    for (pool, op) in ops.iter().enumerate() {
        let Op::MaxPool2d(max) = op else { continue };
        let mut chain = Vec::new();
        let mut source = max.input;
        while readers[usize::from(source)] == 1 {
            let Some(producer) = usize::from(source).checked_sub(1) else {
                break;
            };
            match &ops[producer] {
                Op::Requantize { input, .. } | Op::Relu { input } => {
                    chain.insert(0, producer);
                    source = *input;
                }
                _ => break,
            }
        }
        if let Some(&first) = chain.first() {
            fusions[first] = Some(Fusion {
                source,
                chain,
                pool,
            });
        }
    }
    fusions
}

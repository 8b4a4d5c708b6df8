//! The arithmetic on shapes and paddings that exporters leave in a graph.

use super::constant::{decode, Constant};
use super::{Node, Value, Walk};
use crate::error::GraphError;

/// Most elements that arithmetic on shapes makes.
const MAX_COMPUTED: usize = 1 << 10;

impl<'a> Walk<'a> {
    /// `Shape`: a constant, since all sizes are known.
    pub(super) fn shape_of(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let shape = match self.constant_operand(node, 0)? {
            Some(constant) => constant.shape,
            None => self.view(node, 0)?.shape,
        };
        let rank = shape.len() as i64;
        let end = |at: i64| (if at < 0 { at + rank } else { at }).clamp(0, rank) as usize;
        let start = end(node.int("start").unwrap_or(0));
        let stop = end(node.int("end").unwrap_or(rank)).max(start);
        let values = shape[start..stop].iter().map(|&size| size as f64);
        let values: Vec<f64> = values.collect();
        self.define(node, row(values))
    }

    /// `Gather`, `Slice`, `Concat` and `ConstantOfShape` of constants, as exporters compute shapes
    /// and paddings.
    pub(super) fn shape_arithmetic(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let first = self.needed_constant(node, 0)?;
        let constant = match node.op() {
            "Gather" => self.gather(node, &first)?,
            "Slice" => self.slice(node, &first)?,
            "ConstantOfShape" => {
                let elements = first.values.iter().product::<f64>();
                if !(0.0..=MAX_COMPUTED as f64).contains(&elements) {
                    return Err(node.refused(&format!(
                        "it makes {elements} elements; at most {MAX_COMPUTED} are computed"
                    )));
                }
                let fill = match node.tensor("value") {
                    Some(tensor) => decode(tensor)?.values.first().copied().unwrap_or(0.0),
                    None => 0.0,
                };
                Constant {
                    shape: first.values.iter().map(|&size| size as usize).collect(),
                    values: vec![fill; elements as usize],
                }
            }
            _ => {
                let mut values = Vec::new();
                for index in 0..node.0.input.len() {
                    let part = self.needed_constant(node, index)?;
                    if part.shape.len() != 1 {
                        return Err(node.refused("only rows of constants are joined"));
                    }
                    values.extend(part.values);
                }
                return self.define(node, row(values));
            }
        };
        self.define(node, Value::Constant(constant))
    }

    /// Picks elements of a row of constants.
    fn gather(&self, node: Node<'a>, from: &Constant) -> Result<Constant, GraphError> {
        let [len] = from.shape[..] else {
            return Err(node.refused("only rows of constants are gathered from"));
        };
        let indices = self.needed_constant(node, 1)?;
        let pick = |index: &f64| {
            let at = from_end(*index as i64, len);
            usize::try_from(at)
                .ok()
                .and_then(|at| from.values.get(at))
                .copied()
        };
        let values: Option<Vec<f64>> = indices.values.iter().map(pick).collect();
        Ok(Constant {
            values: values.ok_or_else(|| node.refused("an index is beyond the constant"))?,
            shape: indices.shape,
        })
    }

    /// Cuts a constant along one axis, in steps of either direction.
    fn slice(&self, node: Node<'a>, from: &Constant) -> Result<Constant, GraphError> {
        let number = |index: usize, default: i64| match node.has_input(index) {
            true => match self.whole_numbers(node, index)?[..] {
                [number] => Ok(number),
                _ => Err(node.refused("only one axis of a constant is sliced")),
            },
            false => Ok(default),
        };
        let (start, stop) = (number(1, 0)?, number(2, 0)?);
        let (axis, step) = (number(3, 0)?, number(4, 1)?);
        let axis = usize::try_from(from_end(axis, from.shape.len())).ok();
        let Some((axis, &size)) = axis.and_then(|a| Some((a, from.shape.get(a)?))) else {
            return Err(node.refused(&format!("it slices shape {:?}", from.shape)));
        };
        let last = size as i64 - 1;
        let picks: Vec<usize> = match step {
            0 => return Err(node.refused("a step of 0")),
            1.. => {
                let range =
                    from_end(start, size).max(0)..=from_end(stop, size).saturating_sub(1).min(last);
                range.step_by(step as usize).map(|at| at as usize).collect()
            }
            // Downwards; a stop before the first element is below every index.
            _ => {
                let range =
                    from_end(stop, size).saturating_add(1).max(0)..=from_end(start, size).min(last);
                let step = usize::try_from(step.unsigned_abs()).unwrap_or(usize::MAX);
                range.rev().step_by(step).map(|at| at as usize).collect()
            }
        };
        let inner: usize = from.shape[axis + 1..].iter().product();
        let mut shape = from.shape.clone();
        shape[axis] = picks.len();
        let rows = from.values.chunks((size * inner).max(1));
        let values = rows.flat_map(|chunk| {
            picks
                .iter()
                .flat_map(move |at| &chunk[at * inner..(at + 1) * inner])
        });
        Ok(Constant {
            values: values.copied().collect(),
            shape,
        })
    }
}

/// An index that may count from the end.
fn from_end(index: i64, len: usize) -> i64 {
    if index < 0 {
        index.saturating_add(len as i64)
    } else {
        index
    }
}

fn row<'a>(values: Vec<f64>) -> Value<'a> {
    Value::Constant(Constant {
        shape: vec![values.len()],
        values,
    })
}

//! Models that ask for every bit that float32 has.

use super::Sequence;
use lattice_tensor::{
    limits, Clamp, Model, ModelBuilder, ModelError, Placement, Range, Scale, Shape,
};

/// Random graphs of each kind.
const GRAPHS: u64 = 3;

/// Every golden model with its name.
pub(super) fn models() -> Result<Vec<(String, Model)>, ModelError> {
    let mut models = vec![
        ("dense".to_string(), dense()?),
        ("convolution".to_string(), convolution()?),
    ];
    for seed in 0..GRAPHS {
        models.push((format!("branches-{seed}"), branches(seed)?));
        models.push((format!("images-{seed}"), images(seed)?));
    }
    Ok(models)
}

/// Weights of a row at the edge: with inputs of ±127 sums of ±127 · 127 up to 2^24 - 1, and odd
/// sums close to it, whose last bit of 24 is not zero and which a rounding would change.
fn edge(row: u32, column: u32, columns: u32) -> i8 {
    match row {
        0 => 127,
        1 => -127,
        2 if column.is_multiple_of(2) => 127,
        2 => -127,
        3 if column == 0 => 126,
        3 => 127,
        4 if column < 3 => -126,
        4 => -127,
        _ => i8::from(column == columns - 1),
    }
}

/// Rows of [`edge`].
const EDGES: u32 = 6;

/// `EDGES` rows, so many times.
fn edges(times: u32, columns: u32) -> Vec<i8> {
    (0..times * EDGES)
        .flat_map(|row| (0..columns).map(move |column| edge(row % EDGES, column, columns)))
        .collect()
}

/// The same shift for each channel.
fn shifts(shift: u8, channels: u32) -> Vec<u8> {
    (0..channels).map(|_| shift).collect()
}

/// A layer at the edge, so wide that it is cut into slices, and a second one behind a requantization.
fn dense() -> Result<Model, ModelError> {
    let columns = u32::try_from(limits::SLICE_COLUMNS + 7).unwrap_or(u32::MAX);
    let mut random = Sequence::new(0x4947_4f4c);
    let mut weights = edges(1, columns);
    weights.extend(random.weights(10 * columns));
    ModelBuilder::new(Shape::new([columns])?, Range::new(-127, 127)?, Scale::ONE)
        .linear(
            "golden",
            weights,
            16,
            Some((0..16).map(|row| 1 - row).collect()),
        )?
        .requantize(shifts(16, 16), Clamp::FULL)?
        .linear("second", random.weights(16 * 5), 5, None)?
        .build(Scale::ONE)
}

/// Two groups of 116 · 9 columns, which are cut into slices, over a padded image: patches at the
/// edge, with and without zeros in them.
fn convolution() -> Result<Model, ModelError> {
    let depth = 116;
    ModelBuilder::new(
        Shape::new([2 * depth, 5, 4])?,
        Range::new(-127, 127)?,
        Scale::ONE,
    )
    .conv2d(
        "golden",
        edges(2, 9 * depth),
        Shape::new([2 * EDGES, depth, 3, 3])?,
        None,
        Placement::DENSE.padded(1),
        2,
    )?
    .build(Scale::ONE)
}

/// Dense layers in branches that meet in a sum and side by side.
fn branches(seed: u64) -> Result<Model, ModelError> {
    let mut random = Sequence::new(0x4252_414e ^ seed);
    let (inputs, width) = (random.size(1, 90), random.size(2, 40));
    let stem = ModelBuilder::new(Shape::new([inputs])?, Range::new(-127, 127)?, Scale::ONE)
        .linear("stem", random.weights(inputs * width), width, None)?
        .requantize(shifts(10, width), Clamp::FULL)?;
    let stem_value = stem.current();
    let block = stem
        .linear("block", random.weights(width * width), width, None)?
        .relu()?
        .requantize(shifts(9, width), Clamp::FULL)?;
    let block_value = block.current();
    let sum = block
        .add(stem_value, 0, 1)?
        .requantize(shifts(1, width), Clamp::FULL)?;
    let sum_value = sum.current();
    sum.concat([block_value, sum_value].into(), 0)?
        .linear("head", random.weights(2 * width * 7), 7, None)?
        .build(Scale::ONE)
}

/// Convolutions with steps and padding, a pool between them and a dense layer behind.
fn images(seed: u64) -> Result<Model, ModelError> {
    let mut random = Sequence::new(0x494d_4147 ^ seed);
    let (channels, middle, last) = (random.size(1, 5), random.size(8, 20), random.size(8, 20));
    // 12 by 10, then 6 by 5, then 3 by 3.
    ModelBuilder::new(
        Shape::new([channels, 12, 10])?,
        Range::new(-127, 127)?,
        Scale::ONE,
    )
    .conv2d(
        "first",
        random.weights(middle * channels * 9),
        Shape::new([middle, channels, 3, 3])?,
        None,
        Placement::DENSE.padded(1),
        1,
    )?
    .requantize(shifts(10, middle), Clamp::RELU)?
    .max_pool2d([2, 2], Placement::every(2))?
    .conv2d(
        "second",
        random.weights(last * middle * 9),
        Shape::new([last, middle, 3, 3])?,
        None,
        Placement::every(2).padded(1),
        1,
    )?
    .requantize(shifts(10, last), Clamp::RELU)?
    .flatten()?
    .linear("head", random.weights(last * 9 * 10), 10, None)?
    .build(Scale::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_models_at_the_edge_use_all_24_bits() {
        let slice = limits::SLICE_COLUMNS as i64 * 127 * 127;
        assert!(slice < limits::EXACT_F32 && slice > limits::EXACT_F32 - 127 * 127);
        for model in [dense().unwrap(), convolution().unwrap()] {
            assert_eq!(model.exact_columns(0), Some(limits::SLICE_COLUMNS));
        }
    }

    #[test]
    fn no_two_models_are_the_same() {
        let models = models().unwrap();
        let ids: std::collections::BTreeSet<_> =
            models.iter().map(|(_, model)| model.id().0).collect();
        assert_eq!(ids.len(), 2 + 2 * usize::try_from(GRAPHS).unwrap());
    }
}

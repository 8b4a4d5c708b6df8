//! `y[o, i, j] = b[o] + Σ w[o, c, u, v] · x[c, i·s + u - top, j·t + v - left]`, c over the channels of o's group

use super::image;
use super::products::{dot, quantized, slice, typed, Columns, End, Sums};
use super::{
    BoundsContext, Evaluation, Patches, Placement, Reach, ShapeContext, TensorId, ValueId, Windows,
};
use crate::{model, DType, Interval, Model, ModelError, Shape};
use alloc::{format, string::String, vec, vec::Vec};
use codec::{Decode, Encode};
use scale_info::TypeInfo;

const NAME: &str = "Conv2d";

/// Elements of the patches that are multiplied before the next are gathered:
/// 16 KiB, half of the fastest cache of the smallest processor in use.
const PATCH_ELEMENTS: usize = 8_192;

/// `y[o, i, j] = b[o] + Σ w[o, c, u, v] · x[c, i·s + u - top, j·t + v - left]`,
/// for x within -127..=127 and zero beside the image, where c runs over the
/// channels of o's group: output channel o and its `in / groups` input
/// channels belong to one of as many equal groups in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Conv2d {
    /// The image, `[in, height, width]`.
    pub input: ValueId,
    /// Weights, i8 `[out, in / groups, kernel height, kernel width]`.
    pub weight: TensorId,
    /// Bias, i32 `[out]`.
    pub bias: Option<TensorId>,
    /// Steps and zero padding.
    pub placement: Placement,
    /// Number of groups.
    pub groups: u16,
}

/// `[in, height, width]`, weights `[out, in / groups, kernel height, kernel
/// width]` and bias `[out]` give `[out, windows down, windows across]`; the
/// groups divide both numbers of channels.
pub fn shape(context: &ShapeContext, conv: &Conv2d) -> Result<Shape, ModelError> {
    let mismatch = |expected: String, found: &Shape| ModelError::ShapeMismatch {
        op: context.op,
        name: NAME,
        expected,
        found: found.clone(),
    };
    let [channels, height, width] = image::required(context, NAME, conv.input)?;
    let weight = &typed(context, conv.weight, DType::I8)?.shape;
    let share = |of: &'static str, channels: u32| match channels.checked_rem(conv.groups.into()) {
        Some(0) => Ok(channels.checked_div(conv.groups.into()).unwrap_or(0)),
        _ => Err(ModelError::InvalidGroups {
            op: context.op,
            groups: conv.groups,
            of,
            channels,
        }),
    };
    let columns = share("input", channels)?;
    let (out, kernel) = match weight.dims() {
        &[out, depth, height, width] if depth == columns => (out, [height, width]),
        _ => {
            let expected = format!("weights [out, {columns}, height, width]");
            return Err(mismatch(expected, weight));
        }
    };
    share("output", out)?;
    if let Some(bias) = conv.bias {
        let bias = typed(context, bias, DType::I32)?;
        if bias.shape.dims() != [out] {
            return Err(mismatch(format!("a bias [{out}]"), &bias.shape));
        }
    }
    let windows = Windows::new([height, width], kernel, conv.placement)
        .map_err(|error| context.window(NAME, error))?;
    image::result(out, &windows)
}

/// As for `Linear`, where an element of a kernel that lies on padding in some
/// windows multiplies zero or the channel, and one that always does, zero.
pub fn bounds(context: &BoundsContext, conv: &Conv2d) -> Result<Vec<Interval>, ModelError> {
    let input = quantized(context, conv.input)?;
    let missing = || ModelError::UnknownValue {
        op: context.op,
        value: conv.input,
    };
    let weight = context.decls.get(usize::from(conv.weight));
    let patches = weight
        .and_then(|decl| patches(context.shape(conv.input).ok()?, &decl.shape, conv))
        .ok_or_else(missing)?;
    let weight = model::weight(context.tensors, conv.weight);
    let bias = conv
        .bias
        .map_or(&[][..], |tensor| model::bias(context.tensors, tensor));
    sums(&patches, weight, bias, input)
        .enumerate()
        .map(|(channel, sums)| sums.checked(context.op, channel))
        .collect()
}

/// How many columns of a patch a float32 backend may sum at once.
pub fn exact_columns(model: &Model, conv: &Conv2d) -> Option<usize> {
    let patches = Patches::of(model, conv)?;
    let weight = model.weight(conv.weight);
    let bias = conv.bias.map_or(&[][..], |tensor| model.bias(tensor));
    let exact = sums(&patches, weight, bias, model.bounds(conv.input)).all(|sums| sums.is_exact());
    Some(slice(patches.columns(), exact))
}

/// Multiplications by a weight, those by padding included.
pub fn multiply_accumulates(context: &ShapeContext, conv: &Conv2d) -> u64 {
    let work = || {
        let weight = &context.tensor(conv.weight).ok()?.shape;
        let patches = patches(context.value(conv.input).ok()?, weight, conv)?;
        let wide = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Some(wide(weight.len()).saturating_mul(wide(patches.windows().count())))
    };
    work().unwrap_or(0)
}

/// Elements that the windows over all input channels cover.
pub fn window_elements(context: &ShapeContext, conv: &Conv2d) -> u64 {
    let work = || {
        let image = context.value(conv.input).ok()?;
        let patches = patches(image, &context.tensor(conv.weight).ok()?.shape, conv)?;
        let [channels, ..] = image::dims(image)?;
        Some(patches.windows().work(channels))
    };
    work().unwrap_or(0)
}

fn patches(image: &Shape, weight: &Shape, conv: &Conv2d) -> Option<Patches> {
    Patches::new(image, weight, conv.placement, conv.groups)
}

/// Gathers the patches of some windows, then multiplies them by each row of
/// weights, so that a row is read once for all of them.
pub fn evaluate(context: &Evaluation, conv: &Conv2d) -> Option<Vec<i32>> {
    let patches = Patches::of(context.model, conv)?;
    let (columns, pixels) = (patches.columns(), patches.windows().count());
    let weight = context.model.weight(conv.weight);
    let bias = conv
        .bias
        .map_or(&[][..], |tensor| context.model.bias(tensor));
    let block = PATCH_ELEMENTS.checked_div(columns)?.clamp(1, pixels.max(1));
    let mut gathered = vec![0i16; block.saturating_mul(columns)];
    let channels = weight.len().checked_div(columns)?;
    let mut result = vec![0i32; channels.saturating_mul(pixels)];

    let images = context
        .value(conv.input)?
        .chunks_exact(patches.images_len());
    let channels = patches.group_outputs();
    let rows = weight.chunks_exact(channels.saturating_mul(columns));
    let outputs = result.chunks_exact_mut(channels.saturating_mul(pixels));
    for (group, ((images, rows), outputs)) in images.zip(rows).zip(outputs).enumerate() {
        for start in (0..pixels).step_by(block) {
            let end = start.saturating_add(block).min(pixels);
            let len = end.saturating_sub(start).saturating_mul(columns);
            // Values beyond 16 bits, which no model has here, become zero.
            patches.gather(images, start, gathered.get_mut(..len)?, |x| {
                i16::try_from(x).unwrap_or(0)
            });
            let outputs = outputs.chunks_exact_mut(pixels);
            let bias = bias.iter().skip(group.saturating_mul(channels));
            let bias = bias.copied().chain(core::iter::repeat(0));
            for ((row, output), bias) in rows.chunks_exact(columns).zip(outputs).zip(bias) {
                let gathered = gathered.chunks_exact(columns);
                for (y, patch) in output.get_mut(start..end)?.iter_mut().zip(gathered) {
                    *y = dot(row, patch).wrapping_add(bias);
                }
            }
        }
    }
    Some(result)
}

/// The sums of each output channel.
fn sums<'a>(
    patches: &Patches,
    weight: &'a [i8],
    bias: &'a [i32],
    input: &'a [Interval],
) -> impl Iterator<Item = Sums> + 'a {
    let reaches = patches.windows().reaches();
    let mut groups = input.chunks_exact(patches.group_inputs().max(1));
    let group_outputs = patches.group_outputs();
    let mut left = 0usize;
    let mut columns = Columns::default();
    weight
        .chunks_exact(patches.columns().max(1))
        .enumerate()
        .map(move |(channel, row)| {
            if left == 0 {
                left = group_outputs;
                let group = groups.next().unwrap_or_default();
                columns.replace(group.iter().flat_map(|bound| {
                    let always = End::new(bound);
                    reaches.iter().map(move |reach| match reach {
                        Reach::Always => always,
                        Reach::Sometimes => always.or_zero(),
                        Reach::Never => End::default(),
                    })
                }));
            }
            left = left.saturating_sub(1);
            columns.sums(row, bias.get(channel).copied().unwrap_or(0))
        })
}

#[cfg(test)]
mod tests;

//! An independent reading of the specification.

use lattice_tensor::{Average, Model, Op, Placement, Shape, ValueId};

/// A value as coordinates see it.
#[derive(Clone)]
struct Array {
    dims: Vec<usize>,
    elements: Vec<i128>,
}

/// Evaluates with wide integers and exact fractions, by coordinates, without
/// any of the crate's arithmetic.
pub fn evaluate(model: &Model, input: &[i32]) -> Vec<Vec<i128>> {
    let dims = |shape: &Shape| {
        shape
            .dims()
            .iter()
            .map(|dim| *dim as usize)
            .collect::<Vec<_>>()
    };
    let mut values = vec![Array {
        dims: dims(&model.manifest().input.shape),
        elements: input.iter().map(|x| i128::from(*x)).collect(),
    }];
    for (index, op) in model.ops().iter().enumerate() {
        let get = |value: &ValueId| values[usize::from(*value)].clone();
        let out_dims = dims(model.shape(index as ValueId + 1));
        let elements = match op {
            Op::Linear {
                input,
                weight,
                bias,
            } => {
                let x = get(input).elements;
                let (w, b) = (model.weight(*weight), bias.map(|bias| model.bias(bias)));
                (0..out_dims[0])
                    .map(|o| {
                        let products = (0..x.len()).map(|k| i128::from(w[o * x.len() + k]) * x[k]);
                        products.sum::<i128>() + b.map_or(0, |b| i128::from(b[o]))
                    })
                    .collect()
            }
            Op::Requantize {
                input,
                shifts,
                clamp,
            } => {
                let x = get(input);
                let per_channel = x.elements.len() / x.dims[0];
                x.elements
                    .iter()
                    .enumerate()
                    .map(|(i, acc)| {
                        // floor(acc / 2^n + 1/2), as one division
                        let unit = 1i128 << shifts[i / per_channel];
                        let rounded = (2 * acc + unit).div_euclid(2 * unit);
                        rounded.clamp(clamp.lo.into(), clamp.hi.into())
                    })
                    .collect()
            }
            Op::Relu { input } => {
                let positive = |x: i128| if x < 0 { 0 } else { x };
                get(input).elements.into_iter().map(positive).collect()
            }
            Op::Flatten { input } | Op::Reshape { input, .. } => get(input).elements,
            Op::Add {
                left,
                right,
                left_shift,
                right_shift,
            } => {
                let (left, right) = (get(left).elements, get(right).elements);
                let factor = |shift: &u8| 2i128.pow(u32::from(*shift));
                (0..left.len())
                    .map(|i| left[i] * factor(left_shift) + right[i] * factor(right_shift))
                    .collect()
            }
            Op::Concat { inputs, axis } => {
                let axis = usize::from(*axis);
                let parts: Vec<_> = inputs.iter().map(get).collect();
                (0..out_dims.iter().product())
                    .map(|flat| {
                        let mut at = coordinates(flat, &out_dims);
                        let mut part = 0;
                        while at[axis] >= parts[part].dims[axis] {
                            at[axis] -= parts[part].dims[axis];
                            part += 1;
                        }
                        parts[part].elements[offset(&at, &parts[part].dims)]
                    })
                    .collect()
            }
            Op::ArgMax { input } => {
                let x = get(input).elements;
                let largest = x.iter().max().unwrap();
                vec![x.iter().position(|y| y == largest).unwrap() as i128]
            }
            Op::Conv2d(conv) => {
                let x = get(&conv.input);
                let kernel = dims(&model.manifest().tensors[usize::from(conv.weight)].shape);
                let w = model.weight(conv.weight);
                let b = conv.bias.map(|bias| model.bias(bias));
                let per_group = out_dims[0] / usize::from(conv.groups);
                (0..out_dims.iter().product())
                    .map(|flat| {
                        let at = coordinates(flat, &out_dims);
                        let o = at[0];
                        let first = o / per_group * kernel[1];
                        let taps = window(&at, &kernel[2..], conv.placement);
                        let products = taps.flat_map(|(tap, y)| {
                            let (x, kernel) = (&x, &kernel);
                            (0..kernel[1]).map(move |c| {
                                let weight = w[offset(&[o, c, tap[0], tap[1]], kernel)];
                                i128::from(weight) * pixel(x, first + c, y).unwrap_or(0)
                            })
                        });
                        products.sum::<i128>() + b.map_or(0, |b| i128::from(b[o]))
                    })
                    .collect()
            }
            Op::MaxPool2d(pool) => {
                let (x, kernel) = (get(&pool.input), pool.kernel.map(usize::from));
                (0..out_dims.iter().product())
                    .map(|flat| {
                        let at = coordinates(flat, &out_dims);
                        let taps = window(&at, &kernel, pool.placement);
                        taps.filter_map(|(_, y)| pixel(&x, at[0], y)).max().unwrap()
                    })
                    .collect()
            }
            Op::AvgPool2d(pool) => {
                let (x, kernel) = (get(&pool.input), pool.kernel.map(usize::from));
                (0..out_dims.iter().product())
                    .map(|flat| {
                        let at = coordinates(flat, &out_dims);
                        let taps = window(&at, &kernel, pool.placement);
                        mean(taps.filter_map(|(_, y)| pixel(&x, at[0], y)), pool.average)
                    })
                    .collect()
            }
            Op::GlobalAvgPool(pool) => {
                let x = get(&pool.input);
                let channels = x.elements.chunks(x.elements.len() / x.dims[0]);
                channels
                    .map(|channel| mean(channel.iter().copied(), pool.average))
                    .collect()
            }
        };
        values.push(Array {
            dims: out_dims,
            elements,
        });
    }
    values.into_iter().map(|value| value.elements).collect()
}

fn coordinates(mut flat: usize, dims: &[usize]) -> Vec<usize> {
    let mut at = vec![0; dims.len()];
    for (axis, dim) in dims.iter().enumerate().rev() {
        at[axis] = flat % dim;
        flat /= dim;
    }
    at
}

fn offset(at: &[usize], dims: &[usize]) -> usize {
    at.iter()
        .zip(dims)
        .fold(0, |sum, (index, dim)| sum * dim + index)
}

/// The taps of a window, each with its place on the image, which may be beside it.
fn window<'a>(
    at: &'a [usize],
    kernel: &'a [usize],
    placement: Placement,
) -> impl Iterator<Item = ([usize; 2], [i64; 2])> + 'a {
    (0..kernel[0])
        .flat_map(|row| (0..kernel[1]).map(move |column| [row, column]))
        .map(move |tap| {
            let place = |axis: usize| {
                at[axis + 1] as i64 * i64::from(placement.stride[axis]) + tap[axis] as i64
                    - i64::from(placement.padding[axis])
            };
            (tap, [place(0), place(1)])
        })
}

/// The element of a channel, none beside the image.
fn pixel(image: &Array, channel: usize, [y, x]: [i64; 2]) -> Option<i128> {
    let y = usize::try_from(y).ok().filter(|y| *y < image.dims[1])?;
    let x = usize::try_from(x).ok().filter(|x| *x < image.dims[2])?;
    Some(image.elements[offset(&[channel, y, x], &image.dims)])
}

/// floor(sum · multiplier / 2^shift), as one division.
fn mean(elements: impl Iterator<Item = i128>, average: Average) -> i128 {
    let product = elements.sum::<i128>() * i128::from(average.multiplier);
    product.div_euclid(1 << average.shift)
}

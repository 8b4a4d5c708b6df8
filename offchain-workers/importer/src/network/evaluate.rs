//! Every value of a network for one sample, in f64.

use super::{Conv, Network, Node, Op, Rows, Window};
use lattice_tensor::Windows;

impl Network {
    /// All values for one sample, the input first.
    pub fn values(&self, sample: &[f64]) -> Vec<Vec<f64>> {
        let mut values = Vec::with_capacity(self.nodes.len() + 1);
        values.push(sample.to_vec());
        for node in &self.nodes {
            let value = self.apply(node, &values);
            values.push(value);
        }
        values
    }

    /// The result for one sample.
    pub fn logits(&self, sample: &[f64]) -> Vec<f64> {
        self.values(sample).swap_remove(self.output)
    }

    fn apply(&self, node: &Node, values: &[Vec<f64>]) -> Vec<f64> {
        let first = node.inputs[0];
        let (x, shape) = (values[first].as_slice(), self.shape(first));
        match &node.op {
            Op::Linear(rows) => linear(rows, x),
            Op::Conv(conv) => convolve(conv, x, shape),
            Op::Affine { scale, offset } => {
                per_channel(x, scale.len(), |c, x| scale[c] * x + offset[c])
            }
            Op::MaxPool(window) => pool(window, x, shape, f64::NEG_INFINITY, f64::max),
            Op::Average { window, divisor } => {
                let sums = pool(window, x, shape, 0.0, |sum, x| sum + x);
                sums.into_iter().map(|sum| sum / *divisor as f64).collect()
            }
            Op::GlobalAverage => {
                let len = x.len() / shape[0];
                x.chunks(len)
                    .map(|c| c.iter().sum::<f64>() / len as f64)
                    .collect()
            }
            Op::Add => {
                let other = &values[node.inputs[1]];
                x.iter().zip(other).map(|(a, b)| a + b).collect()
            }
            Op::Concat { axis } => self.concat(node, *axis, values),
            Op::Clamp { lo, hi } => x.iter().map(|x| x.max(*lo).min(*hi)).collect(),
            Op::Pad(padding) => pad(x, shape, *padding),
            Op::Transpose { columns } => {
                let rows = x.len() / columns;
                (0..x.len())
                    .map(|i| x[i % rows * columns + i / rows])
                    .collect()
            }
            Op::Reshape => x.to_vec(),
        }
    }

    fn concat(&self, node: &Node, axis: usize, values: &[Vec<f64>]) -> Vec<f64> {
        let outer: usize = node.shape[..axis].iter().product();
        let mut result = Vec::new();
        for index in 0..outer {
            for &value in &node.inputs {
                let run: usize = self.shape(value)[axis..].iter().product();
                result.extend_from_slice(&values[value][index * run..(index + 1) * run]);
            }
        }
        result
    }
}

fn per_channel(x: &[f64], channels: usize, apply: impl Fn(usize, f64) -> f64) -> Vec<f64> {
    let len = (x.len() / channels).max(1);
    x.iter()
        .enumerate()
        .map(|(i, &x)| apply(i / len, x))
        .collect()
}

fn linear(rows: &Rows, x: &[f64]) -> Vec<f64> {
    let dot = |row: &[f64]| row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>();
    rows.bias
        .iter()
        .enumerate()
        .map(|(c, b)| b + dot(rows.row(c)))
        .collect()
}

/// Windows that were checked when the node was made.
fn windows(window: &Window, shape: &[usize]) -> Windows {
    window
        .over([shape[1], shape[2]])
        .expect("checked when the node was made")
}

/// Adds each weight times the part of the image that it meets, so that the inner loop runs along
/// rows of pixels.
fn convolve(conv: &Conv, x: &[f64], shape: &[usize]) -> Vec<f64> {
    let windows = windows(&conv.window, shape);
    let (height, width) = (windows.rows.count(), windows.columns.count());
    let [kernel_height, kernel_width] = conv.window.kernel;
    let [stride_y, stride_x] = conv.window.placement.stride.map(usize::from);
    let [top, left, ..] = conv.window.placement.padding.map(usize::from);
    let depth = conv.group_inputs();
    let mut result = Vec::with_capacity(conv.rows.outputs() * height * width);
    for channel in 0..conv.rows.outputs() {
        let start = result.len();
        result.resize(start + height * width, conv.rows.bias[channel]);
        let output = &mut result[start..];
        let group = channel / conv.group_outputs();
        for (tap, &weight) in conv.rows.row(channel).iter().enumerate() {
            let (c, u, v) = (
                tap / (kernel_height * kernel_width),
                tap / kernel_width % kernel_height,
                tap % kernel_width,
            );
            let image = &x[(group * depth + c) * shape[1] * shape[2]..];
            // Windows i with 0 <= i·stride + tap - before < size.
            let meets = |tap: usize, before: usize, stride: usize, size: usize, count: usize| {
                let first = before.saturating_sub(tap).div_ceil(stride);
                let end = (size + before).saturating_sub(tap).div_ceil(stride);
                first..end.min(count)
            };
            for i in meets(u, top, stride_y, shape[1], height) {
                let row = (i * stride_y + u - top) * shape[2];
                for j in meets(v, left, stride_x, shape[2], width) {
                    output[i * width + j] += weight * image[row + j * stride_x + v - left];
                }
            }
        }
    }
    result
}

fn pool(
    window: &Window,
    x: &[f64],
    shape: &[usize],
    start: f64,
    fold: impl Fn(f64, f64) -> f64,
) -> Vec<f64> {
    let windows = windows(window, shape);
    let mut result = Vec::new();
    for image in x.chunks(shape[1] * shape[2]) {
        for i in 0..windows.rows.count() {
            let rows = windows.rows.overlap(i);
            for j in 0..windows.columns.count() {
                let columns = windows.columns.overlap(j);
                let elements = (rows.image..rows.image + rows.len).flat_map(|r| {
                    let from = r * shape[2] + columns.image;
                    &image[from..from + columns.len]
                });
                result.push(elements.fold(start, |all, &x| fold(all, x)));
            }
        }
    }
    result
}

fn pad(x: &[f64], shape: &[usize], padding: [u8; 4]) -> Vec<f64> {
    let [top, left, bottom, right] = padding.map(usize::from);
    let width = left + shape[2] + right;
    let mut result = Vec::new();
    for image in x.chunks(shape[1] * shape[2]) {
        result.resize(result.len() + top * width, 0.0);
        for row in image.chunks(shape[2]) {
            result.resize(result.len() + left, 0.0);
            result.extend_from_slice(row);
            result.resize(result.len() + right, 0.0);
        }
        result.resize(result.len() + bottom * width, 0.0);
    }
    result
}

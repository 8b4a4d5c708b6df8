//! Conv and the pools.

use super::window::{self, pair, Fitted};
use super::{Node, Walk};
use crate::error::GraphError;
use crate::network::{Conv, Op, Rows, Window};
use lattice_tensor::Placement;

impl<'a> Walk<'a> {
    /// `Conv` over two spatial axes with stored weights.
    pub(super) fn conv(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let weight = self.needed_constant(node, 1)?;
        let [outputs, depth, height, width] = weight.shape[..] else {
            return Err(node.refused(&format!(
                "weights of shape {:?}; only convolutions over height and width are supported",
                weight.shape
            )));
        };
        if weight.values.is_empty() {
            return Err(node.refused("it has no weights"));
        }
        let (value, [channels, rows, columns]) = self.image(node, 0)?;
        let groups = node.int("group").unwrap_or(1);
        let groups = usize::try_from(groups)
            .ok()
            .filter(|&g| {
                g > 0 && outputs.is_multiple_of(g) && depth.checked_mul(g) == Some(channels)
            })
            .ok_or_else(|| {
                node.refused(&format!(
                    "{groups} groups of {depth} input channels and weights for {outputs} outputs \
                     meet an image of {channels} channels"
                ))
            })?;
        if groups > usize::from(u16::MAX) {
            return Err(node.refused(&format!("{groups} groups; at most 65535 are supported")));
        }
        let bias = match node.has_input(2) {
            false => vec![0.0; outputs],
            true => self.needed_constant(node, 2)?.row(outputs).ok_or_else(|| {
                node.refused(&format!("the bias does not have {outputs} elements"))
            })?,
        };
        let fitted = self.windows(node, [height, width], [rows, columns], false)?;
        let conv = Conv {
            rows: Rows {
                columns: depth * height * width,
                weights: weight.values,
                bias,
            },
            window: fitted.window,
            groups,
        };
        let value = self.push(node, Op::Conv(conv), vec![value], fitted.image(outputs));
        self.define_settled(node, value)
    }

    /// The windows of a node, remembering padding that it does not spell out.
    fn windows(
        &mut self,
        node: Node<'a>,
        kernel: [usize; 2],
        image: [usize; 2],
        pool: bool,
    ) -> Result<Fitted, GraphError> {
        let fitted = window::read(node, kernel, image, pool)?;
        if node
            .string("auto_pad")
            .is_some_and(|auto| auto.starts_with("SAME"))
        {
            self.automatic
                .insert(node.output()?, fitted.window.placement.padding);
        }
        Ok(fitted)
    }

    /// `MaxPool`.
    pub(super) fn max_pool(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let (value, [channels, rows, columns]) = self.image(node, 0)?;
        let kernel = pair(
            node,
            "kernel_shape",
            node.ints("kernel_shape").unwrap_or(&[]),
        )?;
        let fitted = self.windows(node, kernel, [rows, columns], true)?;
        let op = Op::MaxPool(fitted.window);
        let value = self.push(node, op, vec![value], fitted.image(channels));
        self.define_settled(node, value)
    }

    /// `AveragePool`: every window must divide by the same number.
    pub(super) fn average_pool(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let (value, [channels, rows, columns]) = self.image(node, 0)?;
        let kernel = pair(
            node,
            "kernel_shape",
            node.ints("kernel_shape").unwrap_or(&[]),
        )?;
        let fitted = self.windows(node, kernel, [rows, columns], true)?;
        let counts_padding = node.int("count_include_pad").unwrap_or(0) != 0;
        let (least, most) = fitted.windows.coverage();
        let divisor = match (counts_padding, fitted.beyond) {
            // What ceil_mode adds is never counted.
            (true, true) => None,
            (true, false) => Some(fitted.windows.window_len()),
            (false, _) => (least == most).then_some(most),
        };
        let divisor = divisor.ok_or_else(|| {
            node.refused(&format!(
                "windows at the border average {least} elements and others {most}; use padding 0, \
                 count_include_pad = 1, or ceil_mode = 0"
            ))
        })?;
        let op = Op::Average {
            window: fitted.window,
            divisor,
        };
        let value = self.push(node, op, vec![value], fitted.image(channels));
        self.define_settled(node, value)
    }

    /// `GlobalAveragePool`.
    pub(super) fn global_average(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let (value, [channels, ..]) = self.image(node, 0)?;
        let value = self.push(node, Op::GlobalAverage, vec![value], vec![channels, 1, 1]);
        self.define_settled(node, value)
    }

    /// `GlobalMaxPool`: one window as large as the image.
    pub(super) fn global_max(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let (value, [channels, height, width]) = self.image(node, 0)?;
        if height > 255 || width > 255 {
            return Err(node.refused(&format!(
                "an image of {height} by {width}; at most 255 each way"
            )));
        }
        let op = Op::MaxPool(Window {
            kernel: [height, width],
            placement: Placement::DENSE,
        });
        let value = self.push(node, op, vec![value], vec![channels, 1, 1]);
        self.define_settled(node, value)
    }

    /// `ReduceMean` over height and width, channels first or last: a global average.
    pub(super) fn reduce_mean(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let view = self.view(node, 0)?;
        let given = match node.has_input(1) {
            true => self.whole_numbers(node, 1)?,
            false => node.ints("axes").unwrap_or(&[]).to_vec(),
        };
        let rank = view.shape.len() as i64;
        let mut axes: Vec<i64> = given
            .iter()
            .map(|&a| if a < 0 { a + rank } else { a })
            .collect();
        axes.sort_unstable();
        let first = match (rank, &axes[..]) {
            (4, [2, 3]) if self.batched => view.clone(),
            (4, [1, 2]) if self.batched => view.transposed(&[0, 3, 1, 2]),
            _ => {
                return Err(node.refused(&format!(
                    "axes {given:?} of a value of shape {:?}; only the mean over height and width \
                     of an image is supported",
                    view.shape
                )))
            }
        };
        let channels = first.shape[1];
        let settled = self.settle(node, &first)?;
        let inputs = vec![settled.value];
        let value = self.push(node, Op::GlobalAverage, inputs, vec![channels, 1, 1]);
        let shape = match (node.int("keepdims").unwrap_or(1), &axes[..]) {
            (0, _) => vec![1, channels],
            (_, [2, 3]) => vec![1, channels, 1, 1],
            _ => vec![1, 1, 1, channels],
        };
        self.define_view(node, value, shape)
    }
}

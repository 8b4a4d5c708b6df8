//! Random ONNX graphs of the operators that convolutional networks use.

use super::onnx::{
    fixed, model, node, shape_tensor, symbol, tensor, with_float, with_int, with_ints, with_string,
};
use tract_onnx::pb::{ModelProto, NodeProto, TensorProto};

/// Channels, height and width of the input.
pub const INPUT: [usize; 3] = [2, 7, 6];

/// A deterministic source of numbers (SplitMix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A number in -1..1.
    pub fn unit(&mut self) -> f64 {
        self.next() as i64 as f64 / i64::MAX as f64
    }
}

/// A graph with its current value, an image `[1, channels, height, width]`.
struct Growing {
    random: Random,
    nodes: Vec<NodeProto>,
    stored: Vec<TensorProto>,
    current: String,
    dims: [usize; 3],
}

impl Growing {
    fn name(&self) -> String {
        format!("v{}", self.nodes.len())
    }

    /// A stored tensor with numbers around `middle`.
    fn store(&mut self, dims: &[usize], middle: f64, reach: f64) -> String {
        let name = format!("t{}", self.stored.len());
        let count = dims.iter().product();
        let values: Vec<f32> = (0..count)
            .map(|_| (middle + reach * self.random.unit()) as f32)
            .collect();
        let dims: Vec<i64> = dims.iter().map(|&d| d as i64).collect();
        self.stored.push(tensor(&name, &dims, &values));
        name
    }

    /// A stored number.
    fn number(&mut self, value: f32) -> String {
        let name = format!("t{}", self.stored.len());
        self.stored.push(tensor(&name, &[], &[value]));
        name
    }

    fn row(&mut self, values: &[i64]) -> String {
        let name = format!("t{}", self.stored.len());
        self.stored.push(shape_tensor(&name, values));
        name
    }

    /// Adds a node on the current value and `more` operands.
    fn then(&mut self, op: &str, more: &[String], change: impl FnOnce(NodeProto) -> NodeProto) {
        let mut operands = vec![self.current.as_str()];
        operands.extend(more.iter().map(String::as_str));
        let name = self.name();
        let new = change(node(op, &operands, &name));
        self.nodes.push(new);
        self.current = name;
    }

    /// A convolution that keeps height and width when `same`.
    fn conv(&mut self, outputs: usize, same: bool) {
        let [channels, height, width] = self.dims;
        let kernel = if same {
            3
        } else {
            1 + self.random.below(3).min(height - 1).min(width - 1)
        };
        let groups = if channels.is_multiple_of(2) && outputs.is_multiple_of(2) {
            1 + self.random.below(2)
        } else {
            1
        };
        let depth = channels / groups;
        let reach = (3.0 / (depth * kernel * kernel) as f64).sqrt();
        let weight = self.store(&[outputs, depth, kernel, kernel], 0.0, reach);
        let bias = self.store(&[outputs], 0.0, 0.3);
        let stride = if same { 1 } else { 1 + self.random.below(2) };
        let auto = ["VALID", "SAME_UPPER", "SAME_LOWER"][self.random.below(3)];
        let explicit = self.random.below(2) == 0;
        let pads = [(); 4].map(|()| self.random.below(kernel) as i64);
        self.then("Conv", &[weight, bias], |node| {
            let node = with_int(node, "group", groups as i64);
            let node = with_ints(node, "strides", &[stride as i64; 2]);
            if same {
                with_ints(node, "pads", &[1; 4])
            } else if explicit {
                with_ints(node, "pads", &pads)
            } else {
                with_string(node, "auto_pad", auto)
            }
        });
        let size = |size: usize, axis: usize| match (same, explicit, auto) {
            (true, ..) => size,
            (_, true, _) => (size + (pads[axis] + pads[axis + 2]) as usize - kernel) / stride + 1,
            (_, _, "VALID") => (size - kernel) / stride + 1,
            _ => size.div_ceil(stride),
        };
        self.dims = [outputs, size(height, 0), size(width, 1)];
    }

    fn normalize(&mut self) {
        let channels = [self.dims[0]];
        let parameters = [(1.0, 0.5), (0.0, 0.5), (0.0, 0.5), (1.0, 0.5)];
        let stored = parameters.map(|(middle, reach)| self.store(&channels, middle, reach));
        self.then("BatchNormalization", &stored, |node| {
            with_float(node, "epsilon", 1e-3)
        });
    }

    fn activate(&mut self) {
        match self.random.below(4) {
            0 => {}
            1 => {
                let ends = [self.number(0.0), self.number(6.0)];
                self.then("Clip", &ends, |node| node);
            }
            2 => {
                let ends = [self.number(-2.0), self.number(5.0)];
                self.then("Clip", &ends, |node| node);
            }
            _ => self.then("Relu", &[], |node| node),
        }
    }

    fn pool(&mut self) {
        let [channels, height, width] = self.dims;
        if height < 2 || width < 2 {
            return;
        }
        let (op, counts) =
            [("MaxPool", 0), ("AveragePool", 0), ("AveragePool", 1)][self.random.below(3)];
        let padded = op == "MaxPool" || counts == 1;
        let pad = if padded {
            self.random.below(2) as i64
        } else {
            0
        };
        let stride = 1 + self.random.below(2);
        let ceil = op == "MaxPool" && self.random.below(2) == 0;
        self.then(op, &[], |node| {
            let node = with_ints(node, "kernel_shape", &[2, 2]);
            let node = with_ints(node, "strides", &[stride as i64; 2]);
            let node = with_ints(node, "pads", &[pad, 0, 0, pad]);
            let node = if ceil {
                with_int(node, "ceil_mode", 1)
            } else {
                node
            };
            if counts == 1 {
                with_int(node, "count_include_pad", 1)
            } else {
                node
            }
        });
        let size = |size: usize| {
            let room = size + pad as usize - 2;
            1 + if ceil {
                room.div_ceil(stride)
            } else {
                room / stride
            }
        };
        self.dims = [channels, size(height), size(width)];
        if ceil {
            // A last window beside the image is left out.
            let limit =
                |out: usize, size: usize, before: usize| out.min((size + before - 1) / stride + 1);
            self.dims[1] = limit(self.dims[1], height, pad as usize);
            self.dims[2] = limit(self.dims[2], width, 0);
        }
    }

    fn residual(&mut self) {
        let before = self.current.clone();
        self.conv(self.dims[0], true);
        self.activate();
        self.then("Add", &[before], |node| node);
        self.activate();
    }

    fn branches(&mut self) {
        let (before, dims) = (self.current.clone(), self.dims);
        self.conv(3, true);
        self.activate();
        let left = std::mem::replace(&mut self.current, before.clone());
        self.dims = dims;
        let mut operands = vec![left];
        if self.random.below(2) == 0 {
            operands.push(before);
        }
        self.normalize();
        self.activate();
        self.then("Concat", &operands, |node| with_int(node, "axis", 1));
        self.dims[0] = dims[0] * operands.len() + 3;
    }

    /// Channels last and back, with something between.
    fn channels_last(&mut self) {
        self.then("Transpose", &[], |node| {
            with_ints(node, "perm", &[0, 2, 3, 1])
        });
        match self.random.below(3) {
            0 => {
                let bias = self.store(&[self.dims[0]], 0.0, 0.5);
                self.then("Add", &[bias], |node| node);
            }
            1 => {
                let pads = self.row(&[0, 1, 0, 0, 0, 0, 1, 0]);
                self.then("Pad", &[pads], |node| node);
                self.dims[1] += 1;
                self.dims[2] += 1;
            }
            _ => self.activate(),
        }
        self.then("Transpose", &[], |node| {
            with_ints(node, "perm", &[0, 3, 1, 2])
        });
    }

    /// Flattened in either layout, then a layer of five outputs.
    fn head(&mut self) {
        match self.random.below(4) {
            0 => self.then("GlobalAveragePool", &[], |node| node),
            1 => self.then("ReduceMean", &[], |node| with_ints(node, "axes", &[2, 3])),
            2 => self.then("Transpose", &[], |node| {
                with_ints(node, "perm", &[0, 2, 3, 1])
            }),
            _ => {}
        }
        self.then("Flatten", &[], |node| node);
        let inputs = match self.nodes[self.nodes.len() - 2].op_type.as_str() {
            "GlobalAveragePool" | "ReduceMean" => self.dims[0],
            _ => self.dims.iter().product(),
        };
        let reach = (3.0 / inputs as f64).sqrt();
        let weight = self.store(&[inputs, 5], 0.0, reach);
        self.then("MatMul", &[weight], |node| node);
        let bias = self.store(&[5], 0.0, 0.5);
        self.then("Add", &[bias], |node| node);
        self.then("Softmax", &[], |node| node);
    }
}

/// A graph over `x: [batch, 2, 7, 6]`, or `[batch, 7, 6, 2]` transposed at once.
pub fn random_graph(seed: u64) -> ModelProto {
    let mut graph = Growing {
        random: Random::new(seed),
        nodes: Vec::new(),
        stored: Vec::new(),
        current: "x".into(),
        dims: INPUT,
    };
    if graph.random.below(2) == 0 {
        let factor = graph.number(0.0625);
        graph.then("Mul", &[factor], |node| node);
    }
    let last = graph.random.below(3) == 0;
    if last {
        graph.then("Transpose", &[], |node| {
            with_ints(node, "perm", &[0, 3, 1, 2])
        });
    }
    graph.conv(4, false);
    for _ in 0..1 + graph.random.below(4) {
        match graph.random.below(7) {
            0 => graph.residual(),
            1 => graph.branches(),
            2 => graph.channels_last(),
            3 => graph.pool(),
            4 => {
                graph.normalize();
                graph.activate();
            }
            _ => {
                let outputs = 2 + 2 * graph.random.below(3);
                graph.conv(outputs, false);
                if graph.random.below(2) == 0 {
                    graph.normalize();
                }
                graph.activate();
            }
        }
    }
    graph.head();
    let [channels, height, width] = INPUT.map(|size| size as i64);
    let dims = match last {
        true => [height, width, channels],
        false => [channels, height, width],
    };
    let dims: Vec<_> = std::iter::once(symbol("batch"))
        .chain(dims.map(fixed))
        .collect();
    let output = graph.current.clone();
    model(&dims, graph.nodes, graph.stored, &[&output])
}

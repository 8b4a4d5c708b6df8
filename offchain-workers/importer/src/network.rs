//! The float network that an ONNX graph stands for.

/// A chain of layers with real weights, as read from ONNX.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Name of the ONNX input.
    pub input: String,
    /// Shape of one sample, without batch axis.
    pub input_shape: Vec<usize>,
    /// Numeric steps in order; shape-only operators leave none.
    pub steps: Vec<Step>,
    /// Operators after the logits that were dropped, as `op (node)`.
    pub dropped: Vec<String>,
}

/// One numeric step.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Linear(Linear),
    Relu,
}

/// `y = W x + b` with `W` of shape `[outputs, inputs]`, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// Name of the ONNX node.
    pub name: String,
    pub inputs: usize,
    pub outputs: usize,
    pub weight: Vec<f64>,
    pub bias: Option<Vec<f64>>,
}

/// A linear layer with what the following steps do to its result.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    pub linear: &'a Linear,
    /// A ReLU follows.
    pub relu: bool,
}

impl Network {
    /// Elements of one sample.
    pub fn input_len(&self) -> usize {
        self.input_shape.iter().product()
    }

    /// Number of logits.
    pub fn output_len(&self) -> usize {
        self.layers()
            .last()
            .map_or(self.input_len(), |l| l.linear.outputs)
    }

    /// The network starts with a ReLU on its input.
    pub fn relu_on_input(&self) -> bool {
        matches!(self.steps.first(), Some(Step::Relu))
    }

    /// The layers in order.
    pub fn layers(&self) -> Vec<Layer<'_>> {
        let mut layers: Vec<Layer<'_>> = Vec::new();
        for step in &self.steps {
            match step {
                Step::Linear(linear) => layers.push(Layer {
                    linear,
                    relu: false,
                }),
                Step::Relu => {
                    if let Some(last) = layers.last_mut() {
                        last.relu = true;
                    }
                }
            }
        }
        layers
    }

    /// Results of every layer (after its ReLU) for one sample; the last are the logits.
    pub fn activations(&self, sample: &[f64]) -> Vec<Vec<f64>> {
        let mut x: Vec<f64> = sample.to_vec();
        if self.relu_on_input() {
            x.iter_mut().for_each(|v| *v = v.max(0.0));
        }
        let mut all: Vec<Vec<f64>> = Vec::new();
        for layer in self.layers() {
            let mut y = layer.linear.apply(all.last().unwrap_or(&x));
            if layer.relu {
                y.iter_mut().for_each(|v| *v = v.max(0.0));
            }
            all.push(y);
        }
        all
    }
}

impl Linear {
    /// Weights of one output channel.
    pub fn row(&self, channel: usize) -> &[f64] {
        &self.weight[channel * self.inputs..(channel + 1) * self.inputs]
    }

    /// Bias of one output channel.
    pub fn bias_of(&self, channel: usize) -> f64 {
        self.bias.as_ref().map_or(0.0, |b| b[channel])
    }

    /// `W x + b`.
    pub fn apply(&self, x: &[f64]) -> Vec<f64> {
        (0..self.outputs)
            .map(|c| self.bias_of(c) + self.row(c).iter().zip(x).map(|(w, x)| w * x).sum::<f64>())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_grouped_into_layers_and_evaluated() {
        let linear = |name: &str, inputs, outputs, weight: &[f64], bias: Option<Vec<f64>>| {
            Step::Linear(Linear {
                name: name.into(),
                inputs,
                outputs,
                weight: weight.to_vec(),
                bias,
            })
        };
        let network = Network {
            input: "x".into(),
            input_shape: vec![2],
            steps: vec![
                Step::Relu,
                linear("a", 2, 2, &[1.0, 2.0, -1.0, -1.0], None),
                Step::Relu,
                Step::Relu,
                linear("b", 2, 1, &[1.0, 1.0], Some(vec![0.5])),
            ],
            dropped: vec![],
        };
        assert_eq!(
            network.activations(&[-4.0, 3.0]),
            vec![vec![6.0, 0.0], vec![6.5]]
        );
        let relus: Vec<bool> = network.layers().iter().map(|l| l.relu).collect();
        assert_eq!(relus, [true, false]);
        assert_eq!(network.output_len(), 1);
    }
}

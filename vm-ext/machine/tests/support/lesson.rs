//! The specification of training once more: in 128 bits, element by element, one
//! formula after another, for perceptrons.

#![allow(dead_code)] // Each test file uses a part of it.

use lattice_isa::Trap;
use lattice_tensor::{Model, Op, TensorData};

/// One dense layer and what follows it.
#[derive(Clone)]
struct Layer {
    op: u16,
    weights: Vec<Vec<i128>>,
    biases: Option<Vec<i128>>,
    s: Vec<u32>,
    t: Vec<u32>,
    /// Ends of the activations, in their own unit, and their left shift.
    clamp: Option<(i128, i128, u32)>,
}

/// A perceptron in training.
#[derive(Clone)]
pub struct Lesson {
    model: [u8; 32],
    input_shift: u32,
    layers: Vec<Layer>,
}

fn exponent(lo: i8, hi: i8) -> i128 {
    let most = i128::from(lo).abs().max(i128::from(hi).abs());
    (0..)
        .find(|e| 1 << e >= most)
        .expect("a power of two is large enough")
}

fn round(value: i128, shift: u32) -> i128 {
    if shift == 0 {
        return value;
    }
    (value + (1 << (shift - 1))).div_euclid(1 << shift)
}

impl Lesson {
    pub fn of(model: &Model) -> Self {
        let range = model.input_range();
        let mut e = exponent(range.lo, range.hi);
        let input_shift = (8 - e) as u32;
        let mut layers = Vec::new();
        let ops = model.ops();
        for (at, op) in ops.iter().enumerate() {
            let Op::Linear { weight, bias, .. } = op else {
                continue;
            };
            let rows = model.shape(at as u16 + 1).len();
            let (s, t, clamp, next): (Vec<_>, Vec<_>, _, _) = match ops.get(at + 1) {
                Some(Op::Requantize { shifts, clamp, .. }) => {
                    let largest = i128::from(*shifts.iter().max().expect("channels"));
                    let to = exponent(clamp.lo, clamp.hi).min(16 + e - largest);
                    assert!(to >= 0, "the test's models are trainable");
                    let of = |bits: i128| {
                        let shifts = shifts.iter();
                        shifts
                            .map(move |n| (bits - to - i128::from(*n)) as u32)
                            .collect()
                    };
                    let ends = (clamp.lo.into(), clamp.hi.into(), (8 - to) as u32);
                    (of(16 + e), of(24), Some(ends), to)
                }
                _ => (vec![9; rows], vec![(17 - e) as u32; rows], None, e + 7),
            };
            let columns = model.weight(*weight).len() / rows;
            let weights = model.weight(*weight).chunks(columns).zip(&s);
            let weights = weights
                .map(|(row, s)| row.iter().map(|w| i128::from(*w) << s).collect())
                .collect();
            let biases = bias.map(|bias| {
                let biases = model.bias(bias).iter().zip(&t);
                biases.map(|(b, t)| i128::from(*b) << t).collect()
            });
            layers.push(Layer {
                op: at as u16,
                weights,
                biases,
                s,
                t,
                clamp,
            });
            e = next;
        }
        Lesson {
            model: model.id().0,
            input_shift,
            layers,
        }
    }

    pub fn step(&mut self, batch: &[i32], targets: &[i32], rate: u8) -> Result<(), Trap> {
        // A bias that has no state is found before anything is computed.
        self.check()?;
        let inputs = self.layers[0].weights[0].len();
        let outputs = self.layers.last().expect("layers").weights.len();
        let mut next = self.clone();
        let mut totals = vec![0; self.layers.len()];
        let mut gradients: Vec<(Vec<Vec<i128>>, Vec<i128>)> = self
            .layers
            .iter()
            .map(|layer| {
                let zeros = layer.weights.iter().map(|row| vec![0; row.len()]);
                (zeros.collect(), vec![0; layer.weights.len()])
            })
            .collect();
        for (input, target) in batch.chunks(inputs).zip(targets.chunks(outputs)) {
            let mut a: Vec<i128> = input
                .iter()
                .map(|x| i128::from(*x) << self.input_shift)
                .collect();
            let mut seen = Vec::new();
            for layer in &self.layers {
                let v: Vec<i128> = layer
                    .weights
                    .iter()
                    .enumerate()
                    .map(|(o, row)| {
                        let products = row.iter().zip(&a).map(|(w, a)| w * a);
                        layer.biases.as_ref().map_or(0, |b| b[o]) + products.sum::<i128>()
                    })
                    .collect();
                let out = match layer.clamp {
                    Some((lo, hi, left)) => v
                        .iter()
                        .map(|v| round(*v, 16).clamp(lo << left, hi << left))
                        .collect(),
                    None => v.clone(),
                };
                seen.push((a, v));
                a = out;
            }
            let last = self.layers.last().expect("layers");
            let mut d: Vec<i128> = (0..outputs)
                .map(|o| match last.clamp {
                    Some((_, _, left)) => a[o] - (i128::from(target[o]) << left),
                    None => round(a[o] - (i128::from(target[o]) << last.t[o]), 16),
                })
                .collect();
            for (at, layer) in self.layers.iter().enumerate().rev() {
                let (a, v) = &seen[at];
                if matches!(layer.clamp, Some((0, _, _))) {
                    for (d, v) in d.iter_mut().zip(v) {
                        *d *= i128::from(*v > 0);
                    }
                }
                totals[at] += d.iter().map(|d| d.abs()).sum::<i128>();
                if totals[at] > 1 << 31 {
                    return Err(Trap::TrainingOverflow { op: layer.op });
                }
                for (o, d) in d.iter().enumerate() {
                    for (k, a) in a.iter().enumerate() {
                        gradients[at].0[o][k] += d * a;
                    }
                    gradients[at].1[o] += d << 16;
                }
                d = (0..a.len())
                    .map(|k| {
                        round(
                            d.iter()
                                .zip(&layer.weights)
                                .map(|(d, row)| d * row[k])
                                .sum(),
                            16,
                        )
                    })
                    .collect();
            }
        }
        for (layer, (weights, biases)) in next.layers.iter_mut().zip(&gradients) {
            for (row, slopes) in layer.weights.iter_mut().zip(weights) {
                for (w, slope) in row.iter_mut().zip(slopes) {
                    *w -= round(*slope, rate.into());
                }
            }
            for (b, slope) in layer.biases.iter_mut().flatten().zip(biases) {
                *b -= round(*slope, rate.into());
            }
        }
        next.check()?;
        if next.is_no_model() {
            return Err(Trap::StateRefused { model: self.model });
        }
        *self = next;
        Ok(())
    }

    /// All parameters in their order fit 32 bits.
    fn check(&self) -> Result<(), Trap> {
        let parameter = self.all().position(|p| i32::try_from(p).is_err());
        parameter.map_or(Ok(()), |parameter| {
            Err(Trap::StateOverflow {
                parameter: parameter as u32,
            })
        })
    }

    /// A bias of 2^30 is none; the few weights of a test cannot come near it.
    fn is_no_model(&self) -> bool {
        self.quantized().iter().any(|tensor| match tensor {
            TensorData::I8(_) => false,
            TensorData::I32(biases) => biases.iter().any(|b| b.abs() > (1 << 30) - (1 << 24)),
        })
    }

    fn all(&self) -> impl Iterator<Item = i128> + '_ {
        self.layers.iter().flat_map(|layer| {
            let biases = layer.biases.iter().flatten();
            layer.weights.iter().flatten().chain(biases).copied()
        })
    }

    pub fn parameters(&self) -> Vec<i32> {
        self.all()
            .map(|p| i32::try_from(p).expect("checked"))
            .collect()
    }

    pub fn quantized(&self) -> Vec<TensorData> {
        let mut tensors = Vec::new();
        for layer in &self.layers {
            let rows = layer.weights.iter().zip(&layer.s);
            let weights =
                rows.flat_map(|(row, s)| row.iter().map(|w| round(*w, *s).clamp(-127, 127) as i8));
            tensors.push(TensorData::I8(weights.collect()));
            if let Some(biases) = &layer.biases {
                let biases = biases
                    .iter()
                    .zip(&layer.t)
                    .map(|(b, t)| round(*b, *t) as i32);
                tensors.push(TensorData::I32(biases.collect()));
            }
        }
        tensors
    }
}

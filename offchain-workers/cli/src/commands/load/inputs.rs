//! What the requests ask about.

use crate::input;
use anyhow::{ensure, Context};
use clap::Args;
use lattice_importer::{quantize_input, saturate_input};
use lattice_tensor::{InputDecl, Range, Scale};
use rand::Rng;
use std::path::PathBuf;

/// Samples of a file that are used at most.
const MAX_SAMPLES: usize = 10_000;

/// Where the inputs come from.
#[derive(Clone, Debug, Args)]
pub struct InputsArgs {
    /// NumPy array (.npy) or JSON array of numbers with one sample or more, which are asked about in
    /// turn [default: random ones in the model's range].
    #[arg(long, short, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// The numbers are the model's own integer steps already, not real values to be quantized.
    #[arg(long, requires = "input")]
    pub quantized: bool,
    /// Move numbers outside the model's range to its nearer end instead of refusing them.
    #[arg(long, requires = "input", conflicts_with = "quantized")]
    pub clip: bool,
}

/// The inputs of a run.
#[derive(Clone, Debug)]
pub enum Inputs {
    /// These, one after the other and again from the first.
    Given(Vec<Vec<i8>>),
    /// So many numbers anywhere in a range.
    Random { len: usize, lo: i8, hi: i8 },
}

impl InputsArgs {
    /// Reads and quantizes the samples.
    ///
    /// # Errors
    /// The file cannot be read, or the model does not take a sample of it, which is named.
    pub fn load(&self, declared: &InputDecl) -> anyhow::Result<Inputs> {
        let Some(path) = &self.input else {
            let Range { lo, hi } = declared.range;
            let len = declared.shape.len();
            return Ok(Inputs::Random { len, lo, hi });
        };
        let shape: Vec<usize> = declared.shape.dims().iter().map(|&d| d as usize).collect();
        let samples = input::read(path)?
            .into_samples_of(&shape)
            .with_context(|| format!("cannot use {}", path.display()))?;
        ensure!(
            samples.len() <= MAX_SAMPLES,
            "{} holds {} samples; at most {MAX_SAMPLES} are used",
            path.display(),
            samples.len()
        );
        let steps = InputDecl {
            scale: Scale::ONE,
            ..declared.clone()
        };
        let quantize = |values: &[f64]| -> anyhow::Result<Vec<i8>> {
            let integers = match (self.quantized, self.clip) {
                (true, _) => quantize_input(&steps, values)?,
                (false, true) => saturate_input(declared, values)?.0,
                (false, false) => quantize_input(declared, values)?,
            };
            let bytes = integers.into_iter().map(i8::try_from);
            Ok(bytes.collect::<Result<_, _>>()?)
        };
        let inputs = samples
            .rows()
            .enumerate()
            .map(|(row, values)| {
                quantize(values).with_context(|| format!("sample {row} of {}", path.display()))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Inputs::Given(inputs))
    }
}

impl Inputs {
    /// The input of a request.
    pub fn of(&self, request: usize) -> Vec<i8> {
        match self {
            Inputs::Given(inputs) => {
                let row = request.checked_rem(inputs.len()).unwrap_or(0);
                inputs.get(row).cloned().unwrap_or_default()
            }
            Inputs::Random { len, lo, hi } => {
                let mut random = rand::thread_rng();
                (0..*len).map(|_| random.gen_range(*lo..=*hi)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_tensor::Shape;

    fn declared() -> InputDecl {
        InputDecl {
            shape: Shape::new([2]).expect("a shape"),
            range: Range { lo: 0, hi: 16 },
            scale: Scale::ONE,
        }
    }

    fn given(content: &str) -> anyhow::Result<Inputs> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), content).expect("it is written");
        let arguments = InputsArgs {
            input: Some(file.path().to_owned()),
            quantized: true,
            clip: false,
        };
        arguments.load(&declared())
    }

    #[test]
    fn samples_are_used_in_turn() {
        let inputs = given("[[1, 2], [3, 16]]").expect("two samples");
        assert_eq!(inputs.of(0), [1, 2]);
        assert_eq!(inputs.of(1), [3, 16]);
        assert_eq!(inputs.of(2), [1, 2]);
    }

    #[test]
    fn without_a_file_inputs_are_random_in_the_declared_range() {
        let arguments = InputsArgs {
            input: None,
            quantized: false,
            clip: false,
        };
        let inputs = arguments.load(&declared()).expect("nothing is read");
        let drawn: Vec<i8> = (0..200).flat_map(|request| inputs.of(request)).collect();
        assert_eq!(drawn.len(), 400);
        assert!(drawn.iter().all(|value| (0..=16).contains(value)));
        assert!(drawn.iter().any(|value| *value != drawn[0]));
    }

    #[test]
    fn a_sample_that_the_model_does_not_take_is_named() {
        let error = given("[[1, 2], [3, 17]]").expect_err("out of range");
        let error = format!("{error:#}");
        assert!(
            error.contains("sample 1 of") && error.contains("17"),
            "{error}"
        );
    }
}

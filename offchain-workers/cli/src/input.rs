//! Model inputs from `.npy` and JSON files.

use anyhow::{bail, Context};
use clap::Args;
use lattice_importer::{quantize_input, saturate_input, Array};
use lattice_tensor::InputDecl;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where a model's input comes from.
#[derive(Clone, Debug, Args)]
pub struct InputArgs {
    /// NumPy array (.npy) or JSON array of numbers, nested or flat; `-` reads JSON from standard
    /// input.
    #[arg(long, short, value_name = "FILE")]
    pub input: PathBuf,
    /// Which sample to take when the file holds several along its first axis, from 0.
    #[arg(long, value_name = "N")]
    pub row: Option<usize>,
    /// The numbers are the model's own integer steps already, not real values to be quantized.
    #[arg(long)]
    pub quantized: bool,
    /// Move numbers outside the model's range to its nearer end instead of refusing them.
    #[arg(long, conflicts_with = "quantized")]
    pub clip: bool,
}

impl InputArgs {
    /// Reads the sample and quantizes it for a model that declares `declared`.
    pub fn load(&self, declared: &InputDecl) -> anyhow::Result<Vec<i32>> {
        let sample: Vec<usize> = declared.shape.dims().iter().map(|&d| d as usize).collect();
        let samples = read(&self.input)?
            .into_samples_of(&sample)
            .with_context(|| format!("cannot use {}", self.input.display()))?;
        let row = match (self.row, samples.len()) {
            (None, 1) => 0,
            (None, n) => bail!(
                "{} holds {n} samples; choose one with --row 0..={}",
                self.input.display(),
                n - 1
            ),
            (Some(row), n) if row >= n => bail!(
                "--row {row}: {} holds {n} samples, 0..={}",
                self.input.display(),
                n - 1
            ),
            (Some(row), _) => row,
        };
        let values = samples.rows().nth(row).unwrap_or_default();
        if self.quantized {
            // The model's steps are real numbers at scale one.
            let steps = InputDecl {
                scale: lattice_tensor::Scale::ONE,
                ..declared.clone()
            };
            return Ok(quantize_input(&steps, values)?);
        }
        if self.clip {
            return Ok(saturate_input(declared, values)?.0);
        }
        Ok(quantize_input(declared, values)?)
    }
}

/// Reads numbers: `.npy` by its ending, anything else as JSON.
pub fn read(path: &Path) -> anyhow::Result<Array> {
    if path.extension().is_some_and(|e| e == "npy") {
        return Ok(Array::read_npy(path)?);
    }
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    }
    .with_context(|| format!("cannot read {}", path.display()))?;
    let value: Value = serde_json::from_str(&text)
        .with_context(|| format!("{} is neither .npy nor JSON", path.display()))?;
    from_json(&value).with_context(|| format!("cannot use {}", path.display()))
}

/// Nested arrays of numbers, all of one shape.
fn from_json(value: &Value) -> anyhow::Result<Array> {
    let mut shape = Vec::new();
    let mut level = value;
    while let Value::Array(items) = level {
        shape.push(items.len());
        match items.first() {
            Some(first) => level = first,
            None => bail!("an array is empty"),
        }
    }
    if shape.is_empty() {
        bail!("expected an array of numbers, found {value}");
    }
    let mut values = Vec::new();
    flatten(value, &shape, &mut values)?;
    Ok(Array { shape, values })
}

fn flatten(value: &Value, shape: &[usize], values: &mut Vec<f64>) -> anyhow::Result<()> {
    match (value, shape.split_first()) {
        (Value::Array(items), Some((&len, rest))) if items.len() == len => items
            .iter()
            .try_for_each(|item| flatten(item, rest, values)),
        (Value::Array(items), Some((len, _))) => {
            bail!("rows of {} and of {len} elements are mixed", items.len())
        }
        (Value::Number(number), None) => {
            values.push(number.as_f64().context("a number is too large")?);
            Ok(())
        }
        (other, _) => bail!(
            "expected a number at element {}, found {other}",
            values.len()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nested_and_flat_json_are_read() {
        let array = from_json(&json!([[1, 2], [3, 4.5]])).unwrap();
        assert_eq!(array.shape, [2, 2]);
        assert_eq!(array.values, [1.0, 2.0, 3.0, 4.5]);
        assert_eq!(from_json(&json!([1])).unwrap().shape, [1]);
    }

    #[test]
    fn anything_else_is_refused_with_what_was_found() {
        for (value, text) in [
            (json!(3), "found 3"),
            (json!([]), "empty"),
            (json!([[1], [2, 3]]), "mixed"),
            (json!([1, "a"]), "element 1"),
            (json!([[1], 2]), "found 2"),
        ] {
            let error = from_json(&value).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
    }
}

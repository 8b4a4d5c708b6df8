//! Handwritten digits that the model has not seen in training.

use anyhow::{ensure, Context, Result};
use ndarray::{Array1, Array2};
use std::path::PathBuf;

/// Side of a picture in pixels.
pub const SIDE: usize = 8;

/// From blank to full ink, for pixels 0..=16.
const INK: &[u8] = b" .:-=+*#%@";

/// One picture with the digit that its writer meant.
#[derive(Clone, Debug)]
pub struct Digit {
    /// 64 pixels in rows, each in 0..=16.
    pub pixels: Vec<i8>,
    /// The true digit.
    pub label: u8,
}

/// The folder of the committed model and data.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/digits")
}

/// The held-out test set.
///
/// # Errors
/// When a file is missing, or pictures and labels do not fit together.
pub fn held_out() -> Result<Vec<Digit>> {
    let images: Array2<u8> = read("test_images.npy")?;
    let labels: Array1<u8> = read("test_labels.npy")?;
    ensure!(
        images.nrows() == labels.len() && images.ncols() == SIDE * SIDE,
        "test set of {:?} pictures and {} labels",
        images.shape(),
        labels.len()
    );
    images
        .rows()
        .into_iter()
        .zip(&labels)
        .map(|(row, &label)| {
            let pixels = row
                .iter()
                .map(|&ink| {
                    ensure!(ink <= 16, "pixel {ink} is not in 0..=16");
                    Ok(i8::try_from(ink)?)
                })
                .collect::<Result<_>>()?;
            Ok(Digit { pixels, label })
        })
        .collect()
}

fn read<A: ndarray_npy::ReadableElement, D: ndarray::Dimension>(
    name: &str,
) -> Result<ndarray::Array<A, D>> {
    let path = folder().join(name);
    ndarray_npy::read_npy(&path).with_context(|| format!("reading {}", path.display()))
}

impl Digit {
    /// The picture in characters, one line per row of pixels.
    pub fn drawing(&self) -> String {
        self.pixels
            .chunks(SIDE)
            .map(|row| {
                row.iter()
                    .map(|&ink| {
                        let shade = usize::from(ink.unsigned_abs()) * (INK.len() - 1) / 16;
                        // Twice, because characters are taller than wide.
                        String::from_utf8_lossy(&[INK[shade]; 2]).into_owned()
                    })
                    .collect::<String>()
            })
            .collect::<Vec<_>>()
            .join("\n")
    }
}

//! What a window covers of an image

use crate::StepError;
use lattice_tensor::{Shape, Windows};

/// Neighbours along a row that a window covers.
pub struct Run {
    /// Index of the first in the image.
    pub image: usize,
    /// Its index in the window.
    pub window: usize,
    /// How many.
    pub len: usize,
}

/// The runs that window `index` covers of an image, without padding; none for a
/// window that lies beside it.
pub fn runs(windows: &Windows, index: usize) -> impl Iterator<Item = Run> {
    let across = windows.columns.count();
    let (down, right) = (index.checked_div(across), index.checked_rem(across));
    let row = windows.rows.overlap(down.unwrap_or(0));
    let column = windows.columns.overlap(right.unwrap_or(0));
    let (width, kernel_width) = (windows.image_width(), windows.kernel_width());
    let place =
        |row: usize, width: usize, column: usize| row.saturating_mul(width).saturating_add(column);
    let rows = if column.len == 0 { 0 } else { row.len };
    (0..rows).map(move |line| Run {
        image: place(row.image.saturating_add(line), width, column.image),
        window: place(row.kernel.saturating_add(line), kernel_width, column.kernel),
        len: column.len,
    })
}

/// Channels, height and width of an image.
pub fn image(shape: &Shape) -> Result<[u32; 3], StepError> {
    shape.dims().try_into().map_err(|_| StepError::Manifest)
}

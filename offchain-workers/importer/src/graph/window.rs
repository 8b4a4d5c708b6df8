//! Kernel, strides, padding: the attributes that convolutions and pools share.

use super::Node;
use crate::error::GraphError;
use crate::network::Window;
use lattice_tensor::{Placement, Windows};

/// Windows with the shape that they give.
pub struct Fitted {
    pub window: Window,
    pub windows: Windows,
    /// Padding that `ceil_mode` added so that the last window fits.
    pub beyond: bool,
}

impl Fitted {
    /// The image of the results.
    pub fn image(&self, channels: usize) -> Vec<usize> {
        vec![
            channels,
            self.windows.rows.count(),
            self.windows.columns.count(),
        ]
    }
}

/// Reads the window attributes of a node over an image of `[height, width]`.
///
/// `pool`: each window has to meet the image.
pub fn read(
    node: Node<'_>,
    kernel: [usize; 2],
    image: [usize; 2],
    pool: bool,
) -> Result<Fitted, GraphError> {
    if let Some(dilations) = node.ints("dilations").filter(|d| d.iter().any(|&d| d != 1)) {
        return Err(node.refused(&format!(
            "dilations {dilations:?}; only dilations of 1 are supported"
        )));
    }
    if pool && kernel.iter().any(|&size| size > 255) {
        return Err(node.refused(&format!("a window of {kernel:?}; at most 255 each way")));
    }
    let stride = pair(node, "strides", node.ints("strides").unwrap_or(&[1, 1]))?;
    if stride.iter().any(|&step| step > 255) {
        return Err(node.refused(&format!("strides {stride:?}; at most 255 each way")));
    }
    let auto_pad = node.string("auto_pad").unwrap_or("NOTSET");
    let mut padding: [usize; 4] = match auto_pad {
        "NOTSET" | "" => {
            let given = node.ints("pads").unwrap_or(&[0; 4]);
            let sides: Option<Vec<u8>> =
                given.iter().map(|&side| u8::try_from(side).ok()).collect();
            let sides = sides.and_then(|sides| <[u8; 4]>::try_from(sides).ok());
            let sides = sides.ok_or_else(|| {
                node.refused(&format!(
                    "pads {given:?}; height and width have four paddings within 0..=255"
                ))
            })?;
            sides.map(usize::from)
        }
        "VALID" => [0; 4],
        "SAME_UPPER" | "SAME_LOWER" => {
            let mut all = [0; 4];
            for axis in 0..2 {
                let windows = image[axis].div_ceil(stride[axis]);
                let covered = windows.saturating_sub(1) * stride[axis] + kernel[axis];
                let total = covered.saturating_sub(image[axis]);
                let (less, more) = (total / 2, total - total / 2);
                let lower = auto_pad == "SAME_LOWER";
                all[axis] = if lower { more } else { less };
                all[axis + 2] = if lower { less } else { more };
            }
            all
        }
        other => return Err(node.refused(&format!("auto_pad `{other}`"))),
    };
    let mut beyond = false;
    if pool && node.int("ceil_mode").unwrap_or(0) != 0 {
        for axis in 0..2 {
            let (before, after) = (padding[axis], padding[axis + 2]);
            let room = (image[axis] + before + after).saturating_sub(kernel[axis]);
            // A last window that starts beside the image is left out.
            let last = room
                .div_ceil(stride[axis])
                .min((image[axis] + before - 1) / stride[axis]);
            let needed = (last * stride[axis] + kernel[axis]).saturating_sub(image[axis] + before);
            beyond |= needed > after;
            padding[axis + 2] = after.max(needed);
        }
    }
    let mut sides = [0u8; 4];
    for (side, size) in sides.iter_mut().zip(padding) {
        *side = u8::try_from(size).map_err(|_| {
            node.refused(&format!("a padding of {size}; at most 255 are supported"))
        })?;
    }
    let placement = Placement {
        stride: stride.map(|step| u8::try_from(step).unwrap_or(u8::MAX)),
        padding: sides,
    };
    let sizes = |of: [usize; 2]| of.map(|size| u32::try_from(size).unwrap_or(u32::MAX));
    let fit = if pool { Windows::meeting } else { Windows::new };
    let windows = fit(sizes(image), sizes(kernel), placement)
        .map_err(|error| node.refused(&error.to_string()))?;
    Ok(Fitted {
        window: Window { kernel, placement },
        windows,
        beyond,
    })
}

/// An attribute for the two spatial axes, each at least one.
pub fn pair(node: Node<'_>, name: &str, values: &[i64]) -> Result<[usize; 2], GraphError> {
    let size = |v: &i64| usize::try_from(*v).ok().filter(|v| *v > 0);
    match values {
        [a, b] => size(a).zip(size(b)).map(|(a, b)| [a, b]),
        _ => None,
    }
    .ok_or_else(|| {
        node.refused(&format!(
            "{name} {values:?}; two positive numbers are needed, for height and width"
        ))
    })
}

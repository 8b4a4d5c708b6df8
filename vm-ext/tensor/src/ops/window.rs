//! Windows over an image: the geometry that convolution and pooling share
//!
//! Along one axis of `size` elements with padding `before` and `after`, window
//! `i` covers the `kernel` positions from `i · stride - before` on, and there
//! are `(before + size + after - kernel) / stride + 1` windows, rounded down.

use crate::shape::size;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::fmt;
use scale_info::TypeInfo;
use thiserror::Error;

/// Where windows lie: the steps between them and the border around the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Placement {
    /// Steps: vertical, horizontal.
    pub stride: [u8; 2],
    /// Padding: top, left, bottom, right.
    pub padding: [u8; 4],
}

impl Placement {
    /// A window at every element of the image where it fits.
    pub const DENSE: Self = Self::every(1);

    /// Steps of `stride` both ways, without padding.
    pub const fn every(stride: u8) -> Self {
        Self {
            stride: [stride; 2],
            padding: [0; 4],
        }
    }

    /// The same steps, with `padding` on every side.
    pub const fn padded(self, padding: u8) -> Self {
        Self {
            stride: self.stride,
            padding: [padding; 4],
        }
    }
}

/// One of the two axes of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Along the height.
    Vertical,
    /// Along the width.
    Horizontal,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vertical => "vertical",
            Self::Horizontal => "horizontal",
        })
    }
}

/// Why windows do not fit an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WindowError {
    /// A stride of zero.
    #[error("the {direction} stride is 0")]
    ZeroStride {
        /// The axis.
        direction: Direction,
    },
    /// A kernel of zero.
    #[error("the {direction} kernel is 0")]
    ZeroKernel {
        /// The axis.
        direction: Direction,
    },
    /// The kernel is larger than the image with its padding.
    #[error("the {direction} kernel {kernel} does not fit an image that has {padded} elements with its padding")]
    KernelTooLarge {
        /// The axis.
        direction: Direction,
        /// Size of the kernel.
        kernel: u32,
        /// Size of the image with its padding.
        padded: u32,
    },
    /// A pool with a padding as large as its kernel, so that a window could
    /// lie beside the image.
    #[error("the {direction} padding {padding} must be less than the kernel {kernel}, so that every window meets the image")]
    PaddingTooLarge {
        /// The axis.
        direction: Direction,
        /// The padding of one side.
        padding: u8,
        /// Size of the kernel.
        kernel: u32,
    },
}

/// The windows along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows1d {
    size: usize,
    kernel: usize,
    stride: usize,
    before: usize,
    count: usize,
}

/// The part of a window that lies on the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// Its first element, counted along the image.
    pub image: usize,
    /// The same element, counted along the kernel.
    pub kernel: usize,
    /// Its length, perhaps zero.
    pub len: usize,
}

/// How often an element of the kernel lies on the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In no window.
    Never,
    /// In some windows; in the others it lies on padding.
    Sometimes,
    /// In all windows.
    Always,
}

impl Reach {
    /// For both axes what holds for each.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (Self::Always, Self::Always) => Self::Always,
            _ => Self::Sometimes,
        }
    }
}

impl Windows1d {
    fn new(
        direction: Direction,
        image: u32,
        kernel: u32,
        stride: u8,
        [before, after]: [u8; 2],
    ) -> Result<Self, WindowError> {
        if kernel == 0 {
            return Err(WindowError::ZeroKernel { direction });
        }
        let padded = image
            .saturating_add(before.into())
            .saturating_add(after.into());
        let room = padded
            .checked_sub(kernel)
            .ok_or(WindowError::KernelTooLarge {
                direction,
                kernel,
                padded,
            })?;
        let steps = room
            .checked_div(stride.into())
            .ok_or(WindowError::ZeroStride { direction })?;
        Ok(Self {
            size: size(image),
            kernel: size(kernel),
            stride: stride.into(),
            before: before.into(),
            count: size(steps).saturating_add(1),
        })
    }

    /// Number of windows, at least one.
    pub fn count(&self) -> usize {
        self.count
    }

    /// What window `index` covers of the image.
    pub fn overlap(&self, index: usize) -> Overlap {
        let start = index.saturating_mul(self.stride);
        let kernel = self.before.saturating_sub(start);
        let image = start.saturating_sub(self.before);
        Overlap {
            image,
            kernel,
            len: self
                .kernel
                .saturating_sub(kernel)
                .min(self.size.saturating_sub(image)),
        }
    }

    /// How often element `tap` of the kernel lies on the image.
    pub fn reach(&self, tap: usize) -> Reach {
        let end = self.before.saturating_add(self.size);
        let position = |index: usize| index.saturating_mul(self.stride).saturating_add(tap);
        let last = self.count.saturating_sub(1);
        let first_inside = self.before.saturating_sub(tap).div_ceil(self.stride.max(1));
        if first_inside == 0 && position(last) < end {
            Reach::Always
        } else if first_inside <= last && position(first_inside) < end {
            Reach::Sometimes
        } else {
            Reach::Never
        }
    }

    /// The least and the most elements that a window covers of the image.
    pub fn coverage(&self) -> (usize, usize) {
        let last = self.count.saturating_sub(1);
        let len = |index: usize| self.overlap(index.min(last)).len;
        // Coverage rises, stays and falls: it is least at one of the ends, and
        // most next to where the window enters or begins to leave the image.
        let near = |start: usize| start.checked_div(self.stride).unwrap_or(0);
        let enters = near(self.before);
        let leaves = near(
            self.before
                .saturating_add(self.size)
                .saturating_sub(self.kernel),
        );
        let most = [enters, leaves]
            .map(|index| len(index).max(len(index.saturating_add(1))))
            .into_iter()
            .fold(0, usize::max);
        (len(0).min(len(last)), most)
    }
}

/// The windows over an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Along the height.
    pub rows: Windows1d,
    /// Along the width.
    pub columns: Windows1d,
}

impl Windows {
    /// Windows of `kernel` (height, width) over an `image` (height, width).
    ///
    /// # Errors
    /// [`WindowError`], but never [`WindowError::PaddingTooLarge`].
    pub fn new(
        image: [u32; 2],
        kernel: [u32; 2],
        placement: Placement,
    ) -> Result<Self, WindowError> {
        let [vertical, horizontal] = placement.stride;
        let [top, left, bottom, right] = placement.padding;
        let axis = Windows1d::new;
        Ok(Self {
            rows: axis(
                Direction::Vertical,
                image[0],
                kernel[0],
                vertical,
                [top, bottom],
            )?,
            columns: axis(
                Direction::Horizontal,
                image[1],
                kernel[1],
                horizontal,
                [left, right],
            )?,
        })
    }

    /// Windows each of which covers at least one element of the image.
    ///
    /// # Errors
    /// [`WindowError`].
    pub fn meeting(
        image: [u32; 2],
        kernel: [u32; 2],
        placement: Placement,
    ) -> Result<Self, WindowError> {
        let windows = Self::new(image, kernel, placement)?;
        let [top, left, bottom, right] = placement.padding;
        for (direction, padding, kernel) in [
            (Direction::Vertical, top.max(bottom), kernel[0]),
            (Direction::Horizontal, left.max(right), kernel[1]),
        ] {
            if u32::from(padding) >= kernel {
                return Err(WindowError::PaddingTooLarge {
                    direction,
                    padding,
                    kernel,
                });
            }
        }
        Ok(windows)
    }

    /// Number of windows.
    pub fn count(&self) -> usize {
        self.rows.count.saturating_mul(self.columns.count)
    }

    /// Elements of a window.
    pub fn window_len(&self) -> usize {
        self.rows.kernel.saturating_mul(self.columns.kernel)
    }

    /// Elements of the image.
    pub fn image_len(&self) -> usize {
        self.rows.size.saturating_mul(self.columns.size)
    }

    /// Elements of a row of the image.
    pub fn image_width(&self) -> usize {
        self.columns.size
    }

    /// Elements of a row of the kernel.
    pub fn kernel_width(&self) -> usize {
        self.columns.kernel
    }

    /// The least and the most elements that a window covers of the image.
    pub fn coverage(&self) -> (usize, usize) {
        let (rows, columns) = (self.rows.coverage(), self.columns.coverage());
        (
            rows.0.saturating_mul(columns.0),
            rows.1.saturating_mul(columns.1),
        )
    }

    /// For each element of the kernel, row-major, how often it lies on the image.
    pub fn reaches(&self) -> Vec<Reach> {
        let across: Vec<_> = (0..self.columns.kernel)
            .map(|tap| self.columns.reach(tap))
            .collect();
        (0..self.rows.kernel)
            .map(|tap| self.rows.reach(tap))
            .flat_map(|down| across.iter().map(move |across| down.and(*across)))
            .collect()
    }

    /// Elements that the windows of `channels` images cover, padding included.
    pub fn work(&self, channels: u32) -> u64 {
        let wide = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        wide(self.count())
            .saturating_mul(wide(self.window_len()))
            .saturating_mul(channels.into())
    }
}

#[cfg(test)]
mod tests;

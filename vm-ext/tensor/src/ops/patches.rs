//! A convolution as a matrix product (im2col)

use super::{image, Conv2d, Overlap, Placement, Windows};
use crate::shape::size;
use crate::{Model, Shape};

/// The patches of a convolution: each is what a window covers of the images of
/// one group, row-major `[channels of the group, kernel height, kernel width]`,
/// with zeros for padding. An output channel is its row of weights times the
/// patches of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patches {
    windows: Windows,
    columns: usize,
    group_inputs: usize,
    group_outputs: usize,
}

impl Patches {
    /// Those of a convolution of `model`; none if it is of another model.
    pub fn of(model: &Model, conv: &Conv2d) -> Option<Self> {
        let weight = model.manifest().tensors.get(usize::from(conv.weight))?;
        let image = model.shape(conv.input);
        Self::new(image, &weight.shape, conv.placement, conv.groups)
    }

    /// Those of an `image` `[in, height, width]` and weights `[out, in /
    /// groups, kernel height, kernel width]`; none if they do not fit.
    pub fn new(image: &Shape, weight: &Shape, placement: Placement, groups: u16) -> Option<Self> {
        let [channels, height, width] = image::dims(image)?;
        let &[out, depth, kernel_height, kernel_width] = weight.dims() else {
            return None;
        };
        let groups = u32::from(groups);
        let fits =
            depth.checked_mul(groups) == Some(channels) && out.checked_rem(groups) == Some(0);
        let windows = Windows::new([height, width], [kernel_height, kernel_width], placement);
        Some(Self {
            windows: windows.ok().filter(|_| fits)?,
            columns: weight.channel_len(),
            group_inputs: size(depth),
            group_outputs: size(out.checked_div(groups)?),
        })
    }

    /// The windows, one for each patch of a group.
    pub fn windows(&self) -> &Windows {
        &self.windows
    }

    /// Elements of a patch, and of a row of weights.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Input channels of a group.
    pub fn group_inputs(&self) -> usize {
        self.group_inputs
    }

    /// Output channels of a group.
    pub fn group_outputs(&self) -> usize {
        self.group_outputs
    }

    /// Elements of the images of a group.
    pub fn images_len(&self) -> usize {
        self.group_inputs.saturating_mul(self.windows.image_len())
    }

    /// Fills `patches`, each of [`Patches::columns`] elements, with those of the
    /// windows from `first` on, row-major, over the `images` of one group.
    pub fn gather<T: Copy + Default>(
        &self,
        images: &[i32],
        first: usize,
        patches: &mut [T],
        convert: impl Fn(i32) -> T,
    ) {
        let Windows { rows, columns } = &self.windows;
        let across = columns.count();
        let mut down = first.checked_div(across).unwrap_or(0);
        let mut right = first.checked_rem(across).unwrap_or(0);
        let mut row = rows.overlap(down);
        for patch in patches.chunks_exact_mut(self.columns) {
            self.copy(images, row, columns.overlap(right), patch, &convert);
            right = right.saturating_add(1);
            if right >= across {
                right = 0;
                down = down.saturating_add(1);
                row = rows.overlap(down);
            }
        }
    }

    /// Copies what a window covers of each image, with zeros for padding.
    fn copy<T: Copy + Default>(
        &self,
        images: &[i32],
        row: Overlap,
        column: Overlap,
        patch: &mut [T],
        convert: impl Fn(i32) -> T,
    ) {
        let windows = &self.windows;
        let (width, kernel_width) = (windows.image_width(), windows.kernel_width());
        let (image_len, window_len, len) = (windows.image_len(), windows.window_len(), column.len);
        if row.len.saturating_mul(len) < window_len {
            patch.fill(T::default());
        }
        // Places are added up, as a division for each run costs more than its copy.
        let mut image = row.image.saturating_mul(width).saturating_add(column.image);
        let mut kernel = row
            .kernel
            .saturating_mul(kernel_width)
            .saturating_add(column.kernel);
        for _ in 0..self.group_inputs {
            let (mut source, mut target) = (image, kernel);
            for _ in 0..row.len {
                let run = images.get(source..source.saturating_add(len));
                let place = patch.get_mut(target..target.saturating_add(len));
                if let (Some(run), Some(place)) = (run, place) {
                    for (x, y) in run.iter().zip(place) {
                        *y = convert(*x);
                    }
                }
                source = source.saturating_add(width);
                target = target.saturating_add(kernel_width);
            }
            image = image.saturating_add(image_len);
            kernel = kernel.saturating_add(window_len);
        }
    }
}

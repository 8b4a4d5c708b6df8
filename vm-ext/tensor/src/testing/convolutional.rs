//! Random models over images.

use super::{between_u32, layer, quantize, random_clamp, reach_of, Layer, Random};
use crate::{Clamp, Model, ModelBuilder, ModelError, Placement, Range, Scale, Shape, Windows};

/// LeNet-5 (LeCun et al., 1998) over `[1, 28, 28]` within 0..=127: convolutions
/// of 6 (padded by 2) and 16 kernels of 5 by 5, each with a fused ReLU and a
/// maximum of 2 by 2, then 400-120-84-10. All weights are random and none is
/// zero; the ten logits are raw.
///
/// # Panics
/// Never; every seed makes a valid model.
pub fn lenet5(seed: u64) -> Model {
    build_lenet5(seed).expect("every seed makes a valid model")
}

/// A convolutional graph: a convolution with steps, padding and groups, a pool
/// of either kind before or behind its `Requantize`, a residual block around a
/// grouped convolution, and a dense layer behind a `Flatten`, for two of three
/// seeds after a global average.
///
/// # Panics
/// Never; every seed makes a valid model.
pub fn random_convolutional(seed: u64) -> Model {
    build_convolutional(seed).expect("every seed makes a valid model")
}

fn build_lenet5(seed: u64) -> Result<Model, ModelError> {
    let mut random = Random::new(seed ^ 0x4c45_4e45_5435);
    let image = Image::new([1, 28, 28], Range::new(0, 127)?)?;
    let padded = Placement::DENSE.padded(2);
    let halve = Placement::every(2);
    let stage = image
        .convolve("conv1", nonzero(&mut random, [25, 6]), 6, [5, 5], padded, 1)?
        .quantize(&mut random, 25, Clamp::RELU)
        .max_pool([2, 2], halve)?
        .convolve(
            "conv2",
            nonzero(&mut random, [150, 16]),
            16,
            [5, 5],
            Placement::DENSE,
            1,
        )?
        .quantize(&mut random, 150, Clamp::RELU)
        .max_pool([2, 2], halve)?;
    let mut builder = stage.builder.flatten()?;
    for (name, shape) in [("fc1", [400, 120]), ("fc2", [120, 84]), ("fc3", [84, 10])] {
        let [columns, rows] = shape;
        let (weights, bias) = nonzero(&mut random, shape);
        builder = builder.linear(name, weights, rows, bias)?;
        if rows > 10 {
            builder = quantize(builder, &mut random, [columns, rows], 127, Clamp::RELU);
        }
    }
    builder.build(Scale::ONE)
}

fn build_convolutional(seed: u64) -> Result<Model, ModelError> {
    let mut random = Random::new(seed ^ 0x434f_4e56);
    let (lo, hi) = (random.i8(-127, 0), random.i8(1, 127));
    let dims = [(1, 4), (4, 9), (4, 9)].map(|(lo, hi)| between_u32(&mut random, lo, hi));
    let image = Image::new(dims, Range::new(lo, hi)?)?;

    let groups = divisor(&mut random, dims[0]);
    let out = u32::from(groups).saturating_mul(between_u32(&mut random, 1, 3));
    let kernel = [(); 2].map(|()| between_u32(&mut random, 1, 3));
    let placement = Placement {
        stride: [(); 2].map(|()| random.shift(1, 2)),
        padding: [(); 4].map(|()| random.shift(0, 2)),
    };
    let columns = kernel[0] * kernel[1] * dims[0] / u32::from(groups);
    let weights = layer(&mut random, [columns, out], image.reach);
    let stem = image.convolve("stem", weights, out, kernel, placement, groups)?;
    let clamp = random_clamp(&mut random);
    let stem = if random.between(0, 1) == 0 {
        let pooled = stem.pool(&mut random, false)?;
        pooled.quantize(&mut random, columns, clamp)
    } else {
        let quantized = stem.quantize(&mut random, columns, clamp);
        quantized.pool(&mut random, true)?
    };

    let before = stem.builder.current();
    let groups = divisor(&mut random, out);
    let columns = 9 * out / u32::from(groups);
    let same = Placement::DENSE.padded(1);
    let weights = layer(&mut random, [columns, out], stem.reach);
    let mut last = stem
        .convolve("block", weights, out, [3, 3], same, groups)?
        .quantize(&mut random, columns, Clamp::FULL);
    let shifts = (0..out).map(|_| random.shift(1, 2)).collect();
    let clamp = random_clamp(&mut random);
    last.builder = last.builder.add(before, 0, 0)?.requantize(shifts, clamp)?;
    if !seed.is_multiple_of(3) {
        let elements = last.dims[1] * last.dims[2];
        let (multiplier, shift) = mean(&mut random, elements);
        last.builder = last.builder.global_avg_pool(multiplier, shift)?;
        last.dims = [out, 1, 1];
    }
    let columns = last.dims.iter().product();
    let (weights, bias) = layer(&mut random, [columns, 5], 127);
    let head = last.builder.flatten()?.linear("head", weights, 5, bias)?;
    head.build(Scale::ONE)
}

/// A graph whose current value is an image.
struct Image {
    builder: ModelBuilder,
    /// Channels, height, width.
    dims: [u32; 3],
    /// Magnitude that the quantized values have at most; that of the
    /// operands, where the image is a convolution's sums.
    reach: i64,
}

impl Image {
    fn new(dims: [u32; 3], range: Range) -> Result<Self, ModelError> {
        Ok(Self {
            builder: ModelBuilder::new(Shape::new(dims)?, range, Scale::ONE),
            dims,
            reach: reach_of(range.lo, range.hi),
        })
    }

    fn convolve(
        mut self,
        name: &str,
        (weights, bias): Layer,
        out: u32,
        kernel: [u32; 2],
        placement: Placement,
        groups: u16,
    ) -> Result<Self, ModelError> {
        let depth = self.dims[0] / u32::from(groups);
        let shape = Shape::new([out, depth, kernel[0], kernel[1]])?;
        self.step(out, kernel, placement);
        self.builder = self
            .builder
            .conv2d(name, weights, shape, bias, placement, groups)?;
        Ok(self)
    }

    fn max_pool(mut self, kernel: [u8; 2], placement: Placement) -> Result<Self, ModelError> {
        self.step(self.dims[0], kernel.map(u32::from), placement);
        self.builder = self.builder.max_pool2d(kernel, placement)?;
        Ok(self)
    }

    /// A pool of either kind; the average of quantized values is quantized.
    fn pool(mut self, random: &mut Random, quantized: bool) -> Result<Self, ModelError> {
        let [_, height, width] = self.dims;
        let most = [height, width].map(|size| u8::try_from(size.min(3)).unwrap_or(1));
        let kernel = most.map(|most| random.shift(1, most));
        let [top, left] = kernel.map(|size| random.shift(0, size - 1));
        let [bottom, right] = kernel.map(|size| random.shift(0, size - 1));
        let placement = Placement {
            stride: [(); 2].map(|()| random.shift(1, 3)),
            padding: [top, left, bottom, right],
        };
        if random.between(0, 1) == 0 {
            return self.max_pool(kernel, placement);
        }
        let elements = u32::from(kernel[0]) * u32::from(kernel[1]);
        let (multiplier, shift) = if quantized {
            mean(random, elements)
        } else {
            // A sum of 36 products and a bias is under 2^20, nine of them under 2^24.
            (random.shift(1, 63).into(), random.shift(0, 8))
        };
        self.step(self.dims[0], kernel.map(u32::from), placement);
        self.builder = self
            .builder
            .avg_pool2d(kernel, placement, multiplier, shift)?;
        Ok(self)
    }

    /// For sums over `columns`.
    fn quantize(mut self, random: &mut Random, columns: u32, clamp: Clamp) -> Self {
        let shape = [columns, self.dims[0]];
        self.builder = quantize(self.builder, random, shape, self.reach, clamp);
        self.reach = reach_of(clamp.lo, clamp.hi);
        self
    }

    fn step(&mut self, channels: u32, kernel: [u32; 2], placement: Placement) {
        let [_, height, width] = self.dims;
        let windows = Windows::new([height, width], kernel, placement).expect("windows that fit");
        let count = |count: usize| u32::try_from(count).expect("an image of few elements");
        self.dims = [
            channels,
            count(windows.rows.count()),
            count(windows.columns.count()),
        ];
    }
}

/// Weights and bias of a layer `[columns, rows]` on values up to 127, none zero.
fn nonzero(random: &mut Random, [columns, rows]: [u32; 2]) -> Layer {
    let weights = (0..columns * rows).map(|_| {
        let magnitude = random.i8(1, 127);
        [magnitude, -magnitude][usize::from(random.between(0, 1) == 1)]
    });
    let weights = weights.collect();
    let bias = (0..rows).map(|_| i32::from(random.i8(1, 127)) * 32);
    (weights, Some(bias.collect()))
}

/// One, all, or another number that divides the channels.
fn divisor(random: &mut Random, channels: u32) -> u16 {
    let divisors = (1..=channels).filter(|d| channels.is_multiple_of(*d));
    let divisors: alloc::vec::Vec<_> = divisors.collect();
    let last = i64::try_from(divisors.len()).unwrap_or(1) - 1;
    let index = usize::try_from(random.between(0, last)).unwrap_or(0);
    u16::try_from(divisors[index]).unwrap_or(1)
}

/// Multiplier and shift of the mean of so many elements, never above it.
fn mean(random: &mut Random, elements: u32) -> (u16, u8) {
    let least = u8::try_from(elements.ilog2() + 1).unwrap_or(15);
    let shift = random.shift(least, 15);
    let multiplier = (1u32 << shift) / elements;
    (u16::try_from(multiplier).unwrap_or(1), shift)
}

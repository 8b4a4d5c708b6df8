//! Models to load, run and hash.

use super::{case, shape, Case};
use lattice_isa::Instruction;
use lattice_tensor::testing::{self, Random};
use lattice_tensor::{Clamp, Model, ModelBuilder, Placement, Range, Scale};

/// One case for each model.
pub fn models(
    setup: impl Fn(&Model) -> Vec<Instruction>,
    instruction: impl Fn(&Model) -> Instruction,
) -> Vec<Case> {
    let mlp = |dims: &[u32]| testing::random_mlp(3, dims, Range { lo: 0, hi: 16 });
    [
        ("MLP 64-32-10", mlp(&[64, 32, 10])),
        ("MLP 784-128-10", mlp(&[784, 128, 10])),
        ("MLP 512-1024-1024-10", mlp(&[512, 1024, 1024, 10])),
        ("63 layers of 16", mlp(&[16; 64])),
        ("MLP 30-50-100-7", mlp(&[30, 50, 100, 7])),
        ("MLP 256-256-256", mlp(&[256; 3])),
        ("one weight", mlp(&[1, 1])),
        ("CNN of 8x8", digits_cnn()),
        ("CNN of 3x32x32", colour_cnn()),
        ("LeNet-5", testing::lenet5(1)),
        ("4001 operators on one element", chain(1, 4000)),
        ("101 operators on 4096 elements", chain(4096, 100)),
    ]
    .into_iter()
    .chain(images())
    .map(|(name, model)| case(name, &model, setup(&model), instruction(&model)))
    .collect()
}

/// Two convolutions with maxima and a dense layer, for digits of 8 by 8.
fn digits_cnn() -> Model {
    Network::new([1, 8, 8])
        .convolution(8, 3)
        .halved()
        .convolution(16, 3)
        .halved()
        .dense(10)
}

/// Three convolutions with maxima and a dense layer, for small colour images.
fn colour_cnn() -> Model {
    Network::new([3, 32, 32])
        .convolution(16, 3)
        .halved()
        .convolution(32, 3)
        .halved()
        .convolution(64, 3)
        .halved()
        .dense(10)
}

/// A convolutional network that grows layer by layer.
struct Network {
    builder: ModelBuilder,
    image: [u32; 3],
    random: Random,
}

impl Network {
    fn new(image: [u32; 3]) -> Self {
        Network {
            builder: ModelBuilder::new(shape(&image), Range { lo: 0, hi: 16 }, Scale::ONE),
            image,
            random: Random::new(7),
        }
    }

    fn weights(&mut self, count: u32) -> Vec<i8> {
        (0..count)
            .map(|_| self.random.between(-60, 60) as i8 | 1)
            .collect()
    }

    /// Filters of an odd size that keep the image's, and ReLU.
    fn convolution(mut self, filters: u32, size: u32) -> Self {
        let [channels, ..] = self.image;
        let dims = [filters, channels, size, size];
        let weights = self.weights(dims.iter().product());
        let name = format!("convolution{channels}");
        let padded = Placement::DENSE.padded((size / 2) as u8);
        self.builder = self
            .builder
            .conv2d(&name, weights, shape(&dims), None, padded, 1)
            .and_then(|builder| builder.requantize(vec![8; filters as usize], Clamp::RELU))
            .expect("a convolution");
        self.image[0] = filters;
        self
    }

    /// The maxima of 2 by 2.
    fn halved(mut self) -> Self {
        self.builder = self
            .builder
            .max_pool2d([2, 2], Placement::every(2))
            .expect("an image of even size");
        self.image[1] /= 2;
        self.image[2] /= 2;
        self
    }

    fn dense(mut self, outputs: u32) -> Model {
        let weights = self.weights(outputs * self.image.iter().product::<u32>());
        self.builder
            .flatten()
            .and_then(|builder| builder.linear("dense", weights, outputs, None))
            .and_then(|builder| builder.build(Scale::ONE))
            .expect("a network")
    }
}

/// Models of one convolution or pooling each.
fn images() -> impl Iterator<Item = (&'static str, Model)> {
    let image = |dims: &[u32]| ModelBuilder::new(shape(dims), Range { lo: 0, hi: 16 }, Scale::ONE);
    let filters = |image: ModelBuilder, dims: &[u32], placement, groups| {
        let weights = (0..dims.iter().product::<u32>()).map(|i| (i % 120) as i8 + 1);
        image.conv2d(
            "filters",
            weights.collect(),
            shape(dims),
            None,
            placement,
            groups,
        )
    };
    let dense = Placement::DENSE;
    [
        (
            "16 channels to 32, 3x3",
            filters(image(&[16, 32, 32]), &[32, 16, 3, 3], dense.padded(1), 1),
        ),
        (
            "64 channels apart, 3x3",
            filters(image(&[64, 32, 32]), &[64, 1, 3, 3], dense.padded(1), 64),
        ),
        (
            "128x128 windows of one weight",
            filters(image(&[1, 128, 128]), &[1, 1, 1, 1], dense, 1),
        ),
        (
            "one filter of 32x32",
            filters(image(&[1, 64, 64]), &[1, 1, 32, 32], dense, 1),
        ),
        (
            "maximum of 2x2",
            image(&[16, 64, 64]).max_pool2d([2, 2], Placement::every(2)),
        ),
        (
            "maximum of 3x3",
            image(&[16, 64, 64]).max_pool2d([3, 3], dense.padded(1)),
        ),
        (
            "average of 16x1",
            image(&[16, 64, 64]).avg_pool2d([16, 1], dense, 4096, 16),
        ),
        (
            "maximum of one element",
            image(&[16, 64, 64]).max_pool2d([1, 1], dense),
        ),
    ]
    .into_iter()
    .map(|(name, builder)| {
        let model = builder.and_then(|builder| builder.build(Scale::ONE));
        (name, model.expect("one operator is a model"))
    })
}

/// Many operators that do almost nothing: on one element, the worst case per byte of
/// manifest.
fn chain(elements: u32, operators: u32) -> Model {
    let input = ModelBuilder::new(shape(&[1]), Range { lo: 0, hi: 16 }, Scale::ONE);
    let weights = vec![1; elements as usize];
    let mut chain = input
        .linear("weight", weights, elements, None)
        .expect("one column is a layer");
    for _ in 0..operators {
        chain = chain.relu().expect("there is room for an operator");
    }
    chain.build(Scale::ONE).expect("the chain is a model")
}

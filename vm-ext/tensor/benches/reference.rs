//! The reference executor on an MLP of the shape of MNIST's and on LeNet-5.

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use lattice_tensor::{testing, Model, ModelBuilder, ModelError, Placement, Range, Scale, Shape};
use std::hint::black_box;

fn reference(c: &mut Criterion) {
    let digits = Range { lo: 0, hi: 127 };
    let mlp = testing::random_mlp(1, &[784, 128, 10], digits);
    for (name, model) in [("mlp-784-128-10", mlp), ("lenet-5", testing::lenet5(1))] {
        model_group(c, name, &model);
    }
}

fn model_group(c: &mut Criterion, name: &str, model: &Model) {
    let input = testing::random_input(2, model);
    let blob = model.to_blob();
    let mut group = c.benchmark_group(name);
    group.bench_function("execute", |b| {
        b.iter(|| lattice_tensor::execute(black_box(model), black_box(&input)).unwrap())
    });
    group.bench_function("from_blob", |b| {
        b.iter(|| Model::from_blob(black_box(&blob)).unwrap())
    });
    group.bench_function("summary", |b| {
        b.iter(|| black_box(model.manifest()).summary().unwrap())
    });
    group.finish();
}

/// Convolutions and pools of every proportion, with the time of one unit of
/// their work: the elements that windows cover, and the multiply-accumulates.
fn windows(c: &mut Criterion) {
    let mut group = c.benchmark_group("windows");
    for (name, model) in shapes().into_iter().map(Result::unwrap) {
        let summary = model.summary();
        let input = testing::random_input(2, &model);
        let values = [input];
        group.throughput(Throughput::Elements(
            summary.multiply_accumulates.max(summary.window_elements),
        ));
        group.bench_function(name, |b| {
            b.iter(|| lattice_tensor::evaluate(black_box(&model), 0, black_box(&values)))
        });
    }
    group.finish();
}

/// Models of one operator; the name says image, kernel, stride and channels.
fn shapes() -> Vec<Result<(&'static str, Model), ModelError>> {
    let model = |dims: [u32; 3]| -> Result<_, ModelError> {
        let range = Range::new(-127, 127)?;
        Ok(ModelBuilder::new(Shape::new(dims)?, range, Scale::ONE))
    };
    let conv = |name, dims: [u32; 3], out, kernel: [u32; 2], placement, groups: u16| {
        let [channels, ..] = dims;
        let shape = Shape::new([out, channels / u32::from(groups), kernel[0], kernel[1]])?;
        let mut random = testing::Random::new(1);
        let weights = (0..shape.len()).map(|_| random.between(1, 127) as i8);
        let builder =
            model(dims)?.conv2d(name, weights.collect(), shape, None, placement, groups)?;
        Ok((name, builder.build(Scale::ONE)?))
    };
    let pool = |name, dims: [u32; 3], kernel, placement| {
        let builder = model(dims)?.max_pool2d(kernel, placement)?;
        Ok((name, builder.build(Scale::ONE)?))
    };
    let (dense, padded, halve) = (
        Placement::DENSE,
        Placement::DENSE.padded(1),
        Placement::every(2),
    );
    vec![
        conv("conv-16x16-3x3-64to64", [64, 16, 16], 64, [3, 3], padded, 1),
        conv("conv-16x16-1x1-64to64", [64, 16, 16], 64, [1, 1], dense, 1),
        conv(
            "conv-16x16-3x3-depthwise-64",
            [64, 16, 16],
            64,
            [3, 3],
            padded,
            64,
        ),
        conv(
            "conv-16x16-1x1-depthwise-64",
            [64, 16, 16],
            64,
            [1, 1],
            dense,
            64,
        ),
        conv(
            "conv-1x1-1x1-depthwise-4096",
            [4096, 1, 1],
            4096,
            [1, 1],
            dense,
            4096,
        ),
        conv("conv-510x1-255x1-1to1", [1, 510, 1], 1, [255, 1], dense, 1),
        conv("conv-1x510-1x255-1to1", [1, 1, 510], 1, [1, 255], dense, 1),
        pool("pool-28x28-2x2-halve-16", [16, 28, 28], [2, 2], halve),
        pool("pool-28x28-3x3-16", [16, 28, 28], [3, 3], padded),
        pool("pool-28x28-1x1-16", [16, 28, 28], [1, 1], dense),
        pool("pool-4x4-4x4-1024", [1024, 4, 4], [4, 4], dense),
        pool("pool-510x1-255x1", [1, 510, 1], [255, 1], dense),
        pool("pool-510x2-255x1", [1, 510, 2], [255, 1], dense),
        pool("pool-1x510-1x255", [1, 1, 510], [1, 255], dense),
        model([1024, 4, 4]).and_then(|builder| {
            let model = builder.global_avg_pool(1, 4)?.build(Scale::ONE)?;
            Ok(("global-4x4-1024", model))
        }),
    ]
}

/// Bounding and hashing of many small kernels, per byte of weights.
fn loading(c: &mut Criterion) {
    let mut group = c.benchmark_group("from_blob");
    for (name, model) in shapes().into_iter().map(Result::unwrap) {
        if name.starts_with("conv") {
            let blob = model.to_blob();
            group.throughput(Throughput::Bytes(model.summary().weight_bytes));
            group.bench_function(name, |b| b.iter(|| Model::from_blob(black_box(&blob))));
        }
    }
    group.finish();
}

criterion_group!(benches, reference, windows, loading);
criterion_main!(benches);

//! The executor on an MLP of the shape of MNIST's, with the bare arithmetic in it, and on LeNet-5.
//!
//! `arithmetic` is the two matrix products of burn alone, on tensors that lie
//! ready; what `trace/batch-1` takes more is the executor's overhead (conversions,
//! requantization, input check, allocations), which is to stay within 10 µs.
//!
//! The traces run on the device that LATTICE_TEST_DEVICE names, the arithmetic always on the
//! processor: `LATTICE_TEST_DEVICE=cuda:0 cargo bench -p lattice-executor --features cuda`

use burn::{
    backend::Flex,
    tensor::{Tensor, TensorData},
};
use criterion::{
    criterion_group, criterion_main, measurement::WallTime, BenchmarkGroup, Criterion, Throughput,
};
use lattice_executor::{BurnExecutor, Device};
use lattice_tensor::{testing, Model, Range};
use std::{hint::black_box, sync::Arc};

fn ready(dims: [usize; 2], seed: u64) -> Tensor<Flex, 2> {
    let mut random = testing::Random::new(seed);
    let elements: Vec<f32> = (0..dims[0] * dims[1])
        .map(|_| random.between(-127, 127) as f32)
        .collect();
    Tensor::from_data(TensorData::new(elements, dims), &Default::default())
}

fn executor(c: &mut Criterion) {
    for (name, dims) in [
        ("mlp-784-128-10", [784, 128, 10]),
        ("mlp-64-32-10", [64, 32, 10]),
    ] {
        let mut group = c.benchmark_group(name);
        let [a, b, c] = dims.map(|dim| dim as usize);
        let (x, first) = (ready([1, a], 1), ready([b, a], 2).transpose());
        let (hidden, second) = (ready([1, b], 3), ready([c, b], 4).transpose());
        group.bench_function("arithmetic", |bench| {
            bench.iter(|| {
                black_box(x.clone().matmul(first.clone()));
                black_box(hidden.clone().matmul(second.clone()))
            })
        });
        let model = testing::random_mlp(1, &dims, Range { lo: 0, hi: 127 });
        traces(&mut group, Arc::new(model));
        group.finish();
    }
    let mut group = c.benchmark_group("lenet-5");
    traces(&mut group, Arc::new(testing::lenet5(1)));
    group.finish();
}

/// The device that is measured.
fn device() -> Device {
    let name = std::env::var("LATTICE_TEST_DEVICE").unwrap_or_else(|_| "cpu".into());
    name.parse::<Device>()
        .unwrap_or_else(|error| panic!("{error}"))
}

/// One input and 64 at once, and one by the reference.
fn traces(group: &mut BenchmarkGroup<WallTime>, model: Arc<Model>) {
    let executor = BurnExecutor::on(device(), Arc::clone(&model)).unwrap();
    println!("device: {}", executor.device());
    let inputs: Vec<_> = (0..64)
        .map(|seed| testing::random_input(seed, &model))
        .collect();
    let input = inputs.last().unwrap();
    group.bench_function("trace/batch-1", |bench| {
        bench.iter(|| executor.trace(black_box(input)).unwrap())
    });
    group.bench_function("reference/batch-1", |bench| {
        bench.iter(|| lattice_tensor::trace(&model, black_box(input)).unwrap())
    });
    let batch: Vec<_> = inputs.iter().map(Vec::as_slice).collect();
    group.throughput(Throughput::Elements(64));
    group.bench_function("trace/batch-64", |bench| {
        bench.iter(|| executor.trace_batch(black_box(&batch)).unwrap())
    });
}

criterion_group!(benches, executor);
criterion_main!(benches);

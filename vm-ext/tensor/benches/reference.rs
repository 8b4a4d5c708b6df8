//! The reference executor on an MLP of the shape of MNIST's.

use criterion::{criterion_group, criterion_main, Criterion};
use lattice_tensor::{testing, Model, Range};
use std::hint::black_box;

fn reference(c: &mut Criterion) {
    let model = testing::random_mlp(1, &[784, 128, 10], Range { lo: 0, hi: 127 });
    let input = testing::random_input(2, &model);
    let blob = model.to_blob();
    let mut group = c.benchmark_group("mlp-784-128-10");
    group.bench_function("execute", |b| {
        b.iter(|| lattice_tensor::execute(black_box(&model), black_box(&input)).unwrap())
    });
    group.bench_function("from_blob", |b| {
        b.iter(|| Model::from_blob(black_box(&blob)).unwrap())
    });
    group.bench_function("summary", |b| {
        b.iter(|| black_box(model.manifest()).summary().unwrap())
    });
    group.finish();
}

criterion_group!(benches, reference);
criterion_main!(benches);

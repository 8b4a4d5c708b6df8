//! The measurements behind the gas schedule.
//!
//! Each benchmark is one action at a size where its unit dominates; time per
//! unit, in picoseconds, is what a gas constant must cover. Values are not zero,
//! so no multiplication is cheaper than it may be on chain. `VERIFY_PROOF` is in
//! `lattice-host`, which has the proofs.

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use lattice_isa::{Gas, GasSchedule, Handle, Instruction, KeyId, Limits, ModelHash, ProofBytes};
use lattice_machine::{
    EmptyEnvironment, Environment, Machine, ReferenceBackend, TensorBackend, VerifyFault,
};
use lattice_tensor::{testing, Model, ModelBuilder, Range, Scale, Shape};
use std::hint::black_box;

const PLENTY: Gas = Gas::MAX;

struct OneModel(Vec<u8>);

impl Environment for OneModel {
    fn model_blob(&mut self, _model: &ModelHash) -> Option<Vec<u8>> {
        Some(self.0.clone())
    }

    fn verify(
        &mut self,
        key: &KeyId,
        inputs: &[[u8; 32]],
        proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        EmptyEnvironment.verify(key, inputs, proof)
    }
}

fn run(environment: &mut impl Environment, program: &[Instruction]) {
    let limits = Limits {
        memory_bytes: u64::MAX,
        tensor_elements: u64::MAX,
        journal_entries: u32::MAX,
        instructions: u32::MAX,
        ..Limits::V1
    };
    let outcome = Machine::new(
        GasSchedule::V1,
        limits,
        PLENTY,
        environment,
        &ReferenceBackend,
    )
    .run(black_box(program));
    assert_eq!(outcome.result, Ok(()));
    black_box(outcome);
}

/// Elements of both signs and many magnitudes, none zero.
fn elements(count: u32) -> Vec<i32> {
    (1..=count)
        .map(|i| {
            let value = i.wrapping_mul(0x9e37_79b9).cast_signed() >> 18;
            if value == 0 {
                1
            } else {
                value
            }
        })
        .collect()
}

fn tensor(dims: &[u32]) -> Instruction {
    Instruction::TensorNew {
        shape: shape(dims),
        elements: elements(dims.iter().product()),
    }
}

fn interpreter(c: &mut Criterion) {
    let mut group = c.benchmark_group("interpreter");
    let commit = Instruction::CommitResult {
        subject: [1; 32],
        digest: [2; 32],
    };
    let program = vec![commit; 1000];
    group.throughput(Throughput::Elements(1000));
    group.bench_function("1000 instructions", |b| {
        b.iter(|| run(&mut EmptyEnvironment, &program));
    });
    let small: Vec<_> = std::iter::once(tensor(&[1]))
        .chain((0..200).map(|_| Instruction::TensorAdd {
            left: Handle(0),
            right: Handle(0),
        }))
        .collect();
    group.throughput(Throughput::Elements(200));
    group.bench_function("200 sums of one element", |b| {
        b.iter(|| run(&mut EmptyEnvironment, &small));
    });
    group.finish();
}

fn tensors(c: &mut Criterion) {
    let mut group = c.benchmark_group("tensor");
    let count = 1 << 20;
    group.throughput(Throughput::Elements(u64::from(count)));
    let new = [tensor(&[count])];
    group.bench_function("new, per element", |b| {
        b.iter(|| run(&mut EmptyEnvironment, &new));
    });
    let values = elements(count);
    group.bench_function("add, per element", |b| {
        b.iter(|| ReferenceBackend.add(black_box(&values), black_box(&values)));
    });
    for (rows, inner, columns) in [
        (128u32, 128u32, 128u32),
        (1, 4096, 256),
        (256, 4096, 1),
        (512, 1, 512),
    ] {
        let left: Vec<i32> = elements(rows * inner).iter().map(|v| v >> 4).collect();
        let right: Vec<i32> = elements(inner * columns).iter().map(|v| v >> 4).collect();
        group.throughput(Throughput::Elements(
            u64::from(rows) * u64::from(inner) * u64::from(columns),
        ));
        group.bench_function(
            format!("mul {rows}x{inner}x{columns}, per multiply-accumulate"),
            |b| {
                b.iter(|| {
                    ReferenceBackend
                        .multiply(
                            black_box(&left),
                            black_box(&right),
                            inner as usize,
                            columns as usize,
                        )
                        .expect("small values do not overflow")
                });
            },
        );
    }
    group.finish();
}

fn models(c: &mut Criterion) {
    let mut group = c.benchmark_group("model");
    let range = Range { lo: 0, hi: 16 };
    for dims in [
        &[64u32, 32, 10][..],
        &[784, 128, 10],
        &[512, 1024, 1024, 10],
        &[16; 64],
    ] {
        let model: Model = testing::random_mlp(3, dims, range);
        let name = dims.len().min(4);
        let name = format!("{:?}… of {} layers", &dims[..name], dims.len() - 1);
        let blob = model.to_blob();
        group.throughput(Throughput::Bytes(blob.len() as u64));
        let program = [Instruction::LoadModel {
            model: model.id().0,
        }];
        group.bench_function(format!("load {name}, per byte"), |b| {
            b.iter(|| run(&mut OneModel(blob.clone()), &program));
        });
        let input = testing::random_input(4, &model);
        let macs = model.summary().multiply_accumulates;
        group.throughput(Throughput::Elements(macs));
        group.bench_function(format!("exec {name}, per multiply-accumulate"), |b| {
            b.iter(|| ReferenceBackend.execute(black_box(&model), black_box(&input)));
        });
    }
    // Many operators that do almost nothing: the worst case per byte of manifest.
    let mut chain = ModelBuilder::new(shape(&[1]), range, Scale::ONE)
        .linear("weight", vec![1], 1, None)
        .expect("one weight is a layer");
    for _ in 0..4000 {
        chain = chain.relu().expect("a chain of 4000 is within limits");
    }
    let chain = chain.build(Scale::ONE).expect("the chain is a model");
    let blob = chain.to_blob();
    let program = [Instruction::LoadModel {
        model: chain.id().0,
    }];
    group.throughput(Throughput::Bytes(blob.len() as u64));
    group.bench_function("load 4000 operators, per byte of manifest", |b| {
        b.iter(|| run(&mut OneModel(blob.clone()), &program));
    });
    group.throughput(Throughput::Elements(4001));
    group.bench_function("exec 4000 operators, per operator", |b| {
        b.iter(|| ReferenceBackend.execute(black_box(&chain), black_box(&[3])));
    });
    group.finish();
}

fn shape(dims: &[u32]) -> Shape {
    Shape::new(dims.to_vec()).expect("bench shapes are shapes")
}

criterion_group!(benches, interpreter, tensors, models);
criterion_main!(benches);

//! What single graphs become in integers.

use super::onnx::{fixed, model, node, symbol, tensor, with_int, with_ints};
use super::random::Random;
use crate::{Options, Quantized, Samples, Source};
use lattice_tensor::execute;
use tract_onnx::pb::{NodeProto, TensorProto};

/// Imports a graph over `x: [N, dims]` with output `y`, on samples of whole numbers -8..=8.
fn import(
    dims: &[i64],
    nodes: Vec<NodeProto>,
    stored: Vec<TensorProto>,
) -> (Quantized, Source, Samples) {
    let axes: Vec<_> = std::iter::once(symbol("N"))
        .chain(dims.iter().map(|&size| fixed(size)))
        .collect();
    let source = Source::from_proto(&model(&axes, nodes, stored, &["y"])).unwrap();
    let width = dims.iter().product::<i64>() as usize;
    let mut random = Random::new(3);
    let mut values: Vec<f64> = (0..width * 16)
        .map(|_| random.below(17) as f64 - 8.0)
        .collect();
    (values[0], values[1]) = (-8.0, 8.0);
    let samples = Samples::new(width, values).unwrap();
    let quantized = source.quantize(&samples, &Options::default()).unwrap();
    (quantized, source, samples)
}

fn run(quantized: &Quantized, input: &[f64]) -> Vec<i32> {
    let input: Vec<i32> = input.iter().map(|v| *v as i32).collect();
    execute(&quantized.model, &input).unwrap()
}

fn ops(quantized: &Quantized) -> Vec<&'static str> {
    quantized.model.ops().iter().map(|op| op.name()).collect()
}

fn random_tensor(name: &str, dims: &[i64], seed: u64) -> TensorProto {
    let mut random = Random::new(seed);
    let count = dims.iter().product();
    let values: Vec<f32> = (0..count).map(|_: i64| random.unit() as f32).collect();
    tensor(name, dims, &values)
}

/// An image of three colours, channels last, is transposed exactly.
#[test]
fn channels_last_and_first_give_the_same_logits() {
    let stored = || {
        vec![
            random_tensor("k", &[4, 3, 3, 3], 1),
            random_tensor("w", &[4, 5], 2),
        ]
    };
    let body = |from: &str| {
        vec![
            node("Conv", &[from, "k"], "c"),
            node("Relu", &["c"], "r"),
            node("GlobalAveragePool", &["r"], "g"),
            node("Flatten", &["g"], "f"),
            node("Gemm", &["f", "w"], "y"),
        ]
    };
    let transpose = with_ints(node("Transpose", &["x"], "t"), "perm", &[0, 3, 1, 2]);
    let (last, _, samples) = import(&[5, 6, 3], [vec![transpose], body("t")].concat(), stored());
    let permuted =
        |sample: &[f64]| -> Vec<f64> { (0..90).map(|i| sample[i % 30 * 3 + i / 30]).collect() };
    let axes = [symbol("N"), fixed(3), fixed(5), fixed(6)];
    let first = Source::from_proto(&model(&axes, body("x"), stored(), &["y"])).unwrap();
    let rows = samples.rows().flat_map(permuted).collect();
    let first = first
        .quantize(&Samples::new(90, rows).unwrap(), &Options::default())
        .unwrap();
    assert_eq!(ops(&last)[..3], ["Reshape", "Conv2d", "Reshape"]);
    for sample in samples.rows() {
        assert_eq!(run(&last, sample), run(&first, &permuted(sample)));
    }
}

/// A clamp that no requantization can take in is still exact.
#[test]
fn a_clamp_of_the_input_is_exact() {
    let clip = vec![
        node("Clip", &["x", "lo", "hi"], "c"),
        node("Gemm", &["c", "w"], "y"),
    ];
    let stored = vec![
        tensor("lo", &[], &[-3.0]),
        tensor("hi", &[], &[5.0]),
        tensor("w", &[2, 1], &[1.0, 1.0]),
    ];
    let (quantized, ..) = import(&[2], clip, stored);
    assert_eq!(ops(&quantized), ["Add", "Requantize", "Linear"]);
    let of = |input| run(&quantized, input)[0];
    assert_eq!(of(&[-8.0, 8.0]), of(&[-3.0, 5.0]));
    assert_eq!(of(&[-8.0, -4.0]), 3 * of(&[-1.0, -1.0]));
    assert_eq!(of(&[-3.0, 5.0]), 2 * of(&[0.0, 1.0]));
}

/// The input keeps its step; what is joined to it is brought to one step by powers of two.
#[test]
fn operands_of_different_size_are_added_and_joined() {
    let nodes = vec![
        node("Gemm", &["x", "w"], "a"),
        node("Relu", &["a"], "r"),
        node("Add", &["r", "x"], "s"),
        with_int(node("Concat", &["s", "x", "r"], "c"), "axis", 1),
        node("Gemm", &["c", "v"], "y"),
    ];
    let mut large = random_tensor("w", &[4, 4], 4);
    let grown: Vec<u8> = large
        .raw_data
        .chunks(4)
        .flat_map(|b| (f32::from_le_bytes([b[0], b[1], b[2], b[3]]) * 30.0).to_le_bytes())
        .collect();
    large.raw_data = grown;
    let (quantized, source, samples) =
        import(&[4], nodes, vec![large, random_tensor("v", &[12, 3], 5)]);
    let names = ops(&quantized);
    // The layer, the sum, and the input, whose step is finer than that of what it is joined to.
    assert_eq!(
        names.iter().filter(|name| **name == "Requantize").count(),
        3
    );
    let step = quantized.model.manifest().output_scale.to_f64();
    let (mut error, mut size) = (0f64, 0f64);
    for sample in samples.rows() {
        for (real, steps) in source
            .network()
            .logits(sample)
            .iter()
            .zip(run(&quantized, sample))
        {
            error = error.max((real - f64::from(steps) * step).abs());
            size = size.max(real.abs());
        }
    }
    assert!(error < 0.05 * size, "error {error} of {size}");
}

mod refuses {
    use super::*;

    fn refusal(nodes: Vec<NodeProto>, width: i64, stored: Vec<TensorProto>) -> String {
        let axes = [symbol("N"), fixed(width)];
        let source = Source::from_proto(&model(&axes, nodes, stored, &["y"])).unwrap();
        let values = (0..8 * width).map(|i| (i * i % 17) as f64).collect();
        let samples = Samples::new(width as usize, values).unwrap();
        let error = source.quantize(&samples, &Options::default()).unwrap_err();
        error.to_string()
    }

    /// More weights than 2^24 leaves room for, whatever their resolution.
    #[test]
    fn sums_that_overflow_by_the_name_of_their_node() {
        let width = 180_000;
        let mut wide = node("MatMul", &["x", "w"], "h");
        wide.name = "/features/wide/MatMul".into();
        let stored = vec![
            tensor("w", &[width, 1], &vec![0.5; width as usize]),
            tensor("v", &[1, 1], &[1.0]),
        ];
        let text = refusal(vec![wide, node("Gemm", &["h", "v"], "y")], width, stored);
        assert!(
            text.contains("`/features/wide/MatMul` (MatMul), channel 0"),
            "{text}"
        );
        assert!(text.contains("2^24"), "{text}");
    }

    #[test]
    fn a_value_beyond_the_specification_by_the_name_of_its_node() {
        let mut nodes = vec![node("Gemm", &["x", "w"], "h")];
        // 70 operands; a Concat takes 64.
        let operands = vec!["h"; 70];
        let mut concat = with_int(node("Concat", &operands, "c"), "axis", 1);
        concat.name = "join".into();
        nodes.push(concat);
        nodes.push(node("Gemm", &["c", "v"], "y"));
        let stored = vec![
            random_tensor("w", &[2, 2], 6),
            random_tensor("v", &[140, 2], 7),
        ];
        let text = refusal(nodes, 2, stored);
        assert!(
            text.contains("`join` (Concat)") && text.contains("70"),
            "{text}"
        );
    }
}

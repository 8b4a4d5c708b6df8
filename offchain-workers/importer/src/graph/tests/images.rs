//! Convolutions, pools, normalizations and layouts.

use super::*;
use crate::network::{Conv, Network};

/// The network of a model over `x: [N, 2, 4, 4]` whose nodes end in `y`.
fn over(nodes: Vec<pb::NodeProto>) -> Result<Network, GraphError> {
    let stored = vec![
        tensor("k", &[2, 2, 3, 3], &[0.5; 36]),
        tensor("k1", &[2, 2, 1, 1], &[1.0, 2.0, 3.0, 4.0]),
        tensor("two", &[2], &[2.0, 4.0]),
        tensor("one", &[2], &[1.0, -1.0]),
        tensor("colours", &[2, 1, 1], &[1.0, -1.0]),
        tensor("half", &[], &[0.5]),
        tensor("zero", &[], &[0.0]),
        tensor(
            "wide",
            &[4, 4],
            &[
                0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0,
            ],
        ),
        tensor(
            "fc",
            &[32, 3],
            &std::array::from_fn::<f32, 96, _>(|i| i as f32),
        ),
        shape_tensor("border", &[0, 0, 1, 2, 0, 0, 3, 4]),
        shape_tensor("channels", &[0, 1, 0, 0, 0, 0, 0, 0]),
    ];
    let dims = [symbol("N"), fixed(2), fixed(4), fixed(4)];
    read(&model(&dims, nodes, stored, &["y"])).map(|reading| reading.network)
}

fn refused(nodes: Vec<pb::NodeProto>) -> String {
    over(nodes).expect_err("must be refused").to_string()
}

fn ops(network: &Network) -> Vec<&Op> {
    network.nodes.iter().map(|node| &node.op).collect()
}

fn conv(network: &Network) -> &Conv {
    let convs = network.nodes.iter().find_map(|node| match &node.op {
        Op::Conv(conv) => Some(conv),
        _ => None,
    });
    convs.expect("a convolution")
}

fn pool(op: &str, kernel: i64) -> pb::NodeProto {
    with_ints(node(op, &["x"], "p"), "kernel_shape", &[kernel; 2])
}

/// The last nodes of a graph: a convolution of `from`.
fn end(from: &str) -> pb::NodeProto {
    node("Conv", &[from, "k1"], "y")
}

#[test]
fn normalizations_and_constants_fold_into_the_convolution_before_them() {
    let network = over(vec![
        node("Conv", &["x", "k1", "one"], "c"),
        with_float(
            node(
                "BatchNormalization",
                &["c", "two", "one", "one", "two"],
                "n",
            ),
            "epsilon",
            2.0,
        ),
        node("Mul", &["n", "half"], "y"),
    ])
    .unwrap();
    // Channel 0: (c - 1) · 2 / √4 + 1 = c, halved; channel 1: (c + 1) · 4 / √6 - 1, halved.
    let factor = 4.0 / 6f64.sqrt();
    let rows = &conv(&network).rows;
    let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
    assert_eq!(network.nodes.len(), 1);
    assert!(
        close(&rows.weights, &[0.5, 1.0, 1.5 * factor, 2.0 * factor]),
        "{rows:?}"
    );
    assert!(
        close(&rows.bias, &[0.5, (-1.0 + 1.0) * factor / 2.0 - 0.5]),
        "{rows:?}"
    );
}

#[test]
fn a_scaled_input_folds_into_the_convolution_behind_it_and_an_offset_only_without_padding() {
    let scaled = |pad: i64| {
        let first = with_ints(node("Conv", &["a", "k"], "y"), "pads", &[pad; 4]);
        vec![
            node("Sub", &["x", "colours"], "s"),
            node("Div", &["s", "half"], "a"),
            first,
        ]
    };
    let network = over(scaled(0)).unwrap();
    assert_eq!(network.nodes.len(), 1);
    assert_eq!(conv(&network).rows.weights[0], 1.0);
    assert_eq!(conv(&network).rows.bias, [0.0; 2]);
    // At the border zeros would become -offset.
    let padded = over(scaled(1)).unwrap();
    assert_eq!(padded.nodes.len(), 2);
    assert_eq!(conv(&padded).groups, 2);
}

#[test]
fn zeros_around_an_image_become_padding() {
    let network = over(vec![
        node("Pad", &["x", "border"], "p"),
        with_ints(node("Conv", &["p", "k"], "y"), "pads", &[1, 1, 1, 1]),
    ])
    .unwrap();
    assert_eq!(network.nodes.len(), 1);
    assert_eq!(conv(&network).window.placement.padding, [2, 3, 4, 5]);
    assert_eq!(network.nodes[0].shape, [2, 8, 10]);
}

#[test]
fn zeros_before_a_maximum_are_kept_unless_nothing_is_below_them() {
    let pool = || {
        let node = with_ints(node("MaxPool", &["p"], "m"), "kernel_shape", &[5, 5]);
        vec![node, end("m")]
    };
    let kept = [vec![node("Pad", &["x", "border"], "p")], pool()].concat();
    let network = over(kept).unwrap();
    assert!(matches!(
        ops(&network)[..],
        [Op::Pad(_), Op::MaxPool(_), Op::Conv(_)]
    ));
    let relu = vec![
        node("Relu", &["x"], "r"),
        node("Pad", &["r", "border"], "p"),
    ];
    let network = over([relu, pool()].concat()).unwrap();
    assert!(matches!(
        ops(&network)[..],
        [Op::Clamp { .. }, Op::MaxPool(_), Op::Conv(_)]
    ));
}

#[test]
fn automatic_padding_follows_the_standard() {
    for (auto, padding) in [
        ("SAME_UPPER", [0, 0, 1, 1]),
        ("SAME_LOWER", [1, 1, 0, 0]),
        ("VALID", [0; 4]),
    ] {
        let node = with_string(node("Conv", &["x", "k"], "y"), "auto_pad", auto);
        let network = over(vec![with_ints(node, "strides", &[2, 2])]).unwrap();
        assert_eq!(conv(&network).window.placement.padding, padding, "{auto}");
    }
}

#[test]
fn a_flatten_behind_channels_last_permutes_the_weights() {
    let network = over(vec![
        with_ints(node("Transpose", &["x"], "t"), "perm", &[0, 2, 3, 1]),
        node("Flatten", &["t"], "f"),
        node("MatMul", &["f", "fc"], "y"),
    ])
    .unwrap();
    let [Op::Reshape, Op::Linear(rows)] = ops(&network)[..] else {
        panic!("{:?}", ops(&network));
    };
    // Element (h, w, c) = 0, 0, 1 of the ONNX value is element 16 of the image.
    assert_eq!(
        (rows.row(0)[0], rows.row(0)[16], rows.row(0)[1]),
        (0.0, 3.0, 6.0)
    );
}

#[test]
fn a_mean_over_height_and_width_is_a_global_average_in_either_layout() {
    let mean = |from: &str, axes: &[i64]| {
        with_int(
            with_ints(node("ReduceMean", &[from], "m"), "axes", axes),
            "keepdims",
            0,
        )
    };
    let last = with_ints(node("Transpose", &["x"], "t"), "perm", &[0, 2, 3, 1]);
    for nodes in [vec![mean("x", &[-1, -2])], vec![last, mean("t", &[1, 2])]] {
        let head = node("Gemm", &["m", "g"], "y");
        let nodes = [nodes, vec![head]].concat();
        let dims = [symbol("N"), fixed(2), fixed(4), fixed(4)];
        let stored = vec![tensor("g", &[2, 2], &[1.0; 4])];
        let network = read(&model(&dims, nodes, stored, &["y"])).unwrap().network;
        assert!(matches!(
            ops(&network)[..],
            [Op::GlobalAverage, Op::Reshape, Op::Linear(_)]
        ));
    }
}

#[test]
fn an_average_divides_by_what_every_window_counts() {
    let divisor =
        |node: pb::NodeProto| match over(vec![node, end("p")]).map(|n| n.nodes[0].op.clone()) {
            Ok(Op::Average { divisor, .. }) => Ok(divisor),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        };
    let padded = |node| with_ints(node, "pads", &[1, 1, 1, 1]);
    assert_eq!(divisor(pool("AveragePool", 2)), Ok(4));
    let counted = with_int(padded(pool("AveragePool", 3)), "count_include_pad", 1);
    assert_eq!(divisor(counted), Ok(9));
    // Each of the four windows covers three by three elements.
    let equal = with_ints(padded(pool("AveragePool", 4)), "strides", &[2, 2]);
    assert_eq!(divisor(equal), Ok(9));
    let text = divisor(padded(pool("AveragePool", 3))).unwrap_err();
    assert!(text.contains("average 4 elements and others 9"), "{text}");
    assert!(text.contains("count_include_pad"), "{text}");
}

mod refuses {
    use super::*;

    /// What is refused names its node and says why.
    #[test]
    fn what_it_cannot_express() {
        let ints = |op: &str, from: &[&str], name: &str, values: &[i64]| {
            with_ints(node(op, from, "p"), name, values)
        };
        let cases = [
            (
                ints("Conv", &["x", "k"], "dilations", &[2, 2]),
                "dilations [2, 2]",
            ),
            (
                ints("Conv", &["x", "k"], "pads", &[0, 0, -1, 0]),
                "pads [0, 0, -1, 0]",
            ),
            (
                ints("Conv", &["x", "k"], "strides", &[0, 1]),
                "strides [0, 1]",
            ),
            (
                with_int(node("Conv", &["x", "k"], "p"), "group", 2),
                "2 groups of 2 input channels",
            ),
            (
                with_string(node("Conv", &["x", "k"], "p"), "auto_pad", "BEST"),
                "auto_pad `BEST`",
            ),
            (pool("MaxPool", 5), "kernel 5 does not fit"),
            (
                ints("MaxPool", &["x"], "kernel_shape", &[2]),
                "kernel_shape [2]",
            ),
            (
                with_string(node("Pad", &["x", "border"], "p"), "mode", "reflect"),
                "mode `reflect`",
            ),
            (node("Pad", &["x", "border", "half"], "p"), "pads with 0.5"),
            (
                node("Pad", &["x", "channels"], "p"),
                "only height and width",
            ),
            (node("Mul", &["x", "x"], "p"), "both operands are computed"),
            (node("Div", &["x", "zero"], "p"), "divides by zero"),
            (node("Add", &["x", "wide"], "p"), "varies within a channel"),
            (node("Add", &["x", "two"], "p"), "a constant of shape [2]"),
            (ints("Transpose", &["x"], "perm", &[1, 0, 2, 3]), "batch"),
            (ints("ReduceMean", &["x"], "axes", &[1]), "axes [1]"),
            (
                with_int(node("Concat", &["x", "x"], "p"), "axis", 0),
                "axis 0",
            ),
        ];
        for (node, reason) in cases {
            let op = node.op_type.clone();
            let text = refused(vec![node, end("p")]);
            assert!(
                text.contains(reason) && text.contains(&format!("`{op}_node`")),
                "{text}"
            );
        }
    }

    #[test]
    fn axes_in_an_order_of_their_own() {
        let moved = with_ints(node("Transpose", &["x"], "t"), "perm", &[0, 3, 1, 2]);
        let moved = vec![
            moved,
            with_ints(node("Transpose", &["t"], "u"), "perm", &[0, 2, 1, 3]),
        ];
        let conv = with_string(node("Conv", &["u", "k"], "y"), "auto_pad", "VALID");
        let text = refused([moved, vec![conv]].concat());
        assert!(
            text.contains("order") || text.contains("channels"),
            "{text}"
        );
    }

    #[test]
    fn a_normalization_in_training_mode() {
        let norm = node(
            "BatchNormalization",
            &["x", "two", "one", "one", "two"],
            "p",
        );
        let text = refused(vec![with_int(norm, "training_mode", 1), end("p")]);
        assert!(text.contains("training mode"), "{text}");
    }
}

use super::testing::*;
use super::*;
use crate::network::Rows;

fn linear(reading: &Reading, index: usize) -> &Rows {
    let nodes = reading.network.nodes.iter();
    let linears: Vec<&Rows> = nodes
        .filter_map(|node| match &node.op {
            Op::Linear(rows) => Some(rows),
            _ => None,
        })
        .collect();
    linears[index]
}

fn weights() -> Vec<pb::TensorProto> {
    vec![
        tensor("w", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        tensor("wt", &[3, 2], &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]),
        tensor("b", &[3], &[0.5, 1.0, 1.5]),
        tensor("v", &[3, 1], &[1.0, -1.0, 1.0]),
        shape_tensor("flat", &[-1, 2]),
    ]
}

/// A model over `x: [batch, 2]` whose nodes end in `y`.
fn over_x(nodes: Vec<pb::NodeProto>) -> pb::ModelProto {
    model(&[symbol("batch"), fixed(2)], nodes, weights(), &["y"])
}

fn refusal(model: &pb::ModelProto) -> GraphError {
    match read(model) {
        Ok(_) => panic!("the graph must be refused"),
        Err(error) => error,
    }
}

mod accepts {
    use super::*;

    /// Every way of writing one layer gives the same [out, in] weights.
    #[test]
    fn each_way_of_writing_a_layer() {
        let product = || node("MatMul", &["x", "w"], "p");
        let cases = [
            vec![product(), node("Add", &["p", "b"], "y")],
            vec![product(), node("Add", &["b", "p"], "y")],
            vec![node("Gemm", &["x", "w", "b"], "y")],
            vec![with_int(node("Gemm", &["x", "wt", "b"], "y"), "transB", 1)],
            vec![
                node("Transpose", &["wt"], "t"),
                node("MatMul", &["x", "t"], "p"),
                node("Identity", &["b"], "c"),
                node("Add", &["p", "c"], "y"),
            ],
            vec![
                with_int(node("Cast", &["x"], "c"), "to", 1),
                node("Dropout", &["c"], "d"),
                node("Reshape", &["d", "flat"], "r"),
                node("Gemm", &["r", "w", "b"], "y"),
            ],
        ];
        for nodes in cases {
            let reading = read(&over_x(nodes)).unwrap();
            let layer = linear(&reading, 0);
            assert_eq!((layer.columns, layer.outputs()), (2, 3));
            assert_eq!(layer.weights, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
            assert_eq!(layer.bias, [0.5, 1.0, 1.5]);
        }
    }

    #[test]
    fn alpha_and_beta_are_folded() {
        let gemm = node("Gemm", &["x", "w", "b"], "y");
        let gemm = with_float(with_float(gemm, "alpha", 2.0), "beta", -1.0);
        let reading = read(&over_x(vec![gemm])).unwrap();
        assert_eq!(linear(&reading, 0).row(0), [2.0, 8.0]);
        assert_eq!(linear(&reading, 0).bias[2], -1.5);
    }

    #[test]
    fn images_are_flattened_and_the_tail_is_dropped() {
        let nodes = vec![
            with_int(node("Flatten", &["x"], "f"), "axis", 1),
            node("Gemm", &["f", "w"], "g"),
            node("Relu", &["g"], "r"),
            node("Gemm", &["r", "v"], "logits"),
            with_int(node("Softmax", &["logits"], "p"), "axis", -1),
            with_int(node("ArgMax", &["logits"], "c"), "axis", 1),
            node("Identity", &["p"], "y"),
        ];
        let dims = [symbol("N"), fixed(1), fixed(2), fixed(1)];
        let reading = read(&model(&dims, nodes, weights(), &["y", "c"])).unwrap();
        assert_eq!(reading.network.input_shape, [1, 2, 1]);
        assert_eq!(reading.onnx_shape, [1, 1, 2, 1]);
        assert_eq!(
            reading.network.dropped,
            [
                "Softmax (Softmax_node)",
                "ArgMax (ArgMax_node)",
                "Identity (Identity_node)"
            ]
        );
        let numeric = reading.numeric.graph.unwrap();
        assert_eq!(numeric.node.len(), 4);
        assert_eq!(numeric.output[0].name, "logits");
        assert!(numeric.initializer.iter().all(|t| t.name != "b"));
    }

    #[test]
    fn an_unbatched_vector() {
        let nodes = vec![node("MatMul", &["x", "w"], "y")];
        let reading = read(&model(&[fixed(2)], nodes, weights(), &["y"])).unwrap();
        assert_eq!(reading.onnx_shape, [2]);
    }
}

mod refuses {
    use super::*;

    #[test]
    fn an_unknown_operator_by_name_and_node() {
        let error = refusal(&over_x(vec![node("Tanh", &["x"], "y")]));
        let text = error.to_string();
        assert!(
            text.contains("`Tanh`") && text.contains("`Tanh_node`"),
            "{text}"
        );
        assert!(text.contains("Gemm, MatMul"), "{text}");
    }

    #[test]
    fn an_operator_of_a_vendor() {
        let mut gemm = node("Gemm", &["x", "w"], "y");
        gemm.domain = "com.vendor".into();
        let text = refusal(&over_x(vec![gemm])).to_string();
        assert!(text.contains("`com.vendor.Gemm`"), "{text}");
    }

    #[test]
    fn a_dynamic_size_by_name_and_axis() {
        let nodes = || vec![node("Gemm", &["x", "w"], "y")];
        let named = model(&[symbol("N"), symbol("width")], nodes(), weights(), &["y"]);
        assert_eq!(
            refusal(&named),
            GraphError::DynamicShape {
                value: "x".into(),
                axis: 1,
                dimension: "width".into()
            }
        );
        let unnamed = model(&[symbol("N"), None], nodes(), weights(), &["y"]);
        assert!(matches!(
            refusal(&unnamed),
            GraphError::DynamicShape { axis: 1, .. }
        ));
    }

    #[test]
    fn a_fixed_batch() {
        let nodes = vec![node("Gemm", &["x", "w"], "y")];
        let text = refusal(&model(&[fixed(32), fixed(2)], nodes, weights(), &["y"])).to_string();
        assert!(text.contains("fixed batch of 32"), "{text}");
    }

    #[test]
    fn a_cast_that_truncates() {
        let nodes = vec![
            with_int(node("Cast", &["x"], "c"), "to", 7),
            node("Gemm", &["c", "w"], "y"),
        ];
        assert!(refusal(&over_x(nodes)).to_string().contains("INT64"));
    }

    #[test]
    fn a_tapped_hidden_layer() {
        let tapped = vec![
            node("Gemm", &["x", "w"], "h"),
            node("Relu", &["h"], "r"),
            node("Gemm", &["r", "v"], "y"),
        ];
        let error = refusal(&model(
            &[symbol("N"), fixed(2)],
            tapped,
            weights(),
            &["y", "h"],
        ));
        assert_eq!(error, GraphError::Branch { value: "h".into() });
    }

    #[test]
    fn layers_after_a_softmax() {
        let nodes = vec![node("Softmax", &["x"], "s"), node("Gemm", &["s", "w"], "y")];
        let text = refusal(&over_x(nodes)).to_string();
        assert!(
            text.contains("`Gemm`") && text.contains("Softmax"),
            "{text}"
        );
    }

    #[test]
    fn an_argmax_over_the_batch() {
        let nodes = vec![node("Gemm", &["x", "w"], "g"), node("ArgMax", &["g"], "y")];
        assert!(refusal(&over_x(nodes)).to_string().contains("axis 0"));
    }

    #[test]
    fn mismatched_sizes_and_missing_names() {
        let nodes = vec![node("Gemm", &["x", "v"], "y")];
        assert!(refusal(&over_x(nodes)).to_string().contains("3 inputs"));
        let nodes = vec![node("Gemm", &["x", "gone"], "y")];
        assert_eq!(
            refusal(&over_x(nodes)),
            GraphError::Undefined {
                node: "Gemm_node".into(),
                value: "gone".into()
            }
        );
        let nodes = vec![node("Gemm", &["x", "w"], "z")];
        assert!(matches!(
            refusal(&over_x(nodes)),
            GraphError::Undefined { .. }
        ));
        assert!(matches!(
            refusal(&over_x(vec![node("Identity", &["x"], "y")])),
            GraphError::Missing(_)
        ));
        assert!(matches!(
            refusal(&pb::ModelProto::default()),
            GraphError::Missing("graph")
        ));
    }
}

/// A supported operator is refused for its use at most, never as unknown.
#[test]
fn every_operator_of_the_list_is_handled() {
    for op in SUPPORTED {
        let nodes = vec![node(op, &["x", "w"], "y")];
        if let Err(error) = read(&over_x(nodes)) {
            assert!(
                !matches!(error, GraphError::UnsupportedOp { .. }),
                "{op}: {error}"
            );
        }
    }
}

mod images;

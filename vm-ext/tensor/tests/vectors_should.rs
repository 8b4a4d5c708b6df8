//! Vectors in `vectors/`, against which another implementation can check itself.
//!
//! Lines of `key value`; bytes are hexadecimal, integers are decimal and
//! separated by commas. `value` lines are the trace, the input first.

use lattice_tensor::{testing, trace, Model, Op, Range};
use std::{fmt::Write, fs, path::PathBuf};

fn text(model: &Model, input: &[i32]) -> String {
    let mut text = String::new();
    let mut line = |key: &str, value: String| writeln!(text, "{key} {value}").unwrap();
    line("model_id", model.id().to_string());
    line(
        "weight_root",
        format!("0x{}", hex::encode(model.manifest().weight_root)),
    );
    line("blob", format!("0x{}", hex::encode(model.to_blob())));
    for value in trace(model, input).unwrap().values {
        let elements: Vec<_> = value.iter().map(i32::to_string).collect();
        line("value", elements.join(","));
    }
    text
}

fn check(name: &str, model: &Model) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name);
    let now = text(model, &testing::random_input(5, model));
    // Written once; a change of these files is a change of the specification.
    if !path.exists() {
        fs::write(&path, &now).unwrap();
        panic!(
            "{} was missing and has been written; look at it and commit it",
            path.display()
        );
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), now, "{name}");
}

#[test]
fn hold_for_a_perceptron_whose_weights_fill_more_than_a_leaf() {
    check(
        "perceptron.txt",
        &testing::random_mlp(42, &[40, 120, 3], Range { lo: 0, hi: 16 }),
    );
}

#[test]
fn hold_for_a_branching_graph_with_every_operator_without_windows() {
    check("branching.txt", &testing::random_residual(1));
}

/// The first random graph of convolutions with such an operator for each question.
fn first_with(questions: &[fn(&Op) -> bool]) -> Model {
    let asked = |model: &Model| questions.iter().all(|asked| model.ops().iter().any(asked));
    let mut models = (0..100).map(testing::random_convolutional);
    models.find(asked).unwrap()
}

#[test]
fn hold_for_convolutions_in_groups_and_for_both_averages() {
    let model = first_with(&[
        |op| matches!(op, Op::Conv2d(conv) if conv.groups > 1),
        |op| matches!(op, Op::AvgPool2d(pool) if pool.placement.padding != [0; 4]),
        |op| matches!(op, Op::GlobalAvgPool(_)),
    ]);
    check("convolutional.txt", &model);
}

#[test]
fn hold_for_a_maximum_with_padding() {
    let model =
        first_with(&[|op| matches!(op, Op::MaxPool2d(pool) if pool.placement.padding != [0; 4])]);
    check("maximum.txt", &model);
}

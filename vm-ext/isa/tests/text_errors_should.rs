//! What is refused of a program's text, where, and in which words.

use lattice_isa::text::parse;

fn refused(text: &str, message: &str) {
    match parse(text) {
        Ok(assembly) => panic!("{text:?} was read as {assembly:?}"),
        Err(error) => assert_eq!(error.to_string(), message, "{text:?}"),
    }
}

#[test]
fn a_misspelt_mnemonic_with_a_suggestion() {
    refused(
        "\n  EXEC_MODLE #0 #1",
        "line 2, column 3: no instruction is called `EXEC_MODLE`; did you mean `EXEC_MODEL`?",
    );
    refused(
        "loadmodel 0x00",
        "line 1, column 1: no instruction is called `loadmodel`; did you mean `LOAD_MODEL`?",
    );
    let error = parse("JUMP 3").unwrap_err().to_string();
    assert!(error.contains("there are LOAD_MODEL, "), "{error}");
}

#[test]
fn an_unknown_name_with_a_suggestion() {
    refused(
        "image = TENSOR_NEW [1] [1]\nTENSOR_ADD image imgae",
        "line 2, column 18: no handle above is called `imgae`; did you mean `image`?",
    );
    refused(
            "sum = TENSOR_ADD #0 sum",
            "line 1, column 21: no handle above is called `sum`; `name = ` before an instruction names the handle that it gives",
        );
}

#[test]
fn labels_that_name_nothing_or_twice() {
    refused(
        "x = HASH_MODEL #0",
        "line 1, column 1: HASH_MODEL gives no handle that could have a name",
    );
    refused(
        "#1 = TENSOR_ADD #0 #0",
        "line 1, column 1: the instruction gives #0, not #1",
    );
    refused(
        "x = TENSOR_ADD #0 #0\nx = TENSOR_ADD #0 #0",
        "line 2, column 1: `x` is the name of #0 already, since line 1",
    );
    refused(
            "exec_model = TENSOR_ADD #0 #0",
            "line 1, column 1: expected a name that begins with a letter and is no mnemonic, found `exec_model`",
        );
}

#[test]
fn operands_that_are_missing_wrong_or_too_many() {
    refused("TENSOR_ADD #0", "line 1, column 14: expected TENSOR_ADD's operand `right` (a handle's name or number, as #0), found the end of the text");
    refused("TENSOR_ADD #0 [1]", "line 1, column 15: expected TENSOR_ADD's operand `right` (a handle's name or number, as #0), found `[`");
    refused(
        "HASH_MODEL #0 #1\n",
        "line 1, column 15: expected the end of the line after HASH_MODEL's operands, found `#1`",
    );
    refused(
        "HASH_MODEL #0, #1",
        "line 1, column 14: expected the end of the line after HASH_MODEL's operands, found `,`",
    );
    refused(
        "TENSOR_NEW 3 [1]",
        "line 1, column 12: expected TENSOR_NEW's operand `shape` (a shape, as [8,8]), found `3`",
    );
    refused("TENSOR_POOL #0 min", "line 1, column 16: expected TENSOR_POOL's operand `pooling` (max or average(multiplier>>shift)), found `min`");
    refused(
        "TENSOR_POOL #0 average(3>4)",
        "line 1, column 25: expected `>>`, found `>4`",
    );
    refused(
        "= HASH_MODEL #0",
        "line 1, column 1: expected an instruction, as EXEC_MODEL, found `=`",
    );
    refused("#1 is the image", "line 1, column 4: expected `=` after #1 (a line begins with an instruction, and `#` begins a comment only if no digit follows), found `is`");
}

#[test]
fn numbers_out_of_range_and_what_is_no_number() {
    refused(
        "HASH_MODEL #65536",
        "line 1, column 13: 65536 is outside 0..=65535",
    );
    refused(
        "TRAIN_MODEL #0 #1 #2 256",
        "line 1, column 22: 256 is outside 0..=255",
    );
    refused(
        "TENSOR_NEW [1] [2147483648]",
        "line 1, column 17: 2147483648 is outside -2147483648..=2147483647",
    );
    refused(
        "TENSOR_NEW [1] [99999999999999999999]",
        "line 1, column 17: 99999999999999999999 is outside -2147483648..=2147483647",
    );
    refused(
        "TENSOR_NEW [1] [1.5]",
        "line 1, column 18: expected `,` or `]`, found `.5`",
    );
    refused(
        "TENSOR_NEW [2] [1,x]",
        "line 1, column 19: expected an integer in -2147483648..=2147483647, found `x`",
    );
    refused(
        "TENSOR_NEW [2] [1,\n2",
        "line 2, column 2: expected `,` or `]`, found the end of the text",
    );
    refused(
        "TENSOR_NEW [2] [1,]",
        "line 1, column 19: expected an integer in -2147483648..=2147483647, found `]`",
    );
}

#[test]
fn lists_of_the_wrong_length() {
    refused(
        "TENSOR_CONV #0 #1 [1] [0,0,0,0] 1",
        "line 1, column 19: expected 2 items, found 1",
    );
    refused(
        "TENSOR_NEW [] [1]",
        "line 1, column 12: [] is not a shape: 1 to 4 extents from 1, at most 2^24 elements",
    );
    refused(
        "TENSOR_NEW [1,0] [1]",
        "line 1, column 12: [1, 0] is not a shape: 1 to 4 extents from 1, at most 2^24 elements",
    );
    refused(
        "é = 1\nTENSOR_NEW [2] [1]",
        "line 1, column 1: expected an instruction, as EXEC_MODEL, found `é`",
    );
    refused(
        "\n\n x = TENSOR_NEW [2] [1]",
        "line 3, column 6: TENSOR_NEW: the shape has 2 elements and 1 are given",
    );
}

#[test]
fn hexadecimal_text_that_is_too_short_or_none() {
    refused(
        "LOAD_MODEL 0x12",
        "line 1, column 12: expected 32 bytes (64 hexadecimal digits), found 2 digits",
    );
    refused(
        "LOAD_MODEL 0x12g4",
        "line 1, column 16: expected a hexadecimal digit, found `g4`",
    );
    refused("LOAD_MODEL 12", "line 1, column 12: expected LOAD_MODEL's operand `model` (0x and 64 hexadecimal digits, or @reference), found `12`");
    let inputs = vec!["0x".to_string() + &"00".repeat(32); 256].join(",");
    let text = format!(
        "VERIFY_PROOF 0x{} [{inputs}] 0x{}",
        "00".repeat(32),
        "00".repeat(128)
    );
    refused(
        &text,
        "line 1, column 81: VERIFY_PROOF: a list of 256 items cannot be written",
    );
}

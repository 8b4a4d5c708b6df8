//! The readable form of programs: what it stands for, and what is refused where.

use lattice_isa::operand::Field;
use lattice_isa::text::{listing, parse, parse_with, References, TextFault};
use lattice_isa::{Handle, Instruction, Opcode, OperandForm, Program};
use proptest::prelude::*;

/// Bytes of an operand of a form. Elements are as many as the shape before them has.
fn operand(form: OperandForm) -> BoxedStrategy<Vec<u8>> {
    let bytes = |count: usize| prop::collection::vec(any::<u8>(), count);
    match form {
        OperandForm::Handle | OperandForm::U16 => bytes(2).boxed(),
        OperandForm::U8 => bytes(1).boxed(),
        OperandForm::Pair => prop::collection::vec(1u8.., 2).boxed(),
        OperandForm::Quadruple => bytes(4).boxed(),
        OperandForm::Bytes32 => bytes(32).boxed(),
        OperandForm::Proof => prop_oneof![Just(128u8), Just(160)]
            .prop_flat_map(move |length| {
                bytes(length.into()).prop_map(move |proof| [vec![length], proof].concat())
            })
            .boxed(),
        OperandForm::Shape | OperandForm::Elements => Just(vec![]).boxed(),
        OperandForm::PublicInputs => (0u8..4)
            .prop_flat_map(move |count| {
                bytes(32 * usize::from(count))
                    .prop_map(move |inputs| [vec![count], inputs].concat())
            })
            .boxed(),
        OperandForm::Pooling => prop_oneof![
            Just(vec![0]),
            bytes(3).prop_map(|average| [vec![1], average].concat())
        ]
        .boxed(),
    }
}

/// A shape and its elements, which only make sense together.
fn tensor() -> BoxedStrategy<(Vec<u8>, Vec<u8>)> {
    let words = |words: &[u32]| {
        words
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    prop::collection::vec(1u32..6, 1..=4)
        .prop_flat_map(move |extents| {
            let count: u32 = extents.iter().product();
            let shape = [vec![extents.len() as u8], words(&extents)].concat();
            let elements = prop::collection::vec(any::<u32>(), count as usize);
            elements.prop_map(move |elements| {
                let list = [words(&[count]), words(&elements)].concat();
                (shape.clone(), list)
            })
        })
        .boxed()
}

/// A random instruction of the table, from its operand forms alone: an instruction that is added
/// to the table is tested without a change here.
fn instruction() -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(Opcode::ALL).prop_flat_map(|opcode| {
        let operands: Vec<_> = opcode
            .operands()
            .iter()
            .map(|field| operand(field.form))
            .collect();
        (operands, tensor()).prop_map(move |(operands, (shape, elements))| {
            let mut bytes = vec![opcode.code()];
            for (field, operand) in opcode.operands().iter().zip(operands) {
                bytes.extend(match field.form {
                    OperandForm::Shape => shape.clone(),
                    OperandForm::Elements => elements.clone(),
                    _ => operand,
                });
            }
            bytes
        })
    })
}

/// A random program and its bytes.
fn program() -> impl Strategy<Value = (Vec<Instruction>, Vec<u8>)> {
    prop::collection::vec(instruction(), 0..12).prop_map(|instructions| {
        let bytes = instructions.concat();
        (
            Program::decode(&bytes).expect("made of instructions"),
            bytes,
        )
    })
}

proptest! {
    #[test]
    fn give_back_each_program_that_it_listed((program, bytes) in program()) {
        let text = listing(&program);
        let read = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        prop_assert_eq!(&read.instructions, &program);
        prop_assert_eq!(Program::encode(&read.instructions).unwrap(), bytes);
    }

    #[test]
    fn take_each_instruction_as_it_is_displayed((program, _) in program()) {
        for instruction in program {
            let read = parse(&instruction.to_string()).unwrap();
            prop_assert_eq!(read.instructions, [instruction]);
        }
    }

    #[test]
    fn not_mind_spaces_comments_and_case((program, _) in program()) {
        let text = listing(&program)
            .lines()
            .map(|line| format!("\t {} ; x = [,#0\r\n\n# y\n", line.replace(',', " , ").to_lowercase()))
            .collect::<String>();
        let read = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        prop_assert_eq!(read.instructions, program);
    }

    #[test]
    fn never_panic_on_arbitrary_text(text in "\\PC{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn never_panic_on_almost_programs((program, _) in program(), cut in any::<prop::sample::Index>(), junk in "[\\[\\],=;#%@\"0-9a-zA-Z \n-]{0,4}") {
        let text = listing(&program);
        let cut = cut.index(text.len() + 1);
        let text = format!("{}{junk}{}", &text[..cut], &text[cut..]);
        if let Err(error) = parse(&text) {
            let lines = u32::try_from(text.lines().count()).unwrap();
            prop_assert!((1..=lines + 1).contains(&error.line), "{}", error);
        }
    }
}

/// A reader of its own for the bytes of a golden program: hexadecimal digits, spaces apart.
fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] * 16 + pair[1]) as u8)
        .collect()
}

macro_rules! golden {
    ($($name:ident)+) => {
        [$((
            include_str!(concat!("programs/", stringify!($name), ".lat")),
            include_str!(concat!("programs/", stringify!($name), ".hex")),
            include_str!(concat!("programs/", stringify!($name), ".listing")),
        )),+]
    };
}

#[test]
fn stand_for_the_bytes_of_the_golden_programs() {
    for (text, bytes, expected) in golden!(classify vision settlement) {
        let assembly = parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(
            Program::encode(&assembly.instructions).unwrap(),
            unhex(bytes),
            "{text}"
        );
        assert_eq!(listing(&Program::decode(&unhex(bytes)).unwrap()), expected);
    }
}

#[test]
fn remember_names_and_lines() {
    assert!(
        parse("TENSOR_ADD #0\n#0").is_err(),
        "an instruction is on one line"
    );
    let assembly =
        parse("\na = TENSOR_NEW [1] [\n7]\nTENSOR_ADD a a\nb = TENSOR_ADD a #1").unwrap();
    assert_eq!(assembly.lines, [2, 4, 5]);
    let names: Vec<(u16, &str)> = assembly
        .names
        .iter()
        .map(|(h, n)| (h.0, n.as_str()))
        .collect();
    assert_eq!(names, [(0, "a"), (2, "b")]);
    let sum = Instruction::TensorAdd {
        left: Handle(0),
        right: Handle(1),
    };
    assert_eq!(assembly.instructions[2], sum);
}

#[test]
fn read_the_empty_text() {
    for text in ["", "\n", "; nothing", "\u{feff}# nothing\r\n"] {
        assert_eq!(parse(text).unwrap().instructions, []);
    }
}

/// References are resolved by the caller.
struct Files;

impl References for Files {
    fn elements(&mut self, reference: &str) -> Result<Vec<i32>, String> {
        match reference {
            "image.npy:3" => Ok(vec![5, -6]),
            other => Err(format!("no file {other}")),
        }
    }

    fn bytes(&mut self, field: &Field, reference: &str) -> Result<Vec<u8>, String> {
        match (field.name, reference) {
            ("model", "my digits.lattice") => Ok(vec![7; 32]),
            _ => Ok(vec![1; 31]),
        }
    }
}

#[test]
fn ask_the_caller_for_references() {
    let text = "LOAD_MODEL @\"my digits.lattice\"\nTENSOR_NEW [2] @image.npy:3 ; the third";
    let assembly = parse_with(text, &mut Files).unwrap();
    assert_eq!(
        assembly.instructions[0],
        Instruction::LoadModel { model: [7; 32] }
    );
    let Instruction::TensorNew { elements, .. } = &assembly.instructions[1] else {
        panic!("a tensor");
    };
    assert_eq!(elements, &[5, -6]);
    for (text, message) in [
        (
            "TENSOR_NEW [2] @b.npy",
            "line 1, column 16: @b.npy: no file b.npy",
        ),
        (
            "LOAD_MODEL @x",
            "line 1, column 12: expected 32 bytes (64 hexadecimal digits), found 62 digits",
        ),
        (
            "LOAD_MODEL @",
            "line 1, column 13: expected a reference after `@`, found the end of the text",
        ),
        (
            "LOAD_MODEL @\"x\ny\"",
            "line 1, column 15: expected `\"` after the reference, found the end of the line",
        ),
    ] {
        assert_eq!(
            parse_with(text, &mut Files).unwrap_err().to_string(),
            message
        );
    }
    let error = parse("LOAD_MODEL @x").unwrap_err();
    assert!(
        matches!(error.fault, TextFault::Reference { .. }),
        "{error}"
    );
}

//! The instruction set and its encoding.

use lattice_isa::{
    DecodeFault, GasSchedule, Handle, Instruction, Limits, Opcode, OperandForm, Pooling, Program,
    ProofBytes,
};
use lattice_tensor::Shape;
use proptest::prelude::*;

fn shape(dims: &[u32]) -> Shape {
    Shape::new(dims.to_vec()).expect("test shapes are shapes")
}

fn proof() -> impl Strategy<Value = ProofBytes> {
    prop_oneof![
        bytes::<128>().prop_map(ProofBytes::from),
        bytes::<160>().prop_map(ProofBytes::from)
    ]
}

fn handle() -> impl Strategy<Value = Handle> {
    any::<u16>().prop_map(Handle)
}

fn tensor_new() -> impl Strategy<Value = Instruction> {
    prop::collection::vec(1u32..5, 1..=4).prop_flat_map(|dims| {
        let count: u32 = dims.iter().product();
        let elements = prop::collection::vec(any::<i32>(), count as usize);
        elements.prop_map(move |elements| Instruction::TensorNew {
            shape: shape(&dims),
            elements,
        })
    })
}

fn bytes<const N: usize>() -> impl Strategy<Value = [u8; N]> {
    prop::collection::vec(any::<u8>(), N).prop_map(|v| v.try_into().expect("N bytes"))
}

fn instruction() -> impl Strategy<Value = Instruction> {
    prop_oneof![
        bytes().prop_map(|model| Instruction::LoadModel { model }),
        handle().prop_map(|model| Instruction::UnloadModel { model }),
        (handle(), handle()).prop_map(|(model, input)| Instruction::ExecModel { model, input }),
        (handle(), handle(), handle(), any::<u8>()).prop_map(
            |(model, batch, targets, rate_shift)| Instruction::TrainModel {
                model,
                batch,
                targets,
                rate_shift
            }
        ),
        tensor_new(),
        (handle(), handle()).prop_map(|(left, right)| Instruction::TensorAdd { left, right }),
        (handle(), handle()).prop_map(|(left, right)| Instruction::TensorMul { left, right }),
        (handle(), handle(), bytes(), bytes(), any::<u16>()).prop_map(
            |(input, weight, stride, padding, groups)| Instruction::TensorConv {
                input,
                weight,
                stride,
                padding,
                groups
            }
        ),
        (
            handle(),
            prop_oneof![
                Just(Pooling::Max),
                (any::<u16>(), any::<u8>())
                    .prop_map(|(multiplier, shift)| Pooling::Average { multiplier, shift })
            ],
            bytes(),
            bytes(),
            bytes()
        )
            .prop_map(|(input, pooling, kernel, stride, padding)| {
                Instruction::TensorPool {
                    input,
                    pooling,
                    kernel,
                    stride,
                    padding,
                }
            }),
        (bytes(), prop::collection::vec(bytes(), 0..5), proof())
            .prop_map(|(key, inputs, proof)| Instruction::VerifyProof { key, inputs, proof }),
        handle().prop_map(|model| Instruction::HashModel { model }),
        (bytes(), bytes())
            .prop_map(|(subject, digest)| Instruction::CommitResult { subject, digest }),
    ]
}

/// Length of an encoding by the declared operand forms alone, read
/// independently of the decoder.
fn length_by_forms(encoded: &[u8]) -> usize {
    let opcode = Opcode::from_code(encoded[0]).expect("encoded instructions have a code");
    let u32_at = |at: usize| u32::from_le_bytes(encoded[at..at + 4].try_into().unwrap()) as usize;
    opcode
        .operands()
        .iter()
        .fold(1, |at, field| match field.form {
            OperandForm::Handle | OperandForm::U16 | OperandForm::Pair => at + 2,
            OperandForm::U8 => at + 1,
            OperandForm::Quadruple => at + 4,
            OperandForm::Bytes32 => at + 32,
            OperandForm::Proof => at + 1 + usize::from(encoded[at]),
            OperandForm::Shape => at + 1 + 4 * usize::from(encoded[at]),
            OperandForm::Elements => at + 4 + 4 * u32_at(at),
            OperandForm::PublicInputs => at + 1 + 32 * usize::from(encoded[at]),
            OperandForm::Pooling => at + if encoded[at] == 0 { 1 } else { 4 },
        })
}

proptest! {
    #[test]
    fn give_back_each_program_that_it_encoded(program in prop::collection::vec(instruction(), 0..8)) {
        let bytes = Program::encode(&program).unwrap();
        prop_assert_eq!(Program::decode(&bytes), Ok(program));
    }

    #[test]
    fn have_one_encoding_per_program(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(program) = Program::decode(&bytes) {
            prop_assert_eq!(Program::encode(&program).unwrap(), bytes);
        }
    }

    #[test]
    fn refuse_each_proper_prefix_of_an_instruction(instruction in instruction(), cut in any::<prop::sample::Index>()) {
        let bytes = Program::encode(&[instruction]).unwrap();
        let cut = 1 + cut.index(bytes.len() - 1);
        if cut < bytes.len() {
            let error = Program::decode(&bytes[..cut]).unwrap_err();
            let truncated = matches!(error.fault, DecodeFault::Truncated { .. });
            prop_assert!(truncated, "{}", error);
            prop_assert!(error.offset as usize <= cut);
        }
    }

    #[test]
    fn be_as_long_as_the_operand_forms_say(instruction in instruction()) {
        let bytes = Program::encode(&[instruction]).unwrap();
        prop_assert_eq!(length_by_forms(&bytes), bytes.len());
    }

    #[test]
    fn never_panic_on_arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = Program::decode(&bytes);
    }
}

#[test]
fn describe_every_opcode() {
    assert_eq!(Opcode::ALL.len(), 12);
    let schedule = GasSchedule::V1;
    let mut previous = None;
    for opcode in Opcode::ALL {
        assert!(previous < Some(opcode.code()), "codes ascend");
        previous = Some(opcode.code());
        assert_eq!(Opcode::from_code(opcode.code()), Some(*opcode));
        assert!(opcode.doc().trim().len() > 10, "{opcode} has a doc line");
        let mnemonic = opcode.mnemonic();
        assert!(mnemonic.contains('_') && mnemonic == mnemonic.to_uppercase());
        assert!(!opcode.operands().is_empty(), "{opcode} has operands");
        for field in opcode.operands() {
            assert!(!field.name.is_empty() && !field.form.encoding().is_empty());
        }
        assert!(
            schedule.base(*opcode) >= schedule.step && schedule.step > 0,
            "{opcode} has a gas rule"
        );
    }
}

#[test]
fn keep_the_codes_of_the_design() {
    let table: Vec<(u8, &str)> = Opcode::ALL
        .iter()
        .map(|opcode| (opcode.code(), opcode.mnemonic()))
        .collect();
    assert_eq!(
        table,
        [
            (0xA0, "LOAD_MODEL"),
            (0xA1, "UNLOAD_MODEL"),
            (0xA2, "EXEC_MODEL"),
            (0xA3, "TRAIN_MODEL"),
            (0xB0, "TENSOR_NEW"),
            (0xB1, "TENSOR_ADD"),
            (0xB2, "TENSOR_MUL"),
            (0xB3, "TENSOR_CONV"),
            (0xB4, "TENSOR_POOL"),
            (0xC0, "VERIFY_PROOF"),
            (0xC1, "HASH_MODEL"),
            (0xC2, "COMMIT_RESULT"),
        ]
    );
}

#[test]
fn number_opcodes_in_scale_by_their_codes() {
    use codec::Encode;
    for opcode in Opcode::ALL {
        assert_eq!(opcode.encode(), [opcode.code()]);
    }
}

#[test]
fn read_the_empty_program() {
    assert_eq!(Program::decode(&[]), Ok(vec![]));
}

mod refuse {
    use super::*;

    fn fault(bytes: &[u8]) -> (u32, u32, DecodeFault) {
        let error = Program::decode(bytes).expect_err("must not decode");
        (error.instruction, error.offset, error.fault)
    }

    #[test]
    fn a_code_without_an_instruction() {
        for code in 0..=u8::MAX {
            if Opcode::from_code(code).is_none() {
                assert_eq!(
                    fault(&[0xC1, 0, 0, code]),
                    (1, 3, DecodeFault::UnknownOpcode { code })
                );
            }
        }
    }

    #[test]
    fn elements_that_are_not_as_many_as_the_shape_has() {
        let bytes = [0xB0, 1, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0];
        let expected = DecodeFault::ElementCount {
            expected: 3,
            given: 2,
        };
        assert_eq!(fault(&bytes), (0, 0, expected));
    }

    #[test]
    fn ranks_and_extents_that_no_shape_has() {
        assert_eq!(
            fault(&[0xB0, 0, 0, 0, 0, 0]),
            (0, 1, DecodeFault::BadShape { rank: 0 })
        );
        let zero = [0xB0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(fault(&zero), (0, 1, DecodeFault::BadShape { rank: 1 }));
        let mut rank_five = vec![0xB0, 5];
        rank_five.extend([1, 0, 0, 0].repeat(5));
        assert_eq!(fault(&rank_five), (0, 1, DecodeFault::BadShape { rank: 5 }));
    }

    #[test]
    fn a_count_beyond_the_bytes_without_allocating_for_it() {
        let bytes = [0xB0, 1, 1, 0, 0, 0, 255, 255, 255, 255];
        let expected = DecodeFault::Truncated {
            needed: 4 * u64::from(u32::MAX),
            left: 0,
        };
        assert_eq!(fault(&bytes), (0, 6, expected));
    }

    #[test]
    fn an_unknown_kind_of_pooling() {
        assert_eq!(
            fault(&[0xB4, 0, 0, 2]),
            (0, 3, DecodeFault::UnknownPooling { kind: 2 })
        );
    }

    #[test]
    fn too_many_bytes_and_too_many_instructions() {
        let limits = Limits {
            program_bytes: 9,
            instructions: 2,
            ..Limits::V1
        };
        let hash_model = [0xC1, 0, 0];
        let two = hash_model.repeat(2);
        assert_eq!(
            Program::decode_within(&two, &limits).map(|p| p.len()),
            Ok(2)
        );
        let three = Program::decode_within(&hash_model.repeat(3), &limits).unwrap_err();
        assert_eq!(three.fault, DecodeFault::Instructions { limit: 2 });
        assert_eq!(three.offset, 6);
        let four = Program::decode_within(&hash_model.repeat(4), &limits).unwrap_err();
        let too_long = DecodeFault::ProgramBytes {
            length: 12,
            limit: 9,
        };
        assert_eq!(four.fault, too_long);
    }

    #[test]
    fn to_encode_more_public_inputs_than_a_byte_counts() {
        let program = [Instruction::VerifyProof {
            key: [0; 32],
            inputs: vec![[0; 32]; 256],
            proof: [0; 128].into(),
        }];
        assert_eq!(
            Program::encode(&program),
            Err(DecodeFault::TooLong { length: 256 })
        );
    }
}

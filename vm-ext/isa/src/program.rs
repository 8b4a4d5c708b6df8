//! A program: the concatenation of its instructions' encodings.

use crate::operand::Reader;
use crate::{DecodeError, DecodeFault, Instruction, Limits, Opcode};
use alloc::vec::Vec;

/// Encoding and decoding of straight-line programs.
pub struct Program;

impl Program {
    /// Decodes a program under the limits of version 1.
    ///
    /// Decoding is strict: each program has one encoding, and each byte belongs
    /// to an instruction. The empty program is a program.
    ///
    /// # Errors
    /// [`DecodeError`] with the offset of the opcode or operand that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Vec<Instruction>, DecodeError> {
        Self::decode_within(bytes, &Limits::V1)
    }

    /// [`Program::decode`] under limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Program::decode`].
    pub fn decode_within(bytes: &[u8], limits: &Limits) -> Result<Vec<Instruction>, DecodeError> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > u64::from(limits.program_bytes) {
            return Err(DecodeError {
                instruction: 0,
                offset: 0,
                fault: DecodeFault::ProgramBytes {
                    length,
                    limit: limits.program_bytes,
                },
            });
        }
        let mut reader = Reader::new(bytes);
        let mut instructions = Vec::new();
        while !reader.is_at_end() {
            let position = u32::try_from(instructions.len()).unwrap_or(u32::MAX);
            let at = |offset: usize, fault| DecodeError {
                instruction: position,
                offset: u32::try_from(offset).unwrap_or(u32::MAX),
                fault,
            };
            let start = reader.position();
            if position >= limits.instructions {
                let limit = limits.instructions;
                return Err(at(start, DecodeFault::Instructions { limit }));
            }
            let instruction =
                next(&mut reader).map_err(|fault| at(reader.operand_start(), fault))?;
            instruction.check().map_err(|fault| at(start, fault))?;
            instructions.push(instruction);
        }
        Ok(instructions)
    }

    /// Encodes a program.
    ///
    /// # Errors
    /// [`DecodeFault`] for an instruction that no bytes stand for.
    pub fn encode(instructions: &[Instruction]) -> Result<Vec<u8>, DecodeFault> {
        let mut out = Vec::new();
        for instruction in instructions {
            instruction.check()?;
            instruction.write(&mut out)?;
        }
        Ok(out)
    }
}

fn next(reader: &mut Reader<'_>) -> Result<Instruction, DecodeFault> {
    let code = reader.code()?;
    let opcode = Opcode::from_code(code).ok_or(DecodeFault::UnknownOpcode { code })?;
    Instruction::read_operands(opcode, reader)
}

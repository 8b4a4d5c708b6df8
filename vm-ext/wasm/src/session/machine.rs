//! The instructions of the machine, and what reads its tensors.

use super::{Done, Session, Window};
use crate::engine::{Answer, ProgramEnvironment};
use crate::{Import, ProgramTrap};
use lattice_isa::{Handle, Instruction, Opcode, Program, ProofBytes, Trap};
use lattice_tensor::{limits::MAX_RANK, Shape};

/// Bytes of an element, of an extent and of a public input.
const WORD: u64 = 4;
const INPUT: u64 = 32;

/// Bytes of the operands of TENSOR_CONV behind its handles.
const CONV_OPERANDS: u64 = 8;

/// Most bytes of the operands of TENSOR_POOL behind its handle.
const POOL_OPERANDS: u32 = 12;

impl<E: ProgramEnvironment> Session<'_, '_, E> {
    pub(super) fn load_model(&mut self, [hash]: [u32; 1], memory: &mut Window<'_>) -> Done {
        let model = memory.array(hash)?;
        self.execute(&Instruction::LoadModel { model })
    }

    pub(super) fn unload_model(&mut self, [model]: [u32; 1]) -> Done {
        let model = handle(Import::UnloadModel, model)?;
        self.execute(&Instruction::UnloadModel { model })
    }

    pub(super) fn exec_model(&mut self, [model, input]: [u32; 2]) -> Done {
        let model = handle(Import::ExecModel, model)?;
        let input = handle(Import::ExecModel, input)?;
        self.execute(&Instruction::ExecModel { model, input })
    }

    pub(super) fn train_model(&mut self, operands: [u32; 4]) -> Done {
        let import = Import::TrainModel;
        let [model, batch, targets, rate_shift] = operands;
        let instruction = Instruction::TrainModel {
            model: handle(import, model)?,
            batch: handle(import, batch)?,
            targets: handle(import, targets)?,
            rate_shift: u8::try_from(rate_shift).map_err(|_| ProgramTrap::Operand { import })?,
        };
        self.execute(&instruction)
    }

    pub(super) fn tensor_new(
        &mut self,
        [rank, dims, elements]: [u32; 3],
        memory: &mut Window<'_>,
    ) -> Done {
        let refused = ProgramTrap::Operand {
            import: Import::TensorNew,
        };
        if usize::try_from(rank).map_or(true, |rank| rank > MAX_RANK) {
            return Err(refused);
        }
        let dims = memory.read(dims, WORD.saturating_mul(rank.into()))?;
        let dims: Vec<u32> = words(dims).map(u32::from_le_bytes).collect();
        let shape = Shape::new(dims).map_err(|_| refused)?;
        let bytes = WORD.saturating_mul(lattice_isa::operand::element_count(&shape));
        self.charge_copy(bytes)?;
        let elements = words(memory.read(elements, bytes)?)
            .map(i32::from_le_bytes)
            .collect();
        self.execute(&Instruction::TensorNew { shape, elements })
    }

    pub(super) fn tensor_add(&mut self, [left, right]: [u32; 2]) -> Done {
        let left = handle(Import::TensorAdd, left)?;
        let right = handle(Import::TensorAdd, right)?;
        self.execute(&Instruction::TensorAdd { left, right })
    }

    pub(super) fn tensor_mul(&mut self, [left, right]: [u32; 2]) -> Done {
        let left = handle(Import::TensorMul, left)?;
        let right = handle(Import::TensorMul, right)?;
        self.execute(&Instruction::TensorMul { left, right })
    }

    pub(super) fn tensor_conv(
        &mut self,
        [input, weight, operands]: [u32; 3],
        memory: &mut Window<'_>,
    ) -> Done {
        let import = Import::TensorConv;
        let handles = [handle(import, input)?, handle(import, weight)?];
        let operands = memory.read(operands, CONV_OPERANDS)?;
        let instruction = decode(import, Opcode::TensorConv, &handles, operands)?;
        self.execute(&instruction)
    }

    pub(super) fn tensor_pool(
        &mut self,
        [input, operands, length]: [u32; 3],
        memory: &mut Window<'_>,
    ) -> Done {
        let import = Import::TensorPool;
        let handles = [handle(import, input)?];
        if length > POOL_OPERANDS {
            return Err(ProgramTrap::Operand { import });
        }
        let operands = memory.read(operands, length.into())?;
        let instruction = decode(import, Opcode::TensorPool, &handles, operands)?;
        self.execute(&instruction)
    }

    pub(super) fn tensor_len(&mut self, [tensor]: [u32; 1]) -> Done {
        let import = Import::TensorLen;
        let elements = self.tensor(import, tensor)?.len();
        Ok(Answer::I32(i32::try_from(elements).unwrap_or(i32::MAX)))
    }

    pub(super) fn tensor_read(
        &mut self,
        [tensor, offset, count, out]: [u32; 4],
        memory: &mut Window<'_>,
    ) -> Done {
        let import = Import::TensorRead;
        let bytes = WORD.saturating_mul(count.into());
        self.charge_copy(bytes)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = usize::try_from(u64::from(offset).saturating_add(count.into()));
        let elements = self
            .tensor(import, tensor)?
            .get(start..end.unwrap_or(usize::MAX))
            .ok_or(ProgramTrap::Operand { import })?;
        let place = memory.place(out, bytes)?;
        for (bytes, element) in place.chunks_exact_mut(4).zip(elements) {
            bytes.copy_from_slice(&element.to_le_bytes());
        }
        Ok(Answer::None)
    }

    pub(super) fn verify_proof(
        &mut self,
        [key, inputs, count, proof, length]: [u32; 5],
        memory: &mut Window<'_>,
    ) -> Done {
        let import = Import::VerifyProof;
        let bytes = INPUT.saturating_mul(count.into());
        let key = memory.array(key)?;
        let proof = memory.read(proof, length.into())?;
        let proof = ProofBytes::try_from(proof).map_err(|_| ProgramTrap::Operand { import })?;
        let inputs = memory.read(inputs, bytes)?;
        self.charge_copy(bytes)?;
        let inputs: Vec<[u8; 32]> = inputs
            .chunks_exact(32)
            .filter_map(|input| input.try_into().ok())
            .collect();
        self.machine
            .verify_proof(&key, &inputs, &proof)
            .map(|verdict| Answer::I32(verdict.into()))
            .map_err(|trap| trapped(Opcode::VerifyProof, trap))
    }

    pub(super) fn hash_model(&mut self, [model, out]: [u32; 2], memory: &mut Window<'_>) -> Done {
        let model = handle(Import::HashModel, model)?;
        self.effects.keep_journaled()?;
        let hash = self
            .machine
            .hash_model(model)
            .map_err(|trap| trapped(Opcode::HashModel, trap))?;
        memory.write(out, &hash)?;
        Ok(Answer::None)
    }

    pub(super) fn commit_result(
        &mut self,
        [subject, digest]: [u32; 2],
        memory: &mut Window<'_>,
    ) -> Done {
        let subject = memory.array(subject)?;
        let digest = memory.array(digest)?;
        self.effects.keep_journaled()?;
        self.execute(&Instruction::CommitResult { subject, digest })
    }

    fn execute(&mut self, instruction: &Instruction) -> Done {
        let given = self
            .machine
            .execute(instruction)
            .map_err(|trap| trapped(instruction.opcode(), trap))?;
        Ok(given.map_or(Answer::None, |handle| Answer::I32(handle.0.into())))
    }

    /// The elements of a tensor that no instruction asks for: a handle that is no
    /// tensor is a wrong operand of the import.
    fn tensor(&self, import: Import, tensor: u32) -> Result<&[i32], ProgramTrap> {
        self.machine
            .tensor(handle(import, tensor)?)
            .map(|tensor| tensor.elements())
            .map_err(|_| ProgramTrap::Operand { import })
    }
}

fn handle(import: Import, operand: u32) -> Result<Handle, ProgramTrap> {
    u16::try_from(operand)
        .map(Handle)
        .map_err(|_| ProgramTrap::Operand { import })
}

/// Reads an instruction from its handles and the operand bytes behind them, as
/// bytecode has them.
fn decode(
    import: Import,
    opcode: Opcode,
    handles: &[Handle],
    operands: &[u8],
) -> Result<Instruction, ProgramTrap> {
    let mut bytes = vec![opcode.code()];
    for handle in handles {
        bytes.extend_from_slice(&handle.0.to_le_bytes());
    }
    bytes.extend_from_slice(operands);
    let program = Program::decode(&bytes).map_err(|_| ProgramTrap::Operand { import })?;
    match <[Instruction; 1]>::try_from(program) {
        Ok([instruction]) => Ok(instruction),
        Err(_) => Err(ProgramTrap::Operand { import }),
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> + '_ {
    bytes
        .chunks_exact(4)
        .filter_map(|word| word.try_into().ok())
}

fn trapped(opcode: Opcode, reason: Trap) -> ProgramTrap {
    match reason {
        Trap::OutOfGas { .. } => ProgramTrap::OutOfGas,
        reason => ProgramTrap::Opcode { opcode, reason },
    }
}

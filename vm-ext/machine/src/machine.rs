//! The machine and its run loop.
//!
//! There are two ways to drive it: [`Machine::run`] for a straight-line program,
//! and, for a front end that decides at each step what comes next,
//! [`Machine::execute`] and its like for one instruction at a time, then
//! [`Machine::finish`]. An instruction costs and does the same either way.

use crate::backend::TensorBackend;
use crate::environment::Environment;
use crate::memory::{length, Memory, Tensor};
use crate::meter::Meter;
use crate::ops;
use crate::outcome::Outcome;
use crate::steps::Step;
use alloc::vec::Vec;
use lattice_isa::{
    Event, Gas, GasSchedule, Handle, Instruction, KeyId, Limits, Opcode, ProofBytes, PublicInput,
    Trap, Work,
};
use lattice_tensor::Placement;

/// A machine for one run of one program.
pub struct Machine<'a, E, B> {
    pub(crate) environment: &'a mut E,
    pub(crate) backend: &'a B,
    pub(crate) memory: Memory,
    pub(crate) limits: Limits,
    schedule: GasSchedule,
    meter: Meter,
    journal: Vec<Event>,
    steps: Option<Vec<Step>>,
    executed: u32,
}

impl<'a, E: Environment, B: TensorBackend> Machine<'a, E, B> {
    /// A machine that may use `gas_limit` gas.
    pub fn new(
        schedule: GasSchedule,
        limits: Limits,
        gas_limit: Gas,
        environment: &'a mut E,
        backend: &'a B,
    ) -> Self {
        Machine {
            environment,
            backend,
            memory: Memory::new(limits),
            limits,
            schedule,
            meter: Meter::new(gas_limit),
            journal: Vec::new(),
            steps: None,
            executed: 0,
        }
    }

    /// Records each instruction in [`Outcome::steps`].
    #[must_use]
    pub fn traced(mut self) -> Self {
        self.steps = Some(Vec::new());
        self
    }

    /// Runs a program to its end or to its first trap.
    pub fn run(mut self, program: &[Instruction]) -> Outcome {
        let result = self.check_length(program).and_then(|()| {
            program
                .iter()
                .try_for_each(|instruction| self.execute(instruction).map(|_| ()))
        });
        self.finish(result)
    }

    /// Charges and executes one instruction, and says which handle it gave out.
    ///
    /// [`Limits::instructions`] is for whole programs and does not count here. The
    /// run ends with the first trap: what is called for is [`Machine::finish`].
    ///
    /// # Errors
    /// The instruction's trap.
    pub fn execute(&mut self, instruction: &Instruction) -> Result<Option<Handle>, Trap> {
        self.step(
            instruction.opcode(),
            |machine| machine.act(instruction),
            |handle| *handle,
        )
    }

    /// `VERIFY_PROOF` as a question, charged as the instruction: a well-formed
    /// false proof is `Ok(false)`.
    ///
    /// # Errors
    /// The traps of `VERIFY_PROOF` but [`Trap::ProofRejected`].
    pub fn verify_proof(
        &mut self,
        key: &KeyId,
        inputs: &[PublicInput],
        proof: &ProofBytes,
    ) -> Result<bool, Trap> {
        self.step(
            Opcode::VerifyProof,
            |machine| ops::proof::verify(machine, key, inputs, proof),
            |_| None,
        )
    }

    /// `HASH_MODEL`, charged and journaled as the instruction, with the hash as
    /// its answer.
    ///
    /// # Errors
    /// The traps of `HASH_MODEL`.
    pub fn hash_model(&mut self, model: Handle) -> Result<[u8; 32], Trap> {
        self.step(
            Opcode::HashModel,
            |machine| ops::model::hash(machine, model),
            |_| None,
        )
    }

    /// Charges gas for something that is not an instruction.
    ///
    /// # Errors
    /// [`Trap::OutOfGas`]; then nothing is taken.
    pub fn charge_gas(&mut self, gas: Gas) -> Result<(), Trap> {
        self.meter.charge(gas)
    }

    /// Gas that is left.
    pub fn gas_left(&self) -> Gas {
        self.meter.left()
    }

    /// Gas charged so far; never more than the gas limit.
    pub fn gas_used(&self) -> Gas {
        self.meter.used()
    }

    /// Bytes of models and tensors that are live.
    pub fn memory_bytes(&self) -> u64 {
        self.memory.bytes()
    }

    /// The tensor of a handle. Nothing is charged.
    ///
    /// # Errors
    /// [`Trap::UnknownHandle`], [`Trap::NotATensor`].
    pub fn tensor(&self, handle: Handle) -> Result<&Tensor, Trap> {
        self.memory.tensor(handle)
    }

    /// Frees a tensor and its memory; its handle is not given out again. Nothing
    /// is charged.
    ///
    /// # Errors
    /// As [`Machine::tensor`].
    pub fn free_tensor(&mut self, handle: Handle) -> Result<(), Trap> {
        self.memory.free_tensor(handle)
    }

    /// What the program may reach outside the machine.
    pub fn environment(&mut self) -> &mut E {
        self.environment
    }

    /// Ends the run. With a trap the journal and the states are dropped.
    pub fn finish(self, result: Result<(), Trap>) -> Outcome {
        let gas_used = self.meter.used();
        let (tensors, states) = self.memory.into_values();
        let kept = result.is_ok();
        Outcome {
            gas_used,
            executed: self.executed,
            result,
            journal: if kept { self.journal } else { Vec::new() },
            tensors,
            states: if kept { states } else { Vec::new() },
            steps: self.steps.unwrap_or_default(),
        }
    }

    fn check_length(&self, program: &[Instruction]) -> Result<(), Trap> {
        let given = length(program.len());
        let limit = self.limits.instructions;
        if given > u64::from(limit) {
            return Err(Trap::InstructionLimit { given, limit });
        }
        Ok(())
    }

    /// Charges the base of an opcode, acts, and keeps the record.
    fn step<T>(
        &mut self,
        opcode: Opcode,
        act: impl FnOnce(&mut Self) -> Result<T, Trap>,
        handle: impl FnOnce(&T) -> Option<Handle>,
    ) -> Result<T, Trap> {
        let before = self.meter.used();
        let result = self
            .meter
            .charge(self.schedule.base(opcode))
            .and_then(|()| act(self));
        if let Some(steps) = &mut self.steps {
            steps.push(Step {
                instruction: self.executed,
                opcode,
                gas: self.meter.used().saturating_sub(before),
                gas_left: self.meter.left(),
                memory_bytes: self.memory.bytes(),
                result: result.as_ref().map(handle).map_err(|trap| *trap),
            });
        }
        if result.is_ok() {
            self.executed = self.executed.saturating_add(1);
        }
        result
    }

    fn act(&mut self, instruction: &Instruction) -> Result<Option<Handle>, Trap> {
        match instruction {
            Instruction::LoadModel { model } => ops::model::load(self, model).map(Some),
            Instruction::UnloadModel { model } => ops::model::unload(self, *model).map(|()| None),
            Instruction::ExecModel { model, input } => {
                ops::model::execute(self, *model, *input).map(Some)
            }
            Instruction::TrainModel {
                model,
                batch,
                targets,
                rate_shift,
            } => ops::training::train(self, *model, *batch, *targets, *rate_shift).map(|()| None),
            Instruction::HashModel { model } => ops::model::hash(self, *model).map(|_| None),

            Instruction::TensorNew { shape, elements } => {
                ops::tensor::new(self, shape, elements).map(Some)
            }
            Instruction::TensorAdd { left, right } => {
                ops::tensor::add(self, *left, *right).map(Some)
            }
            Instruction::TensorMul { left, right } => {
                ops::tensor::multiply(self, *left, *right).map(Some)
            }
            Instruction::TensorConv {
                input,
                weight,
                stride,
                padding,
                groups,
            } => {
                let placement = placed(*stride, *padding);
                ops::convolution::convolve(self, *input, *weight, placement, *groups).map(Some)
            }
            Instruction::TensorPool {
                input,
                pooling,
                kernel,
                stride,
                padding,
            } => {
                let placement = placed(*stride, *padding);
                ops::pooling::pool(self, *input, *pooling, *kernel, placement).map(Some)
            }

            Instruction::VerifyProof { key, inputs, proof } => {
                if ops::proof::verify(self, key, inputs, proof)? {
                    Ok(None)
                } else {
                    Err(Trap::ProofRejected)
                }
            }
            Instruction::CommitResult { subject, digest } => {
                ops::proof::commit(self, subject, digest).map(|()| None)
            }
        }
    }

    /// Charges for work that is about to be done.
    pub(crate) fn charge(&mut self, work: Work) -> Result<(), Trap> {
        self.meter.charge(self.schedule.work(work))
    }

    /// Checks that the journal takes another entry.
    pub(crate) fn admits_entry(&self) -> Result<(), Trap> {
        let limit = self.limits.journal_entries;
        if length(self.journal.len()) >= u64::from(limit) {
            return Err(Trap::JournalLimit { limit });
        }
        Ok(())
    }

    /// Writes an entry to the journal.
    pub(crate) fn record(&mut self, event: Event) -> Result<(), Trap> {
        self.admits_entry()?;
        self.journal.push(event);
        Ok(())
    }
}

fn placed(stride: [u8; 2], padding: [u8; 4]) -> Placement {
    Placement { stride, padding }
}

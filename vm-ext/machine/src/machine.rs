//! The machine, its run loop and the outcome of a run.

use crate::backend::TensorBackend;
use crate::environment::Environment;
use crate::memory::{length, Memory, Tensor};
use crate::meter::Meter;
use crate::ops;
use crate::steps::Step;
use alloc::vec::Vec;
use lattice_isa::{Event, Gas, GasSchedule, Handle, Instruction, Limits, Opcode, Trap, Work};

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
}

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Gas charged; never more than the gas limit, also when the run trapped.
    pub gas_used: Gas,
    /// Instructions that ran to their end. After a trap this is the position of
    /// the instruction that trapped.
    pub executed: u32,
    /// Whether the program ran to its end.
    pub result: Result<(), Trap>,
    /// Entries in program order; empty after a trap.
    pub journal: Vec<Event>,
    /// Tensors that are live at the end, in the order of their handles.
    pub tensors: Vec<(Handle, Tensor)>,
    /// One step per instruction that began; empty unless asked for.
    pub steps: Vec<Step>,
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
        let mut executed = 0u32;
        let mut result = self.check_length(program);
        if result.is_ok() {
            for instruction in program {
                result = self.step(executed, instruction);
                if result.is_err() {
                    break;
                }
                executed = executed.saturating_add(1);
            }
        }
        if result.is_err() {
            self.journal.clear();
        }
        Outcome {
            gas_used: self.meter.used(),
            executed,
            result,
            journal: self.journal,
            tensors: self.memory.into_tensors(),
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

    fn step(&mut self, position: u32, instruction: &Instruction) -> Result<(), Trap> {
        let opcode = instruction.opcode();
        let before = self.meter.used();
        let result = self.begin(opcode).and_then(|()| self.act(instruction));
        if let Some(steps) = &mut self.steps {
            steps.push(Step {
                instruction: position,
                opcode,
                gas: self.meter.used().saturating_sub(before),
                gas_left: self.meter.left(),
                memory_bytes: self.memory.bytes(),
                result,
            });
        }
        result.map(|_| ())
    }

    /// Charges the base of an opcode.
    fn begin(&mut self, opcode: Opcode) -> Result<(), Trap> {
        self.meter.charge(self.schedule.base(opcode))
    }

    fn act(&mut self, instruction: &Instruction) -> Result<Option<Handle>, Trap> {
        match instruction {
            Instruction::LoadModel { model } => ops::model::load(self, model).map(Some),
            Instruction::UnloadModel { model } => ops::model::unload(self, *model).map(|()| None),
            Instruction::ExecModel { model, input } => {
                ops::model::execute(self, *model, *input).map(Some)
            }
            Instruction::HashModel { model } => ops::model::hash(self, *model).map(|()| None),

            Instruction::TensorNew { shape, elements } => {
                ops::tensor::new(self, shape, elements).map(Some)
            }
            Instruction::TensorAdd { left, right } => {
                ops::tensor::add(self, *left, *right).map(Some)
            }
            Instruction::TensorMul { left, right } => {
                ops::tensor::multiply(self, *left, *right).map(Some)
            }

            Instruction::VerifyProof { key, inputs, proof } => {
                ops::proof::verify(self, key, inputs, proof).map(|()| None)
            }
            Instruction::CommitResult { subject, digest } => {
                ops::proof::commit(self, subject, digest).map(|()| None)
            }

            Instruction::TrainModel { .. }
            | Instruction::TensorConv { .. }
            | Instruction::TensorPool { .. } => Err(Trap::UnsupportedOpcode(instruction.opcode())),
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

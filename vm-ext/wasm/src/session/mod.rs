//! A call as its imports see it: the machine, the effects so far, the meter.
//!
//! * `machine`: the instructions of the machine and what reads its tensors;
//! * `context`: input, output, and what the chain says of the call;
//! * `storage`: the program's storage;
//! * `effects`: what the call leaves behind;
//! * `ending`: the end of the program itself;
//! * `memory`: the program's memory, checked.
//!
//! There is one meter, the machine's. While the program's own instructions run
//! the counter in its code stands for it; each import begins by taking from the
//! meter what they used, and ends by setting the counter to what is left.

mod context;
mod effects;
mod ending;
mod machine;
mod memory;
mod storage;

use crate::engine::{Answer, HostCalls, Invocation, Outcome, ProgramEnvironment};
use crate::{CallLimits, CallSchedule, Import, ImportStep, ProgramTrap};
use effects::Effects;
use lattice_isa::Gas;
use lattice_machine::{Machine, ReferenceBackend};
use memory::Window;
use storage::Overlay;

const SCHEDULE: CallSchedule = CallSchedule::V1;
const LIMITS: CallLimits = CallLimits::V1;

/// What an import is done with, or why the call ends.
type Done = Result<Answer, ProgramTrap>;

/// A call under way.
pub struct Session<'m, 'i, E> {
    invocation: &'i Invocation<'i>,
    machine: Machine<'m, E, ReferenceBackend>,
    effects: Effects,
    overlay: Overlay,
    balance: u128,
    output: Vec<u8>,
    compilation_gas: Gas,
    trace: Vec<ImportStep>,
}

impl<'m, 'i, E: ProgramEnvironment> Session<'m, 'i, E> {
    /// A call that has not begun.
    pub fn new(invocation: &'i Invocation<'i>, machine: Machine<'m, E, ReferenceBackend>) -> Self {
        Session {
            invocation,
            machine,
            effects: Effects::default(),
            overlay: Overlay::default(),
            balance: invocation.balance,
            output: Vec::new(),
            compilation_gas: 0,
            trace: Vec::new(),
        }
    }

    /// Charges what a call costs before its code is looked at.
    ///
    /// # Errors
    /// [`ProgramTrap::OutOfGas`].
    pub fn begin(&mut self) -> Result<(), ProgramTrap> {
        let code = size(self.invocation.code.len());
        self.charge(SCHEDULE.begin(code, size(self.invocation.input.len())))?;
        if self.invocation.charge_compilation {
            let compilation = SCHEDULE.compilation(code);
            self.charge(compilation)?;
            self.compilation_gas = compilation;
        }
        Ok(())
    }

    /// Charges for the memory that a call begins with.
    ///
    /// # Errors
    /// [`ProgramTrap::OutOfGas`].
    pub fn charge_pages(&mut self, pages: u64) -> Result<(), ProgramTrap> {
        self.charge(SCHEDULE.memory_page.saturating_mul(pages))
    }

    /// Gas that is left.
    pub fn gas_left(&self) -> Gas {
        self.machine.gas_left()
    }

    /// Takes from the meter what the program's own instructions used.
    pub fn settle(&mut self, counter: Gas) {
        let used = self.machine.gas_left().saturating_sub(counter);
        // The counter began at what was left, and only falls.
        let taken = self.machine.charge_gas(used);
        debug_assert!(taken.is_ok());
    }

    /// Ends the call.
    pub fn finish(self, result: Result<(), ProgramTrap>) -> Outcome {
        let machine = self.machine.finish(Ok(()));
        let trapped = result.is_err();
        Outcome {
            gas_used: machine.gas_used,
            compilation_gas: self.compilation_gas,
            result: result.map(|()| self.output),
            effects: if trapped {
                Vec::new()
            } else {
                self.effects.finish(machine.journal)
            },
            states: if trapped { Vec::new() } else { machine.states },
            trace: self.trace,
        }
    }

    fn charge(&mut self, gas: Gas) -> Result<(), ProgramTrap> {
        self.machine
            .charge_gas(gas)
            .map_err(|_| ProgramTrap::OutOfGas)
    }

    /// Charges for bytes that are about to be copied.
    fn charge_copy(&mut self, bytes: u64) -> Result<(), ProgramTrap> {
        self.charge(SCHEDULE.copy_byte.saturating_mul(bytes))
    }

    /// Charges for bytes that are about to leave the call.
    fn charge_leaving(&mut self, bytes: u32) -> Result<(), ProgramTrap> {
        self.charge(SCHEDULE.event_byte.saturating_mul(bytes.into()))
    }

    fn act(&mut self, import: Import, operands: &[u32], memory: &mut Window<'_>) -> Done {
        self.charge(SCHEDULE.base(import))?;
        match import {
            Import::LoadModel => self.load_model(take(operands), memory),
            Import::UnloadModel => self.unload_model(take(operands)),
            Import::ExecModel => self.exec_model(take(operands)),
            Import::TrainModel => self.train_model(take(operands)),
            Import::TensorNew => self.tensor_new(take(operands), memory),
            Import::TensorAdd => self.tensor_add(take(operands)),
            Import::TensorMul => self.tensor_mul(take(operands)),
            Import::TensorConv => self.tensor_conv(take(operands), memory),
            Import::TensorPool => self.tensor_pool(take(operands), memory),
            Import::TensorLen => self.tensor_len(take(operands)),
            Import::TensorRead => self.tensor_read(take(operands), memory),
            Import::VerifyProof => self.verify_proof(take(operands), memory),
            Import::HashModel => self.hash_model(take(operands), memory),
            Import::CommitResult => self.commit_result(take(operands), memory),
            Import::InputLen => self.input_len(),
            Import::InputRead => self.input_read(take(operands), memory),
            Import::Output => self.set_output(take(operands), memory),
            Import::StorageGet => self.storage_get(take(operands), memory),
            Import::StorageSet => self.storage_set(take(operands), memory),
            Import::StorageClear => self.storage_clear(take(operands), memory),
            Import::Caller => self.tell(take(operands), &self.invocation.caller, memory),
            Import::Address => self.tell(take(operands), &self.invocation.address, memory),
            Import::Value => {
                self.tell(take(operands), &self.invocation.value.to_le_bytes(), memory)
            }
            Import::Balance => self.tell(take(operands), &self.balance.to_le_bytes(), memory),
            Import::BlockNumber => Ok(long(self.invocation.block_number)),
            Import::Transfer => self.transfer(take(operands), memory),
            Import::Event => self.event(take(operands), memory),
            Import::GasLeft => Ok(long(self.machine.gas_left())),
            Import::Revert => self.revert(take(operands), memory),
            Import::Terminate => self.terminate(take(operands), memory),
        }
    }
}

impl<E: ProgramEnvironment> HostCalls for Session<'_, '_, E> {
    fn import(
        &mut self,
        import: Import,
        operands: &[u32],
        memory: &mut [u8],
        gas_left: &mut Gas,
    ) -> Result<Answer, ProgramTrap> {
        let before = self.machine.gas_left();
        self.settle(*gas_left);
        let settled = self.machine.gas_left();
        let answer = self.act(import, operands, &mut Window(memory));
        *gas_left = self.machine.gas_left();
        if self.invocation.trace && size(self.trace.len()) < LIMITS.trace_steps.into() {
            self.trace.push(ImportStep {
                import,
                plain_gas: before.saturating_sub(settled),
                gas: settled.saturating_sub(*gas_left),
                gas_left: *gas_left,
                memory_bytes: self.machine.memory_bytes(),
                trapped: answer.is_err(),
            });
        }
        answer
    }
}

/// The operands of an import. The engine has checked that they are as many.
fn take<const N: usize>(operands: &[u32]) -> [u32; N] {
    let mut taken = [0; N];
    for (place, operand) in taken.iter_mut().zip(operands) {
        *place = *operand;
    }
    taken
}

/// A number as the bits of an `i64`.
fn long(number: u64) -> Answer {
    Answer::I64(number.cast_signed())
}

/// A length as it is counted in gas.
fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

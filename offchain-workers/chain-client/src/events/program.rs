//! The events of programs, of their code, and of bytecode.

use super::Event;
use crate::{AccountId, Balance, Gas, ProgramFault, H256};

/// Something that happened to a program, its code, or bytecode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramEvent {
    /// The code of a program is on chain.
    CodeUploaded {
        code_hash: H256,
        owner: AccountId,
        deposit: Balance,
    },
    /// Code that no program ran was removed.
    CodeRemoved {
        code_hash: H256,
        owner: AccountId,
        deposit: Balance,
    },
    /// A program was made.
    Instantiated {
        program: AccountId,
        code_hash: H256,
        deployer: AccountId,
        output: Vec<u8>,
        gas_used: Gas,
    },
    /// A program was called and reached its end.
    Called {
        program: AccountId,
        caller: AccountId,
        output: Vec<u8>,
        gas_used: Gas,
    },
    /// A program did not reach its end; the state is as it was.
    Trapped {
        program: AccountId,
        caller: AccountId,
        trap: ProgramFault,
        gas_used: Gas,
    },
    /// Bytecode reached its end.
    BytecodeExecuted { caller: AccountId, gas_used: Gas },
    /// Bytecode did not reach its end; the state is as it was.
    BytecodeTrapped {
        caller: AccountId,
        trap: ProgramFault,
        gas_used: Gas,
    },
    /// A program left an event of its own.
    Emitted { program: AccountId, data: Vec<u8> },
    /// A program ended itself; what it had went to an account, its deposits to the caller.
    Terminated {
        program: AccountId,
        code_hash: H256,
        beneficiary: AccountId,
        amount: Balance,
        deposit: Balance,
    },
    /// A program, or an account by bytecode, committed a result.
    Committed {
        author: AccountId,
        subject: H256,
        digest: H256,
    },
    /// A program, or an account by bytecode, took the hash of a model's state.
    StateHashed {
        author: AccountId,
        model_hash: H256,
        state_hash: H256,
    },
}

impl From<ProgramEvent> for Event {
    fn from(event: ProgramEvent) -> Self {
        Event::Program(event)
    }
}

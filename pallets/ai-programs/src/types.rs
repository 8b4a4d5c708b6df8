//! What is stored of codes, programs and their records.

use crate::journal::Stop;
use crate::{Config, Event, Pallet};
use alloc::vec::Vec;
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_isa::Gas;
use lattice_primitives::{
    DepositChange, Effect, ModelIndex, ProgramFault, ProgramStep, MAX_ACCESS,
};

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Registrations whose models, or whose verifying keys, a run may name.
pub type AccessList = BoundedVec<ModelIndex, ConstU32<MAX_ACCESS>>;

/// The input of an instance's entry point.
pub type Input<T> = BoundedVec<u8, <T as Config>::MaxInputLen>;

/// Uploaded code, apart from its bytes.
#[stored]
pub struct Code<T: Config> {
    /// Who uploaded it, pays its deposit and may remove it.
    pub owner: T::AccountId,
    /// What the owner has on hold for it.
    pub deposit: BalanceOf<T>,
    /// Bytes of the code as uploaded.
    pub code_len: u32,
    /// Bytes of the code as stored: instrumented, and what a node compiles.
    pub prepared_len: u32,
    /// Version of the instrumentation.
    pub version: u16,
    /// Programs that run it.
    pub references: u32,
    /// The last block in which it was charged as compiled.
    pub compiled_at: Option<BlockNumberFor<T>>,
}

/// An instance of a code, with an account and storage of its own.
#[stored]
pub struct Program<T: Config> {
    pub code_hash: H256,
    /// Who instantiated it.
    pub deployer: T::AccountId,
    /// Number of its storage, which no other program has had.
    pub storage: u64,
    /// Entries of its storage.
    pub items: u32,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// What its account has on hold for them.
    pub deposit: BalanceOf<T>,
    pub created_at: BlockNumberFor<T>,
}

/// A result that a program, or an account by bytecode, committed.
#[stored]
pub struct Record<T: Config> {
    pub subject: H256,
    pub digest: H256,
    /// Who called the program, or executed the bytecode.
    pub caller: T::AccountId,
    pub at: BlockNumberFor<T>,
}

/// The latest records of an author, oldest first.
#[stored]
pub struct RecordBook<T: Config> {
    pub records: BoundedVec<Record<T>, T::MaxRecords>,
    /// What the author's account has on hold for them.
    pub deposit: BalanceOf<T>,
}

impl<T: Config> Default for RecordBook<T> {
    fn default() -> Self {
        Self {
            records: BoundedVec::new(),
            deposit: Zero::zero(),
        }
    }
}

/// Gas that a run may use, and whether it notes each step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    pub gas_limit: Gas,
    pub trace: bool,
}

impl Allowance {
    /// A run of an extrinsic: nobody could see its steps.
    pub const fn untraced(gas_limit: Gas) -> Self {
        Self {
            gas_limit,
            trace: false,
        }
    }
}

/// A run that was begun, whichever way it ended.
#[derive(CloneNoBound, DebugNoBound)]
pub(crate) struct Run<T: Config> {
    /// The program that ran; `None` for bytecode.
    pub program: Option<T::AccountId>,
    /// Gas that the run was charged; compilation counts whether it was needed or not.
    pub gas_used: Gas,
    /// The part of it that is not paid: the compilation of code that is warm.
    pub refund: Gas,
    /// The output, or why the run left no trace in the state.
    pub result: Result<Vec<u8>, ProgramFault>,
    /// What the program asked for, applied if the result is an output.
    pub effects: Vec<Effect>,
    /// Registrations that keep trained states.
    pub states: Vec<ModelIndex>,
    /// What storing them weighs.
    pub states_weight: Weight,
    pub deposit: DepositChange<BalanceOf<T>>,
    /// Steps, if they were asked for.
    pub steps: Vec<ProgramStep>,
}

impl<T: Config> Run<T> {
    /// A run of which nothing has happened yet.
    pub fn begin(program: Option<T::AccountId>) -> Self {
        Self {
            program,
            gas_used: 0,
            refund: 0,
            result: Ok(Vec::new()),
            effects: Vec::new(),
            states: Vec::new(),
            states_weight: Weight::zero(),
            deposit: DepositChange::Charged(Zero::zero()),
            steps: Vec::new(),
        }
    }

    /// The run, after its storage layer was kept or taken back; says so in an event in
    /// the second case.
    ///
    /// # Errors
    /// When nothing was run.
    pub fn end(
        mut self,
        ended: Result<Vec<u8>, Stop>,
        trapped: impl FnOnce(ProgramFault, Gas) -> Event<T>,
    ) -> Result<Self, DispatchError> {
        match ended {
            Ok(output) => self.result = Ok(output),
            Err(Stop::Refused(error)) => return Err(error),
            Err(Stop::Fault(fault)) => {
                Pallet::<T>::deposit_event(trapped(fault.clone(), self.gas_used));
                self.states = Vec::new();
                self.deposit = DepositChange::Charged(Zero::zero());
                self.result = Err(fault);
            }
        }
        Ok(self)
    }
}

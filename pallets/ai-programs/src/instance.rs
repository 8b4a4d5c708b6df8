//! Instances of uploaded code: made, and called.

use crate::access::Access;
use crate::journal::{Author, Stop};
use crate::types::{AccessList, Allowance, Input, Run};
use crate::*;
use alloc::vec::Vec;
use frame::deps::frame_support::storage::{child::ChildInfo, with_storage_layer};
use frame::prelude::*;
use frame::traits::fungible::{Inspect, Mutate};
use frame::traits::tokens::{Fortitude, Preservation};
use lattice_host::{Entry, WasmCall};
use lattice_primitives::{ProgramFault, ProgramStep};

/// What the accounts of programs are derived with.
const PROGRAM_DOMAIN: &[u8] = b"lattice/program";

/// An entry point that is about to run.
pub(crate) struct Invocation<T: Config> {
    pub caller: T::AccountId,
    pub program: T::AccountId,
    pub code_hash: H256,
    pub entry: Entry,
    pub value: BalanceOf<T>,
    pub input: Input<T>,
    pub models: AccessList,
    pub verifying_keys: AccessList,
}

impl<T: Config> Invocation<T> {
    /// The first run of a program that does not exist yet.
    pub fn instantiate(
        caller: T::AccountId,
        code_hash: H256,
        salt: H256,
        value: BalanceOf<T>,
        input: Input<T>,
        models: AccessList,
        verifying_keys: AccessList,
    ) -> Self {
        Self {
            program: Pallet::<T>::program_account(&caller, &code_hash, &salt),
            caller,
            code_hash,
            entry: Entry::Instantiate,
            value,
            input,
            models,
            verifying_keys,
        }
    }

    /// A run of a program that exists.
    ///
    /// # Errors
    /// [`Error::UnknownProgram`].
    pub fn call(
        caller: T::AccountId,
        program: T::AccountId,
        value: BalanceOf<T>,
        input: Input<T>,
        models: AccessList,
        verifying_keys: AccessList,
    ) -> Result<Self, DispatchError> {
        let code_hash = Programs::<T>::get(&program)
            .ok_or(Error::<T>::UnknownProgram)?
            .code_hash;
        Ok(Self {
            caller,
            program,
            code_hash,
            entry: Entry::Call,
            value,
            input,
            models,
            verifying_keys,
        })
    }
}

impl<T: Config> Pallet<T> {
    /// The account that a program of this deployer, code and salt has:
    /// Blake2-256(`lattice/program` ‖ deployer ‖ code hash ‖ salt).
    pub fn program_account(deployer: &T::AccountId, code_hash: &H256, salt: &H256) -> T::AccountId {
        let deployer: [u8; 32] = deployer.clone().into();
        let parts: [&[u8]; 4] = [PROGRAM_DOMAIN, &deployer, &code_hash.0, &salt.0];
        blake2_256(&parts.concat()).into()
    }

    /// The storage of a program, by its account and [`Program::storage`].
    ///
    /// A program that is made where another one ended has other storage: else whoever ends
    /// it again in the same block would have the node go through what is removed already.
    pub(crate) fn storage_of(program: &T::AccountId, number: u64) -> ChildInfo {
        let account: [u8; 32] = program.clone().into();
        ChildInfo::new_default(&[&account[..], &number.to_le_bytes()].concat())
    }

    /// What a program may spend: all but the existential deposit and what is on hold.
    pub(crate) fn spendable(program: &T::AccountId) -> BalanceOf<T> {
        T::Currency::reducible_balance(program, Preservation::Preserve, Fortitude::Polite)
    }

    /// Run an entry point and apply what it asks for, or nothing.
    ///
    /// # Errors
    /// Refusals before the program starts. A run that ends without output is no error.
    pub(crate) fn run_instance(
        invocation: &Invocation<T>,
        allowance: Allowance,
    ) -> Result<Run<T>, DispatchError> {
        Self::ensure_gas(allowance.gas_limit)?;
        let code = Codes::<T>::get(invocation.code_hash).ok_or(Error::<T>::UnknownCode)?;
        let cold = Self::is_cold(&code)?;
        let access = Access::resolve::<T>(&invocation.models, &invocation.verifying_keys)?;

        let mut run = Run::begin(Some(invocation.program.clone()));
        let mut compilation = 0;
        let ended = with_storage_layer(|| {
            Self::enter(invocation, access, allowance, &mut run, &mut compilation)
        });
        if compilation > 0 {
            if cold {
                Self::note_compiled(invocation.code_hash);
            } else {
                run.refund = compilation;
            }
        }
        run.end(ended, |trap, gas_used| Event::ProgramTrapped {
            program: invocation.program.clone(),
            caller: invocation.caller.clone(),
            trap,
            gas_used,
        })
    }

    fn enter(
        invocation: &Invocation<T>,
        access: Access,
        allowance: Allowance,
        run: &mut Run<T>,
        compilation: &mut lattice_isa::Gas,
    ) -> Result<Vec<u8>, Stop> {
        let Invocation {
            caller, program, ..
        } = invocation;
        let made = match invocation.entry {
            Entry::Instantiate => Self::create_program(invocation)?,
            Entry::Call => Programs::<T>::get(program).ok_or(Error::<T>::UnknownProgram)?,
        };
        Self::transfer_value(caller, program, invocation.value)?;

        let call = Self::host_call(invocation, &made, access, allowance);
        let outcome = lattice_host::call_program(&call)
            .map_err(|error| Self::host_failed("call_program", &error))?;
        run.gas_used = outcome.gas_used;
        run.effects = outcome.effects;
        run.steps = outcome.trace.into_iter().map(ProgramStep::Import).collect();
        *compilation = outcome.compilation_gas;
        let output = outcome.result.map_err(ProgramFault::Trap)?;

        let author = Author {
            caller,
            account: program,
        };
        run.deposit = Self::apply(&author, &run.effects)?;
        Self::deposit_event(match invocation.entry {
            Entry::Instantiate => Event::Instantiated {
                program: program.clone(),
                code_hash: invocation.code_hash,
                deployer: caller.clone(),
                output: output.clone(),
                gas_used: run.gas_used,
            },
            Entry::Call => Event::Called {
                program: program.clone(),
                caller: caller.clone(),
                output: output.clone(),
                gas_used: run.gas_used,
            },
        });
        Ok(output)
    }

    fn create_program(invocation: &Invocation<T>) -> Result<Program<T>, DispatchError> {
        let Invocation {
            caller,
            program,
            code_hash,
            ..
        } = invocation;
        ensure!(
            !Programs::<T>::contains_key(program),
            Error::<T>::ProgramExists
        );
        Codes::<T>::try_mutate(code_hash, |slot| {
            let code = slot.as_mut().ok_or(Error::<T>::UnknownCode)?;
            code.references = code
                .references
                .checked_add(1)
                .ok_or(Error::<T>::TooManyPrograms)?;
            Ok::<(), Error<T>>(())
        })?;
        // Paid also where the account has funds already: else whoever sends some to it
        // before would change what the program may spend.
        Self::transfer_value(caller, program, T::Currency::minimum_balance())?;
        let storage = ProgramsMade::<T>::get();
        let next = storage.checked_add(1).ok_or(Error::<T>::TooManyPrograms)?;
        ProgramsMade::<T>::put(next);
        let made = Program {
            code_hash: *code_hash,
            deployer: caller.clone(),
            storage,
            items: 0,
            bytes: 0,
            deposit: Zero::zero(),
            created_at: frame_system::Pallet::<T>::block_number(),
        };
        Programs::<T>::insert(program, made.clone());
        Ok(made)
    }

    fn transfer_value(
        from: &T::AccountId,
        to: &T::AccountId,
        amount: BalanceOf<T>,
    ) -> DispatchResult {
        if !amount.is_zero() {
            T::Currency::transfer(from, to, amount, Preservation::Preserve)?;
        }
        Ok(())
    }

    fn host_call(
        invocation: &Invocation<T>,
        program: &Program<T>,
        access: Access,
        allowance: Allowance,
    ) -> WasmCall {
        let trie = Self::storage_of(&invocation.program, program.storage);
        WasmCall {
            code_key: PreparedCodes::<T>::hashed_key_for(invocation.code_hash),
            code_hash: invocation.code_hash,
            entry: invocation.entry,
            input: invocation.input.to_vec(),
            caller: invocation.caller.clone().into(),
            address: invocation.program.clone().into(),
            child_trie: trie.storage_key().to_vec(),
            value: invocation.value.saturated_into(),
            balance: Self::spendable(&invocation.program).saturated_into(),
            stored_items: program.items,
            block_number: frame_system::Pallet::<T>::block_number().saturated_into(),
            gas_limit: allowance.gas_limit,
            // Whether the code is warm is between the caller and the fee.
            charge_compilation: true,
            models: access.models,
            keys: access.keys,
            // Trained states are stored by bytecode, on its owner's word, and by nothing else.
            keep_states: false,
            trace: allowance.trace,
        }
    }
}

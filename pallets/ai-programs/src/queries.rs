//! Dry runs and traces, and what else the runtime API reads.
//!
//! A dry run is the code of the extrinsic in a storage layer that is taken back. Runs
//! are charged as for cold code always, so it says what the extrinsic will be charged.

use crate::instance::Invocation;
use crate::types::{Allowance, Run};
use crate::*;
use alloc::vec::Vec;
use frame::deps::frame_support::storage::{child, with_transaction};
use frame::deps::sp_runtime::TransactionOutcome;
use frame::prelude::*;
use lattice_isa::Gas;
use lattice_primitives::{
    DepositChange, DryRun, DryRunError, ProgramInfo, ProgramOutput, ProgramRecord, ProgramRequest,
    ProgramTrace,
};

/// A request for a dry run, in this runtime's types.
pub type ProgramRequestOf<T> = ProgramRequest<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// A dry run as clients see it, in this runtime's types.
pub type DryRunOf<T> = DryRun<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// A trace as clients see it, in this runtime's types.
pub type ProgramTraceOf<T> = ProgramTrace<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// A program as clients see it, in this runtime's types.
pub type ProgramInfoOf<T> =
    ProgramInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A record as clients see it, in this runtime's types.
pub type ProgramRecordOf<T> =
    ProgramRecord<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// What an extrinsic would do now; without a gas limit it may use [`Config::MaxGas`].
    pub fn dry_run(
        origin: &T::AccountId,
        request: &ProgramRequestOf<T>,
        gas_limit: Option<Gas>,
    ) -> DryRunOf<T> {
        Self::rehearse(origin, request, gas_limit, false).run
    }

    /// [`Pallet::dry_run`] with the gas of each instruction or import.
    pub fn trace(
        origin: &T::AccountId,
        request: &ProgramRequestOf<T>,
        gas_limit: Option<Gas>,
    ) -> ProgramTraceOf<T> {
        Self::rehearse(origin, request, gas_limit, true)
    }

    /// One program.
    pub fn program_info(account: &T::AccountId) -> Option<ProgramInfoOf<T>> {
        let program = Programs::<T>::get(account)?;
        Some(ProgramInfo {
            program: account.clone(),
            code_hash: program.code_hash,
            deployer: program.deployer,
            balance: Self::spendable(account),
            items: program.items,
            bytes: program.bytes,
            deposit: program.deposit,
            created_at: program.created_at,
        })
    }

    /// The value that a program stores under a key.
    pub fn program_storage(account: &T::AccountId, key: &[u8]) -> Option<Vec<u8>> {
        let number = Programs::<T>::get(account)?.storage;
        let place = lattice_host::storage_key(key);
        child::get_raw(&Self::storage_of(account, number), &place)
    }

    /// The latest results that an author committed, oldest first.
    pub fn program_records(author: &T::AccountId) -> Vec<ProgramRecordOf<T>> {
        Records::<T>::get(author)
            .records
            .into_iter()
            .map(|record| ProgramRecord {
                subject: record.subject,
                digest: record.digest,
                caller: record.caller,
                at: record.at,
            })
            .collect()
    }

    fn rehearse(
        origin: &T::AccountId,
        request: &ProgramRequestOf<T>,
        gas_limit: Option<Gas>,
        trace: bool,
    ) -> ProgramTraceOf<T> {
        let gas_limit = gas_limit.unwrap_or_else(T::MaxGas::get);
        let allowance = Allowance { gas_limit, trace };
        match Self::rolled_back(origin, request, allowance) {
            Ok((base, run)) => {
                let required = Self::required(origin, request, gas_limit, &run);
                shown(base, run, required)
            }
            Err(error) => ProgramTrace {
                run: DryRun {
                    result: Err(DryRunError::Refused(error)),
                    gas_used: 0,
                    gas_required: 0,
                    ref_time: 0,
                    deposit: DepositChange::Charged(Zero::zero()),
                    events: Vec::new(),
                },
                steps: Vec::new(),
            },
        }
    }

    /// A gas limit with which a run ends as it did: the gas that it used, unless it asks
    /// how much is left and does something else for the answer. This is found out by
    /// trying.
    fn required(
        origin: &T::AccountId,
        request: &ProgramRequestOf<T>,
        gas_limit: Gas,
        run: &Run<T>,
    ) -> Gas {
        let again = Self::rolled_back(origin, request, Allowance::untraced(run.gas_used));
        match again {
            Ok((_, again)) if again.result == run.result && again.effects == run.effects => {
                run.gas_used
            }
            _ => gas_limit,
        }
    }

    /// Do what a request says in a storage layer that is taken back; also the base weight
    /// of its extrinsic.
    fn rolled_back(
        origin: &T::AccountId,
        request: &ProgramRequestOf<T>,
        allowance: Allowance,
    ) -> Result<(Weight, Run<T>), DispatchError> {
        with_transaction(|| {
            // The extrinsic will run in another block than the state's.
            CompiledBytes::<T>::kill();
            TransactionOutcome::Rollback(Self::perform(origin, request, allowance))
        })
    }

    fn perform(
        origin: &T::AccountId,
        request: &ProgramRequestOf<T>,
        allowance: Allowance,
    ) -> Result<(Weight, Run<T>), DispatchError> {
        let caller = origin.clone();
        match request {
            ProgramRequest::Instantiate {
                code_hash,
                value,
                input,
                salt,
                models,
                verifying_keys,
            } => {
                let input = bounded::<T, _, _>(input)?;
                let models = bounded::<T, _, _>(models)?;
                let keys = bounded::<T, _, _>(verifying_keys)?;
                let base = Self::instantiate_base(&input, &models, &keys);
                let made =
                    Invocation::instantiate(caller, *code_hash, *salt, *value, input, models, keys);
                Ok((base, Self::run_instance(&made, allowance)?))
            }
            ProgramRequest::Call {
                program,
                value,
                input,
                models,
                verifying_keys,
            } => {
                let input = bounded::<T, _, _>(input)?;
                let models = bounded::<T, _, _>(models)?;
                let keys = bounded::<T, _, _>(verifying_keys)?;
                let base = Self::call_base(&input, &models, &keys);
                let call = Invocation::call(caller, program.clone(), *value, input, models, keys)?;
                Ok((base, Self::run_instance(&call, allowance)?))
            }
            ProgramRequest::Execute {
                bytecode,
                models,
                verifying_keys,
                keep_states,
            } => {
                let bytecode = bounded::<T, _, _>(bytecode)?;
                let models = bounded::<T, _, _>(models)?;
                let keys = bounded::<T, _, _>(verifying_keys)?;
                let base = Self::execute_base(&bytecode, &models, &keys);
                let access = (models.as_slice(), keys.as_slice());
                let run = Self::run_bytecode(&caller, &bytecode, access, *keep_states, allowance)?;
                Ok((base, run))
            }
        }
    }
}

/// A list as the extrinsic takes it.
fn bounded<T: Config, V: Clone, S: Get<u32>>(list: &[V]) -> Result<BoundedVec<V, S>, Error<T>> {
    BoundedVec::try_from(list.to_vec()).map_err(|_| Error::RequestTooLarge)
}

fn shown<T: Config>(base: Weight, run: Run<T>, gas_required: Gas) -> ProgramTraceOf<T> {
    let ref_time = base
        .saturating_add(run.states_weight)
        .ref_time()
        .saturating_add(gas_required);
    ProgramTrace {
        run: DryRun {
            result: match run.result {
                Ok(output) => Ok(ProgramOutput {
                    program: run.program,
                    output,
                    states: run.states,
                }),
                Err(fault) => Err(DryRunError::Failed(fault)),
            },
            gas_used: run.gas_used,
            gas_required,
            ref_time,
            deposit: run.deposit,
            events: run.effects,
        },
        steps: run.steps,
    }
}

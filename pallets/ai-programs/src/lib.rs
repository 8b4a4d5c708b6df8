//! # AI programs
//!
//! Programs that load models, run and train them, check proofs and commit results, for
//! a price that is known before.
//!
//! There are two kinds. **Instances** of uploaded WebAssembly have an account, storage
//! and two entry points; **bytecode** is a straight line of the same instructions that
//! runs once. Both run in the node's VM extension, which changes nothing: it returns
//! what a program asked for, and this pallet applies all of it or none.
//!
//! * [`pallet`]: configuration, storage, events, errors and calls;
//! * [`types`]: what is stored of codes, programs and their records;
//! * `code`: upload and removal; `instance`: instantiation and calls; `bytecode`: runs of
//!   straight-line programs; `direct`: [`DirectExecution`], inference for other pallets;
//! * `journal`: effects are applied as one; `deposit`: the holds; `ending`: the end of a
//!   program;
//! * `access`: from registrations to where the host finds models and keys;
//! * `compilation`: cold and warm code, and the cap per block;
//! * `gas`: from gas to weight and back;
//! * `queries`: dry runs, traces, and what else the runtime API answers;
//!   `invariants`: what `try_state` checks.
//!
//! ## How a run ends
//! A call that is refused before its program starts (unknown program, a registration
//! without a model on chain, a value that cannot be paid) is an error and costs the
//! measured base. A program that was started and did not reach its end, or whose effects
//! cannot be applied, leaves the state as it was, and the caller pays for the gas used.
//! Such a call returns `Ok` and deposits [`Event::ProgramTrapped`] or
//! [`Event::BytecodeTrapped`]: an `Err` would drop the event, and a wallet would see an
//! error's index where it can see which instruction failed, why, and for how much gas.
//!
//! ## Gas
//! One gas is one picosecond of reference time. A call weighs its measured base and its
//! gas limit before it runs, and its base and the gas used afterwards. A run is charged
//! for compiling its code whether the code is cold or not, so its gas is the same
//! wherever in a block it lands, and a dry run's figure suffices; when the code was
//! charged for in the same block already, that part of the weight is given back.
//!
//! ## Money
//! A program's account is an ordinary one. Instantiation moves the existential deposit
//! to it, which the program cannot spend, so it lives until the program ends itself. A
//! call's value is moved before the program runs. Deposits are on hold: for code, in its
//! owner's account, under [`HoldReason::CodeDeposit`]; for storage and records, in the
//! account of the program or author, under [`HoldReason::StorageDeposit`]. Who calls
//! pays for what the call adds, and gets what it frees.
//!
//! ## How a program ends
//! By itself, with the import `terminate`, and in no other way. The call that does so ends
//! well: what it did before is applied, and then the program's storage and records are
//! removed, their deposits go to the caller, all that the account has goes to an account
//! that the program names, and its code counts one program less. The gas for it grows with
//! the entries of the storage and is charged before anything is removed; a program with more
//! than a call can remove clears some in calls before. Its deployer may make another program
//! under the same account, with new storage.
//!
//! ## No reentrancy
//! Programs cannot call programs. A transfer to a program, itself included, is only a
//! transfer.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

mod access;
mod bytecode;
mod code;
mod compilation;
mod deposit;
mod direct;
mod ending;
mod gas;
mod instance;
mod invariants;
mod journal;
pub mod queries;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use direct::{DirectExecution, DirectFault};
pub use pallet::*;
pub use types::{AccessList, BalanceOf, Code, Program, Record, RecordBook};
pub use weights::WeightInfo;

#[frame::pallet]
#[allow(clippy::too_many_arguments)]
pub mod pallet {
    use super::*;
    use crate::instance::Invocation;
    use crate::types::{Allowance, Input};
    use alloc::vec::Vec;
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::prelude::*;
    use lattice_isa::Gas;
    use lattice_primitives::{ModelIndex, ProgramFault};
    use pallet_model_registry::{ModelStore, Registry};

    /// The layout of what is stored.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<AccountId: From<[u8; 32]> + Into<[u8; 32]>> {
        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The token of values, transfers and deposits.
        type Currency: fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = <Self as Config>::RuntimeHoldReason>;

        /// The models and verifying keys that programs name.
        type Registry: Registry<Self::AccountId, BalanceOf<Self>> + ModelStore<Self::AccountId>;

        /// Weights of the calls, without their gas.
        type WeightInfo: WeightInfo;

        /// Largest gas limit of a call; 1 gas is 1 ps of reference time.
        #[pallet::constant]
        type MaxGas: Get<Gas>;

        /// Longest code as it is uploaded, in bytes.
        #[pallet::constant]
        type MaxCodeLen: Get<u32>;

        /// Longest code as it is stored, instrumented, in bytes.
        #[pallet::constant]
        type MaxPreparedLen: Get<u32>;

        /// Most bytes of instrumented code that one block compiles.
        #[pallet::constant]
        type MaxCompiledBytes: Get<u32>;

        /// Longest bytecode, in bytes.
        #[pallet::constant]
        type MaxBytecodeLen: Get<u32>;

        /// Longest input of an instance, in bytes.
        #[pallet::constant]
        type MaxInputLen: Get<u32>;

        /// Most records that are kept of one author; a further one replaces the oldest.
        #[pallet::constant]
        type MaxRecords: Get<u32>;

        /// Deposit for a code, an entry of storage or a record, whatever its length, in
        /// planck.
        #[pallet::constant]
        type DepositPerItem: Get<BalanceOf<Self>>;

        /// Deposit per byte of code, key, value and record, in planck.
        #[pallet::constant]
        type DepositPerByte: Get<BalanceOf<Self>>;
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Deposit for the bytes of uploaded code.
        CodeDeposit,
        /// Deposit for the storage of a program, and for records.
        StorageDeposit,
    }

    /// Instrumented code by the hash of the code as uploaded. The host reads an entry by
    /// its storage key.
    #[pallet::storage]
    pub type PreparedCodes<T: Config> =
        StorageMap<_, Identity, H256, BoundedVec<u8, T::MaxPreparedLen>>;

    /// What is known of each code.
    #[pallet::storage]
    pub type Codes<T: Config> = StorageMap<_, Identity, H256, Code<T>>;

    /// Instances by their accounts. An instance's storage is the child trie of its
    /// account's bytes and of [`Program::storage`] in eight bytes, the lowest first.
    #[pallet::storage]
    pub type Programs<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Program<T>>;

    /// The latest results that each author committed.
    #[pallet::storage]
    pub type Records<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, RecordBook<T>, ValueQuery>;

    /// How many programs were ever made: the number of the next one's storage.
    #[pallet::storage]
    pub type ProgramsMade<T: Config> = StorageValue<_, u64, ValueQuery>;

    /// The last block in which code was compiled, and how many bytes.
    #[pallet::storage]
    pub type CompiledBytes<T: Config> = StorageValue<_, (BlockNumberFor<T>, u32), ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Code was uploaded and may be instantiated.
        CodeUploaded {
            code_hash: H256,
            owner: T::AccountId,
            deposit: BalanceOf<T>,
        },
        /// Code that no program runs was removed.
        CodeRemoved {
            code_hash: H256,
            owner: T::AccountId,
            deposit: BalanceOf<T>,
        },
        /// A program was made.
        Instantiated {
            program: T::AccountId,
            code_hash: H256,
            deployer: T::AccountId,
            output: Vec<u8>,
            gas_used: Gas,
        },
        /// A program was called and reached its end.
        Called {
            program: T::AccountId,
            caller: T::AccountId,
            output: Vec<u8>,
            gas_used: Gas,
        },
        /// A program did not reach its end, or its effects could not be applied. The
        /// state is as it was before; the gas used is paid.
        ProgramTrapped {
            program: T::AccountId,
            caller: T::AccountId,
            trap: ProgramFault,
            gas_used: Gas,
        },
        /// Bytecode reached its end.
        BytecodeExecuted { caller: T::AccountId, gas_used: Gas },
        /// As [`Event::ProgramTrapped`], for bytecode.
        BytecodeTrapped {
            caller: T::AccountId,
            trap: ProgramFault,
            gas_used: Gas,
        },
        /// A program left an event of its own.
        Emitted {
            program: T::AccountId,
            data: Vec<u8>,
        },
        /// A program, or an account by bytecode, committed a result. It settles nothing.
        Committed {
            author: T::AccountId,
            subject: H256,
            digest: H256,
        },
        /// A program, or an account by bytecode, took the hash of a model's state.
        StateHashed {
            author: T::AccountId,
            model_hash: H256,
            state_hash: H256,
        },
        /// A state that bytecode trained was stored as a new version of its model.
        StateStored {
            owner: T::AccountId,
            parent: ModelIndex,
            model: ModelIndex,
            state_hash: H256,
        },
        /// An account removed the records of its bytecode.
        RecordsCleared {
            author: T::AccountId,
            deposit: BalanceOf<T>,
        },
        /// A program ended itself. `amount` is what its account had, and went to the
        /// beneficiary; `deposit` is what was on hold, and went to the caller.
        Terminated {
            program: T::AccountId,
            code_hash: H256,
            beneficiary: T::AccountId,
            amount: BalanceOf<T>,
            deposit: BalanceOf<T>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// Not a valid module of WebAssembly 1.0, or one with a segment that does not fit.
        InvalidCode,
        /// The code has a floating-point type or instruction.
        FloatingPoint,
        /// The code has more of something than programs may: bytes, functions, locals,
        /// branch targets, memory.
        CodeTooLarge,
        /// An import that the chain does not offer, or with another signature.
        UnknownImport,
        /// An export beside `instantiate`, `call` and the memory; a missing entry, or one
        /// that takes or gives something; or a start function.
        InvalidInterface,
        /// The code is valid, and cannot be instrumented.
        NotCompilable,
        /// This code is on chain already.
        CodeExists,
        /// No code has this hash.
        UnknownCode,
        /// Only who uploaded a code may remove it.
        NotCodeOwner,
        /// Programs run this code.
        CodeInUse,
        /// No program has this account, or none any more.
        UnknownProgram,
        /// This deployer has made a program of this code with this salt.
        ProgramExists,
        /// More programs, of one code or of all, than can be counted.
        TooManyPrograms,
        /// The gas limit is larger than `MaxGas`.
        GasLimitTooHigh,
        /// This block compiles no more code; try the next one.
        CompilationLimit,
        /// An access list names a registration whose model is not on chain.
        ModelNotStored,
        /// An access list names a registration without a verifying key.
        NoVerifyingKey,
        /// The author has no records.
        NoRecords,
        /// A program's records are the program's.
        RecordsOfProgram,
        /// A list, input or bytecode of a dry run is longer than an extrinsic's may be.
        RequestTooLarge,
        /// The node could not answer; its log says why.
        HostFailed,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            Self::check_limits();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), frame::try_runtime::TryRuntimeError> {
            Self::check_invariants()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// One program.
        pub fn program_of(account: T::AccountId) -> Option<queries::ProgramInfoOf<T>> {
            Self::program_info(&account)
        }

        /// The latest results that an author committed, oldest first.
        pub fn records_of(author: T::AccountId) -> Vec<queries::ProgramRecordOf<T>> {
            Self::program_records(&author)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Put WebAssembly code on chain, for everyone to instantiate.
        ///
        /// It is validated and instrumented here; its hash is the Blake2-256 of the
        /// bytes as given. The deposit is for the instrumented bytes.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::upload_code(code.len().saturated_into()))]
        pub fn upload_code(
            origin: OriginFor<T>,
            code: BoundedVec<u8, T::MaxCodeLen>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_upload(owner, &code)
        }

        /// Remove code that no program runs, and get its deposit back.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::remove_code())]
        pub fn remove_code(origin: OriginFor<T>, code_hash: H256) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_remove(who, code_hash)
        }

        /// Make a program of uploaded code, and run its `instantiate`.
        ///
        /// Its account is the Blake2-256 of (`lattice/program`, deployer, code hash,
        /// salt). It gets the existential deposit, and `value` planck to spend. `models`
        /// and `verifying_keys` are the registrations whose models and keys it may name.
        #[pallet::call_index(2)]
        #[pallet::weight(Pallet::<T>::metered(
            Pallet::<T>::instantiate_base(input, models, verifying_keys),
            *gas_limit,
        ))]
        pub fn instantiate(
            origin: OriginFor<T>,
            code_hash: H256,
            #[pallet::compact] value: BalanceOf<T>,
            input: Input<T>,
            #[pallet::compact] gas_limit: Gas,
            salt: H256,
            models: AccessList,
            verifying_keys: AccessList,
        ) -> DispatchResultWithPostInfo {
            let caller = ensure_signed(origin)?;
            let base = Self::instantiate_base(&input, &models, &verifying_keys);
            let invocation = Invocation::instantiate(
                caller,
                code_hash,
                salt,
                value,
                input,
                models,
                verifying_keys,
            );
            let run = Self::run_instance(&invocation, Allowance::untraced(gas_limit));
            Self::bill(base, run)
        }

        /// Call a program, with `value` planck that it may spend.
        #[pallet::call_index(3)]
        #[pallet::weight(Pallet::<T>::metered(
            Pallet::<T>::call_base(input, models, verifying_keys),
            *gas_limit,
        ))]
        pub fn call(
            origin: OriginFor<T>,
            program: T::AccountId,
            #[pallet::compact] value: BalanceOf<T>,
            input: Input<T>,
            #[pallet::compact] gas_limit: Gas,
            models: AccessList,
            verifying_keys: AccessList,
        ) -> DispatchResultWithPostInfo {
            let caller = ensure_signed(origin)?;
            let base = Self::call_base(&input, &models, &verifying_keys);
            let run = Invocation::call(caller, program, value, input, models, verifying_keys)
                .and_then(|call| Self::run_instance(&call, Allowance::untraced(gas_limit)));
            Self::bill(base, run)
        }

        /// Execute straight-line bytecode once.
        ///
        /// With `keep_states`, every model of the caller's that it trained and did not
        /// unload is stored as a new version of the registration that it began as.
        #[pallet::call_index(4)]
        #[pallet::weight(Pallet::<T>::metered(
            Pallet::<T>::execute_base(bytecode, models, verifying_keys)
                .saturating_add(Pallet::<T>::states_allowance(*keep_states)),
            *gas_limit,
        ))]
        pub fn execute(
            origin: OriginFor<T>,
            bytecode: BoundedVec<u8, T::MaxBytecodeLen>,
            #[pallet::compact] gas_limit: Gas,
            models: AccessList,
            verifying_keys: AccessList,
            keep_states: bool,
        ) -> DispatchResultWithPostInfo {
            let caller = ensure_signed(origin)?;
            let base = Self::execute_base(&bytecode, &models, &verifying_keys);
            let run = Self::run_bytecode(
                &caller,
                &bytecode,
                (&models, &verifying_keys),
                keep_states,
                Allowance::untraced(gas_limit),
            );
            Self::bill(base, run)
        }

        /// Remove the records that the caller's bytecode committed, and get their
        /// deposit back.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::clear_records())]
        pub fn clear_records(origin: OriginFor<T>) -> DispatchResult {
            let author = ensure_signed(origin)?;
            Self::do_clear_records(author)
        }
    }
}

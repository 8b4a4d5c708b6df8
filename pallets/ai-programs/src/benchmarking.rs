//! Benchmarks of every call, and of what the pallet does with each effect.
//!
//! The weight of a call is measured with a program that does nothing, and its gas comes
//! on top. The gas of an effect pays for applying it; the test `weight` compares. So
//! does the gas of an instruction for what `opcode_*` measures.

mod modules;
mod setup;

use crate::access::Access;
use crate::*;
use alloc::{vec, vec::Vec};
use frame::benchmarking::prelude::*;
use lattice_host::{JournalEntry, ProgramCall, Trap};
use lattice_isa::testing as opcodes;
use lattice_isa::{Gas, Instruction, Opcode, Program as Bytecode};
use lattice_primitives::{Effect, ModelIndex};
use lattice_tensor::testing::lenet5;
use modules::{looping, module};
use pallet_model_registry::{benchmarking as registry, ModelStore, Registry};
use setup::{
    apply, bytecode, funded, instance, program, run_of, run_through, run_to_its_end, stored,
    upload, CHUNKS, GAS, LONGEST_CODE, MOST_ITEMS,
};

#[benchmarks(where T: pallet_model_registry::Config)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn upload_code(c: Linear<64, LONGEST_CODE>) {
        let owner = funded::<T>(1);
        let code = module(c);
        let code_hash = H256(blake2_256(&code));
        let code = BoundedVec::truncate_from(code);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), code);

        assert!(Codes::<T>::contains_key(code_hash));
    }

    #[benchmark]
    fn remove_code() {
        let owner = funded::<T>(1);
        let code_hash = upload::<T>(&owner, module(LONGEST_CODE));

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), code_hash);

        assert!(!Codes::<T>::contains_key(code_hash));
    }

    #[benchmark]
    fn instantiate(i: Linear<0, 65_536>) {
        let deployer = funded::<T>(1);
        let code_hash = upload::<T>(&deployer, module(0));
        let input = BoundedVec::truncate_from(vec![1; i.saturated_into()]);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(deployer.clone()),
            code_hash,
            1_000_000_000u32.into(),
            input,
            GAS,
            H256::zero(),
            Default::default(),
            Default::default(),
        );

        let program = Pallet::<T>::program_account(&deployer, &code_hash, &H256::zero());
        assert!(Programs::<T>::contains_key(&program));
    }

    #[benchmark]
    fn call(i: Linear<0, 65_536>) {
        let caller = funded::<T>(1);
        let program = program::<T>(&caller);
        let before = Pallet::<T>::spendable(&program);
        let input = BoundedVec::truncate_from(vec![1; i.saturated_into()]);
        let value: BalanceOf<T> = 1_000_000_000u32.into();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(caller),
            program.clone(),
            value,
            input,
            GAS,
            Default::default(),
            Default::default(),
        );

        assert_eq!(
            Pallet::<T>::spendable(&program),
            before.saturating_add(value)
        );
    }

    #[benchmark]
    fn execute(b: Linear<0, 262_144>) {
        let caller = funded::<T>(1);
        let bytes = BoundedVec::truncate_from(bytecode(b));

        #[extrinsic_call]
        _(
            RawOrigin::Signed(caller.clone()),
            bytes,
            GAS,
            Default::default(),
            Default::default(),
            false,
        );

        let executed = System::<T>::events().into_iter().count();
        assert!(executed > 0);
    }

    /// What an access list of `n` entries adds to a call; a key takes less than a model.
    #[benchmark]
    fn access(n: Linear<0, 16>) {
        let model = registry::stored::model(CHUNKS, 0, 0);
        let models: Vec<ModelIndex> = (0..n)
            .map(|_| <T as Config>::Registry::benchmark_stored_model(&model))
            .collect();
        let found;

        #[block]
        {
            found = Access::resolve::<T>(&models, &[]);
        }

        assert!(found.is_ok());
    }

    #[benchmark]
    fn clear_records() {
        let author = funded::<T>(1);
        for number in 0..T::MaxRecords::get() {
            let effect = Effect::Machine(JournalEntry::Committed {
                subject: [number.saturated_into(); 32],
                digest: [2; 32],
            });
            apply::<T>(&author, &author, &[effect]);
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(author.clone()));

        assert!(!Records::<T>::contains_key(&author));
    }

    /// `n` values of 64 bytes under new keys; the program's counts and its deposit change
    /// once.
    #[benchmark]
    fn apply_storage(n: Linear<1, 64>) {
        let caller = funded::<T>(1);
        let program = program::<T>(&caller);
        let effects: Vec<Effect> = (1..=n)
            .map(|key| stored(key.saturated_into(), 64))
            .collect();

        #[block]
        {
            apply::<T>(&caller, &program, &effects);
        }

        assert!(Pallet::<T>::program_storage(&program, &[1; 64]).is_some());
    }

    /// A value of `b` bytes under a new key of the greatest length.
    #[benchmark]
    fn apply_value(b: Linear<0, 16_384>) {
        let caller = funded::<T>(1);
        let program = program::<T>(&caller);
        let effect = stored(1, b);

        #[block]
        {
            apply::<T>(&caller, &program, &[effect]);
        }

        assert!(Pallet::<T>::program_storage(&program, &[1; 64]).is_some());
    }

    /// A transfer to an account that does not exist yet.
    #[benchmark]
    fn apply_transfer() {
        let caller = funded::<T>(1);
        let program = program::<T>(&caller);
        let effect = Effect::Transfer {
            to: [9; 32],
            amount: 1_000_000_000,
        };
        let before = Pallet::<T>::spendable(&program);

        #[block]
        {
            apply::<T>(&caller, &program, &[effect]);
        }

        assert!(Pallet::<T>::spendable(&program) < before);
    }

    /// An event of `b` bytes.
    #[benchmark]
    fn apply_event(b: Linear<0, 4_096>) {
        let caller = funded::<T>(1);
        let program = program::<T>(&caller);
        let effect = Effect::Emitted {
            data: vec![1; b.saturated_into()],
        };

        #[block]
        {
            apply::<T>(&caller, &program, &[effect]);
        }
    }

    /// `n` records in a book that is full; it is written once.
    #[benchmark]
    fn apply_commit(n: Linear<1, 32>) {
        let caller = funded::<T>(1);
        let program = program::<T>(&caller);
        let effect = Effect::Machine(JournalEntry::Committed {
            subject: [1; 32],
            digest: [2; 32],
        });
        for _ in 0..T::MaxRecords::get() {
            apply::<T>(&caller, &program, &[effect.clone()]);
        }
        let effects = vec![effect; n.saturated_into()];

        #[block]
        {
            apply::<T>(&caller, &program, &effects);
        }

        let limit: usize = T::MaxRecords::get().saturated_into();
        assert_eq!(Records::<T>::get(&program).records.len(), limit);
    }

    /// The end of a program with `n` entries under keys of the greatest length and with a
    /// full book of records; what it has goes to an account that does not exist yet.
    #[benchmark]
    fn apply_terminate(n: Linear<0, MOST_ITEMS>) {
        let caller = funded::<T>(1);
        let program = program::<T>(&caller);
        let stored: Vec<Effect> = (0..n)
            .map(|number| Effect::StorageSet {
                key: number.to_le_bytes().repeat(16),
                value: Some(vec![2; 64]),
            })
            .collect();
        apply::<T>(&caller, &program, &stored);
        let committed = Effect::Machine(JournalEntry::Committed {
            subject: [1; 32],
            digest: [2; 32],
        });
        for _ in 0..T::MaxRecords::get() {
            apply::<T>(&caller, &program, &[committed.clone()]);
        }
        let effect = Effect::Terminated {
            beneficiary: [9; 32],
        };

        #[block]
        {
            apply::<T>(&caller, &program, &[effect]);
        }

        assert!(!Programs::<T>::contains_key(&program));
        assert!(!Records::<T>::contains_key(&program));
    }

    /// Loads of LeNet-5, each freed.
    #[benchmark]
    fn opcode_load_model(r: Linear<1, 100>) {
        let program = run_of::<T>(&opcodes::case(Opcode::LoadModel), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Executions of a perceptron 784-128-10.
    #[benchmark]
    fn opcode_exec_model(r: Linear<1, 200>) {
        let program = run_of::<T>(&opcodes::case(Opcode::ExecModel), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Steps of a perceptron 64-32-10 on 32 rows.
    #[benchmark]
    fn opcode_train_model(r: Linear<1, 32>) {
        let program = run_of::<T>(&opcodes::case(Opcode::TrainModel), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Tensors of 64 elements.
    #[benchmark]
    fn opcode_tensor_new(r: Linear<1, 200>) {
        let program = run_of::<T>(&opcodes::case(Opcode::TensorNew), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Sums of 1,024 elements.
    #[benchmark]
    fn opcode_tensor_add(r: Linear<1, 200>) {
        let program = run_of::<T>(&opcodes::case(Opcode::TensorAdd), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Products of 64 by 64 elements.
    #[benchmark]
    fn opcode_tensor_mul(r: Linear<1, 200>) {
        let program = run_of::<T>(&opcodes::case(Opcode::TensorMul), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Convolutions of 16 channels of 16 by 16 with 16 filters of 3 by 3.
    #[benchmark]
    fn opcode_tensor_conv(r: Linear<1, 200>) {
        let program = run_of::<T>(&opcodes::case(Opcode::TensorConv), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Maxima of 2 by 2 over 16 channels of 32 by 32.
    #[benchmark]
    fn opcode_tensor_pool(r: Linear<1, 200>) {
        let program = run_of::<T>(&opcodes::case(Opcode::TensorPool), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Hashes of a trained perceptron 64-32-10.
    #[benchmark]
    fn opcode_hash_model(r: Linear<1, 200>) {
        let program = run_of::<T>(&opcodes::case(Opcode::HashModel), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Commitments.
    #[benchmark]
    fn opcode_commit_result(r: Linear<1, 200>) {
        let program = run_of::<T>(&opcodes::case(Opcode::CommitResult), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// Executions of LeNet-5.
    #[benchmark]
    fn opcode_exec_model_windows(r: Linear<1, 200>) {
        let program = run_of::<T>(&opcodes::executing(lenet5(1)), r);

        #[block]
        {
            run_to_its_end(&program);
        }
    }

    /// A proof that is false.
    #[benchmark]
    fn opcode_verify_proof() {
        let owner = registry::funded::<T>(1);
        let model = registry::register_manifest::<T>(&owner, registry::MANIFEST.to_vec());
        registry::register_fixture_key::<T>(&owner, model);
        let id = <T as Config>::Registry::key_id(model).expect("the key is registered");
        let location = <T as Config>::Registry::prepared_key_location(&id);
        let instruction = [Instruction::VerifyProof {
            key: id.0,
            inputs: vec![[1; 32]; 3],
            proof: opcodes::false_proof(registry::VERIFYING_KEY),
        }];
        let program = ProgramCall {
            program: Bytecode::encode(&instruction).expect("the instruction has an encoding"),
            gas_limit: Gas::MAX,
            keys: vec![(id.0, location)],
            ..Default::default()
        };
        let outcome;

        #[block]
        {
            outcome = run_through(&program);
        }

        assert!(matches!(outcome.trap, Some(Trap::ProofRejected { .. })));
    }

    /// `r` thousand times four plain instructions of WebAssembly, compiled before.
    #[benchmark]
    fn wasm_instructions(r: Linear<1, 1_000>) {
        let caller = funded::<T>(1);
        let program = instance::<T>(&caller, looping(r));
        let run = || {
            Pallet::<T>::call(
                RawOrigin::Signed(caller.clone()).into(),
                program.clone(),
                Default::default(),
                Default::default(),
                T::MaxGas::get(),
                Default::default(),
                Default::default(),
            )
        };
        let outcome;

        #[block]
        {
            outcome = run();
        }

        assert!(outcome.is_ok());
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}

//! Benchmarks of every call, and of what the pallet does with each effect.
//!
//! The weight of a call is measured with a program that does nothing, and its gas comes
//! on top. The gas of an effect pays for applying it; the test `weight` compares.

use crate::access::Access;
use crate::journal::Author;
use crate::*;
use alloc::{vec, vec::Vec};
use frame::benchmarking::prelude::*;
use frame::traits::fungible::Mutate;
use lattice_host::JournalEntry;
use lattice_isa::{Gas, Instruction, Program as Bytecode};
use lattice_primitives::{Effect, ModelIndex};
use lattice_tensor::Shape;
use pallet_model_registry::ModelStore;

/// Suffices for a program that does nothing, compilation included.
const GAS: Gas = 50_000_000_000;

/// Chunks of the models of an access list: the most that a model has.
const CHUNKS: u32 = 16;

/// The account of 32 equal bytes, rich.
fn funded<T: Config>(byte: u8) -> T::AccountId {
    let who = T::AccountId::from([byte; 32]);
    T::Currency::set_balance(&who, u64::MAX.saturated_into());
    who
}

/// A number as WebAssembly writes it: seven bits a byte, the lowest first.
fn leb(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7F).saturated_into::<u8>();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// Bytes behind their length.
fn sized(bytes: &[u8]) -> Vec<u8> {
    [leb(bytes.len().saturated_into()), bytes.to_vec()].concat()
}

/// Items behind their number.
fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [leb(items.len().saturated_into()), items.concat()].concat()
}

fn section(id: u8, items: &[Vec<u8>]) -> Vec<u8> {
    [vec![id], sized(&list(items))].concat()
}

/// A module of about `length` bytes, whose entries do nothing.
///
/// Its other functions are loops of a few instructions: as many places to charge gas as
/// code of this length may have when instrumentation must not double it.
fn module(length: u32) -> Vec<u8> {
    // loop, sixteen times (i32.const 1, drop), end
    let block = [&[0x03, 0x40][..], &[0x41, 0x01, 0x1A].repeat(16), &[0x0B]].concat();
    let blocks_of = |bytes: usize| bytes.checked_div(block.len()).unwrap_or(0);
    let body = |blocks: usize| sized(&[vec![0x00], block.repeat(blocks), vec![0x0B]].concat());
    let mut bodies = vec![body(0), body(0)];
    let mut left: usize = length.saturating_sub(64).saturated_into();
    while blocks_of(left) > 0 {
        let bytes = left.min(16 * 1024);
        bodies.push(body(blocks_of(bytes)));
        left = left.saturating_sub(bytes);
    }
    let export = |name: &[u8], index| [sized(name), vec![0x00, index]].concat();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[vec![0x60, 0x00, 0x00]]),
        section(3, &vec![vec![0x00]; bodies.len()]),
        section(7, &[export(b"instantiate", 0), export(b"call", 1)]),
        section(10, &bodies),
    ]
    .concat()
}

fn upload<T: Config>(owner: &T::AccountId, code: Vec<u8>) -> H256 {
    let code_hash = H256(blake2_256(&code));
    Pallet::<T>::do_upload(owner.clone(), &code).expect("the code is valid");
    code_hash
}

/// An instance of a program that does nothing.
fn program<T: Config>(deployer: &T::AccountId) -> T::AccountId {
    let code_hash = upload::<T>(deployer, module(0));
    Pallet::<T>::instantiate(
        RawOrigin::Signed(deployer.clone()).into(),
        code_hash,
        1_000_000_000u32.into(),
        Default::default(),
        GAS,
        H256::zero(),
        Default::default(),
        Default::default(),
    )
    .expect("the program is made");
    let program = Pallet::<T>::program_account(deployer, &code_hash, &H256::zero());
    assert!(Programs::<T>::contains_key(&program), "it trapped");
    program
}

/// Bytecode of nearly this many bytes that makes tensors of one element each.
fn bytecode(bytes: u32) -> Vec<u8> {
    let tensor = Instruction::TensorNew {
        shape: Shape::new(vec![1]).expect("the shape is within the limits"),
        elements: vec![1],
    };
    let one = Bytecode::encode(&[tensor]).expect("the instruction has an encoding");
    // More live handles than this are a trap.
    let count = usize::try_from(bytes)
        .unwrap_or(usize::MAX)
        .checked_div(one.len())
        .unwrap_or(0)
        .min(256);
    let rest = usize::try_from(bytes)
        .unwrap_or(usize::MAX)
        .saturating_sub(one.len().saturating_mul(count));
    // What is left is the elements of one more tensor.
    let elements = rest.saturating_sub(64).checked_div(4).unwrap_or(0);
    let mut program = one.repeat(count.saturating_sub(1));
    if elements > 0 {
        let last = Instruction::TensorNew {
            shape: Shape::new(vec![elements.saturated_into()])
                .expect("the shape is within the limits"),
            elements: vec![1; elements],
        };
        program.extend(Bytecode::encode(&[last]).expect("the instruction has an encoding"));
    }
    program
}

fn apply<T: Config>(caller: &T::AccountId, account: &T::AccountId, effect: Effect) {
    let author = Author { caller, account };
    Pallet::<T>::apply(&author, &[effect]).expect("the effect is applied");
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn upload_code(c: Linear<64, 131_072>) {
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
        let code_hash = upload::<T>(&owner, module(131_072));

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
        let models: Vec<ModelIndex> = (0..n)
            .map(|_| T::Registry::benchmark_stored_model(CHUNKS))
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
            apply::<T>(&author, &author, effect);
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(author.clone()));

        assert!(!Records::<T>::contains_key(&author));
    }

    /// A value of `b` bytes under a new key of the greatest length.
    #[benchmark]
    fn apply_storage(b: Linear<0, 16_384>) {
        let caller = funded::<T>(1);
        let program = program::<T>(&caller);
        let effect = Effect::StorageSet {
            key: vec![1; 64],
            value: Some(vec![2; b.saturated_into()]),
        };

        #[block]
        {
            apply::<T>(&caller, &program, effect);
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
            apply::<T>(&caller, &program, effect);
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
            apply::<T>(&caller, &program, effect);
        }
    }

    /// A record in a book that is full.
    #[benchmark]
    fn apply_commit() {
        let caller = funded::<T>(1);
        let program = program::<T>(&caller);
        let effect = Effect::Machine(JournalEntry::Committed {
            subject: [1; 32],
            digest: [2; 32],
        });
        for _ in 0..T::MaxRecords::get() {
            apply::<T>(&caller, &program, effect.clone());
        }

        #[block]
        {
            apply::<T>(&caller, &program, effect);
        }

        let limit: usize = T::MaxRecords::get().saturated_into();
        assert_eq!(Records::<T>::get(&program).records.len(), limit);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}

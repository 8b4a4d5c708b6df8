//! A chain in memory with one program on it.

#![allow(dead_code)] // Each test file uses a part of it.

pub mod digits;

use codec::{Decode, DecodeAll, Encode};
use lattice_guest::{AccountId, Balance, Failure, KeyId, ModelHash, PublicInput};
use lattice_isa::{Event, Gas, ProofFault};
use lattice_machine::{Environment, VerifyFault};
use lattice_tensor::Model;
use lattice_verifier::PreparedKey;
use lattice_wasm::{Effect, Entry, Invocation, PreparedCode, ProgramEnvironment, ProgramTrap};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// Gas that suffices for every call here.
pub const PLENTY: Gas = 1_000_000_000_000;

/// The account of the program.
pub const PROGRAM: AccountId = [0xaa; 32];

/// Some accounts of users.
pub const OWNER: AccountId = [1; 32];
pub const PLAYER: AccountId = [2; 32];

/// What each user has at first, in planck.
pub const WEALTH: Balance = 1_000_000;

/// What a program can see and change.
#[derive(Default)]
pub struct World {
    /// In the pieces in which a chain would keep them.
    pub models: BTreeMap<ModelHash, Vec<Vec<u8>>>,
    pub keys: BTreeMap<KeyId, PreparedKey>,
    pub storage: BTreeMap<Vec<u8>, Vec<u8>>,
    pub balances: BTreeMap<AccountId, Balance>,
    /// Subjects and digests that were committed.
    pub records: Vec<([u8; 32], [u8; 32])>,
    /// Events of the program.
    pub events: Vec<Vec<u8>>,
}

impl World {
    pub fn add_model(&mut self, model: &Model) {
        let blob = model.to_blob();
        let manifest = model.manifest().encode().encode();
        let (manifest, tensors) = blob.split_at(manifest.len());
        let mut chunks = vec![manifest.to_vec()];
        chunks.extend(tensors.chunks(1024).map(<[u8]>::to_vec));
        self.models.insert(model.id().0, chunks);
    }

    /// All that a call may change.
    pub fn state(&self) -> impl PartialEq + Debug {
        (
            self.storage.clone(),
            self.balances.clone(),
            self.records.clone(),
            self.events.clone(),
        )
    }

    fn balance_of(&mut self, account: AccountId) -> &mut Balance {
        self.balances.entry(account).or_default()
    }

    fn transfer(&mut self, from: AccountId, to: AccountId, amount: Balance) {
        *self.balance_of(from) -= amount;
        *self.balance_of(to) += amount;
    }

    fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::Machine(Event::Committed { subject, digest }) => {
                self.records.push((subject, digest));
            }
            Effect::Machine(_) => {}
            Effect::StorageSet {
                key,
                value: Some(value),
            } => {
                self.storage.insert(key, value);
            }
            Effect::StorageSet { key, value: None } => {
                self.storage.remove(&key);
            }
            Effect::Transfer { to, amount } => self.transfer(PROGRAM, to, amount),
            Effect::Emitted { data } => self.events.push(data),
            Effect::Terminated { beneficiary } => {
                self.storage.clear();
                let rest = *self.balance_of(PROGRAM);
                self.transfer(PROGRAM, beneficiary, rest);
            }
        }
    }
}

impl Environment for World {
    fn model_chunk(&mut self, model: &ModelHash, index: u32) -> Option<Vec<u8>> {
        let index = usize::try_from(index).ok()?;
        self.models.get(model)?.get(index).cloned()
    }

    fn verify(
        &mut self,
        key: &KeyId,
        inputs: &[PublicInput],
        proof: &lattice_isa::ProofBytes,
    ) -> Result<bool, VerifyFault> {
        let key = self.keys.get(key).ok_or(VerifyFault::UnknownKey)?;
        lattice_verifier::verify(key, inputs, proof.as_slice())
            .map_err(|_| ProofFault::MalformedProof.into())
    }
}

impl ProgramEnvironment for World {
    fn storage(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        self.storage.get(key).cloned()
    }
}

/// A program, instantiated or not, in its world.
pub struct Chain {
    pub world: World,
    code: PreparedCode,
    block_number: u64,
}

impl Chain {
    /// A chain on which some users have money, and the code is uploaded.
    pub fn with(code: &[u8]) -> Self {
        let mut world = World::default();
        for (account, balance) in [(OWNER, WEALTH), (PLAYER, WEALTH), (PROGRAM, 0)] {
            world.balances.insert(account, balance);
        }
        Chain {
            world,
            code: lattice_wasm::prepare(code).expect("the program is valid"),
            block_number: 7,
        }
    }

    /// The instance is made.
    pub fn instantiate(
        &mut self,
        value: Balance,
        message: &impl Encode,
    ) -> Result<Vec<u8>, ProgramTrap> {
        self.run(Entry::Instantiate, OWNER, value, &message.encode())
    }

    /// A call whose reply is of this type.
    pub fn call<R: Decode>(
        &mut self,
        caller: AccountId,
        value: Balance,
        message: &impl Encode,
    ) -> Result<R, ProgramTrap> {
        let output = self.run(Entry::Call, caller, value, &message.encode())?;
        Ok(R::decode_all(&mut output.as_slice()).expect("the output is a reply"))
    }

    /// Runs the program, and applies what it did if it ran to its end.
    pub fn run(
        &mut self,
        entry: Entry,
        caller: AccountId,
        value: Balance,
        input: &[u8],
    ) -> Result<Vec<u8>, ProgramTrap> {
        self.block_number += 1;
        let balance = *self.world.balance_of(PROGRAM) + value;
        let invocation = Invocation {
            code: &self.code.code,
            code_hash: lattice_guest::hash::blake2_256(&self.code.code),
            entry,
            input,
            caller,
            address: PROGRAM,
            value,
            balance,
            stored_items: self.world.storage.len().try_into().expect("few entries"),
            block_number: self.block_number,
            gas_limit: PLENTY,
            charge_compilation: false,
            trace: false,
        };
        let outcome = lattice_wasm::invoke(&invocation, &mut self.world)
            .expect("this machine has memory for a program");
        println!("{entry} used {} gas", outcome.gas_used);
        let output = outcome.result?;
        self.world.transfer(caller, PROGRAM, value);
        for effect in outcome.effects {
            self.world.apply(effect);
        }
        Ok(output)
    }

    /// The number of the block of the last call.
    pub fn block_number(&self) -> u64 {
        self.block_number
    }

    /// A call that must be reverted and leave the world as it was.
    #[track_caller]
    pub fn refuses<E: Decode + Debug + PartialEq>(
        &mut self,
        caller: AccountId,
        value: Balance,
        message: &impl Encode,
        failure: Failure<E>,
    ) {
        let trap = self.stops(caller, value, &message.encode());
        assert_eq!(reason(trap), failure);
    }

    /// A call that must stop and leave the world as it was.
    #[track_caller]
    pub fn stops(&mut self, caller: AccountId, value: Balance, input: &[u8]) -> ProgramTrap {
        let before = self.world.state();
        let result = self.run(Entry::Call, caller, value, input);
        assert_eq!(self.world.state(), before);
        result.expect_err("the call must stop")
    }
}

/// What a program gave as its reason.
#[track_caller]
pub fn reason<E: Decode>(trap: ProgramTrap) -> Failure<E> {
    match trap {
        ProgramTrap::Reverted { data } => {
            Failure::decode_all(&mut data.as_slice()).expect("the reason is a failure")
        }
        other => panic!("not reverted: {other}"),
    }
}

//! Blocks of nothing but one instruction: what they are charged against what they take.
//!
//! ```sh
//! cargo bench --profile release -p lattice-runtime --bench opcode_blocks           # every opcode
//! cargo bench --profile release -p lattice-runtime --bench opcode_blocks -- EXEC   # those with this in their name
//! ```
//!
//! Each block is filled with signed `aiPrograms.execute` extrinsics until it takes no
//! more; see [`blocks`]. Since the database's share of the weight is charged and hardly
//! used there, beside the whole weight there is the gas alone, against the time of the
//! host's part, which is measured by running each program again.

mod blocks;

use blocks::Filled;
use codec::Encode;
use frame_support::traits::fungible::Mutate;
use frame_support::BoundedVec;
use lattice_host::{CallSchedule, ProgramCall, ProgramOutcome};
use lattice_isa::testing::{case, executing, false_proof, Case};
use lattice_isa::{Gas, Instruction, Opcode, Program};
use lattice_primitives::{ModelIndex, CHUNK_BYTES};
use lattice_runtime::{AccountId, Balances, ModelRegistry, RuntimeCall, RuntimeOrigin, UNIT};
use lattice_tensor::{testing, Model};
use pallet_model_registry::{ModelStore, Registry};
use sp_core::H256;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use std::time::{Duration, Instant};

/// The registry's fixture: a small model and its key.
const MANIFEST: &[u8] =
    include_bytes!("../../pallets/model-registry/src/benchmarking/manifest.scale");
const VERIFYING_KEY: &[u8] =
    include_bytes!("../../pallets/model-registry/src/benchmarking/verifying-key.bin");

/// The runs of each program by which the host's part is measured.
const RUNS: u32 = 20;

fn main() {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    println!(
        "{:<34} {:>6} {:>11} {:>11} {:>7} {:>11} {:>11} {:>7}",
        "a block of", "calls", "weight ms", "took ms", "ratio", "gas us", "host us", "ratio"
    );
    let typical = Opcode::ALL
        .iter()
        .filter(|opcode| **opcode != Opcode::UnloadModel)
        .map(|opcode| (opcode.mnemonic().to_string(), case(*opcode), count(*opcode)));
    let lenet = (
        "EXEC_MODEL of LeNet-5".to_string(),
        executing(testing::lenet5(1)),
        200,
    );
    for (name, case, repetitions) in typical.chain([lenet]) {
        if asked.is_empty() || asked.iter().any(|part| name.contains(part.as_str())) {
            report(&name, &case, repetitions);
        }
    }
}

/// As many of an instruction as memory and limits take.
fn count(opcode: Opcode) -> u16 {
    match opcode {
        Opcode::VerifyProof => 1,
        Opcode::TrainModel => 50,
        _ => 200,
    }
}

fn report(name: &str, case: &Case, repetitions: u16) {
    let mut scene = Scene::new(case, repetitions);
    let Filled {
        calls,
        weight,
        took,
    } = scene.fill_a_block();
    let (gas, host) = scene.run_alone();
    let ratio = |charged: u64, took: Duration| charged as f64 / 1e3 / took.as_nanos() as f64;
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1e3;
    println!(
        "{name:<34} {calls:>6} {:>11.1} {:>11.1} {:>7.2} {:>11.1} {:>11.1} {:>7.2}",
        weight as f64 / 1e9,
        milliseconds(took),
        ratio(weight, took),
        gas as f64 / 1e6,
        milliseconds(host) * 1e3,
        ratio(gas, host),
    );
}

/// A chain with what a program needs, and the program.
struct Scene {
    state: TestExternalities,
    run: ProgramCall,
    call: RuntimeCall,
}

impl Scene {
    fn new(case: &Case, repetitions: u16) -> Self {
        let mut state = blocks::chain();
        let (run, call) = state.execute_with(|| {
            Balances::set_balance(&alice(), 1_000_000 * UNIT);
            prepare(case, repetitions)
        });
        Scene { state, run, call }
    }

    fn fill_a_block(&mut self) -> Filled {
        let pair = Sr25519Keyring::Alice.pair();
        let call = self.call.clone();
        blocks::fill(&mut self.state, |nonce| {
            Some(blocks::signed(&pair, call.clone(), nonce))
        })
    }

    /// The gas of one call, and the time of the host's part.
    fn run_alone(&mut self) -> (Gas, Duration) {
        self.state.execute_with(|| {
            let fastest = (0..RUNS)
                .map(|_| {
                    let start = Instant::now();
                    let outcome = run(&self.run);
                    (start.elapsed(), outcome.gas_used)
                })
                .min()
                .expect("there are runs");
            (fastest.1, fastest.0)
        })
    }
}

fn alice() -> AccountId {
    Sr25519Keyring::Alice.to_account_id()
}

fn run(call: &ProgramCall) -> ProgramOutcome {
    lattice_host::run_program(call).expect("the program is well-formed")
}

/// Puts on chain what the case needs; gives its run in the host, and its call.
fn prepare(case: &Case, repetitions: u16) -> (ProgramCall, RuntimeCall) {
    let mut call = ProgramCall {
        program: case.program(repetitions),
        gas_limit: Gas::MAX,
        ..Default::default()
    };
    let (mut models, mut keys) = (vec![], vec![]);
    if let Some(model) = &case.model {
        let index = store(model);
        call.models = vec![ModelRegistry::location(index).expect("the model is stored")];
        models.push(index);
    } else if call.program.first() == Some(&Opcode::VerifyProof.code()) {
        let index = register(MANIFEST.to_vec());
        let id = register_key(index);
        call.keys = vec![(id.0, ModelRegistry::prepared_key_location(&id))];
        call.program = Program::encode(&[Instruction::VerifyProof {
            key: id.0,
            inputs: vec![[1; 32]; 3],
            proof: false_proof(VERIFYING_KEY),
        }])
        .expect("the instruction has an encoding");
        keys.push(index);
    }
    let outcome = run(&call);
    let entries = u64::try_from(outcome.journal.len()).expect("few entries");
    let execute = RuntimeCall::AiPrograms(pallet_ai_programs::Call::execute {
        bytecode: BoundedVec::truncate_from(call.program.clone()),
        gas_limit: outcome.gas_used + entries * CallSchedule::V1.record,
        models: BoundedVec::truncate_from(models),
        verifying_keys: BoundedVec::truncate_from(keys),
        keep_states: false,
    });
    (call, execute)
}

fn origin() -> RuntimeOrigin {
    RuntimeOrigin::signed(alice())
}

fn register(manifest: Vec<u8>) -> ModelIndex {
    ModelRegistry::register(
        origin(),
        BoundedVec::truncate_from(b"model".to_vec()),
        1,
        BoundedVec::truncate_from(manifest),
        Default::default(),
        lattice_primitives::Pricing { royalty: 0 },
        None,
    )
    .expect("the manifest registers");
    0
}

fn store(model: &Model) -> ModelIndex {
    let index = register(model.manifest().encode());
    let blob = model.to_blob();
    let tensors = &blob[model.manifest().encode().encode().len()..];
    let chunk = usize::try_from(CHUNK_BYTES).expect("a chunk fits the memory");
    for (number, bytes) in (0..).zip(tensors.chunks(chunk)) {
        let bytes = BoundedVec::truncate_from(bytes.to_vec());
        ModelRegistry::upload_chunk(origin(), index, number, bytes).expect("the chunk is stored");
    }
    ModelRegistry::finalize(origin(), index).expect("the model is final");
    index
}

fn register_key(model: ModelIndex) -> H256 {
    ModelRegistry::register_key(
        origin(),
        model,
        BoundedVec::truncate_from(VERIFYING_KEY.to_vec()),
        lattice_primitives::Setup::Dev,
        lattice_host::CIRCUIT_VERSION,
        H256::zero(),
        H256::zero(),
    )
    .expect("the key registers");
    <ModelRegistry as ModelStore<AccountId>>::key_id(model).expect("it has a key")
}

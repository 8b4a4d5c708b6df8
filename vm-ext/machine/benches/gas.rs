//! The measurements behind the gas schedule.
//!
//! ```sh
//! cargo bench -p lattice-machine --bench gas            # everything
//! cargo bench -p lattice-machine --bench gas -- CONV    # opcodes with this in their name
//! cargo bench -p lattice-machine --bench gas -- --units # for scripts/fit-gas.py
//! ```
//!
//! Each line is one instruction: the fastest of up to 100 runs, the gas that it
//! was charged (1 gas = 1 ps), and the charge over the time, which must not be
//! less than one. With `--units` each line is a JSON object with the time and how
//! often each constant of the schedule was charged: what `scripts/fit-gas.py` makes
//! the constants of. `LOAD_MODEL` is with the freeing of the model, so `UNLOAD_MODEL`
//! may be less. `VERIFY_PROOF` is without its pairings here; these are in
//! `cargo bench -p lattice-host --bench verify`.

mod cases;
mod units;

use cases::Case;
use lattice_isa::{Gas, GasSchedule, Limits, Opcode};
use lattice_machine::{Machine, ReferenceBackend};
use std::hint::black_box;
use std::time::{Duration, Instant};

const MOST_RUNS: u32 = 100;
const MOST_TIME: Duration = Duration::from_millis(600);

/// The fastest run and its charge.
fn measure(case: &Case) -> (Duration, Gas) {
    let start = Instant::now();
    let mut best = (Duration::MAX, 0);
    for run in 0..MOST_RUNS {
        if run > 5 && start.elapsed() > MOST_TIME {
            break;
        }
        best = best.min(run_once(case, GasSchedule::V1));
    }
    best
}

/// The time of one run and its charge.
fn run_once(case: &Case, schedule: GasSchedule) -> (Duration, Gas) {
    // The sizes at which a unit dominates may lie beyond the limits.
    let limits = Limits {
        memory_bytes: u64::MAX,
        ..Limits::V1
    };
    let mut library = case.library.clone();
    let backend = ReferenceBackend;
    let mut machine = Machine::new(schedule, limits, Gas::MAX, &mut library, &backend);
    for instruction in &case.setup {
        machine
            .execute(instruction)
            .expect("the setup does not trap");
    }
    let before = machine.gas_used();
    let started = Instant::now();
    let result = machine.execute(black_box(&case.instruction));
    let elapsed = started.elapsed();
    result.expect("the instruction does not trap");
    let charged = machine.gas_used() - before;
    // Whoever loads a model pays for its freeing, as not every run unloads.
    let loads = case.instruction.opcode() == Opcode::LoadModel;
    let ending = Instant::now();
    black_box(machine.finish(Ok(())));
    let freeing = if loads {
        ending.elapsed()
    } else {
        Duration::ZERO
    };
    (elapsed + freeing, charged)
}

fn main() {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let with_units = std::env::args().any(|arg| arg == "--units");
    if !with_units {
        println!(
            "{:>12} {:>14} {:>6}  instruction",
            "measured ns", "charged gas", "ratio"
        );
    }
    for case in cases::all() {
        let mnemonic = case.instruction.opcode().mnemonic();
        if !asked.is_empty() && !asked.iter().any(|part| mnemonic.contains(part)) {
            continue;
        }
        let (time, gas) = measure(&case);
        let nanoseconds = time.as_nanos();
        if with_units {
            let counts = units::counts(|schedule| run_once(&case, schedule).1);
            println!(
                r#"{{"opcode":"{mnemonic}","case":"{}","nanoseconds":{nanoseconds},"units":{{{counts}}}}}"#,
                case.name
            );
            continue;
        }
        let ratio = gas as f64 / (nanoseconds as f64 * 1000.0);
        println!(
            "{nanoseconds:>12} {gas:>14} {ratio:>6.2}  {mnemonic} {}",
            case.name
        );
    }
}

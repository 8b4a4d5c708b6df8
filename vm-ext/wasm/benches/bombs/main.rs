//! Searches for code that is slow to compile for what its compilation costs.
//!
//! Half of the candidates are random, half are changes of the worst ones so far.
//! Each is a [`Shape`] of `tests/support/shapes`, printed when it is a new worst,
//! so that it can become one of the known bombs that `programs` measures. Ends with
//! an error if one takes longer than [`lattice_wasm::compilation_gas`] pays for.
//!
//! `LATTICE_BOMB_CANDIDATES` (default 400) and `LATTICE_BOMB_SEED` (default 1) say
//! how many and which.

#[path = "../../tests/support/shapes/mod.rs"]
mod shapes;

use lattice_wasm::{compilation_gas, engine, prepare, CodeError};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use shapes::Shape;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

/// Shapes that are kept to be changed.
const KEPT: usize = 12;

/// A shape with what its compilation takes.
struct Measured {
    shape: Shape,
    prepared_bytes: usize,
    picoseconds: u64,
}

impl Measured {
    /// Time as a part of what is paid for it.
    fn share(&self) -> f64 {
        self.picoseconds as f64 / compilation_gas(self.prepared_bytes as u64) as f64
    }

    fn print(&self, candidate: u64) {
        println!(
            "{candidate:>6}: {:.0} % of the price; {:.2} us per byte, {} bytes; {:?}",
            100.0 * self.share(),
            self.picoseconds as f64 / 1e6 / self.prepared_bytes as f64,
            self.prepared_bytes,
            self.shape
        );
    }
}

/// Least time of some compilations, in picoseconds.
fn time(code: &[u8], times: u32) -> u64 {
    let once = || {
        let start = Instant::now();
        black_box(engine::compile(black_box(code)).expect("it was compiled before"));
        u64::try_from(start.elapsed().as_nanos()).map_or(u64::MAX, |nanos| nanos * 1000)
    };
    (0..times).map(|_| once()).min().unwrap_or(0)
}

/// Prepared code of a shape; `None` if it is over the limits.
fn prepared(shape: &Shape) -> Option<Vec<u8>> {
    let text = format!(
        "(module (memory 1) {} (func (export \"instantiate\")) (func (export \"call\")))",
        shape.items("")
    );
    let code = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}: {shape:?}"));
    match prepare(&code) {
        Ok(prepared) => Some(prepared.code),
        Err(CodeError::TooMany { .. }) => None,
        Err(error) => panic!("{error}: {shape:?}"),
    }
}

/// As [`prepared`], of about as many copies of the function as the limits allow.
fn code(shape: &mut Shape) -> Option<Vec<u8>> {
    let copies = std::mem::replace(&mut shape.copies, 1);
    let single = prepared(shape)?;
    shape.copies = copies;
    while shape.copies > 1 {
        if let Some(code) = prepared(shape) {
            return Some(code);
        }
        shape.copies /= 2;
    }
    Some(single)
}

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a whole number"))
}

fn main() -> ExitCode {
    let candidates = number("LATTICE_BOMB_CANDIDATES", 400);
    let mut rng = StdRng::seed_from_u64(number("LATTICE_BOMB_SEED", 1));
    let mut worst: Vec<Measured> = Vec::new();
    let mut tried = 0;
    while tried < candidates {
        let mut shape = match worst.is_empty() || rng.gen() {
            true => Shape::random(&mut rng, true),
            false => worst[rng.gen_range(0..worst.len())].shape.changed(&mut rng),
        };
        let Some(code) = code(&mut shape) else {
            continue;
        };
        tried += 1;
        let mut measured = Measured {
            shape,
            prepared_bytes: code.len(),
            picoseconds: time(&code, 1),
        };
        let place = |worst: &[Measured], share| worst.partition_point(|one| one.share() > share);
        if place(&worst, measured.share()) >= KEPT {
            continue;
        }
        // It may have been something else on this machine.
        measured.picoseconds = time(&code, 3);
        // One of each family is enough, or the worst one would be all that is changed.
        let relative = worst
            .iter()
            .position(|one| one.shape.seed == measured.shape.seed);
        if let Some(relative) = relative {
            if worst[relative].share() >= measured.share() {
                continue;
            }
            worst.remove(relative);
        }
        let place = place(&worst, measured.share());
        if place == 0 {
            measured.print(tried);
        }
        worst.insert(place, measured);
        worst.truncate(KEPT);
    }
    println!("the worst of {candidates}:");
    for measured in &worst {
        measured.print(tried);
    }
    match worst.first() {
        Some(first) if first.share() > 1.0 => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

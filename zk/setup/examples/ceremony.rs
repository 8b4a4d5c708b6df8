//! A whole ceremony with the time of each step:
//! `cargo run --release -p lattice-setup --example ceremony -- 64,6000,10`.
//!
//! The argument is the widths of a perceptron; 64,6000,10 has a circuit of LeNet-5's size. Phase 1 is
//! made on the spot, by one contributor.

use lattice_circuit::Circuit;
use lattice_setup::{
    phase1::{self, Ptau},
    phase2::{qap::domain_size, state_file, Entry, VerifiedStart},
};
use lattice_tensor::{testing::random_mlp, Range};
use rand::rngs::OsRng;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let argument = std::env::args().nth(1).unwrap_or("64,32,10".into());
    let widths = argument
        .split(',')
        .map(str::parse)
        .collect::<Result<Vec<u32>, _>>()?;
    let model = random_mlp(1, &widths, Range { lo: 0, hi: 16 });
    let circuit = Circuit::build(&model)?;
    let (rows, witnesses) = (circuit.r1cs().constraints(), circuit.r1cs().witnesses());
    let domain = domain_size(circuit.r1cs()).ok_or("larger than any domain")?;
    let power = u8::try_from(domain.trailing_zeros())?;
    println!("{argument}: {rows} rows, {witnesses} witness variables, domain 2^{power}");
    drop(circuit);

    let folder = tempfile::tempdir()?;
    let file = |name: &str| folder.path().join(name);
    let mut clock = Instant::now();
    let mut step = |name: &str| {
        println!("{:>8.2} s  {name}", clock.elapsed().as_secs_f64());
        clock = Instant::now();
    };
    phase1::begin(&file("0.ptau"), power)?;
    let from = Ptau::open(&file("0.ptau"))?;
    phase1::contribute(from, &[], &file("1.ptau"), &mut OsRng, &[])?;
    step("phase 1: one contribution");
    let phase1 = phase1::verify(Ptau::open(&file("1.ptau"))?, &mut OsRng)?;
    step("phase 1: every point and relation checked");
    let start = VerifiedStart::compute(&model, &phase1, folder.path(), &mut OsRng)?;
    step("start computed");
    let start = *start.record();
    let start = VerifiedStart::check(&start, &model, &phase1, folder.path(), &mut OsRng)?;
    step("start checked by another");
    let mut ceremony = start.ceremony([0; 32], 0);
    let path = state_file(folder.path(), 1);
    let contribution = ceremony.contribute(&[1], &path, &mut OsRng, &[])?;
    step("contribution");
    let entry = Entry {
        account: vec![1],
        contribution,
    };
    ceremony.accept(entry, &path, &mut OsRng)?;
    step("contribution checked by another");
    let names = ceremony.write_keys(&file("keys"))?;
    step("keys written");
    println!("verifying key id 0x{}", hex::encode(names.vk_id));
    Ok(())
}

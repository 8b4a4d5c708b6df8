//! Golden vectors: `testdata/<mnemonic>.json`, see `support/golden.rs`.
//!
//! ```sh
//! cargo test -p lattice-machine --test vectors_should -- --ignored   # writes them anew
//! ```

#[path = "support/golden.rs"]
mod golden;
mod support;
#[path = "support/vectors.rs"]
mod vectors;

use golden::{Case, File};
use lattice_isa::Opcode;
use vectors::file;

#[test]
fn agree_with_the_machine() {
    for opcode in Opcode::ALL {
        for case in File::read(*opcode).cases {
            let program = hex::decode(&case.program).expect("vectors are hex");
            let found = golden::run(&program, case.gas_limit, &case.environment);
            assert_eq!(found, case.expected, "{opcode}: {}", case.name);
        }
    }
}

#[test]
fn hold_the_cases_of_this_file_for_every_opcode() {
    for opcode in Opcode::ALL {
        let file = file(*opcode);
        assert!(
            file == File::read(*opcode),
            "{opcode}: the file is not up to date"
        );
        let ran = |case: &Case| case.expected.trap.is_none();
        let name = opcode.mnemonic();
        assert!(file.cases.iter().any(ran), "{name} runs in some case");
        let traps = file.cases.iter().any(|case| !ran(case));
        assert!(traps, "{name} traps in some case");
        for case in &file.cases {
            let told = case.listing.iter().any(|line| line.starts_with(name));
            assert!(told, "{name}: {} is about something else", case.name);
        }
    }
}

#[test]
#[ignore = "writes the files"]
fn be_written_anew() {
    for opcode in Opcode::ALL {
        std::fs::write(File::path(*opcode), file(*opcode).to_text()).expect("writable");
    }
}

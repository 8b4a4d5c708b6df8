//! The compiled programs, as a chain will find them at upload.

use lattice_guest_programs::{DIGIT_LOTTERY, PROOF_GATE, TOUR};
use wasmparser::{ExternalKind, Parser, Payload, Validator, WasmFeatures};

const PROGRAMS: [(&str, &[u8]); 3] = [
    ("digit lottery", DIGIT_LOTTERY),
    ("proof gate", PROOF_GATE),
    ("tour", TOUR),
];

fn payloads(code: &[u8]) -> impl Iterator<Item = Payload<'_>> {
    Parser::new(0)
        .parse_all(code)
        .map(|payload| payload.expect("the compiler writes a module"))
}

#[test]
fn be_small() {
    for (name, code) in PROGRAMS {
        println!("{name}: {} bytes", code.len());
        assert!(code.len() < 64 * 1024, "{name}: {} bytes", code.len());
    }
}

#[test]
fn use_webassembly_1_without_floating_point() {
    let features = WasmFeatures::WASM1.difference(WasmFeatures::FLOATS);
    for (name, code) in PROGRAMS {
        let verdict = Validator::new_with_features(features).validate_all(code);
        assert!(verdict.is_ok(), "{name}: {:?}", verdict.err());
    }
}

#[test]
fn import_functions_of_the_chain_alone() {
    for (name, code) in PROGRAMS {
        let mut functions = Vec::new();
        for payload in payloads(code) {
            if let Payload::ImportSection(imports) = payload {
                for import in imports {
                    let import = import.expect("the compiler writes imports");
                    assert_eq!(import.module, "lattice", "{name}: {}", import.name);
                    functions.push(import.name);
                }
            }
        }
        println!("{name}: {functions:?}");
        assert!(functions.contains(&"revert"), "{name}");
    }
}

#[test]
fn export_their_entries_and_their_memory() {
    for (name, code) in PROGRAMS {
        let mut exports = Vec::new();
        for payload in payloads(code) {
            if let Payload::ExportSection(section) = payload {
                exports.extend(section.into_iter().map(|export| {
                    let export = export.expect("the compiler writes exports");
                    (export.name, export.kind)
                }));
            }
        }
        println!("{name}: {exports:?}");
        for expected in [
            ("memory", ExternalKind::Memory),
            ("instantiate", ExternalKind::Func),
            ("call", ExternalKind::Func),
        ] {
            assert!(exports.contains(&expected), "{name}: {exports:?}");
        }
    }
}

/// The code hash of a program must not depend on where it was compiled.
#[test]
fn name_no_folder_of_this_machine() {
    let home = std::env::var("HOME").expect("there is a home");
    for (name, code) in PROGRAMS {
        for folder in [env!("CARGO_MANIFEST_DIR"), home.as_str()] {
            let found = code
                .windows(folder.len())
                .any(|window| window == folder.as_bytes());
            assert!(!found, "{name} names {folder}");
        }
    }
}

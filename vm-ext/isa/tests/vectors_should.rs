//! Test vectors: programs as listings and as bytes, for other implementations.
//!
//! `tests/vectors.txt` has one case per line, fields apart by ` | `:
//! `ok | hex | instruction; instruction; …` or
//! `error | hex | instruction number | offset | message`.

use lattice_isa::Program;

const VECTORS: &str = include_str!("vectors.txt");

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("vectors are hex"))
        .collect()
}

fn cases(kind: &str) -> Vec<Vec<&'static str>> {
    VECTORS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>())
        .filter(|case| case[0] == kind)
        .collect()
}

#[test]
fn decode_to_their_listings_and_back() {
    let cases = cases("ok");
    assert!(cases.len() >= 12);
    for case in cases {
        let bytes = unhex(case[1]);
        let program = Program::decode(&bytes).unwrap_or_else(|error| panic!("{case:?}: {error}"));
        let listing: Vec<String> = program.iter().map(ToString::to_string).collect();
        assert_eq!(listing.join("; "), case[2]);
        assert_eq!(Program::encode(&program).unwrap(), bytes);
    }
}

#[test]
fn fail_where_and_as_they_say() {
    let cases = cases("error");
    assert!(cases.len() >= 5);
    for case in cases {
        let error = Program::decode(&unhex(case[1])).expect_err(case[1]);
        assert_eq!(error.instruction.to_string(), case[2], "{case:?}");
        assert_eq!(error.offset.to_string(), case[3], "{case:?}");
        assert_eq!(error.fault.to_string(), case[4], "{case:?}");
    }
}

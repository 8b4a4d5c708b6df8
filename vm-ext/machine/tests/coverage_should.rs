//! That no opcode was forgotten anywhere.

#[path = "../benches/cases/mod.rs"]
mod cases;
#[path = "support/golden.rs"]
mod golden;

use lattice_isa::{GasSchedule, Opcode, Program};

#[test]
fn give_every_opcode_a_meaning_a_price_a_doc_line_vectors_and_a_benchmark() {
    let schedule = GasSchedule::V1;
    let cases = cases::all();
    for opcode in Opcode::ALL {
        assert!(opcode.doc().trim().len() > 20, "{opcode} has a doc line");
        assert!(
            schedule.base(*opcode) > schedule.step,
            "{opcode} has a base price"
        );
        assert!(
            cases
                .iter()
                .any(|case| case.instruction.opcode() == *opcode),
            "{opcode} has a benchmark"
        );
        let file = golden::File::read(*opcode);
        // What the instruction was charged where it ran to its end.
        let charges: Vec<u64> = file
            .cases
            .iter()
            .flat_map(|case| {
                let bytes = hex::decode(&case.program).expect("vectors are hex");
                let program = Program::decode(&bytes).expect("vectors are programs");
                let executed = case.expected.executed as usize;
                let ran = program
                    .into_iter()
                    .zip(case.expected.gas.clone())
                    .take(executed);
                ran.filter(|(instruction, _)| instruction.opcode() == *opcode)
                    .map(|(_, gas)| gas)
                    .collect::<Vec<_>>()
            })
            .collect();
        assert!(
            !charges.is_empty(),
            "{opcode} has a vector in which it runs"
        );
        let base = schedule.base(*opcode);
        if GasSchedule::has_work(*opcode) {
            assert!(
                charges.iter().any(|gas| *gas > base),
                "{opcode} has a price for its work"
            );
        } else {
            assert!(
                charges.iter().all(|gas| *gas == base),
                "{opcode} has one price"
            );
        }
    }
}

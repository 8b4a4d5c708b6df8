//! Tests as sentences: `a_code::is_refused_with_floats`.

mod a_call;
mod a_code;
mod a_dry_run;
mod a_program;
mod a_trap;
mod bytecode;
mod direct_inference;
mod history;
mod money;
mod records;
mod the_digit_lottery;
mod the_end_of_a_program;
mod the_proof_gate;
mod weight;

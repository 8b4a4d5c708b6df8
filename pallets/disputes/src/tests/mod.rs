//! Tests as sentences: `a_defence::of_a_false_element_refutes_the_result`.

mod a_choice;
mod a_claim;
mod a_defence;
mod a_reveal;
mod a_whole_dispute;
pub mod fixture;
mod history;
mod reading;
mod silence;

//! Tests as sentences: `a_challenge::of_a_false_result_wins_a_part_of_the_collateral`.

mod a_challenge;
mod a_quote;
mod a_request;
mod a_result;
mod a_sham_challenge;
mod an_attempt;
mod deadlines;
pub mod fixture;
mod history;
mod money;
mod reading;

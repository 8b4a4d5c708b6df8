//! Tests as sentences: `a_commitment::of_another_replica_is_worth_nothing`.

mod a_commitment;
mod a_dispute;
mod a_proof;
mod a_quote;
mod a_request;
mod a_result;
mod deadlines;
pub mod fixture;
mod history;
mod money;
mod reading;
mod the_draw;

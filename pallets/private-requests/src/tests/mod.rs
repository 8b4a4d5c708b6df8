//! Tests as sentences: `a_claim::that_a_receipt_belies_costs_the_provider_a_fine`. Every proof in them is
//! a real one, see [`fixture`].

mod a_claim;
mod a_false_proof;
mod a_private_output;
mod a_receipt;
mod a_request;
mod a_result;
mod an_opening;
mod deadlines;
pub mod fixture;
mod history;
mod money;
mod reading;

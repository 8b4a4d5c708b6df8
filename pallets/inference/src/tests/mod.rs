//! Tests as sentences: `a_false_proof::of_another_request_is_rejected`. Every proof in
//! them is a real one, see [`fixture`].

mod a_batch;
mod a_bill;
mod a_direct_answer;
mod a_false_proof;
mod a_flood;
mod a_party;
mod a_quote;
mod a_request;
mod a_result;
mod an_attempt;
mod an_authorized_result;
mod an_offer;
mod deadlines;
pub mod fixture;
mod history;
mod money;
mod pages;

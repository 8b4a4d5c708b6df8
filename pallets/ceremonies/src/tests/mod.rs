//! Tests as sentences: `a_challenge::of_an_honest_contribution_fails`.

mod a_challenge;
mod a_contribution;
mod a_dispute;
mod a_key;
mod a_start;
mod benchmark_data;
mod closing;
mod genesis;
mod history;
mod reading;

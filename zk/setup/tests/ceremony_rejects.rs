//! Ceremonies refuse planted starts, planted bulk, and transcripts that are not the chain's.

#[path = "ceremony_rejects/contributions.rs"]
mod contributions;
#[path = "ceremony_rejects/starts.rs"]
mod starts;
mod support;

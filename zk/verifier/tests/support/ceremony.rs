//! The first contributions to the small ceremony of [`lattice_verifier::ceremony::testing`].
//! Included by two tests and a benchmark; none uses all of it.
#![allow(dead_code)]

use lattice_tensor::ModelId;
use lattice_verifier::ceremony::testing::{self, contribute, secret, Bulk};
use lattice_verifier::ceremony::{start_transcript, Binding, Contribution, Delta, Start};

pub const GENESIS: [u8; 32] = [7; 32];
pub const CEREMONY: u64 = 3;
pub const ALICE: &[u8] = &[0xa1; 32];
pub const BOB: &[u8] = &[0xb0; 32];

pub fn start() -> Start {
    testing::start(ModelId([5; 32]))
}

pub fn first_binding(account: &[u8]) -> Binding {
    let transcript = start_transcript(&GENESIS, CEREMONY, &start());
    Binding::new(GENESIS, CEREMONY, 0, transcript, account)
}

/// The first contribution and what it was bound to.
pub fn first() -> (Contribution, Binding) {
    let x = secret(2);
    let binding = first_binding(ALICE);
    let state = Bulk::start().after(x).state();
    let contribution = contribute(&Delta::START, &state, x, &binding);
    (contribution, binding)
}

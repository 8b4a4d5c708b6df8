//! What `VERIFY_PROOF` costs where proofs are checked together.
//!
//! A batch's price follows from the number of its proofs and of their keys alone, and each proof
//! is charged its share. Whether some proof is false changes nobody's share: checking each alone
//! after all is an amount of its own, for whoever submitted the batch.
//!
//! The figures beside the constants are from `cargo bench -p lattice-host --bench batch`, as those
//! of [`GasSchedule`] are from theirs.

use crate::{Gas, GasSchedule};

/// The prices of one version of batches. They never change; a change is a new version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSchedule {
    /// The final exponentiation, once for all proofs.
    pub check: Gas,
    /// One key: reading it cold, decoding it, its part of the pairings and its power of e(α, β).
    pub key: Gas,
    /// One proof: decoding it, its coefficient, its part of the pairings.
    pub proof: Gas,
    /// A proof's commitment: decoding it, its challenge, its part of a sum.
    pub commitment: Gas,
    /// What ε adds to a key. Every key is charged for it, so that a share follows from numbers.
    pub key_commitment: Gas,
    /// Checking one decoded proof alone, after the batch as a whole was false; see
    /// [`BatchSchedule::retry`].
    pub retry: Gas,
    /// What a commitment adds to that.
    pub retry_commitment: Gas,
}

impl BatchSchedule {
    /// The schedule of version 1.
    pub const V1: BatchSchedule = BatchSchedule {
        check: 440_000_000,            // 2 to 64 proofs: 0.4 ms
        key: 1_060_000_000,            // 64 proofs under 1, 8 and 16 cold keys: 1.05 ms
        proof: 590_000_000,            // 16 and 64 proofs under one key: 0.54 ms
        commitment: 80_000_000,        // 64 proofs under one key: 0.07 ms, its key included
        key_commitment: 300_000_000, // not measured alone: all of what a commitment adds to one proof
        retry: 1_220_000_000,        // 16 and 64 proofs, one of them false: 1.11 ms
        retry_commitment: 250_000_000, // not measured alone: the same without decoding
    };

    /// What checking one proof alone costs, after the batch as a whole was false.
    pub const fn retry(&self, commitment: bool) -> Gas {
        match commitment {
            true => self.retry.saturating_add(self.retry_commitment),
            false => self.retry,
        }
    }

    /// What one proof of a batch is charged: its own part, and its share of what the batch and its
    /// keys cost, rounded up.
    pub const fn share(&self, proofs: u64, keys: u64) -> Gas {
        let key = self.key.saturating_add(self.key_commitment);
        let shared = self.check.saturating_add(key.saturating_mul(keys));
        let proofs = if proofs == 0 { 1 } else { proofs };
        self.proof.saturating_add(shared.div_ceil(proofs))
    }
}

impl GasSchedule {
    /// These prices, with `VERIFY_PROOF` at its share of a batch of so many proofs under so many
    /// keys. It never costs more than alone: where nearly every proof has a key of its own, nothing
    /// is saved by checking them together, and little is lost.
    pub const fn batched(mut self, batch: &BatchSchedule, proofs: u64, keys: u64) -> Self {
        let share = batch.share(proofs, keys);
        if proofs > 1 && share < self.verify_proof_base {
            self.verify_proof_base = share;
            // Inputs are summed per key, which is priced there.
            self.verify_proof_input = 0;
            self.verify_proof_commitment = batch.commitment;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_costs_no_more_than_its_proofs_alone_and_less_where_they_share_keys() {
        for proofs in 2..=64 {
            for keys in 1..=proofs.min(16) {
                let batched = GasSchedule::V1.batched(&BatchSchedule::V1, proofs, keys);
                for commitment in [false, true] {
                    let alone = GasSchedule::V1.settlement(commitment);
                    let share = batched.settlement(commitment);
                    assert!(share <= alone, "{proofs} under {keys}");
                    if proofs > 2 * keys {
                        assert!(share < alone, "{proofs} under {keys}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_proof_costs_less_the_more_there_are_and_more_the_more_keys_there_are() {
        let share = |proofs, keys| BatchSchedule::V1.share(proofs, keys);
        assert!(share(64, 1) < share(16, 1) && share(16, 1) < share(2, 1));
        assert!(share(64, 1) < share(64, 8) && share(64, 8) < share(64, 16));
    }

    #[test]
    fn one_proof_is_no_batch() {
        assert_eq!(
            GasSchedule::V1.batched(&BatchSchedule::V1, 1, 1),
            GasSchedule::V1
        );
    }
}

//! What serving a model would have to cost, and the terms of an offer.

use lattice_chain_client::constants::{MILLISECS_PER_BLOCK, NEWCOMER_SLOTS};
use lattice_chain_client::{stake, Balance, BlockNumber};

/// Time between two blocks, in seconds.
const BLOCK_SECONDS: f64 = MILLISECS_PER_BLOCK as f64 / 1e3;
/// Blocks between an assignment and its work, and between its work and its settlement.
const TRANSIT_BLOCKS: BlockNumber = 3;
/// Blocks that a requester waits for beside the work: the one that has the request, and the one that has
/// the result.
const LATENCY_BLOCKS: BlockNumber = 2;
/// Seconds of work that a provider should have waiting at most.
const QUEUE_SECONDS: f64 = 30.0;

const NANOSECONDS_PER_HOUR: u128 = 3_600_000_000_000;

/// The lowest price that pays for the machine, in planck:
///
/// `seconds / 3600 · cost_per_hour / (utilisation / 100)`,
///
/// rounded up; `seconds` is how long one inference occupies the machine, and `utilisation` the part of
/// the time, in percent, in which there is work. Nothing else is in it: honest work pays no fees, and
/// what the stake could earn elsewhere is for the provider to add.
pub fn floor(seconds: f64, cost_per_hour: Balance, utilisation: u8) -> Balance {
    // Negative and absurd times are cut off by the conversion.
    let nanoseconds = (seconds * 1e9).ceil() as u128;
    let denominator = NANOSECONDS_PER_HOUR * u128::from(utilisation.clamp(1, 100));
    nanoseconds
        .saturating_mul(cost_per_hour)
        .saturating_mul(100)
        .div_ceil(denominator)
}

/// How long a requester waits for a result, in seconds, where nothing is ahead of it:
///
/// `execution + proof + LATENCY_BLOCKS · 3 s`,
///
/// of which `seconds` is execution and proof together. Both blocks count in full, so mostly it is a little
/// less.
pub fn latency(seconds: f64) -> f64 {
    seconds + f64::from(LATENCY_BLOCKS) * BLOCK_SECONDS
}

/// What to offer and to register with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Assignments at the same time.
    pub capacity: u32,
    /// The shortest deadline to accept, in blocks.
    pub min_deadline: BlockNumber,
    /// What that capacity demands, and beside it the collateral of an assignment in each slot, in planck.
    pub stake: Balance,
}

/// Terms for inferences that take so long each: as many at a time as half a minute has room for, and a
/// deadline by which the last of them is done when all come at once. `price`, in planck, decides how much
/// stake an assignment locks; 0 where it is not known.
pub fn terms(seconds: f64, price: Balance) -> Terms {
    let seconds = seconds.max(1e-6);
    let fitting = (QUEUE_SECONDS / seconds).floor() as u32;
    let capacity = fitting.clamp(1, NEWCOMER_SLOTS);
    let work = f64::from(capacity) * seconds / BLOCK_SECONDS;
    Terms {
        capacity,
        min_deadline: (work.ceil() as BlockNumber).saturating_add(TRANSIT_BLOCKS),
        stake: stake::advised(capacity, stake::collateral(price)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::UNIT;

    #[test]
    fn an_hour_of_a_busy_machine_is_paid_for() {
        assert_eq!(floor(3_600.0, UNIT, 100), UNIT);
        assert_eq!(floor(36.0, UNIT, 100), UNIT / 100);
    }

    #[test]
    fn work_pays_for_the_time_without_work_too() {
        assert_eq!(floor(36.0, UNIT, 50), UNIT / 50);
        assert_eq!(floor(36.0, UNIT, 1), UNIT);
    }

    #[test]
    fn a_part_of_a_planck_is_a_whole_one() {
        assert_eq!(floor(1e-9, 1, 100), 1);
        assert_eq!(floor(0.0, UNIT, 100), 0);
    }

    #[test]
    fn a_result_takes_two_blocks_beside_the_work() {
        assert_eq!(latency(0.0), 6.0);
        assert_eq!(latency(1.5), 7.5);
    }

    #[test]
    fn absurd_numbers_are_cut_off() {
        assert_eq!(floor(-1.0, UNIT, 100), 0);
        assert_eq!(floor(f64::NAN, UNIT, 100), 0);
        assert!(floor(1e300, Balance::MAX, 1) > UNIT);
        // No time of the machine is 0 percent.
        assert_eq!(floor(36.0, UNIT, 0), floor(36.0, UNIT, 1));
    }

    #[test]
    fn a_quick_model_is_served_many_times_at_once() {
        let terms = terms(0.1, UNIT / 2);
        assert_eq!(terms.capacity, 16);
        assert_eq!(terms.min_deadline, 4);
        // Each slot demands 25, and locks 10 and ten times the price.
        assert_eq!(terms.stake, 16 * (25 + 15) * UNIT);
    }

    #[test]
    fn a_slow_model_has_few_slots_and_a_long_deadline() {
        let slow = terms(12.0, 0);
        assert_eq!((slow.capacity, slow.min_deadline), (2, 11));
        assert_eq!(slow.stake, (100 + 2 * 10) * UNIT);
        let slower = terms(90.0, 0);
        assert_eq!((slower.capacity, slower.min_deadline), (1, 33));
    }
}

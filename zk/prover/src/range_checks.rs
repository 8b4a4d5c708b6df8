//! Why range checks are bits and not lookups: an estimate from measured parts.
//!
//! A bit takes a row. What a row costs is mostly its coefficient of `h`, a scalar of full size,
//! and its share of the six transforms; the bit itself is one addition or none in each of the four
//! sums. `cargo bench -p lattice-prover --bench components` gives, per element on two cores (with
//! other work running, so that only the ratios count):
//!
//! | part | time |
//! |---|---|
//! | sum in G1, full scalars | 2.0 µs |
//! | sum in G1, bits | 0.14 µs |
//! | sum in G2, bits | 0.13 µs |
//! | quotient, 2^14 to 2^18 rows | 0.28 to 0.59 µs |
//!
//! so that a bit costs about `2.0 + 0.4 + 3·0.14 + 0.13 = 3.0 µs`.
//!
//! A logarithmic-derivative lookup (LogUp, [2022/1530](https://eprint.iacr.org/2022/1530)) of a digit
//! of eight bits, with one commitment as in gnark's BSB22, takes the digit's place in the commitment
//! and in the sums, and one row with an inverse `1/(β + d)`: besides the row's `h` two scalars of
//! full size, in `A` and in `C`. That is about `3·2.0 + 0.4 + 1.4 = 7.8 µs`, the price of 2.6 bits.
//!
//! A requantized activation of a LeNet-5 (a shift by 9 to 11, clamps 0 and 127) has some 24 rows, of
//! which 16 to 18 are bits of the remainder and the quotient; the flags, the choice and the
//! conditional bits stay what they are. With three lookups (remainders are no whole digits) it
//! would cost `6·3.0 + 3·7.8 = 41 µs` where it costs `24·3.0 = 72 µs` now.
//!
//! So lookups **would make the proof of a LeNet-5 faster, by a factor between 1.5 and 2**, and
//! nothing smaller: below some 10,000 rows the tables' rows and the commitment eat it up. They are
//! not built, because of what the others pay:
//!
//! * the verifier: two more pairings' Miller loops for the commitment's proof of knowledge and one
//!   more point in every public input's sum, on every node and for every proof;
//! * the chain: 192 bytes for 128, a second proof version with a key type, a hash to the field as
//!   part of consensus, and a batch equation of its own;
//! * the ceremony: a trapdoor for the commitment key with its own contribution and checks.
//!
//! The seconds that a lookup argument was meant to save are saved by the arithmetic (see `sums` and
//! `lanes`): a LeNet-5 is proven well within its target with bits.

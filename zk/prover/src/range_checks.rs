//! Range checks by bits and by lookups: which is quicker, in figures.
//!
//! A bit takes a row. What a row costs is mostly its coefficient of `h`, a scalar of full size, and
//! its share of the six transforms; the bit itself is one addition or none in each of the four sums.
//! A [lookup](lattice_circuit::gadgets::lookup) takes a row for up to twelve bits, with an inverse that is
//! of full size in `A` and in `C`; and there is a row per entry of the tables. So a LeNet-5 has 28,118
//! rows instead of 135,816, in a domain of 2^15 instead of 2^18.
//!
//! `cargo bench -p lattice-prover --bench range_checks` proves the same executions both ways, in one
//! run; its figures are in the README. Two thousand checked elements are where the two part:
//! with fewer, tables and commitment eat up most of what the rows save (784-128-10, 922 elements, takes
//! the same time either way); from a LeNet-5 on, a proof takes between a quarter and a half of the time.
//!
//! | model | rows, bits | rows, lookups | domain, bits | domain, lookups |
//! |---|---|---|---|---|
//! | 64-32-10 | 2,015 | 1,775 | 2^11 | 2^11 |
//! | 784-128-10 | 10,297 | 7,590 | 2^14 | 2^13 |
//! | LeNet-5 | 135,816 | 28,118 | 2^18 | 2^15 |
//! | dense 4×1000×1000 | 85,428 | 32,277 | 2^17 | 2^15 |
//!
//! Lookups need a challenge, hence a commitment: 32 bytes more in the proof, a pairing and a public
//! input more for every verifier, a trapdoor more in the ceremony. So a model takes them from
//! [`RangeChecks::MIN_LOOKED_UP`](lattice_circuit::RangeChecks::MIN_LOOKED_UP) checked elements on;
//! smaller ones keep plain Groth16 and its 128 bytes.
//!
//! The keys shrink with the rows, and so do the work of a ceremony and the memory of a prover.

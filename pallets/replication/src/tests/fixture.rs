//! A real model with its key, proofs and traces. The key is made once per test process.

use codec::Encode;
use frame::prelude::H256;
use lattice_host::trace::{Commitment, OutputLink};
use lattice_primitives::ProofBytes;
use lattice_prover::Prover;
use lattice_tensor::{testing, Model, Range, Trace};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use std::sync::{Arc, OnceLock};

/// A model with its keys and a prover for it.
pub struct Served {
    pub model: Arc<Model>,
    pub manifest: Vec<u8>,
    pub verifying_key: Vec<u8>,
    prover: Prover,
}

/// The model of all tests.
pub fn served() -> &'static Served {
    static SERVED: OnceLock<Served> = OnceLock::new();
    SERVED.get_or_init(Served::new)
}

/// What a replica says that it has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub output: Vec<i32>,
    pub trace_root: H256,
}

impl Said {
    /// What is under a root.
    fn of(trace: &Commitment) -> Self {
        Self {
            output: trace.trace().output().to_vec(),
            trace_root: H256(trace.root()),
        }
    }
}

impl Served {
    fn new() -> Self {
        let range = Range { lo: 0, hi: 16 };
        let model = Arc::new(testing::random_mlp(0, &[6, 4, 3], range));
        let circuit = lattice_circuit::Circuit::build(&model).expect("the model has a circuit");
        let mut rng = ChaCha20Rng::seed_from_u64(0);
        let keys = lattice_setup::dev_setup(&circuit, &mut rng).expect("the circuit has keys");
        Self {
            manifest: model.manifest().encode(),
            verifying_key: keys.verifying_key,
            prover: Prover::new(model.clone(), keys.proving_key).expect("the keys fit the model"),
            model,
        }
    }

    /// An admissible input.
    pub fn input(&self) -> Vec<i8> {
        testing::random_input(11, &self.model)
            .into_iter()
            .map(|x| i8::try_from(x).expect("inputs are i8"))
            .collect()
    }

    fn run(&self) -> Trace {
        let input: Vec<i32> = self.input().iter().map(|x| i32::from(*x)).collect();
        lattice_tensor::trace(&self.model, &input).expect("the input is admissible")
    }

    fn commit(&self, trace: Trace) -> Commitment {
        Commitment::new(&self.model, trace).expect("the trace is the model's")
    }

    /// The honest trace.
    pub fn honest(&self) -> Commitment {
        self.commit(self.run())
    }

    /// A trace whose output is off by this much, and else the honest one.
    pub fn off_by(&self, error: i32) -> Commitment {
        let mut trace = self.run();
        let output = trace.values.last_mut().expect("there is an operator");
        output[0] = output[0].wrapping_add(error);
        self.commit(trace)
    }

    /// The honest result.
    pub fn right(&self) -> Said {
        Said::of(&self.honest())
    }

    /// A false result, with its own trace; other ones for other errors.
    pub fn wrong(&self, error: i32) -> Said {
        Said::of(&self.off_by(error))
    }

    /// The honest output over the root of a trace that is not honest.
    pub fn right_over_a_false_trace(&self) -> Said {
        let mut trace = self.run();
        trace.values[1][0] = trace.values[1][0].wrapping_add(1);
        Said::of(&self.commit(trace))
    }

    /// A false output beside the honest root.
    pub fn wrong_beside_the_honest_root(&self) -> Said {
        Said {
            output: self.wrong(1).output,
            ..self.right()
        }
    }

    /// The hashes from the honest output to the honest root.
    pub fn link(&self) -> OutputLink {
        self.honest().output_link()
    }

    /// A proof of the honest output under a context.
    pub fn prove(&self, context: &[u8; 32]) -> ProofBytes {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let proof = self
            .prover
            .prove(&self.run(), context, &[0; 32], &[0; 32], &mut rng)
            .expect("every trace has a proof");
        ProofBytes::try_from(&proof.bytes[..]).expect("it has a proof's length")
    }
}

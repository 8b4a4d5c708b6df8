//! A real model with its key, proofs and traces. The key is made once per test process.

use frame::prelude::H256;
use lattice_host::trace::{Commitment, OutputLink};
use lattice_primitives::ProofBytes;
use lattice_tensor::Trace;
use std::ops::Deref;
use std::sync::OnceLock;

/// A model with its key and a prover, and what may be said of one input.
pub struct Served(lattice_testing::Served);

impl Deref for Served {
    type Target = lattice_testing::Served;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The model of all tests.
pub fn served() -> &'static Served {
    static SERVED: OnceLock<Served> = OnceLock::new();
    SERVED.get_or_init(|| Served(lattice_testing::Served::new(0, 0)))
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
    /// The input of every request.
    pub fn input(&self) -> Vec<i8> {
        self.0.input(11)
    }

    fn run(&self) -> Trace {
        self.0.trace(&self.input())
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
    pub fn prove(&self, context: &H256) -> ProofBytes {
        self.0.prove(&self.input(), context).1
    }
}

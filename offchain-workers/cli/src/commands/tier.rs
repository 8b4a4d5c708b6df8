//! Which evidence a request demands, as arguments.

use clap::{Args, ValueEnum};
use lattice_chain_client::{format_balance, parse_balance, Balance, BlockNumber, Verification};

/// The evidence on which to settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Evidence {
    /// A proof under a key of any setup that the chain accepts.
    Proven,
    /// A proof under a key that came from a ceremony.
    ProvenByCeremony,
    /// The chain runs the model itself, at once; its weights must be on the chain.
    Direct,
    /// Providers that the chain draws by lot, of which enough must come to equal results.
    Replicated,
    /// A provider's result, unless it is challenged and cannot be defended.
    Optimistic,
}

/// A tier of trust and its numbers.
#[derive(Clone, Debug, Args)]
pub struct TierArgs {
    /// Evidence to demand.
    #[arg(long, value_enum, default_value_t = Evidence::Proven)]
    pub verification: Evidence,
    /// With replicated: providers that run the model.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub replicas: u8,
    /// With replicated: equal results that settle, more than half of the replicas.
    #[arg(long, value_name = "K", default_value_t = 2)]
    pub quorum: u8,
    /// With optimistic: blocks in which the result may be challenged.
    #[arg(long, value_name = "BLOCKS", default_value_t = 100)]
    pub window: BlockNumber,
    /// With optimistic: what the provider, or a challenger, loses if it is wrong, in LAT.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance, default_value = "50")]
    pub bond: Balance,
}

impl TierArgs {
    /// As the chain takes it.
    pub fn verification(&self) -> Verification {
        match self.verification {
            Evidence::Proven => Verification::Proven,
            Evidence::ProvenByCeremony => Verification::ProvenByCeremony,
            Evidence::Direct => Verification::Direct,
            Evidence::Replicated => Verification::Replicated {
                n: self.replicas,
                k: self.quorum,
            },
            Evidence::Optimistic => Verification::Optimistic {
                window: self.window,
                bond: self.bond,
            },
        }
    }

    /// Blocks that the tier may take after the deadline, if nothing is disputed.
    pub fn afterwards(&self) -> BlockNumber {
        match self.verification {
            Evidence::Proven | Evidence::ProvenByCeremony | Evidence::Direct => 0,
            // The next block draws the replicas; then they have some blocks to reveal.
            Evidence::Replicated => 100,
            Evidence::Optimistic => self.window,
        }
    }
}

/// A tier in words, with its numbers.
pub fn name(verification: &Verification) -> String {
    match verification {
        Verification::Proven => "proven".into(),
        Verification::ProvenByCeremony => "proven, under a key from a ceremony".into(),
        Verification::Direct => "direct, run by the chain".into(),
        Verification::Replicated { n, k } => {
            format!("replicated, {k} equal results of {n} settle")
        }
        Verification::Optimistic { window, bond } => format!(
            "optimistic, may be challenged for {window} blocks with a bond of {}",
            format_balance(*bond)
        ),
    }
}

/// Whether such a request may go to another provider if one fails.
pub const fn fails_over(verification: &Verification) -> bool {
    match verification {
        Verification::Proven | Verification::ProvenByCeremony | Verification::Optimistic { .. } => {
            true
        }
        Verification::Direct | Verification::Replicated { .. } => false,
    }
}

/// Whether such a request is settled on a proof.
pub const fn is_proven(verification: &Verification) -> bool {
    match verification {
        Verification::Proven | Verification::ProvenByCeremony => true,
        Verification::Direct
        | Verification::Replicated { .. }
        | Verification::Optimistic { .. } => false,
    }
}

//! Errors that have an exit code of their own.

use thiserror::Error;

/// A failure that scripts want to tell from others.
#[derive(Debug, Error)]
pub enum Failure {
    /// Nobody to sign.
    #[error("say who signs: --key-file FILE (or LATTICE_KEY_FILE), or --dev-seed //Alice on a development chain")]
    NoSigner,
    /// The thing is not there.
    #[error("{what} does not exist; {hint}")]
    NotFound { what: String, hint: &'static str },
    /// The evidence does not hold.
    #[error("{0}")]
    Evidence(String),
    /// The chain would refuse a call before anything runs.
    #[error("the chain refuses: {0}")]
    Refused(String),
    /// A program of the virtual machine stopped before its end.
    #[error("{0}")]
    Trapped(String),
}

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const NOT_FOUND: u8 = 3;
const EVIDENCE: u8 = 4;
const UNREACHABLE: u8 = 5;
const TRAPPED: u8 = 6;
const OUT_OF_SIGHT: u8 = 7;

/// The exit code of an error, as `lattice --help` lists them.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    for cause in error.chain() {
        match cause.downcast_ref::<Failure>() {
            Some(Failure::NoSigner) => return USAGE,
            Some(Failure::NotFound { .. }) => return NOT_FOUND,
            Some(Failure::Evidence(_)) => return EVIDENCE,
            Some(Failure::Trapped(_)) => return TRAPPED,
            Some(Failure::Refused(_)) => return FAILED,
            None => {}
        }
        if let Some(error) = cause.downcast_ref::<lattice_chain_client::Error>() {
            if matches!(error, lattice_chain_client::Error::OutOfSight { .. }) {
                return OUT_OF_SIGHT;
            }
            if error.is_transient() {
                return UNREACHABLE;
            }
        }
    }
    FAILED
}

/// Whether an error only means that the node is away.
pub fn is_transient(error: &anyhow::Error) -> bool {
    let mut causes = error.chain();
    causes.any(|cause| {
        cause
            .downcast_ref::<lattice_chain_client::Error>()
            .is_some_and(lattice_chain_client::Error::is_transient)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_tell_failures_apart() {
        let missing = Failure::NotFound {
            what: "request 7".into(),
            hint: "",
        };
        assert_eq!(exit_code(&anyhow::Error::from(missing)), NOT_FOUND);
        let unproven =
            anyhow::Error::from(Failure::Evidence("no".into())).context("while verifying");
        assert_eq!(exit_code(&unproven), EVIDENCE);
        assert_eq!(exit_code(&anyhow::anyhow!("other")), FAILED);
        let trap = Failure::Trapped("out of gas".into());
        assert_eq!(exit_code(&anyhow::Error::from(trap)), TRAPPED);
        let lost = lattice_chain_client::Error::Connect {
            url: "ws://127.0.0.1:1".into(),
            reason: "refused".into(),
        };
        assert_eq!(exit_code(&anyhow::Error::from(lost)), UNREACHABLE);
        // Whoever repeats such a call may pay twice; a node that was not reached has done nothing.
        let handed_in = lattice_chain_client::Error::OutOfSight {
            hash: lattice_chain_client::H256::zero(),
            reason: "reset".into(),
        };
        assert_eq!(exit_code(&anyhow::Error::from(handed_in)), OUT_OF_SIGHT);
    }
}

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
            if error.is_transient() {
                return UNREACHABLE;
            }
        }
    }
    FAILED
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
    }
}

//! What is said when a question cannot be answered.

use super::json::{RequestError, SelectionError};
use jsonrpsee::types::{error::INVALID_PARAMS_CODE, ErrorObjectOwned};
use lattice_primitives::{api::MAX_PAGE, Ineligible, ModelIndex, QuoteError, Verification};
use lattice_runtime::{AccountId, BlockNumber, Hash};
use sp_core::crypto::Ss58Codec;

/// Code of [`Error::Runtime`].
pub const RUNTIME_ERROR: i32 = 9_001;
/// Code of [`Error::UnknownBlock`].
pub const UNKNOWN_BLOCK: i32 = 9_002;
/// Code of [`Error::NoQuote`]; its `data` is the name of the reason.
pub const NO_QUOTE: i32 = 9_003;

/// Why a `lattice_*` method has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A page of no rows, or of more than the chain hands out at once.
    #[error("`limit` is {0}; a page has 1 to {MAX_PAGE} rows")]
    Limit(u32),
    /// Something to try that cannot be read.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A selection that cannot be meant.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// The block is not in this node's database.
    #[error("`at` names block {0:?}, which this node does not know")]
    UnknownBlock(Hash),
    /// The runtime could not be asked.
    #[error("the runtime at block {at:?} did not answer: {cause}")]
    Runtime { at: Hash, cause: String },
    /// No request could be made on these terms.
    #[error("{}", no_quote(.model, .deadline, .verification, .reason, .ineligible))]
    NoQuote {
        model: ModelIndex,
        deadline: BlockNumber,
        verification: Verification,
        reason: QuoteError,
        /// The providers with an offer that are not eligible, where no others, or too few, are.
        ineligible: Vec<(AccountId, Ineligible)>,
    },
}

fn no_quote(
    model: &ModelIndex,
    deadline: &BlockNumber,
    verification: &Verification,
    reason: &QuoteError,
    ineligible: &[(AccountId, Ineligible)],
) -> String {
    match reason {
        QuoteError::UnknownModel => format!("no model has index {model}"),
        QuoteError::ModelDeprecated => {
            format!("model {model} is deprecated and takes no new requests")
        }
        QuoteError::NoVerifyingKey => format!("model {model} has no verifying key yet"),
        QuoteError::SetupNotAccepted => format!(
            "the verifying key of model {model} does not come from the setup that {verification:?} demands"
        ),
        QuoteError::InvalidDeadline => {
            format!("a deadline of {deadline} blocks is zero or longer than the chain takes")
        }
        QuoteError::InvalidTier => {
            format!("the chain takes no request of model {model} with {verification:?}: numbers out of range")
        }
        QuoteError::NotDisputable => format!(
            "model {model} cannot be disputed: one element of an operator takes too many bytes to check"
        ),
        QuoteError::TooFewProviders => format!(
            "fewer providers can serve model {model} within {deadline} blocks than {verification:?} wants{}",
            why(ineligible)
        ),
        QuoteError::ReplicasNotNamed => format!(
            "replicas of model {model} are drawn by lot: `selection` may exclude providers, and not name or prefer one"
        ),
        QuoteError::NoProvider if ineligible.is_empty() => {
            format!("no provider offers model {model}")
        }
        QuoteError::NoProvider => format!(
            "no provider can serve model {model} within {deadline} blocks now{}",
            why(ineligible)
        ),
    }
}

/// The reasons of providers that are not eligible, after what follows from them.
fn why(ineligible: &[(AccountId, Ineligible)]) -> String {
    let reasons: Vec<String> = ineligible
        .iter()
        .map(|(provider, reason)| format!("{} {reason}", provider.to_ss58check()))
        .collect();
    match reasons.is_empty() {
        true => String::new(),
        false => format!(": {}", reasons.join("; ")),
    }
}

impl From<Error> for ErrorObjectOwned {
    fn from(error: Error) -> Self {
        let (code, data) = match &error {
            Error::Limit(_) | Error::Request(_) | Error::Selection(_) => {
                (INVALID_PARAMS_CODE, None)
            }
            Error::UnknownBlock(_) => (UNKNOWN_BLOCK, None),
            Error::Runtime { .. } => (RUNTIME_ERROR, None),
            Error::NoQuote { reason, .. } => (NO_QUOTE, Some(*reason)),
        };
        ErrorObjectOwned::owned(code, error.to_string(), data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_quote_for(reason: QuoteError) -> ErrorObjectOwned {
        Error::NoQuote {
            model: 7,
            deadline: 20,
            verification: Verification::ProvenByCeremony,
            reason,
            ineligible: Vec::new(),
        }
        .into()
    }

    #[test]
    fn every_refused_quote_names_the_model_and_the_reason() {
        for reason in [
            QuoteError::UnknownModel,
            QuoteError::ModelDeprecated,
            QuoteError::NoVerifyingKey,
            QuoteError::SetupNotAccepted,
            QuoteError::NoProvider,
            QuoteError::InvalidDeadline,
            QuoteError::InvalidTier,
            QuoteError::NotDisputable,
            QuoteError::TooFewProviders,
            QuoteError::ReplicasNotNamed,
        ] {
            let error = no_quote_for(reason);
            assert_eq!(error.code(), NO_QUOTE);
            let message = error.message();
            assert!(message.contains('7') || message.contains("20"), "{message}");
            assert_eq!(
                error.data().map(|data| data.get().to_owned()),
                Some(format!("\"{reason:?}\""))
            );
        }
    }

    #[test]
    fn a_quote_that_nobody_would_serve_says_why_of_each_provider() {
        let provider = AccountId::new([1; 32]);
        for why_none in [QuoteError::NoProvider, QuoteError::TooFewProviders] {
            for reason in Ineligible::ALL {
                let error = Error::NoQuote {
                    model: 7,
                    deadline: 20,
                    verification: Verification::Proven,
                    reason: why_none,
                    ineligible: vec![(provider.clone(), reason)],
                };
                let said = format!(": {} {reason}", provider.to_ss58check());
                assert!(error.to_string().ends_with(&said), "{error}");
            }
        }
    }

    #[test]
    fn a_request_that_cannot_be_read_is_an_invalid_parameter() {
        let unknown = RequestError::Unknown {
            kind: "call".to_owned(),
            field: "gas".to_owned(),
        };
        let error: ErrorObjectOwned = Error::from(unknown).into();
        assert_eq!(error.code(), INVALID_PARAMS_CODE);
        assert_eq!(error.message(), "`request.call` has no field `gas`");
    }

    #[test]
    fn a_page_out_of_bounds_is_an_invalid_parameter() {
        let error: ErrorObjectOwned = Error::Limit(1_000).into();
        assert_eq!(error.code(), INVALID_PARAMS_CODE);
        assert_eq!(error.message(), "`limit` is 1000; a page has 1 to 100 rows");
    }
}

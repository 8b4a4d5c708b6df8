//! What is said when a question cannot be answered.

use super::json::RequestError;
use jsonrpsee::types::{error::INVALID_PARAMS_CODE, ErrorObjectOwned};
use lattice_primitives::{api::MAX_PAGE, ModelIndex, QuoteError, Verification};
use lattice_runtime::{BlockNumber, Hash};

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
    /// The block is not in this node's database.
    #[error("`at` names block {0:?}, which this node does not know")]
    UnknownBlock(Hash),
    /// The runtime could not be asked.
    #[error("the runtime at block {at:?} did not answer: {cause}")]
    Runtime { at: Hash, cause: String },
    /// No request could be made on these terms.
    #[error("{}", no_quote(.model, .deadline, .verification, .reason))]
    NoQuote {
        model: ModelIndex,
        deadline: BlockNumber,
        verification: Verification,
        reason: QuoteError,
    },
}

fn no_quote(
    model: &ModelIndex,
    deadline: &BlockNumber,
    verification: &Verification,
    reason: &QuoteError,
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
        QuoteError::NoProvider => format!(
            "no provider can serve model {model} within {deadline} blocks now: each is paused, busy, \
             short of stake, or asks for a longer deadline"
        ),
    }
}

impl From<Error> for ErrorObjectOwned {
    fn from(error: Error) -> Self {
        let (code, data) = match &error {
            Error::Limit(_) | Error::Request(_) => (INVALID_PARAMS_CODE, None),
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
        ] {
            let error = no_quote_for(reason);
            assert_eq!(error.code(), NO_QUOTE);
            assert!(error.message().contains('7'), "{}", error.message());
            assert_eq!(
                error.data().map(|data| data.get().to_owned()),
                Some(format!("\"{reason:?}\""))
            );
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

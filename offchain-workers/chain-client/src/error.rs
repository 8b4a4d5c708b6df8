//! What can go wrong between a client and the chain.

use crate::{submit::MORTALITY, NotAuthorized, QuoteError, SignerError, H256};
use std::{fmt, time::Duration};
use subxt::{
    error::{BackendError, DispatchError, ExtrinsicError, RpcError, TransactionEventsError},
    rpcs, ArcMetadata,
};

/// The result of everything that talks to the chain.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a read, a submission or an extrinsic failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot connect to {url}: {reason}")]
    Connect { url: String, reason: String },
    #[error("`{0}` is not a ws:// or wss:// URL")]
    NotAWebSocketUrl(String),
    #[error("the connection to the node was lost ({0})")]
    Disconnected(String),
    #[error("the node gave no answer to {method} within {} s", .patience.as_secs())]
    NoAnswer { method: String, patience: Duration },
    #[error("another chain answers now: its genesis is {found:?}, was {expected:?}")]
    OtherChain { expected: H256, found: H256 },
    #[error("the node refused {method}: {message} (code {code})")]
    Refused {
        method: String,
        code: i32,
        message: String,
    },
    #[error("the chain's runtime differs from the one that this client was built for: {0}")]
    IncompatibleRuntime(String),
    #[error("cannot decode {what}: {reason}")]
    Decode { what: String, reason: String },
    #[error("no block {0} on this chain")]
    UnknownBlock(String),
    #[error("no quote: {}", quote_refusal(.0))]
    Quote(QuoteError),
    #[error("the transaction pool refused the extrinsic: {0}")]
    Pool(PoolRejection),
    #[error(
        "lost sight of extrinsic {hash:?}: {reason}; it may be in a block, or come into one of the next \
         {MORTALITY}: look at what the account has on chain before you repeat it"
    )]
    OutOfSight { hash: H256, reason: String },
    #[error("extrinsic {hash:?} was not included: {reason}")]
    NotIncluded { hash: H256, reason: String },
    #[error("{0}")]
    Dispatch(DispatchFailure),
    #[error(transparent)]
    Signer(#[from] SignerError),
    #[error("{0}")]
    Subxt(Box<subxt::Error>),
}

impl Error {
    /// The dispatch error, when the extrinsic was included and failed.
    pub fn dispatch(&self) -> Option<&DispatchFailure> {
        match self {
            Error::Dispatch(failure) => Some(failure),
            _ => None,
        }
    }

    /// What the pool said, when it refused the extrinsic.
    pub fn pool(&self) -> Option<&PoolRejection> {
        match self {
            Error::Pool(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether the answer is missing only because the node could not be reached.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Error::Connect { .. }
                | Error::Disconnected(_)
                | Error::NoAnswer { .. }
                | Error::OutOfSight { .. }
        )
    }

    /// Whether going on with this client is pointless.
    pub fn is_fatal(&self) -> bool {
        matches!(
            self,
            Error::OtherChain { .. } | Error::IncompatibleRuntime(_)
        )
    }

    pub(crate) fn of_rpc(method: &str, error: rpcs::Error) -> Self {
        match error {
            rpcs::Error::DisconnectedWillReconnect(_) => {
                Error::Disconnected("it is being made again".to_owned())
            }
            rpcs::Error::User(user) => Error::Refused {
                method: method.to_owned(),
                code: user.code,
                message: with_detail(&user),
            },
            rpcs::Error::Client(error) => Error::Disconnected(error.to_string()),
            other => Error::Decode {
                what: format!("the answer to {method}"),
                reason: other.to_string(),
            },
        }
    }
}

/// What the pool said when it refused an extrinsic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolRejection {
    /// JSON-RPC error code of the node's `author` API.
    pub code: i32,
    pub message: String,
    pub detail: Option<String>,
}

impl PoolRejection {
    /// These very bytes are in the pool already.
    pub fn is_already_imported(&self) -> bool {
        self.code == 1013
    }

    /// The nonce was used by an included extrinsic, or what an authorized call is about is over.
    pub fn is_stale(&self) -> bool {
        self.code == 1010 && self.mentions("outdated")
    }

    /// The nonce, or what an authorized call is about, belongs to another extrinsic that waits in the
    /// pool.
    pub fn is_nonce_taken(&self) -> bool {
        self.code == 1014
    }

    /// Why an authorized call is not taken, where the chain has a number for it.
    pub fn not_authorized(&self) -> Option<NotAuthorized> {
        let detail = self.detail.as_deref().filter(|_| self.code == 1010)?;
        let code = detail.strip_prefix("Custom error: ")?.parse().ok()?;
        NotAuthorized::of_code(code)
    }

    /// The extrinsic was included, or found invalid, a moment ago; the pool
    /// takes it again after half an hour at most.
    pub fn is_banned(&self) -> bool {
        self.code == 1012
    }

    /// The extrinsic lived only for some blocks and these are over.
    pub fn is_expired(&self) -> bool {
        self.code == 1010 && self.mentions("ancient birth block")
    }

    /// The account cannot pay the fee.
    pub fn is_unfunded(&self) -> bool {
        self.code == 1010 && self.mentions("pay some fees")
    }

    fn mentions(&self, text: &str) -> bool {
        self.detail.as_deref().is_some_and(|d| d.contains(text))
    }
}

impl fmt::Display for PoolRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.detail {
            Some(detail) => write!(f, "{}: {detail} (code {})", self.message, self.code)?,
            None => write!(f, "{} (code {})", self.message, self.code)?,
        }
        match self.not_authorized() {
            Some(reason) => write!(f, ", which is {reason:?}"),
            None => Ok(()),
        }
    }
}

/// An error that the runtime returned from an included extrinsic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchFailure {
    /// Name of the pallet, or `Runtime` for errors that belong to none.
    pub pallet: String,
    /// Name of the error.
    pub error: String,
    /// The runtime's own description of it.
    pub documentation: String,
}

impl DispatchFailure {
    /// Whether it is this error of this pallet.
    pub fn is(&self, pallet: &str, error: &str) -> bool {
        self.pallet == pallet && self.error == error
    }

    /// Reads a dispatch error in SCALE, with the names that the chain gives it.
    pub(crate) fn decode(bytes: &[u8], metadata: ArcMetadata) -> Result<Self> {
        match DispatchError::decode_from(bytes, metadata) {
            Ok(error) => Ok(error.into()),
            Err(error) => Err(Error::Decode {
                what: "a dispatch error".to_owned(),
                reason: error.to_string(),
            }),
        }
    }
}

impl fmt::Display for DispatchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.pallet, self.error)?;
        if !self.documentation.is_empty() {
            write!(f, ": {}", self.documentation)?;
        }
        Ok(())
    }
}

impl From<DispatchError> for DispatchFailure {
    fn from(error: DispatchError) -> Self {
        if let DispatchError::Module(module) = &error {
            if let Ok(details) = module.details() {
                return DispatchFailure {
                    pallet: details.pallet.name().to_owned(),
                    error: details.variant.name.clone(),
                    documentation: details.variant.docs.join(" ").trim().to_owned(),
                };
            }
        }
        DispatchFailure {
            pallet: "Runtime".to_owned(),
            error: match &error {
                DispatchError::Token(token) => format!("Token({token:?})"),
                DispatchError::Arithmetic(arithmetic) => format!("Arithmetic({arithmetic:?})"),
                other => format!("{other:?}"),
            },
            documentation: error.to_string(),
        }
    }
}

impl From<subxt::Error> for Error {
    fn from(error: subxt::Error) -> Self {
        if error.is_disconnected_will_reconnect() {
            return Error::Disconnected("it is being made again".to_owned());
        }
        match error {
            subxt::Error::ExtrinsicError(
                e @ (ExtrinsicError::IncompatibleCodegen
                | ExtrinsicError::PalletNameNotFound(_)
                | ExtrinsicError::CallNameNotFound { .. }
                | ExtrinsicError::EncodeError(_)),
            ) => Error::IncompatibleRuntime(e.to_string()),
            subxt::Error::ExtrinsicError(ExtrinsicError::ErrorSubmittingTransaction(
                BackendError::Rpc(RpcError::ClientError(error)),
            )) => match error {
                rpcs::Error::User(user) => Error::Pool(PoolRejection {
                    code: user.code,
                    detail: detail(&user),
                    message: user.message,
                }),
                other => Error::of_rpc("author_submitAndWatchExtrinsic", other),
            },
            subxt::Error::TransactionEventsError(TransactionEventsError::ExtrinsicFailed(
                dispatch,
            )) => Error::Dispatch(dispatch.into()),
            other => Error::Subxt(Box::new(other)),
        }
    }
}

macro_rules! through_subxt_error {
    ($($part:ident),+ $(,)?) => {$(
        impl From<subxt::error::$part> for Error {
            fn from(error: subxt::error::$part) -> Self {
                subxt::Error::from(error).into()
            }
        }
    )+};
}

through_subxt_error!(
    BackendError,
    ConstantError,
    EventsError,
    ExtrinsicError,
    OnlineClientAtBlockError,
    OnlineClientError,
    StorageError,
    StorageKeyError,
    StorageValueError,
    TransactionEventsError,
    TransactionProgressError,
);

/// The `data` of a JSON-RPC error as text.
fn detail(user: &rpcs::UserError) -> Option<String> {
    let raw = user.data.as_ref()?.get();
    Some(serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned()))
}

fn with_detail(user: &rpcs::UserError) -> String {
    match detail(user) {
        Some(detail) => format!("{}: {detail}", user.message),
        None => user.message.clone(),
    }
}

fn quote_refusal(refusal: &QuoteError) -> &'static str {
    match refusal {
        QuoteError::UnknownModel => "no such model",
        QuoteError::ModelDeprecated => "the model is deprecated",
        QuoteError::NoVerifyingKey => "the model has no verifying key yet",
        QuoteError::SetupNotAccepted => {
            "the model's key does not come from the kind of setup that was demanded"
        }
        QuoteError::NoProvider => "no provider that offers the model is eligible now",
        QuoteError::InvalidDeadline => "the deadline is zero or longer than the chain takes",
        QuoteError::InvalidTier => {
            "the chain does not take these numbers of replicas and quorum, or window and bond"
        }
        QuoteError::NotDisputable => {
            "an operator of the model takes too many bytes to check one element of it on chain"
        }
        QuoteError::ReplicasNotNamed => {
            "replicas are drawn by lot: providers may be excluded, and not named or preferred"
        }
        QuoteError::TooFewProviders => "fewer providers are eligible than are to run the model",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(code: i32, message: &str, data: Option<&str>) -> rpcs::UserError {
        rpcs::UserError {
            code,
            message: message.to_owned(),
            data: data.map(|d| {
                serde_json::value::RawValue::from_string(format!("\"{d}\"")).expect("a JSON string")
            }),
        }
    }

    fn refused_by_the_pool(user: rpcs::UserError) -> PoolRejection {
        let error = ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(
            RpcError::ClientError(rpcs::Error::User(user)),
        ));
        match Error::from(error) {
            Error::Pool(rejection) => rejection,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_stale_nonce_is_told_from_missing_funds() {
        let stale = refused_by_the_pool(user(
            1010,
            "Invalid Transaction",
            Some("Transaction is outdated"),
        ));
        assert!(stale.is_stale() && !stale.is_unfunded());
        assert_eq!(
            stale.to_string(),
            "Invalid Transaction: Transaction is outdated (code 1010)"
        );
        let poor = refused_by_the_pool(user(
            1010,
            "Invalid Transaction",
            Some("Inability to pay some fees (e.g. account balance too low)"),
        ));
        assert!(poor.is_unfunded() && !poor.is_stale());
    }

    #[test]
    fn the_chains_own_numbers_are_read() {
        let code = NotAuthorized::FreeTryUsed.code();
        let detail = format!("Custom error: {code}");
        let used = refused_by_the_pool(user(1010, "Invalid Transaction", Some(&detail)));
        assert_eq!(used.not_authorized(), Some(NotAuthorized::FreeTryUsed));
        assert_eq!(
            used.to_string(),
            "Invalid Transaction: Custom error: 10 (code 1010), which is FreeTryUsed"
        );
        assert!(!used.is_stale());
        for other in [
            "Custom error: 200",
            "Custom error: x",
            "Transaction is outdated",
        ] {
            let other = refused_by_the_pool(user(1010, "Invalid Transaction", Some(other)));
            assert_eq!(other.not_authorized(), None);
        }
    }

    #[test]
    fn an_extrinsic_that_waits_already_is_recognised() {
        assert!(refused_by_the_pool(user(1013, "Already Imported", None)).is_already_imported());
        assert!(refused_by_the_pool(user(1014, "Priority is too low", None)).is_nonce_taken());
    }

    #[test]
    fn a_lost_connection_is_transient_and_another_chain_is_fatal() {
        let lost = Error::of_rpc(
            "state_call",
            rpcs::Error::DisconnectedWillReconnect("reset".to_owned()),
        );
        assert!(lost.is_transient() && !lost.is_fatal());
        let other = Error::OtherChain {
            expected: H256::zero(),
            found: H256::repeat_byte(1),
        };
        assert!(other.is_fatal() && !other.is_transient());
    }

    #[test]
    fn a_dispatch_failure_reads_as_pallet_error_and_text() {
        let failure = DispatchFailure {
            pallet: "Inference".to_owned(),
            error: "ContextMismatch".to_owned(),
            documentation: "The context belongs to another fork.".to_owned(),
        };
        assert!(failure.is("Inference", "ContextMismatch"));
        assert_eq!(
            failure.to_string(),
            "Inference.ContextMismatch: The context belongs to another fork."
        );
    }
}

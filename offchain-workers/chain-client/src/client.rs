//! The connection to a node.

use crate::{submit::Moment, AccountId, Block, Config, Error, Result, View, H256};
use futures::TryFutureExt;
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use subxt::{
    backend::LegacyBackend,
    client::{OnlineClient, OnlineClientAtBlock},
    config::{Header, RpcConfigFor},
    rpcs::{
        client::{
            reconnecting_rpc_client::ExponentialBackoff, ReconnectingRpcClient, RpcClient,
            RpcParams,
        },
        methods::legacy::LegacyRpcMethods,
    },
};

/// How long [`Client::connect`] waits for a node to answer.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long an answer may take, a reconnection included.
const REQUEST_PATIENCE: Duration = Duration::from_secs(60);
/// Longest pause between two attempts to reconnect.
const MAX_RECONNECT_PAUSE: Duration = Duration::from_secs(2);

/// A connection to a node, cheap to clone.
///
/// When the connection breaks it is made again in the background, for ever.
/// Meanwhile requests wait, up to a minute each.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    url: String,
    rpc: RpcClient,
    pub(crate) legacy: LegacyRpcMethods<RpcConfigFor<Config>>,
    pub(crate) online: OnlineClient<Config>,
    genesis: H256,
    /// One lock per account, held from reading a nonce until the extrinsic
    /// with it is in the pool.
    nonces: Mutex<BTreeMap<AccountId, Arc<tokio::sync::Mutex<()>>>>,
    /// What the last signature needed, good until the next block.
    pub(crate) moment: tokio::sync::Mutex<Option<Arc<Moment>>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.inner.url)
    }
}

impl Client {
    /// Connects to a node at a `ws://` or `wss://` URL, within five seconds.
    pub async fn connect(url: &str) -> Result<Self> {
        Self::connect_within(url, CONNECT_PATIENCE).await
    }

    /// Connects to a node, trying again until the time is over.
    pub async fn connect_within(url: &str, patience: Duration) -> Result<Self> {
        if !(url.starts_with("ws://") || url.starts_with("wss://")) {
            return Err(Error::NotAWebSocketUrl(url.to_owned()));
        }
        tokio::time::timeout(patience, Self::connect_patiently(url))
            .await
            .unwrap_or_else(|_| {
                Err(Error::Connect {
                    url: url.to_owned(),
                    reason: format!("no node answered within {} s", patience.as_secs()),
                })
            })
    }

    async fn connect_patiently(url: &str) -> Result<Self> {
        let reconnecting = ReconnectingRpcClient::builder()
            .retry_policy(ExponentialBackoff::from_millis(10).max_delay(MAX_RECONNECT_PAUSE))
            .request_timeout(REQUEST_PATIENCE)
            .build(url)
            .await
            .map_err(|error| Error::Connect {
                url: url.to_owned(),
                reason: error.to_string(),
            })?;
        Self::over(url, RpcClient::new(reconnecting)).await
    }

    /// The client over a connection that was made.
    pub(crate) async fn over(url: &str, rpc: RpcClient) -> Result<Self> {
        // The older JSON-RPC methods need no block pinning, which would be
        // lost with each reconnection.
        let backend: LegacyBackend<Config> = LegacyBackend::builder().build(rpc.clone());
        let online = OnlineClient::from_backend(Arc::new(backend)).await?;
        let genesis = online.genesis_hash();
        Ok(Self {
            inner: Arc::new(Inner {
                url: url.to_owned(),
                legacy: LegacyRpcMethods::new(rpc.clone()),
                rpc,
                online,
                genesis,
                nonces: Mutex::default(),
                moment: tokio::sync::Mutex::default(),
            }),
        })
    }

    /// The URL that this client connects to.
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// Hash of the chain's first block, part of every proof's context.
    pub fn genesis(&self) -> [u8; 32] {
        self.inner.genesis.0
    }

    /// Reads at the node's best block, whichever it is at each read.
    pub fn best(&self) -> View {
        View::new(self.clone(), None)
    }

    /// Reads at one block.
    pub fn at(&self, block: H256) -> View {
        View::new(self.clone(), Some(block))
    }

    /// The node's best block.
    pub async fn best_block(&self) -> Result<Block> {
        let header = self
            .patiently("chain_getHeader", self.inner.legacy.chain_get_header(None))
            .await?
            .ok_or_else(|| Error::UnknownBlock("best".to_owned()))?;
        Block::of_header(&header)
    }

    /// The last finalized block.
    pub async fn finalized_block(&self) -> Result<Block> {
        let hash = self
            .patiently(
                "chain_getFinalizedHead",
                self.inner.legacy.chain_get_finalized_head(),
            )
            .await?;
        self.block(hash).await
    }

    /// The block with this hash.
    pub async fn block(&self, hash: H256) -> Result<Block> {
        let header = self
            .patiently(
                "chain_getHeader",
                self.inner.legacy.chain_get_header(Some(hash)),
            )
            .await?
            .ok_or_else(|| Error::UnknownBlock(format!("{hash:?}")))?;
        let number = header_number(&header)?;
        Ok(Block { number, hash })
    }

    /// Hash of the block at a height on the best chain.
    pub async fn block_hash(&self, number: crate::BlockNumber) -> Result<Option<H256>> {
        self.patiently(
            "chain_getBlockHash",
            self.inner.legacy.chain_get_block_hash(Some(number.into())),
        )
        .await
    }

    /// Name of the chain, as its specification gives it.
    pub async fn chain_name(&self) -> Result<String> {
        self.patiently("system_chain", self.inner.legacy.system_chain())
            .await
    }

    /// Version of the node's software.
    pub async fn node_version(&self) -> Result<String> {
        self.patiently("system_version", self.inner.legacy.system_version())
            .await
    }

    /// Any JSON-RPC method, with its parameters as a JSON array.
    pub async fn rpc(
        &self,
        method: &str,
        params: Vec<serde_json::Value>,
    ) -> Result<serde_json::Value> {
        self.request(method, params).await
    }

    /// Any JSON-RPC method, with a typed answer.
    pub async fn request<Answer: DeserializeOwned>(
        &self,
        method: &str,
        params: Vec<serde_json::Value>,
    ) -> Result<Answer> {
        let mut arguments = RpcParams::new();
        for param in params {
            arguments.push(param).map_err(|error| Error::Decode {
                what: format!("the parameters of {method}"),
                reason: error.to_string(),
            })?;
        }
        self.patiently(method, self.inner.rpc.request(method, arguments))
            .await
    }

    /// Compares the genesis of the chain that answers now with the one that
    /// answered first; an error when they differ.
    pub async fn check_chain(&self) -> Result<()> {
        let found = self
            .patiently("chain_getBlockHash", self.inner.legacy.genesis_hash())
            .await?;
        same_chain(self.inner.genesis, found)
    }

    /// Compares the genesis of the chain that `other` connected to with that of this client's; an error
    /// when they differ.
    pub fn check_same_chain(&self, other: &Client) -> Result<()> {
        same_chain(self.inner.genesis, other.inner.genesis)
    }

    /// The chain's state and metadata at a block.
    pub(crate) async fn state_at(&self, block: Block) -> Result<OnlineClientAtBlock<Config>> {
        let state = self
            .inner
            .online
            .at_block_hash_and_number(block.hash, u64::from(block.number));
        in_time("Core_version", state).await
    }

    /// Waits for the answer to one request, but not for ever.
    pub(crate) async fn patiently<T, F>(&self, method: &str, answer: F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, subxt::rpcs::Error>>,
    {
        let answer = answer.map_err(|error| Error::of_rpc(method, error));
        in_time(method, answer).await
    }

    /// The lock under which an account's nonces are handed out.
    pub(crate) fn nonce_lock(&self, account: AccountId) -> Arc<tokio::sync::Mutex<()>> {
        self.inner
            .nonces
            .lock()
            // A map of locks is valid whatever its holder was doing.
            .unwrap_or_else(PoisonError::into_inner)
            .entry(account)
            .or_default()
            .clone()
    }
}

type ChainHeader = <Config as subxt::config::Config>::Header;

impl Block {
    pub(crate) fn of_header(header: &ChainHeader) -> Result<Self> {
        use codec::Encode;
        use subxt::config::{substrate::BlakeTwo256, Hasher};
        Ok(Block {
            number: header_number(header)?,
            hash: BlakeTwo256.hash(&header.encode()),
        })
    }
}

/// Waits for what subxt asks the node for, which is named by its principal method, but not for ever:
/// subxt asks again what was lost with the connection, and the reconnecting client keeps what is asked
/// until there is one.
///
/// # Errors
/// [`Error::NoAnswer`] after a minute.
pub(crate) async fn in_time<T, E: Into<Error>>(
    method: &str,
    answer: impl Future<Output = std::result::Result<T, E>>,
) -> Result<T> {
    match tokio::time::timeout(REQUEST_PATIENCE, answer).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => Err(Error::NoAnswer {
            method: method.to_owned(),
            patience: REQUEST_PATIENCE,
        }),
    }
}

fn same_chain(expected: H256, found: H256) -> Result<()> {
    match found == expected {
        true => Ok(()),
        false => Err(Error::OtherChain { expected, found }),
    }
}

fn header_number(header: &ChainHeader) -> Result<crate::BlockNumber> {
    crate::BlockNumber::try_from(header.number()).map_err(|_| Error::Decode {
        what: "a block number".to_owned(),
        reason: format!("{} is more than 32 bits", header.number()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_genesis_is_another_chain() {
        let [ours, other] = [1, 2].map(H256::repeat_byte);
        assert!(same_chain(ours, ours).is_ok());
        let refused = same_chain(ours, other).expect_err("is another");
        assert!(matches!(
            refused,
            Error::OtherChain { expected, found } if (expected, found) == (ours, other)
        ));
    }

    #[tokio::test]
    async fn a_url_of_another_scheme_is_refused_at_once() {
        assert!(matches!(
            Client::connect("http://127.0.0.1:9944").await,
            Err(Error::NotAWebSocketUrl(_))
        ));
    }

    #[tokio::test]
    async fn a_node_that_is_not_there_is_an_error_and_not_a_hang() {
        // Port 9 is "discard"; nothing listens on it here.
        let error = Client::connect_within("ws://127.0.0.1:9", Duration::from_millis(300))
            .await
            .expect_err("nothing listens there");
        assert!(matches!(&error, Error::Connect { url, .. } if url == "ws://127.0.0.1:9"));
        assert!(error.is_transient());
    }
}

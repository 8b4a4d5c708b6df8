//! Streams of blocks that survive the node.

use crate::{Block, Client, Config, Error, Result};
use futures::{future, stream, Stream, StreamExt};
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use subxt::rpcs::client::RpcSubscription;

type Headers = RpcSubscription<<Config as subxt::config::Config>::Header>;

/// Pause before subscribing again after a refusal.
const RESUBSCRIBE_PAUSE: Duration = Duration::from_millis(500);

/// Which end of the chain a stream follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// The best block, as the node imports it.
    Best,
    /// The last finalized block. Of several that become final at once only the
    /// last is told.
    Finalized,
}

/// What a stream of heads tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// A new head.
    Block(Block),
    /// The connection broke. It is being made again, and heads follow then.
    Lost,
}

/// The heads of one end of the chain, the current one first, and when they stop.
///
/// Goes on and ends as [`BestBlocks`] does.
pub struct Heads(Pin<Box<dyn Stream<Item = Result<Sighting>> + Send>>);

impl Heads {
    /// The next head, or the news that the connection broke.
    pub async fn next(&mut self) -> Option<Result<Sighting>> {
        self.0.next().await
    }
}

/// Best blocks as the node imports them, the current one first.
///
/// When the node goes away the stream waits and goes on when it is back; the
/// blocks in between are not made up for. It ends only after an error for
/// which [`Error::is_fatal`] holds: another chain answers at the URL.
pub struct BestBlocks(Pin<Box<dyn Stream<Item = Result<Block>> + Send>>);

impl BestBlocks {
    /// The next block.
    pub async fn next(&mut self) -> Option<Result<Block>> {
        self.0.next().await
    }
}

impl Stream for BestBlocks {
    type Item = Result<Block>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl Client {
    /// Follows the best chain, through reconnections.
    pub fn best_blocks(&self) -> BestBlocks {
        let blocks = self.heads(Head::Best).0.filter_map(|sighting| {
            future::ready(match sighting {
                Ok(Sighting::Block(block)) => Some(Ok(block)),
                Ok(Sighting::Lost) => None,
                Err(error) => Some(Err(error)),
            })
        });
        BestBlocks(Box::pin(blocks))
    }

    /// Follows one end of the chain, and tells when the connection breaks.
    pub fn heads(&self, head: Head) -> Heads {
        let follower = Follower {
            client: self.clone(),
            head,
            headers: None,
            lost: false,
            over: false,
        };
        Heads(Box::pin(stream::unfold(follower, Follower::next)))
    }
}

struct Follower {
    client: Client,
    head: Head,
    headers: Option<Headers>,
    /// The connection broke, and is not there again.
    lost: bool,
    over: bool,
}

impl Follower {
    async fn next(mut self) -> Option<(Result<Sighting>, Self)> {
        loop {
            if self.over {
                return None;
            }
            let Some(headers) = &mut self.headers else {
                if let Err(error) = self.subscribe().await {
                    if error.is_fatal() {
                        self.over = true;
                        return Some((Err(error), self));
                    }
                    // Told once, also when the connection broke before anything was followed.
                    if !self.lost {
                        self.lose();
                        return Some((Ok(Sighting::Lost), self));
                    }
                    tracing::debug!(%error, "cannot follow the chain yet");
                    tokio::time::sleep(RESUBSCRIBE_PAUSE).await;
                }
                continue;
            };
            match headers.next().await {
                Some(Ok(header)) => {
                    return Some((Block::of_header(&header).map(Sighting::Block), self));
                }
                Some(Err(_)) | None => {
                    self.lose();
                    return Some((Ok(Sighting::Lost), self));
                }
            }
        }
    }

    fn lose(&mut self) {
        tracing::warn!(url = self.client.url(), "connection to the node lost");
        self.headers = None;
        self.lost = true;
    }

    async fn subscribe(&mut self) -> Result<()> {
        let legacy = &self.client.inner.legacy;
        let headers = match self.head {
            Head::Best => {
                self.client
                    .patiently(
                        "chain_subscribeNewHeads",
                        legacy.chain_subscribe_new_heads(),
                    )
                    .await?
            }
            Head::Finalized => {
                self.client
                    .patiently(
                        "chain_subscribeFinalizedHeads",
                        legacy.chain_subscribe_finalized_heads(),
                    )
                    .await?
            }
        };
        // A development node that was started again may have a chain of its own. Asked after the
        // subscription was made: one that breaks between the two says so, while a question before it may
        // be answered by the node of the time before.
        self.client.check_chain().await?;
        if std::mem::take(&mut self.lost) {
            tracing::info!(url = self.client.url(), "connected to the node again");
        }
        self.headers = Some(headers);
        Ok(())
    }
}

// The stream is moved into tasks.
const _: fn() = || {
    fn is_send<T: Send>() {}
    is_send::<BestBlocks>();
    is_send::<Heads>();
    is_send::<Error>();
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{json, value::RawValue};
    use std::sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    };
    use subxt::rpcs::{
        self,
        client::{RawRpcFuture, RawRpcSubscription, RpcClient, RpcClientT},
    };

    /// A connection to a node.
    #[derive(Clone, Default)]
    struct Line {
        /// Another chain's node answers in its place after a subscription was made.
        replaced: bool,
        /// It breaks so many times before one is made.
        breaks: usize,
        subscriptions: Arc<AtomicUsize>,
    }

    impl Line {
        fn genesis(&self) -> String {
            let subscribed = self.subscriptions.load(Ordering::SeqCst) > 0;
            let byte = if self.replaced && subscribed { 2 } else { 1 };
            format!("{:?}", crate::H256::repeat_byte(byte))
        }
    }

    impl RpcClientT for Line {
        fn request_raw<'a>(
            &'a self,
            method: &'a str,
            _: Option<Box<RawValue>>,
        ) -> RawRpcFuture<'a, Box<RawValue>> {
            assert_eq!(method, "chain_getBlockHash", "nothing else is asked");
            let genesis = serde_json::value::to_raw_value(&self.genesis());
            Box::pin(future::ready(Ok(genesis.expect("a string is JSON"))))
        }

        fn subscribe_raw<'a>(
            &'a self,
            _: &'a str,
            _: Option<Box<RawValue>>,
            _: &'a str,
        ) -> RawRpcFuture<'a, RawRpcSubscription> {
            if self.subscriptions.fetch_add(1, Ordering::SeqCst) < self.breaks {
                let lost = rpcs::Error::DisconnectedWillReconnect("reset".to_owned());
                return Box::pin(future::ready(Err(lost)));
            }
            let zero = crate::H256::zero();
            let header = json!({
                "parentHash": zero,
                "number": "0x0",
                "stateRoot": zero,
                "extrinsicsRoot": zero,
                "digest": { "logs": [] },
            });
            let header = serde_json::value::to_raw_value(&header).expect("a header is JSON");
            // It makes no further blocks.
            let stream = stream::iter([Ok(header)]).chain(stream::pending());
            Box::pin(future::ready(Ok(RawRpcSubscription {
                stream: Box::pin(stream),
                id: None,
            })))
        }
    }

    async fn follow(line: Line, head: Head) -> Heads {
        let line = RpcClient::new(line);
        let client = Client::over("ws://here", line).await.expect("it answers");
        client.heads(head)
    }

    #[tokio::test]
    async fn a_connection_that_breaks_before_anything_is_followed_is_told_of_once() {
        let line = Line {
            breaks: 2,
            ..Line::default()
        };
        let mut heads = follow(line, Head::Best).await;
        assert!(matches!(heads.next().await, Some(Ok(Sighting::Lost))));
        let next = heads.next().await;
        assert!(matches!(next, Some(Ok(Sighting::Block(block))) if block.number == 0));
    }

    #[tokio::test]
    async fn no_block_of_a_chain_that_answers_from_the_subscription_on_is_followed() {
        for head in [Head::Best, Head::Finalized] {
            let line = Line {
                replaced: true,
                ..Line::default()
            };
            let mut heads = follow(line, head).await;
            assert!(matches!(
                heads.next().await,
                Some(Err(Error::OtherChain { .. }))
            ));
            assert!(heads.next().await.is_none(), "it is over");
        }
    }
}

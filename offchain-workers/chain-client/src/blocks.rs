//! A stream of best blocks that survives the node.

use crate::{Block, Client, Config, Error, Result};
use futures::{stream, Stream, StreamExt};
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use subxt::rpcs::client::RpcSubscription;

type Headers = RpcSubscription<<Config as subxt::config::Config>::Header>;

/// Pause before subscribing again after a refusal.
const RESUBSCRIBE_PAUSE: Duration = Duration::from_millis(500);

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
        let follower = Follower {
            client: self.clone(),
            headers: None,
            lost: false,
            over: false,
        };
        BestBlocks(Box::pin(stream::unfold(follower, Follower::next)))
    }
}

struct Follower {
    client: Client,
    headers: Option<Headers>,
    /// The connection broke since the last block.
    lost: bool,
    over: bool,
}

impl Follower {
    async fn next(mut self) -> Option<(Result<Block>, Self)> {
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
                    tracing::debug!(%error, "cannot follow the chain yet");
                    tokio::time::sleep(RESUBSCRIBE_PAUSE).await;
                }
                continue;
            };
            match headers.next().await {
                Some(Ok(header)) => return Some((Block::of_header(&header), self)),
                Some(Err(_)) | None => self.lose(),
            }
        }
    }

    fn lose(&mut self) {
        tracing::warn!(url = self.client.url(), "connection to the node lost");
        self.headers = None;
        self.lost = true;
    }

    async fn subscribe(&mut self) -> Result<()> {
        // A development node that was started again may have a chain of its own.
        self.client.check_chain().await?;
        let headers = self
            .client
            .patiently(
                "chain_subscribeNewHeads",
                self.client.inner.legacy.chain_subscribe_new_heads(),
            )
            .await?;
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
    is_send::<Error>();
};

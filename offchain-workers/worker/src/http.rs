//! `/metrics` for Prometheus and `/health` for whoever watches the process.

use crate::metrics::Metrics;
use axum::{
    extract::State,
    http::{header::CONTENT_TYPE, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// Without a new best block for so long, the worker says that it is not well.
const STALE: Duration = Duration::from_secs(60);

/// When the worker last heard of the chain.
#[derive(Clone, Debug)]
pub struct Pulse {
    start: Instant,
    /// Milliseconds after `start`, plus one; zero before the first block.
    last: Arc<AtomicU64>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            last: Arc::default(),
        }
    }
}

impl Pulse {
    /// A best block was seen.
    pub fn beat(&self) {
        let elapsed = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last
            .store(elapsed.saturating_add(1), Ordering::Relaxed);
    }

    /// Time since the last best block; `None` before the first.
    pub fn age(&self) -> Option<Duration> {
        let last = self.last.load(Ordering::Relaxed).checked_sub(1)?;
        Some(
            self.start
                .elapsed()
                .saturating_sub(Duration::from_millis(last)),
        )
    }
}

#[derive(Clone)]
struct Shared {
    metrics: Metrics,
    pulse: Pulse,
}

/// The two pages.
pub fn router(metrics: Metrics, pulse: Pulse) -> Router {
    Router::new()
        .route("/metrics", get(show_metrics))
        .route("/health", get(show_health))
        .with_state(Shared { metrics, pulse })
}

/// Serves the two pages; gives the address, in which port 0 is replaced.
pub async fn serve(
    address: SocketAddr,
    metrics: Metrics,
    pulse: Pulse,
) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let server = axum::serve(listener, router(metrics, pulse));
    let task = tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the metrics server stopped");
        }
    });
    Ok((address, task))
}

async fn show_metrics(State(shared): State<Shared>) -> Response {
    match shared.metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn show_health(State(shared): State<Shared>) -> Response {
    match shared.pulse.age() {
        Some(age) if age < STALE => (StatusCode::OK, "following the chain\n").into_response(),
        Some(age) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("no new block for {} s\n", age.as_secs()),
        )
            .into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, "not connected yet\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn page(address: SocketAddr, path: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(address)
            .await
            .expect("connects");
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("writes");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("reads");
        answer
    }

    #[tokio::test]
    async fn the_worker_is_well_once_it_follows_the_chain() {
        let metrics = Metrics::new().expect("registers");
        metrics.models.set(2);
        let pulse = Pulse::default();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let (address, _task) = serve(any, metrics, pulse.clone()).await.expect("listens");
        assert!(page(address, "/health").await.starts_with("HTTP/1.1 503"));
        pulse.beat();
        assert!(page(address, "/health").await.starts_with("HTTP/1.1 200"));

        let metrics = page(address, "/metrics").await;
        assert!(metrics.starts_with("HTTP/1.1 200"));
        assert!(metrics.contains("lattice_worker_models 2"), "{metrics}");
        assert!(page(address, "/other").await.starts_with("HTTP/1.1 404"));
    }
}

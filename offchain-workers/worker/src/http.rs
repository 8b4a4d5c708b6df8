//! `/metrics` for Prometheus, `/health` for whoever watches the process, `/live` for whoever restarts it.

use crate::{metrics::Metrics, models::Library};
use axum::{
    extract::State,
    http::{header::CONTENT_TYPE, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use serde::Serialize;
use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Arc, OnceLock,
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// Without a new best block for so long, the worker says that it is not well.
const STALE: Duration = Duration::from_secs(60);
/// A follower that has not turned for so long hangs. It turns every second, except while it reads from a
/// node, which it gives up after a minute; so it is not taken for hung where its node is.
const HUNG: Duration = Duration::from_secs(120);

/// When something happened last.
#[derive(Debug, Default)]
struct Last(
    /// Milliseconds after the start, plus one; zero before the first time.
    AtomicU64,
);

impl Last {
    fn now(&self, start: Instant) {
        let elapsed = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.store(elapsed.saturating_add(1), Ordering::Relaxed);
    }

    fn age(&self, start: Instant) -> Option<Duration> {
        let last = self.0.load(Ordering::Relaxed).checked_sub(1)?;
        Some(start.elapsed().saturating_sub(Duration::from_millis(last)))
    }
}

/// How the worker is, as its pages and the service manager are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Whether it follows the chain, and is ready if it ever was told to serve.
    pub healthy: bool,
    /// The same for people.
    pub message: String,
    /// Whether the chain was reached and models are loaded, one at least if any is offered.
    pub ready: bool,
}

/// What of the worker is seen from outside: when it last heard of the chain, and how it stands.
#[derive(Clone, Debug)]
pub struct Pulse(Arc<Vitals>);

#[derive(Debug)]
struct Vitals {
    start: Instant,
    block: Last,
    turn: Last,
    /// What is served, once the worker serves.
    library: OnceLock<Library>,
    /// Whether it is known that the provider offers nothing, so that no model is missing.
    offers_nothing: AtomicBool,
    /// Number of peers, plus one; zero where there is no peer-to-peer network.
    peers: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self(Arc::new(Vitals {
            start: Instant::now(),
            block: Last::default(),
            turn: Last::default(),
            library: OnceLock::new(),
            offers_nothing: AtomicBool::default(),
            peers: AtomicU64::default(),
        }))
    }
}

impl Pulse {
    /// A best block was seen.
    pub fn beat(&self) {
        self.0.block.now(self.0.start);
    }

    /// Time since the last best block; `None` before the first.
    pub fn age(&self) -> Option<Duration> {
        self.0.block.age(self.0.start)
    }

    /// The follower is alive, whether or not there are blocks to follow.
    pub fn turn(&self) {
        self.0.turn.now(self.0.start);
    }

    /// Whether the follower was alive so recently.
    pub fn turned_within(&self, limit: Duration) -> bool {
        self.since_turn().is_some_and(|age| age < limit)
    }

    /// Time since the follower was last seen alive; `None` before it follows.
    fn since_turn(&self) -> Option<Duration> {
        self.0.turn.age(self.0.start)
    }

    /// The worker serves what is in the library, now and later.
    pub fn serve(&self, library: Library) {
        // It is said once; a second time it is the same.
        let _ = self.0.library.set(library);
    }

    /// The provider offers a model at least, or none. As long as this was not said, it may.
    pub fn set_offers(&self, any: bool) {
        self.0.offers_nothing.store(!any, Ordering::Relaxed);
    }

    /// So many peers are connected.
    pub fn set_peers(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let peers = count.saturating_add(1);
        self.0.peers.store(peers, Ordering::Relaxed);
    }

    /// How the worker is just now.
    pub fn condition(&self) -> Condition {
        let library = self.0.library.get();
        let offers = !self.0.offers_nothing.load(Ordering::Relaxed);
        let lacks_models = offers && library.is_none_or(Library::is_empty);
        let (healthy, message) = match self.age() {
            Some(age) if age < STALE && library.is_some() && lacks_models => {
                let message = "none of the models that this provider offers is there yet";
                (false, message.to_owned())
            }
            Some(age) if age < STALE => (true, "following the chain".to_owned()),
            Some(age) => (false, format!("no new block for {} s", age.as_secs())),
            None => (false, "not connected yet".to_owned()),
        };
        Condition {
            healthy,
            message,
            ready: library.is_some() && !lacks_models,
        }
    }

    /// The devices on which models run now, each once.
    fn devices(&self) -> Vec<String> {
        let library = self.0.library.get();
        library.map(Library::devices).unwrap_or_default()
    }

    fn peers(&self) -> Option<u64> {
        self.0.peers.load(Ordering::Relaxed).checked_sub(1)
    }
}

/// What `/health` says: the worker's [`Condition`], and numbers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    healthy: bool,
    message: String,
    ready: bool,
    /// Seconds since the last best block; `null` before the first.
    best_block_age: Option<u64>,
    models: i64,
    /// Assignments of all tiers, private requests and turns in disputes that are being worked on.
    in_hand: i64,
    /// The devices on which models run now, with commas between them; `null` without models.
    device: Option<String>,
    /// Connected peers; `null` where there is no peer-to-peer network.
    peers: Option<u64>,
}

#[derive(Clone)]
struct Shared {
    metrics: Metrics,
    pulse: Pulse,
}

/// The three pages.
pub fn router(metrics: Metrics, pulse: Pulse) -> Router {
    Router::new()
        .route("/metrics", get(show_metrics))
        .route("/health", get(show_health))
        .route("/live", get(show_live))
        .with_state(Shared { metrics, pulse })
}

/// Serves the three pages; gives the address, in which port 0 is replaced.
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
    let healthy = shared.pulse.condition().healthy;
    shared.metrics.healthy.set(healthy.into());
    match shared.metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn show_health(State(shared): State<Shared>) -> Response {
    let Shared { metrics, pulse } = &shared;
    let Condition {
        healthy,
        message,
        ready,
    } = pulse.condition();
    let devices = pulse.devices();
    let health = Health {
        healthy,
        message,
        ready,
        best_block_age: pulse.age().map(|age| age.as_secs()),
        models: metrics.models.get(),
        in_hand: metrics.in_hand.get(),
        device: (!devices.is_empty()).then(|| devices.join(", ")),
        peers: pulse.peers(),
    };
    let status = match healthy {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    match serde_json::to_string(&health) {
        Ok(text) => (status, [(CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn show_live(State(shared): State<Shared>) -> Response {
    life(&shared.pulse, HUNG).into_response()
}

/// Whether another start would help: only a follower that turned and then stopped hangs. A worker that
/// still loads models, or waits for its node, would be no further after it.
fn life(pulse: &Pulse, hung: Duration) -> (StatusCode, String) {
    match pulse.since_turn() {
        Some(age) if age >= hung => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("hangs for {} s\n", age.as_secs()),
        ),
        _ => (StatusCode::OK, "alive\n".to_owned()),
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
        let before = page(address, "/health").await;
        assert!(before.starts_with("HTTP/1.1 503"), "{before}");
        assert!(before.contains("\"ready\":false"), "{before}");
        pulse.beat();
        assert!(page(address, "/health").await.starts_with("HTTP/1.1 200"));

        pulse.serve(Library::default());
        pulse.set_offers(false);
        pulse.set_peers(3);
        let answer = page(address, "/health").await;
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let health: serde_json::Value = serde_json::from_str(body).expect("JSON");
        let expected = serde_json::json!({
            "healthy": true,
            "message": "following the chain",
            "ready": true,
            "bestBlockAge": health["bestBlockAge"].as_u64().expect("a number"),
            "models": 2,
            "inHand": 0,
            "device": null,
            "peers": 3,
        });
        assert_eq!(health, expected);

        let metrics = page(address, "/metrics").await;
        assert!(metrics.starts_with("HTTP/1.1 200"));
        assert!(metrics.contains("lattice_worker_models 2"), "{metrics}");
        assert!(page(address, "/other").await.starts_with("HTTP/1.1 404"));
    }

    #[tokio::test]
    async fn the_worker_is_not_well_while_it_has_no_model_and_offers_some() {
        let pulse = Pulse::default();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let metrics = Metrics::new().expect("registers");
        let (address, _task) = serve(any, metrics, pulse.clone()).await.expect("listens");
        pulse.beat();
        pulse.serve(Library::default());
        pulse.set_offers(true);
        let answer = page(address, "/health").await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.contains("\"ready\":false"), "{answer}");
        assert!(answer.contains("none of the models"), "{answer}");
        let numbers = page(address, "/metrics").await;
        assert!(numbers.contains("lattice_worker_healthy 0"), "{numbers}");
        pulse.set_offers(false);
        let answer = page(address, "/health").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("\"ready\":true"), "{answer}");
        let numbers = page(address, "/metrics").await;
        assert!(numbers.contains("lattice_worker_healthy 1"), "{numbers}");
    }

    #[tokio::test]
    async fn a_worker_without_a_node_is_alive_before_it_is_well() {
        let metrics = Metrics::new().expect("registers");
        let pulse = Pulse::default();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let (address, _task) = serve(any, metrics, pulse.clone()).await.expect("listens");
        let is = |answer: String, status: &str| answer.starts_with(&format!("HTTP/1.1 {status}"));
        assert!(is(page(address, "/health").await, "503"));
        assert!(is(page(address, "/live").await, "200"));
        pulse.turn();
        assert!(is(page(address, "/live").await, "200"));
    }

    #[test]
    fn another_start_helps_only_a_follower_that_turned_and_then_stopped() {
        let pulse = Pulse::default();
        pulse.beat();
        assert_eq!(life(&pulse, Duration::ZERO).0, StatusCode::OK);
        pulse.turn();
        assert_eq!(life(&pulse, HUNG).0, StatusCode::OK);
        let (status, said) = life(&pulse, Duration::ZERO);
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(said.starts_with("hangs for ") && said.ends_with(" s\n"));
    }

    #[test]
    fn a_follower_that_hangs_is_told_from_a_chain_that_stands_still() {
        let pulse = Pulse::default();
        let long = Duration::from_secs(60);
        assert!(!pulse.turned_within(long));
        pulse.turn();
        assert!(pulse.turned_within(long) && pulse.age().is_none());
        assert!(!pulse.turned_within(Duration::ZERO));
    }
}

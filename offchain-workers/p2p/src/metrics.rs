//! Numbers for Prometheus. Every label takes its values from a fixed list.

use crate::record::RecordError;
use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// What is spoken on a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Hello,
    Content,
    Private,
}

impl Protocol {
    /// Every protocol, for labels.
    pub const ALL: [Protocol; 3] = [Protocol::Hello, Protocol::Content, Protocol::Private];

    /// The word for it in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Hello => "hello",
            Protocol::Content => "content",
            Protocol::Private => "private",
        }
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Another's, answered by us.
    Served,
    /// Another's, refused by us.
    Refused,
    /// Another's, whose answer did not arrive.
    Undelivered,
    /// Ours, answered.
    Answered,
    /// Ours, without answer.
    Unanswered,
}

impl Outcome {
    /// Every outcome, for labels.
    pub const ALL: [Outcome; 5] = [
        Outcome::Served,
        Outcome::Refused,
        Outcome::Undelivered,
        Outcome::Answered,
        Outcome::Unanswered,
    ];

    /// The word for it in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Served => "served",
            Outcome::Refused => "refused",
            Outcome::Undelivered => "undelivered",
            Outcome::Answered => "answered",
            Outcome::Unanswered => "unanswered",
        }
    }
}

/// Why a peer, a message or a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    WrongGenesis,
    Signature,
    WrongPeer,
    Expired,
    ClockSkew,
    /// A record or message that is no such thing.
    Malformed,
    /// The account is on the deny list, or not on the allow list.
    NotAdmitted,
    /// The peer has been banned.
    Banned,
    /// A request of a peer that has not shown who it is.
    UnknownPeer,
    /// More requests or bytes than the peer may have.
    Rate,
    /// A frame that is longer than its protocol allows.
    Oversized,
    /// An incoming connection whose set-up failed.
    Handshake,
    /// More connections than allowed.
    Connections,
    /// Too much is being answered already.
    Busy,
    /// The peer did not show who it is in time.
    Silent,
    /// Nothing of the kind is served here.
    NotServed,
}

impl Refusal {
    /// Every reason, for labels.
    pub const ALL: [Refusal; 16] = [
        Refusal::WrongGenesis,
        Refusal::Signature,
        Refusal::WrongPeer,
        Refusal::Expired,
        Refusal::ClockSkew,
        Refusal::Malformed,
        Refusal::NotAdmitted,
        Refusal::Banned,
        Refusal::UnknownPeer,
        Refusal::Rate,
        Refusal::Oversized,
        Refusal::Handshake,
        Refusal::Connections,
        Refusal::Busy,
        Refusal::Silent,
        Refusal::NotServed,
    ];

    /// The word for it in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Refusal::WrongGenesis => "wrong_genesis",
            Refusal::Signature => "signature",
            Refusal::WrongPeer => "wrong_peer",
            Refusal::Expired => "expired",
            Refusal::ClockSkew => "clock_skew",
            Refusal::Malformed => "malformed",
            Refusal::NotAdmitted => "not_admitted",
            Refusal::Banned => "banned",
            Refusal::UnknownPeer => "unknown_peer",
            Refusal::Rate => "rate",
            Refusal::Oversized => "oversized",
            Refusal::Handshake => "handshake",
            Refusal::Connections => "connections",
            Refusal::Busy => "busy",
            Refusal::Silent => "silent",
            Refusal::NotServed => "not_served",
        }
    }
}

impl From<&RecordError> for Refusal {
    fn from(error: &RecordError) -> Self {
        match error {
            RecordError::WrongGenesis { .. } => Refusal::WrongGenesis,
            RecordError::WrongPeer { .. } => Refusal::WrongPeer,
            RecordError::Signature(_) => Refusal::Signature,
            RecordError::Expired { .. } => Refusal::Expired,
            RecordError::ClockSkew { .. } => Refusal::ClockSkew,
            RecordError::IssuedAfterSigning { .. }
            | RecordError::PeerTooLong(_)
            | RecordError::MalformedPeer(_)
            | RecordError::TooManyAddresses(_)
            | RecordError::AddressTooLong { .. }
            | RecordError::MalformedAddress { .. } => Refusal::Malformed,
        }
    }
}

/// What a peer counts.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Connected peers that have shown who they are.
    pub peers: IntGauge,
    /// Bytes that are there of the content that is being fetched; 0 while none is.
    pub fetch_done: IntGauge,
    /// Bytes of the whole of it; 0 while that is not known.
    pub fetch_size: IntGauge,
    requests: IntCounterVec,
    bytes: IntCounterVec,
    refused: IntCounterVec,
}

impl Metrics {
    /// A set with every label value present from the start, in a registry if there is one.
    ///
    /// # Errors
    /// If the registry has metrics of these names already.
    pub fn new(registry: Option<&Registry>) -> Result<Self, prometheus::Error> {
        let metrics = Self {
            peers: IntGauge::new(
                "lattice_p2p_peers",
                "Connected peers that have shown who they are.",
            )?,
            fetch_done: IntGauge::new(
                "lattice_p2p_fetch_done_bytes",
                "Bytes that are there and verified of the content that is being fetched, 0 while none is.",
            )?,
            fetch_size: IntGauge::new(
                "lattice_p2p_fetch_size_bytes",
                "Bytes of the content that is being fetched, 0 while none is or its size is not known.",
            )?,
            requests: IntCounterVec::new(
                Opts::new(
                    "lattice_p2p_requests_total",
                    "Requests of other peers (served, refused, undelivered) and to them (answered, unanswered), by protocol and result.",
                ),
                &["protocol", "result"],
            )?,
            bytes: IntCounterVec::new(
                Opts::new(
                    "lattice_p2p_bytes_total",
                    "Bytes of messages with their frames, by direction and protocol.",
                ),
                &["direction", "protocol"],
            )?,
            refused: IntCounterVec::new(
                Opts::new(
                    "lattice_p2p_refused_total",
                    "Connections, records, messages and requests that were refused, by reason.",
                ),
                &["reason"],
            )?,
        };
        for protocol in Protocol::ALL {
            for outcome in Outcome::ALL {
                let labels = [protocol.name(), outcome.name()];
                metrics.requests.with_label_values(&labels);
            }
            for direction in ["in", "out"] {
                metrics
                    .bytes
                    .with_label_values(&[direction, protocol.name()]);
            }
        }
        for reason in Refusal::ALL {
            metrics.refused.with_label_values(&[reason.name()]);
        }
        if let Some(registry) = registry {
            registry.register(Box::new(metrics.peers.clone()))?;
            registry.register(Box::new(metrics.fetch_done.clone()))?;
            registry.register(Box::new(metrics.fetch_size.clone()))?;
            registry.register(Box::new(metrics.requests.clone()))?;
            registry.register(Box::new(metrics.bytes.clone()))?;
            registry.register(Box::new(metrics.refused.clone()))?;
        }
        Ok(metrics)
    }

    /// A request ended.
    pub fn request(&self, protocol: Protocol, outcome: Outcome) {
        let labels = [protocol.name(), outcome.name()];
        self.requests.with_label_values(&labels).inc();
    }

    /// Something was refused.
    pub fn refused(&self, reason: Refusal) {
        self.refused.with_label_values(&[reason.name()]).inc();
    }

    /// How often something was refused for a reason.
    pub fn refusals(&self, reason: Refusal) -> u64 {
        self.refused.with_label_values(&[reason.name()]).get()
    }

    /// How many requests of a protocol ended so.
    pub fn requests(&self, protocol: Protocol, outcome: Outcome) -> u64 {
        let labels = [protocol.name(), outcome.name()];
        self.requests.with_label_values(&labels).get()
    }

    /// The counters of a protocol's messages.
    pub fn meter(&self, protocol: Protocol) -> Meter {
        let bytes = |direction| self.bytes.with_label_values(&[direction, protocol.name()]);
        let refused = |reason: Refusal| self.refused.with_label_values(&[reason.name()]);
        Meter {
            received: bytes("in"),
            sent: bytes("out"),
            oversized: refused(Refusal::Oversized),
            malformed: refused(Refusal::Malformed),
        }
    }
}

/// What the messages of one protocol are counted with.
#[derive(Clone, Debug)]
pub struct Meter {
    pub(crate) received: IntCounter,
    pub(crate) sent: IntCounter,
    pub(crate) oversized: IntCounter,
    pub(crate) malformed: IntCounter,
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus::{Encoder, TextEncoder};

    fn text(registry: &Registry) -> String {
        let mut text = Vec::new();
        TextEncoder::new()
            .encode(&registry.gather(), &mut text)
            .expect("encodes");
        String::from_utf8(text).expect("text")
    }

    #[test]
    fn everything_is_there_before_anything_happened() {
        let registry = Registry::new();
        Metrics::new(Some(&registry)).expect("registers");
        let text = text(&registry);
        for line in [
            "lattice_p2p_peers 0",
            "lattice_p2p_fetch_done_bytes 0",
            "lattice_p2p_fetch_size_bytes 0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
        for protocol in Protocol::ALL.map(Protocol::name) {
            for result in Outcome::ALL.map(Outcome::name) {
                let line = format!(
                    "lattice_p2p_requests_total{{protocol=\"{protocol}\",result=\"{result}\"}} 0"
                );
                assert!(text.contains(&line), "{line}");
            }
            for direction in ["in", "out"] {
                let line = format!(
                    "lattice_p2p_bytes_total{{direction=\"{direction}\",protocol=\"{protocol}\"}} 0"
                );
                assert!(text.contains(&line), "{line}");
            }
        }
        for reason in Refusal::ALL.map(Refusal::name) {
            let line = format!("lattice_p2p_refused_total{{reason=\"{reason}\"}} 0");
            assert!(text.contains(&line), "{line}");
        }
    }

    #[test]
    fn what_happened_is_counted_under_its_own_name() {
        let registry = Registry::new();
        let metrics = Metrics::new(Some(&registry)).expect("registers");
        metrics.request(Protocol::Content, Outcome::Served);
        metrics.refused(Refusal::Rate);
        metrics.meter(Protocol::Private).sent.inc_by(7);
        let text = text(&registry);
        for line in [
            "lattice_p2p_requests_total{protocol=\"content\",result=\"served\"} 1",
            "lattice_p2p_refused_total{reason=\"rate\"} 1",
            "lattice_p2p_bytes_total{direction=\"out\",protocol=\"private\"} 7",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
        assert_eq!(metrics.refusals(Refusal::Rate), 1);
        assert_eq!(metrics.requests(Protocol::Content, Outcome::Served), 1);
    }
}

//! How much one peer may ask, and who may come in at all.

use crate::config::NetworkConfig;
use lattice_chain_client::AccountId;
use libp2p::{connection_limits::ConnectionLimits, PeerId};
use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

/// Most peers whose rates are remembered.
const MAX_BUCKETS: usize = 4096;

/// Most hellos of one peer in a second. One is enough, and each costs two signatures.
const HELLOS_PER_SECOND: u64 = 4;

/// Why an account is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    #[error("its account {0} is on the deny list")]
    Denied(AccountId),
    #[error("its account {0} is not on the allow list")]
    NotAllowed(AccountId),
}

/// Which accounts are admitted.
#[derive(Clone, Debug, Default)]
pub struct Access {
    allow: BTreeSet<AccountId>,
    deny: BTreeSet<AccountId>,
}

impl Access {
    /// Everyone but `deny`; with a non-empty `allow`, of these everyone but `deny`.
    pub fn new(allow: &[AccountId], deny: &[AccountId]) -> Self {
        Self {
            allow: allow.iter().copied().collect(),
            deny: deny.iter().copied().collect(),
        }
    }

    /// Whether an account is admitted.
    ///
    /// # Errors
    /// [`AccessError`], with the list that keeps it out.
    pub fn check(&self, account: &AccountId) -> Result<(), AccessError> {
        if self.deny.contains(account) {
            return Err(AccessError::Denied(*account));
        }
        if !self.allow.is_empty() && !self.allow.contains(account) {
            return Err(AccessError::NotAllowed(*account));
        }
        Ok(())
    }
}

/// How many connections there may be, by a configuration.
pub(crate) fn connection_limits(config: &NetworkConfig) -> ConnectionLimits {
    let most = config.max_connections;
    // Some are kept for calls of our own: whoever fills the rest cannot cut us off.
    let incoming = most.saturating_sub(most / 4).max(1);
    ConnectionLimits::default()
        .with_max_established(Some(most))
        .with_max_established_incoming(Some(incoming))
        .with_max_established_per_peer(Some(config.max_per_peer))
        .with_max_pending_incoming(Some(incoming))
        .with_max_pending_outgoing(Some(most))
}

/// A store of tokens that fills at a steady rate up to what one second gives.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    per_second: f64,
    /// Below zero it is in debt.
    tokens: f64,
    filled_at: Instant,
}

impl TokenBucket {
    /// A full one.
    pub fn new(per_second: u64, now: Instant) -> Self {
        let per_second = per_second.max(1) as f64;
        Self {
            per_second,
            tokens: per_second,
            filled_at: now,
        }
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.per_second);
        self.filled_at = now;
    }

    /// Takes one token if there is one.
    pub fn take(&mut self, now: Instant) -> bool {
        self.fill(now);
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }

    /// Takes tokens, on credit if need be, and says how long that takes to be paid back.
    pub fn charge(&mut self, tokens: u64, now: Instant) -> Duration {
        self.fill(now);
        self.tokens -= tokens as f64;
        Duration::try_from_secs_f64(-self.tokens / self.per_second).unwrap_or(Duration::ZERO)
    }

    /// Gives tokens back that were charged for nothing.
    pub fn refund(&mut self, tokens: u64) {
        self.tokens = (self.tokens + tokens as f64).min(self.per_second);
    }

    fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.tokens >= self.per_second
    }
}

/// What each peer has used of what it may.
#[derive(Debug)]
pub(crate) struct Rates {
    requests_per_second: u64,
    bytes_per_second: Option<u64>,
    hellos: HashMap<PeerId, TokenBucket>,
    requests: HashMap<PeerId, TokenBucket>,
    bytes: HashMap<PeerId, TokenBucket>,
}

impl Rates {
    pub(crate) fn new(config: &NetworkConfig) -> Self {
        Self {
            requests_per_second: config.requests_per_second.into(),
            bytes_per_second: config.bytes_per_second,
            hellos: HashMap::new(),
            requests: HashMap::new(),
            bytes: HashMap::new(),
        }
    }

    /// Whether a peer may show who it is once more.
    pub(crate) fn hello(&mut self, peer: PeerId, now: Instant) -> bool {
        bucket(&mut self.hellos, peer, HELLOS_PER_SECOND, now)
            .is_some_and(|bucket| bucket.take(now))
    }

    /// Whether a peer may ask once more.
    pub(crate) fn request(&mut self, peer: PeerId, now: Instant) -> bool {
        let rate = self.requests_per_second;
        match bucket(&mut self.requests, peer, rate, now) {
            Some(bucket) => bucket.take(now),
            None => false,
        }
    }

    /// How long an answer of so many bytes has to wait; none if that is longer than `most`, and
    /// nothing is charged then.
    pub(crate) fn bytes(
        &mut self,
        peer: PeerId,
        bytes: u64,
        most: Duration,
        now: Instant,
    ) -> Option<Duration> {
        let Some(rate) = self.bytes_per_second else {
            return Some(Duration::ZERO);
        };
        let bucket = bucket(&mut self.bytes, peer, rate, now)?;
        let wait = bucket.charge(bytes, now);
        if wait > most {
            bucket.refund(bytes);
            return None;
        }
        Some(wait)
    }

    /// Forgets peers that have used nothing for a while: a full bucket is as good as a new one.
    pub(crate) fn sweep(&mut self, now: Instant) {
        for buckets in [&mut self.hellos, &mut self.requests, &mut self.bytes] {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
    }
}

/// The bucket of a peer; none if there are too many to have one more.
fn bucket(
    buckets: &mut HashMap<PeerId, TokenBucket>,
    peer: PeerId,
    rate: u64,
    now: Instant,
) -> Option<&mut TokenBucket> {
    if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(&peer) {
        buckets.retain(|_, bucket| !bucket.is_full(now));
        if buckets.len() >= MAX_BUCKETS {
            return None;
        }
    }
    let new = || TokenBucket::new(rate, now);
    Some(buckets.entry(peer).or_insert_with(new))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> NetworkConfig {
        NetworkConfig {
            requests_per_second: 3,
            bytes_per_second: Some(1000),
            ..NetworkConfig::default()
        }
    }

    #[test]
    fn a_burst_is_what_a_second_gives_and_then_it_is_a_steady_rate() {
        let start = Instant::now();
        let mut bucket = TokenBucket::new(4, start);
        assert_eq!((0..9).filter(|_| bucket.take(start)).count(), 4);
        let later = start + Duration::from_millis(500);
        assert_eq!((0..9).filter(|_| bucket.take(later)).count(), 2);
        let much_later = start + Duration::from_secs(60);
        assert_eq!((0..9).filter(|_| bucket.take(much_later)).count(), 4);
    }

    #[test]
    fn bytes_on_credit_are_waited_for() {
        let start = Instant::now();
        let mut rates = Rates::new(&config());
        let peer = PeerId::random();
        let most = Duration::from_secs(5);
        let mut charge = |bytes| rates.bytes(peer, bytes, most, start);
        assert_eq!(charge(1000), Some(Duration::ZERO));
        assert_eq!(charge(2000), Some(Duration::from_secs(2)));
        // Too long a wait is none, and leaves no debt.
        assert_eq!(charge(4000), None);
        assert_eq!(charge(1000), Some(Duration::from_secs(3)));
    }

    #[test]
    fn one_peer_does_not_use_up_what_another_may() {
        let now = Instant::now();
        let mut rates = Rates::new(&config());
        let [greedy, modest] = [1, 2].map(|_| PeerId::random());
        assert_eq!((0..9).filter(|_| rates.request(greedy, now)).count(), 3);
        assert!(rates.request(modest, now));
        rates.sweep(now);
        assert!(!rates.request(greedy, now), "a debt is not forgotten");
        rates.sweep(now + Duration::from_secs(2));
        assert!(rates.requests.is_empty());
    }

    #[test]
    fn hellos_are_few_and_cost_no_requests() {
        let now = Instant::now();
        let mut rates = Rates::new(&config());
        let peer = PeerId::random();
        let shown = (0..50).filter(|_| rates.hello(peer, now)).count();
        assert_eq!(shown as u64, HELLOS_PER_SECOND);
        assert!(rates.request(peer, now));
        rates.sweep(now + Duration::from_secs(2));
        assert!(rates.hellos.is_empty());
    }

    #[test]
    fn no_more_peers_are_remembered_than_there_is_room_for() {
        let now = Instant::now();
        let mut rates = Rates::new(&config());
        let admitted = (0..MAX_BUCKETS + 5)
            .filter(|_| rates.request(PeerId::random(), now))
            .count();
        assert_eq!(admitted, MAX_BUCKETS);
        assert!(rates.request(PeerId::random(), now + Duration::from_secs(2)));
    }

    #[test]
    fn lists_say_who_comes_in() {
        let [alice, bob] = [AccountId([1; 32]), AccountId([2; 32])];
        let everyone = Access::default();
        assert_eq!(everyone.check(&alice), Ok(()));
        let not_bob = Access::new(&[], &[bob]);
        assert_eq!(not_bob.check(&alice), Ok(()));
        assert_eq!(not_bob.check(&bob), Err(AccessError::Denied(bob)));
        let only_bob = Access::new(&[bob], &[]);
        assert_eq!(only_bob.check(&bob), Ok(()));
        assert_eq!(only_bob.check(&alice), Err(AccessError::NotAllowed(alice)));
    }
}

//! How full a store is, for Prometheus: looked at when it is asked for.

use super::{Store, Usage};
use prometheus::{PullingGauge, Registry};
use std::sync::Weak;

/// Registers what there is and what there may be of a store. Both are 0 once it is closed: numbers
/// keep no folder in use.
pub(super) fn register(store: Weak<Store>, registry: &Registry) -> Result<(), prometheus::Error> {
    let bytes = PullingGauge::new(
        "lattice_p2p_store_bytes",
        "Bytes of fetched models and keys, those included that are still being fetched.",
        read(store.clone(), |usage| usage.bytes),
    )?;
    let quota = PullingGauge::new(
        "lattice_p2p_store_quota_bytes",
        "Most bytes that fetched models and keys may take.",
        read(store, |usage| usage.quota),
    )?;
    registry.register(Box::new(bytes))?;
    registry.register(Box::new(quota))
}

fn read(store: Weak<Store>, part: fn(Usage) -> u64) -> Box<dyn Fn() -> f64 + Send + Sync> {
    // Prometheus' numbers are of this kind: above 8 PiB they are rounded.
    Box::new(move || {
        store
            .upgrade()
            .map_or(0.0, |store| part(store.usage()) as f64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus::TextEncoder;
    use std::sync::Arc;

    fn text(registry: &Registry) -> String {
        let shown = TextEncoder::new().encode_to_string(&registry.gather());
        shown.expect("encodes")
    }

    #[test]
    fn a_store_shows_its_quota_and_is_not_kept_open_by_that() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let registry = Registry::new();
        let store = Arc::new(Store::open(folder.path(), 123_456).expect("opens"));
        store.register(&registry).expect("registers");
        let shown = text(&registry);
        for line in [
            "lattice_p2p_store_bytes 0",
            "lattice_p2p_store_quota_bytes 123456",
        ] {
            assert!(shown.lines().any(|l| l == line), "{line} in {shown}");
        }
        drop(store);
        assert!(text(&registry).contains("lattice_p2p_store_quota_bytes 0"));
        assert!(Store::open(folder.path(), 1).is_ok());
    }
}

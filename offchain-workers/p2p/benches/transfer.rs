//! Models and keys between two peers on this machine, everything included: reading, verifying and
//! encrypting at one end, decrypting, verifying, writing and bringing to the disk at the other.
//!
//! The target is 200 MB/s from one peer on two cores.
//!
//! `cargo bench -p lattice-p2p --bench transfer`

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use lattice_chain_client::Signer;
use lattice_p2p::{
    transfer::{fetch, Ask, ContentId, FetchOptions, Silent, Store},
    ContentServer, Identity, Network, NetworkConfig, NetworkHandle, Servers,
};
use lattice_tensor::{
    file,
    testing::{random_mlp, Random},
    Range,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// Bytes of the file.
const BLOB: usize = 256 << 20;

async fn start(seed: &str, store: Option<Arc<Store>>) -> NetworkHandle {
    let config = NetworkConfig {
        listen: vec!["/ip4/127.0.0.1/tcp/0".parse().expect("an address")],
        ..NetworkConfig::default()
    };
    let signer = Signer::from_dev_seed(seed).expect("a seed");
    let servers = Servers {
        content: store.map(|store| -> Arc<dyn ContentServer> { store }),
        ..Servers::default()
    };
    Network::start(config, Identity::ephemeral(signer, [7; 32]), servers)
        .await
        .expect("starts")
}

/// A file of bytes and two models: one of some large tensors and one of many small ones.
fn sources(folder: &Path) -> [(&'static str, PathBuf); 3] {
    let blob = folder.join("proving.key");
    let mut random = Random::new(1);
    let words = (0..BLOB / 8).flat_map(|_| random.bits().to_le_bytes());
    fs::write(&blob, words.collect::<Vec<u8>>()).expect("writes");
    let model = |name: &str, dims: &[u32]| {
        let path = folder.join(name);
        let model = random_mlp(1, dims, Range { lo: 0, hi: 16 });
        file::write(&path, &model).expect("writes");
        path
    };
    [
        ("a file of 256 MiB", blob),
        ("a model of 48 layers", model("large.lattice", &[1_000; 49])),
        ("a model of 200 layers", model("many.lattice", &[128; 201])),
    ]
}

/// How long it takes to bring the content into an empty store.
fn bring(
    runtime: &Runtime,
    handle: &NetworkHandle,
    from: &NetworkHandle,
    content: ContentId,
) -> Duration {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open(folder.path(), 1 << 40).expect("opens"));
    let asker: Arc<dyn Ask> = Arc::new(handle.clone());
    let peers = vec![from.local_peer()];
    let started = Instant::now();
    let options = FetchOptions::default();
    runtime
        .block_on(fetch(&store, asker, content, peers, options, &Silent))
        .expect("fetches");
    started.elapsed()
}

fn transfer(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let served = Store::open(folder.path().join("store"), 0).expect("opens");
    let served = Arc::new(served);
    let (provider, requester) = runtime.block_on(async {
        let provider = start("//Alice", Some(served.clone())).await;
        let requester = start("//Bob", None).await;
        let address = provider.addresses().first().expect("it listens").clone();
        requester.connect(address).await.expect("connects");
        (provider, requester)
    });

    let mut group = c.benchmark_group("transfer");
    group.sample_size(10);
    group.measurement_time(Duration::from_secs(15));
    for (name, path) in sources(folder.path()) {
        let content = served.adopt(&path).expect("it can be served");
        let bytes = fs::metadata(&path).expect("it is there").len();
        group.throughput(Throughput::BytesDecimal(bytes));
        let once = bring(&runtime, &requester, &provider, content);
        let rate = bytes as f64 / 1e6 / once.as_secs_f64();
        println!("{name}: {bytes} bytes in {once:.2?}, {rate:.0} MB/s");
        group.bench_function(name, |b| {
            b.iter_custom(|times| {
                (0..times)
                    .map(|_| bring(&runtime, &requester, &provider, content))
                    .sum()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, transfer);
criterion_main!(benches);

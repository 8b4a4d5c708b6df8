//! The network of `scripts/network.sh`, in its short form: three validators, three providers of whom two
//! fetch the model from the first, and what some of them suffer.

use anyhow::Result;
use lattice_tests::network::audit::audit;
use lattice_tests::network::books::Books;
use lattice_tests::network::client::Load;
use lattice_tests::network::fault::{inject, Fault};
use lattice_tests::network::overhead::overheads;
use lattice_tests::network::private::PrivateRequests;
use lattice_tests::network::report::Report;
use lattice_tests::network::stop::unless_stopped;
use lattice_tests::network::{memory, Network};

/// Requests that the client keeps outstanding meanwhile.
const OUTSTANDING: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_recovers_from_faults_and_loses_nothing() -> Result<()> {
    unless_stopped(recovers_and_loses_nothing()).await
}

async fn recovers_and_loses_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut network = Network::start(folder.path(), &|line| println!("{line}")).await?;
    let books = Books::open(&network).await?;
    let memory = memory::resident(&network)?;
    let mut private = PrivateRequests::default();
    private.ask_every_provider(&network).await;
    let mut load = Load::start(&network, OUTSTANDING).await?;
    let outstanding = load.reach(&network).await?;

    let mut outcomes = Vec::new();
    for fault in Fault::SHORT {
        outcomes.push(inject(&mut network, &mut load, fault).await);
    }
    let requesters = load.accounts()?;
    let client = load.finish().await?;
    private.ask_every_provider(&network).await;
    let report = Report {
        outcomes,
        client,
        private,
        audit: audit(&network, &requesters, &books).await?,
        outstanding,
        memory,
        overheads: overheads(&network).await,
    };
    println!("{}", report.text());
    assert!(report.is_good(), "{}", report.text());
    Ok(())
}

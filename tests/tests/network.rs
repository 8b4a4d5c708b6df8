//! The network of `scripts/network.sh`, in its short form: three validators, three providers of whom two
//! fetch the model from the first, and what some of them suffer.

use anyhow::Result;
use lattice_tests::network::audit::{audit, open_books};
use lattice_tests::network::client::Load;
use lattice_tests::network::fault::{inject, Fault};
use lattice_tests::network::report::Report;
use lattice_tests::network::{Network, PATIENCE};

/// Requests that the client keeps outstanding meanwhile.
const OUTSTANDING: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_recovers_from_faults_and_loses_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut network = Network::start(folder.path(), &|line| println!("{line}")).await?;
    let books = open_books(&network).await?;
    let requesters = network.requesters(OUTSTANDING).await?;
    let load = Load::start(
        network.client.clone(),
        requesters.clone(),
        network.model,
        network.max_price,
    )?;
    load.keep(OUTSTANDING);
    assert!(load.reach(OUTSTANDING, PATIENCE).await, "nobody asks");

    let mut outcomes = Vec::new();
    for fault in Fault::SHORT {
        outcomes.push(inject(&mut network, fault).await);
    }
    load.keep(0);
    assert!(load.drain(PATIENCE * 3).await, "requests have no end");
    let report = Report {
        outcomes,
        tally: load.tally(),
        audit: audit(&network, &requesters, &books).await?,
        outstanding: OUTSTANDING,
    };
    println!("{}", report.text());
    assert!(report.is_good(), "{}", report.text());
    Ok(())
}

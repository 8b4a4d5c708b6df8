//! `lattice-network`: a network on this machine, its faults, and the table of their recoveries.

use anyhow::{ensure, Result};
use clap::Parser;
use lattice_tests::network::audit::audit;
use lattice_tests::network::books::Books;
use lattice_tests::network::client::{Figures, Load};
use lattice_tests::network::fault::{inject, Fault, Outcome};
use lattice_tests::network::overhead::overheads;
use lattice_tests::network::private::PrivateRequests;
use lattice_tests::network::report::Report;
use lattice_tests::network::stop::unless_stopped;
use lattice_tests::network::{memory, Network};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Runs three validators, three providers and a client on this machine, and does things to them.
///
/// Every member has a network namespace of its own where this user may make them (root may). All of it
/// goes when this ends or is interrupted.
#[derive(Parser)]
#[command(name = "network.sh")]
struct Arguments {
    /// Requests that the client keeps outstanding meanwhile.
    #[arg(long, value_name = "N", default_value_t = 24)]
    outstanding: usize,
    /// What is done to the network, in this order [default: everything].
    #[arg(long, value_name = "FAULT", value_delimiter = ',')]
    faults: Option<Vec<Fault>>,
    /// Go through the faults again until so many minutes have passed.
    #[arg(long, value_name = "N", default_value_t = 0)]
    minutes: u64,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Leave the network running, and print where it is.
    #[arg(long)]
    keep: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let folder = tempfile::Builder::new()
        .prefix("lattice-network-")
        .tempdir()?;
    unless_stopped(run(arguments, folder)).await
}

async fn run(arguments: Arguments, folder: TempDir) -> Result<()> {
    let tell = |line: &str| eprintln!("{line}");
    let mut network = Network::start(folder.path(), &tell).await?;
    // What the start left has come to rest when a block made since then is final.
    let books = Books::open(&network).await?;
    let memory = memory::resident(&network)?;
    eprintln!("a private request to every provider …");
    let mut private = PrivateRequests::default();
    private.ask_every_provider(&network).await;

    let mut load = Load::start(&network, arguments.outstanding).await?;
    let mut outstanding = load.reach(&network).await?;
    eprintln!("{outstanding} requests are outstanding");
    let faults = arguments.faults.clone();
    let faults = faults.unwrap_or_else(|| Fault::possible(&network.ground));
    let mut outcomes = Vec::new();
    let start = Instant::now();
    let end = Duration::from_secs(arguments.minutes.saturating_mul(60));
    loop {
        for fault in &faults {
            eprintln!("{} …", fault.name());
            let outcome = inject(&mut network, &mut load, *fault).await;
            if let Some(error) = &outcome.error {
                eprintln!("  {error}");
            }
            outcomes.push(outcome);
            outstanding = network.outstanding().await?.max(outstanding);
        }
        if start.elapsed() >= end {
            break;
        }
    }
    eprintln!("waiting for {} requests …", network.outstanding().await?);
    let requesters = load.accounts()?;
    // The chain tells what became of the requests in any case.
    let client = match load.finish().await {
        Ok(figures) => figures,
        Err(error) => {
            outcomes.push(Outcome::failed("client", &error));
            Figures::default()
        }
    };
    eprintln!("a private request to every provider again …");
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
    if arguments.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.text());
    }
    let good = report.is_good();
    if arguments.keep {
        println!("{:#}", network.describe());
        network.leave_running();
        let _ = folder.keep();
    }
    ensure!(good, "the network did not survive all of it");
    Ok(())
}

//! One look at the chain: as an object, or as text.

use super::rows::{self, Column};
use super::state::{Ended, Figures, ModelRow, Moment, Outcome, ProviderRow, State, Tally};
use super::watch::Watch;
use crate::output::{fields, hex, table};
use lattice_chain_client::{BlockNumber, Client, Error, Head, Result, Sighting};
use serde::Serialize;

/// Observes new blocks, so many of them, and answers what is known then.
///
/// # Errors
/// When the node goes away or cannot be asked.
pub async fn take(client: &Client, blocks: BlockNumber) -> Result<State> {
    let mut state = State::new(client.url());
    let mut watch = Watch::new(client.clone());
    let mut head = client.best_block().await?;
    let last = head.number.saturating_add(blocks);
    let mut heads = client.heads(Head::Best);
    loop {
        for update in watch.best(head).await? {
            state.apply(update);
        }
        if head.number >= last {
            break;
        }
        head = match heads.next().await {
            Some(sighting) => match sighting? {
                Sighting::Block(block) => block,
                Sighting::Lost => return Err(lost()),
            },
            None => return Err(lost()),
        };
    }
    let finalized = client.finalized_block().await?;
    state.apply(watch.finalized(finalized).await?);
    Ok(state)
}

fn lost() -> Error {
    Error::Disconnected("before all blocks were seen".to_owned())
}

/// A snapshot as an object; amounts in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    chain: String,
    best: Option<Best>,
    finalized: Option<Place>,
    /// Settled requests in each block that was seen, oldest first.
    settlements_per_block: Vec<u32>,
    settlements_per_second: Option<f64>,
    /// Of the providers listed.
    in_flight: u32,
    /// Requests that ended in the blocks that were seen.
    seen: Tally,
    /// Registrations of the chain, listed or not.
    model_count: u32,
    models: Vec<ShownModel>,
    /// There are more than those listed.
    more_providers: bool,
    providers: Vec<ShownProvider>,
    endings: Vec<ShownEnding>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    number: BlockNumber,
    hash: String,
    /// Milliseconds since 1970.
    timestamp: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Best {
    #[serde(flatten)]
    place: Place,
    /// Number of events.
    events: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownModel {
    index: u32,
    name: String,
    version: u32,
    providers: u32,
    total_executions: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownProvider {
    account: String,
    stake: String,
    locked: String,
    capacity: u32,
    running: u32,
    settled: String,
    late: String,
    rejected: String,
    last_heartbeat: BlockNumber,
    blocks_since_heartbeat: BlockNumber,
    offers: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownEnding {
    request: String,
    block: BlockNumber,
    ending: Outcome,
    provider: Option<String>,
    price: Option<String>,
    /// Another provider may try.
    goes_on: bool,
    slashed: String,
}

impl Snapshot {
    /// What is shown of a state.
    pub fn of(state: &State) -> Self {
        let figures = state.figures();
        let tables = &figures.tables;
        Self {
            chain: state.chain.clone(),
            best: figures.best().map(|block| Best {
                place: place(&block.at),
                events: block.events,
            }),
            finalized: figures.finalized.as_ref().map(place),
            settlements_per_block: figures.blocks().map(|block| block.tally.settled).collect(),
            settlements_per_second: figures.settlements_per_second(),
            in_flight: figures.in_flight(),
            seen: figures.seen,
            model_count: tables.model_count,
            models: tables.models.iter().map(shown_model).collect(),
            more_providers: tables.more_providers,
            providers: tables
                .providers
                .iter()
                .map(|row| shown_provider(figures, row))
                .collect(),
            endings: figures.endings().map(shown_ending).collect(),
        }
    }
}

fn place(at: &Moment) -> Place {
    Place {
        number: at.number,
        hash: hex(at.hash),
        timestamp: at.timestamp.map(|timestamp| timestamp.to_string()),
    }
}

fn shown_model(row: &ModelRow) -> ShownModel {
    ShownModel {
        index: row.index,
        name: row.name.clone(),
        version: row.version,
        providers: row.providers,
        total_executions: row.total_executions.to_string(),
    }
}

fn shown_provider(figures: &Figures, row: &ProviderRow) -> ShownProvider {
    ShownProvider {
        account: row.account.to_string(),
        stake: row.stake.to_string(),
        locked: row.locked.to_string(),
        capacity: row.capacity,
        running: row.running,
        settled: row.settled.to_string(),
        late: row.late.to_string(),
        rejected: row.rejected.to_string(),
        last_heartbeat: row.last_heartbeat,
        blocks_since_heartbeat: figures.blocks_since(row.last_heartbeat),
        offers: row.offers,
    }
}

fn shown_ending(ended: &Ended) -> ShownEnding {
    ShownEnding {
        request: ended.request.to_string(),
        block: ended.block,
        ending: ended.outcome,
        provider: ended.provider.map(|account| account.to_string()),
        price: ended.price.map(|price| price.to_string()),
        goes_on: ended.goes_on,
        slashed: ended.slashed.to_string(),
    }
}

fn section(title: String, columns: &[Column], rows: Vec<Vec<String>>) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    format!("\n{title}\n{}", table(&names, &rows))
}

/// A snapshot as text.
pub fn text(state: &State) -> String {
    let figures = state.figures();
    let lines = rows::lines(state);
    [
        fields(&lines),
        section(
            rows::models_title(figures),
            &rows::MODELS,
            rows::models(figures),
        ),
        section(
            rows::providers_title(figures),
            &rows::PROVIDERS,
            rows::providers(figures),
        ),
        section(
            rows::endings_title(),
            &rows::ENDINGS,
            rows::endings(figures),
        ),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::top::state::testing;
    use serde_json::json;

    #[test]
    fn the_object_holds_the_figures() {
        let shown = serde_json::to_value(Snapshot::of(&testing::busy())).unwrap();
        assert_eq!(shown["best"]["number"], 2);
        assert_eq!(shown["best"]["hash"], format!("0x{}", "02".repeat(32)));
        assert_eq!(shown["best"]["timestamp"], "6000");
        assert_eq!(shown["finalized"]["number"], 1);
        assert_eq!(shown["settlementsPerBlock"], json!([0, 2]));
        assert_eq!(shown["inFlight"], 3);
        assert_eq!(shown["seen"]["rejected"], 1);
        assert_eq!(shown["modelCount"], 9);
        assert_eq!(shown["models"][0]["totalExecutions"], "2");
        assert_eq!(shown["providers"][0]["settled"], "2");
        assert_eq!(shown["providers"][0]["blocksSinceHeartbeat"], 1);
        assert_eq!(shown["endings"][0]["ending"], "ProofRejected");
        assert_eq!(shown["endings"][0]["price"], json!(null));
        assert_eq!(shown["endings"][1]["price"], "2000000000000");
    }

    #[test]
    fn the_text_says_the_same() {
        let text = text(&testing::busy());
        for expected in [
            "in flight    3",
            "models: the newest 2 of 9, busiest first",
            "8      digits  1        1          2",
            "providers: 2, most settlements first",
            "refunded, 5.00 slashed",
        ] {
            assert!(text.contains(expected), "{expected} is missing:\n{text}");
        }
    }
}

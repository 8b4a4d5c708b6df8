//! What the tables and lines say, for the screen and for the text of a snapshot.

use super::state::{Ended, Figures, ModelRow, Moment, Outcome, ProviderRow, State};
use lattice_chain_client::{AccountId, Balance, SYMBOL, UNIT};

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    /// In characters, on the screen.
    pub width: u16,
    /// Numbers stand to the right.
    pub number: bool,
}

const fn text(name: &'static str, width: u16) -> Column {
    Column {
        name,
        width,
        number: false,
    }
}

const fn number(name: &'static str, width: u16) -> Column {
    Column {
        name,
        width,
        number: true,
    }
}

/// Columns of [`models`].
pub const MODELS: [Column; 5] = [
    number("model", 6),
    text("name", 32),
    number("version", 8),
    number("providers", 9),
    number("executions", 12),
];

/// Columns of [`providers`]; amounts in LAT, the heartbeat in blocks since the last one.
pub const PROVIDERS: [Column; 9] = [
    text("provider", 11),
    number("stake", 11),
    number("locked", 9),
    number("running", 7),
    number("settled", 7),
    number("late", 4),
    number("rejected", 8),
    number("heartbeat", 9),
    number("offers", 6),
];

/// Columns of [`endings`]; amounts in LAT.
pub const ENDINGS: [Column; 5] = [
    number("request", 9),
    number("block", 9),
    text("ending", 13),
    text("provider", 11),
    number("price", 24),
];

/// A row for each model.
pub fn models(figures: &Figures) -> Vec<Vec<String>> {
    let row = |model: &ModelRow| {
        vec![
            model.index.to_string(),
            model.name.clone(),
            model.version.to_string(),
            model.providers.to_string(),
            model.total_executions.to_string(),
        ]
    };
    figures.tables.models.iter().map(row).collect()
}

/// A row for each provider.
pub fn providers(figures: &Figures) -> Vec<Vec<String>> {
    let row = |provider: &ProviderRow| {
        vec![
            short_account(&provider.account),
            amount(provider.stake),
            amount(provider.locked),
            format!("{}/{}", provider.running, provider.capacity),
            provider.settled.to_string(),
            provider.late.to_string(),
            provider.rejected.to_string(),
            figures.blocks_since(provider.last_heartbeat).to_string(),
            provider.offers.to_string(),
        ]
    };
    figures.tables.providers.iter().map(row).collect()
}

/// A row for each of the last endings, newest first.
pub fn endings(figures: &Figures) -> Vec<Vec<String>> {
    let row = |ended: &Ended| {
        let provider = ended.provider.as_ref().map(short_account);
        vec![
            ended.request.to_string(),
            ended.block.to_string(),
            outcome(ended.outcome).to_owned(),
            provider.unwrap_or_else(|| match ended.outcome {
                Outcome::Answered => "the chain".to_owned(),
                _ => "–".to_owned(),
            }),
            match ended.price {
                Some(price) => amount(price),
                None => {
                    let then = if ended.goes_on {
                        "passed on"
                    } else {
                        "refunded"
                    };
                    format!("{then}, {} slashed", amount(ended.slashed))
                }
            },
        ]
    };
    figures.endings().map(row).collect()
}

/// What the table of models holds.
pub fn models_title(figures: &Figures) -> String {
    let (read, all) = (figures.tables.models.len(), figures.tables.model_count);
    if usize::try_from(all).is_ok_and(|all| all > read) {
        return format!("models: the newest {read} of {all}, busiest first");
    }
    format!("models: {read}, busiest first")
}

/// What the table of providers holds.
pub fn providers_title(figures: &Figures) -> String {
    let read = figures.tables.providers.len();
    let what = if figures.tables.more_providers {
        format!("{read} of more")
    } else {
        read.to_string()
    };
    format!("providers: {what}, most settlements first; amounts in {SYMBOL}")
}

/// What the list of endings holds.
pub fn endings_title() -> String {
    format!("last endings of requests; amounts in {SYMBOL}")
}

/// Lines of name and value about the chain and its requests.
pub fn lines(state: &State) -> Vec<(&'static str, String)> {
    let figures = state.figures();
    let none = || "none seen yet".to_owned();
    let best = figures.best().map_or_else(none, |block| {
        let events = block.events;
        format!("{}, {events} events", moment(state, &block.at))
    });
    let finalized = figures.finalized.as_ref();
    let rate = match figures.settlements_per_second() {
        Some(rate) => format!("{rate:.2} per second over {} blocks", figures.window()),
        None => "no rate before a second block".to_owned(),
    };
    let at_least = if figures.tables.more_providers {
        "at least "
    } else {
        ""
    };
    let seen = figures.seen;
    vec![
        ("best", best),
        (
            "finalized",
            finalized.map_or_else(none, |at| moment(state, at)),
        ),
        ("settlements", rate),
        ("in flight", format!("{at_least}{}", figures.in_flight())),
        (
            "seen",
            format!(
                "{} settled, {} rejected, {} expired, {} unserved, {} answered by the chain",
                seen.settled, seen.rejected, seen.expired, seen.unserved, seen.answered
            ),
        ),
    ]
}

fn moment(state: &State, at: &Moment) -> String {
    let hash: String = format!("{:?}", at.hash).chars().take(10).collect();
    match state.age(at) {
        Some(age) => format!("#{} {hash}… {} ago", at.number, duration(age)),
        None => format!("#{} {hash}…", at.number),
    }
}

/// Seconds, as `59 s`, `59 min` or `100 h`.
fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

/// Planck in LAT, cut to two decimal places.
fn amount(planck: Balance) -> String {
    let hundredths = planck % UNIT / (UNIT / 100);
    format!("{}.{hundredths:02}", planck / UNIT)
}

/// Beginning and end of an account's SS58 text.
fn short_account(account: &AccountId) -> String {
    let text = account.to_string();
    let end = text.len().saturating_sub(4);
    match (text.get(..6), text.get(end..)) {
        (Some(head), Some(tail)) => format!("{head}…{tail}"),
        _ => text,
    }
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Settled => "settled",
        Outcome::ProofRejected => "rejected",
        Outcome::Expired => "expired",
        Outcome::NotAccepted => "not accepted",
        Outcome::Cancelled => "cancelled",
        Outcome::Unserved => "unserved",
        Outcome::Answered => "answered",
        Outcome::Refuted => "refuted",
        Outcome::NoQuorum => "no quorum",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_cut_to_hundredths() {
        assert_eq!(amount(0), "0.00");
        assert_eq!(amount(UNIT / 100 - 1), "0.00");
        assert_eq!(amount(12 * UNIT + UNIT / 4), "12.25");
    }

    #[test]
    fn an_account_is_known_by_both_its_ends() {
        let account = AccountId([7; 32]);
        let (text, short) = (account.to_string(), short_account(&account));
        assert_eq!(short.chars().count(), 11);
        assert!(text.starts_with(&short[..6]));
        assert!(text.ends_with(&short[short.len() - 4..]));
    }

    #[test]
    fn durations_are_told_in_their_own_unit() {
        assert_eq!(duration(59), "59 s");
        assert_eq!(duration(60), "1 min");
        assert_eq!(duration(7200), "2 h");
    }
}

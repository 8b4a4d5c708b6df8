//! `lattice top`
//!
//! * [`watch`]: from the chain to updates;
//! * [`state`]: from updates to figures;
//! * [`rows`]: figures in words, for both of:
//! * [`screen`]: a terminal that shows them as they change;
//! * [`snapshot`]: one look, as an object or as text.

mod rows;
mod screen;
mod snapshot;
pub mod state;
pub mod watch;

use crate::args::ChainArgs;
use crate::output::Output;
use anyhow::Context;
use clap::Args;
use crossterm::event::{Event, EventStream, KeyCode, KeyEventKind, KeyModifiers};
use futures::StreamExt;
use lattice_chain_client::{BlockNumber, Client};
use snapshot::Snapshot;
use state::{State, Update};
use std::io::{stdout, IsTerminal};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::signal::unix::{signal, SignalKind};
use tokio::sync::mpsc;

/// Time between two drawings when nothing happens; ages change.
const TICK: Duration = Duration::from_millis(500);
/// Updates that may wait to be drawn.
const QUEUE: usize = 64;

const HELP: &str = "\
Keys: q, Esc or Ctrl-C quit; arrows or j and k scroll the providers; p pauses.
Counts begin when the command does. A node that goes away is waited for.

Log lines (RUST_LOG) go to standard error and would spoil the screen; send them to a file.

Examples:
  lattice top
  lattice top --once
  lattice top --json --blocks 20";

/// Watch blocks, models, providers and settlements on a terminal, or take a snapshot of them.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Top {
    /// Print one snapshot and exit, as without a terminal and with --json.
    #[arg(long)]
    pub once: bool,
    /// New blocks to see before the snapshot, 0 for none [default: 1]; implies --once.
    #[arg(long, value_name = "N")]
    pub blocks: Option<BlockNumber>,
    #[command(flatten)]
    pub chain: ChainArgs,
}

impl Top {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.chain.connect().await?;
        let live = !(self.once || self.blocks.is_some() || output.is_json());
        if live && stdout().is_terminal() {
            return watch_and_show(&client).await;
        }
        let mut state = snapshot::take(&client, self.blocks.unwrap_or(1)).await?;
        state.tick(now());
        output.show(&Snapshot::of(&state), || snapshot::text(&state))
    }
}

/// Shows what happens on the chain until the user has seen enough.
async fn watch_and_show(client: &Client) -> anyhow::Result<()> {
    let (sender, updates) = mpsc::channel(QUEUE);
    let shown = show(State::new(client.url()), updates);
    tokio::select! {
        ended = watch::follow(client, &sender) => Ok(ended?),
        ended = shown => ended,
    }
}

/// Gives the terminal back, however the work with it ends. A panic does so by ratatui's own hook,
/// before its message is printed.
struct Restore;

impl Drop for Restore {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// Draws the state as it changes, and does what the keys say.
async fn show(mut state: State, mut updates: mpsc::Receiver<Update>) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut ticks = tokio::time::interval(TICK);
    // Dropped last.
    let _restore = Restore;
    let mut terminal = ratatui::try_init().context("cannot use the terminal; try --once")?;
    let mut events = EventStream::new();
    loop {
        state.tick(now());
        terminal.draw(|frame| screen::draw(&state, frame))?;
        tokio::select! {
            Some(update) = updates.recv() => state.apply(update),
            Some(event) = events.next() => match action(&event?) {
                Some(Action::Quit) => return Ok(()),
                Some(Action::ScrollUp) => state.scroll_up(),
                Some(Action::ScrollDown) => state.scroll_down(),
                Some(Action::Pause) => state.toggle_pause(),
                // A new size is seen by drawing.
                None => {}
            },
            _ = ticks.tick() => {}
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Quit,
    ScrollUp,
    ScrollDown,
    Pause,
}

fn action(event: &Event) -> Option<Action> {
    let Event::Key(key) = event else {
        return None;
    };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Action::Quit),
        KeyCode::Char('q') | KeyCode::Esc => Some(Action::Quit),
        KeyCode::Up | KeyCode::Char('k') => Some(Action::ScrollUp),
        KeyCode::Down | KeyCode::Char('j') => Some(Action::ScrollDown),
        KeyCode::Char('p') => Some(Action::Pause),
        _ => None,
    }
}

/// Milliseconds since 1970; zero on a clock that is set before.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEvent;

    fn press(code: KeyCode, modifiers: KeyModifiers) -> Option<Action> {
        action(&Event::Key(KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn each_key_does_what_the_help_says() {
        for (code, expected) in [
            (KeyCode::Char('q'), Action::Quit),
            (KeyCode::Esc, Action::Quit),
            (KeyCode::Up, Action::ScrollUp),
            (KeyCode::Char('k'), Action::ScrollUp),
            (KeyCode::Down, Action::ScrollDown),
            (KeyCode::Char('j'), Action::ScrollDown),
            (KeyCode::Char('p'), Action::Pause),
        ] {
            assert_eq!(press(code, KeyModifiers::NONE), Some(expected), "{code:?}");
        }
        let control_c = press(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(control_c, Some(Action::Quit));
        assert_eq!(press(KeyCode::Char('c'), KeyModifiers::NONE), None);
    }

    #[test]
    fn letting_a_key_go_does_nothing() {
        let mut key = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE);
        key.kind = KeyEventKind::Release;
        assert_eq!(action(&Event::Key(key)), None);
        assert_eq!(action(&Event::Resize(1, 1)), None);
    }
}

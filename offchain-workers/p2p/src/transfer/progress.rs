//! How far a fetch is.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};

/// Is told how far a fetch is, often and by the task that fetches: it must not block.
pub trait Progress: Send + Sync {
    /// Bytes of the whole. Said again if a list of chunks turned out to be false.
    fn total(&self, bytes: u64);
    /// Bytes that are there and verified. Fewer than before if some had to be given up.
    fn done(&self, bytes: u64);
    /// Peers that are being asked.
    fn peers(&self, count: usize);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn total(&self, _bytes: u64) {}
    fn done(&self, _bytes: u64) {}
    fn peers(&self, _count: usize) {}
}

/// A bar in a terminal, and nothing in a pipe.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar with these words before it.
    pub fn new(label: impl Into<String>) -> Self {
        let bar = ProgressBar::new(0);
        if !io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let template = "{prefix:<12} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(label.into());
        Self(bar)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn total(&self, bytes: u64) {
        self.0.set_length(bytes);
    }

    fn done(&self, bytes: u64) {
        self.0.set_position(bytes);
    }

    fn peers(&self, count: usize) {
        let noun = if count == 1 { "peer" } else { "peers" };
        self.0.set_message(format!("from {count} {noun}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_shows_what_it_is_told() {
        let bar = Bar::new("lenet5");
        bar.total(100);
        bar.done(40);
        bar.peers(1);
        assert_eq!(bar.0.length(), Some(100));
        assert_eq!(bar.0.position(), 40);
        assert_eq!(bar.0.message(), "from 1 peer");
    }
}

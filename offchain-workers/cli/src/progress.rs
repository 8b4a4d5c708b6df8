//! Progress bars in a terminal, silence in a pipe.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::time::Duration;

fn on_terminal(bar: ProgressBar) -> ProgressBar {
    if io::stderr().is_terminal() {
        bar
    } else {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        bar
    }
}

/// A bar over a known number of steps.
pub fn bar(label: &'static str, steps: u64) -> ProgressBar {
    let bar = on_terminal(ProgressBar::new(steps));
    if let Ok(style) = ProgressStyle::with_template("{msg:<12} {bar:30} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(label);
    bar
}

/// A spinner for work of unknown length.
pub fn spinner(label: impl Into<String>) -> ProgressBar {
    let spinner = on_terminal(ProgressBar::new_spinner());
    spinner.set_message(label.into());
    if !spinner.is_hidden() {
        spinner.enable_steady_tick(Duration::from_millis(120));
    }
    spinner
}

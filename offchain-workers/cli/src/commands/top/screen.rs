//! The state as a screen. Knows no chain, and no terminal but the frame that it draws on.

use super::rows::{self, Column};
use super::state::State;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Style, Stylize};
use ratatui::text::{Line, Text};
use ratatui::widgets::{Block, Borders, Paragraph, Row, Sparkline, Table, TableState};
use ratatui::Frame;

/// What the keys do.
const KEYS: &str = "q quit · ↑ ↓ j k scroll providers · p pause";

/// Draws the state on all of the frame, of whatever size it is; what has no place is cut off.
pub fn draw(state: &State, frame: &mut Frame) {
    let figures = state.figures();
    let [head, spark, models, providers, endings, foot] = Layout::vertical([
        Constraint::Length(6),
        Constraint::Length(3),
        Constraint::Fill(1),
        Constraint::Fill(2),
        Constraint::Fill(1),
        Constraint::Length(1),
    ])
    .areas(frame.area());

    frame.render_widget(summary(state), head);
    frame.render_widget(settlements(state, spark), spark);

    let title = rows::models_title(figures);
    frame.render_widget(
        table(title, &rows::MODELS, rows::models(figures), 0),
        models,
    );

    let title = rows::providers_title(figures);
    let mut first = TableState::new().with_offset(state.scroll());
    frame.render_stateful_widget(
        table(
            title,
            &rows::PROVIDERS,
            rows::providers(figures),
            state.scroll(),
        ),
        providers,
        &mut first,
    );

    let title = rows::endings_title();
    frame.render_widget(
        table(title, &rows::ENDINGS, rows::endings(figures), 0),
        endings,
    );

    frame.render_widget(footer(state), foot);
}

/// The lines about the chain and its requests.
fn summary(state: &State) -> Paragraph<'static> {
    let lines = rows::lines(state)
        .into_iter()
        .map(|(name, value)| Line::from(format!("{name:<12}{value}")));
    Paragraph::new(Text::from_iter(lines)).block(titled(format!("lattice top · {}", state.chain)))
}

/// A bar for each of as many of the last blocks as are kept and have a place.
fn settlements(state: &State, area: Rect) -> Sparkline<'static> {
    let blocks = state.figures().blocks();
    let hidden = blocks.len().saturating_sub(usize::from(area.width));
    let settled: Vec<u64> = blocks
        .skip(hidden)
        .map(|block| u64::from(block.tally.settled))
        .collect();
    let most = settled.iter().copied().max().unwrap_or(0);
    let title = format!("settlements in each block, newest to the right; at most {most}");
    Sparkline::default()
        .data(settled)
        // A block without settlements has no bar, even when none has any.
        .max(most.max(1))
        .block(titled(title))
}

/// A table under a title that says from which row on it is shown.
fn table(
    title: String,
    columns: &[Column],
    rows: Vec<Vec<String>>,
    first_shown: usize,
) -> Table<'static> {
    let title = match first_shown {
        0 => title,
        first => format!("{title}; from the {}. on", first.saturating_add(1)),
    };
    let aligned = |cells: Vec<String>| {
        let cells = columns.iter().zip(cells);
        cells
            .map(|(column, cell)| {
                let cell = Text::from(cell);
                if column.number {
                    cell.right_aligned()
                } else {
                    cell
                }
            })
            .collect::<Row<'static>>()
    };
    let names = columns.iter().map(|column| column.name.to_owned());
    let header = aligned(names.collect()).style(Style::new().dim());
    let widths = columns.iter().map(|column| column.width);
    Table::new(rows.into_iter().map(aligned), widths)
        .header(header)
        .column_spacing(1)
        .block(titled(title))
}

/// What goes wrong, or what the keys do.
fn footer(state: &State) -> Line<'static> {
    if let Some(reason) = &state.trouble {
        return Line::from(format!("{reason}; trying again")).red().bold();
    }
    if state.is_paused() {
        return Line::from(format!("PAUSED · {KEYS}")).yellow().bold();
    }
    Line::from(KEYS).dim()
}

/// A line with a title above.
fn titled(title: String) -> Block<'static> {
    Block::new()
        .borders(Borders::TOP)
        .title(Line::from(title).bold())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::top::state::testing;
    use crate::commands::top::state::Update;
    use ratatui::backend::TestBackend;
    use ratatui::Terminal;

    fn drawn(state: &State, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(state, frame)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn the_figures_are_on_the_screen() {
        let text = drawn(&testing::busy(), 100, 30);
        for expected in [
            "lattice top · ws://node",
            "#2 0x02020202… 2 s ago, 7 events",
            "#1 0x01010101… 5 s ago",
            "0.67 per second over 1 blocks",
            "in flight   3",
            "2 settled, 1 rejected, 0 expired, 0 unserved, 0 answered by the chain",
            "models: the newest 2 of 9, busiest first",
            "digits",
            "providers: 2, most settlements first",
            "1000.00",
            "last endings of requests",
            "refunded, 5.00 slashed",
            "q quit",
        ] {
            assert!(text.contains(expected), "{expected} is missing:\n{text}");
        }
    }

    #[test]
    fn no_size_is_too_small() {
        for (width, height) in [(1, 1), (20, 5), (3, 40), (200, 2), (80, 24)] {
            for state in [State::new("ws://node"), testing::busy()] {
                drawn(&state, width, height);
            }
        }
    }

    #[test]
    fn a_lost_node_is_told_and_the_figures_stay() {
        let mut state = testing::busy();
        state.apply(Update::Trouble("the connection was lost".to_owned()));
        let text = drawn(&state, 100, 30);
        assert!(
            text.contains("the connection was lost; trying again"),
            "{text}"
        );
        assert!(text.contains("2 settled"), "{text}");
    }

    #[test]
    fn scrolling_hides_the_first_providers() {
        let mut state = testing::busy();
        let first = rows::providers(state.figures())[0][0].clone();
        assert!(drawn(&state, 100, 60).contains(&format!("{first} ")));
        state.scroll_down();
        let text = drawn(&state, 100, 60);
        assert!(text.contains("from the 2. on"), "{text}");
        assert!(!providers_part(&text).contains(&first), "{text}");
    }

    /// The lines from the title of the providers to that of the endings.
    fn providers_part(text: &str) -> &str {
        let from = text.find("providers:").unwrap();
        let to = text.find("last endings").unwrap();
        &text[from..to]
    }

    #[test]
    fn a_pause_is_marked() {
        let mut state = testing::busy();
        state.toggle_pause();
        assert!(drawn(&state, 100, 30).contains("PAUSED"));
    }
}

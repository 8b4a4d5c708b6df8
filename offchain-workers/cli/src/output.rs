//! Output for people, or one JSON object.

use serde::Serialize;
use std::cell::Cell;
use std::io::{self, Write};

/// Where results go.
pub struct Output {
    json: bool,
    /// A result was printed; with --json nothing may follow it.
    shown: Cell<bool>,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Output {
            json,
            shown: Cell::new(false),
        }
    }

    /// The user asked for JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a result: `value` as JSON, or the text.
    pub fn show(
        &self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        let text = if self.json {
            serde_json::to_string_pretty(value)?
        } else {
            text()
        };
        self.shown.set(true);
        print(&mut io::stdout().lock(), text.trim_end())
    }

    /// Prints something to know beside the result, on standard error.
    pub fn warn(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "warning: {text}");
    }

    /// Prints an error with its causes; with --json also as an object on standard output, unless
    /// the command printed its result before it failed.
    pub fn error(&self, error: &anyhow::Error, code: u8) {
        let message = describe(error);
        let _ = writeln!(io::stderr().lock(), "error: {message}");
        if self.json && !self.shown.get() {
            let object = serde_json::json!({ "error": message, "exitCode": code });
            let _ = print(&mut io::stdout().lock(), &object.to_string());
        }
    }
}

/// The error and its causes in one line, without repeating a text that a cause contains already.
fn describe(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        if !parts.iter().any(|p| p.contains(&text)) {
            parts.push(text);
        }
    }
    parts.join(": ")
}

/// A reader that closed the pipe has what it wanted.
fn print(to: &mut impl Write, text: &str) -> anyhow::Result<()> {
    match writeln!(to, "{text}").and_then(|()| to.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Lines of `name  value` with the values in one column.
pub fn fields(rows: &[(impl AsRef<str>, String)]) -> String {
    let width = rows
        .iter()
        .map(|(name, _)| name.as_ref().len())
        .max()
        .unwrap_or(0);
    rows.iter()
        .map(|(name, value)| format!("{:<width$}  {value}\n", name.as_ref()))
        .collect()
}

/// A table with a header line and columns as wide as their widest cell.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|r| r.get(column));
        let widest = cells.map(|c| c.chars().count()).max().unwrap_or(0);
        widest.max(header[column].chars().count())
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &[&str]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        format!("{}\n", padded.join("  ").trim_end())
    };
    let mut text = line(header);
    for row in rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        text += &line(&cells);
    }
    text
}

/// 0x-hex of bytes.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        assert_eq!(
            fields(&[("a", "1".into()), ("long", "2".into())]),
            "a     1\nlong  2\n"
        );
        assert_eq!(
            table(&["id", "name"], &[vec!["10".into(), "digits".into()]]),
            "id  name\n10  digits\n"
        );
    }

    #[test]
    fn causes_are_listed_once() {
        let error =
            anyhow::anyhow!("file is empty").context("cannot read m.lattice: file is empty");
        assert_eq!(describe(&error), "cannot read m.lattice: file is empty");
        let error = anyhow::anyhow!("no space").context("cannot write m.lattice");
        assert_eq!(describe(&error), "cannot write m.lattice: no space");
    }
}

//! The worker's log, line by line in the node's.

use super::TARGET;
use log::Level;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// More of a line is not logged.
const MAX_LINE: usize = 4096;
/// Where in a line its level stands.
const LEVEL_WITHIN: usize = 100;

/// Logs what is read, until there is no more.
pub async fn forward<R: AsyncRead + Unpin>(reader: R) {
    let mut reader = BufReader::new(reader);
    let mut cutter = Cutter::default();
    loop {
        let read = match reader.fill_buf().await {
            Ok(bytes) => {
                cutter.take(bytes, say);
                bytes.len()
            }
            Err(_) => 0,
        };
        if read == 0 {
            break;
        }
        reader.consume(read);
    }
    cutter.end(say);
}

fn say(line: &str) {
    log::log!(target: TARGET, level_of(line), "{line}");
}

/// The level of a line, as the worker writes it: as text or as JSON.
fn level_of(line: &str) -> Level {
    let start = line.char_indices().nth(LEVEL_WITHIN);
    let start = &line[..start.map_or(line.len(), |(at, _)| at)];
    let has = |level: &str| {
        start.split_whitespace().any(|word| word == level)
            || start.contains(&format!("\"level\":\"{level}\""))
    };
    if has("ERROR") || start.starts_with("error:") {
        Level::Error
    } else if has("WARN") {
        Level::Warn
    } else {
        Level::Info
    }
}

/// Cuts bytes into lines of bounded length.
#[derive(Debug, Default)]
struct Cutter {
    line: Vec<u8>,
    cut: bool,
}

impl Cutter {
    fn take(&mut self, mut bytes: &[u8], mut say: impl FnMut(&str)) {
        while let Some(at) = bytes.iter().position(|byte| *byte == b'\n') {
            self.keep(&bytes[..at]);
            self.end(&mut say);
            bytes = &bytes[at + 1..];
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = MAX_LINE.saturating_sub(self.line.len()).min(bytes.len());
        self.line.extend_from_slice(&bytes[..room]);
        self.cut |= room < bytes.len();
    }

    /// Says the line so far, unless it is empty.
    fn end(&mut self, mut say: impl FnMut(&str)) {
        {
            let line = String::from_utf8_lossy(&self.line);
            match (line.trim_end(), self.cut) {
                ("", _) => {}
                (line, false) => say(line),
                (line, true) => say(&format!("{line}… (cut)")),
            }
        }
        self.line.clear();
        self.cut = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pieces: &[&[u8]]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut cutter = Cutter::default();
        for piece in pieces {
            cutter.take(piece, |line| lines.push(line.to_owned()));
        }
        cutter.end(|line| lines.push(line.to_owned()));
        lines
    }

    #[test]
    fn lines_are_put_together_from_pieces() {
        let pieces: [&[u8]; 4] = [b"one\ntw", b"o\n", b"\n\r\n", b"three"];
        assert_eq!(cut(&pieces), ["one", "two", "three"]);
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_is_whole() {
        let long = vec![b'x'; MAX_LINE];
        let lines = cut(&[&long, &long, b"x\nnext\n"]);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].len() < MAX_LINE + 20 && lines[0].ends_with("… (cut)"));
        assert_eq!(lines[1], "next");
    }

    #[test]
    fn the_level_is_the_workers() {
        for (line, level) in [
            (
                "2026-01-01T00:00:00Z  INFO lattice_worker: ready",
                Level::Info,
            ),
            (
                "2026-01-01T00:00:00Z  WARN lattice_worker: late",
                Level::Warn,
            ),
            (
                "2026-01-01T00:00:00Z ERROR lattice_worker: gone",
                Level::Error,
            ),
            (
                r#"{"timestamp":"x","level":"ERROR","message":"gone"}"#,
                Level::Error,
            ),
            ("error: unexpected argument", Level::Error),
            ("an ERRORless day", Level::Info),
        ] {
            assert_eq!(level_of(line), level, "{line}");
        }
        // Letters of more than one byte are not cut in two.
        assert_eq!(level_of(&"ä".repeat(300)), Level::Info);
    }

    #[tokio::test]
    async fn a_reader_is_read_to_its_end() {
        forward(&b"one\ntwo"[..]).await;
    }
}

//! A cursor over the text of a program.

use super::error::{Located, TextFault};

/// Longest piece of the text that an error repeats, in characters.
const QUOTED: usize = 40;

/// Where in the text the assembler is. Cheap to clone, for looking ahead.
#[derive(Clone)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    offset: usize,
    line: u32,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Self {
        let mut scanner = Scanner {
            text,
            offset: 0,
            line: 1,
        };
        // Some editors begin a file with a byte order mark.
        scanner.eat('\u{feff}');
        scanner
    }

    /// Bytes before the cursor.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The present line, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub fn is_at_line_end(&self) -> bool {
        matches!(self.peek(), None | Some('\n'))
    }

    /// Goes on if the next character is this one.
    pub fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.take(|c| c == expected, 1);
        }
        found
    }

    /// Takes up to `most` characters for as long as they belong.
    fn take(&mut self, belongs: impl Fn(char) -> bool, most: usize) -> &'a str {
        let rest = self.rest();
        let length = rest
            .char_indices()
            .take(most)
            .take_while(|(_, c)| belongs(*c))
            .last()
            .map_or(0, |(at, c)| at.saturating_add(c.len_utf8()));
        let (taken, _) = rest.split_at_checked(length).unwrap_or(("", rest));
        let lines = taken.matches('\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.offset = self.offset.saturating_add(taken.len());
        taken
    }

    /// Takes characters for as long as they belong.
    pub fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        self.take(belongs, usize::MAX)
    }

    /// Takes letters, digits and underscores.
    pub fn word(&mut self) -> &'a str {
        self.take_while(|c| c.is_ascii_alphanumeric() || c == '_')
    }

    /// Skips spaces and a comment; stays on the line.
    pub fn skip_spaces(&mut self) {
        self.take_while(|c| c.is_whitespace() && c != '\n');
        if self.is_at_comment() {
            self.take_while(|c| c != '\n');
        }
    }

    /// Skips spaces, comments and ends of lines.
    pub fn skip_lines(&mut self) {
        loop {
            self.skip_spaces();
            if !self.eat('\n') {
                return;
            }
        }
    }

    fn is_at_comment(&self) -> bool {
        let mut ahead = self.rest().chars();
        match ahead.next() {
            Some(';') => true,
            // `#0` is a handle.
            Some('#') => !ahead.next().is_some_and(|c| c.is_ascii_digit()),
            _ => false,
        }
    }

    /// A fault at the cursor.
    pub fn fault(&self, fault: TextFault) -> Located {
        Located::new(self.offset, fault)
    }

    /// Something other than what is expected is at the cursor.
    pub fn unexpected(&self, expected: &str) -> Located {
        self.fault(TextFault::Unexpected {
            expected: expected.to_string(),
            found: self.found(),
        })
    }

    /// What is at the cursor, in words.
    fn found(&self) -> String {
        match self.peek() {
            None => "the end of the text".into(),
            Some('\n') => "the end of the line".into(),
            Some(first) => {
                let ends = |c: char| c.is_whitespace() || "[](),=;".contains(c);
                let mut ahead = self.clone();
                let word = ahead.take(|c| !ends(c), QUOTED);
                match word {
                    "" => format!("`{first}`"),
                    word if ahead.peek().is_some_and(|c| !ends(c)) => format!("`{word}…`"),
                    word => format!("`{word}`"),
                }
            }
        }
    }
}

//! Why a text is not a program.

use crate::{DecodeFault, Handle, Opcode};

/// A text that is not a program, and where it stops being one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {fault}")]
pub struct TextError {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong there.
    pub fault: TextFault,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Something else should be here.
    #[error("expected {expected}, found {found}")]
    Unexpected { expected: String, found: String },
    /// No instruction has this mnemonic.
    #[error("no instruction is called `{found}`; {}", did_you_mean(.suggestion, mnemonics))]
    UnknownMnemonic {
        found: String,
        suggestion: Option<String>,
    },
    /// No handle has this name, or none yet.
    #[error("no handle above is called `{found}`; {}", did_you_mean(.suggestion, how_to_name))]
    UnknownName {
        found: String,
        suggestion: Option<String>,
    },
    /// The name stands for another handle.
    #[error("`{name}` is the name of {handle} already, since line {line}")]
    NameTaken {
        name: String,
        handle: Handle,
        line: u32,
    },
    /// A label before an instruction that makes neither model nor tensor.
    #[error("{opcode} gives no handle that could have a name")]
    NoHandle { opcode: Opcode },
    /// The number that the text states is not the one that is given.
    #[error("the instruction gives {given}, not {stated}")]
    OtherHandle { stated: Handle, given: Handle },
    /// More handles than have numbers.
    #[error("more than {} instructions that give handles", u32::from(u16::MAX).saturating_add(1))]
    TooManyHandles,
    /// A number that does not fit.
    #[error("{found} is outside {least}..={most}")]
    Range {
        found: String,
        least: i64,
        most: i64,
    },
    /// A list that is too short or too long.
    #[error("expected {expected} items, found {found}")]
    ItemCount { expected: usize, found: usize },
    /// Bytes that are too short or too long.
    #[error("expected {} bytes ({} hexadecimal digits), found {found} digits", either(.expected, 1), either(.expected, 2))]
    HexDigits {
        expected: &'static [usize],
        found: usize,
    },
    /// A rank outside 1–4, an extent of zero, or more than 2^24 elements.
    #[error("{found} is not a shape: 1 to 4 extents from 1, at most 2^24 elements")]
    Shape { found: String },
    /// A reference that could not be resolved.
    #[error("@{reference}: {reason}")]
    Reference { reference: String, reason: String },
    /// Operands that are each well formed and that no instruction has together.
    #[error("{opcode}: {fault}")]
    Instruction { opcode: Opcode, fault: DecodeFault },
}

fn did_you_mean(suggestion: &Option<String>, otherwise: fn() -> String) -> String {
    match suggestion {
        Some(suggestion) => format!("did you mean `{suggestion}`?"),
        None => otherwise(),
    }
}

/// Lengths in words, in a unit of which one byte has `units`.
fn either(lengths: &[usize], units: usize) -> String {
    let lengths: Vec<String> = lengths
        .iter()
        .map(|length| length.saturating_mul(units).to_string())
        .collect();
    lengths.join(" or ")
}

fn mnemonics() -> String {
    let all: Vec<&str> = Opcode::ALL.iter().map(|opcode| opcode.mnemonic()).collect();
    format!("there are {}", all.join(", "))
}

fn how_to_name() -> String {
    "`name = ` before an instruction names the handle that it gives".into()
}

/// How much a word must be like another to be suggested; clap's threshold for commands.
const LIKENESS: f64 = 0.8;

/// The candidate that is most like a word, if one is.
pub(super) fn suggest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate.to_string())
}

/// A fault and the byte at which it is. Lines and columns are counted once, for
/// the fault that is reported.
pub(super) struct Located {
    pub offset: usize,
    pub fault: TextFault,
}

impl Located {
    pub fn new(offset: usize, fault: TextFault) -> Self {
        Located { offset, fault }
    }
}

impl TextError {
    pub(super) fn at(text: &str, offset: usize, fault: TextFault) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().map_or(0, |part| {
            part.trim_start_matches('\u{feff}').chars().count()
        });
        let from_one = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
        TextError {
            line: from_one(line),
            column: from_one(column),
            fault,
        }
    }
}

//! Programs from assembly text, bytecode, hexadecimal text and WebAssembly modules.

use crate::input;
use anyhow::{anyhow, bail, Context};
use lattice_isa::operand::Field;
use lattice_isa::text::{self, References, TextError};
use lattice_isa::{Handle, Instruction, Opcode};
use lattice_setup::KeyFiles;
use lattice_tensor::file;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How a WebAssembly module begins.
const WASM_MAGIC: &[u8] = b"\0asm";

/// A program of either front end.
pub enum Program {
    StraightLine(StraightLine),
    Wasm(Vec<u8>),
}

/// A straight-line program.
#[derive(Debug, Default)]
pub struct StraightLine {
    /// The bytecode.
    pub bytes: Vec<u8>,
    /// The same, decoded.
    pub instructions: Vec<Instruction>,
    /// The line on which each instruction begins; empty if there was no text.
    pub lines: Vec<u32>,
    /// The handles that the text names.
    pub names: BTreeMap<Handle, String>,
}

impl StraightLine {
    /// Decodes bytecode.
    pub fn decode(bytes: Vec<u8>) -> anyhow::Result<Self> {
        let instructions = lattice_isa::Program::decode(&bytes)?;
        Ok(StraightLine {
            bytes,
            instructions,
            ..StraightLine::default()
        })
    }

    /// Assembles a text. References are read from files beside it.
    pub fn assemble(text: &str, source: &Source) -> anyhow::Result<Self> {
        let mut files = Files {
            folder: source.folder(),
        };
        let assembly = text::parse_with(text, &mut files)
            .map_err(|error| anyhow!("{source}:{}", with_line(text, &error)))?;
        let bytes = lattice_isa::Program::encode(&assembly.instructions)
            .with_context(|| format!("cannot assemble {source}"))?;
        let program = Self::decode(bytes).with_context(|| format!("{source} is too large"))?;
        Ok(StraightLine {
            lines: assembly.lines,
            names: assembly.names,
            ..program
        })
    }

    /// A handle by its name in the text, or its number.
    pub fn handle_name(&self, handle: Handle) -> String {
        match self.names.get(&handle) {
            Some(name) => format!("{handle} {name}"),
            None => handle.to_string(),
        }
    }
}

/// Where a program comes from, as it was given on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `0x` and hexadecimal digits.
    Literal(String),
    StandardInput,
    File(PathBuf),
}

impl From<&str> for Source {
    fn from(argument: &str) -> Self {
        match argument {
            "-" => Source::StandardInput,
            literal if literal.starts_with("0x") => Source::Literal(literal.into()),
            path => Source::File(path.into()),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Literal(_) => f.write_str("the bytecode"),
            Source::StandardInput => f.write_str("standard input"),
            Source::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Source {
    /// Reads the text of a straight-line program.
    pub fn text(&self) -> anyhow::Result<String> {
        let bytes = self.content()?;
        if is_bytecode(&bytes) || bytes.starts_with(WASM_MAGIC) {
            bail!("{self} is assembled already; see `lattice disasm` and `lattice vm run`");
        }
        String::from_utf8(bytes).map_err(|_| anyhow!("{self} is no text"))
    }

    /// Reads bytecode, as bytes or as hexadecimal text.
    pub fn bytecode(&self) -> anyhow::Result<Vec<u8>> {
        let bytes = self.content()?;
        if bytes.starts_with(WASM_MAGIC) {
            bail!("{self} is a WebAssembly module, not a straight-line program");
        }
        if let Some(digits) = hexadecimal(&bytes) {
            return decode_hex(digits).with_context(|| format!("cannot read {self}"));
        }
        if !bytes.is_empty() && !is_bytecode(&bytes) && std::str::from_utf8(&bytes).is_ok() {
            bail!("{self} is a text; assemble it with `lattice asm`");
        }
        Ok(bytes)
    }

    /// Reads a program, whatever its form.
    pub fn program(&self) -> anyhow::Result<Program> {
        let bytes = self.content()?;
        if bytes.starts_with(WASM_MAGIC) {
            return Ok(Program::Wasm(bytes));
        }
        let program = if let Some(digits) = hexadecimal(&bytes) {
            decode_hex(digits).and_then(StraightLine::decode)
        } else if is_bytecode(&bytes) {
            StraightLine::decode(bytes)
        } else {
            // A text begins with ASCII, and no opcode is an ASCII character.
            let text = String::from_utf8(bytes)
                .map_err(|_| anyhow!("{self} is neither a program nor the text of one"))?;
            return StraightLine::assemble(&text, self).map(Program::StraightLine);
        };
        program
            .map(Program::StraightLine)
            .with_context(|| format!("cannot read {self}"))
    }

    fn content(&self) -> anyhow::Result<Vec<u8>> {
        match self {
            Source::Literal(text) => Ok(text.clone().into_bytes()),
            Source::StandardInput => {
                let mut bytes = Vec::new();
                std::io::stdin()
                    .read_to_end(&mut bytes)
                    .context("cannot read standard input")?;
                Ok(bytes)
            }
            Source::File(path) => {
                std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
            }
        }
    }

    /// The folder that references are relative to.
    fn folder(&self) -> &Path {
        match self {
            Source::File(path) => path.parent().unwrap_or(Path::new("")),
            _ => Path::new(""),
        }
    }
}

fn is_bytecode(bytes: &[u8]) -> bool {
    bytes
        .first()
        .is_some_and(|code| Opcode::from_code(*code).is_some())
}

/// The digits of a hexadecimal text.
fn hexadecimal(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()?.trim().strip_prefix("0x")
}

/// Bytes of hexadecimal digits.
pub fn decode_hex(digits: &str) -> anyhow::Result<Vec<u8>> {
    hex::decode(digits).context("no hexadecimal text")
}

/// The error with the line that it is in, and a mark under the column.
fn with_line(text: &str, error: &TextError) -> String {
    let (row, column) = (error.line as usize, error.column as usize);
    let line = text.lines().nth(row.saturating_sub(1)).unwrap_or_default();
    let line = line.trim_start_matches('\u{feff}').replace('\t', " ");
    // A window around the column, for lists that fill a long line.
    let from = column.saturating_sub(60);
    let shown: String = line.chars().skip(from).take(100).collect();
    let mark = " ".repeat(column.saturating_sub(1).saturating_sub(from));
    let margin = " ".repeat(row.to_string().len());
    format!(
        "{row}:{column}: {}\n  {row} | {shown}\n  {margin} | {mark}^",
        error.fault
    )
}

/// Files that a text refers to: `@image.npy`, `@images.npy:3`, `@digits.lattice`, `@keys/`.
struct Files<'a> {
    folder: &'a Path,
}

impl References for Files<'_> {
    fn elements(&mut self, reference: &str) -> Result<Vec<i32>, String> {
        elements(self.folder, reference).map_err(|error| format!("{error:#}"))
    }

    fn bytes(&mut self, _field: &Field, reference: &str) -> Result<Vec<u8>, String> {
        bytes(&self.folder.join(reference)).map_err(|error| format!("{error:#}"))
    }
}

/// All numbers of a `.npy` or JSON file, or with `:3` those of its row 3.
fn elements(folder: &Path, reference: &str) -> anyhow::Result<Vec<i32>> {
    let row = reference
        .rsplit_once(':')
        .and_then(|(path, row)| Some((path, row.parse::<usize>().ok()?)));
    let path = folder.join(row.map_or(reference, |(path, _)| path));
    let array = input::read(&path)?;
    let rows = array.shape.first().copied().unwrap_or(0);
    let values = match row {
        None => &array.values[..],
        Some((_, row)) => {
            let width = array.values.len().checked_div(rows).unwrap_or(0).max(1);
            array
                .values
                .chunks_exact(width)
                .nth(row)
                .with_context(|| format!("there are {rows} rows, from 0"))?
        }
    };
    values
        .iter()
        .enumerate()
        .map(|(element, value)| {
            integer(*value)
                .with_context(|| format!("element {element} is {value}, no integer of 32 bits"))
        })
        .collect()
}

fn integer(value: f64) -> Option<i32> {
    let fits = value.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&value);
    fits.then_some(value as i32)
}

/// The id of a model file or of a key folder, or the content of any other file, bytes or
/// hexadecimal text.
fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path.is_dir() {
        return Ok(KeyFiles::read(path)?.vk_id.to_vec());
    }
    if path.extension().is_some_and(|ending| ending == "lattice") {
        return Ok(file::read(path)?.id().0.to_vec());
    }
    let content = std::fs::read(path)?;
    match hexadecimal(&content) {
        Some(digits) => decode_hex(digits),
        None => Ok(content),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_program_is_known_by_its_first_bytes() {
        let form = |text: &str| match Source::from(text).program() {
            Ok(Program::StraightLine(program)) => program.instructions.len(),
            _ => usize::MAX,
        };
        assert_eq!(form("0xc10000c10000"), 2);
        assert_eq!(form("0x"), 0);
        assert_eq!(form("0xc1000"), usize::MAX);
        assert!(is_bytecode(&[0xa0]) && !is_bytecode(b"a = ") && !is_bytecode(&[]));
        assert!(Opcode::ALL.iter().all(|opcode| !opcode.code().is_ascii()));
    }

    #[test]
    fn an_error_of_the_text_shows_its_line() {
        let error = StraightLine::assemble("\n\tHASH_MODEL x", &Source::StandardInput)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("standard input:2:13: no handle above is called `x`"),
            "{error}"
        );
        assert!(
            error.ends_with("\n  2 |  HASH_MODEL x\n    |             ^"),
            "{error}"
        );
    }

    #[test]
    fn a_number_of_a_file_must_be_an_integer_of_32_bits() {
        assert_eq!(integer(-3.0), Some(-3));
        assert_eq!(integer(2147483647.0), Some(i32::MAX));
        for value in [0.5, 2147483648.0, f64::NAN, f64::INFINITY] {
            assert_eq!(integer(value), None, "{value}");
        }
    }
}

//! The readable form of straight-line programs, and its assembler.
//!
//! One instruction per line: the mnemonic, then its operands apart by spaces, as
//! [`Instruction`]'s `Display` writes them. `name =` before an instruction names
//! the handle that it gives.
//!
//! ```text
//! model  = LOAD_MODEL 0x2a…      ; the rest of a line is a comment
//! image  = TENSOR_NEW [1,4] [0,16,
//!                            3,-1]   # a list may go over several lines
//! logits = EXEC_MODEL model image
//! HASH_MODEL #0
//! ```
//!
//! | operand | text |
//! |---|---|
//! | handle | its name, or its number: `#0`, `%0` |
//! | id | `0x` and 64 hexadecimal digits, or `@reference` |
//! | proof | `0x` and 256 hexadecimal digits, 320 with a commitment, or `@reference` |
//! | shape, pair, quadruple | `[8,8]` |
//! | elements | `[1,-2,3]`, or `@reference` |
//! | public inputs | `[0x…,0x…]` |
//! | number | decimal |
//! | pooling | `max`, `average(multiplier>>shift)` |
//!
//! * Handles are numbered from zero in the order of the instructions that give
//!   one, so a name is known before the program runs. `#3 =` states the number;
//!   a wrong one is an error. A name is given once.
//! * `;` begins a comment, and so does `#` unless a digit follows it.
//! * Mnemonics may be in lower case; names may not be mnemonics.
//! * What `@reference` stands for is the caller's to say, see [`References`]:
//!   this module opens no files.
//!
//! Everything follows from the table's operand forms: an instruction is added to
//! the table alone, and a new form is asked for by the compiler.

mod error;
mod operand;
mod scanner;

pub use error::{TextError, TextFault};

use crate::operand::{Field, Reader};
use crate::{Handle, Instruction, Opcode};
use error::{suggest, Located};
use operand::Operands;
use scanner::Scanner;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A program, and what its text said beside the instructions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assembly {
    /// The instructions, in order.
    pub instructions: Vec<Instruction>,
    /// The line on which each instruction begins, from 1.
    pub lines: Vec<u32>,
    /// The handles that the text names.
    pub names: BTreeMap<Handle, String>,
}

/// What `@reference` stands for.
///
/// An `Err` is the reason, in words, and becomes [`TextFault::Reference`].
pub trait References {
    /// The elements of a tensor.
    ///
    /// # Errors
    /// Why there are none.
    fn elements(&mut self, reference: &str) -> Result<Vec<i32>, String>;

    /// The bytes of an operand of fixed length; another length is an error of
    /// the text.
    ///
    /// # Errors
    /// Why there are none.
    fn bytes(&mut self, field: &Field, reference: &str) -> Result<Vec<u8>, String>;
}

/// Nothing may be referred to.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoReferences;

impl References for NoReferences {
    fn elements(&mut self, _reference: &str) -> Result<Vec<i32>, String> {
        Err("references cannot be used here".into())
    }

    fn bytes(&mut self, _field: &Field, _reference: &str) -> Result<Vec<u8>, String> {
        Err("references cannot be used here".into())
    }
}

/// Reads a program that refers to nothing outside its text.
///
/// # Errors
/// [`TextError`] with line and column of the first thing that is wrong.
pub fn parse(text: &str) -> Result<Assembly, TextError> {
    parse_with(text, &mut NoReferences)
}

/// Reads a program.
///
/// # Errors
/// As [`parse`].
pub fn parse_with(text: &str, references: &mut dyn References) -> Result<Assembly, TextError> {
    let mut assembler = Assembler {
        scanner: Scanner::new(text),
        references,
        named: BTreeMap::new(),
        given: 0,
        assembly: Assembly::default(),
    };
    match assembler.program() {
        Ok(()) => Ok(assembler.assembly),
        Err(Located { offset, fault }) => Err(TextError::at(text, offset, fault)),
    }
}

/// Longest line of a listing, where its lists allow.
const LINE: usize = 100;

/// The text of a program, one instruction per line, with the number of each
/// handle that is given. [`parse`] reads it back to the same instructions.
pub fn listing(program: &[Instruction]) -> String {
    let mut text = String::new();
    let mut given = 0u32;
    for instruction in program {
        if instruction.opcode().gives().is_some() {
            // Writing to a string cannot fail.
            let _ = write!(text, "#{given} = ");
            given = given.saturating_add(1);
        }
        wrap(&instruction.to_string(), &mut text);
        text.push('\n');
    }
    text
}

/// Breaks a line after the commas of its lists.
fn wrap(line: &str, text: &mut String) {
    let mut width = 0usize;
    for item in line.split_inclusive(',') {
        if width > 0 && width.saturating_add(item.len()) > LINE {
            text.push_str("\n    ");
            width = 4;
        }
        text.push_str(item);
        width = width.saturating_add(item.len());
    }
}

/// What an instruction's line says before the mnemonic.
enum Label {
    Name { name: String, offset: usize },
    Number { handle: Handle, offset: usize },
}

struct Assembler<'a> {
    scanner: Scanner<'a>,
    references: &'a mut dyn References,
    /// Each name with its handle and the line that gave it.
    named: BTreeMap<String, (Handle, u32)>,
    /// Handles given so far.
    given: u32,
    assembly: Assembly,
}

impl Assembler<'_> {
    fn program(&mut self) -> Result<(), Located> {
        loop {
            self.scanner.skip_lines();
            if self.scanner.is_at_end() {
                return Ok(());
            }
            self.statement()?;
        }
    }

    fn statement(&mut self) -> Result<(), Located> {
        let line = self.scanner.line();
        let label = self.label()?;
        let start = self.scanner.offset();
        let opcode = self.mnemonic()?;
        let instruction = self.operands(opcode, start)?;
        self.give(label, opcode, line)?;
        self.scanner.skip_spaces();
        if !self.scanner.is_at_line_end() {
            let expected = format!("the end of the line after {opcode}'s operands");
            return Err(self.scanner.unexpected(&expected));
        }
        self.assembly.instructions.push(instruction);
        self.assembly.lines.push(line);
        Ok(())
    }

    /// `name =` or `#0 =`, if the line begins so.
    fn label(&mut self) -> Result<Option<Label>, Located> {
        let offset = self.scanner.offset();
        if let Some(handle) = operand::numbered_handle(&mut self.scanner)? {
            self.scanner.skip_spaces();
            if !self.scanner.eat('=') {
                let expected = format!(
                    "`=` after {handle} (a line begins with an instruction, and `#` begins a \
                     comment only if no digit follows)"
                );
                return Err(self.scanner.unexpected(&expected));
            }
            self.scanner.skip_spaces();
            return Ok(Some(Label::Number { handle, offset }));
        }
        let mut ahead = self.scanner.clone();
        let name = ahead.word();
        ahead.skip_spaces();
        if name.is_empty() || !ahead.eat('=') {
            return Ok(None);
        }
        if !is_name(name) {
            let expected = "a name that begins with a letter and is no mnemonic";
            return Err(self.scanner.unexpected(expected));
        }
        ahead.skip_spaces();
        self.scanner = ahead;
        Ok(Some(Label::Name {
            name: name.to_string(),
            offset,
        }))
    }

    fn mnemonic(&mut self) -> Result<Opcode, Located> {
        let mut ahead = self.scanner.clone();
        let word = ahead.word();
        if word.is_empty() {
            return Err(self.scanner.unexpected("an instruction, as EXEC_MODEL"));
        }
        let Some(opcode) = opcode(word) else {
            let known = Opcode::ALL.iter().map(|opcode| opcode.mnemonic());
            return Err(self.scanner.fault(TextFault::UnknownMnemonic {
                found: word.to_string(),
                suggestion: suggest(&word.to_uppercase(), known),
            }));
        };
        self.scanner = ahead;
        Ok(opcode)
    }

    /// Counts the handle that an instruction gives, and names it.
    fn give(&mut self, label: Option<Label>, opcode: Opcode, line: u32) -> Result<(), Located> {
        if opcode.gives().is_none() {
            return match label {
                None => Ok(()),
                Some(Label::Name { offset, .. } | Label::Number { offset, .. }) => {
                    Err(Located::new(offset, TextFault::NoHandle { opcode }))
                }
            };
        }
        let number =
            u16::try_from(self.given).map_err(|_| self.scanner.fault(TextFault::TooManyHandles))?;
        let given = Handle(number);
        match label {
            None => {}
            Some(Label::Number { handle, offset }) if handle != given => {
                let stated = handle;
                return Err(Located::new(
                    offset,
                    TextFault::OtherHandle { stated, given },
                ));
            }
            Some(Label::Number { .. }) => {}
            Some(Label::Name { name, offset }) => {
                if let Some((handle, line)) = self.named.get(&name) {
                    let (handle, line) = (*handle, *line);
                    let fault = TextFault::NameTaken { name, handle, line };
                    return Err(Located::new(offset, fault));
                }
                self.assembly.names.insert(given, name.clone());
                self.named.insert(name, (given, line));
            }
        }
        self.given = self.given.saturating_add(1);
        Ok(())
    }

    /// Reads the operands by their forms, as bytes, which the decoder takes.
    fn operands(&mut self, opcode: Opcode, start: usize) -> Result<Instruction, Located> {
        let mut bytes = Vec::new();
        let mut operands = Operands {
            opcode,
            scanner: &mut self.scanner,
            references: self.references,
            named: &self.named,
        };
        for field in opcode.operands() {
            operands.read(field, &mut bytes)?;
        }
        Instruction::read_operands(opcode, &mut Reader::new(&bytes))
            .and_then(|instruction| instruction.check().map(|()| instruction))
            .map_err(|fault| Located::new(start, TextFault::Instruction { opcode, fault }))
    }
}

/// The opcode of a mnemonic, in whatever case.
fn opcode(word: &str) -> Option<Opcode> {
    Opcode::ALL
        .iter()
        .copied()
        .find(|opcode| opcode.mnemonic().eq_ignore_ascii_case(word))
}

/// Whether a word may name a handle.
fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && opcode(word).is_none()
}

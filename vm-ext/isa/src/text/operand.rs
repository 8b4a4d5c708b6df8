//! The text of each operand form.

use super::error::{suggest, Located, TextFault};
use super::scanner::Scanner;
use super::{is_name, References};
use crate::operand::{Field, Operand, OperandForm, Pooling};
use crate::proof::{COMMITTED, PLAIN};
use crate::{Handle, Opcode, ProofBytes};
use lattice_tensor::Shape;
use std::collections::BTreeMap;

/// What the operands of one instruction are read from.
pub(super) struct Operands<'s, 'a> {
    pub opcode: Opcode,
    pub scanner: &'s mut Scanner<'a>,
    pub references: &'s mut dyn References,
    /// Each name with its handle and the line that gave it.
    pub named: &'s BTreeMap<String, (Handle, u32)>,
}

/// How an operand is written, for errors.
const fn notation(form: OperandForm) -> &'static str {
    match form {
        OperandForm::Handle => "a handle's name or number, as #0",
        OperandForm::Bytes32 => "0x and 64 hexadecimal digits, or @reference",
        OperandForm::Proof => "0x and 256 or 320 hexadecimal digits, or @reference",
        OperandForm::Shape => "a shape, as [8,8]",
        OperandForm::Elements => "a list of integers, as [1,-2,3], or @reference",
        OperandForm::PublicInputs => "a list of public inputs, as [0x…,0x…]",
        OperandForm::U8 => "an integer in 0..=255",
        OperandForm::U16 => "an integer in 0..=65535",
        OperandForm::Pair => "two integers in 0..=255, as [1,1]",
        OperandForm::Quadruple => "four integers in 0..=255, as [0,0,0,0]",
        OperandForm::Pooling => "max or average(multiplier>>shift)",
    }
}

impl Operands<'_, '_> {
    /// Reads the next operand and appends its bytes.
    pub fn read(&mut self, field: &Field, out: &mut Vec<u8>) -> Result<(), Located> {
        self.scanner.skip_spaces();
        let start = self.scanner.offset();
        self.form(field, out).map_err(|mut error| {
            // An operand that does not even begin as it should: say which it is.
            if let TextFault::Unexpected { expected, .. } = &mut error.fault {
                if error.offset == start {
                    *expected = format!(
                        "{}'s operand `{}` ({})",
                        self.opcode,
                        field.name,
                        notation(field.form)
                    );
                }
            }
            error
        })
    }

    fn form(&mut self, field: &Field, out: &mut Vec<u8>) -> Result<(), Located> {
        let start = self.scanner.offset();
        let written = match field.form {
            OperandForm::Handle => self.handle()?.write(out),
            OperandForm::Bytes32 => self.bytes32(field)?.write(out),
            OperandForm::Proof => self.proof(field)?.write(out),
            OperandForm::Shape => self.shape()?.write(out),
            OperandForm::Elements => self.elements()?.write(out),
            OperandForm::PublicInputs => {
                let inputs: Vec<[u8; 32]> = list(self, |it| it.bytes32(field))?;
                inputs.write(out)
            }
            OperandForm::U8 => byte(self.scanner)?.write(out),
            OperandForm::U16 => short(self.scanner)?.write(out),
            OperandForm::Pair => self.array::<2>()?.write(out),
            OperandForm::Quadruple => self.array::<4>()?.write(out),
            OperandForm::Pooling => self.pooling()?.write(out),
        };
        let opcode = self.opcode;
        written.map_err(|fault| Located::new(start, TextFault::Instruction { opcode, fault }))
    }

    fn handle(&mut self) -> Result<Handle, Located> {
        if let Some(handle) = numbered_handle(self.scanner)? {
            return Ok(handle);
        }
        let mut ahead = self.scanner.clone();
        let word = ahead.word();
        if !is_name(word) {
            return Err(self.scanner.unexpected(notation(OperandForm::Handle)));
        }
        match self.named.get(word) {
            Some((handle, _)) => {
                *self.scanner = ahead;
                Ok(*handle)
            }
            None => Err(self.scanner.fault(TextFault::UnknownName {
                found: word.to_string(),
                suggestion: suggest(word, self.named.keys().map(String::as_str)),
            })),
        }
    }

    fn shape(&mut self) -> Result<Shape, Located> {
        let start = self.scanner.offset();
        let extents = list(self, |it| {
            integer::<u32>(it.scanner, 0, i64::from(u32::MAX))
        })?;
        Shape::new(extents.clone()).map_err(|_| {
            let found = format!("{extents:?}");
            Located::new(start, TextFault::Shape { found })
        })
    }

    fn elements(&mut self) -> Result<Vec<i32>, Located> {
        if self.scanner.peek() == Some('@') {
            return self.reference(|references, name| references.elements(name));
        }
        let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
        list(self, |it| integer(it.scanner, least, most))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Located> {
        let start = self.scanner.offset();
        let items = list(self, |it| byte(it.scanner))?;
        items.try_into().map_err(|items: Vec<u8>| {
            let fault = TextFault::ItemCount {
                expected: N,
                found: items.len(),
            };
            Located::new(start, fault)
        })
    }

    fn pooling(&mut self) -> Result<Pooling, Located> {
        let mut ahead = self.scanner.clone();
        match ahead.word().to_ascii_lowercase().as_str() {
            "max" => {
                *self.scanner = ahead;
                Ok(Pooling::Max)
            }
            "average" => {
                *self.scanner = ahead;
                self.punctuation("(")?;
                let multiplier = short(self.scanner)?;
                self.punctuation(">>")?;
                let shift = byte(self.scanner)?;
                self.punctuation(")")?;
                Ok(Pooling::Average { multiplier, shift })
            }
            _ => Err(self.scanner.unexpected(notation(OperandForm::Pooling))),
        }
    }

    /// Takes punctuation and the spaces around it.
    fn punctuation(&mut self, expected: &str) -> Result<(), Located> {
        self.scanner.skip_spaces();
        let at = self.scanner.clone();
        if !expected.chars().all(|c| self.scanner.eat(c)) {
            return Err(at.unexpected(&format!("`{expected}`")));
        }
        self.scanner.skip_spaces();
        Ok(())
    }

    fn bytes32(&mut self, field: &Field) -> Result<[u8; 32], Located> {
        self.bytes(field, &[32], |bytes| bytes.try_into().ok())
    }

    fn proof(&mut self, field: &Field) -> Result<ProofBytes, Located> {
        self.bytes(field, &[PLAIN, COMMITTED], |bytes| {
            ProofBytes::try_from(bytes).ok()
        })
    }

    /// `0x` and digits, or `@reference`: bytes of one of `lengths`, as `convert` takes them.
    fn bytes<T>(
        &mut self,
        field: &Field,
        lengths: &'static [usize],
        convert: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, Located> {
        let start = self.scanner.clone();
        let bytes = if start.peek() == Some('@') {
            self.reference(|references, name| references.bytes(field, name))?
        } else {
            self.hex(field, lengths)?
        };
        convert(&bytes).ok_or_else(|| {
            start.fault(TextFault::HexDigits {
                expected: lengths,
                found: bytes.len().saturating_mul(2),
            })
        })
    }

    fn hex(&mut self, field: &Field, lengths: &'static [usize]) -> Result<Vec<u8>, Located> {
        let start = self.scanner.clone();
        if !(self.scanner.eat('0') && self.scanner.eat('x')) {
            // An item of a list is written as an operand of one.
            let form = match field.form {
                OperandForm::PublicInputs => OperandForm::Bytes32,
                form => form,
            };
            return Err(start.unexpected(notation(form)));
        }
        let digits = self.scanner.take_while(|c| c.is_ascii_hexdigit());
        if self
            .scanner
            .peek()
            .is_some_and(|c| c.is_alphanumeric() || c == '_')
        {
            return Err(self.scanner.unexpected("a hexadecimal digit"));
        }
        let fits = |length: &usize| digits.len() == length.saturating_mul(2);
        if !lengths.iter().any(fits) {
            return Err(start.fault(TextFault::HexDigits {
                expected: lengths,
                found: digits.len(),
            }));
        }
        let nibbles: Vec<u8> = digits
            .chars()
            .filter_map(|digit| digit.to_digit(16)?.try_into().ok())
            .collect();
        Ok(nibbles
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte, nibble| (byte << 4) | nibble))
            .collect())
    }

    /// `@name` or `@"name with spaces"`.
    fn reference<T>(
        &mut self,
        resolve: impl FnOnce(&mut dyn References, &str) -> Result<T, String>,
    ) -> Result<T, Located> {
        let start = self.scanner.clone();
        self.scanner.eat('@');
        let name = if self.scanner.eat('"') {
            let name = self.scanner.take_while(|c| c != '"' && c != '\n');
            if !self.scanner.eat('"') {
                return Err(self.scanner.unexpected("`\"` after the reference"));
            }
            name
        } else {
            self.scanner
                .take_while(|c| !c.is_whitespace() && !",];".contains(c))
        };
        if name.is_empty() {
            return Err(self.scanner.unexpected("a reference after `@`"));
        }
        resolve(self.references, name).map_err(|reason| {
            let reference = name.to_string();
            start.fault(TextFault::Reference { reference, reason })
        })
    }
}

/// `#0` or `%0`, if that is what comes next.
pub(super) fn numbered_handle(scanner: &mut Scanner<'_>) -> Result<Option<Handle>, Located> {
    if scanner.eat('#') || scanner.eat('%') {
        short(scanner).map(|number| Some(Handle(number)))
    } else {
        Ok(None)
    }
}

fn byte(scanner: &mut Scanner<'_>) -> Result<u8, Located> {
    integer(scanner, 0, i64::from(u8::MAX))
}

fn short(scanner: &mut Scanner<'_>) -> Result<u16, Located> {
    integer(scanner, 0, i64::from(u16::MAX))
}

/// A decimal integer within bounds that `T` has.
fn integer<T: TryFrom<i64>>(
    scanner: &mut Scanner<'_>,
    least: i64,
    most: i64,
) -> Result<T, Located> {
    let start = scanner.clone();
    let sign = if scanner.eat('-') { "-" } else { "" };
    let digits = scanner.word();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(start.unexpected(&format!("an integer in {least}..={most}")));
    }
    let found = format!("{sign}{digits}");
    found
        .parse()
        .ok()
        .filter(|value| (least..=most).contains(value))
        .and_then(|value: i64| T::try_from(value).ok())
        .ok_or_else(|| start.fault(TextFault::Range { found, least, most }))
}

/// `[item, item, …]`, over several lines if need be.
fn list<'s, 'a, T>(
    operands: &mut Operands<'s, 'a>,
    mut item: impl FnMut(&mut Operands<'s, 'a>) -> Result<T, Located>,
) -> Result<Vec<T>, Located> {
    if !operands.scanner.eat('[') {
        return Err(operands.scanner.unexpected("`[`"));
    }
    let mut items = Vec::new();
    operands.scanner.skip_lines();
    if operands.scanner.eat(']') {
        return Ok(items);
    }
    loop {
        operands.scanner.skip_lines();
        items.push(item(operands)?);
        operands.scanner.skip_lines();
        if operands.scanner.eat(']') {
            return Ok(items);
        }
        if !operands.scanner.eat(',') {
            return Err(operands.scanner.unexpected("`,` or `]`"));
        }
    }
}

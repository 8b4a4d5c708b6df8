//! Operand types and their bytes.
//!
//! | form | bytes |
//! |---|---|
//! | handle | u16, little-endian |
//! | id, public input | 32 bytes |
//! | proof | u8 length, 128 or with a commitment 160, then as many bytes |
//! | shape | u8 rank, then each extent as u32 little-endian |
//! | elements | u32 little-endian count, then each i32 little-endian |
//! | public inputs | u8 count, then 32 bytes each |
//! | u8, u16, pairs, quadruples | little-endian, no prefix |
//! | pooling | u8: 0 maximum; 1 average, then u16 multiplier and u8 shift |

use crate::error::DecodeFault;
use crate::proof::{ProofBytes, COMMITTED, PLAIN};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use lattice_tensor::Shape;
use scale_info::TypeInfo;

/// A model or tensor of the running program.
///
/// Handles are given out from zero in the order of the instructions that make
/// something; none is given out twice, also not after `UNLOAD_MODEL`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Handle(pub u16);

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What `TENSOR_POOL` takes of each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The largest element.
    Max,
    /// `sum * multiplier >> shift`, over the integers, rounded down.
    Average {
        /// Factor of the sum.
        multiplier: u16,
        /// Bits dropped after the multiplication.
        shift: u8,
    },
}

/// The wire form of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandForm {
    Handle,
    Bytes32,
    Proof,
    Shape,
    Elements,
    PublicInputs,
    U8,
    U16,
    Pair,
    Quadruple,
    Pooling,
}

impl OperandForm {
    /// The bytes of this form, in words.
    pub const fn encoding(self) -> &'static str {
        match self {
            OperandForm::Handle | OperandForm::U16 => "u16 little-endian",
            OperandForm::Bytes32 => "32 bytes",
            OperandForm::Proof => "u8 length, 128 or 160, then as many bytes",
            OperandForm::Shape => "u8 rank, u32 little-endian extents",
            OperandForm::Elements => "u32 little-endian count, i32 little-endian elements",
            OperandForm::PublicInputs => "u8 count, 32 bytes each",
            OperandForm::U8 => "1 byte",
            OperandForm::Pair => "2 bytes",
            OperandForm::Quadruple => "4 bytes",
            OperandForm::Pooling => "u8 kind, for an average u16 multiplier and u8 shift",
        }
    }
}

/// A named operand of an opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name, as in [`crate::Instruction`].
    pub name: &'static str,
    /// The wire form.
    pub form: OperandForm,
}

/// Number of elements that a shape has.
pub fn element_count(shape: &Shape) -> u64 {
    shape
        .dims()
        .iter()
        .fold(1u64, |count, dim| count.saturating_mul(u64::from(*dim)))
}

/// A type that an operand may have.
pub(crate) trait Operand: Sized {
    const FORM: OperandForm;
    fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault>;
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault>;
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// A cursor over the bytes of a program.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    operand_start: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Reader {
            bytes,
            position: 0,
            operand_start: 0,
        }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.position >= self.bytes.len()
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Where the operand that was read last began.
    pub(crate) fn operand_start(&self) -> usize {
        self.operand_start
    }

    pub(crate) fn operand<T: Operand>(&mut self) -> Result<T, DecodeFault> {
        self.operand_start = self.position;
        T::read(self)
    }

    /// The opcode byte of the next instruction.
    pub(crate) fn code(&mut self) -> Result<u8, DecodeFault> {
        self.operand_start = self.position;
        let [code] = self.array()?;
        Ok(code)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeFault> {
        let left = self.bytes.get(self.position..).unwrap_or_default();
        let taken = left.get(..length).ok_or_else(|| DecodeFault::Truncated {
            needed: to_u64(length),
            left: to_u64(left.len()),
        })?;
        self.position = self.position.saturating_add(length);
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeFault> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// Takes `count` items of `width` bytes. Nothing is allocated before the
    /// bytes are known to be there.
    fn items(&mut self, count: usize, width: usize) -> Result<&'a [u8], DecodeFault> {
        let length = count
            .checked_mul(width)
            .ok_or_else(|| DecodeFault::Truncated {
                needed: u64::MAX,
                left: to_u64(self.bytes.len().saturating_sub(self.position)),
            })?;
        self.take(length)
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The count before a list, if its type can say it.
fn count<T: TryFrom<usize>>(length: usize) -> Result<T, DecodeFault> {
    T::try_from(length).map_err(|_| DecodeFault::TooLong {
        length: to_u64(length),
    })
}

fn show_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("0x")?;
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

fn show_list<T: fmt::Display>(items: &[T], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("[")?;
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            f.write_str(",")?;
        }
        write!(f, "{item}")?;
    }
    f.write_str("]")
}

impl Operand for Handle {
    const FORM: OperandForm = OperandForm::Handle;
    fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
        self.0.write(out)
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault> {
        u16::read(reader).map(Handle)
    }
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Operand for u8 {
    const FORM: OperandForm = OperandForm::U8;
    fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
        out.push(*self);
        Ok(())
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault> {
        reader.array::<1>().map(|[byte]| byte)
    }
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Operand for u16 {
    const FORM: OperandForm = OperandForm::U16;
    fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
        out.extend_from_slice(&self.to_le_bytes());
        Ok(())
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault> {
        reader.array().map(u16::from_le_bytes)
    }
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Fixed-length byte strings differ only in length, form and how they are listed.
macro_rules! fixed_bytes {
    ($($length:literal $form:ident $show:ident;)+) => {$(
        impl Operand for [u8; $length] {
            const FORM: OperandForm = OperandForm::$form;
            fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
                out.extend_from_slice(self);
                Ok(())
            }
            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault> {
                reader.array()
            }
            fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $show(self, f)
            }
        }
    )+};
}

fixed_bytes! {
    2 Pair show_list;
    4 Quadruple show_list;
    32 Bytes32 show_hex;
}

impl Operand for Shape {
    const FORM: OperandForm = OperandForm::Shape;
    fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
        out.push(count(self.dims().len())?);
        for dim in self.dims() {
            out.extend_from_slice(&dim.to_le_bytes());
        }
        Ok(())
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault> {
        let rank = u8::read(reader)?;
        let dims: Vec<u32> = reader
            .items(usize::from(rank), 4)?
            .chunks_exact(4)
            .map(|bytes| <[u8; 4]>::try_from(bytes).map_or(0, u32::from_le_bytes))
            .collect();
        Shape::new(dims).map_err(|_| DecodeFault::BadShape { rank })
    }
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show_list(self.dims(), f)
    }
}

impl Operand for Vec<i32> {
    const FORM: OperandForm = OperandForm::Elements;
    fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
        let count: u32 = count(self.len())?;
        out.extend_from_slice(&count.to_le_bytes());
        for element in self {
            out.extend_from_slice(&element.to_le_bytes());
        }
        Ok(())
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault> {
        let count = reader.array().map(u32::from_le_bytes)?;
        let count = usize::try_from(count).map_err(|_| DecodeFault::TooLong {
            length: u64::from(count),
        })?;
        Ok(reader
            .items(count, 4)?
            .chunks_exact(4)
            .map(|bytes| <[u8; 4]>::try_from(bytes).map_or(0, i32::from_le_bytes))
            .collect())
    }
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show_list(self, f)
    }
}

impl Operand for Vec<[u8; 32]> {
    const FORM: OperandForm = OperandForm::PublicInputs;
    fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
        out.push(count(self.len())?);
        for input in self {
            out.extend_from_slice(input);
        }
        Ok(())
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault> {
        let count = usize::from(u8::read(reader)?);
        Ok(reader
            .items(count, 32)?
            .chunks_exact(32)
            .map(|bytes| <[u8; 32]>::try_from(bytes).unwrap_or_default())
            .collect())
    }
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (position, input) in self.iter().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            show_hex(input, f)?;
        }
        f.write_str("]")
    }
}

impl Operand for ProofBytes {
    const FORM: OperandForm = OperandForm::Proof;
    fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
        let bytes = self.as_slice();
        out.push(count(bytes.len())?);
        out.extend_from_slice(bytes);
        Ok(())
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault> {
        let length = u8::read(reader)?;
        match usize::from(length) {
            PLAIN => reader.array().map(ProofBytes::Groth16),
            COMMITTED => reader.array().map(ProofBytes::Committed),
            _ => Err(DecodeFault::ProofLength { length }),
        }
    }
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Operand for Pooling {
    const FORM: OperandForm = OperandForm::Pooling;
    fn write(&self, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
        match self {
            Pooling::Max => 0u8.write(out),
            Pooling::Average { multiplier, shift } => {
                1u8.write(out)?;
                multiplier.write(out)?;
                shift.write(out)
            }
        }
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeFault> {
        match u8::read(reader)? {
            0 => Ok(Pooling::Max),
            1 => Ok(Pooling::Average {
                multiplier: u16::read(reader)?,
                shift: u8::read(reader)?,
            }),
            kind => Err(DecodeFault::UnknownPooling { kind }),
        }
    }
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pooling::Max => f.write_str("max"),
            Pooling::Average { multiplier, shift } => write!(f, "average({multiplier}>>{shift})"),
        }
    }
}

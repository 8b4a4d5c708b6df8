//! snarkjs' `.ptau`, for BN254.
//!
//! ```text
//! "ptau" ‖ version 1 (u32) ‖ number of sections (u32) ‖ sections
//! section = type (u32) ‖ length in bytes (u64) ‖ content
//!
//! 1  header   32 (u32) ‖ p (32 bytes) ‖ power (u32) ‖ power of the ceremony (u32)
//! 2  τⁱ       first group,  0 ≤ i < 2·2^power − 1
//! 3  τⁱ       second group, 0 ≤ i < 2^power
//! 4  α·τⁱ     first group,  0 ≤ i < 2^power
//! 5  β·τⁱ     first group,  0 ≤ i < 2^power
//! 6  β        second group
//! 7  history  contributors, in a format of snarkjs' own
//! ```
//!
//! Numbers are little-endian. A point is its affine coordinates (in the second group c₀ before c₁),
//! each as 32 bytes of its Montgomery form, `x·2²⁵⁶ mod p`, which is also how arkworks keeps it in
//! memory. Other section types (Lagrange bases) are passed over.
//!
//! Points are read in pieces, so that memory does not grow with the file.

use ark_bn254::Fq;
use ark_ec::short_weierstrass::Affine;
use ark_ff::PrimeField;
use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::{
    error::Phase1Error,
    points::{
        decode_on_curve,
        format::{Coordinate, Montgomery},
        Group, Refused,
    },
};
use lattice_verifier::ceremony::record::MAX_POWER;

const MAGIC: &[u8; 4] = b"ptau";
const HEADER: u32 = 1;
const HISTORY: u32 = 7;
/// More sections than any version of snarkjs writes.
const MAX_SECTIONS: u32 = 64;
/// Bytes of a coordinate.
const COORDINATE: usize = 32;

/// A section with points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Powers of τ in the first group.
    TauG1,
    /// Powers of τ in the second group.
    TauG2,
    /// α times powers of τ in the first group.
    AlphaTauG1,
    /// β times powers of τ in the first group.
    BetaTauG1,
    /// β in the second group.
    BetaG2,
}

impl Section {
    /// All, in the order in which they are hashed.
    pub const ALL: [Self; 5] = [
        Self::TauG1,
        Self::TauG2,
        Self::AlphaTauG1,
        Self::BetaTauG1,
        Self::BetaG2,
    ];

    const fn tag(self) -> u32 {
        match self {
            Self::TauG1 => 2,
            Self::TauG2 => 3,
            Self::AlphaTauG1 => 4,
            Self::BetaTauG1 => 5,
            Self::BetaG2 => 6,
        }
    }

    /// Points of this section in a file of this power.
    pub const fn count(self, power: u8) -> u64 {
        match self {
            Self::TauG1 => (2u64 << power) - 1,
            Self::BetaG2 => 1,
            _ => 1u64 << power,
        }
    }

    /// Bytes of one of its points.
    pub const fn point_len(self) -> usize {
        match self {
            Self::TauG2 | Self::BetaG2 => 4 * COORDINATE,
            _ => 2 * COORDINATE,
        }
    }
}

/// An opened file whose sections have the right lengths. Its points are not checked: for that, see
/// [`super::check::verify`].
#[derive(Debug)]
pub struct Ptau {
    path: PathBuf,
    file: File,
    power: u8,
    offsets: [u64; 5],
}

impl Ptau {
    /// Opens a file and reads its table of sections.
    ///
    /// # Errors
    /// [`Phase1Error::Io`], [`Phase1Error::Format`].
    pub fn open(path: &Path) -> Result<Self, Phase1Error> {
        let io = Phase1Error::io(path);
        let refuse = |reason: String| Phase1Error::Format {
            path: path.into(),
            reason,
        };
        let file = File::open(path).map_err(&io)?;
        let total = file.metadata().map_err(&io)?.len();
        let mut reader = BufReader::new(&file);
        let mut magic = [0; 4];
        reader.read_exact(&mut magic).map_err(&io)?;
        let version = read_u32(&mut reader).map_err(&io)?;
        if &magic != MAGIC || version != 1 {
            return Err(refuse("not a ptau file of version 1".into()));
        }
        let sections = read_u32(&mut reader).map_err(&io)?;
        if sections > MAX_SECTIONS {
            return Err(refuse(format!("{sections} sections")));
        }
        let mut power = None;
        let mut table: Vec<(u32, u64, u64)> = Vec::new();
        let mut position = 12u64;
        for _ in 0..sections {
            reader.seek(SeekFrom::Start(position)).map_err(&io)?;
            let tag = read_u32(&mut reader).map_err(&io)?;
            let len = read_u64(&mut reader).map_err(&io)?;
            let start = position + 12;
            let end = start.checked_add(len).filter(|end| *end <= total);
            position = end.ok_or_else(|| refuse(format!("section {tag} is truncated")))?;
            if tag <= HISTORY && table.iter().any(|&(other, ..)| other == tag) {
                return Err(refuse(format!("section {tag} is there twice")));
            }
            table.push((tag, start, len));
            if tag == HEADER {
                power = Some(read_header(&mut reader, len).map_err(refuse)?);
            }
        }
        if position != total {
            return Err(refuse("bytes after the last section".into()));
        }
        let power = power.ok_or_else(|| refuse("without a header".into()))?;
        let mut offsets = [0; 5];
        for (offset, section) in offsets.iter_mut().zip(Section::ALL) {
            let expected = section.count(power) * section.point_len() as u64;
            *offset = match table.iter().find(|(tag, ..)| *tag == section.tag()) {
                Some(&(_, start, len)) if len == expected => start,
                Some((_, _, len)) => {
                    return Err(refuse(format!(
                        "section {} has {len} bytes, power {power} needs {expected}",
                        section.tag()
                    )))
                }
                None => return Err(refuse(format!("without section {}", section.tag()))),
            };
        }
        Ok(Self {
            path: path.into(),
            file,
            power,
            offsets,
        })
    }

    /// Where it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Domains of up to 2^power rows.
    pub const fn power(&self) -> u8 {
        self.power
    }

    /// The bytes of `count` points from `first`.
    ///
    /// # Errors
    /// [`Phase1Error::Io`]; [`Phase1Error::TooSmall`] beyond the section's end.
    pub fn read_bytes(
        &self,
        section: Section,
        first: u64,
        count: usize,
    ) -> Result<Vec<u8>, Phase1Error> {
        let end = first.saturating_add(count as u64);
        if end > section.count(self.power) {
            return Err(Phase1Error::TooSmall { power: self.power });
        }
        let len = section.point_len();
        let mut bytes = vec![0; count * len];
        let offset = self.offsets[Section::ALL
            .iter()
            .position(|other| *other == section)
            .unwrap_or_default()];
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset + first * len as u64))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(Phase1Error::io(&self.path))?;
        Ok(bytes)
    }

    /// `count` points from `first`; on their curve, canonical and none the identity.
    ///
    /// # Errors
    /// [`Phase1Error::Point`], and those of [`Ptau::read_bytes`].
    pub fn read<C: Group>(
        &self,
        section: Section,
        first: u64,
        count: usize,
    ) -> Result<Vec<Affine<C>>, Phase1Error> {
        let bytes = self.read_bytes(section, first, count)?;
        let mut points = Vec::with_capacity(count);
        decode_on_curve::<Montgomery, C>(&bytes, &mut points).map_err(refused(section, first))?;
        Ok(points)
    }
}

/// What a refused point of a piece is called; the piece begins at `first`.
pub(super) fn refused(section: Section, first: u64) -> impl Fn(Refused) -> Phase1Error {
    move |Refused { index, reason }| Phase1Error::Point {
        section,
        index: first.saturating_add(index as u64),
        reason,
    }
}

/// Bytes of points that are not the identity.
pub(crate) fn encode<C: Group>(points: &[Affine<C>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(points.len() * C::POINT_LEN);
    for point in points {
        point.x.write_montgomery(&mut bytes);
        point.y.write_montgomery(&mut bytes);
    }
    bytes
}

/// Writes everything of a file but its points: for each section `points` is asked to write them.
pub(crate) fn write(
    out: &mut impl Write,
    power: u8,
    mut points: impl FnMut(Section, &mut dyn Write) -> Result<(), Phase1Error>,
    io: impl Fn(std::io::Error) -> Phase1Error,
) -> Result<(), Phase1Error> {
    let mut head = Vec::new();
    head.extend_from_slice(MAGIC);
    for number in [1, 7, HEADER] {
        head.extend_from_slice(&number.to_le_bytes());
    }
    head.extend_from_slice(&44u64.to_le_bytes());
    head.extend_from_slice(&32u32.to_le_bytes());
    for limb in Fq::MODULUS.0 {
        head.extend_from_slice(&limb.to_le_bytes());
    }
    for _ in 0..2 {
        head.extend_from_slice(&u32::from(power).to_le_bytes());
    }
    out.write_all(&head).map_err(&io)?;
    for section in Section::ALL {
        let len = section.count(power) * section.point_len() as u64;
        let head = [&section.tag().to_le_bytes()[..], &len.to_le_bytes()].concat();
        out.write_all(&head).map_err(&io)?;
        points(section, out)?;
    }
    // No history of snarkjs' kind.
    let history = [
        &HISTORY.to_le_bytes()[..],
        &4u64.to_le_bytes(),
        &0u32.to_le_bytes(),
    ]
    .concat();
    out.write_all(&history).map_err(&io)
}

fn read_header(reader: &mut impl Read, len: u64) -> Result<u8, String> {
    let text = |error: std::io::Error| error.to_string();
    if len != 44 || read_u32(reader).map_err(text)? != 32 {
        return Err("the header is not one for a field of 32 bytes".into());
    }
    let mut modulus = [0; 32];
    reader.read_exact(&mut modulus).map_err(text)?;
    let ours: Vec<u8> = Fq::MODULUS
        .0
        .iter()
        .flat_map(|limb| limb.to_le_bytes())
        .collect();
    if modulus[..] != ours[..] {
        return Err("of another curve than BN254".into());
    }
    let power = read_u32(reader).map_err(text)?;
    u8::try_from(power)
        .ok()
        .filter(|power| (1..=MAX_POWER).contains(power))
        .ok_or_else(|| format!("power {power}, where 1..={MAX_POWER} exist"))
}

fn read_u32(reader: &mut impl Read) -> std::io::Result<u32> {
    let mut bytes = [0; 4];
    reader.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn read_u64(reader: &mut impl Read) -> std::io::Result<u64> {
    let mut bytes = [0; 8];
    reader.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

//! Files of points: a head, then arrays of uncompressed points, read and written in pieces.
//!
//! ```text
//! tag (16 bytes) ‖ a length (u32 LE) per array ‖ the points of the first array ‖ …
//! ```
//!
//! A point is arkworks' uncompressed encoding, coordinates little-endian with two flags in the last
//! byte, as in a proving key; see [`crate::points`].

use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_serialize::CanonicalSerialize;
use rayon::prelude::*;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::{
    error::Phase2Error,
    output::Output,
    points::{decode, format::Uncompressed, Group, Refused},
};

/// Points in memory at a time.
pub const CHUNK: usize = 1 << 14;
/// Bytes of an uncompressed point in the first group.
pub const G1: usize = 64;
/// Bytes of an uncompressed point in the second group.
pub const G2: usize = 128;

/// What a kind of file looks like.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// First bytes.
    pub tag: &'static [u8; 16],
    /// Bytes of a point, per array.
    pub sizes: &'static [usize],
}

/// An opened file whose length is right.
#[derive(Debug)]
pub struct PointFile {
    path: PathBuf,
    file: File,
    layout: Layout,
    counts: Vec<u32>,
}

impl PointFile {
    /// Opens a file with these numbers of points.
    ///
    /// # Errors
    /// [`Phase2Error::Io`]; [`Phase2Error::Format`] for another tag, count or length.
    pub fn open(path: &Path, layout: Layout, counts: &[u32]) -> Result<Self, Phase2Error> {
        let io = Phase2Error::io(path);
        let mut file = File::open(path).map_err(&io)?;
        let expected = head(&layout, counts);
        let mut found = vec![0; expected.len()];
        let total = file.metadata().map_err(&io)?.len();
        let body: u64 = counts
            .iter()
            .zip(layout.sizes)
            .map(|(count, size)| u64::from(*count) * *size as u64)
            .sum();
        let refuse = |reason: &str| Phase2Error::Format {
            path: path.into(),
            reason: reason.into(),
        };
        if total != expected.len() as u64 + body {
            return Err(refuse("not as long as this ceremony's files are"));
        }
        file.read_exact(&mut found).map_err(&io)?;
        if found != expected {
            return Err(refuse("of another kind, or for another number of points"));
        }
        Ok(Self {
            path: path.into(),
            file,
            layout,
            counts: counts.into(),
        })
    }

    /// Where it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Points of an array.
    pub fn count(&self, array: usize) -> u32 {
        self.counts[array]
    }

    /// Up to [`CHUNK`] points of an array from `first`: canonical, on their curve, in their subgroup,
    /// perhaps the identity. Empty at the end.
    ///
    /// # Errors
    /// [`Phase2Error::Io`], [`Phase2Error::Point`].
    pub fn read<C: Group>(&self, array: usize, first: u32) -> Result<Vec<Affine<C>>, Phase2Error> {
        let bytes = self.read_bytes(array, first)?;
        let mut points = Vec::with_capacity(bytes.len() / self.layout.sizes[array]);
        decode::<Uncompressed, C>(&bytes, &mut points).map_err(|Refused { index, .. }| {
            Phase2Error::Point {
                path: self.path.clone(),
                array,
                index: first.saturating_add(index as u32),
            }
        })?;
        Ok(points)
    }

    /// The bytes of what [`PointFile::read`] decodes.
    fn read_bytes(&self, array: usize, first: u32) -> Result<Vec<u8>, Phase2Error> {
        let count = (self.counts[array].saturating_sub(first) as usize).min(CHUNK);
        let size = self.layout.sizes[array];
        let mut bytes = vec![0; count * size];
        let before: u64 = self
            .counts
            .iter()
            .zip(self.layout.sizes)
            .take(array)
            .map(|(count, size)| u64::from(*count) * *size as u64)
            .sum();
        let head = (self.layout.tag.len() + 4 * self.counts.len()) as u64;
        let offset = head + before + u64::from(first) * size as u64;
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(Phase2Error::io(&self.path))?;
        Ok(bytes)
    }

    /// Every piece of an array as it is in the file: of a file whose points were checked before.
    ///
    /// # Errors
    /// [`Phase2Error::Io`], and whatever `take` returns.
    pub(super) fn each_bytes(
        &self,
        array: usize,
        mut take: impl FnMut(&[u8]) -> Result<(), Phase2Error>,
    ) -> Result<(), Phase2Error> {
        let mut first = 0;
        while first < self.counts[array] {
            take(&self.read_bytes(array, first)?)?;
            first = first.saturating_add(CHUNK as u32);
        }
        Ok(())
    }

    /// Every piece of an array, in order, with the position of its first point.
    ///
    /// # Errors
    /// As [`PointFile::read`], and whatever `take` returns.
    pub fn each<C: Group>(
        &self,
        array: usize,
        mut take: impl FnMut(u32, Vec<Affine<C>>) -> Result<(), Phase2Error>,
    ) -> Result<(), Phase2Error> {
        let mut first = 0;
        while first < self.counts[array] {
            let points = self.read::<C>(array, first)?;
            let next = first.saturating_add(points.len() as u32);
            take(first, points)?;
            first = next;
        }
        Ok(())
    }
}

/// A file that is being written, array after array.
pub struct PointWriter {
    output: Output,
    path: PathBuf,
    layout: Layout,
    counts: Vec<u32>,
}

impl PointWriter {
    /// Begins a file with these numbers of points.
    ///
    /// # Errors
    /// [`Phase2Error::Io`].
    pub fn create(path: &Path, layout: Layout, counts: &[u32]) -> Result<Self, Phase2Error> {
        let io = Phase2Error::io(path);
        let mut output = Output::create(path).map_err(&io)?;
        output.write_all(&head(&layout, counts)).map_err(&io)?;
        Ok(Self {
            output,
            path: path.into(),
            layout,
            counts: counts.into(),
        })
    }

    /// Appends points. Whether they are as many as was announced, [`PointWriter::finish`] checks.
    ///
    /// # Errors
    /// [`Phase2Error::Io`].
    pub fn write<C: SWCurveConfig>(&mut self, points: &[Affine<C>]) -> Result<(), Phase2Error> {
        let pieces: Vec<Vec<u8>> = points
            .par_chunks(1 << 10)
            .map(|points| {
                let mut bytes = Vec::with_capacity(points.len() * G2);
                points.iter().for_each(|point| encode(point, &mut bytes));
                bytes
            })
            .collect();
        let bytes = pieces.concat();
        self.output
            .write_all(&bytes)
            .map_err(Phase2Error::io(&self.path))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// As [`PointFile::open`].
    pub fn finish(self) -> Result<PointFile, Phase2Error> {
        self.output.finish().map_err(Phase2Error::io(&self.path))?;
        PointFile::open(&self.path, self.layout, &self.counts)
    }
}

fn head(layout: &Layout, counts: &[u32]) -> Vec<u8> {
    let counts = counts.iter().flat_map(|count| count.to_le_bytes());
    layout.tag.iter().copied().chain(counts).collect()
}

fn encode<C: SWCurveConfig>(point: &Affine<C>, bytes: &mut Vec<u8>) {
    let written = point.serialize_uncompressed(bytes);
    debug_assert!(written.is_ok(), "writing to a vector cannot fail");
}

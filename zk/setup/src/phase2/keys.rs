//! The keys at the end of a ceremony.
//!
//! Everything in them follows from the start, the last trapdoors and the last state's queries. The
//! verifying key is the one that the chain assembles itself.

use ark_bn254::{Bn254, G1Affine};
use ark_ec::short_weierstrass::Affine;
use ark_groth16::ProvingKey as Groth16Key;
use ark_serialize::CanonicalSerialize;
use blake2::{digest::consts::U32, Blake2b, Digest};
use lattice_circuit::{CommitmentKey, ProvingKey};
use lattice_verifier::{ceremony::Query, key, vk_id, CIRCUIT_VERSION};
use std::{
    io::{self, Write},
    path::Path,
};

use super::ceremony::{point, Ceremony};
use crate::{
    encoding::{check_blinding, write_epsilon},
    error::{Phase2Error, SetupError},
    files::{begin, finish, KeyFiles, KeyNames, SetupKind, PROVING_KEY_FILE},
    output::Output,
    points::Group,
    Keys,
};

impl Ceremony {
    /// The keys of the current state, in memory. A chain finalizes after its minimum of
    /// contributions; before the first one there are none.
    ///
    /// # Errors
    /// [`Phase2Error::Key`] if the chain would refuse the verifying key, and whatever is wrong with
    /// the files.
    pub fn keys(&self) -> Result<Keys, Phase2Error> {
        let mut key = self.empty_key()?;
        let groth16 = &mut key.groth16;
        groth16.a_query = self.query(0)?;
        groth16.b_g1_query = self.query(1)?;
        groth16.b_g2_query = self.query(2)?;
        groth16.h_query = self.bulk(Query::H)?;
        groth16.l_query = self.bulk(Query::L)?;
        if let Some(commitment) = &mut key.commitment {
            commitment.query = self.bulk(Query::K)?;
        }
        Ok(Keys::new(key)?)
    }

    /// The keys with their names, in memory.
    ///
    /// # Errors
    /// As [`Ceremony::keys`].
    pub fn key_files(&self) -> Result<KeyFiles, Phase2Error> {
        let phase1 = self.start.phase1.id();
        let kind = SetupKind::Ceremony;
        Ok(KeyFiles::new(self.start.model, self.keys()?, kind, phase1)?)
    }

    /// Writes the folder that [`KeyFiles::write`] of [`Ceremony::key_files`] would write, from file to
    /// file: the proving key is never in memory.
    ///
    /// # Errors
    /// As [`Ceremony::keys`], and [`Phase2Error::Io`].
    pub fn write_keys(&self, folder: &Path) -> Result<KeyNames, Phase2Error> {
        let verifying_key = self.start.assemble_key(&self.state);
        let key = self.empty_key()?;
        check_blinding(&key)?;
        begin(folder)?;
        let path = folder.join(PROVING_KEY_FILE);
        let failed = Phase2Error::io(&path);
        let mut out = Hashing {
            output: Output::create(&path).map_err(&failed)?,
            hasher: Blake2b::new(),
        };
        let mut head = Vec::new();
        let groth16 = &key.groth16;
        groth16
            .vk
            .serialize_uncompressed(&mut head)
            .and_then(|()| groth16.beta_g1.serialize_uncompressed(&mut head))
            .and_then(|()| groth16.delta_g1.serialize_uncompressed(&mut head))
            .map_err(|error| SetupError::ProvingKey(error.to_string()))?;
        out.write_all(&head).map_err(&failed)?;
        for array in 0..3 {
            let count = u64::from(self.queries.count(array));
            out.write_all(&count.to_le_bytes()).map_err(&failed)?;
            self.queries
                .each_bytes(array, |bytes| out.write_all(bytes).map_err(&failed))?;
        }
        let write_query = |out: &mut Hashing, query| {
            let count = u64::from(self.file.count(query));
            out.write_all(&count.to_le_bytes()).map_err(&failed)?;
            self.file
                .each_bytes(query, |bytes| out.write_all(bytes).map_err(&failed))
        };
        write_query(&mut out, Query::H)?;
        write_query(&mut out, Query::L)?;
        if let Some(commitment) = &key.commitment {
            write_query(&mut out, Query::K)?;
            write_epsilon(commitment, &mut out)
                .map_err(|error| SetupError::ProvingKey(error.to_string()))?;
        }
        let Hashing { output, hasher } = out;
        output.finish().map_err(&failed)?;
        let (model, phase1_id) = (self.start.model, self.start.phase1.id());
        let names = KeyNames {
            vk_id: vk_id(&model, CIRCUIT_VERSION, &phase1_id, &verifying_key),
            model,
            circuit_version: CIRCUIT_VERSION,
            phase1_id,
            setup: SetupKind::Ceremony,
            proving_key_hash: hasher.finalize().into(),
        };
        finish(folder, &verifying_key, &names)?;
        Ok(names)
    }

    /// The proving key without its queries, if the chain takes the verifying key.
    fn empty_key(&self) -> Result<ProvingKey, Phase2Error> {
        let verifying_key = self.start.assemble_key(&self.state);
        let verifying_key = key::parse(&verifying_key).map_err(SetupError::VerifyingKey)?;
        let groth16 = Groth16Key::<Bn254> {
            vk: verifying_key.groth16,
            beta_g1: point(&self.start.phase1.beta_g1)?,
            delta_g1: point(&self.state.delta.g1)?,
            a_query: Vec::new(),
            b_g1_query: Vec::new(),
            b_g2_query: Vec::new(),
            h_query: Vec::new(),
            l_query: Vec::new(),
        };
        let commitment = match (&self.state.commitment, verifying_key.epsilon_g2) {
            (Some(commitment), Some(epsilon_g2)) => Some(CommitmentKey {
                query: Vec::new(),
                epsilon_g1: point(&commitment.epsilon.g1)?,
                epsilon_g2,
            }),
            _ => None,
        };
        Ok(ProvingKey {
            groth16,
            commitment,
        })
    }

    fn query<C: Group>(&self, array: usize) -> Result<Vec<Affine<C>>, Phase2Error> {
        let mut all = Vec::new();
        self.queries.each(array, |_, points| {
            all.extend(points);
            Ok(())
        })?;
        Ok(all)
    }

    pub(super) fn bulk(&self, query: Query) -> Result<Vec<G1Affine>, Phase2Error> {
        let mut all = Vec::new();
        self.file.each(query, |_, points| {
            all.extend(points);
            Ok(())
        })?;
        Ok(all)
    }
}

/// A file that is hashed as it is written.
struct Hashing {
    output: Output,
    hasher: Blake2b<U32>,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.output.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

//! Results that a replica has committed to, with their salts, on disk.
//!
//! A seal is written before the commitment to it is sent, and never changed: whoever lost the salt, or
//! chose another one, could not reveal what it committed to. A reorganisation may give a request's
//! number to other content, for which there is another seal beside the first. All seals of a request
//! go when it has ended for good.

use crate::store::Store;
use codec::{Decode, DecodeAll, Encode};
use lattice_chain_client::{AccountId, BlockNumber, ReplicaContent, Replicated, RequestId, H256};
use lattice_trace::Commitment;
use redb::{Database, ReadableDatabase, ReadableTable};

/// File name of the seals in the worker's data folder.
pub const FILE_NAME: &str = "replicas.redb";

/// Why the seals cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the seals of replicas failed: {0}")]
    Storage(Box<redb::Error>),
    #[error("the seals of request {request} are damaged: {source}")]
    Damaged {
        request: RequestId,
        source: codec::Error,
    },
    #[error("request {0} has a seal already, which stays as it is")]
    Sealed(RequestId),
}

impl<E: Into<redb::Error>> From<E> for SealError {
    fn from(error: E) -> Self {
        SealError::Storage(Box::new(error.into()))
    }
}

/// A result and what hides it. The encoding is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Seal {
    /// Hash of what the requester signed for: with the request's number, what the result is of.
    pub content: [u8; 32],
    /// Block of the request.
    pub requested_at: BlockNumber,
    pub output: Vec<i32>,
    /// Root of the tree over the results of all operators.
    pub trace_root: [u8; 32],
    pub salt: [u8; 32],
    /// Hash of all of it, as it is sent first.
    pub commitment: [u8; 32],
}

impl Seal {
    /// Seals a provider's own trace of a request on the chain with this genesis.
    pub fn new(
        open: &Replicated,
        provider: &AccountId,
        genesis: &[u8; 32],
        own: &Commitment,
        salt: [u8; 32],
    ) -> Self {
        let (output, trace_root) = (own.trace().output(), own.root());
        let content = ReplicaContent {
            genesis: H256(*genesis),
            request: open.request,
            provider,
            trace_root: H256(trace_root),
            output,
            salt,
        };
        Self {
            content: open.content.0,
            requested_at: open.requested_at,
            commitment: content.commitment().0,
            output: output.to_vec(),
            trace_root,
            salt,
        }
    }
}

/// The seals of one provider on one chain.
#[derive(Debug)]
pub struct Seals {
    store: Store,
}

impl Seals {
    /// The seals in a database, where they are made when they are missing.
    pub fn open(
        database: Database,
        genesis: &[u8; 32],
        provider: &AccountId,
    ) -> Result<Self, SealError> {
        Ok(Self {
            store: Store::open(database, genesis, provider)?,
        })
    }

    /// The seal of a request with this content.
    pub fn find(&self, request: RequestId, content: &[u8; 32]) -> Result<Option<Seal>, SealError> {
        let table = self
            .store
            .database
            .begin_read()?
            .open_table(self.store.definition())?;
        let Some(value) = table.get(request)? else {
            return Ok(None);
        };
        let mut seals = decode(request, value.value())?.into_iter();
        Ok(seals.find(|seal| seal.content == *content))
    }

    /// Stores a seal. It is on disk when this returns.
    ///
    /// # Errors
    /// [`SealError::Sealed`] if there is one of the same content: it stays.
    pub fn keep(&self, request: RequestId, seal: &Seal) -> Result<(), SealError> {
        let transaction = self.store.database.begin_write()?;
        {
            let mut table = transaction.open_table(self.store.definition())?;
            let known = table
                .get(request)?
                .map(|value| decode(request, value.value()))
                .transpose()?;
            let mut seals = known.unwrap_or_default();
            if seals.iter().any(|other| other.content == seal.content) {
                return Err(SealError::Sealed(request));
            }
            seals.push(seal.clone());
            table.insert(request, seals.encode().as_slice())?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// The requests that have seals, each with the block of the latest of them. A damaged row is told
    /// and left out.
    pub fn requests(&self) -> Result<Vec<(RequestId, BlockNumber)>, SealError> {
        let table = self
            .store
            .database
            .begin_read()?
            .open_table(self.store.definition())?;
        let mut requests = Vec::new();
        for row in table.iter()? {
            let (request, value) = row?;
            match decode(request.value(), value.value()) {
                Ok(seals) => {
                    let blocks = seals.iter().map(|seal| seal.requested_at);
                    requests.push((request.value(), blocks.max().unwrap_or(0)));
                }
                Err(error) => tracing::error!(%error, "passed over"),
            }
        }
        Ok(requests)
    }

    /// Forgets the seals of a request that has ended for good.
    pub fn forget(&self, request: RequestId) -> Result<(), SealError> {
        let transaction = self.store.database.begin_write()?;
        transaction
            .open_table(self.store.definition())?
            .remove(request)?;
        transaction.commit()?;
        Ok(())
    }
}

fn decode(request: RequestId, bytes: &[u8]) -> Result<Vec<Seal>, SealError> {
    Vec::<Seal>::decode_all(&mut &*bytes).map_err(|source| SealError::Damaged { request, source })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{replicated, seal, trace_of, BOB, GENESIS};
    use super::*;
    use crate::disk::Disk;
    use lattice_chain_client::{ReplicaState, ReplicatedPhase};
    use lattice_tensor::testing::{random_graph, random_input};
    use std::path::Path;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    fn database(folder: &Path) -> Database {
        Disk::default().open(folder, FILE_NAME).expect("opens")
    }

    fn open(folder: &Path) -> Seals {
        Seals::open(database(folder), &GENESIS, &BOB).expect("opens")
    }

    #[test]
    fn a_seal_commits_to_the_trace_that_it_holds() {
        let model = random_graph(2);
        let own = trace_of(&model, &random_input(2, &model));
        let phase = ReplicatedPhase::Committing { until: 110 };
        let open = replicated(phase, ReplicaState::Drawn);
        let seal = Seal::new(&open, &BOB, &GENESIS, &own, [6; 32]);
        let content = ReplicaContent {
            genesis: H256(GENESIS),
            request: open.request,
            provider: &BOB,
            trace_root: H256(own.root()),
            output: &seal.output,
            salt: [6; 32],
        };
        assert_eq!(seal.commitment, content.commitment().0);
        assert_eq!(seal.output, own.trace().output());
        assert_eq!((seal.content, seal.salt), (open.content.0, [6; 32]));
    }

    #[test]
    fn a_seal_survives_a_restart() {
        let folder = folder();
        open(folder.path()).keep(8, &seal(1)).expect("writes");
        let seals = open(folder.path());
        assert_eq!(
            seals.find(8, &seal(1).content).expect("reads"),
            Some(seal(1))
        );
        assert_eq!(seals.find(9, &seal(1).content).expect("reads"), None);
    }

    #[test]
    fn a_process_killed_after_the_write_has_the_salt() {
        let (folder, copy) = (folder(), folder());
        let seals = open(folder.path());
        seals.keep(8, &seal(1)).expect("writes");
        // What a process leaves when it is killed now: the file as it is, not closed.
        std::fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("copies");
        let found = open(copy.path()).find(8, &seal(1).content).expect("reads");
        assert_eq!(found.map(|seal| seal.salt), Some(seal(1).salt));
    }

    #[test]
    fn a_number_that_a_reorganisation_gave_to_other_content_has_two_seals() {
        let folder = folder();
        let seals = open(folder.path());
        let other = Seal {
            requested_at: 60,
            ..seal(2)
        };
        seals.keep(8, &seal(1)).expect("writes");
        seals.keep(8, &other).expect("writes");
        assert_eq!(
            seals.find(8, &seal(1).content).expect("reads"),
            Some(seal(1))
        );
        assert_eq!(seals.find(8, &other.content).expect("reads"), Some(other));
        assert_eq!(seals.requests().expect("reads"), [(8, 60)]);
    }

    #[test]
    fn a_request_that_has_ended_is_forgotten_alone() {
        let folder = folder();
        let seals = open(folder.path());
        for request in [3, 4] {
            seals.keep(request, &seal(1)).expect("writes");
        }
        seals.forget(3).expect("writes");
        seals.forget(3).expect("a second time does no harm");
        assert_eq!(
            seals.requests().expect("reads"),
            [(4, seal(1).requested_at)]
        );
        assert_eq!(seals.find(3, &seal(1).content).expect("reads"), None);
    }

    #[test]
    fn another_chain_and_another_provider_see_none_of_it() {
        let folder = folder();
        open(folder.path()).keep(8, &seal(1)).expect("writes");
        for (genesis, provider) in [([8; 32], BOB), (GENESIS, AccountId([9; 32]))] {
            let seals = Seals::open(database(folder.path()), &genesis, &provider).expect("opens");
            assert_eq!(seals.find(8, &seal(1).content).expect("reads"), None);
        }
    }

    mod refuse {
        use super::*;

        #[test]
        fn another_salt_for_the_same_content() {
            let folder = folder();
            let seals = open(folder.path());
            seals.keep(8, &seal(1)).expect("writes");
            let other = Seal {
                salt: [99; 32],
                ..seal(1)
            };
            for again in [seal(1), other] {
                assert!(matches!(seals.keep(8, &again), Err(SealError::Sealed(8))));
            }
            assert_eq!(
                seals.find(8, &seal(1).content).expect("reads"),
                Some(seal(1))
            );
        }

        #[test]
        fn a_damaged_row_and_lose_no_other_by_it() {
            let folder = folder();
            let seals = open(folder.path());
            seals.keep(5, &seal(1)).expect("writes");
            seals.store.put(6, &[1, 2, 3]).expect("writes");
            assert!(matches!(
                seals.find(6, &seal(1).content),
                Err(SealError::Damaged { request: 6, .. })
            ));
            assert_eq!(seals.requests().expect("reads").len(), 1);
        }
    }
}

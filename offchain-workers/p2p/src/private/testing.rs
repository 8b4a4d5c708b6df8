//! A provider's mailbox without a network, and inputs of a small model.

use super::{
    Ask, Assigned, Ledger, Limits, Mailbox, Name, PrivateRequest, PrivateResponse, Unanswered,
    Unseen, FILE_NAME,
};
use futures::future::BoxFuture;
use lattice_chain_client::{AccountId, RequestId, Signer};
use lattice_tensor::Range;
use lattice_verifier::{commitment::commit_input, FieldBytes};
use libp2p::PeerId;
use redb::Database;
use std::{collections::BTreeMap, path::Path, sync::Arc};

pub const GENESIS: [u8; 32] = [7; 32];
pub const RANGE: Range = Range { lo: 0, hi: 16 };
pub const INPUT: [i8; 4] = [0, 5, 16, 3];
pub const BLINDING: FieldBytes = [9; 32];

/// The provider.
pub fn bob() -> Signer {
    Signer::from_dev_seed("//Bob").expect("a development account")
}

/// The requester.
pub fn alice() -> Signer {
    Signer::from_dev_seed("//Alice").expect("a development account")
}

/// What Alice has asked Bob.
pub fn assigned(request: RequestId) -> Assigned {
    let values = INPUT.map(i32::from);
    let mut context = [1; 32];
    context[..8].copy_from_slice(&request.to_le_bytes());
    Assigned {
        request,
        context,
        requester: alice().account(),
        input_commitment: commit_input(&values, RANGE, &blinding()).expect("in range"),
        input_len: INPUT.len(),
        range: RANGE,
        in_time: true,
    }
}

/// A canonical field element.
pub fn blinding() -> FieldBytes {
    let mut blinding = BLINDING;
    blinding[31] = 0;
    blinding
}

/// The honest delivery.
pub fn delivery(request: RequestId) -> PrivateRequest {
    PrivateRequest::Deliver {
        request,
        input: INPUT.to_vec(),
        blinding: blinding(),
    }
}

/// A chain that says the same at all times.
#[derive(Debug, Default)]
pub struct Fixed(pub BTreeMap<RequestId, Result<Assigned, Unseen>>);

impl Fixed {
    /// Requests that Alice has made.
    pub fn of(requests: impl IntoIterator<Item = RequestId>) -> Self {
        let rows = requests.into_iter().map(|id| (id, Ok(assigned(id))));
        Self(rows.collect())
    }
}

impl Ledger for Fixed {
    fn assigned(&self, request: RequestId) -> BoxFuture<'_, Result<Assigned, Unseen>> {
        let known = self.0.get(&request).cloned();
        Box::pin(async move { known.unwrap_or(Err(Unseen::Unknown)) })
    }
}

/// Bob's mailbox in a folder, in which so much may be.
pub fn mailbox(folder: &Path, peer: PeerId, ledger: Fixed, limits: Limits) -> Mailbox {
    let database = Database::create(folder.join(FILE_NAME)).expect("opens");
    Mailbox::open(
        database,
        bob(),
        GENESIS,
        Some(peer),
        Arc::new(ledger),
        limits,
    )
    .expect("opens")
}

/// The name of an assigned request.
pub fn name(request: RequestId) -> Name {
    assigned(request).name()
}

/// Bob's mailbox, asked by an account without a network between.
pub struct Direct {
    pub mailbox: Mailbox,
    pub own: PeerId,
    pub account: AccountId,
}

impl Ask for Direct {
    fn own_peer(&self) -> PeerId {
        self.own
    }

    fn ask(
        &self,
        _peer: PeerId,
        request: PrivateRequest,
    ) -> BoxFuture<'_, Result<PrivateResponse, Unanswered>> {
        Box::pin(async move { Ok(self.mailbox.serve(self.own, self.account, request).await) })
    }
}

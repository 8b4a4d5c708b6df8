//! Handing out an output.

use super::{blocking, Inner};
use crate::private::wire::{collect_message, PrivateResponse, RefusalCode};
use lattice_chain_client::{is_signed_by, AccountId, RequestId};
use libp2p::PeerId;
use std::sync::Arc;

impl Inner {
    /// Answers an account that has signed for an output, over this connection.
    pub(super) async fn collect(
        self: &Arc<Self>,
        peer: PeerId,
        account: AccountId,
        request: RequestId,
        signature: [u8; 64],
    ) -> Result<PrivateResponse, RefusalCode> {
        let own = self.peer.ok_or(RefusalCode::Busy)?;
        let message = collect_message(&self.genesis, request, &own, &peer);
        if !is_signed_by(&account, &message, &signature) {
            return Err(RefusalCode::NotRequester);
        }
        let inner = self.clone();
        if let Some(response) = blocking(move || inner.output(request, &account)).await? {
            return Ok(response);
        }
        let assigned = self.ledger.assigned(request).await?;
        if assigned.requester != account {
            return Err(RefusalCode::NotRequester);
        }
        Ok(PrivateResponse::Pending)
    }

    /// What this account may have of a request; `None` if nothing is kept of it.
    fn output(
        &self,
        request: RequestId,
        account: &AccountId,
    ) -> Result<Option<PrivateResponse>, RefusalCode> {
        let names = self.store.names(request);
        let mut own = Vec::new();
        for name in &names {
            match self.store.get(name) {
                Ok(Some(kept)) if kept.requester() == *account => own.push(kept),
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(request, %error, "the mailbox failed");
                    return Err(RefusalCode::Busy);
                }
            }
        }
        // Of two that a reorganisation left, the one that is open, or else the later one.
        let ready = own.iter().filter(|kept| kept.released);
        let latest = ready.max_by_key(|kept| (kept.ended_at.is_none(), kept.seen_at));
        match latest.and_then(|kept| kept.answer.as_ref()) {
            Some(answer) => Ok(Some(PrivateResponse::Output {
                output: answer.output.clone(),
                blinding: answer.blinding,
            })),
            None if !own.is_empty() => Ok(Some(PrivateResponse::Pending)),
            None if !names.is_empty() => Err(RefusalCode::NotRequester),
            None => Ok(None),
        }
    }
}

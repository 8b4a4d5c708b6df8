//! Taking an input, and signing for it.

use super::{blocking, limits::used, Inner};
use crate::private::{
    kept::{Kept, Payload},
    ledger::Assigned,
    store::{Index, MailboxError},
    wire::RefusalCode,
};
use lattice_chain_client::{receipt_message, AccountId, RequestId};
use std::sync::Arc;

impl Inner {
    /// Takes an input of an account, and tells whoever waits for one.
    pub(super) async fn deliver(
        self: &Arc<Self>,
        account: AccountId,
        request: RequestId,
        payload: Payload,
    ) -> Result<[u8; 64], RefusalCode> {
        let assigned = self.ledger.assigned(request).await?;
        if assigned.requester != account {
            return Err(RefusalCode::NotRequester);
        }
        let inner = self.clone();
        let receipt = blocking(move || inner.take(&assigned, payload)).await;
        match receipt {
            Ok(_) => {
                tracing::info!(request, "private input received");
                self.deliveries
                    .send_modify(|count| *count = count.wrapping_add(1));
            }
            Err(refusal) => tracing::info!(request, %refusal, "private input refused"),
        }
        receipt
    }

    /// Keeps an input that matches, and signs for it.
    fn take(&self, assigned: &Assigned, payload: Payload) -> Result<[u8; 64], RefusalCode> {
        let name = assigned.name();
        let checked = assigned.check(&payload.input, &payload.blinding);
        let change = |kept: Option<Kept>, index: &Index| -> Result<_, MailboxError> {
            let mut kept = kept.unwrap_or_else(|| Kept::new(&assigned.requester));
            if let Some(receipt) = kept
                .receipt
                .filter(|_| kept.payload.as_ref() == Some(&payload))
            {
                return Ok((None, Ok(receipt)));
            }
            if let Err(refusal) = checked {
                let is_news = !kept.refused && kept.due_complaint().is_some();
                kept.refused = true;
                return Ok((is_news.then_some(kept), Err(refusal)));
            }
            if kept.complaint.is_some() {
                return Ok((None, Err(RefusalCode::Claimed)));
            }
            if !assigned.in_time {
                return Ok((None, Err(RefusalCode::TooLate)));
            }
            if !self
                .limits
                .have_room(index, &assigned.requester, payload.input.len())
            {
                return Ok((None, Err(RefusalCode::TooMany)));
            }
            let message = receipt_message(&self.genesis, name.request, &name.context);
            let receipt = self.signer.sign_bytes(&message[..]);
            kept.payload = Some(payload.clone());
            kept.receipt = Some(receipt);
            Ok((Some(kept), Ok(receipt)))
        };
        let taken = self
            .make_room(payload.input.len())
            .and_then(|()| self.store.change(&name, change));
        taken.unwrap_or_else(|error| {
            tracing::error!(request = name.request, %error, "the mailbox failed");
            Err(RefusalCode::Busy)
        })
    }

    /// Forgets outputs of ended requests, the oldest first, as far as others need their place.
    fn make_room(&self, elements: usize) -> Result<(), MailboxError> {
        let unwanted = {
            let index = self.store.index();
            let (mut rows, mut bytes) = used(&index);
            let mut ended: Vec<_> = index
                .iter()
                .filter(|(_, entry)| entry.is_full)
                .filter_map(|(name, entry)| Some((entry.ended_at?, *name, entry.bytes)))
                .collect();
            ended.sort_unstable();
            let mut unwanted = Vec::new();
            for (_, name, size) in ended {
                if rows < self.limits.rows && bytes.saturating_add(elements) <= self.limits.bytes {
                    break;
                }
                rows = rows.saturating_sub(1);
                bytes = bytes.saturating_sub(size);
                unwanted.push(name);
            }
            unwanted
        };
        self.store.remove(&unwanted)
    }
}

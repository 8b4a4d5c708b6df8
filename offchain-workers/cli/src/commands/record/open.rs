//! Requests that are still open, and of which there is something to tell: those of the tiers without
//! proof, and private ones.

mod optimistic;
mod private;
mod replicated;

use super::super::private::progress as private_progress;
use lattice_chain_client::{
    Optimistic, Private, Replicated, RequestId, Result, Verification, View,
};

/// An open request that takes more than one step.
pub enum Open {
    Private(Box<Private>),
    Optimistic(Box<Optimistic>),
    Replicated(Box<Replicated>),
}

impl Open {
    /// Looks a request up among all of these; `None` when it is none of them.
    pub async fn find(view: &View, request: RequestId) -> Result<Option<Self>> {
        if let Some(open) = view.optimistic(request).await? {
            return Ok(Some(Self::Optimistic(Box::new(open))));
        }
        if let Some(open) = view.replicated(request).await? {
            return Ok(Some(Self::Replicated(Box::new(open))));
        }
        let open = view.private_request(request).await?;
        Ok(open.map(|open| Self::Private(Box::new(open))))
    }

    /// Looks a request with public input up in its own tier; `None` for one that is settled on a proof.
    pub async fn of(
        view: &View,
        request: RequestId,
        verification: &Verification,
    ) -> Result<Option<Self>> {
        Ok(match verification {
            Verification::Optimistic { .. } => {
                let open = view.optimistic(request).await?;
                open.map(|open| Self::Optimistic(Box::new(open)))
            }
            Verification::Replicated { .. } => {
                let open = view.replicated(request).await?;
                open.map(|open| Self::Replicated(Box::new(open)))
            }
            Verification::Proven | Verification::ProvenByCeremony | Verification::Direct => None,
        })
    }

    /// The node's method that tells of it.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Optimistic(_) => "lattice_optimistic",
            Self::Replicated(_) => "lattice_replicated",
            Self::Private(_) => "lattice_privateRequest",
        }
    }

    /// How far it is.
    pub fn progress(&self) -> String {
        match self {
            Self::Optimistic(open) => optimistic::progress(open),
            Self::Replicated(open) => replicated::progress(open),
            Self::Private(open) => private_progress(open),
        }
    }

    /// Everything of it, for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Optimistic(open) => optimistic::describe(self.progress(), open),
            Self::Replicated(open) => replicated::describe(self.progress(), open),
            Self::Private(open) => private::describe(self.progress(), open),
        }
    }
}

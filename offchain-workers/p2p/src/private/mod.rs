//! Inputs and outputs that stay off the chain.
//!
//! ```text
//! requester ── Deliver(input, blinding) ──▶ mailbox: commitment ✓ ─▶ on disk ─▶ Receipt
//!     ▲                                        │ execute, prove, submit the output's commitment
//!     └─────────── Output ◀── Collect(signature) ◀── released
//! ```
//!
//! * [`wire`]: the messages, and what a requester signs;
//! * [`kept`]: what a provider keeps of a private request;
//! * [`store`]: where it keeps it;
//! * [`ledger`]: what the mailbox asks of the chain;
//! * [`mailbox`]: the provider's side;
//! * [`requester`]: the other one.
//!
//! What is private is on the provider's disk until its request has ended, and nowhere in a log.

pub mod kept;
pub mod ledger;
pub mod mailbox;
pub mod requester;
pub mod store;
#[cfg(test)]
mod testing;
pub mod wire;

pub use libp2p::{Multiaddr, PeerId};

pub use kept::{Answer, Complaint, Kept, Payload, Sent};
pub use ledger::{Assigned, Ledger, Unseen};
pub use mailbox::{Limits, Mailbox};
pub use requester::{collect, deliver, Ask, Collection, Exchange, Unanswered, Undelivered};
pub use store::{MailboxError, Name, FILE_NAME};
pub use wire::{collect_message, PrivateRequest, PrivateResponse, RefusalCode};

//! The provider's daemon: executes, proves and submits assigned inferences.
//!
//! ```text
//! best block ─▶ assignments ─▶ execute ─▶ prove ─▶ verify ─▶ outbox ─▶ gather ─▶ submit ─▶ watch ─▶ closed
//!                              (burn)     (own pool)         (on disk)
//! ```
//!
//! * [`config`]: command line, environment and configuration file;
//! * [`models`]: the models on disk, tested before they are served;
//! * [`pipeline`]: from an assignment to a checked proof; [`recall`]: unless it is called off;
//! * `executions`: what waits for one model runs together;
//! * [`outbox`]: proofs on their way to the chain, on disk;
//! * [`disk`]: the databases in which things are kept, and the end when it fails one; [`store`]: their tables;
//! * [`gather`]: results that are ready together travel together;
//! * [`courier`]: extrinsics signed, submitted and watched, each for all its results;
//! * [`submit`]: bringing a result to the chain, once;
//! * [`gateway`]: inferences over HTTP, paid by vouchers of payment channels;
//! * [`tiers`]: optimistic and replicated requests, disputes, and watching others;
//! * [`peers`]: models fetched from other workers, and given to them;
//! * [`private`]: requests whose input, and perhaps output, is not on the chain;
//! * [`heartbeat`]: saying on chain that the provider is alive;
//! * [`serve`]: one assignment, from wherever it stands to its end;
//! * [`follow`]: following the chain and handing out work;
//! * `tasks`: what is under way, by what it is for; `stop`: the signal to stop, and the time after it;
//! * [`service`]: all of it together;
//! * [`lock`]: one worker for an account; [`notify`]: what the service manager hears;
//! * [`metrics`], [`http`]: numbers for Prometheus, `/health` and `/live`; `offers`: what of it is served.
//!
//! # Stopping
//! After SIGTERM or SIGINT (or, with `--supervised`, when standard input closes) nothing is taken up any
//! more: no assignment, no step of a private, optimistic or replicated request, no turn in a dispute, no
//! inference in a channel. What is under way of all these may end within `--stop-patience`; what has a
//! result by then is submitted, or stays on disk for the next start. An assignment without a result is
//! taken up again by a start before its deadline; one that was offered and not accepted is left to its
//! accept deadline, after which the chain gives it to another provider.
//!
//! # Log messages that others may rely on
//! For each request, with the field `request`: `assignment seen`, `proof stored
//! in outbox`, `submitting`, `submitted`, `settled` (or `rejected`, `expired`);
//! after a restart `resuming from outbox`, and `resubmitting` when the pool has
//! lost the extrinsic; `no longer assigned, dropped` before a proof is begun for nothing. For channels, with the field `channel`: `voucher stored` for each
//! inference, `redeeming`, `redeemed`. For tiers of trust, with the field `request`: `result posted`;
//! `committed`, `revealed`, `appealed with a proof` or `appealed by a dispute`; of a watcher
//! `result confirmed`, or `result is false` and `result challenged`; and, with the field `dispute` as
//! well, `turn taken`. For private requests, with the field `request`:
//! `private input received` or `private input refused`, `private result kept`, `private result
//! submitted`, `private output posted`, `claimed that there is no input`, `private request ended`.
//! `gateway` with its `address`, and then `ready`, once when
//! models and chain are there.

pub mod config;
pub mod courier;
pub mod disk;
mod executions;
pub mod follow;
pub mod gateway;
pub mod gather;
pub mod heartbeat;
pub mod http;
pub mod lock;
pub mod metrics;
pub mod models;
pub mod notify;
mod offers;
pub mod outbox;
pub mod peers;
pub mod pipeline;
pub mod private;
pub mod recall;
pub mod serve;
pub mod service;
mod stop;
pub mod store;
pub mod submit;
mod tasks;
pub mod tiers;

pub use config::Config;
pub use service::{run, ServiceError};

//! The version that nodes and clients compare.

use crate::apis;
use alloc::borrow::Cow;
use polkadot_sdk_frame::runtime::prelude::{runtime_version, RuntimeVersion};

/// What this runtime is.
///
/// `spec_version` grows with every change of behaviour, `transaction_version`
/// with every change of an extrinsic's encoding.
#[runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("lattice"),
    impl_name: Cow::Borrowed("lattice-node"),
    authoring_version: 1,
    spec_version: 3,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 2,
    system_version: 1,
};

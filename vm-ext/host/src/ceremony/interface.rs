//! The versioned host functions of ceremonies, as [`crate::interface`] has the others.
//!
//! In Wasm they are imports named `ext_lattice_ceremony_*_version_1`.

use sp_runtime_interface::pass_by::{PassFatPointerAndRead, PassFatPointerAndWrite};
use sp_runtime_interface::runtime_interface;

#[cfg(not(substrate_runtime))]
use crate::{native, reply::send};

/// What a Lattice node checks of ceremonies for its runtime. [`crate::ceremony`] says
/// what each function means; all reply as the crate's documentation says.
#[runtime_interface]
pub trait LatticeCeremony {
    /// Takes a SCALE `Start`, replies nothing.
    #[version(1)]
    fn check_start(
        start: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::ceremony::start(start), reply)
    }

    /// Takes a SCALE `ContributionCheck`, replies nothing.
    #[version(1)]
    fn check_contribution(
        check: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::ceremony::contribution(check), reply)
    }

    /// Takes a SCALE `ChallengeCheck`, replies a `bool`.
    #[version(1)]
    fn check_challenge(
        check: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::ceremony::challenge(check), reply)
    }
}

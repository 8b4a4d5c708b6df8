//! The versioned host functions.
//!
//! Each body is one line; the work is in `native`. In Wasm the bodies do not
//! exist and the functions are imports named `ext_lattice_vm_*_version_N`, of which
//! the runtime takes the latest.

use sp_runtime_interface::pass_by::{
    PassFatPointerAndRead, PassFatPointerAndWrite, PassPointerAndRead,
};
use sp_runtime_interface::runtime_interface;

#[cfg(not(substrate_runtime))]
use crate::{calls::NO_BLINDING, native, reply::send};

/// What a Lattice node offers to its runtime. [`crate::calls`] says what each
/// function means; all reply as the crate's documentation says.
#[runtime_interface]
pub trait LatticeVm {
    /// Takes a SCALE manifest, replies a `ModelSummary`.
    #[version(1)]
    fn inspect_manifest(
        manifest: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::inspect::manifest(manifest), reply)
    }

    /// Takes a compressed verifying key, replies a `KeyReport`.
    #[version(1)]
    fn validate_key(
        key: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::inspect::key(key), reply)
    }

    /// Takes input values of one byte each, replies 32 bytes.
    #[version(1)]
    fn commit_input(
        values: PassFatPointerAndRead<&[u8]>,
        lo: i8,
        hi: i8,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::commit::input(values, lo, hi, &NO_BLINDING), reply)
    }

    /// Takes input values of one byte each and a blinding, replies 32 bytes.
    #[version(2)]
    fn commit_input(
        values: PassFatPointerAndRead<&[u8]>,
        lo: i8,
        hi: i8,
        blinding: PassPointerAndRead<&[u8; 32], 32>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::commit::input(values, lo, hi, blinding), reply)
    }

    /// Takes output values of four little-endian bytes each, replies 32 bytes.
    #[version(1)]
    fn commit_output(
        values: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::commit::output(values, &NO_BLINDING), reply)
    }

    /// Takes output values of four little-endian bytes each and a blinding, replies 32
    /// bytes.
    #[version(2)]
    fn commit_output(
        values: PassFatPointerAndRead<&[u8]>,
        blinding: PassPointerAndRead<&[u8; 32], 32>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::commit::output(values, blinding), reply)
    }

    /// Takes a SCALE `ModelLocation`, replies a `ModelSummary`.
    #[version(1)]
    fn check_model(
        &mut self,
        location: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(
            native::model::check(location, |key| self.storage(key)),
            reply,
        )
    }

    /// Takes a WebAssembly module, replies a `PreparedCode`.
    #[version(1)]
    fn prepare_code(
        code: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::code::prepare(code), reply)
    }

    /// Takes a SCALE `ProgramCall`, replies a `ProgramOutcome`.
    #[version(1)]
    fn run_program(
        &mut self,
        call: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::program::run(call, |key| self.storage(key)), reply)
    }

    /// Takes a SCALE `WasmCall`, replies a `WasmOutcome`.
    #[version(1)]
    fn call_program(
        &mut self,
        call: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::call::run(call, &mut **self), reply)
    }

    /// Takes a SCALE `SettlementBatch`, replies a `BatchOutcome`.
    #[version(1)]
    fn settle_batch(
        &mut self,
        batch: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::batch::settle(batch, |key| self.storage(key)), reply)
    }

    /// Takes a SCALE manifest, replies a `Layout`.
    #[version(1)]
    fn trace_layout(
        manifest: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::dispute::layout(manifest), reply)
    }

    /// Takes a SCALE `StepCheck`, replies a `Result<i32, StepError>`.
    #[version(1)]
    fn check_step(
        check: PassFatPointerAndRead<&[u8]>,
        reply: PassFatPointerAndWrite<&mut [u8]>,
    ) -> u32 {
        send(native::dispute::step(check), reply)
    }
}

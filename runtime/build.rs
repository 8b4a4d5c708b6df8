//! Builds the Wasm runtime that the native library embeds as `WASM_BINARY`.
//!
//! Only the native build (feature `std`) does so; inside the Wasm build itself
//! this script does nothing. `WASM_BUILD_RUSTFLAGS="-C overflow-checks=on"`
//! must be set from outside, since the Wasm build does not inherit the cargo
//! profile; `scripts/env.sh` does that.

#[cfg(feature = "std")]
fn main() {
    substrate_wasm_builder::WasmBuilder::build_using_defaults();
}

#[cfg(not(feature = "std"))]
fn main() {}

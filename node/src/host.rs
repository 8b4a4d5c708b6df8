//! What the runtime may call in the node.

/// Substrate's host functions and Lattice's VM extension.
///
/// Every place that executes the runtime uses this type: block import, block
/// authoring, RPC, chain specifications. The benchmark command takes
/// [`lattice_host::LatticeHostFunctions`] as its extra functions, so weights
/// are measured with the same VM.
pub type HostFunctions = (
    sp_io::SubstrateHostFunctions,
    lattice_host::LatticeHostFunctions,
);

/// The interpreter of the runtime's Wasm.
pub type RuntimeExecutor = sc_executor::WasmExecutor<HostFunctions>;

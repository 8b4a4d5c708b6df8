# Build settings shared by every script; source it, do not run it.
#
# LATTICE_CACHE       where compiled code and test tools are kept (default: ~/.cache/lattice)
# CARGO_TARGET_DIR    compiled code; outside the clone, so that a fresh clone reuses dependencies

LATTICE_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export LATTICE_ROOT
export LATTICE_CACHE="${LATTICE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lattice}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$LATTICE_CACHE/target}"
export LATTICE_BIN="$CARGO_TARGET_DIR/release"

# The system's OpenSSL: compiling a vendored one takes minutes.
export OPENSSL_NO_VENDOR=1

# The runtime's Wasm build does not inherit the cargo profile.
export WASM_BUILD_RUSTFLAGS="-C overflow-checks=on"
# With the target folder outside the clone, the Wasm builder cannot find the workspace by itself.
export WASM_BUILD_WORKSPACE_HINT="$LATTICE_ROOT"
# setup.sh writes this where rustup has no download server; see there.
if [ -f "$LATTICE_CACHE/wasm-toolchain" ]; then
  WASM_BUILD_TOOLCHAIN="$(cat "$LATTICE_CACHE/wasm-toolchain")"
  export WASM_BUILD_TOOLCHAIN
fi

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

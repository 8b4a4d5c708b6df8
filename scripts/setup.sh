#!/usr/bin/env bash
# Installs what a fresh Debian machine with Rust lacks. Safe to run again: it
# does only what is missing, and says what it does.
#
#   scripts/setup.sh          what building and the demo need
#   scripts/setup.sh --tests  also what the tests need (nextest, npm, PyPI)
#   scripts/setup.sh --network  also what scripts/network.sh needs (Debian)
#   scripts/setup.sh --deploy  what scripts/check-deploy.sh judges with (PyPI, Debian)
#   scripts/setup.sh --comparison  also what scripts/compare-*.sh need (npm, PyPI)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

purpose="${1:-}"
case "$purpose" in
  "" | --tests | --network | --deploy | --comparison) ;;
  *) echo "usage: scripts/setup.sh [--tests | --network | --deploy | --comparison]" >&2; exit 2 ;;
esac

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Installs the Debian packages among "$@" that are missing.
debian() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || {
    echo "setup: please install ${missing[*]} (this script knows Debian's apt-get only)" >&2
    exit 1
  }
  say "installing Debian packages: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

rust() {
  command -v cargo >/dev/null || { echo "setup: Rust is missing; install it from https://rustup.rs" >&2; exit 1; }
  local have need=1.95.0
  have="$(rustc --version | cut -d' ' -f2)"
  if [ "$(printf '%s\n%s\n' "$need" "${have%%-*}" | sort -V | head -1)" != "$need" ]; then
    echo "setup: rustc $have is too old, Lattice needs $need or newer: rustup update stable" >&2
    exit 1
  fi
  say "rustc $have"
}

has_wasm_target() { [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32v1-none/lib" ]; }

wasm_target() {
  if has_wasm_target; then say "Wasm target wasm32v1-none: there"; return; fi
  if [ -f "$LATTICE_CACHE/wasm-toolchain" ] && rustup run "$(cat "$LATTICE_CACHE/wasm-toolchain")" rustc --version >/dev/null 2>&1; then
    say "Wasm target wasm32v1-none: built from Debian's sources, there"
    return
  fi
  if [ -z "${LATTICE_NO_RUSTUP:-}" ] && rustup target add wasm32v1-none >/dev/null 2>&1; then
    say "Wasm target wasm32v1-none: added by rustup"
    return
  fi
  say "rustup cannot fetch wasm32v1-none: building it from Debian's Rust sources"
  "$LATTICE_ROOT/scripts/wasm-target-from-debian.sh"
  say "Wasm target wasm32v1-none: built"
}

nextest() {
  if cargo nextest --version >/dev/null 2>&1; then say "cargo-nextest: there"; return; fi
  say "installing cargo-nextest from crates.io"
  cargo install --locked cargo-nextest
}

# Python packages live in virtual environments beside the compiled code: LIST, VENV.
python_packages() {
  local list="$LATTICE_ROOT/$1" venv="$LATTICE_CACHE/$2"
  if [ -f "$venv/requirements.txt" ] && cmp -s "$list" "$venv/requirements.txt"; then
    say "Python packages of $1: there"
    return
  fi
  say "installing Python packages: $(grep -o '^[a-z0-9-]*==[0-9.]*' "$list" | tr '\n' ' ')"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$list"
  cp "$list" "$venv/requirements.txt"
}

node_packages() {
  local folder="$LATTICE_ROOT/$1"
  if [ -f "$folder/node_modules/.package-lock.json" ] && [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
    say "npm packages of $1: there"
    return
  fi
  say "installing npm packages of $1"
  (cd "$folder" && npm ci --silent --no-audit --no-fund)
}

# A network's faults are signals, cut cables and full disks. Slim images of Debian have neither `kill` nor `ip`.
fault_tools() {
  type -P kill >/dev/null || debian procps
  type -P ip >/dev/null || debian iproute2
  type -P mount >/dev/null || debian mount
}

# Judges of what is deployed. promtool is taken out of Debian's package: installing that starts a server.
deploy_tools() {
  python_packages scripts/deploy/requirements.txt deploy/venv
  local folder="$LATTICE_CACHE/deploy"
  if command -v promtool >/dev/null || [ -x "$folder/bin/promtool" ]; then say "promtool: there"; return; fi
  if ! command -v apt-get >/dev/null; then say "promtool: please install it (this script knows Debian's apt-get only)"; return; fi
  say "taking promtool out of Debian's package prometheus"
  as_root apt-get update -qq
  local package
  package="$(mktemp -d)"
  (cd "$package" && apt-get download -qq prometheus 2>/dev/null && dpkg-deb -x prometheus_*.deb .) || {
    echo "setup: Debian's package prometheus cannot be downloaded" >&2
    exit 1
  }
  install -D "$package/usr/bin/promtool" "$folder/bin/promtool"
  rm -rf "$package"
}

mkdir -p "$LATTICE_CACHE"
if [ "$purpose" = --deploy ]; then
  python3 -m venv --help >/dev/null 2>&1 || debian python3 python3-venv
  deploy_tools
  exit
fi
debian build-essential pkg-config clang libclang-dev protobuf-compiler libssl-dev lld
rust
[ "$purpose" = --comparison ] || wasm_target
if [ "$purpose" = --tests ] || [ "$purpose" = --comparison ]; then
  command -v node >/dev/null || debian nodejs npm
  command -v npm >/dev/null || debian npm
  python3 -m venv --help >/dev/null 2>&1 || debian python3 python3-venv
  node_packages tests/polkadot-js
fi
case "$purpose" in
  --tests)
    # Vulkan on the processor, for scripts/test-devices.sh.
    debian mesa-vulkan-drivers libvulkan1
    fault_tools
    nextest
    python_packages scripts/requirements.txt venv
    deploy_tools
    ;;
  --network) fault_tools ;;
  --comparison)
    python_packages scripts/compare/requirements.txt comparison/venv
    node_packages scripts/compare
    ;;
esac

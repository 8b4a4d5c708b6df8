#!/usr/bin/env bash
# Builds core, alloc and compiler_builtins for wasm32v1-none with Debian's
# rustc, for machines whose rustup has no download server, and links the
# result as a rustup toolchain named lattice-wasm. Called by setup.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

name=lattice-wasm
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rustc-web rust-web-src lld >/dev/null

debian_rustc=/usr/bin/rustc
active_cargo="$(rustup which cargo)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/empty/src"
printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/empty/Cargo.toml"
echo '#![no_std]' >"$work/empty/src/lib.rs"

# Without embedded bitcode the runtime's link-time optimisation fails.
(cd "$work/empty" && env -u CARGO_TARGET_DIR RUSTC="$debian_rustc" RUSTC_BOOTSTRAP=1 \
  RUSTFLAGS="-C embed-bitcode=yes" "$active_cargo" build --quiet --release \
  --target wasm32v1-none -Z build-std=core,alloc \
  -Z build-std-features=compiler-builtins-mem --target-dir "$work/target")

sysroot="$("$debian_rustc" --print sysroot)"
libraries="$sysroot/lib/rustlib/wasm32v1-none/lib"
as_root mkdir -p "$libraries"
for crate in core alloc compiler_builtins; do
  as_root cp "$work"/target/wasm32v1-none/release/deps/lib"$crate"-*.rlib "$libraries/"
done

host="$(rustc -vV | sed -n 's/^host: //p')"
linker="$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld"
as_root mkdir -p "$sysroot/lib/rustlib/$host/bin"
[ -e "$sysroot/lib/rustlib/$host/bin/rust-lld" ] || as_root cp "$linker" "$sysroot/lib/rustlib/$host/bin/"

toolchain="$LATTICE_CACHE/$name"
mkdir -p "$toolchain/bin"
ln -sfn "$debian_rustc" "$toolchain/bin/rustc"
ln -sfn "$active_cargo" "$toolchain/bin/cargo"
ln -sfn "$sysroot/lib" "$toolchain/lib"
rustup toolchain link "$name" "$toolchain"
echo "$name" >"$LATTICE_CACHE/wasm-toolchain"

#!/usr/bin/env bash
# The main job, from a fresh machine: set-up, build, a development chain, a
# worker, and proven inferences of handwritten digits. Ends by itself.
#
#   scripts/demo.sh [--requests N] [--json] [--keep]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

# Only the demo's own answer goes to standard output.
scripts/setup.sh >&2
say "build (most of an hour the first time, seconds later)"
cargo build --release --locked --workspace --all-targets >&2

exec "$LATTICE_BIN/lattice-demo" "$@"

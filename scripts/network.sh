#!/usr/bin/env bash
# Several nodes on this machine, three validators and three providers, and what they survive:
# processes killed, paused and cut off, files corrupted, disks full. Ends by itself.
#
#   scripts/network.sh [--outstanding N] [--faults A,B,…] [--minutes N] [--json] [--keep]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

# Only the table goes to standard output.
scripts/setup.sh --network >&2
say "build (most of an hour the first time, seconds later)"
cargo build --release --locked --workspace --all-targets >&2

exec "$LATTICE_BIN/lattice-network" "$@"

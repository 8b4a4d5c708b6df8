#!/usr/bin/env bash
# What the comparisons share: set-up, build, and the driver with the arguments that it is given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/env.sh

# Asked first, so that a wrong option costs nothing.
case " $* " in
  *" --help "* | *" -h "*) exec python3 scripts/compare/compare.py --help ;;
esac
scripts/setup.sh --comparison >&2
if [ -z "${LATTICE_COMMAND:-}" ]; then
  say "building the lattice command"
  cargo build --release --locked -p lattice-cli >&2
fi
exec "$LATTICE_CACHE/comparison/venv/bin/python" scripts/compare/compare.py \
  --work "$LATTICE_CACHE/comparison" --lattice "${LATTICE_COMMAND:-$LATTICE_BIN/lattice}" "$@"

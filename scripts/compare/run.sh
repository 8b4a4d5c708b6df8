#!/usr/bin/env bash
# What the comparisons share: set-up, build, and the driver with the arguments that it is given.
#
# LATTICE_COMMAND   a lattice command that is built already, in place of this tree's
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
driver="$LATTICE_ROOT/scripts/compare/compare.py"

# Asked first, so that help costs nothing.
case " $* " in
  *" --help "* | *" -h "*) exec python3 "$driver" --help ;;
esac
"$LATTICE_ROOT/scripts/setup.sh" --comparison >&2
if [ -z "${LATTICE_COMMAND:-}" ]; then
  say "building the lattice command"
  (cd "$LATTICE_ROOT" && cargo build --release --locked -p lattice-cli >&2)
fi
exec "$LATTICE_CACHE/comparison/venv/bin/python" "$driver" \
  --work "$LATTICE_CACHE/comparison" --lattice "${LATTICE_COMMAND:-$LATTICE_BIN/lattice}" "$@"

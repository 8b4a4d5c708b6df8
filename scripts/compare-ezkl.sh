#!/usr/bin/env bash
# Runs the same ONNX networks through Lattice and EZKL on this machine and prints a table: set-up,
# proof, verification, proof size, peak memory, accuracy. Everything is installed with exact versions
# under $LATTICE_CACHE; nothing else is downloaded, no reference string either.
#
#   scripts/compare-ezkl.sh [--models 64-32-10,lenet-5] [--json FILE] [--time-limit MINUTES]
#                           [--preparation-limit MINUTES] [--memory-limit GB] [--repeat N] [--keep]
#
# Both use all cores. Let nothing else run.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/compare/run.sh" --tools lattice,ezkl "$@"

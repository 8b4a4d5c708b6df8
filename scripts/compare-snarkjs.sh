#!/usr/bin/env bash
# Runs the same ONNX networks through Lattice, and through circom and snarkjs, on this machine and
# prints a table: set-up, proof, verification, proof size, peak memory. The circom circuit is written
# from the integers that Lattice imported and has the same statement: for the same sample, the public
# inputs of both proofs must be equal, and the script checks that they are. A network that is too large
# for circom or snarkjs is a line that says where it ended.
#
#   scripts/compare-snarkjs.sh [--models 64-32-10,lenet-5] [--json FILE] [--time-limit MINUTES]
#                              [--preparation-limit MINUTES] [--memory-limit GB] [--repeat N] [--keep]
#
# Both use all cores. Let nothing else run.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/compare/run.sh" --tools lattice,snarkjs "$@"

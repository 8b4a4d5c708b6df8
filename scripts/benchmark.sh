#!/usr/bin/env bash
# Measures every call's weight in the node's own Wasm executor and rewrites
# the pallets' weights.rs. With --compare it rewrites nothing, and reports how far
# the weights are from what is measured now. PALLETS="inference disputes" takes some.
# Builds a node with the benchmarks in a target folder of its own (most of an hour
# on two cores); CI never does this.
set -euo pipefail

compare=
if [[ ${1:-} == --compare ]]; then compare=1; fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
scripts/setup.sh

export CARGO_TARGET_DIR="$LATTICE_CACHE/benchmark-target"
# The benchmark command would otherwise build a Wasm runtime of its own.
export SKIP_FRAME_STORAGE_ACCESS_TEST_RUNTIME_WASM_BUILD=1
cargo build --release --locked -p lattice-node --features runtime-benchmarks

all="model_registry compute_providers inference ai_programs ceremonies payment_channels"
all="$all disputes optimistic replication subscriptions private_requests"
results="$(mktemp -d)"

for pallet in ${PALLETS:-$all}; do
  folder="pallets/${pallet//_/-}"
  say "benchmarking $folder"
  if [[ $compare ]]; then
    write=(--json-file "$results/$pallet.json")
  else
    write=(--output "$folder/src/weights.rs" --template scripts/weights-template.hbs)
  fi
  "$CARGO_TARGET_DIR/release/lattice-node" benchmark pallet \
    --chain dev \
    --pallet "pallet_$pallet" \
    --extrinsic '*' \
    --steps "${STEPS:-20}" \
    --repeat "${REPEAT:-10}" \
    --wasm-execution compiled \
    "${write[@]}"
  [[ $compare ]] || rustfmt --edition 2021 "$folder/src/weights.rs"
done

if [[ $compare ]]; then
  scripts/compare-weights.py "$results"/*.json
fi

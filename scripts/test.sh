#!/usr/bin/env bash
# Everything that must hold before a change lands: set-up, format, build,
# lints, all tests, the end-to-end tests. CI runs exactly this.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

scripts/setup.sh --tests

say "format"
cargo fmt --all --check

# One selection for build, lints and tests, so that cargo resolves the same
# features each time and compiles every dependency once.
say "build"
cargo build --release --locked --workspace --all-targets

say "lints"
cargo clippy --release --locked --workspace --all-targets -- -D warnings

say "tests"
cargo nextest run --release --locked --workspace

say "comparison's scripts"
python3 -m unittest discover --quiet scripts/compare

say "what is deployed"
scripts/check-deploy.sh

# The committed data is what the training script makes. Its ONNX files are not
# compared: their last bits may depend on the processor.
say "digits from scratch"
fresh="$(mktemp -d)"
trap 'rm -rf "$fresh"' EXIT
"$LATTICE_CACHE/venv/bin/python" scripts/train-digits.py --output "$fresh"
for file in calibration.npy train_images.npy train_labels.npy test_images.npy test_labels.npy; do
  cmp "$fresh/$file" "tests/data/digits/$file"
done

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

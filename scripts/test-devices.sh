#!/usr/bin/env bash
# The executor's tests on a device: the same property tests that run on the
# processor in test.sh, bit by bit against the reference.
#
#   scripts/test-devices.sh          Mesa's software Vulkan driver (lavapipe), through wgpu
#   scripts/test-devices.sh cuda:0   an NVIDIA GPU
#   scripts/test-devices.sh wgpu:0   a GPU through Vulkan
#
# It installs nothing; scripts/setup.sh --tests brings lavapipe on Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

device="${1:-wgpu:cpu}"
case "$device" in
  cuda | cuda:*) feature=cuda ;;
  wgpu | wgpu:*) feature=wgpu ;;
  *) echo "usage: scripts/test-devices.sh [cuda:N | wgpu | wgpu:N | wgpu:cpu]; not $device" >&2; exit 2 ;;
esac

# Vulkan's loader is told of this driver and no other, by its old name and its new one.
lavapipe() {
  local manifest
  for manifest in /usr/share/vulkan/icd.d/lvp_icd*.json /etc/vulkan/icd.d/lvp_icd*.json; do
    [ -f "$manifest" ] || continue
    export VK_ICD_FILENAMES="$manifest" VK_DRIVER_FILES="$manifest"
    say "Vulkan driver: $manifest"
    return
  done
  echo "test-devices: lavapipe's lvp_icd*.json is not in /usr/share/vulkan/icd.d;" \
    "Debian has it in mesa-vulkan-drivers (scripts/setup.sh --tests)" >&2
  exit 1
}
if [ "$device" = wgpu:cpu ]; then lavapipe; fi

say "executor on $device"
LATTICE_TEST_DEVICE="$device" cargo nextest run --release --locked -p lattice-executor --features "$feature"

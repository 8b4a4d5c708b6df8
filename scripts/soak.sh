#!/usr/bin/env bash
# Requests for half an hour over a network of which now and then something fails: a process killed,
# paused or cut off, a file corrupted, a disk full. Succeeds only if no request is lost.
#
#   scripts/network.sh --keep          in another terminal; says where its folder is
#   scripts/soak.sh FOLDER [MINUTES]
#
# LATTICE_SOAK_RATE   requests a second (default: 2)
# LATTICE_SOAK_FAULTS names of faults, one after the other and again from the first
#                     (default: kill-worker pause-worker kill-provider kill-validator corrupt-model)
# LATTICE_SOAK_PAUSE  seconds between two faults (default: 60)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

folder="${1:?say in which folder the network is: scripts/soak.sh FOLDER [MINUTES]}"
minutes="${2:-30}"
case "$minutes" in
  '' | *[!0-9]* | 0) echo "soak: $minutes is no number of minutes" >&2; exit 2 ;;
esac
network="$folder/network.json"
[ -r "$network" ] || { echo "soak: $network is not there; run scripts/network.sh --keep" >&2; exit 2; }
lattice="$LATTICE_BIN/lattice"
faults="$LATTICE_BIN/lattice-network"
for program in "$lattice" "$faults"; do
  [ -x "$program" ] || { echo "soak: $program is not there; run scripts/network.sh once" >&2; exit 2; }
done

content="$(<"$network")"
rpc=''
model=''
validators="${content#*\"validators\"}"
if [[ "$validators" =~ \"rpc\"[[:space:]]*:[[:space:]]*\"([^\"]*)\" ]]; then rpc="${BASH_REMATCH[1]}"; fi
if [[ "$content" =~ \"model\"[[:space:]]*:[[:space:]]*([0-9]+) ]]; then model="${BASH_REMATCH[1]}"; fi
[ -n "$rpc" ] && [ -n "$model" ] || { echo "soak: $network names no node or no model" >&2; exit 2; }

say "load on $rpc for $minutes minutes"
report="$folder/soak.json"
# Everything in a network of this kind may be slow for a while, so the last requests get some time.
"$lattice" load --chain "$rpc" --dev-seed //Ferdie --model "$model" --json \
  --rate "${LATTICE_SOAK_RATE:-2}" --duration "${minutes}m" --accounts 32 \
  --attempts 3 --deadline 300 --drain 20m >"$report" &
load=$!
trap 'kill "$load" 2>/dev/null || true' EXIT

read -r -a names <<<"${LATTICE_SOAK_FAULTS:-kill-worker pause-worker kill-provider kill-validator corrupt-model}"
ends=$((SECONDS + minutes * 60))
turn=0
failed=0
while sleep "${LATTICE_SOAK_PAUSE:-60}" && [ "$SECONDS" -lt "$ends" ] && kill -0 "$load" 2>/dev/null; do
  name="${names[turn % ${#names[@]}]}"
  turn=$((turn + 1))
  say "fault $turn: $name"
  "$faults" fault "$name" --network "$network" >&2 || failed=$((failed + 1))
done

say "waiting for the last requests"
status=0
wait "$load" || status=$?
trap - EXIT
cat "$report"
if [ "$failed" -gt 0 ]; then
  echo "soak: the network did not recover from $failed of $turn faults" >&2
  exit 1
fi
if [ "$status" -ne 0 ]; then
  echo "soak: lattice load ended with status $status" >&2
  exit "$status"
fi
say "$turn faults, and no request lost"

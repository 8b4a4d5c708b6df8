#!/usr/bin/env bash
# Half an hour of requests over several nodes, with one fault after the other.
#
#   scripts/soak.sh [MINUTES] [OPTIONS of scripts/network.sh]
set -euo pipefail
minutes="${1:-30}"
[ $# = 0 ] || shift
exec "$(dirname "${BASH_SOURCE[0]}")/network.sh" --minutes "$minutes" --outstanding 60 "$@"

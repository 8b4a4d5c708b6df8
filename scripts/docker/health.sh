#!/bin/sh
# The image's health check. Docker marks a container that is not well, and leaves it at that; so a worker that
# says itself that it hangs, by 503 at LATTICE_LIVE_URL, is told to stop: process 1 passes the signal on. The
# second signal, at the next check, ends it at once, and the container's restart policy starts it again.
set -u

# The status of a page within so many seconds: URL, SECONDS. 000 where nobody answers.
status() { curl --silent --output /dev/null --max-time "$2" --write-out '%{http_code}' "$1"; }

if [ -n "${LATTICE_LIVE_URL:-}" ] && [ "$(status "$LATTICE_LIVE_URL" 1)" = 503 ]; then
  echo "it hangs, and is told to stop"
  kill -s TERM 1
  exit 1
fi
said="$(status "$LATTICE_HEALTH_URL" 3)"
case "$said" in
  2??) ;;
  *) echo "$LATTICE_HEALTH_URL says $said"; exit 1 ;;
esac

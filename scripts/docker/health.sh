#!/bin/sh
# The image's health check. Docker marks a container that is not well, and leaves it at that; so a worker that
# says itself that it hangs, by 503 at LATTICE_LIVE_URL, is told to stop: process 1 passes the signal on. The
# second signal, at the next check, ends it at once, and the container's restart policy starts it again. So is
# one that answered before and then, two minutes long, does not. As that one may not hear signals either, it
# is killed at the next check, for which it must not be process 1 itself (`docker run --init`).
set -u

# The status of a page within so many seconds: URL, SECONDS. 000 where nobody answers.
status() { curl --silent --output /dev/null --max-time "$2" --write-out '%{http_code}' "$1"; }
hangs() {
  echo "it hangs, and is told to stop"
  kill -s TERM 1
  exit 1
}

live=
[ -z "${LATTICE_LIVE_URL:-}" ] || live="$(status "$LATTICE_LIVE_URL" 1)"
[ "$live" != 503 ] || hangs
said="$(status "$LATTICE_HEALTH_URL" 3)"

# How many checks in a row had no answer; no file before the first answer, as a worker that starts is left
# alone. The name has the time at which process 1 began: /tmp may outlive it.
silences="${TMPDIR:-/tmp}/lattice-silences-$(cut -d ' ' -f 22 /proc/1/stat)"
case "$live" in
  2??) echo 0 2>/dev/null >"$silences" ;;
esac
if [ "$live$said" = 000000 ] && [ -e "$silences" ]; then
  count=$(($(cat "$silences") + 1))
  echo "$count" >"$silences"
  # shellcheck disable=SC2046  # One word for each child.
  [ "$count" -le 8 ] || kill -s KILL $(cat /proc/1/task/1/children)
  [ "$count" -lt 8 ] || hangs
fi

case "$said" in
  2??) ;;
  *) echo "$LATTICE_HEALTH_URL says $said"; exit 1 ;;
esac

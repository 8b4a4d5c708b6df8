#!/usr/bin/env bash
# Checks what operators deploy: Prometheus' files, dashboard, Helm chart, Dockerfile, systemd units. A tool
# that is missing is named; scripts/setup.sh --deploy installs those that can be had here.
#
#   scripts/check-deploy.sh [--strict]     --strict: a check that cannot be made is a failure
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh

case "${1:-}" in
  "" | --strict) strict="${1:-}" ;;
  *) echo "usage: scripts/check-deploy.sh [--strict]" >&2; exit 2 ;;
esac
tools="$LATTICE_CACHE/deploy"
export PATH="$tools/bin:$tools/venv/bin:$PATH"
python=python3
[ -x "$tools/venv/bin/python" ] && python="$tools/venv/bin/python"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0 missing=0

# Says what a command says only if it fails: NAME, COMMAND…
check() {
  local name="$1"; shift
  if "$@" >"$scratch/said" 2>&1; then
    passed=$((passed + 1)); echo "checked: $name"
  else
    failed=$((failed + 1)); echo "FAILED: $name"; sed 's/^/    /' "$scratch/said"
  fi
}
not_checked() { missing=$((missing + 1)); echo "not checked: $1"; }
has() { command -v "$1" >/dev/null; }

# Metrics, dashboard, chart, containers, units. What is skipped there is skipped for want of a tool.
python_tests() {
  "$python" -m unittest discover --verbose scripts/deploy >"$scratch/tests" 2>&1 && return
  sed -n '/^=====/,$p' "$scratch/tests" | grep . || cat "$scratch/tests"
  false
}
check "metrics, dashboard, chart, containers and units agree with the code" python_tests
while IFS= read -r reason; do
  not_checked "$reason"
done < <(sed -n "s/.* skipped ['\"]\(.*\)['\"]$/\1/p" "$scratch/tests" | sort -u)

# The dashboard's queries as rules, since promtool reads no dashboards.
dashboard_rules() {
  PYTHONPATH=scripts/deploy python3 - >"$scratch/dashboard.yml" <<'PY'
import json, metrics
rules = [
    {"record": f"dashboard:query:{number}", "expr": metrics.plain(expression)}
    for number, (_, expression) in enumerate(metrics.dashboard_expressions())
]
print(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
PY
}
if has promtool; then
  check "promtool: prometheus.yml" promtool check config scripts/prometheus/prometheus.yml
  check "promtool: alerts.yml" promtool check rules scripts/prometheus/alerts.yml
  check "promtool: every alert, played" promtool test rules scripts/prometheus/alerts_test.yml
  check "the dashboard's queries as rules" dashboard_rules
  check "promtool: the dashboard's queries" promtool check rules "$scratch/dashboard.yml"
else
  not_checked "prometheus.yml, alerts.yml and the dashboard's queries: promtool is not installed"
fi

if has hadolint; then
  check "hadolint: Dockerfile" hadolint scripts/docker/Dockerfile
else
  not_checked "Dockerfile: hadolint is not installed"
fi
if docker compose version >/dev/null 2>&1; then
  check "docker compose: compose.yaml" docker compose -f scripts/docker/compose.yaml config --quiet
else
  not_checked "compose.yaml: docker compose is not installed"
fi
if docker buildx version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
  check "docker build --check: Dockerfile" docker build --check -f scripts/docker/Dockerfile .
else
  not_checked "docker build: no Docker engine runs here"
fi

# systemd wants the programs to be where the units say. Where they are not installed, copies of the
# units name one that is there, and everything else is verified.
units() {
  local folder="$scratch/units" unit program
  mkdir -p "$folder"
  for unit in scripts/systemd/*.service; do
    cp "$unit" "$folder/"
    grep -oE '^Exec[A-Za-z]+=[-@:+!]*[^ ]+' "$unit" | sed -E 's/^[^=]*=[-@:+!]*//' | sort -u | while IFS= read -r program; do
      [ -x "$program" ] || sed -i "s#\(^Exec[A-Za-z]*=[-@:+!]*\)$program\( \|$\)#\1/bin/true\2#" "$folder/${unit##*/}"
    done
  done
  systemd-analyze verify --man=no "$folder"/*.service >"$scratch/verified" 2>&1
  local status=$?
  cat "$scratch/verified"
  # Some of what is wrong is only said.
  [ "$status" = 0 ] && ! grep -q "${folder}/" "$scratch/verified"
}
if ! compgen -G "scripts/systemd/*.service" >/dev/null; then
  not_checked "systemd units: there are none in scripts/systemd"
elif has systemd-analyze; then
  check "systemd-analyze: units" units
else
  not_checked "systemd units: systemd-analyze is not installed"
fi

# Scripts are read by the shell alone, as far as no linter is there.
check "bash: scripts can be read" bash -n scripts/check-deploy.sh scripts/setup.sh scripts/docker/health.sh

[ -z "$strict" ] || failed=$((failed + missing))
echo "$passed checked, $failed failed, $missing not checked"
[ "$failed" = 0 ]

#!/usr/bin/env bash
# Checks all that deploys the gateway without deploying it: Dockerfile, compose.yaml, workflows,
# manifests, rules and dashboards. tests/deploy/run.sh GATEWAY needs Python 3, kubectl and promtool,
# and fetches the rest. GATEWAY is a program, which has to take the configurations and to say at
# /metrics what is asked for. Where ACP_JUDGE_OPTIONAL is set, not getting a tool is no failure, but
# said.
set -euo pipefail

readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly ROOT=$(realpath "$HERE/../..")
readonly TOOLS=${ACP_JUDGE_TOOLS:-$ROOT/target/judges}/deploy
readonly GATEWAY=$(realpath "$1")
export ACP_GATEWAY_BIN=$GATEWAY
. "$HERE/../judges/fetching.sh"
. "$HERE/../judges/gateway.sh"

# fetch_promtool: installs it where it is not there and that is allowed. Its package would start a
# server, which nobody here wants.
fetch_promtool() {
  command -v promtool >/dev/null && return
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
  local policy=/usr/sbin/policy-rc.d made= ended=0
  [ -e "$policy" ] || { made=$policy && printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"; }
  { apt-get update -q && apt-get install -y -q --no-install-recommends prometheus; } || ended=$?
  [ -z "$made" ] || rm -f "$made"
  return "$ended"
}

readonly NEEDS="Python 3 with its packages, kubectl and promtool"
# Debian's kubectl is too old for components.
{ command -v kubectl && fetch_python "$HERE/requirements.txt" "$TOOLS" &&
  fetch_promtool; } >/dev/null ||
  left_out "nothing that deploys the gateway was checked" "$NEEDS"

home=$(mktemp -d)
trap 'stop_gateway; rm -rf "$home"' EXIT
cd "$ROOT"
say() { printf -- '-- %s\n' "$1"; }
# must_fail COMMAND…: a judge that finds nothing in what is broken proves nothing.
must_fail() {
  if "$@" >"$home/said" 2>&1; then
    echo "This was not noticed: $*"
    exit 1
  fi
}

say "Dockerfile"
"$TOOLS/bin/hadolint" Dockerfile
sed 's|^USER .*|USER root|' Dockerfile >"$home/Dockerfile"
must_fail "$TOOLS/bin/hadolint" "$home/Dockerfile"
# What is built in the place of the official image does not get its name.
must_fail tests/image/base.sh "$(sed -n 's/^ARG RUST=//p' Dockerfile)" "$home" true
grep -q "somebody else's image" "$home/said"

say "compose.yaml and workflows"
check() { "$TOOLS/bin/check-jsonschema" --quiet --builtin-schema "$@"; }
check vendor.compose-spec compose.yaml deploy/compose/mock.yaml
check vendor.github-workflows .github/workflows/*.yml
sed 's|^    read_only:|    read_onyl:|' compose.yaml >"$home/compose.yaml"
must_fail check vendor.compose-spec "$home/compose.yaml"

say "manifests"
cp -r deploy/kustomize "$home/kustomize"
rm -rf "$home"/kustomize/overlays/*/secrets
"$home/kustomize/overlays/trial/secrets.sh"
for overlay in deploy/kustomize/overlays/*/; do
  name=$(basename "$overlay")
  kubectl kustomize "$home/kustomize/overlays/$name" >"$home/$name.yaml"
  "$TOOLS/bin/kubernetes-validate" --quiet --strict "$home/$name.yaml"
done
sed 's|readOnlyRootFilesystem|readOnlyRootFileSystem|' "$home/trial.yaml" >"$home/broken.yaml"
must_fail "$TOOLS/bin/kubernetes-validate" --quiet --strict "$home/broken.yaml"
"$TOOLS/bin/python" "$HERE/manifests.py" "$home/trial.yaml" "$home/production.yaml"

say "rules"
promtool check config deploy/prometheus/prometheus.yml >/dev/null
# Debian's Prometheus knows no clusters; the rest of the file it can read.
cp -r deploy/prometheus "$home/prometheus"
sed -i 's|kubernetes_sd_configs:|file_sd_configs:|; s|- role: endpoints|- files: [gateways.json]|' \
  "$home/prometheus/prometheus-kubernetes.yml"
promtool check config "$home/prometheus/prometheus-kubernetes.yml" >/dev/null
promtool test rules deploy/prometheus/tests/*.yml >/dev/null
sed 's|acp_store_up) == 0|acp_store_up) == 7|' deploy/prometheus/rules/alerts.yml >"$home/alerts.yml"
sed "s|- ../rules/alerts.yml|- $home/alerts.yml|; s|- ../rules|- $ROOT/deploy/prometheus/rules|" \
  deploy/prometheus/tests/store.yml >"$home/store.yml"
must_fail promtool test rules "$home/store.yml"

say "dashboards"
deploy/grafana/make.py --check
metrics=127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
ACP_GATEWAY__METRICS__LISTEN=$metrics start_gateway "$home"
echo acp_demo_agent >"$home/agent"
tests/image/buy.py "$url" "$home/agent" >/dev/null
"$TOOLS/bin/python" "$HERE/expressions.py" "http://$metrics/metrics"
"$TOOLS/bin/python" "$HERE/expressions.py" --broken "http://$metrics/metrics"
curl -fsS "http://$metrics/metrics" | promtool check metrics

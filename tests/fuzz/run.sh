#!/usr/bin/env bash
# Asks a gateway everything its OpenAPI documents allow, and much they do not, version by version.
# tests/fuzz/run.sh GATEWAY [EXAMPLES] needs Python 3 with venv, and fetches Schemathesis. Where
# ACP_FUZZ_OPTIONAL is set, not getting it is no failure, but said.
set -euo pipefail

readonly GATEWAY=$1 EXAMPLES=${2:-100}
readonly VERSIONS=(2025-09-29 2025-12-12 2026-01-16 2026-01-30 2026-04-17)
readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly TOOLS=${ACP_FUZZ_TOOLS:-$HOME/.cache/acp-gateway-tools/schemathesis}

fetch() {
  if ! python3 -c 'import ensurepip' && [ "$(id -u)" = 0 ]; then
    apt-get update -q && apt-get install -y -q --no-install-recommends python3-venv
  fi
  python3 -m venv --clear "$TOOLS" &&
    "$TOOLS/bin/pip" install --quiet --disable-pip-version-check -r "$HERE/requirements.txt" &&
    cp "$HERE/requirements.txt" "$TOOLS/installed"
}

if ! cmp -s "$HERE/requirements.txt" "$TOOLS/installed" && ! fetch; then
  echo "Schemathesis cannot be fetched: it takes Python 3 with venv, and a package index." >&2
  [ -n "${ACP_FUZZ_OPTIONAL:-}" ] || exit 1
  echo "left out: the OpenAPI documents were not fuzzed" >&2
  exit 0
fi

home=$(mktemp -d)
"$GATEWAY" serve --listen 127.0.0.1:0 --data-dir "$home/data" --config "$HERE/shop.toml" \
  --log-level warn >"$home/said" 2>"$home/log" &
gateway=$!
finish() {
  kill "$gateway" 2>/dev/null || true
  wait "$gateway" 2>/dev/null || true
  rm -rf "$home"
}
trap finish EXIT

url=
for _ in $(seq 100); do
  url=$(sed -n 's|.* at \(http://127[^ ]*\)$|\1|p' "$home/said")
  [ -n "$url" ] && break
  kill -0 "$gateway" || { cat "$home/log" >&2; exit 1; }
  sleep 0.1
done

cd "$home"
export SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$HERE
failed=
for version in "${VERSIONS[@]}"; do
  printf '\n-- %s\n' "$version"
  "$TOOLS/bin/schemathesis" --config-file "$HERE/schemathesis.toml" run \
    "$url/openapi/$version.json" --max-examples "$EXAMPLES" || failed="$failed $version"
done
kill -0 "$gateway" || { echo "The gateway died."; cat "$home/log"; exit 1; }
[ -z "$failed" ] || { echo "Failed:$failed. The log of the gateway:"; tail -40 "$home/log"; exit 1; }

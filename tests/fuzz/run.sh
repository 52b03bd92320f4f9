#!/usr/bin/env bash
# Asks a gateway everything its OpenAPI documents allow, and much they do not, version by version.
# tests/fuzz/run.sh GATEWAY [EXAMPLES] needs Python 3 with venv, and fetches Schemathesis. Where
# ACP_FUZZ_OPTIONAL is set, not getting it is no failure, but said.
set -euo pipefail

readonly EXAMPLES=${2:-100}
GATEWAY=$(realpath "$1")
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
trap 'rm -rf "$home"' EXIT

# Asks about one version, in a directory of its own, with a gateway of its own: a key that was used
# in one version is answered as it was then.
ask() {
  mkdir "$home/$1" && cd "$home/$1"
  "$GATEWAY" serve --listen 127.0.0.1:0 --data-dir data --config "$HERE/shop.toml" \
    --log-level warn >banner 2>log &
  gateway=$!
  trap 'kill "$gateway" 2>/dev/null; wait "$gateway"' EXIT

  url=
  for _ in $(seq 100); do
    url=$(sed -n 's|.* at \(http://127[^ ]*\)$|\1|p' banner)
    [ -n "$url" ] && break
    kill -0 "$gateway" || { cat log; return 1; }
    sleep 0.1
  done
  "$TOOLS/bin/schemathesis" --config-file "$HERE/schemathesis.toml" run \
    "$url/openapi/$1.json" --max-examples "$EXAMPLES" || { tail -40 log; return 1; }
  kill -0 "$gateway" || { echo "The gateway died."; cat log; return 1; }
}

export SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$HERE HERE TOOLS GATEWAY EXAMPLES home
export -f ask
# As many at once as there are cores.
printf '%s\n' "${VERSIONS[@]}" | xargs -P "$(nproc)" -I '{}' \
  bash -c 'ask "{}" >"$home/{}.said" 2>&1 || touch "$home/{}.failed"'
failed=
for version in "${VERSIONS[@]}"; do
  printf '\n-- %s\n' "$version"
  cat "$home/$version.said"
  [ ! -e "$home/$version.failed" ] || failed="$failed $version"
done
[ -z "$failed" ] || { echo "Failed:$failed."; exit 1; }

#!/usr/bin/env bash
# Has Redocly read the OpenAPI documents of every version and that of the backends.
# tests/judges/openapi/run.sh needs Node with npm; it fetches Redocly. Where ACP_JUDGE_OPTIONAL is
# set, not getting it is no failure, but said.
set -euo pipefail

readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly DOCUMENTS=$(realpath "$HERE/../../../openapi")
readonly TOOLS=${ACP_JUDGE_TOOLS:-$HERE/../../../target/judges}/openapi
. "$HERE/../fetching.sh"

fetch_node "$HERE" "$TOOLS" ||
  left_out "the OpenAPI documents were not read" "Redocly, for which it takes Node with npm"

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

read_all() {
  timeout 120 "$TOOLS/node_modules/.bin/redocly" lint --config "$HERE/redocly.yaml" \
    --format=stylish "$@"
}

read_all "$DOCUMENTS"/*.json "$DOCUMENTS"/*.yaml

# A judge that finds nothing in a broken document proves nothing.
sed 's|"operationId": "getCart"|"operationId": "createCart"|' \
  "$DOCUMENTS/acp-2026-04-17.json" >"$home/broken.json"
if read_all "$home/broken.json" >"$home/said" 2>&1; then
  echo "An operation that is there twice was not noticed:"
  cat "$home/said"
  exit 1
fi
grep -q operationId "$home/said"

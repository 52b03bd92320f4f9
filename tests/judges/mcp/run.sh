#!/usr/bin/env bash
# Holds the tools of the gateway against the clients of the Model Context Protocol: the one for
# Python in both of its modes, the SDK for TypeScript, the inspector, and an agent framework whose
# model is a mock.
# tests/judges/mcp/run.sh GATEWAY MOCKS needs Python 3 with venv, and Node with npm; it fetches the
# rest. Where ACP_JUDGE_OPTIONAL is set, not getting it is no failure, but said.
set -euo pipefail

GATEWAY=$(realpath "$1")
MOCKS=$(realpath "$2")
readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly TOOLS=${ACP_JUDGE_TOOLS:-$HERE/../../../target/judges}/mcp
readonly KEY=acp_demo_agent MODEL_KEY=sk-judge
. "$HERE/../fetching.sh"
. "$HERE/../gateway.sh"

mkdir -p "$TOOLS"
{ fetch_python "$HERE/requirements.txt" "$TOOLS/python" && fetch_node "$HERE" "$TOOLS/node"; } ||
  left_out "the tools were not judged" \
    "the clients of MCP, for which it takes Python 3 with venv and Node with npm"
readonly PYTHON=$TOOLS/python/bin/python

home=$(mktemp -d)
model=
stop() {
  stop_gateway
  [ -z "$model" ] || kill "$model" 2>/dev/null || true
  rm -rf "$home"
}
trap stop EXIT
export PYTHONDONTWRITEBYTECODE=1

start_gateway "$home"
readonly CALLED=$url/mcp
for mode in auto legacy; do
  printf '\n-- Python, %s\n' "$mode"
  timeout 120 "$PYTHON" "$HERE/judge.py" "$CALLED" "$KEY" "$mode"
done

printf '\n-- TypeScript\n'
cp "$HERE/judge.mjs" "$TOOLS/node/"
timeout 120 node "$TOOLS/node/judge.mjs" "$CALLED" "$KEY"

printf '\n-- Inspector\n'
listed=$(timeout 120 "$TOOLS/node/node_modules/.bin/mcp-inspector" --cli "$CALLED" \
  --transport http --method tools/list --header "Authorization: Bearer $KEY")
grep -q '"complete_checkout_session"' <<<"$listed"
echo "the inspector sees the tools"

printf '\n-- An agent that buys\n'
: >"$home/model"
"$MOCKS" llm --listen 127.0.0.1:0 --key "$MODEL_KEY" --seed 7 >"$home/model" 2>"$home/model.log" &
model=$!
at=$(told_at "$home/model" "$model") || { cat "$home/model.log" >&2; exit 1; }
timeout 120 "$PYTHON" "$HERE/buyer.py" "$CALLED" "$KEY" "$at" "$MODEL_KEY"
printf '\nThe tools pass with every client.\n'

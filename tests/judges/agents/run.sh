#!/usr/bin/env bash
# Runs the examples of agents against a gateway: as their README says, and over a bad line with
# requests that have to be signed. Nothing may be bought twice.
# tests/judges/agents/run.sh GATEWAY needs Python 3 with venv, and Node with npm; it fetches httpx
# and the TypeScript compiler. Where ACP_JUDGE_OPTIONAL is set, not getting them is no failure, but
# said.
set -euo pipefail

GATEWAY=$(realpath "$1")
readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly EXAMPLES=$(realpath "$HERE/../../../examples/agents")
readonly TOOLS=${ACP_JUDGE_TOOLS:-$HERE/../../../target/judges}/agents
. "$HERE/../fetching.sh"
. "$HERE/../gateway.sh"

mkdir -p "$TOOLS"
{ fetch_python "$EXAMPLES/python/requirements.txt" "$TOOLS/python" &&
  fetch_node "$EXAMPLES/typescript" "$TOOLS/typescript"; } ||
  left_out "the examples of agents were not run" \
    "httpx and TypeScript, for which it takes Python 3 with venv and Node with npm"
readonly PYTHON=$TOOLS/python/bin/python
rm -rf "$TOOLS/typescript/src" "$TOOLS/typescript/dist"
cp -r "$EXAMPLES/typescript/src" "$EXAMPLES/typescript/tsconfig.json" "$TOOLS/typescript/"
(cd "$TOOLS/typescript" && node_modules/.bin/tsc)
readonly BUILT=$TOOLS/typescript/dist

home=$(mktemp -d)
line=
stop() {
  stop_gateway
  [ -z "$line" ] || kill "$line" 2>/dev/null || true
  rm -rf "$home"
}
trap stop EXIT
export PYTHONDONTWRITEBYTECODE=1

printf '\n-- As in the README, with the demo keys\n'
mkdir "$home/demo"
start_gateway "$home/demo"
export ACP_URL=$url
timeout 60 "$PYTHON" "$EXAMPLES/python/buy.py" one 5000 honey-wildflower-350g:2
timeout 60 "$PYTHON" "$EXAMPLES/python/ask.py" two 6000 "two jars of acacia honey, then check out"
timeout 60 node "$BUILT/buy.js" three 5000 honey-wildflower-350g:2
timeout 60 node "$BUILT/ask.js" four 6000 "two jars of acacia honey, then check out"
stop_gateway

printf '\n-- Signed, and over a bad line\n'
mkdir "$home/signed"
ACP_KEY=$(new_key "$home/signed" --scope agent --agent demo_agent)
ACP_MERCHANT_KEY=$(new_key "$home/signed" --scope merchant)
ACP_PRINCIPAL_KEY=$(new_key "$home/signed" --scope principal --subject demo_principal)
ACP_SIGNING_SECRET=$(signing_secret "$home/signed" "$ACP_KEY")
export ACP_KEY ACP_MERCHANT_KEY ACP_PRINCIPAL_KEY ACP_SIGNING_SECRET
# The examples listen at this machine.
export ACP_GATEWAY__WEBHOOKS__LOCAL_HTTP=true
start_gateway "$home/signed"
: >"$home/line"
python3 "$HERE/line.py" "$url" >"$home/line" 2>"$home/line.log" &
line=$!
at=$(told_at "$home/line" "$line") || { cat "$home/line.log"; exit 1; }
timeout 300 python3 "$HERE/judge.py" "$url" "$at" "$PYTHON" "$EXAMPLES/python" "$BUILT" ||
  { cat "$home/line.log"; tail -20 "$home/signed/log"; exit 1; }
printf '\nThe examples of agents buy everything once.\n'

#!/usr/bin/env bash
# Holds the Stripe mock against Stripe's own SDKs for Python and Node.
# tests/judges/stripe/run.sh MOCKS needs Python 3 with venv, and Node with npm; it fetches the SDKs.
# Where ACP_JUDGE_OPTIONAL is set, not getting them is no failure, but said.
set -euo pipefail

readonly MOCKS=$1
readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly TOOLS=${ACP_JUDGE_TOOLS:-$HERE/../../../target/judges}/stripe
readonly KEY=sk_test_judge SECRET=whsec_judge

. "$HERE/../fetching.sh"

mkdir -p "$TOOLS"
{ fetch_python "$HERE/requirements.txt" "$TOOLS/python" &&
  fetch_python "$HERE/requirements-preview.txt" "$TOOLS/python-preview" &&
  fetch_node "$HERE" "$TOOLS/node"; } ||
  left_out "the Stripe mock was not judged" \
    "Stripe's SDKs, for which it takes Python 3 with venv and Node with npm"

home=$(mktemp -d)
mock=
stop() {
  [ -n "$mock" ] || return 0
  kill "$mock" 2>/dev/null || true
  wait "$mock" 2>/dev/null || true
  mock=
}
trap 'stop; rm -rf "$home"' EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Runs a judge against a mock of its own.
judge() {
  local port url=
  port=$(free_port)
  : >"$home/said"
  "$MOCKS" stripe --listen 127.0.0.1:0 --key "$KEY" --seed 7 \
    --webhook-url "http://127.0.0.1:$port/hook" --webhook-secret "$SECRET" \
    >"$home/said" 2>"$home/log" &
  mock=$!
  for _ in $(seq 100); do
    url=$(sed -n 's|.* at \(http://127[^ ]*\)$|\1|p' "$home/said")
    [ -n "$url" ] && break
    kill -0 "$mock" || { cat "$home/log" >&2; return 1; }
    sleep 0.05
  done
  "$@" "$url" "$KEY" "$SECRET" "$port"
  stop
}

printf '\n-- Python\n'
judge "$TOOLS/python/bin/python" "$HERE/judge.py"
printf '\n-- Python, with the preview of shared payment tokens\n'
judge "$TOOLS/python-preview/bin/python" "$HERE/judge.py"
printf '\n-- Node\n'
cp "$HERE/judge.mjs" "$TOOLS/node/"
judge node "$TOOLS/node/judge.mjs"
printf '\nThe Stripe mock passes as Stripe.\n'

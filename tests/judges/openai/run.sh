#!/usr/bin/env bash
# Holds the mock of a language model against OpenAI's own SDK for Python.
# tests/judges/openai/run.sh MOCKS needs Python 3 with venv; it fetches the SDK.
# Where ACP_JUDGE_OPTIONAL is set, not getting it is no failure, but said.
set -euo pipefail

readonly MOCKS=$1
readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly TOOLS=${ACP_JUDGE_TOOLS:-$HERE/../../../target/judges}/openai
readonly KEY=sk-judge

. "$HERE/../fetching.sh"

mkdir -p "$TOOLS"
fetch_python "$HERE/requirements.txt" "$TOOLS/python" ||
  left_out "the mock of a language model was not judged" \
    "OpenAI's SDK, for which it takes Python 3 with venv"

home=$(mktemp -d)
: >"$home/said"
"$MOCKS" llm --listen 127.0.0.1:0 --key "$KEY" --seed 7 >"$home/said" 2>"$home/log" &
mock=$!
trap 'kill "$mock" 2>/dev/null || true; rm -rf "$home"' EXIT
url=
for _ in $(seq 100); do
  url=$(sed -n 's|.* at \(http://127[^ ]*\)$|\1|p' "$home/said")
  [ -n "$url" ] && break
  kill -0 "$mock" || { cat "$home/log" >&2; exit 1; }
  sleep 0.05
done
timeout 120 "$TOOLS/python/bin/python" "$HERE/judge.py" "$url" "$KEY"
printf '\nThe mock of a language model passes for one.\n'

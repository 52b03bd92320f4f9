#!/usr/bin/env bash
# Runs the Postman collection from top to bottom, as somebody who just started the gateway would:
# with the demo keys, and again with keys whose requests have to be signed, somebody who listens,
# cards taken, and somebody who finds out whose they are.
# tests/judges/postman/run.sh GATEWAY MOCKS needs Python 3, and Node with npm; it fetches newman.
# Where ACP_JUDGE_OPTIONAL is set, not getting it is no failure, but said.
set -euo pipefail

GATEWAY=$(realpath "$1")
MOCKS=$(realpath "$2")
readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly COLLECTIONS=$HERE/../../../collections
readonly COLLECTION=$COLLECTIONS/acp-gateway.postman_collection.json
readonly TOOLS=${ACP_JUDGE_TOOLS:-$HERE/../../../target/judges}/postman
. "$HERE/../fetching.sh"
. "$HERE/../gateway.sh"

fetch_node "$HERE" "$TOOLS" ||
  left_out "the Postman collection was not run" "newman, for which it takes Node with npm"

"$COLLECTIONS/examples.py" --check

home=$(mktemp -d)
ear=
finder=
stop() {
  stop_gateway
  [ -z "$ear" ] || kill "$ear" 2>/dev/null || true
  [ -z "$finder" ] || kill "$finder" 2>/dev/null || true
  rm -rf "$home"
}
trap stop EXIT

# newman COLLECTION OPTION…: fails when an assertion does.
newman() {
  timeout 300 node "$TOOLS/node_modules/newman/bin/newman.js" run "$@" \
    --environment "$COLLECTIONS/local.postman_environment.json" --env-var "baseUrl=$url" \
    --reporters cli --reporter-cli-no-banner --reporter-cli-no-success-assertions \
    --color off --timeout-request 30000
}

printf '\n-- With the demo keys\n'
mkdir "$home/demo"
start_gateway "$home/demo"
newman "$COLLECTION" || { tail -20 "$home/demo/log"; exit 1; }

# A run that cannot fail proves nothing.
sed "s/to.have.status(405)/to.have.status(404)/" "$COLLECTION" >"$home/wrong.json"
if newman "$home/wrong.json" --folder Cancel >"$home/wrong" 2>&1; then
  echo "A wrong expectation was not noticed:"
  cat "$home/wrong"
  exit 1
fi
grep -q "expected response to have status code 404 but got 405" "$home/wrong"
stop_gateway

printf '\n-- With keys whose requests are signed, somebody who listens, and cards taken\n'
mkdir "$home/signed"
agent=$(new_key "$home/signed" --scope agent --agent demo_agent)
merchant=$(new_key "$home/signed" --scope merchant)
principal=$(new_key "$home/signed" --scope principal --subject demo_principal)
secret=$(signing_secret "$home/signed" "$agent")
: >"$home/ear"
"$HERE/ear.py" >"$home/ear" &
ear=$!
hook=$(told_at "$home/ear" "$ear")/hooks
: >"$home/finder"
"$MOCKS" three-ds --listen 127.0.0.1:0 >"$home/finder" &
finder=$!
export ACP_GATEWAY__WEBHOOKS__LOCAL_HTTP=true ACP_GATEWAY__VAULT__ENABLED=true
ACP_GATEWAY__AUTHENTICATION__BASE_URL=$(told_at "$home/finder" "$finder")
export ACP_GATEWAY__AUTHENTICATION__BASE_URL ACP_GATEWAY__AUTHENTICATION__ALLOWED_ADDRESSES='["127.0.0.1"]'
start_gateway "$home/signed"
newman "$COLLECTION" --env-var "hookUrl=$hook" --env-var "agentKey=$agent" --env-var "merchantKey=$merchant" \
  --env-var "principalKey=$principal" --env-var "signingSecret=$secret" ||
  { tail -20 "$home/signed/log"; exit 1; }
printf '\nThe collection says what the gateway does.\n'

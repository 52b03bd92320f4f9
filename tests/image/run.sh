#!/usr/bin/env bash
# Builds the image of the gateway and that of the mocks, and runs them as they are meant to be run:
# not as root, with a root nobody can write to, without any capability.
# tests/image/run.sh needs Python 3, and docker, or podman and redis-server; as root it fetches podman.
# PROFILE=dev builds sooner, and CARGO_BUILD_JOBS=1 takes one core. Where no registry of images can be
# reached, the image the build begins with is made of Debian's packages.
set -euo pipefail

readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly ROOT=$(realpath "$HERE/../..")
readonly PROFILE=${PROFILE:-release}
readonly GATEWAY=acp-gateway:local MOCKS=acp-mocks:local

# Sets `engine`, and the words a build and a run take beside it.
choose_engine() {
  builds=() runs=()
  if docker info >/dev/null 2>&1; then
    engine=(docker)
    return
  fi
  if ! command -v podman >/dev/null; then
    apt-get update -q >/dev/null
    apt-get install -y -q --no-install-recommends podman runc >/dev/null
  fi
  # Neither systemd, which would look after its health, nor a network of containers is asked for, and
  # no limit above those of this machine.
  engine=(podman --cgroup-manager cgroupfs)
  ! command -v runc >/dev/null || engine+=(--runtime runc)
  builds=(--isolation chroot --network host --format docker)
  runs=(--no-healthcheck --ulimit nofile=4096:4096 --ulimit nproc=1024:1024)
}

say() { printf -- '-- %s\n' "$1"; }
fail() {
  echo "$1" >&2
  [ ! -s "$home/log" ] || tail -20 "$home/log" >&2
  exit 1
}

choose_engine
home=$(mktemp -d)
# The end of whatever was begun, by name.
name=acp-image-test-$$
end() {
  "${engine[@]}" rm -f "$name" "$name-mock" >/dev/null 2>&1 || true
  "${engine[@]}" volume rm -f "$name" >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap end EXIT

say "build ($PROFILE)"
# What the Dockerfile begins with where nothing else is said.
RUST=$(sed -n 's/^ARG RUST=//p' "$ROOT/Dockerfile")
[ -n "$RUST" ] || fail "the Dockerfile does not say what it begins with"
if ! "${engine[@]}" image inspect "$RUST" >/dev/null 2>&1 &&
  ! timeout 120 "${engine[@]}" pull -q "$RUST" >/dev/null 2>&1; then
  # Under a name of our own: whoever asks this machine for the official image gets that one or none.
  RUST=localhost/acp-gateway-base:${RUST##*:}
  "${engine[@]}" image inspect "$RUST" >/dev/null 2>&1 ||
    "$HERE/base.sh" "$RUST" "$home" "${engine[@]}" build "${builds[@]}"
fi
builds+=(--build-arg "RUST=$RUST")
builds+=(--build-arg "PROFILE=$PROFILE" ${CARGO_BUILD_JOBS:+--build-arg "CARGO_BUILD_JOBS=$CARGO_BUILD_JOBS"})
for target in gateway mocks; do
  image=$([ $target = gateway ] && echo $GATEWAY || echo $MOCKS)
  "${engine[@]}" build "${builds[@]}" --target $target -t "$image" "$ROOT"
  "${engine[@]}" image inspect --format "$image: {{.Size}} bytes" "$image"
done

# run NAME OPTION…: in the background, with as little as can be.
run() {
  "${engine[@]}" run -d --name "$1" --network host --read-only --cap-drop all \
    --security-opt no-new-privileges "${runs[@]}" "${@:2}" >/dev/null
}
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
readonly URL=http://127.0.0.1:$port

say "without a key it does not open on all addresses"
if "${engine[@]}" run --rm --network host --read-only "${runs[@]}" $GATEWAY >"$home/log" 2>&1; then
  fail "a demo was open to everybody"
fi
grep -q "no key was made yet" "$home/log" || fail "it does not say why it did not start:"

say "starts"
install -m 0644 /dev/null "$home/agent"
head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$home/agent"
chmod 0755 "$home"
start() {
  run "$name" -v "$name:/var/lib/acp-gateway" -v "$home/agent:/run/keys/agent:ro" \
    -e "ACP_GATEWAY__SERVER__LISTEN=127.0.0.1:$port" \
    -e 'ACP_GATEWAY__KEYS__CONFIGURED=[{ scope = "agent", agent = "trial", token_file = "/run/keys/agent" }]' \
    $GATEWAY
  for _ in $(seq 100); do
    ! "${engine[@]}" exec "$name" /usr/local/bin/acp-gateway health --ready >"$home/health" 2>&1 || return 0
    sleep 0.2
  done
  "${engine[@]}" logs "$name" >"$home/log" 2>&1
  fail "it was never ready: $(cat "$home/health")"
}
start

say "is asked how it is by its image"
check=$("${engine[@]}" image inspect --format '{{json .Config.Healthcheck.Test}}' $GATEWAY)
[ "$check" = '["CMD","/usr/local/bin/acp-gateway","health"]' ] || fail "its health check is $check"
"${engine[@]}" exec "$name" /usr/local/bin/acp-gateway health >/dev/null

say "is nobody special, and can write to its data alone"
pid=$("${engine[@]}" inspect --format '{{.State.Pid}}' "$name")
is() { grep -qE "$2" "/proc/$pid/$1" || fail "$1 is not as it should be: $2"; }
is status '^Uid:	65532	65532	65532	65532$'
is status '^CapEff:	0+$'
is status '^NoNewPrivs:	1$'
is status '^Seccomp:	2$'
is mountinfo ' / / ro[, ]'
is mountinfo ' /var/lib/acp-gateway rw[, ]'

say "takes commands beside it"
"${engine[@]}" exec "$name" acp-gateway runs list >/dev/null

say "sells"
python3 "$HERE/buy.py" "$URL" "$home/agent" >"$home/session"

say "ends when it is told to, and keeps what it had"
begun=$SECONDS
"${engine[@]}" stop -t 40 "$name" >/dev/null
[ $((SECONDS - begun)) -lt 35 ] || fail "it took $((SECONDS - begun)) s to end"
code=$("${engine[@]}" inspect --format '{{.State.ExitCode}}' "$name")
"${engine[@]}" logs "$name" >"$home/log" 2>&1
[ "$code" = 0 ] || fail "it ended with $code:"
"${engine[@]}" rm "$name" >/dev/null
start
python3 "$HERE/buy.py" "$URL" "$home/agent" "$(cat "$home/session")" >/dev/null

say "the mocks answer"
run "$name-mock" $MOCKS stripe --listen=127.0.0.1:0
for _ in $(seq 50); do
  at=$("${engine[@]}" logs "$name-mock" 2>&1 | sed -n 's|.* at \(http://[^ ]*\)$|\1|p')
  [ -z "$at" ] || break
  sleep 0.2
done
python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)' "$at/_mock/health"

say "compose.yaml"
if [ "${engine[0]}" = docker ]; then
  project=(docker compose --project-name "$name" --file "$ROOT/compose.yaml")
  trap '"${project[@]}" down --volumes >/dev/null 2>&1; end' EXIT
  "${project[@]}" up --wait --quiet-pull >/dev/null
  "${project[@]}" logs --no-log-prefix keys | sed -n 's/^the key of the agent: //p' >"$home/agent"
  python3 "$HERE/buy.py" http://127.0.0.1:8080 "$home/agent" >/dev/null
else
  . "$HERE/../judges/fetching.sh"
  tools=${ACP_JUDGE_TOOLS:-$ROOT/target/judges}/image
  fetch_python "$HERE/requirements.txt" "$tools"
  "$tools/bin/python" "$HERE/compose.py" "${engine[@]}"
fi

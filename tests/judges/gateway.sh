# Read by judges of the gateway as a whole: a gateway of their own, with keys of their own.

# told_at FILE PID: waits until the program says in FILE at which address it is, and says so too.
told_at() {
  local at=
  for _ in $(seq 100); do
    at=$(sed -n 's|^.* at \(http://127[^ ]*\)$|\1|p' "$1" | head -1)
    [ -z "$at" ] || { echo "$at"; return; }
    kill -0 "$2" || return 1
    sleep 0.1
  done
  return 1
}

# start_gateway FOLDER [OPTION…]: a gateway with its data in FOLDER; sets `gateway` and `url`.
start_gateway() {
  local folder=$1
  shift
  : >"$folder/said"
  "$GATEWAY" serve --listen 127.0.0.1:0 --data-dir "$folder/data" --log-level warn "$@" \
    >"$folder/said" 2>"$folder/log" &
  gateway=$!
  url=$(told_at "$folder/said" "$gateway") || {
    echo "The gateway did not start:" >&2
    cat "$folder/log" >&2
    return 1
  }
}

stop_gateway() {
  [ -n "${gateway:-}" ] || return 0
  kill "$gateway" 2>/dev/null || true
  wait "$gateway" 2>/dev/null || true
  gateway=
}

# new_key FOLDER OPTION…: makes a key for the gateway of FOLDER, and says its token.
new_key() {
  local folder=$1
  shift
  "$GATEWAY" keys create --data-dir "$folder/data" --json "$@" | sed 's/.*"token":"\([^"]*\)".*/\1/'
}

# signing_secret FOLDER TOKEN: demands signatures of whoever has the key, and says the secret.
signing_secret() {
  local id
  id=$(cut -d_ -f2 <<<"$2")
  "$GATEWAY" keys signing add "$id" --data-dir "$1/data" --json \
    --algorithm hmac-sha256 --profile full --form raw | sed 's/.*"secret":"\([^"]*\)".*/\1/'
  "$GATEWAY" keys signing policy "$id" required --data-dir "$1/data" >/dev/null
}

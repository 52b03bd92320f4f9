# Read by judges of the gateway as a whole: a gateway of their own, and what they need from others.

# fetch_node FROM TO: installs what the package-lock.json in FROM names, once.
fetch_node() {
  cmp -s "$1/package-lock.json" "$2/installed" && return
  rm -rf "$2" && mkdir -p "$2" && cp "$1/package.json" "$1/package-lock.json" "$2/" &&
    npm ci --silent --no-audit --no-fund --prefix "$2" &&
    cp "$1/package-lock.json" "$2/installed"
}

# fetch_python REQUIREMENTS VENV: installs what REQUIREMENTS names, once.
fetch_python() {
  cmp -s "$1" "$2/installed" && return
  if ! python3 -c 'import ensurepip' && [ "$(id -u)" = 0 ]; then
    apt-get update -q && apt-get install -y -q --no-install-recommends python3-venv
  fi
  python3 -m venv --clear "$2" &&
    "$2/bin/pip" install --quiet --disable-pip-version-check -r "$1" &&
    cp "$1" "$2/installed"
}

# left_out WHAT NEEDS: what could not be fetched is a failure, unless ACP_JUDGE_OPTIONAL is set.
left_out() {
  echo "What it takes cannot be fetched: $2." >&2
  [ -n "${ACP_JUDGE_OPTIONAL:-}" ] || exit 1
  echo "left out: $1" >&2
  exit 0
}

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
